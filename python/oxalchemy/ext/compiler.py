"""`@compiles`: SQL text for constructs of the user's, and other text for ours.

class my_column(ColumnClause):
    inherit_cache = True

@compiles(my_column)
def render(element, compiler, **kw):
    return f"[{element.name}]"
"""

from __future__ import annotations

from .. import _rs, exc

__all__ = ["compiles", "deregister"]

# class → {dialect name or "default": function}
_registered: dict = {}


def compiles(class_, *specs):
    """Register the decorated function as the renderer of `class_`.

    :param class_: a class of SQL constructs, types or DDL elements
    :param specs: dialect names; none: every dialect
    :returns: a decorator for ``fn(element, compiler, **kw) -> str``
    """

    def decorate(fn):
        table = _registered.setdefault(class_, {})
        for spec in specs or ("default",):
            table[spec] = fn
        _rs.set_compile_hooks(True)
        return fn

    return decorate


def deregister(class_):
    """Forget all renderers of `class_`."""
    _registered.pop(class_, None)
    _rs.set_compile_hooks(bool(_registered))


def renderer(class_, dialect_name):
    """The function for elements of `class_` on a dialect; None when there is none at all.

    :raises CompileError: the class has renderers, but none for this dialect, and we have none of our own
    """
    for base in class_.__mro__:
        table = _registered.get(base)
        if table is None:
            # A class with a visit name of its own has a text of its own: what its base is rendered by is not asked.
            if "__visit_name__" in base.__dict__:
                return None
            continue
        fn = table.get(dialect_name) or table.get("default")
        if fn is not None:
            return fn
        if not _has_own_text(base):
            raise exc.UnsupportedCompilationError(
                f"{dialect_name} compiler", class_, message=f"{class_} construct has no default compilation handler."
            )
        return None
    return None


def _has_own_text(class_):
    """Classes of ours can be rendered without help."""
    return class_.__module__.partition(".")[0] == "oxalchemy"
