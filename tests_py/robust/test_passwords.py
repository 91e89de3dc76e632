"""A password is shown by nothing but what is asked for it: every kind of failure is made with a marked one."""

import contextlib
import logging
import pathlib
import pickle
import reprlib
import socket
import threading
import traceback
from urllib.parse import quote, quote_plus

import oxalchemy as sa
import pytest
from oxalchemy import exc, orm
from servers.provision import BACKENDS
from servers.proxy import Proxy

# Characters that are written differently in URLs, and a mark that nothing else contains.
PASSWORD = "mArKeD/p@ss:w0rd%ü"
FORMS = {PASSWORD, quote(PASSWORD, safe=""), quote_plus(PASSWORD), quote(PASSWORD), "mArKeD"}
PACKAGE = str(pathlib.Path(sa.__file__).parent)


@pytest.fixture
def logged(caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "oxalchemy")
    return caplog


def shown_in(text):
    return [form for form in FORMS if form in text]


class Everything(reprlib.Repr):
    """`repr` without limits, except that a loop ends."""

    def __init__(self):
        super().__init__()
        self.maxlevel = 8
        for limit in ("maxtuple", "maxlist", "maxdict", "maxset", "maxfrozenset", "maxdeque", "maxstring", "maxlong", "maxother"):
            setattr(self, limit, 100_000)


