"""oxalchemy: SQLAlchemy's documented API on a Rust core."""

__version__ = "0.1.0"
