"""Descriptors, introspection and conversions."""

import collections
import contextlib
import functools
import itertools
import operator
import re
import threading
import types
import warnings
from contextlib import nullcontext  # noqa: F401

from .. import exc

NoneType = type(None)


class VersionInfo(tuple):
    """A version as a tuple of numbers."""


def parse_version_string(version):
    """The numbers of a version text."""
    return VersionInfo(int(x) for x in re.findall(r"\d+", version)[:3])


class memoized_property:
    """A property computed once and then kept in the instance's ``__dict__``."""

    def __init__(self, fget, doc=None):
        self.fget = fget
        self.__doc__ = doc or fget.__doc__
        self.__name__ = fget.__name__

    def __get__(self, obj, cls):
        if obj is None:
            return self
        obj.__dict__[self.__name__] = result = self.fget(obj)
        return result

    def _reset(self, obj):
        memoized_property.reset(obj, self.__name__)

    @classmethod
    def reset(cls, obj, name):
        obj.__dict__.pop(name, None)


ro_memoized_property = memoized_property
non_memoized_property = ro_non_memoized_property = property


def memoized_instancemethod(fn):
    """A method without arguments whose result is kept."""

    @functools.wraps(fn)
    def oneshot(self, *args, **kw):
        result = fn(self, *args, **kw)

        def memo(*a, **kw):
            return result

        memo.__name__ = fn.__name__
        memo.__doc__ = fn.__doc__
        self.__dict__[fn.__name__] = memo
        return result

    return oneshot


class HasMemoized:
    """A class whose memoized attributes can be forgotten together."""

    __slots__ = ()
    memoized_attribute = memoized_property
    memoized_instancemethod = staticmethod(memoized_instancemethod)

    def _reset_memoizations(self):
        for name in [n for n in self.__dict__ if isinstance(getattr(type(self), n, None), memoized_property)]:
            del self.__dict__[name]


class MemoizedSlots:
    """Memoized attributes of classes with ``__slots__``: ``_memoized_attr_x`` computes ``x``."""

    __slots__ = ()

    def __getattr__(self, key):
        make = getattr(type(self), f"_memoized_attr_{key}", None)
        if make is None:
            raise AttributeError(key)
        value = make(self)
        setattr(self, key, value)
        return value


class classproperty(property):
    """A property of the class."""

    def __init__(self, fget, *arg, **kw):
        super().__init__(fget, *arg, **kw)
        self.__doc__ = fget.__doc__

    def __get__(self, obj, cls):
        return self.fget(cls)


class hybridproperty:
    """A property of instances that is one of the class too."""

    def __init__(self, func):
        self.func = func
        self.clslevel = func

    def __get__(self, instance, owner):
        return self.clslevel(owner) if instance is None else self.func(instance)

    def classlevel(self, func):
        self.clslevel = func
        return self


class rw_hybridproperty(hybridproperty):
    """The same with a setter."""

    setfn = None

    def __set__(self, instance, value):
        self.setfn(instance, value)

    def setter(self, func):
        self.setfn = func
        return self


class hybridmethod:
    """A method of instances that is one of the class too."""

    def __init__(self, func):
        self.func = func
        self.clslevel = func

    def __get__(self, instance, owner):
        if instance is None:
            return self.clslevel.__get__(owner, owner.__class__)
        return self.func.__get__(instance, owner)

    def classlevel(self, func):
        self.clslevel = func
        return self


class generic_fn_descriptor:
    """A descriptor around a function."""

    def __init__(self, fget, doc=None):
        self.fget = fget
        self.__doc__ = doc or fget.__doc__
        self.__name__ = fget.__name__

    def __get__(self, obj, cls):
        return self if obj is None else self.fget(obj)


class safe_reraise:
    """Context manager: re-raise the exception being handled, whatever the clean-up inside does."""

    __slots__ = ("_exc_info",)

    def __enter__(self):
        import sys

        self._exc_info = sys.exc_info()

    def __exit__(self, type_, value, traceback):
        if type_ is None:
            _, exc_value, exc_tb = self._exc_info
            self._exc_info = None
            raise exc_value.with_traceback(exc_tb)
        self._exc_info = None
        raise value.with_traceback(traceback)


class symbol(int):
    """A named constant: one object for each name."""

    _symbols = {}

    def __new__(cls, name, doc=None, canonical=None):
        found = cls._symbols.get(name)
        if found is None:
            value = abs(hash(name)) if canonical is None else canonical
            found = int.__new__(cls, value)
            found.name = name
            if doc:
                found.__doc__ = doc
            cls._symbols[name] = found
        return found

    def __reduce__(self):
        return symbol, (self.name, "x", int(self))

    def __repr__(self):
        return f"symbol({self.name!r})"

    __str__ = __repr__


