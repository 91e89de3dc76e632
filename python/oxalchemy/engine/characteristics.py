"""Attributes of connections that execution options set and the pool resets."""

import abc
from typing import ClassVar


class ConnectionCharacteristic(abc.ABC):
    """One such attribute; dialects list theirs in ``connection_characteristics``."""

    __slots__ = ()

    transactional: ClassVar[bool] = False

    @abc.abstractmethod
    def reset_characteristic(self, dialect, dbapi_conn):
        """Set the default again."""

    @abc.abstractmethod
    def set_characteristic(self, dialect, dbapi_conn, value):
        """Set a value."""

    def set_connection_characteristic(self, dialect, conn, dbapi_conn, value):
        """Set a value where the Connection matters too."""
        self.set_characteristic(dialect, dbapi_conn, value)

    @abc.abstractmethod
    def get_characteristic(self, dialect, dbapi_conn):
        """The current value."""

    def get_connection_characteristic(self, dialect, conn, dbapi_conn):
        """The current value where the Connection matters too."""
        return self.get_characteristic(dialect, dbapi_conn)


class IsolationLevelCharacteristic(ConnectionCharacteristic):
    """``isolation_level``."""

    transactional: ClassVar[bool] = True

    def reset_characteristic(self, dialect, dbapi_conn):
        dialect.reset_isolation_level(dbapi_conn)

    def set_characteristic(self, dialect, dbapi_conn, value):
        dialect._assert_and_set_isolation_level(dbapi_conn, value)

    def get_characteristic(self, dialect, dbapi_conn):
        return dialect.get_isolation_level(dbapi_conn)


class LoggingTokenCharacteristic(ConnectionCharacteristic):
    """``logging_token``: text in log lines."""

    transactional: ClassVar[bool] = False

    def reset_characteristic(self, dialect, dbapi_conn):
        pass

    def set_characteristic(self, dialect, dbapi_conn, value):
        raise NotImplementedError()

    def set_connection_characteristic(self, dialect, conn, dbapi_conn, value):
        conn._message_formatter = (lambda msg: f"[{value}] {msg}") if value else None

    def get_characteristic(self, dialect, dbapi_conn):
        raise NotImplementedError()

    def get_connection_characteristic(self, dialect, conn, dbapi_conn):
        return conn._execution_options.get("logging_token", None)
