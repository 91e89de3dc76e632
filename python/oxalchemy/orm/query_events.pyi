from typing import Any

from oxalchemy.event.base import Events

__all__ = ["QueryEvents"]

class QueryEvents(Events):
    dispatch: Any
    def before_compile(self, query: Any) -> Any: ...
    def before_compile_update(self, query: Any, update_context: Any) -> Any: ...
    def before_compile_delete(self, query: Any, delete_context: Any) -> Any: ...
