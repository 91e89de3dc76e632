"""``DialectKWArgs``: keyword arguments of the form ``<dialect>_<option>``."""

import collections.abc
import enum
import types
import weakref

from .. import exc, util


class DialectKWArgConst(enum.Enum):
    """Marks in ``construct_arguments`` (2.1)."""

    REFLECTED_ONLY = 1


class _ReflectOnly(collections.abc.Mapping):
    """Database state that reflection reports, by dialect; read only."""

    def __init__(self, obj):
        self._obj = obj

    def __getitem__(self, dialect):
        return types.MappingProxyType(self._obj.__dict__.get("_reflect_only", {}).get(dialect, {}))

    def __iter__(self):
        return iter(self._obj.__dict__.get("_reflect_only", {}))

    def __len__(self):
        return len(self._obj.__dict__.get("_reflect_only", {}))

    def __repr__(self):
        return repr({k: dict(v) for k, v in self._obj.__dict__.get("_reflect_only", {}).items()})


class _DialectArgDict(collections.abc.MutableMapping):
    """Options of one dialect: given ones over defaults. The item that they belong to is told of changes."""

    _owner = None

    def __init__(self):
        self._non_defaults = {}
        self._defaults = {}

    def __getstate__(self):
        return {"_non_defaults": self._non_defaults, "_defaults": self._defaults}

    def __len__(self):
        return len(set(self._non_defaults).union(self._defaults))

    def __iter__(self):
        return iter(sorted(set(self._non_defaults).union(self._defaults)))

    def __getitem__(self, key):
        if key in self._non_defaults:
            return self._non_defaults[key]
        return self._defaults[key]

    def __setitem__(self, key, value):
        self._non_defaults[key] = value
        self._tell()

    def __delitem__(self, key):
        del self._non_defaults[key]
        self._tell()

    def _tell(self):
        item = None if self._owner is None else self._owner()
        if item is not None:
            item._dialect_options_changed()


class _OptionsByDialect(dict):
    """The options of an item by dialect, made when first asked for."""

    owner = None

    def belong_to(self, item):
        """Changes are told to ``item`` from now on."""
        self.owner = weakref.ref(item)
        for options in self.values():
            options._owner = self.owner

    def __missing__(self, dialect_name):
        return self.put(dialect_name, self.owner()._make_dialect_args(dialect_name))

    def put(self, dialect_name, options):
        options._owner = self.owner
        self[dialect_name] = options
        return options

    def __reduce__(self):
        return type(self), (), None, None, iter(self.items())


def given_options(item):
    """``[(dialect, option, value)]`` of the options that were given, for Rust."""
    return [(d, o, v) for d, options in item.dialect_options.items() for o, v in options._non_defaults.items()]


class _DialectArgView(collections.abc.MutableMapping):
    """All options, by ``<dialect>_<option>``."""

    __slots__ = ("obj",)

    def __init__(self, obj):
        self.obj = obj

    def _key(self, key):
        dialect, sep, value_key = key.partition("_")
        if not sep:
            raise KeyError(key)
        return dialect, value_key

    def __getitem__(self, key):
        dialect, value_key = self._key(key)
        try:
            opt = self.obj.dialect_options[dialect]
        except exc.NoSuchModuleError as err:
            raise KeyError(key) from err
        return opt[value_key]

    def __setitem__(self, key, value):
        try:
            dialect, value_key = self._key(key)
        except KeyError as err:
            raise exc.ArgumentError("Keys must be of the form <dialectname>_<argname>") from err
        self.obj.dialect_options[dialect][value_key] = value

    def __delitem__(self, key):
        dialect, value_key = self._key(key)
        del self.obj.dialect_options[dialect][value_key]

    def __len__(self):
        return sum(len(args._non_defaults) for args in self.obj.dialect_options.values())

    def __iter__(self):
        for dialect, args in self.obj.dialect_options.items():
            for name in args._non_defaults:
                yield f"{dialect}_{name}"

    def __repr__(self):
        return repr(dict(self))


def _construct_arguments(dialect_name):
    """``{class: {option: default}}`` of a dialect, ``None`` when it accepts anything."""
    from ..dialects import _arguments, registry

    # Ours are known without loading them, unless the program put another in their place.
    if dialect_name in _arguments.KNOWN and dialect_name not in getattr(registry, "impls", ()):
        return _arguments.by_class(dialect_name)
    cls = registry.load(dialect_name)
    args = getattr(cls, "construct_arguments", None)
    return dict(args) if args is not None else None


class _Registry(util.PopulateDict):
    def __init__(self):
        super().__init__(_construct_arguments)


