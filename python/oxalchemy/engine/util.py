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
