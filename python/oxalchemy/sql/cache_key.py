"""Cache keys: statements are cached by a structural hash that Rust computes; this is what user code may see of it."""

import enum


class CacheConst(enum.Enum):
    NO_CACHE = 0
    PARAMS = 1


NO_CACHE = CacheConst.NO_CACHE


class HasCacheKey:
    """Mix-in of constructs; ``inherit_cache`` says whether a subclass may be cached."""

    __slots__ = ()
    inherit_cache = None
    _cache_key_traversal = ()


class HasCacheKeyTraverse(HasCacheKey):
    __slots__ = ()


class CacheKey(tuple):
    """A statement's cache key."""

    __slots__ = ()
