"""What the fault tests share: the server databases, and looks from outside at what is left behind."""

import logging

import pytest
from servers.watch import eventually


@pytest.fixture(params=["postgresql", "mysql"])
def database(request):
    """A `provision.Database` on PostgreSQL and on MariaDB."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def no_sessions_left(database):
    """After the test every session in the database has ended: nothing leaked."""
    yield
    eventually(lambda: database.count_sessions() == 0)


@pytest.fixture
def everything_logged(caplog):
    """All that the library logs, pool and statements included."""
    caplog.set_level(logging.DEBUG, "oxalchemy")
    return caplog
