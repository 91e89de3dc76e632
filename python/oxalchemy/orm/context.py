"""What a running load is told, and statements with entities of their own."""

from .._rs import QueryContext, SelectBase, _register_faces


class FromStatement(SelectBase):
    """Entities read from the rows of a given statement."""

    __slots__ = ()


_register_faces({"FromStatement": FromStatement})

__all__ = ["FromStatement", "QueryContext"]
