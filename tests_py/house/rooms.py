"""Which room of ``src/py`` may know which: its own and those below it. `python tests_py/house/rooms.py` tells who does not."""

import pathlib
import re

ROOT = pathlib.Path(__file__).parents[2]

# From the ground up. What stands on one line knows each other.
ORDER = (
    ("errors", "ffi", "gc", "generic", "imports", "text", "doors", "defects", "stack", "events", "aio"),
    ("host",),
    ("types",),
    ("sql",),
    ("compile",),
    ("schema",),
    ("reflect",),
    ("dbapi",),
    ("engine",),
    ("pool",),
    ("orm",),
)
STOREY = {room: number for number, rooms in enumerate(ORDER) for room in rooms}

# Files of a room that stand at its door: they register it or ask several rooms.
GROUND = {"mod"}


def top_level(group):
    """The first segments of `a::b, c::{d, e}, f`."""
    depth, name, out = 0, "", []
    for c in group + ",":
        depth += (c == "{") - (c == "}")
        if c == "," and depth == 0:
            out.append(name.strip().split("::")[0].split(" ")[0])
            name = ""
        else:
            name += c
    return [n for n in out if n]


def uses(text):
    """Rooms that a source names, `crate::py::room…` or `crate::py::{room…}`."""
    text = re.sub(r"//[^\n]*", "", text)
    yield from re.findall(r"crate::py::(\w+)", text)
    for start in re.finditer(r"crate::py::\{", text):
        depth, at = 1, start.end()
        while depth and at < len(text):
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
        yield from top_level(text[start.end() : at - 1])


def backwards(root=ROOT):
    """`file: room` of every use that runs upwards, and of every room that has no place."""
    base = root / "src/py"
    out = []
    for path in sorted(base.rglob("*.rs")):
        inside = path.relative_to(base)
        room = inside.parts[0].removesuffix(".rs")
        if room in GROUND:
            continue
        if room not in STOREY:
            out.append(f"{inside}: {room} has no place in ORDER")
            continue
        for used in sorted(set(uses(path.read_text()))):
            if used not in STOREY:
                out.append(f"{inside}: {used} has no place in ORDER")
            elif STOREY[used] > STOREY[room]:
                out.append(f"{inside}: uses {used}, which stands above {room}")
    return out


if __name__ == "__main__":
    raise SystemExit("\n".join(backwards()) or 0)
