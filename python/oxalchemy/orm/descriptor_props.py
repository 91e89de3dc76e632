"""Properties that stand for other properties: synonyms, composites, comparable descriptors."""

import dataclasses
import inspect
import itertools
import re

from .. import exc
from . import attributes
from .interfaces import MapperProperty, PropComparator, take_dataclass_options

__all__ = [
    "ComparableProperty",
    "Composite",
    "CompositeProperty",
    "ConcreteInheritedProperty",
    "DescriptorProperty",
    "Synonym",
    "SynonymProperty",
]


class DescriptorProperty(MapperProperty):
    """Base of properties whose attribute is a Python descriptor."""

    doc = None
    uses_objects = False
    descriptor = None
    _info = None
    _attribute_options = {}

    @property
    def info(self):
        if self._info is None:
            self._info = {}
        return self._info

    @info.setter
    def info(self, value):
        self._info = value

    @property
    def class_attribute(self):
        return getattr(self.parent.class_, self.key)

    @property
    def mapper_property_to_assign(self):
        return self

    @property
    def columns_to_assign(self):
        return []

    def _do_init(self):
        pass

    def _comparator_for(self, attribute):
        return self._comparator_factory(attribute.parent.mapper)

    def _instrument(self, mapper, key, set_parent):
        """Put the descriptor on the mapper's class."""
        existing = None
        if self.descriptor is None:
            found = _raw_attribute(mapper.class_, key)
            if mapper is self.parent and found is not None and not isinstance(found, attributes.QueryableAttribute):
                if hasattr(found, "__get__") and not isinstance(found, MapperProperty):
                    existing = found
        proxy = attributes._ProxyAttribute(
            mapper.class_, key, mapper, self, self.descriptor if self.descriptor is not None else existing, self.doc
        )
        mapper.class_manager.instrument_attribute(key, proxy)


def _raw_attribute(cls, key):
    for c in cls.__mro__:
        if key in c.__dict__:
            return c.__dict__[key]
    return None


class SynonymProperty(DescriptorProperty):
    """Another name of an attribute."""

    __module__ = "oxalchemy.orm"
    _kind = "SynonymProperty"
    comparator_factory = None

    def __init__(self, name, map_column=None, descriptor=None, comparator_factory=None, info=None, doc=None, proxy=None, **kw):
        self._attribute_options = take_dataclass_options(kw)
        if kw:
            raise TypeError(f"synonym() got an unexpected keyword argument {next(iter(kw))!r}")
        self.name = name
        self.map_column = map_column
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory
        if doc:
            self.doc = doc
        elif descriptor is not None and descriptor.__doc__:
            self.doc = descriptor.__doc__
        if info is not None:
            self._info = info

    @property
    def _proxied_object(self):
        attr = getattr(self.parent.class_, self.name)
        if not hasattr(attr, "property") or not isinstance(attr.property, MapperProperty):
            if isinstance(attr, attributes.QueryableAttribute):
                return attr.comparator
            if hasattr(attr, "comparator") or hasattr(attr, "__clause_element__"):
                return attr
            raise exc.InvalidRequestError(
                f'synonym() attribute "{self.parent.class_.__name__}.{self.name}" only supports ORM mapped attributes, '
                f"got {attr!r}"
            )
        return attr.property

    def _attribute_of(self, entity):
        target = entity.class_ if getattr(entity, "is_mapper", False) else entity.entity
        return getattr(target, self.name)

    def _comparator_factory(self, mapper):
        if self.comparator_factory is not None:
            return self.comparator_factory(self._proxied_object, mapper)
        return getattr(mapper.class_, self.name)

    def _instrument(self, mapper, key, set_parent):
        if set_parent and self.map_column:
            self._map_column(mapper, key)
        super()._instrument(mapper, key, set_parent)

    def _map_column(self, mapper, key):
        columns = mapper.persist_selectable.c
        if key not in columns:
            raise exc.ArgumentError(
                f"Can't compile synonym '{self.name}': no column on table '{mapper.persist_selectable.description}' named '{key}'"
            )
        column = columns[key]
        if mapper._columntoproperty.get(column) is not None and mapper._columntoproperty[column].key == self.name:
            raise exc.ArgumentError(
                f"Can't call map_column=True for synonym {key!r}={self.name!r}, a ColumnProperty already exists keyed "
                f"to the name "
                f"{self.name!r} for column {column!r}"
            )
        from .properties import ColumnProperty

        mapper._configure_property(self.name, ColumnProperty(column), init=False, setparent=True)

    def get_history(self, state, dict_, passive=31):
        return state.manager[self.name].impl.get_history(state, dict_, passive)


