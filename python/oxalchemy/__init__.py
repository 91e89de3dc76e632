"""oxalchemy: SQLAlchemy's documented API on a Rust core."""

__version__ = "0.1.0"

# -- sql expressions (owner: faces) --------------------------------------------------------------------------------------------
from .sql.expression import *  # noqa: E402, F403
from .sql.expression import custom_op, quoted_name  # noqa: E402
