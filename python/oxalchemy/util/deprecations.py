"""Warnings about what should no longer be used. Items that only 2.0 removed warn when ``SQLALCHEMY_WARN_20`` is set."""

import functools
import os
import warnings

from .. import exc

SILENCE_UBER_WARNING = True
_WARN_20 = os.environ.get("SQLALCHEMY_WARN_20", "false").lower() in ("true", "yes", "1")


def _warn_with_version(msg, version, type_, stacklevel, code=None):
    if issubclass(type_, exc.Base20DeprecationWarning) and not _WARN_20:
        return
    warning = type_(msg, code=code)
    warning.deprecated_since = version
    warnings.warn(warning, stacklevel=stacklevel + 1)


def warn_deprecated(msg, version="", stacklevel=3, code=None):
    _warn_with_version(msg, version, exc.SADeprecationWarning, stacklevel, code=code)


def warn_deprecated_limited(msg, args, version="", stacklevel=3, code=None):
    _warn_with_version(msg % args if args else msg, version, exc.SADeprecationWarning, stacklevel, code=code)


def warn_deprecated_20(msg, stacklevel=3, code=None):
    _warn_with_version(msg, "1.4", exc.LegacyAPIWarning, stacklevel, code=code)


def _decorated(fn, type_, message, version):
    if isinstance(fn, type):
        return fn

    @functools.wraps(fn)
    def warned(*args, **kwargs):
        _warn_with_version(message, version, type_, stacklevel=2)
        return fn(*args, **kwargs)

    warned._sa_warn = lambda: None
    return warned


def deprecated(version, message=None, add_deprecation_to_docstring=True, warning=None, enable_warnings=True):
    """Decorator: calls of the function warn."""

    def decorate(fn):
        if not enable_warnings:
            return fn
        text = (message or "Call to deprecated function %(func)s") % {"func": getattr(fn, "__name__", fn)}
        return _decorated(fn, warning or exc.SADeprecationWarning, text, version)

    return decorate


def moved_20(message, **kw):
    return deprecated("2.0", message=message, warning=exc.MovedIn20Warning, **kw)


def became_legacy_20(api_name, alternative=None, **kw):
    text = (
        f"The {api_name} construct is considered a legacy construct as of the 1.x series of SQLAlchemy and becomes a "
        f"legacy construct in 2.0."
    )
    if alternative:
        text += " " + alternative
    return deprecated("2.0", message=text, warning=exc.LegacyAPIWarning, **kw)


def deprecated_cls(version, message, constructor="__init__"):
    def decorate(cls):
        return cls

    return decorate


def deprecated_params(**specs):
    """Decorator: passing one of these parameters warns; each maps to (version, message)."""

    def decorate(fn):
        @functools.wraps(fn)
        def warned(*args, **kwargs):
            for name, (version, message) in specs.items():
                if name in kwargs:
                    _warn_with_version(message, version, exc.SADeprecationWarning, stacklevel=2)
            return fn(*args, **kwargs)

        return warned

    return decorate
