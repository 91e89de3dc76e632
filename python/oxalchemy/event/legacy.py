"""Listeners written for an older argument list, and listeners that want keywords."""

import functools


def _legacy_signature(since, argnames, converter=None):
    """Declare that an event was once called with other arguments; ``converter`` makes the old ones of the new."""

    def leg(fn):
        if not hasattr(fn, "_legacy_signatures"):
            fn._legacy_signatures = []
        fn._legacy_signatures.append((since, argnames, converter))
        return fn

    return leg


def _omit_standard_example(fn):
    fn._omit_standard_example = True
    return fn


@functools.cache
def _argnames(declared):
    import inspect

    spec = inspect.getfullargspec(declared)
    return tuple(spec.args[1:]), spec.varkw


def _spec(fn):
    """Names of positional arguments without a bound ``self``, and whether there are *args and **kw; None when unknowable."""
    import inspect

    try:
        signature = inspect.signature(fn)
    except (TypeError, ValueError):
        return None
    names, star, kw = [], False, False
    for p in signature.parameters.values():
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            names.append(p.name)
        elif p.kind is p.VAR_POSITIONAL:
            star = True
        elif p.kind is p.VAR_KEYWORD:
            kw = True
    return names, star, kw


def wrap_legacy(events, name, declared, fn, named):
    """What is called instead of ``fn``: itself, or an adapter."""
    argnames, _ = _argnames(declared)
    legacy = getattr(declared, "_legacy_signatures", ())
    if legacy and not named:
        spec = _spec(fn)
        if spec is not None:
            adapted = _adapt(events, name, argnames, legacy, fn, spec)
            if adapted is not None:
                return adapted
    if named:
        return _by_name(argnames, fn)
    return fn


def _adapt(events, name, argnames, legacy, fn, spec):
    from .. import util

    names, star, kw = spec
    for since, old, converter in legacy:
        takes_kw = bool(old) and old[-1] == "**kw"
        positional = old[:-1] if takes_kw else old
        if len(names) != len(positional) or kw != takes_kw or star:
            continue
        if len(names) == len(argnames) and not takes_kw:
            continue
        util.warn_deprecated(
            f'The argument signature for the "{events.__name__}.{name}" event listener has changed as of version {since}, and '
            f'conversion for the old argument signature will be removed in a future release.  The new signature is "def '
            f'{name}({", ".join(argnames)})"',
            since,
        )
        if converter is None:
            indexes = [argnames.index(a) for a in positional]

            def converter(*args, _indexes=indexes):
                return [args[i] for i in _indexes]

        def adapter(*args, _convert=converter, **keywords):
            if keywords and not args:
                args = tuple(keywords.get(a) for a in argnames)
            return fn(*_convert(*args))

        return functools.wraps(fn)(adapter) if hasattr(fn, "__name__") else adapter
    return None


def _by_name(argnames, fn):
    def wrap(*args, **kw):
        given = dict(zip(argnames, args, strict=False))
        given.update(kw)
        return fn(**given)

    return functools.wraps(fn)(wrap) if hasattr(fn, "__name__") else wrap
