"""`import oxalchemy` loads what every program needs and nothing else; the rest comes on use."""

import subprocess
import sys

import oxalchemy
import pytest

LEFT_OUT = [
    # ours: the ORM, extensions, dialects, reflection and the compiler face
    "oxalchemy.orm",
    "oxalchemy.ext",
    "oxalchemy.dialects.sqlite",
    "oxalchemy.dialects.postgresql",
    "oxalchemy.dialects.mysql",
    "oxalchemy.databases",
    "oxalchemy.engine.default",
    "oxalchemy.engine.reflection",
    "oxalchemy.reflector",
    "oxalchemy.sql.compiler",
    # the standard library's large ones
    "ast",
    "asyncio",
    "base64",
    "dataclasses",
    "hashlib",
    "inspect",
    "json",
    "pickle",
    "sqlite3",
    "unittest",
]


@pytest.fixture(scope="module")
def loaded():
    path = [p for p in sys.path if p]
    code = (
        f"import sys; sys.path[:0] = {path!r}\nbefore = set(sys.modules); import oxalchemy; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_is_seen(loaded):
    assert {"oxalchemy", "oxalchemy.sql.expression", "oxalchemy.engine"} <= loaded


@pytest.mark.parametrize("name", LEFT_OUT)
def test_is_not_loaded(loaded, name):
    assert name not in loaded


@pytest.mark.parametrize("name", ["Inspector", "Compiled", "create_engine", "select", "Table", "Integer", "exc"])
def test_star_import_has_what_is_loaded_on_use(name):
    space = {}
    exec("from oxalchemy import *", space)
    assert space[name] is getattr(oxalchemy, name)


def test_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        oxalchemy.no_such_name  # noqa: B018
