from typing import Any

import oxalchemy.sql.base
import oxalchemy.sql.bound
import oxalchemy.sql.elements
import oxalchemy.sql.roles
import oxalchemy.sql.selectable
from oxalchemy import _rs
from oxalchemy._rs import delete as delete, insert as insert, update as update
from oxalchemy.sql import roles as roles
from oxalchemy.sql.base import (
    ExecutableStatement as ExecutableStatement,
    Generative as Generative,
    HasCompileState as HasCompileState,
    HasSyntaxExtensions as HasSyntaxExtensions,
)
from oxalchemy.sql.bound import BoundExecutable as BoundExecutable
from oxalchemy.sql.elements import DQLDMLClauseElement as DQLDMLClauseElement
from oxalchemy.sql.selectable import (
    HasCTE as HasCTE,
    HasHints as HasHints,
    HasPrefixes as HasPrefixes,
    ReturnsRows as ReturnsRows,
)

class DMLWhereBase: ...
class DMLTargetCopy: ...

class UpdateBase(
    _rs.UpdateBase,
    oxalchemy.sql.base.HasSyntaxExtensions,
    oxalchemy.sql.roles.DMLRole,
    oxalchemy.sql.selectable.HasCTE,
    oxalchemy.sql.base.HasCompileState,
    oxalchemy.sql.selectable.HasPrefixes,
    oxalchemy.sql.selectable.HasHints,
    oxalchemy.sql.bound.BoundExecutable,
    oxalchemy.sql.base.ExecutableStatement,
    oxalchemy.sql.base.Generative,
    oxalchemy.sql.selectable.ReturnsRows,
    oxalchemy.sql.elements.DQLDMLClauseElement,
):
    is_dml: Any

class ValuesBase(UpdateBase): ...

class Insert(_rs.Insert, ValuesBase):
    __visit_name__: Any
    is_insert: Any
    inherit_cache: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class Delete(_rs.Delete, DMLWhereBase, UpdateBase):
    __visit_name__: Any
    is_delete: Any
    inherit_cache: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class Update(_rs.Update, DMLWhereBase, ValuesBase):
    __visit_name__: Any
    is_update: Any
    inherit_cache: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
