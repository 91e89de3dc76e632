from collections.abc import Callable, Mapping
from typing import Any

from oxalchemy import util as util
from oxalchemy.engine import Connection, Engine
from oxalchemy.schema import MetaData

__all__ = [
    "AutomapBase",
    "automap_base",
    "classname_for_table",
    "generate_relationship",
    "name_for_collection_relationship",
    "name_for_scalar_relationship",
]

def classname_for_table(base: type[Any], tablename: str, table: Any) -> str: ...
def name_for_scalar_relationship(base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: Any) -> str: ...
def name_for_collection_relationship(base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: Any) -> str: ...
def generate_relationship(
    base: type[Any],
    direction: Any,
    return_fn: Callable[..., Any],
    attrname: str,
    local_cls: type[Any],
    referred_cls: type[Any],
    **kw: Any,
) -> Any: ...

class AutomapBase:
    __abstract__: bool
    classes: Any
    by_module: Any
    metadata: MetaData
    @classmethod
    def prepare(
        cls,
        autoload_with: Engine | Connection | None = None,
        engine: Any = None,
        reflect: bool = False,
        schema: str | None = None,
        classname_for_table: Callable[[type[Any], str, Any], str] | None = None,
        modulename_for_table: Callable[[type[Any], str, Any], str | None] | None = None,
        collection_class: Any = None,
        name_for_scalar_relationship: Callable[..., str] | None = None,
        name_for_collection_relationship: Callable[..., str] | None = None,
        generate_relationship: Callable[..., Any] | None = None,
        reflection_options: Mapping[str, Any] = ...,
    ) -> None: ...

def automap_base(declarative_base: type[Any] | None = None, **kw: Any) -> Any: ...
