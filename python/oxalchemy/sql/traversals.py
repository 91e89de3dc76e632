"""Comparing and walking constructs."""

from .cache_key import NO_CACHE, CacheKey, HasCacheKey

__all__ = ("NO_CACHE", "CacheKey", "HasCacheKey", "compare")


def compare(obj1, obj2, **kw):
    """Are two constructs the same SQL?"""
    return obj1.compare(obj2, **kw)
