"""The direction of knowledge, and dependencies that nothing uses: over the sources, where there are sources."""

import pytest
from house import dependencies, rooms


def test_no_room_uses_one_above_it():
    assert rooms.backwards() == []


def test_every_dependency_is_named_by_a_source():
    assert dependencies.unused() == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("use crate::py::errors;", ["errors"]),
        ("use crate::py::{errors, ffi};", ["errors", "ffi"]),
        ("use crate::py::{engine::{events, run}, orm::state, text::Text as T};", ["engine", "orm", "text"]),
        ("let x = crate::py::sql::wrap_expr(py, e)?; // crate::py::orm", ["sql"]),
        ("use super::orm;", []),
    ],
)
def test_what_a_source_uses(source, found):
    assert sorted(rooms.uses(source)) == found


def sources(tmp_path, **files):
    """A ``src/py`` of these files; ``__`` stands for a folder."""
    for name, text in files.items():
        path = tmp_path / "src/py" / f"{name.replace('__', '/')}.rs"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_uses_that_run_backwards_are_found(tmp_path):
    root = sources(
        tmp_path, types__bind="use crate::py::{errors, sql::clause};", sql__coerce="use crate::py::types;", mod="pub mod sql;"
    )
    assert rooms.backwards(root) == ["types/bind.rs: uses sql, which stands above types"]


def test_a_new_room_needs_a_place(tmp_path):
    root = sources(tmp_path, attic__mod="use crate::py::sql;", orm__x="use crate::py::attic;")
    assert [line.split(":")[0] for line in rooms.backwards(root)] == ["attic/mod.rs", "orm/x.rs"]
