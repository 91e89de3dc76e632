"""Helpers of the engine."""

from ..pool.base import _AdhocProxiedConnection  # noqa: F401


def _distill_params_2x(params):
    """Parameters as a list of mappings."""
    from .. import exc

    if params is None:
        return ()
    if isinstance(params, (list, tuple)):
        if params and not hasattr(params[0], "keys"):
            raise exc.ArgumentError("List argument must consist only of dictionaries")
        return params
    if hasattr(params, "keys"):
        return [params]
    raise exc.ArgumentError("mapping or list expected for parameters")


def _distill_cursor_params(connection, multiparams, params):
    """The arguments of a 1.x ``execute()`` as a list of parameter sets, each a mapping or a sequence."""

    def is_set(value):
        return hasattr(value, "__iter__") and not hasattr(value, "strip")

    if not multiparams:
        return [params] if params else []
    if len(multiparams) > 1:
        return multiparams if is_set(multiparams[0]) else [multiparams]
    (only,) = multiparams
    if hasattr(only, "keys"):
        return [only]
    if isinstance(only, (list, tuple)):
        return only if not only or is_set(only[0]) else [only]
    return [[only]]