class Synonym(SynonymProperty):
    """The declared form of :class:`SynonymProperty`."""

    __module__ = "oxalchemy.orm"


class ComparableProperty(DescriptorProperty):
    """A Python descriptor with SQL operators (legacy)."""

    __module__ = "oxalchemy.orm.properties"
    _kind = "ComparableProperty"

    def __init__(self, comparator_factory, descriptor=None, doc=None, info=None):
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory
        self.doc = doc or (descriptor and descriptor.__doc__) or None
        if info:
            self._info = info

    def _comparator_factory(self, mapper):
        return self.comparator_factory(self, mapper)


class ConcreteInheritedProperty(DescriptorProperty):
    """An attribute of a parent class that a concrete subclass does not map."""

    _kind = "ConcreteInheritedProperty"

    def __init__(self):
        prop = self

        class NotMapped:
            def _raise(self):
                raise AttributeError(
                    f"Concrete {prop.parent} does not implement attribute {prop.key!r} at the instance level.  Add this property "
                    f"explicitly to {prop.parent}."
                )

            def __set__(self, obj, value):
                self._raise()

            def __delete__(self, obj):
                self._raise()

            def __get__(self, obj, owner):
                if obj is None:
                    return self
                self._raise()

        self.descriptor = NotMapped()

    def _comparator_factory(self, mapper):
        for m in self.parent.iterate_to_root():
            p = m._props.get(self.key)
            if p is not None and not isinstance(p, ConcreteInheritedProperty):
                return p.comparator_factory(p, mapper)
        return None


