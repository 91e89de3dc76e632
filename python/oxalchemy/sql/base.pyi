import enum
from typing import Any

import oxalchemy.sql.cache_key
from oxalchemy import _rs, exc as exc, util as util
from oxalchemy._rs import ColumnCollection as ColumnCollection
from oxalchemy.sql.cache_key import HasCacheKey as HasCacheKey
from oxalchemy.sql.dialect_kw import DialectKWArgConst as DialectKWArgConst, DialectKWArgs as DialectKWArgs
from oxalchemy.sql.event_target import SchemaEventTarget as SchemaEventTarget
from oxalchemy.sql.visitors import Visitable as Visitable

class Immutable: ...
class _EntityNamespace: ...

class CompileState:
    __slots__ = ("statement", "_ambiguous_table_name_map")
    statement: Any

class SyntaxExtension: ...

class HasSyntaxExtensions:
    def ext(self, extension: Any) -> Any: ...

class _Generator: ...

class _NoArg(enum.Enum):
    NO_ARG = 0

class _NoneName(enum.Enum):
    NONE_NAME = 0

class ReadOnlyColumnCollection(_rs.ColumnCollection): ...

class WriteableColumnCollection(_rs.ColumnCollection):
    def add(self, column: Any, key: Any = None) -> Any: ...

class SingletonConstant(Immutable): ...
class Generative(oxalchemy.sql.cache_key.HasCacheKey): ...

class ExecutableOption(oxalchemy.sql.cache_key.HasCacheKey):
    propagate_to_loaders: Any

class DedupeColumnCollection(WriteableColumnCollection): ...
class InPlaceGenerative(Generative): ...
class HasCompileState(Generative): ...

class Executable(_rs._Executable, Generative):
    supports_execution: Any
    is_select: Any
    is_from_statement: Any
    is_update: Any
    is_insert: Any
    is_text: Any
    is_delete: Any
    is_dml: Any
    def execution_options(self, **kw: Any) -> Any: ...
    def get_execution_options(self) -> Any: ...
    def options(self, *options: Any) -> Any: ...

class ExecutableStatement(Executable): ...

NO_ARG: _NoArg
