"""Each cell of the table, with oxalchemy and with SQLAlchemy: no row lost or half-written, no hang, no other exception."""

import gc
import sys

import pytest
from servers.watch import eventually, within

from . import page, table
from .causes import ON_FILES, ON_SERVERS, PRIVATE
from .operations import ONE, TWO
from .table import TABLE, WORKS, Raises
from .world import Own, World

CELLS = list(table.cells())


@pytest.fixture
def place(request, tmp_path):
    """The database of a cell."""
    fault, kind, _ = request.node.callspec.params["cell"]
    if kind == "sqlite":
        yield request.getfixturevalue("sqlite_file")
    elif (fault, kind) in PRIVATE:
        own = Own(request.getfixturevalue("private_servers")(kind), kind)
        yield own
        own.drop()
    else:
        yield request.getfixturevalue(f"{kind}_database")


def seen(world):
    """What the program sees of the fault."""
    try:
        world.operation.act()
    except world.sa.exc.DBAPIError as e:
        # A connection that never was cannot be lost.
        return Raises(type(e).__name__, e.connection_invalidated and world.operation.conn is not None), e
    return WORKS, None


@pytest.fixture
def quiet(library):
    """What the drivers below SQLAlchemy raise while the collector ends their broken connections is not ours to judge."""
    before = sys.unraisablehook
    if library == "sqlalchemy":
        sys.unraisablehook = lambda unraisable: None
    yield
    if library == "sqlalchemy":
        gc.collect()
    sys.unraisablehook = before


@pytest.mark.parametrize("library", ["oxalchemy", "sqlalchemy"])
@pytest.mark.parametrize("cell", CELLS, ids=["-".join(cell).replace(" ", "_") for cell in CELLS])
def test_cell(library, cell, quiet, place):
    fault, kind, operation = cell
    if library == "sqlalchemy" and (why := table.not_compared(*cell)):
        pytest.skip(why)
    world = World(library, fault, place, operation)
    try:
        world.operation.begin()
        with within(20):
            world.cause.strike(world.operation)
            try:
                outcome, error = seen(world)
            finally:
                world.cause.heal()
        assert outcome == TABLE[fault][kind][operation], error
        if error is not None and error.connection_invalidated and world.operation.conn is not None:
            # Nobody goes on by accident in a transaction whose beginning is lost.
            with pytest.raises(world.sa.exc.PendingRollbackError):
                world.operation.look(world.operation.conn)
        with within(20):
            world.operation.undo()
        if world.operation.commits and outcome == WORKS:
            assert world.keys() == (ONE, TWO)
        else:
            # A server may need a moment to notice that a client is gone.
            eventually(lambda: world.keys() in world.operation.after)
        with within(20):
            world.operation.again()
        world.operation.close()
        assert world.engine.pool.checkedout() == 0
        assert world.keys() == (ONE, TWO)
        assert world.old_rows()
    finally:
        world.close()
    if kind != "sqlite":
        eventually(lambda: place.count_sessions() == 0)


def test_the_documentation_has_this_table():
    assert page.parts()[1].strip() == page.text()


def test_every_fault_has_a_row_for_every_database():
    for fault, databases in TABLE.items():
        assert list(databases) == list(table.DATABASES), fault
        for kind, operations in databases.items():
            assert all(operations.values()), (fault, kind)
            meaningful = (fault, kind) in {cell[:2] for cell in CELLS}
            assert meaningful == (fault in (ON_FILES if kind == "sqlite" else ON_SERVERS)), (fault, kind)
