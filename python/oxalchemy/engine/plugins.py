"""``CreateEnginePlugin`` objects named by a DSN (``?plugin=``) or by ``plugins=[…]``."""

from .. import util


def instantiate(u, kwargs):
    """The URL without plugin names, the plugins, and the arguments that are left."""
    from ..dialects import plugins as registry

    names = util.to_list(u.query.get("plugin", ()))
    names = list(names) + list(kwargs.get("plugins", []))
    kwargs = dict(kwargs)
    loaded = [registry.load(name)(u, kwargs) for name in names]
    u = u.difference_update_query(["plugin", "plugins"])
    for plugin in loaded:
        changed = plugin.update_url(u)
        if changed is not None:
            u = changed
    kwargs.pop("plugins", None)
    return u, loaded, kwargs
