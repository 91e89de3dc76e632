"""Names that asyncio drivers are adapted with; the asyncio API is not part of this version."""

from ..engine.interfaces import AdaptedConnection
from ..exc import EmulatedDBAPIException


class AsyncAdapt_dbapi_module:
    """A driver module behind a PEP 249 face."""

    def __init__(self, driver, *, dbapi_module=None):
        self.driver = driver
        self.dbapi_module = dbapi_module


class AsyncAdapt_dbapi_connection(AdaptedConnection):
    """A driver connection behind a PEP 249 face."""

    def __init__(self, dbapi, connection):
        self.dbapi = dbapi
        self._connection = connection


class AsyncAdapt_Error(EmulatedDBAPIException):
    """Base of errors raised by adapted drivers."""
