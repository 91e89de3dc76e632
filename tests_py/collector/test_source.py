"""No class answers the collector by itself: see `src/py/gc.rs`."""

import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent / "src"

TRAVERSE = """fn __traverse__(&self, visit: PyVisit<'_>) -> Visited { gc::traverse(self, &visit) }"""
CLEAR = """fn __clear__(&self, py: Python<'_>) { gc::clear(self, py); }"""
METHOD = re.compile(r"fn __(?:traverse|clear)__\(.*?\n    }\n", re.S)


def methods():
    for path in sorted(SOURCE.rglob("*.rs")):
        text = path.read_text(encoding="utf-8")
        for found in METHOD.finditer(text):
            yield path.relative_to(SOURCE), " ".join(found[0].split())


def test_every_class_goes_through_the_guard():
    found = list(methods())
    assert len(found) > 30
    assert [(str(path), text) for path, text in found if text not in (TRAVERSE, CLEAR)] == []


def test_the_guard_is_asked_in_one_place():
    users = {str(p.relative_to(SOURCE)) for p in SOURCE.rglob("*.rs") if re.search(r"\bunborn\(", p.read_text(encoding="utf-8"))}
    assert users == {"py/gc.rs"}