def frames_of_ours(error):
    """Locals of the frames of ours that a traceback holds, as an error reporter shows them."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(PACKAGE):
            for name, value in frame.f_locals.items():
                yield f"{frame.f_code.co_qualname}: {name}", Everything().repr(value)


def chain(error):
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        yield from chain(getattr(error, "orig", None)) if getattr(error, "orig", None) not in seen else ()
        error = error.__cause__ or error.__context__


def told(error):
    """(where, text) of all that an exception tells."""
    yield "formatted", "".join(traceback.format_exception(error))
    for e in chain(error):
        yield "str", str(e)
        yield "repr", repr(e)
        yield "args", repr(e.args)
        yield "vars", repr(vars(e))
        yield from frames_of_ours(e)
        with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
            yield "pickle", pickle.dumps(e).decode("latin-1")


def assert_hidden(*errors, engines=(), logged=None):
    places = [place for error in errors for place in told(error)]
    for engine in engines:
        things = [engine, engine.url, engine.pool, engine.dialect, engine.pool.status(), engine.url.render_as_string()]
        places += [(type(thing).__name__, repr(thing) + str(thing)) for thing in things]
    if logged:
        places += [("log", f"{r.getMessage()} {r.exc_text or ''} {r.args!r}") for r in logged.records]
    assert places
    found = {where: shown_in(text) for where, text in places if shown_in(text)}
    # PEP 249 modules raise their own errors with their own words; a user name that is part of them is no password.
    assert not found, "\n".join(f"FOUND {where}: {text}" for where, text in places if shown_in(text))[:3000]


def failure(work):
    with pytest.raises(Exception) as caught:
        work()
    return caught.value


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


KINDS = ["postgresql", "mysql"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["url", "connect_args", "creator", "do_connect", "query"])
def test_nobody_listens(kind, how, closed_port, logged):
    url = sa.URL.create(kind, "somebody", None, "127.0.0.1", closed_port, "x")
    options = {"echo": "debug", "echo_pool": "debug"}
    if how == "url":
        engine = sa.create_engine(url.set(password=PASSWORD), **options)
    elif how == "connect_args":
        engine = sa.create_engine(url, connect_args={"password": PASSWORD}, **options)
    elif how == "query":
        engine = sa.create_engine(url.update_query_dict({"password": PASSWORD}), **options)
        # What stands in the query is shown by SQLAlchemy too: only the exceptions and logs are searched.
        return assert_hidden(failure(engine.connect), logged=logged)
    elif how == "creator":
        place = {"host": "127.0.0.1", "port": closed_port, "user": "x"}
        plain = sa.create_engine(url).dialect
        engine = sa.create_engine(f"{kind}://", creator=lambda: plain.connect(password=PASSWORD, **place), **options)
    else:
        engine = sa.create_engine(url, **options)
        sa.event.listen(engine, "do_connect", lambda dialect, record, args, kw: kw.update(password=PASSWORD))
    errors = [failure(engine.connect), failure(engine.raw_connection), failure(lambda: sa.inspect(engine))]
    errors.append(failure(lambda: orm.Session(engine).execute(sa.text("SELECT 1"))))
    # `raw_connection` raises the driver's own.
    assert [isinstance(error, exc.DBAPIError) for error in errors] == [True, False, True, True]
    assert_hidden(*errors, engines=[engine], logged=logged)


@pytest.mark.parametrize("kind", KINDS)
def test_no_such_host(kind, logged):
    engine = sa.create_engine(sa.URL.create(kind, "somebody", PASSWORD, "nowhere.invalid", database="x"), echo="debug")
    assert_hidden(failure(engine.connect), engines=[engine], logged=logged)


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_cuts_the_login(kind, request, logged):
    database = request.getfixturevalue(f"{kind}_database")
    with Proxy(database.url) as proxy:
        url = sa.make_url(proxy.url).set(password=PASSWORD)
        for count in (0, 5, 40):
            proxy.cut_after(count)
            engine = sa.create_engine(url, echo="debug", echo_pool="debug")
            assert_hidden(failure(engine.connect), engines=[engine], logged=logged)
        proxy.heal()
        proxy.garble()
        engine = sa.create_engine(url, connect_args={"connect_timeout": 1})
        assert_hidden(failure(engine.connect), engines=[engine], logged=logged)


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_refuses(kind, private_servers, logged):
    server = private_servers(kind)
    name = "postgres" if kind == "postgresql" else "mysql"
    url = sa.URL.create(kind, server.GUARDED[0], PASSWORD, "127.0.0.1", server.port, name)
    engine = sa.create_engine(url, echo="debug", echo_pool="debug", pool_pre_ping=True)
    assert_hidden(failure(engine.connect), failure(engine.connect), engines=[engine], logged=logged)


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_fails_on_a_connection(kind, private_servers, logged):
    """The password is right here, and set for an account of its own."""
    server = private_servers(kind)
    name = "postgres" if kind == "postgresql" else "mysql"
    with contextlib.closing(BACKENDS[kind].connect(server.url)) as root, root.cursor() as cursor:
        if kind == "postgresql":
            cursor.execute("DROP ROLE IF EXISTS marked")
            cursor.execute(f"CREATE ROLE marked LOGIN PASSWORD '{PASSWORD}'")
        else:
            cursor.execute(f"CREATE OR REPLACE USER marked@'%' IDENTIFIED BY '{PASSWORD}'")
            cursor.execute("GRANT ALL ON *.* TO marked@'%'")
    engine = sa.create_engine(
        sa.URL.create(kind, "marked", PASSWORD, "127.0.0.1", server.port, name),
        echo="debug",
        echo_pool="debug",
        pool_size=1,
        max_overflow=0,
        pool_timeout=0.1,
    )
    errors = []
    with engine.connect() as conn:
        raw = conn.connection.dbapi_connection
        shown = repr(conn) + repr(conn.connection) + repr(raw) + str(vars(type(raw))) + repr(conn.connection._connection_record)
        shown += repr(conn.get_transaction()) + repr(conn.info)
        errors.append(failure(lambda: conn.exec_driver_sql("SELECT nonsense FROM nowhere")))
        conn.rollback()
        errors.append(failure(lambda: conn.execute(sa.text("SELECT :a"), {"b": 1})))
        errors.append(failure(engine.connect))  # the pool is exhausted
        shown += engine.pool.status() + repr(engine.pool)
        thread = threading.Thread(target=conn.invalidate)
        thread.start()
        thread.join()
        errors.append(failure(lambda: raw.cursor().execute("SELECT 1")))
        conn.rollback()
    errors.append(failure(lambda: conn.execute(sa.text("SELECT 1"))))
    assert shown_in(shown) == []
    assert_hidden(*errors, engines=[engine], logged=logged)
    engine.dispose()


@pytest.mark.parametrize(
    "text",
    [
        "nosuchdialect://u:{}@h/x",
        "postgresql+nosuchdriver://u:{}@h/x",
        "postgresql://u:{}@h:port/x",
        "postgresql://u:{}@[h/x",
        "mysql://u:{}@h:99999999/x",
        "mysql://u:{}@h/x?connect_timeout=soon",
        "postgresql://u:{}@h/x?connect_timeout=soon",
        "postgresql://u:{}@h/x?nosuchoption=1",
        "mysql://u:{}@h/x?nosuchoption=1",
        "://u:{}@h/x",
        "{}",
    ],
)
def test_a_url_that_is_wrong(text, logged):
    def use():
        sa.create_engine(text.format(quote(PASSWORD, safe=""))).connect()

    # A text that is no URL has no password: what is wrong about it may be shown, as SQLAlchemy shows dialect names.
    error = failure(use)
    assert_hidden(error, logged=logged)


@pytest.mark.parametrize("keyword", ["nosuchoption", "connect_timeout"])
@pytest.mark.parametrize("kind", KINDS)
def test_arguments_that_are_wrong(kind, keyword, logged):
    engine = sa.create_engine(f"{kind}://u@127.0.0.1:1/x", connect_args={"password": PASSWORD, keyword: object()})
    assert_hidden(failure(engine.connect), engines=[engine], logged=logged)


def test_what_gives_it():
    url = sa.URL.create("postgresql", "u", PASSWORD, "h")
    assert url.password == PASSWORD
    assert pickle.loads(pickle.dumps(url)).password == PASSWORD
    assert shown_in(url.render_as_string(hide_password=False))
    assert shown_in(repr(url) + str(url) + f"{url}") == []
    assert "***" in str(url)
