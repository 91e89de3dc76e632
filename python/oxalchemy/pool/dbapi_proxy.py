"""``manage``: a DBAPI module whose ``connect`` takes from pools, one for each set of arguments."""

import threading

from .impl import QueuePool

_proxies = {}


def manage(module, **params):
    """A stand-in for ``module`` with a pooling ``connect``; ``params`` go to the pools, ``poolclass`` chooses theirs."""
    if module not in _proxies:
        _proxies[module] = _DBProxy(module, **params)
    return _proxies[module]


def clear_managers():
    """Dispose the pools of all managed modules and forget the modules."""
    for proxy in _proxies.values():
        proxy.close()
    _proxies.clear()


class _DBProxy:
    def __init__(self, module, poolclass=QueuePool, **kw):
        self.module = module
        self.kw = kw
        self.poolclass = poolclass
        self.pools = {}
        self._lock = threading.Lock()

    def close(self):
        for pool in list(self.pools.values()):
            pool.dispose()
        self.pools.clear()

    def __getattr__(self, key):
        return getattr(self.module, key)

    def get_pool(self, *args, **kw):
        """The pool of these arguments."""
        key = self._key(args, kw)
        with self._lock:
            if key not in self.pools:
                settings = dict(self.kw)
                settings.pop("sa_pool_key", None)
                self.pools[key] = self.poolclass(lambda: self.module.connect(*args, **kw), **settings)
            return self.pools[key]

    def connect(self, *args, **kw):
        """A connection from the pool of these arguments."""
        return self.get_pool(*args, **kw).connect()

    def dispose(self, *args, **kw):
        """Dispose the pool of these arguments."""
        pool = self.pools.pop(self._key(args, kw), None)
        if pool is not None:
            pool.dispose()

    def _key(self, args, kw):
        return self.kw.get("sa_pool_key") or (args, tuple(sorted(kw.items(), key=lambda item: item[0])))
