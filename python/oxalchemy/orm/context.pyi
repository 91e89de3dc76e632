from oxalchemy import _rs
from oxalchemy._rs import QueryContext as QueryContext, SelectBase as SelectBase

__all__ = ["FromStatement", "QueryContext"]

class FromStatement(_rs.SelectBase): ...
