"""What a running load is told, and statements with entities of their own."""

from .._rs import QueryContext
from ..sql.selectable import FromStatement

__all__ = ["FromStatement", "QueryContext"]
