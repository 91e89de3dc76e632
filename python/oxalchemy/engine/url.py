"""``URL``, the parsed form of a DSN, and ``make_url``."""

import collections.abc
from typing import NamedTuple, Optional, Union

from .. import _rs, exc, util
from ..util import deprecations
from ..util._secrets import hides_arguments


class _Parts(NamedTuple):
    drivername: str
    username: str | None
    password: str | None
    host: str | None
    port: int | None
    database: str | None
    query: util.immutabledict


class URL(_Parts):
    """The parts of a DSN ``dialect[+driver]://user:password@host:port/database?key=value``.

    Immutable: ``set`` and the ``update_query_…`` methods give copies. Made by :func:`make_url` or :meth:`URL.create`.
    """

    __slots__ = ()

    def __new__(cls, drivername, username=None, password=None, host=None, port=None, database=None, query=util.EMPTY_DICT):
        return cls.create(drivername, username, password, host, port, database, query)

    @classmethod
    def create(cls, drivername, username=None, password=None, host=None, port=None, database=None, query=util.EMPTY_DICT):
        """A URL of these parts. A wrong kind of value raises ``TypeError``."""
        return tuple.__new__(
            cls,
            (
                cls._assert_str(drivername, "drivername"),
                cls._assert_none_str(username, "username"),
                password,
                cls._assert_none_str(host, "host"),
                cls._assert_port(port),
                cls._assert_none_str(database, "database"),
                cls._str_dict(query),
            ),
        )

    @classmethod
    def _make(cls, parts):
        return cls.create(*parts)

    def __getnewargs__(self):
        return tuple(self)

    @staticmethod
    def _assert_port(port):
        if port is None:
            return None
        try:
            return int(port)
        except TypeError:
            raise TypeError("Port argument must be an integer or None") from None

    @staticmethod
    def _assert_str(v, name):
        if not isinstance(v, str):
            raise TypeError(f"{name} must be a string")
        return v

    @staticmethod
    def _assert_none_str(v, name):
        return v if v is None else URL._assert_str(v, name)

    @staticmethod
    def _str_dict(pairs):
        if not pairs:
            return util.EMPTY_DICT
        items = pairs.items() if isinstance(pairs, collections.abc.Mapping) else pairs
        out = {}
        for key, value in items:
            if not isinstance(key, str):
                raise TypeError("Query dictionary keys must be strings")
            if isinstance(value, str):
                out[key] = value
            elif isinstance(value, collections.abc.Sequence) and all(isinstance(v, str) for v in value):
                out[key] = value[0] if len(value) == 1 else tuple(value)
            else:
                raise TypeError("Query dictionary values must be strings or sequences of strings")
        return util.immutabledict(out)

    def set(self, **parts):
        """A copy with these parts replaced; parts given as ``None`` stay as they are."""
        kw = self._asdict()
        for name, value in parts.items():
            if name not in kw:
                raise TypeError(f"URL.set() got an unexpected keyword argument '{name}'")
            if value is not None:
                kw[name] = value
        return URL.create(**kw)

    def _replace(self, **kw):
        unknown = [k for k in kw if k not in self._fields]
        if unknown:
            raise ValueError(f"Got unexpected field names: {unknown!r}")
        return URL.create(**{**self._asdict(), **kw})

    def update_query_string(self, query_string, append=False, *, keep_blank_values=False):
        """A copy with the keys of a query string set or, with ``append``, added."""
        return self.update_query_dict(_rs._url_parse_query(query_string, keep_blank_values), append=append)

    def update_query_pairs(self, key_value_pairs, append=False):
        """A copy with these keys set or, with ``append``, added; a key may come several times."""
        new = {}
        for key, value in key_value_pairs:
            if key in new:
                new[key] = (*util.to_list(new[key]), *util.to_list(value))
            else:
                new[key] = tuple(value) if isinstance(value, (list, tuple)) else value
        existing = self.query
        if append:
            merged = {k: (*util.to_list(existing[k]), *util.to_list(new[k])) if k in new else existing[k] for k in existing}
            merged.update((k, v) for k, v in new.items() if k not in existing)
        else:
            merged = {**existing, **new}
        return self._replace(query=merged)

    def update_query_dict(self, query_parameters, append=False):
        """A copy with these keys set or, with ``append``, added."""
        return self.update_query_pairs(query_parameters.items(), append=append)

    def difference_update_query(self, names):
        """A copy without these query keys."""
        names = set(names)
        if not names.intersection(self.query):
            return self
        return self._replace(query={k: v for k, v in self.query.items() if k not in names})

    @property
    def normalized_query(self):
        """The query with every value as a tuple."""
        return util.immutabledict({k: v if isinstance(v, tuple) else (v,) for k, v in self.query.items()})

    def render_as_string(self, hide_password=True):
        """The DSN, with ``***`` for the password unless ``hide_password`` is False."""
        password = None if self.password is None else str(self.password)
        return _rs._url_render(
            self.drivername, self.username, password, self.host, self.port, self.database, dict(self.query), hide_password
        )

    def __repr__(self):
        return self.render_as_string()

    __str__ = __repr__

    @deprecations.deprecated(
        "1.4",
        "The `URL.__to_string__ method is deprecated and will be removed in a future release.  Please use the "
        "URL.render_as_string method.",
    )
    def __to_string__(self, hide_password=True):
        return self.render_as_string(hide_password=hide_password)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return URL.create(*self)

    def __hash__(self):
        return hash(self.render_as_string(hide_password=False))

    def __eq__(self, other):
        return isinstance(other, URL) and tuple(self) == tuple(other)

    def __ne__(self, other):
        return not self == other

    @property
    def password_original(self):
        """The password as given (1.3 name)."""
        return self.password

    def get_backend_name(self):
        """The dialect: what stands before ``+``."""
        return self.drivername.split("+")[0]

    def get_driver_name(self):
        """The driver: what stands behind ``+``, else the dialect's default."""
        return self.drivername.split("+")[1] if "+" in self.drivername else self.get_dialect().driver

    def _instantiate_plugins(self, kwargs):
        from . import plugins

        return plugins.instantiate(self, kwargs)

    def _get_entrypoint(self):
        from ..dialects import registry

        name = self.drivername.replace("+", ".")
        cls = registry.load(name)
        if hasattr(cls, "dialect") and isinstance(cls.dialect, type):
            return cls.dialect
        return cls

    def get_dialect(self, _is_async=False):
        """The dialect's class."""
        entrypoint = self._get_entrypoint()
        return entrypoint.get_async_dialect_cls(self) if _is_async else entrypoint.get_dialect_cls(self)

    def translate_connect_args(self, names=None, **kw):
        """The parts that are set as keyword arguments of a driver's ``connect()``; keywords rename them."""
        if names is not None:
            util.warn_deprecated(
                "The `URL.translate_connect_args.name`s parameter is deprecated. "
                "Please pass the alternate names as kw arguments.",
                "1.4",
            )
            kw.update(zip(("host", "database", "username", "password", "port"), names, strict=False))
        translated = {}
        for part in ("host", "database", "username", "password", "port"):
            name = kw.get(part, part)
            value = getattr(self, part)
            if name is not None and value:
                translated[name] = str(value) if part == "password" else value
        return translated


@hides_arguments
def make_url(name_or_url: str | URL, *, keep_blank_values: bool = False) -> URL:
    """The URL of a DSN; a URL is given back as it is. ``keep_blank_values``: keep query keys without a value.

    Raises ``ArgumentError`` when the text is not a DSN and ``ValueError`` when its port is not a number.
    """
    if isinstance(name_or_url, str):
        return URL.create(*_rs._url_parse(name_or_url, keep_blank_values))
    if isinstance(name_or_url, URL) or hasattr(name_or_url, "_sqla_is_testing_if_this_is_a_mock_object"):
        return name_or_url
    raise exc.ArgumentError(f"Expected string or URL object, got {name_or_url!r}")