class TypingOnly:
    """Mixin that adds nothing at run time."""

    __slots__ = ()


class EnsureKWArg:
    """Gives methods whose names match ``ensure_kwarg`` a ``**kw`` if they lack it."""

    def __init_subclass__(cls):
        import inspect

        super().__init_subclass__()
        pattern = getattr(cls, "ensure_kwarg", None)
        for name, fn in list(vars(cls).items()):
            if pattern and re.match(pattern, name) and inspect.isfunction(fn):
                if not inspect.getfullargspec(fn).varkw:
                    setattr(cls, name, _without_kw(fn))


def _without_kw(fn):
    @functools.wraps(fn)
    def wrap(*arg, **kw):
        return fn(*arg)

    return wrap


class PluginLoader:
    """Finds plugins by name: registered ones, an ``auto_fn``, then entry points of installed packages."""

    def __init__(self, group, auto_fn=None):
        self.group = group
        self.impls = {}
        self.auto_fn = auto_fn

    def clear(self):
        self.impls.clear()

    def load(self, name):
        if name in self.impls:
            return self.impls[name]()
        if self.auto_fn:
            loader = self.auto_fn(name)
            if loader:
                self.impls[name] = loader
                return loader()
        import importlib.metadata

        for group in (self.group, self.group.replace("oxalchemy", "sqlalchemy", 1)):
            for entry in importlib.metadata.entry_points(group=group):
                if entry.name == name:
                    self.impls[name] = entry.load
                    return entry.load()
        raise exc.NoSuchModuleError(f"Can't load plugin: {self.group}:{name}")

    def register(self, name, modulepath, objname):
        def load():
            module = __import__(modulepath)
            for token in modulepath.split(".")[1:]:
                module = getattr(module, token)
            return getattr(module, objname)

        self.impls[name] = load

    def deregister(self, name):
        del self.impls[name]


class GenericRepr:
    """``generic_repr`` when it is asked for."""

    def __init__(self, obj, additional_kw=(), to_inspect=None, omit_kwarg=()):
        self._args = (obj, additional_kw, to_inspect, omit_kwarg)

    def __repr__(self):
        return generic_repr(*self._args)

    __str__ = __repr__


def generic_repr(obj, additional_kw=(), to_inspect=None, omit_kwarg=()):
    """``Class(arg, kw=value)`` from the constructor's signature and the object's attributes."""
    import inspect

    inspected = [obj] if to_inspect is None else to_list_of(to_inspect)
    missing = object()
    pos_args, kw_args, vargs = [], collections.OrderedDict(), None
    for i, insp in enumerate(inspected):
        try:
            spec = inspect.getfullargspec(insp.__init__)
        except TypeError:
            continue
        default_len = len(spec.defaults) if spec.defaults else 0
        if i == 0:
            vargs = spec.varargs
            pos_args.extend(spec.args[1 : len(spec.args) - default_len] if default_len else spec.args[1:])
        else:
            kw_args.update((a, missing) for a in spec.args[1 : len(spec.args) - default_len])
        if default_len:
            kw_args.update(zip(spec.args[-default_len:], spec.defaults, strict=False))
        if spec.kwonlydefaults:
            kw_args.update(spec.kwonlydefaults)
    out = [repr(getattr(obj, a, None)) for a in pos_args]
    if vargs is not None and hasattr(obj, vargs):
        out.extend(repr(v) for v in getattr(obj, vargs))
    for name, default in itertools.chain(kw_args.items(), additional_kw):
        if name in omit_kwarg:
            continue
        try:
            value = getattr(obj, name, missing)
            if value is missing or value == default:
                continue
            out.append(f"{name}={value!r}")
        except Exception:
            pass
    return f"{obj.__class__.__name__}({', '.join(out)})"


