"""Random programs run under SQLAlchemy and oxalchemy side by side: rows, states and exceptions must be the same."""
