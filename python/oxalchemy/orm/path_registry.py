"""Paths of loads: mapper, attribute, mapper … as loader options and loading contexts tell them."""

from __future__ import annotations

from .. import exc, inspection

__all__ = ["PathRegistry", "PropRegistry", "RootRegistry", "TokenRegistry"]


class PathToken(str):
    """A wildcard in a path."""

    @classmethod
    def intern(cls, text):
        """The one token of this text."""
        return _tokens.setdefault(text, cls(text))

    @property
    def natural_path(self):
        return (self,)


_tokens = {}
_WILDCARD_TOKEN = "*"
_DEFAULT_TOKEN = "_sa_default"


class PathRegistry:
    """A path; ``PathRegistry.root`` is the empty one, indexing leads further."""

    __slots__ = ("_natural", "parent", "path")

    is_token = False
    is_root = False
    has_entity = False
    is_property = False
    is_entity = False
    root: RootRegistry

    def __init__(self, parent, element):
        self.parent = parent
        self.path = (*parent.path, element)
        self._natural = (*parent.natural_path, self._natural_of(element))

    @staticmethod
    def _natural_of(element):
        return element

    @property
    def natural_path(self):
        """The path with what aliases stand for in place of the aliases, where the mapping alone leads."""
        return self._natural

    @property
    def length(self):
        return len(self.path)

    @property
    def _path_for_compare(self):
        return self.path

    def __eq__(self, other):
        if not isinstance(other, PathRegistry):
            from ..util import warn

            warn(f"Comparison of PathRegistry to {type(other)!r} is not supported")
            return False
        return self._path_for_compare == other._path_for_compare

    def __ne__(self, other):
        if not isinstance(other, PathRegistry):
            from ..util import warn

            warn(f"Comparison of PathRegistry to {type(other)!r} is not supported")
            return True
        return self._path_for_compare != other._path_for_compare

    def __hash__(self):
        return id(self)

    def __len__(self):
        return len(self.path)

    def __getitem__(self, element):
        if isinstance(element, (int, slice)):
            return self.path[element]
        return self._further(element)

    def _further(self, element):
        raise NotImplementedError

    def __str__(self):
        return f"ORM Path[{' -> '.join(map(str, self.path))}]"

    def __repr__(self):
        return f"{type(self).__name__}({self.path!r})"

    # -- values kept under paths -----------------------------------------------------------------------------------------
    def set(self, attributes, key, value):
        """Keep a value under the path."""
        attributes[key, self.natural_path] = value

    def setdefault(self, attributes, key, value):
        """Keep a value under the path unless there is one."""
        attributes.setdefault((key, self.natural_path), value)

    def get(self, attributes, key, value=None):
        """The value under the path."""
        return attributes.get((key, self.natural_path), value)

    def contains(self, attributes, key):
        """Whether there is a value under the path."""
        return (key, self.natural_path) in attributes

    # -- elements --------------------------------------------------------------------------------------------------------
    def pairs(self):
        """Entity and attribute, by two."""
        for i in range(0, len(self.path) - 1, 2):
            yield self.path[i], self.path[i + 1]

    def odd_element(self, i):
        return self.path[i]

    def contains_mapper(self, mapper):
        """Whether the mapper is on the path."""
        return any(getattr(e, "mapper", e) is mapper for e in self.path[::2])

    def token(self, token):
        """The path to a wildcard."""
        return TokenRegistry(self, token)

    @property
    def reg(self):
        return self

    # -- as plain values -------------------------------------------------------------------------------------------------
    def serialize(self):
        """Classes and names of attributes, by two."""
        keys = [getattr(p, "key", p) for p in self.path[1::2]]
        classes = [
            e.class_ if getattr(e, "is_mapper", False) or getattr(e, "is_aliased_class", False) else e for e in self.path[::2]
        ]
        keys += [None] * (len(classes) - len(keys))
        return list(zip(classes, keys, strict=True))

    @classmethod
    def deserialize(cls, path):
        """The path of what :meth:`serialize` gave."""
        elements = []
        for class_, key in path:
            mapper = inspection.inspect(class_)
            elements.append(mapper)
            if key is not None:
                elements.append(mapper.attrs[key] if mapper.has_property(key) else key)
        return cls.coerce(tuple(elements))

    @classmethod
    def per_mapper(cls, mapper):
        """The path of one mapper."""
        return cls.coerce((mapper,))

    @classmethod
    def coerce(cls, raw):
        """The path of these elements."""
        path = cls.root
        for element in raw:
            path = path[element]
        return path


class RootRegistry(PathRegistry):
    """The empty path."""

    __slots__ = ()
    is_root = True

    def __init__(self):
        self.parent, self.path, self._natural = None, (), ()

    def _further(self, element):
        if isinstance(element, str):
            return TokenRegistry(self, element)
        if getattr(element, "is_mapper", False) or getattr(element, "is_aliased_class", False):
            return EntityRegistry(self, element)
        raise exc.ArgumentError(f"invalid argument for RootRegistry.__getitem__: {element!r}")


class EntityRegistry(PathRegistry):
    """A path that ends at a mapper or an alias."""

    __slots__ = ()
    has_entity = True
    is_entity = True

    @property
    def entity(self):
        return self.path[-1]

    @property
    def mapper(self):
        return self.path[-1].mapper

    @property
    def is_aliased_class(self):
        return bool(getattr(self.path[-1], "is_aliased_class", False))

    def __bool__(self):
        return True

    def _further(self, element):
        if isinstance(element, str):
            return TokenRegistry(self, element)
        return PropRegistry(self, element)


class PropRegistry(PathRegistry):
    """A path that ends at an attribute."""

    __slots__ = ()
    is_property = True

    @property
    def prop(self):
        return self.path[-1]

    @property
    def mapper(self):
        return self.prop.mapper

    @property
    def entity(self):
        """What the attribute leads to."""
        return getattr(self.prop, "entity", None)

    @property
    def has_entity(self):
        return hasattr(self.prop, "mapper")

    @property
    def entity_path(self):
        """The path one further, to what the attribute leads to."""
        return self[self.entity]

    def _further(self, element):
        if isinstance(element, str):
            return TokenRegistry(self, element)
        return EntityRegistry(self, element)


class TokenRegistry(PathRegistry):
    """A path that ends in a wildcard."""

    __slots__ = ()
    is_token = True

    @property
    def tokens(self):
        return self.path[-1]

    def generate_for_superclasses(self):
        """The same wildcard for the mapper's base classes."""
        yield self
        if isinstance(self.parent, EntityRegistry) and not self.parent.is_aliased_class:
            for mapper in self.parent.mapper.iterate_to_root():
                if mapper is not self.parent.mapper:
                    yield TokenRegistry(self.parent.parent[mapper], self.path[-1])


PathRegistry.root = RootRegistry()
AbstractEntityRegistry = EntityRegistry
