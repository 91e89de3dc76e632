"""Dependencies that a crate declares and its sources never name. `python tests_py/house/dependencies.py` tells.

A script and not `cargo machete`, which does the same thing after a minute of compiling on every machine that checks.
"""

import pathlib
import re
import tomllib

ROOT = pathlib.Path(__file__).parents[2]

# Named by no source: wanted for a feature, or linked only. Each with its reason.
LINKED = {}

TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


def sources(crate):
    """Rust files of a crate, without those of crates inside its folder."""
    inner = [p.parent for p in crate.rglob("Cargo.toml") if p.parent != crate and "target" not in p.parts]
    for path in crate.rglob("*.rs"):
        if "target" not in path.relative_to(crate).parts and not any(path.is_relative_to(i) for i in inner):
            yield path


def crates(root=ROOT):
    workspace = tomllib.loads((root / "Cargo.toml").read_text())
    yield root
    for member in workspace["workspace"]["members"]:
        if (root / member).resolve() != root:
            yield root / member


def unused(root=ROOT):
    """`manifest: dependency` of each that nothing names."""
    out = []
    for crate in crates(root):
        manifest = tomllib.loads((crate / "Cargo.toml").read_text())
        text = "\n".join(p.read_text() for p in sources(crate))
        for table in TABLES:
            for name in manifest.get(table, {}):
                word = name.replace("-", "_")
                named = re.search(rf"\b{word}::|\buse {word}\b|#\[{word}\b|\bextern crate {word}\b", text)
                if not named and name not in LINKED:
                    out.append(f"{crate.relative_to(root) / 'Cargo.toml'}: {name}")
    return out


if __name__ == "__main__":
    raise SystemExit("\n".join(unused()) or 0)
