"""INSERT, UPDATE, DELETE: documented names of the classes in Rust."""

from .. import _rs
from . import roles
from .base import ExecutableStatement, Generative, HasCompileState, HasSyntaxExtensions
from .bound import BoundExecutable
from .elements import DQLDMLClauseElement
from .selectable import HasCTE, HasHints, HasPrefixes, ReturnsRows


class UpdateBase(
    _rs.UpdateBase,
    HasSyntaxExtensions,
    roles.DMLRole,
    HasCTE,
    HasCompileState,
    HasPrefixes,
    HasHints,
    BoundExecutable,
    ExecutableStatement,
    Generative,
    ReturnsRows,
    DQLDMLClauseElement,
):
    """INSERT, UPDATE, DELETE."""

    __slots__ = ()
    is_dml = True


class ValuesBase(UpdateBase):
    __slots__ = ()


class Insert(_rs.Insert, ValuesBase):
    """INSERT."""

    __slots__ = ()
    __visit_name__ = "insert"
    is_insert = True
    inherit_cache = True

    def __new__(cls, *args, **kw):
        return _rs.insert(*args, **kw) if cls is Insert else _rs._dml_subclass(cls, _rs.insert(*args, **kw))


class DMLWhereBase:
    __slots__ = ()


class Update(_rs.Update, DMLWhereBase, ValuesBase):
    """UPDATE."""

    __slots__ = ()
    __visit_name__ = "update"
    is_update = True
    inherit_cache = True

    def __new__(cls, *args, **kw):
        return _rs.update(*args, **kw) if cls is Update else _rs._dml_subclass(cls, _rs.update(*args, **kw))


class Delete(_rs.Delete, DMLWhereBase, UpdateBase):
    """DELETE."""

    __slots__ = ()
    __visit_name__ = "delete"
    is_delete = True
    inherit_cache = True

    def __new__(cls, *args, **kw):
        return _rs.delete(*args, **kw) if cls is Delete else _rs._dml_subclass(cls, _rs.delete(*args, **kw))


class DMLTargetCopy:
    """``from_dml_column()``: the value that the statement sets for another column."""


for _cls in list(globals().values()):
    if isinstance(_cls, type) and _cls.__module__ == __name__:
        _cls.__module__ = "oxalchemy.sql.dml"

_rs._register_faces({c.__name__: c for c in (Insert, Update, Delete)})

insert = _rs.insert
update = _rs.update
delete = _rs.delete
