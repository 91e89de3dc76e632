"""What a running load is told, and statements with entities of their own."""

from .._rs import QueryContext, SelectBase, _register_faces


class FromStatement(SelectBase):
    """Entities read from the rows of a given statement."""

    __slots__ = ()


_register_faces({"FromStatement": FromStatement})

__all__ = ["FromStatement", "QueryContext"]


class _ORMSelectCompileState:
    """The class by which SQLAlchemy's compiler knows an ORM statement. Only for imports: load plans do that work here."""

    __slots__ = ()
