"""Names of declarative classes, and the late resolution of string arguments against them."""

from __future__ import annotations

import weakref

from oxalchemy import exc


class _MultipleClasses:
    """Several classes of one name; only a module-qualified path can tell them apart."""

    def __init__(self, *classes):
        self.refs = [weakref.ref(c) for c in classes]

    def classes(self):
        return [c for c in (r() for r in self.refs) if c is not None]

    def add(self, cls):
        known = self.classes()
        if not any(c.__module__ == cls.__module__ for c in known):
            self.refs.append(weakref.ref(cls))
        else:
            from oxalchemy.util import warn

            warn(
                "This declarative base already contains a class with the same class name and module name as "
                f"{cls.__module__}.{cls.__name__}, and will be replaced in the string-lookup table."
            )
            self.refs = [weakref.ref(c) for c in known if c.__module__ != cls.__module__] + [weakref.ref(cls)]


def add_class(name, cls, registry):
    """Enter `cls` under `name` into the registry's table of class names."""
    known = registry._class_registry.get(name)
    if isinstance(known, _MultipleClasses):
        known.add(cls)
    elif known is not None and known is not cls:
        several = _MultipleClasses(known)
        several.add(cls)
        remaining = several.classes()
        if len(remaining) == 1:
            registry._class_registry[name] = remaining[0]
        else:
            registry._class_registry[name] = several
            registry._class_names_kept.append(several)
    else:
        registry._class_registry[name] = cls


def remove_class(name, cls, registry):
    """Forget `cls`."""
    known = registry._class_registry.get(name)
    if isinstance(known, _MultipleClasses):
        known.refs = [r for r in known.refs if r() is not cls]
    elif known is cls:
        del registry._class_registry[name]


class _TableOfSchema:
    """``schema.table`` inside a string argument."""

    def __init__(self, metadata, schema):
        self._metadata, self._schema = metadata, schema

    def __getattr__(self, name):
        try:
            return self._metadata.tables[f"{self._schema}.{name}"]
        except KeyError:
            raise AttributeError(name) from None


class _ModulePath:
    """``package.module.Class`` inside a string argument: narrows the candidates at each dot."""

    def __init__(self, classes, path):
        self._classes, self._path = classes, path

    def __getattr__(self, name):
        path = [*self._path, name]
        text = ".".join(path)
        exact = [c for c in self._classes if _ends_with(f"{c.__module__}.{c.__name__}", text) and c.__name__ == name]
        if len(exact) == 1:
            return _ClassAttributes(exact[0])
        if len(exact) > 1:
            raise exc.InvalidRequestError(
                f'Multiple classes found for path "{text}" in the registry of this declarative base. '
                "Please use a fully module-qualified path."
            )
        deeper = [c for c in self._classes if f".{text}." in f".{c.__module__}.{c.__name__}"]
        if not deeper:
            raise NameError(text)
        return _ModulePath(deeper, path)


def _ends_with(full, tail):
    return full == tail or full.endswith("." + tail)


class _ClassAttributes:
    """A class inside a string argument; its attributes are columns or mapped attributes."""

    def __init__(self, cls):
        self._cls = cls

    def __getattr__(self, name):
        from oxalchemy.orm import class_mapper

        mapper = class_mapper(self._cls, configure=False)
        if not mapper.has_property(name):
            if name in mapper.all_orm_descriptors.keys():
                return getattr(self._cls, name)
            raise AttributeError(f"Class {self._cls!r} does not have a mapped column named {name!r}")
        prop = mapper.get_property(name)
        while getattr(prop, "_kind", None) == "SynonymProperty":
            prop = mapper.get_property(prop.name)
        if not hasattr(prop, "columns") or getattr(prop, "_kind", None) != "ColumnProperty":
            raise exc.InvalidRequestError(
                f"Property {name!r} is not an instance of ColumnProperty (i.e. does not correspond directly to a Column)."
            )
        # Columns, not attributes: string arguments are used in join conditions and orderings of this mapper.
        columns = getattr(prop, "columns", None)
        return columns[0] if columns else getattr(self._cls, name)


class _Names(dict):
    """The namespace that a string argument is evaluated in."""

    def __init__(self, registry, mapper_class, favor_tables):
        super().__init__()
        self.registry, self.mapper_class, self.favor_tables = registry, mapper_class, favor_tables

    def __missing__(self, key):
        value = self._lookup(key)
        return value

    def _lookup(self, key):
        registry = self.registry
        tables = registry.metadata.tables
        if self.favor_tables and key in tables:
            return tables[key]
        found = registry._class_registry.get(key)
        if found is None:
            for cls in registry._dependent_classes():
                if cls.__name__ == key:
                    found = cls
                    break
        if isinstance(found, _MultipleClasses):
            classes = found.classes()
            if len(classes) > 1:
                raise exc.InvalidRequestError(
                    f'Multiple classes found for path "{key}" in the registry of this declarative base. '
                    "Please use a fully module-qualified path."
                )
            found = classes[0] if classes else None
        if found is not None:
            return _ClassAttributes(found)
        if key in tables:
            return tables[key]
        if any(t.schema == key for t in tables.values()):
            return _TableOfSchema(registry.metadata, key)
        classes = [c for c in registry._all_classes() if key in f"{c.__module__}.{c.__name__}".split(".")]
        if classes:
            return _ModulePath(classes, [key])
        import oxalchemy
        from oxalchemy import orm

        for module in (oxalchemy, orm):
            value = getattr(module, key, None)
            if value is not None and not key.startswith("_"):
                return value
        raise NameError(key)


def resolve(registry, mapper_class, expression, favor_tables=False):
    """The object that the string `expression`, an argument of a `relationship()` on `mapper_class`, stands for.

    :param registry: the registry that the class belongs to
    :param mapper_class: class the relationship is declared on
    :param expression: Python text: class names, table names, and the names of `oxalchemy` and `oxalchemy.orm`
    :param favor_tables: `secondary=`: a table of that name wins over a class
    :raises InvalidRequestError: a name is unknown or ambiguous
    """
    names = _Names(registry, mapper_class, favor_tables)
    try:
        value = eval(expression, {"__builtins__": {}}, names)
    except NameError as e:
        name = e.name if getattr(e, "name", None) else str(e.args[0] if e.args else e)
        mapper = getattr(mapper_class, "__mapper__", mapper_class)
        raise exc.InvalidRequestError(
            f"When initializing mapper {mapper}, expression {expression!r} failed to locate a name ({name!r}). If this is a "
            f"class name, consider adding this relationship() to the {mapper_class!r} class after both dependent classes "
            "have been defined."
        ) from e
    return value._cls if isinstance(value, _ClassAttributes) else value