def to_list_of(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


class portable_instancemethod:
    """A bound method that can be pickled."""

    __slots__ = ("target", "name", "kwargs", "__weakref__")

    def __init__(self, meth, kwargs=()):
        self.target = meth.__self__
        self.name = meth.__name__
        self.kwargs = kwargs

    def __getstate__(self):
        return {"target": self.target, "name": self.name, "kwargs": self.kwargs}

    def __setstate__(self, state):
        self.target, self.name, self.kwargs = state["target"], state["name"], state.get("kwargs", ())

    def __call__(self, *arg, **kw):
        return getattr(self.target, self.name)(*arg, **{**dict(self.kwargs), **kw})


def get_cls_kwargs(cls, _set=None, *, raiseerr=False):
    """Names of keyword arguments that the constructors of a class and its bases take."""
    import inspect

    found = set() if _set is None else _set
    init = cls.__dict__.get("__init__", None)
    has_init = isinstance(init, types.FunctionType)
    if has_init:
        spec = inspect.getfullargspec(init)
        found.update(spec.args[1:])
        found.update(spec.kwonlyargs)
    if not has_init or spec.varkw:
        for base in cls.__bases__:
            get_cls_kwargs(base, found)
    found.discard("self")
    return found


def get_func_kwargs(func):
    import inspect

    return inspect.getfullargspec(func)[0]


def get_callable_argspec(fn, no_self=False, _is_init=False):
    """The argument specification of anything callable."""
    import inspect

    if inspect.isbuiltin(fn):
        raise TypeError(f"Can't inspect builtin: {fn}")
    if isinstance(fn, type):
        return get_callable_argspec(fn.__init__, no_self=no_self, _is_init=True)
    if inspect.isfunction(fn) or inspect.ismethod(fn):
        spec = inspect.getfullargspec(fn)
        if no_self and (_is_init or inspect.ismethod(fn)):
            return spec._replace(args=spec.args[1:])
        return spec
    if callable(fn) and inspect.ismethod(fn.__call__):
        return get_callable_argspec(fn.__call__, no_self=no_self)
    raise TypeError(f"Can't inspect callable: {fn}")


def unbound_method_to_callable(func_or_cls):
    return func_or_cls


def class_hierarchy(cls):
    """The class, its bases and subclasses, all of them."""
    hier = {cls}
    process = list(cls.__mro__)
    while process:
        c = process.pop()
        for b in itertools.chain(c.__bases__, c.__subclasses__() if c is not object else ()):
            if b not in hier and b is not object:
                process.append(b)
                hier.add(b)
    return list(hier)


def walk_subclasses(cls):
    seen, stack = set(), [cls]
    while stack:
        cls = stack.pop()
        if cls in seen:
            continue
        seen.add(cls)
        stack.extend(cls.__subclasses__())
        yield cls


def iterate_attributes(cls):
    for key in dir(cls):
        for c in cls.__mro__:
            if key in c.__dict__:
                yield key, c.__dict__[key]
                break


def method_is_overridden(instance_or_cls, against_method):
    cls = instance_or_cls if isinstance(instance_or_cls, type) else instance_or_cls.__class__
    return getattr(cls, against_method.__name__) != against_method


def methods_equivalent(meth1, meth2):
    return getattr(meth1, "__func__", meth1) is getattr(meth2, "__func__", meth2)


def as_interface(obj, cls=None, methods=None, required=None):
    """``obj`` if it has the methods of an interface; a dict of callables is made into an object that has them."""
    methods = set(methods or [m for m in dir(cls) if not m.startswith("_")])
    required = set(required or ())
    if isinstance(obj, dict):
        bad = [k for k in obj if k not in methods or not callable(obj[k])]
        if bad:
            raise TypeError(f"{bad[0]!r} is not part of the interface")
        return type("Interface", (), {k: staticmethod(v) for k, v in obj.items()})
    found = {m for m in methods if callable(getattr(obj, m, None))}
    if not found or not found >= required:
        raise TypeError(f"{obj!r} does not implement the interface")
    return obj


def asbool(obj):
    """True or False from a text as configuration files have it."""
    if isinstance(obj, str):
        text = obj.strip().lower()
        if text in ("true", "yes", "on", "y", "t", "1"):
            return True
        if text in ("false", "no", "off", "n", "f", "0"):
            return False
        raise ValueError(f"String is not true/false: {text!r}")
    return bool(obj)


def bool_or_str(*text):
    """A function that turns a text into a bool but leaves these texts alone."""

    def bool_or_value(obj):
        return obj if obj in text else asbool(obj)

    return bool_or_value


def asint(value):
    return value if value is None else int(value)


def coerce_kw_type(kw, key, type_, flexi_bool=True, dest=None):
    """Convert ``kw[key]`` in place, when it is there and of another type."""
    dest = kw if dest is None else dest
    if key in kw and (not isinstance(type_, type) or not isinstance(kw[key], type_)) and kw[key] is not None:
        dest[key] = asbool(kw[key]) if type_ is bool and flexi_bool else type_(kw[key])


def constructor_key(obj, cls):
    names = get_cls_kwargs(cls)
    return (cls,) + tuple((k, obj.__dict__[k]) for k in names if k in obj.__dict__)


def constructor_copy(obj, cls, *args, **kw):
    """A new ``cls`` with the constructor arguments that ``obj`` has as attributes."""
    names = get_cls_kwargs(cls)
    kw.update((k, obj.__dict__[k]) for k in names.difference(kw) if k in obj.__dict__)
    return cls(*args, **kw)


def counter():
    """A function that counts."""
    lock, counts = threading.Lock(), itertools.count(1)

    def _next():
        with lock:
            return next(counts)

    return _next


_creation_order = itertools.count(1)


def set_creation_order(instance):
    instance._creation_order = next(_creation_order)


def duck_type_collection(specimen, default=None):
    """list, set or dict: what a collection behaves like."""
    if hasattr(specimen, "__emulates__"):
        if specimen.__emulates__ is not None and issubclass(specimen.__emulates__, set):
            return set
        return specimen.__emulates__
    is_a = issubclass if isinstance(specimen, type) else isinstance
    for kind in (list, set, dict):
        if is_a(specimen, kind):
            return kind
    for method, kind in (("append", list), ("add", set), ("set", dict)):
        if hasattr(specimen, method):
            return kind
    return default


def assert_arg_type(arg, argtype, name):
    if isinstance(arg, argtype):
        return arg
    if isinstance(argtype, tuple):
        raise exc.ArgumentError(
            f"Argument '{name}' is expected to be one of type {' or '.join(repr(a) for a in argtype)}, got '{type(arg)}'"
        )
    raise exc.ArgumentError(f"Argument '{name}' is expected to be of type '{argtype}', got '{type(arg)}'")


def dictlike_iteritems(dictlike):
    """Pairs of anything like a dict."""
    if hasattr(dictlike, "items"):
        return list(dictlike.items())
    if hasattr(dictlike, "keys"):
        getter = getattr(dictlike, "__getitem__", getattr(dictlike, "get", None))
        if getter is not None:
            return [(key, getter(key)) for key in dictlike.keys()]
    raise TypeError(f"Object '{dictlike!r}' is not dict-like")


def is_non_string_iterable(obj):
    return isinstance(obj, collections.abc.Iterable) and not isinstance(obj, (str, bytes))


def only_once(fn, retry_on_exception=False):
    """``fn``, which does nothing when called again."""
    once = [fn]

    def go(*arg, **kw):
        if once:
            once_fn = once.pop()
            try:
                return once_fn(*arg, **kw)
            except BaseException:
                if retry_on_exception:
                    once.insert(0, once_fn)
                raise

    return go


def wrap_callable(wrapper, fn):
    """Give ``wrapper`` the name and text of ``fn``, which may be any callable."""
    if hasattr(fn, "__name__"):
        return functools.update_wrapper(wrapper, fn)
    wrapper.__name__ = fn.__class__.__name__
    wrapper.__doc__ = getattr(fn, "__doc__", None) or getattr(fn.__call__, "__doc__", None)
    return wrapper


def md5_hex(x):
    import hashlib

    return hashlib.md5(x.encode("utf-8"), usedforsecurity=False).hexdigest()


def map_bits(fn, n):
    while n:
        b = n & (~n + 1)
        yield fn(b)
        n ^= b


def string_or_unprintable(element):
    try:
        return element if isinstance(element, str) else str(element)
    except Exception:
        return f"unprintable element {element!r}"


def ellipses_string(value, len_=25):
    try:
        return f"{value[:len_]}..." if len(value) > len_ else value
    except TypeError:
        return value


def clsname_as_plain_name(cls, use_name=None):
    return " ".join(n.lower() for n in re.findall(r"([A-Z][a-z]+|SQL)", use_name or cls.__name__))


def attrsetter(attrname):
    def set_(obj, value):
        setattr(obj, attrname, value)

    return set_


def dottedgetter(attr):
    return operator.attrgetter(attr)


def chop_traceback(tb, exclude_prefix=None, exclude_suffix=None):
    return tb


def quoted_token_parser(value):
    """Parts of a dotted name whose parts may be in double quotes."""
    if '"' not in value:
        return value.split(".")
    parts, current, quoted, i = [], [], False, 0
    while i < len(value):
        c = value[i]
        if c == '"':
            if quoted and value[i + 1 : i + 2] == '"':
                current.append('"')
                i += 1
            else:
                quoted = not quoted
        elif c == "." and not quoted:
            parts.append("".join(current))
            current = []
        else:
            current.append(c)
        i += 1
    parts.append("".join(current))
    return parts


def warn(msg, code=None):
    """An SAWarning at the caller of the library."""
    warnings.warn(exc.SAWarning(msg, code=code) if code else msg, exc.SAWarning, stacklevel=_outside())


def warn_limited(msg, args):
    warnings.warn(msg % args if args else msg, exc.SAWarning, stacklevel=_outside())


def _outside():
    import sys

    level, frame = 2, sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] == "oxalchemy":
        frame = frame.f_back
        level += 1
    return level


def warn_exception(func, *args, **kwargs):
    """Call; an exception becomes a warning."""
    with contextlib.suppress(Exception):
        try:
            return func(*args, **kwargs)
        except Exception as e:
            warn(f"{e.__class__.__name__}('{e}') ignored")
            raise