class CompositeProperty(DescriptorProperty):
    """Several columns as one value object."""

    __module__ = "oxalchemy.orm"
    _kind = "CompositeProperty"

    def __init__(
        self,
        _class_or_attr=None,
        *attrs,
        active_history=False,
        deferred=False,
        group=None,
        raiseload=False,
        comparator_factory=None,
        return_none_on=...,
        column_template=None,
        info=None,
        doc=None,
        **kw,
    ):
        self._attribute_options = take_dataclass_options(kw)
        if kw:
            raise TypeError(f"composite() got an unexpected keyword argument {next(iter(kw))!r}")
        from .attributes import QueryableAttribute

        if (
            _class_or_attr is not None
            and not (isinstance(_class_or_attr, type) or callable(_class_or_attr))
            or isinstance(_class_or_attr, (QueryableAttribute, str))
        ):
            self.attrs = (_class_or_attr, *attrs)
            self.composite_class = None
        else:
            self.composite_class = _class_or_attr
            self.attrs = attrs
        self.active_history = active_history
        self.deferred = deferred
        self.group = group
        self.raiseload = raiseload
        self.return_none_on = return_none_on
        self.column_template = column_template
        self.comparator_factory = comparator_factory if comparator_factory is not None else self.__class__.Comparator
        self.doc = doc
        if info is not None:
            self._info = info
        self._keys = None

    @property
    def columns(self):
        from ..schema import Column

        given = (getattr(a, "column", a) for a in self.attrs)
        return [c for c in given if isinstance(c, Column)]

    @property
    def columns_to_assign(self):
        return [(c, 0) for c in self.columns if c.table is None]

    @property
    def props(self):
        """The properties of its columns, in order."""
        from .. import schema
        from .attributes import QueryableAttribute

        out = []
        for attr in self.attrs:
            if isinstance(attr, str):
                out.append(self.parent.get_property(attr, _configure_mappers=False))
            elif isinstance(attr, schema.Column):
                out.append(self.parent._columntoproperty[attr])
            elif isinstance(attr, QueryableAttribute):
                out.append(attr.prop)
            elif hasattr(attr, "column"):
                out.append(self.parent._columntoproperty[attr.column])
            else:
                raise exc.ArgumentError(
                    f"Composite expects Column objects or mapped attributes/attribute names as arguments, got: {attr!r}"
                )
        return out

    @property
    def _attribute_keys(self):
        if self._keys is None:
            self._keys = tuple(p.key for p in self.props)
        return self._keys

    def _values(self, value):
        """The values of the columns, from a value object."""
        if hasattr(value, "__composite_values__"):
            return tuple(value.__composite_values__())
        if dataclasses.is_dataclass(self.composite_class):
            return tuple(getattr(value, f.name) for f in dataclasses.fields(self.composite_class))
        given = type(value) if self.composite_class is None or isinstance(value, self.composite_class) else self.composite_class
        raise exc.InvalidRequestError(
            f"Composite class {given.__name__} is not a dataclass and does not define a __composite_values__() method; "
            f"can't get state"
        )

    _composite_values_from_instance = _values

    def _is_none(self, values):
        check = self.return_none_on
        return check is not ... and check is not None and check(*values)

    def _make(self, values):
        return None if self._is_none(values) else self.composite_class(*values)

    def _instrument(self, mapper, key, set_parent):
        if self.descriptor is None:
            self.descriptor = _CompositeDescriptor(self)
        super()._instrument(mapper, key, set_parent)
        if mapper is self.parent:
            _listen_composite(self, mapper)

    def _do_init(self):
        for prop in self.props:
            prop.active_history = prop.active_history or self.active_history
            if self.deferred:
                prop.deferred, prop.group = True, self.group
                prop._defer(self.group)
        if self.composite_class is None:
            raise exc.ArgumentError(f"Composite {self} needs a class")
        self._set_attribute_keys(self._attribute_keys)

    def _comparator_factory(self, mapper):
        return self.comparator_factory(self, mapper)

    def get_history(self, state, dict_, passive=31):
        """Changes as whole values."""
        before, now = [], []
        changed = False
        for prop in self.props:
            # a value is whole: what is not loaded is loaded
            hist = state.manager[prop.key].impl.get_history(state, dict_, 31)
            changed = changed or hist.has_changes()
            present = hist.non_deleted()
            now.append(present[0] if present else None)
            old = hist.deleted or hist.unchanged
            before.append(old[0] if old else None)
        if changed:
            return attributes.History([self._make(now)], (), [self._make(before)])
        return attributes.History((), [self._make(now)], ())

    def _names_attributes(self):
        """Whether it is made of attributes that the class has beside it."""
        return bool(self.attrs) and not any(hasattr(a, "column") or hasattr(a, "table") for a in self.attrs)

    def _check_template(self):
        if not dataclasses.is_dataclass(self.composite_class):
            raise exc.ArgumentError("column_template is only supported when composite_class is a dataclass")
        if re.sub("%%", "", self.column_template).count("%") != 1 or "%s" not in self.column_template:
            raise exc.ArgumentError(
                f"column_template {self.column_template!r} is not a valid template; expected a string containing exactly one "
                "'%s' placeholder"
            )

    def _pass_on(self, column):
        """Columns of its own are loaded as it is: deferred, in a group."""
        if self.deferred:
            column.deferred = True
            args = {"deferred_group": self.group, "deferred_raiseload": self.raiseload}
            column._mapper_args = {**column._mapper_args, **{k: v for k, v in args.items() if v}}
        if self.active_history:
            column._mapper_args = {**column._mapper_args, "active_history": True}

    def declarative_annotation(self, config, name, target):
        """Take class, column types and NULL handling from ``Mapped[…]``; ``target`` is None without an annotation."""
        from . import annotations as ann
        from .mapped_column import MappedColumn

        if target is None and self.composite_class is None and not self._names_attributes():
            raise exc.ArgumentError(
                f'Python typing annotation is required for attribute "{config.cls.__name__}.{name}" when primary argument(s) for '
                '"Composite" construct are None or not present'
            )
        if target is not None:
            ann.check_resolved(target, name)
            inner, optional = ann.without_none(target.inner)
            if self.composite_class is None:
                self.composite_class = inner
            if (optional or target.optional) and self.return_none_on is ...:
                self.return_none_on = _all_none
        fields = []
        if isinstance(self.composite_class, type):
            fields = _fields_of(self.composite_class)
        # names are made where no column is named at all
        templated = self.column_template is not None and not self.attrs
        if self.column_template is not None:
            self._check_template()
        if not self.attrs and dataclasses.is_dataclass(self.composite_class):
            self.attrs = tuple(MappedColumn() for _ in fields)
        if dataclasses.is_dataclass(self.composite_class) and len(self.attrs) > len(fields):
            raise exc.ArgumentError(
                f"number of composite attributes {len(self.attrs)} exceeds that of the number of attributes in class "
                f"{self.composite_class.__name__} {len(fields)}"
            )
        for attr, field in itertools.zip_longest(self.attrs, fields):
            if not isinstance(attr, MappedColumn):
                continue
            self._pass_on(attr)
            annotation = field.annotation if field is not None else inspect.Parameter.empty
            if isinstance(annotation, str):
                annotation = ann.evaluate(annotation, self.composite_class, self.composite_class.__module__)
            if annotation is not inspect.Parameter.empty:
                of_column, null = ann.without_none(annotation)
                config.apply_annotation(field.name, attr, ann.Target(None, annotation, of_column, null, annotation))
            if attr.column.name is None and field is not None:
                attr.column.name = self.column_template % field.name if templated else field.name
            config.take(attr.column.name, attr)

    class Comparator(PropComparator):
        """Operators of a composite: ``==`` compares column by column."""

        __slots__ = ()
        __hash__ = PropComparator.__hash__

        @property
        def _expressions(self):
            entity = self._parententity
            target = entity.entity if getattr(entity, "is_aliased_class", False) else entity.class_
            return [getattr(target, k) for k in self.prop._attribute_keys]

        @property
        def clauses(self):
            """The expressions of its columns, in order."""
            return [e.__clause_element__() for e in self._expressions]

        def __clause_element__(self):
            from ..sql import expression

            return expression.ClauseList(*self.clauses, group=False)

        def _as_bundle(self):
            from .util import CompositeBundle

            # one object: statements that select it are alike
            made = self.__dict__.get("_bundle")
            if made is None:
                made = self.__dict__["_bundle"] = CompositeBundle(self.prop, self._expressions)
            return made

        def operate(self, op, *other, **kwargs):
            from ..sql import expression, operators

            if op in (operators.asc_op, operators.desc_op, operators.nulls_first_op, operators.nulls_last_op):
                return expression.OrderByList(op(c, *other, **kwargs) for c in self.clauses)
            named = _COMPARISONS.get(op.__name__)
            if named is None:
                raise NotImplementedError(str(op))
            return getattr(self, named)(*other)

        def __eq__(self, other):
            return self._compare("__eq__", other)

        def __ne__(self, other):
            return self._compare("__ne__", other)

        def __lt__(self, other):
            return self._compare("__lt__", other)

        def __gt__(self, other):
            return self._compare("__gt__", other)

        def __le__(self, other):
            return self._compare("__le__", other)

        def __ge__(self, other):
            return self._compare("__ge__", other)

        def _compare(self, name, other):
            from ..sql import and_

            columns = self._expressions
            values = [None] * len(columns) if other is None else self.prop._values(other)
            return and_(*[getattr(c, name)(v) for c, v in zip(columns, values, strict=False)])

        def _bulk_update_tuples(self, value):
            values = [None] * len(self.prop._attribute_keys) if value is None else self.prop._values(value)
            return list(zip([e.__clause_element__() for e in self._expressions], values, strict=False))

    def __str__(self):
        return str(self.parent.class_.__name__) + "." + self.key


