"""Some hundred random programs, the same ones each time; with OXALCHEMY_FUZZ_EXAMPLES as many new ones as one likes."""

import os

import pytest
from hypothesis import HealthCheck, given, settings

from . import expressions, sessions
from .libraries import both

EXAMPLES = int(os.environ.get("OXALCHEMY_FUZZ_EXAMPLES", "0"))
OPTIONS = settings(
    max_examples=EXAMPLES or 300,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def libraries():
    return both()


@pytest.mark.timeout(0)
def test_sessions(libraries):
    @OPTIONS
    @given(sessions.PROGRAM)
    def same(program):
        theirs, ours = (sessions.Run(library).run(program) for library in libraries)
        assert ours == theirs

    same()


@pytest.mark.timeout(0)
def test_expressions(libraries):
    engines = [library.engine() for library in libraries]
    rows = [{"id": i, "name": n, "parent_id": p} for i, n, p in ((1, "a", None), (2, "b%", 1), (3, None, 2), (4, "it's", 1))]
    builders = [expressions.Builder(library) for library in libraries]
    connections = [engine.connect() for engine in engines]
    for builder, connection in zip(builders, connections, strict=True):
        connection.execute(builder.child.insert(), rows)

    @OPTIONS
    @given(expressions.QUERY)
    def same(query):
        theirs, ours = (b.run(c, query) for b, c in zip(builders, connections, strict=True))
        assert ours == theirs

    same()
    for connection in connections:
        connection.close()
