"""``func``, known functions, and bases for the user's own."""

from .. import _rs
from . import roles
from .base import Executable, ExecutableStatement, Generative
from .bound import BoundExecutable
from .elements import (
    BindParameter,
    Cast,
    ClauseList,
    ColumnElement,
    Extract,
    FunctionFilter,
    NamedColumn,
    Over,
    Part,
    WithinGroup,
    _WindowMethods,
)
from .selectable import FromClause, Select, TableValuedAlias

_registry = {"_default": {}, "_builtin": {}}


def register_function(identifier, fn, package="_default"):
    """Let ``func.<identifier>`` make instances of a class."""
    _registry.setdefault(package, {})[str(identifier).lower()] = fn


class FunctionElement(_rs.FunctionElement, ColumnElement, BoundExecutable, ExecutableStatement, Generative, roles.FromClauseRole):
    """A function call; base of the user's own with ``@compiles``."""

    __slots__ = ()
    _traverse_internals = ()
    packagenames = ()
    _has_args = False
    supports_execution = True

    def __init__(self, *clauses):
        name = getattr(type(self), "name", None)
        ty = getattr(type(self), "type", None)
        _rs._init_function(
            self, name if isinstance(name, str) else type(self).__name__, clauses, (), ty if _is_type(ty) else None
        )

    packagenames = _rs.FunctionElement.packagenames


class Function(FunctionElement):
    """A function call by name."""

    __slots__ = ()
    __visit_name__ = "function"
    inherit_cache = True

    def __init__(self, name, *clauses, type_=None, packagenames=None, monotonic=False):
        _rs._init_function(self, name, clauses, packagenames, type_, type(self) is Function)


class GenericFunction(Function):
    """A function with a fixed type; a subclass registers itself with ``func`` under its name."""

    __slots__ = ()
    coerce_arguments = True
    inherit_cache = True
    _register = False

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        own = cls.__dict__
        name = own.get("name", cls.__name__)
        identifier = own.get("identifier", name if isinstance(name, str) else cls.__name__)
        package = own.get("package", getattr(cls, "package", None)) or "_default"
        if "_register" in own and not own["_register"]:
            cls._register = True
            return
        if isinstance(name, str) and not cls.__name__.startswith("_ox_"):
            register_function(identifier, cls, package)

    def __init__(self, *args, **kwargs):
        cls = type(self)
        name = getattr(cls, "name", None)
        ty = kwargs.pop("type_", None) or getattr(cls, "type", None)
        if not _is_type(ty):
            ty = None
        if isinstance(ty, type) and "_ox_known" not in cls.__dict__:
            # Declared as a class: the function has an instance of its own.
            ty = ty()
            self.__dict__["type"] = ty
        _rs._init_function(
            self,
            name if isinstance(name, str) else cls.__name__,
            args,
            kwargs.pop("packagenames", None),
            ty,
            "_ox_known" in cls.__dict__,
        )


def _is_type(ty):
    return isinstance(ty, _rs.TypeEngine) or (isinstance(ty, type) and issubclass(ty, _rs.TypeEngine))


class AnsiFunction(GenericFunction):
    """A function without parentheses."""

    __slots__ = ()
    inherit_cache = True
    _register = False


class ReturnTypeFromArgs(GenericFunction):
    """A function with the type of its arguments."""

    __slots__ = ()
    inherit_cache = True
    _register = False

    def __init__(self, *args, **kwargs):
        if kwargs.get("type_") is None and "_ox_known" not in type(self).__dict__:
            for arg in args:
                ty = getattr(arg, "type", None)
                if _is_type(ty) and not getattr(ty, "_isnull", False):
                    kwargs["type_"] = ty
                    break
        super().__init__(*args, **kwargs)


class ReturnTypeFromOptionalArgs(ReturnTypeFromArgs):
    __slots__ = ()
    inherit_cache = True
    _register = False


class OrderedSetAgg(GenericFunction):
    """A function whose type is that of its WITHIN GROUP ordering."""

    __slots__ = ()
    array_for_multi_clause = False
    inherit_cache = True
    _register = False


class CollectionAggregateFunction(GenericFunction):
    __slots__ = ()
    _register = False


class FunctionAsBinary(ColumnElement):
    """``as_comparison()``."""

    __slots__ = ()


class ScalarFunctionColumn(NamedColumn):
    """``scalar_table_valued()``."""

    __slots__ = ()
    __visit_name__ = "scalar_function_column"


def _known(name, base=GenericFunction):
    cls = type(
        name,
        (base,),
        {"__slots__": (), "_ox_known": name, "name": name, "inherit_cache": True, "__module__": "oxalchemy.sql.functions"},
    )
    _registry["_builtin"][name] = cls
    return cls


now = _known("now")
concat = _known("concat")
char_length = _known("char_length")
random = _known("random")
count = _known("count")
coalesce = _known("coalesce", ReturnTypeFromArgs)
max = _known("max", ReturnTypeFromArgs)  # noqa: A001
min = _known("min", ReturnTypeFromArgs)  # noqa: A001
sum = _known("sum", ReturnTypeFromArgs)  # noqa: A001
pow = _known("pow", ReturnTypeFromArgs)  # noqa: A001
current_date = _known("current_date", AnsiFunction)
current_time = _known("current_time", AnsiFunction)
current_timestamp = _known("current_timestamp", AnsiFunction)
current_user = _known("current_user", AnsiFunction)
localtime = _known("localtime", AnsiFunction)
localtimestamp = _known("localtimestamp", AnsiFunction)
session_user = _known("session_user", AnsiFunction)
sysdate = _known("sysdate", AnsiFunction)
user = _known("user", AnsiFunction)
array_agg = _known("array_agg", ReturnTypeFromArgs)
mode = _known("mode", OrderedSetAgg)
percentile_cont = _known("percentile_cont", OrderedSetAgg)
percentile_disc = _known("percentile_disc", OrderedSetAgg)
rank = _known("rank")
dense_rank = _known("dense_rank")
percent_rank = _known("percent_rank")
cume_dist = _known("cume_dist")
cube = _known("cube")
rollup = _known("rollup")
grouping_sets = _known("grouping_sets")
aggregate_strings = _known("aggregate_strings")
any_ = _known("any", CollectionAggregateFunction)
all_ = _known("all", CollectionAggregateFunction)
some = _known("some", CollectionAggregateFunction)


class next_value(FunctionElement):
    """The next value of a sequence."""

    __slots__ = ()
    __visit_name__ = "next_value"
    sequence = Part("sequence")
    name = "next_value"

    def __new__(cls, seq, **kw):
        return _rs._next_value(seq) if cls is next_value else super().__new__(cls)

    def __init__(self, seq, **kw):
        pass


register_function("next_value", next_value)
# What looks like a function and is a construct of its own.
register_function("cast", Cast)
register_function("extract", Extract)

for _cls in (FunctionElement, Function, GenericFunction, next_value):
    _cls.__module__ = "oxalchemy.sql.functions"

_rs._register_faces({"Function": Function, "next_value": next_value})

func = _rs._FunctionGenerator()
modifier = _rs._FunctionGenerator(group=False)
_FunctionGenerator = _rs._FunctionGenerator

__all__ = (
    "BindParameter",
    "ClauseList",
    "Executable",
    "FromClause",
    "FunctionFilter",
    "Over",
    "Select",
    "TableValuedAlias",
    "WithinGroup",
    "_WindowMethods",
    "func",
)
