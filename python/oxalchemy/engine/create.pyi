from collections.abc import Mapping
from typing import Any

import oxalchemy
import oxalchemy.engine.url
import oxalchemy.pool.base
from oxalchemy import event as event, exc as exc, util as util
from oxalchemy._rs import Engine as Engine
from oxalchemy.engine import base as base

def create_engine(url: str | oxalchemy.engine.url.URL, **kwargs: Any) -> Engine: ...
def engine_from_config(configuration: Mapping[str, Any], prefix: str = "sqlalchemy.", **kwargs: Any) -> Engine: ...
def create_pool_from_url(
    url: str | oxalchemy.engine.url.URL, *, poolclass: type[oxalchemy.pool.base.Pool] | None = None, **kwargs: Any
) -> oxalchemy.pool.base.Pool: ...

poollib = oxalchemy.pool
