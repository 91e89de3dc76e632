"""oxalchemy: SQLAlchemy's documented API on a Rust core."""

from . import exc as exc
from . import sql as sql
from . import types as types
from .engine import (
    Connection as Connection,
    CreateEnginePlugin as CreateEnginePlugin,
    Dialect as Dialect,
    Engine as Engine,
    Inspector as Inspector,
    Result as Result,
    Row as Row,
    create_engine as create_engine,
    create_mock_engine as create_mock_engine,
    create_pool_from_url as create_pool_from_url,
    engine_from_config as engine_from_config,
)
from .engine.url import URL as URL
from .engine.url import make_url as make_url
from .inspection import inspect as inspect
from .pool import (
    AssertionPool as AssertionPool,
    AsyncAdaptedQueuePool as AsyncAdaptedQueuePool,
    FallbackAsyncAdaptedQueuePool as FallbackAsyncAdaptedQueuePool,
    NullPool as NullPool,
    Pool as Pool,
    QueuePool as QueuePool,
    SingletonThreadPool as SingletonThreadPool,
    StaticPool as StaticPool,
)
from .schema import *  # noqa: F403
from .sql.expression import *  # noqa: F403
from .sql.expression import custom_op as custom_op
from .sql.expression import quoted_name as quoted_name
from .types import *  # noqa: F403

__version__ = "0.1.0"
