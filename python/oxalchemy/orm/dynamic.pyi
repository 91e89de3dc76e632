from typing import Any

from oxalchemy import _rs
from oxalchemy._rs import Query as Query

__all__ = ["AppenderMixin", "AppenderQuery"]

class AppenderMixin:
    query_class: Any

class AppenderQuery(AppenderMixin, _rs.Query): ...