class DialectKWArgs:
    """Constructs that take ``<dialect>_<option>`` arguments."""

    __slots__ = ()
    _kw_registry = _Registry()

    @classmethod
    def argument_for(cls, dialect_name, argument_name, default):
        """Declare a further option of a dialect for this class."""
        registered = DialectKWArgs._kw_registry[dialect_name]
        if registered is None:
            raise exc.ArgumentError(
                f"Dialect '{dialect_name}' does have keyword-argument validation and defaults enabled configured"
            )
        registered.setdefault(cls, {})
        if registered[cls] is None:
            registered[cls] = {}
        registered[cls][argument_name] = default

    @property
    def dialect_kwargs(self):
        """All options given, by their full name."""
        return _DialectArgView(self)

    @property
    def kwargs(self):
        return self.dialect_kwargs

    @property
    def dialect_options(self):
        """Options by dialect, then by name, with defaults."""
        found = self.__dict__.get("dialect_options")
        if found is None:
            found = self.__dict__["dialect_options"] = _OptionsByDialect()
        if found.owner is None:
            found.belong_to(self)
        return found

    def _dialect_options_changed(self):
        """Someone changed :attr:`dialect_options` after construction: what renders the item hears of it."""
        take = getattr(self, "_set_dialect_options", None)
        if take is not None:
            take(given_options(self))

    @classmethod
    def _make_dialect_args(cls, dialect_name):
        known = DialectKWArgs._kw_registry[dialect_name]
        d = _DialectArgDict()
        if known is None:
            d._defaults.update({"*": None})
        else:
            for klass in reversed(cls.__mro__):
                if klass in known:
                    d._defaults.update(known[klass])
            for name in [k for k, v in d._defaults.items() if v is DialectKWArgConst.REFLECTED_ONLY]:
                del d._defaults[name]
        return d

    @property
    def reflect_only_elements(self):
        """State that reflection reported and DDL ignores, by dialect (2.1)."""
        return _ReflectOnly(self)

    def _copy_reflect_only(self, other):
        found = self.__dict__.get("_reflect_only")
        if found:
            other.__dict__["_reflect_only"] = {k: dict(v) for k, v in found.items()}

    @classmethod
    def _is_reflect_only(cls, construct, arg_name):
        if construct is None:
            return False
        found = None
        for klass in reversed(cls.__mro__):
            found = construct.get(klass, {}).get(arg_name, found) if construct.get(klass) else found
        return found is DialectKWArgConst.REFLECTED_ONLY

    def get_dialect_option(self, dialect, argument_name, *, else_=None, deprecated_fallback=None):
        """The option of a dialect object, ``else_`` when the dialect does not have it."""
        registered = DialectKWArgs._kw_registry[dialect.name]
        options = self.dialect_options[dialect.name]
        if registered is None or argument_name in options:
            if argument_name in options:
                return options[argument_name]
        if deprecated_fallback:
            fallback = self.dialect_options[deprecated_fallback]
            if fallback.get(argument_name):
                util.warn_deprecated(
                    f"Using '{deprecated_fallback}_{argument_name}' with the '{dialect.name}' dialect is deprecated; please "
                    f"additionally specify '{dialect.name}_{argument_name}'.",
                    version="2.1",
                )
                return fallback[argument_name]
        return else_

    def _validate_dialect_kwargs(self, kwargs):
        if not kwargs:
            return
        for key, value in kwargs.items():
            dialect_name, sep, arg_name = key.partition("_")
            if not sep or not dialect_name or not arg_name:
                raise TypeError(f"Additional arguments should be named <dialectname>_<argument>, got '{key}'")
            try:
                construct = DialectKWArgs._kw_registry[dialect_name]
            except exc.NoSuchModuleError:
                util.warn(f"Can't validate argument {key!r}; can't locate any SQLAlchemy dialect named {dialect_name!r}")
                if dialect_name not in self.dialect_options:
                    self.dialect_options.put(dialect_name, _DialectArgDict())._defaults.update({"*": None})
                self.dialect_options[dialect_name]._non_defaults[arg_name] = value
                continue
            if self._is_reflect_only(construct, arg_name):
                self.__dict__.setdefault("_reflect_only", {}).setdefault(dialect_name, {})[arg_name] = value
                continue
            opts = self.dialect_options[dialect_name]
            if construct is not None and "*" not in opts and arg_name not in opts:
                raise exc.ArgumentError(
                    f"Argument {key!r} is not accepted by dialect {dialect_name!r} on behalf of {self.__class__!r}"
                )
            opts._non_defaults[arg_name] = value