_COMPARISONS = {"eq": "__eq__", "ne": "__ne__", "lt": "__lt__", "le": "__le__", "gt": "__gt__", "ge": "__ge__"}


def _fields_of(class_):
    """Parameters of a composite class; a class of the interpreter may not tell them."""
    try:
        return [p for p in inspect.signature(class_).parameters.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    except ValueError:
        return []


def _all_none(*values):
    return all(v is None for v in values)


class Composite(CompositeProperty):
    """The declared form of :class:`CompositeProperty`."""

    __module__ = "oxalchemy.orm"


class _CompositeDescriptor:
    """Reads and writes the columns' attributes through the value object, which is kept in the instance while it is valid."""

    def __init__(self, prop):
        self.prop = prop

    def __get__(self, instance, owner):
        prop = self.prop
        dict_ = instance.__dict__
        if prop.key not in dict_:
            values = [getattr(instance, k) for k in prop._attribute_keys]
            state = instance._sa_instance_state
            value = prop._make(values)
            if value is not None or state.key is not None:
                dict_[prop.key] = value
                state.manager.dispatch.refresh(state, prop._context_marker, [prop.key])
        return dict_.get(prop.key)

    def __set__(self, instance, value):
        prop = self.prop
        dict_ = instance.__dict__
        state = instance._sa_instance_state
        attr = state.manager.mapper.class_.__dict__.get(prop.key) or getattr(type(instance), prop.key)
        previous = dict_.get(prop.key, attributes.NO_VALUE) if not prop.active_history else self.__get__(instance, type(instance))
        dispatch = getattr(attr, "dispatch", None)
        if dispatch is not None:
            for fn in dispatch.set:
                value = fn(state, value, previous, getattr(attr, "impl", None))
        dict_[prop.key] = value
        if value is None:
            for key in prop._attribute_keys:
                setattr(instance, key, None)
        else:
            for key, v in zip(prop._attribute_keys, prop._values(value), strict=False):
                setattr(instance, key, v)
        dict_[prop.key] = value

    def __delete__(self, instance):
        prop = self.prop
        instance.__dict__.pop(prop.key, None)
        for key in prop._attribute_keys:
            setattr(instance, key, None)


CompositeProperty._context_marker = None


def _listen_composite(prop, mapper):
    """The value object is thrown away when its columns are loaded or expired."""
    from .. import event

    def forget(state):
        dict_ = state.dict
        if prop.key in dict_:
            dict_.pop(prop.key, None)

    def load_handler(state, context):
        load_or_refresh(state, context, None)

    def refresh_handler(state, context, to_load):
        if not to_load or {prop.key}.union(prop._attribute_keys).intersection(to_load):
            load_or_refresh(state, context, to_load)

    def load_or_refresh(state, context, to_load):
        dict_ = state.dict
        if context is None and to_load is not None and prop.key in to_load:
            return
        if all(k in dict_ for k in prop._attribute_keys):
            dict_[prop.key] = prop._make([dict_[k] for k in prop._attribute_keys])

    def expire_handler(state, keys):
        if keys is None or set(prop._attribute_keys).intersection(keys):
            forget(state)

    def insert_update_handler(mapper, connection, state):
        forget(state)

    event.listen(mapper, "after_insert", insert_update_handler, raw=True)
    event.listen(mapper, "after_update", insert_update_handler, raw=True)
    event.listen(mapper, "load", load_handler, raw=True, propagate=True)
    event.listen(mapper, "refresh", refresh_handler, raw=True, propagate=True)
    event.listen(mapper, "expire", expire_handler, raw=True, propagate=True)
