"""Relationships."""

import weakref

from .. import _rs, exc
from ..sql import operators
from .base import MANYTOMANY, MANYTOONE, ONETOMANY
from .interfaces import PropComparator, StrategizedProperty, take_dataclass_options

__all__ = ["Relationship", "RelationshipProperty", "foreign", "remote"]


def remote(expr):
    """Mark the columns of an expression as the remote side of a relationship's join condition."""
    return _rs._mark_column(expr, "remote")


def foreign(expr):
    """Mark the columns of an expression as foreign key of a relationship's join condition."""
    return _rs._mark_column(expr, "foreign")


_ALL = ("delete", "expunge", "merge", "refresh-expire", "save-update")
_VIEWONLY = frozenset(["expunge", "refresh-expire", "merge"])


class CascadeOptions(frozenset):
    """The words of ``cascade=``."""

    def __new__(cls, value_list):
        if isinstance(value_list, str) or value_list is None:
            value_list = [w for w in (w.strip() for w in (value_list or "").split(",")) if w]
        values = set(value_list)
        bad = sorted(values.difference(_ALL + ("delete-orphan", "all", "none")))
        if bad:
            raise exc.ArgumentError(f"Invalid cascade option(s): {', '.join(repr(w) for w in bad)}")
        if "all" in values:
            values.update(_ALL)
        if "none" in values:
            values.clear()
        values.discard("all")
        self = super().__new__(cls, values)
        self.save_update = "save-update" in values
        self.delete = "delete" in values
        self.refresh_expire = "refresh-expire" in values
        self.merge = "merge" in values
        self.expunge = "expunge" in values
        self.delete_orphan = "delete-orphan" in values
        if self.delete_orphan and not self.delete:
            from .. import util

            util.warn("The 'delete-orphan' cascade option requires 'delete'.")
        return self

    @classmethod
    def from_string(cls, arg):
        return cls(arg)

    def __repr__(self):
        return f"CascadeOptions({','.join(sorted(self))!r})"


class RelationshipProperty(StrategizedProperty):
    """A relationship to another mapped class. What it comes to is known once mappers are configured."""

    __module__ = "oxalchemy.orm"
    _kind = "RelationshipProperty"
    strategy_wildcard_key = "relationship"
    inherit_cache = True
    _persistence_only = dict(
        passive_deletes=False, passive_updates=True, enable_typechecks=True, active_history=False, cascade_backrefs=False
    )

    def __init__(
        self,
        argument=None,
        secondary=None,
        *,
        uselist=None,
        collection_class=None,
        primaryjoin=None,
        secondaryjoin=None,
        back_populates=None,
        order_by=False,
        backref=None,
        overlaps=None,
        post_update=False,
        cascade=False,
        viewonly=False,
        lazy="select",
        passive_deletes=False,
        passive_updates=True,
        active_history=False,
        enable_typechecks=True,
        foreign_keys=None,
        remote_side=None,
        join_depth=None,
        comparator_factory=None,
        single_parent=False,
        innerjoin=False,
        distinct_target_key=None,
        load_on_pending=False,
        query_class=None,
        info=None,
        omit_join=None,
        sync_backref=None,
        doc=None,
        bake_queries=True,
        cascade_backrefs=False,
        extension=None,
        _local_remote_pairs=None,
        _legacy_inactive_history_style=False,
        **kw,
    ):
        self._attribute_options = take_dataclass_options(kw)
        if kw:
            raise TypeError(f"relationship() got an unexpected keyword argument {next(iter(kw))!r}")
        self._state = {}
        self.uselist = uselist
        self.argument = argument
        self.secondary = secondary
        self.primaryjoin = primaryjoin
        self.secondaryjoin = secondaryjoin
        self.order_by = order_by
        self.foreign_keys = foreign_keys
        self.remote_side = remote_side
        self.post_update = post_update
        self.viewonly = viewonly
        if viewonly:
            for name, default in self._persistence_only.items():
                given = {
                    "passive_deletes": passive_deletes,
                    "passive_updates": passive_updates,
                    "enable_typechecks": enable_typechecks,
                    "active_history": active_history,
                    "cascade_backrefs": cascade_backrefs,
                }[name]
                if given is not default and given != default:
                    from .. import util

                    util.warn(
                        f"Setting {name} on relationship() while also setting viewonly=True does not make sense, as a "
                        f"viewonly=True "
                        f"relationship does not perform persistence operations. This configuration may raise an error "
                        f"in a future "
                        "release."
                    )
            if sync_backref:
                raise exc.ArgumentError("sync_backref and viewonly cannot both be True")
        elif cascade_backrefs:
            raise exc.ArgumentError("The 'cascade_backrefs' parameter passed to relationship() may only be set to False.")
        self.sync_backref = sync_backref
        self.lazy = lazy
        self.single_parent = single_parent
        self.collection_class = collection_class
        self.passive_deletes = passive_deletes
        self.passive_updates = passive_updates
        self.enable_typechecks = enable_typechecks
        self.query_class = query_class
        self.innerjoin = innerjoin
        self.distinct_target_key = distinct_target_key
        self.doc = doc
        self.active_history = active_history
        self.join_depth = join_depth
        self.omit_join = omit_join
        self.load_on_pending = load_on_pending
        self._info = info
        self._extension = extension
        if isinstance(overlaps, str):
            self._overlaps = frozenset(w for w in (w.strip() for w in overlaps.split(",")) if w)
        else:
            self._overlaps = frozenset(overlaps or ())
        if comparator_factory is not None:
            self.comparator_factory = comparator_factory
        _check_lazy(lazy)
        if cascade is not False:
            self.cascade = cascade
        elif viewonly:
            self.cascade = "merge"
        else:
            self.cascade = "save-update, merge"
        if back_populates:
            if backref:
                raise exc.ArgumentError("backref and back_populates keyword arguments are mutually exclusive")
            self.backref = None
        else:
            self.backref = backref
        self.back_populates = back_populates or None
        self._local_remote_pairs_arg = _local_remote_pairs

    # -- arguments -----------------------------------------------------------------------------------------------------
    @property
    def info(self):
        if self._info is None:
            self._info = {}
        return self._info

    @info.setter
    def info(self, value):
        self._info = value

    @property
    def cascade(self):
        """The :class:`CascadeOptions`; may be set before mappers are configured."""
        return self._cascade

    @cascade.setter
    def cascade(self, cascade):
        words = CascadeOptions(cascade)
        if self.viewonly:
            words = CascadeOptions(words.intersection(_VIEWONLY))
        self._cascade = words

    @property
    def collection_class_or_default(self):
        return self.collection_class or list

    # -- what configuration found out ----------------------------------------------------------------------------------
    def _clsregistry_resolve_name(self, argument):
        """What gives the class or table that a name in an argument stands for; extensions ask."""
        return lambda: self.parent.registry._resolve(self.parent.class_, argument)

    def _facts(self):
        return _rs._relationship_facts(self)

    def _fact(self, name):
        facts = self._facts()
        if name not in facts:
            from . import configure_mappers

            configure_mappers()
            facts = self._facts()
        try:
            return facts[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def mapper(self):
        """The target's mapper."""
        return self._fact("mapper")

    @property
    def entity(self):
        """The target: mapper, or inspection of an alias."""
        return self._fact("mapper")

    @property
    def target(self):
        return self.mapper.local_table

    @property
    def direction(self):
        """``ONETOMANY``, ``MANYTOONE`` or ``MANYTOMANY``."""
        return self._fact("direction")

    @property
    def local_remote_pairs(self):
        return self._fact("local_remote_pairs")

    @property
    def _is_collection(self):
        return self.uselist if self.uselist is not None else self._fact("uselist")

    @property
    def synchronize_pairs(self):
        return self._fact("synchronize_pairs")

    @property
    def secondary_synchronize_pairs(self):
        return self._fact("secondary_synchronize_pairs")

    @property
    def local_columns(self):
        return self._fact("local_columns")

    @property
    def _calculated_foreign_keys(self):
        return self._fact("foreign_key_columns")

    @property
    def _reverse_property(self):
        return self._facts().get("reverse", set())

    @property
    def _use_get(self):
        return self._fact("use_get")

    @property
    def _join_condition(self):
        return _JoinCondition(self)

    def _after_init(self):
        """Arguments that configuration derives take their final values."""
        facts = self._facts()
        self.__dict__.update(
            primaryjoin=facts["primaryjoin"],
            secondaryjoin=facts["secondaryjoin"],
            remote_side=facts["remote_side"],
            uselist=facts["uselist"],
            order_by=facts["order_by"] or False,
        )
        _warn_conflicting_targets(self, facts)

    @property
    def class_attribute(self):
        """The attribute on the mapped class."""
        return getattr(self.parent.class_, self.key)

    @property
    def mapper_property_to_assign(self):
        return self

    @property
    def columns_to_assign(self):
        return []

    @property
    def strategy_key(self):
        return (("lazy", self.lazy),)

    @property
    def strategy(self):
        """How it loads: ``use_get`` tells whether a plain look-up by primary key does."""
        return _Strategy(self)

    @property
    def _is_self_referential(self):
        return self.mapper.common_parent(self.parent)

    @property
    def _effective_sync_backref(self):
        return False if self.viewonly else self.sync_backref is not False

    def _comparator_for(self, attribute):
        return self.comparator_factory(self, attribute.parent)

    def _do_init(self):
        pass

    def _with_parent(self, instance, alias_secondary=True, from_entity=None):
        return _rs._relationship_equals(self, from_entity if from_entity is not None else self.mapper, instance, True)

    class Comparator(PropComparator):
        """Operators of a relationship attribute."""

        __slots__ = ("_of_type", "_extra_criteria")

        def __init__(self, prop, parentmapper, adapt_to_entity=None, of_type=None, extra_criteria=()):
            super().__init__(prop, parentmapper, adapt_to_entity)
            self._of_type = of_type
            self._extra_criteria = tuple(extra_criteria)

        def adapt_to_entity(self, adapt_to_entity):
            return self.__class__(self.prop, self._parententity, adapt_to_entity, of_type=self._of_type)

        @property
        def entity(self):
            """The target."""
            return self.prop.mapper

        @property
        def mapper(self):
            """The target's mapper."""
            return self.prop.mapper

        def __clause_element__(self):
            return _rs._relationship_clause(self.prop, self._parententity)

        def of_type(self, class_):
            return self.__class__(
                self.prop, self._parententity, self._adapt_to_entity, of_type=class_, extra_criteria=self._extra_criteria
            )

        def and_(self, *criteria):
            return self.__class__(
                self.prop,
                self._parententity,
                self._adapt_to_entity,
                of_type=self._of_type,
                extra_criteria=self._extra_criteria + criteria,
            )

        def in_(self, other):
            raise NotImplementedError(
                "in_() not yet supported for relationships.  For a simple many-to-one, use in_() against the set of foreign key "
                "values."
            )

        __hash__ = PropComparator.__hash__

        def __eq__(self, other):
            if other is None or _is_null(other):
                if self.prop.direction in (ONETOMANY, MANYTOMANY):
                    return ~self._criterion_exists()
                return _rs._relationship_equals(self.prop, self._parententity, None)
            if self.prop._is_collection:
                raise exc.InvalidRequestError(
                    "Can't compare a collection to an object or collection; use contains() to test for membership."
                )
            return _rs._relationship_equals(self.prop, self._parententity, other)

        def __ne__(self, other):
            if other is None or _is_null(other):
                if self.prop.direction is MANYTOONE:
                    return ~_rs._relationship_equals(self.prop, self._parententity, None)
                return self._criterion_exists()
            if self.prop._is_collection:
                raise exc.InvalidRequestError(
                    "Can't compare a collection to an object or collection; use contains() to test for membership."
                )
            return _rs._relationship_differs(self.prop, self._parententity, other, self._related())

        def _related(self):
            if self._of_type is None:
                return None
            from ..inspection import inspect

            return inspect(self._of_type)

        def _criterion_exists(self, criterion=None, **kwargs):
            from ..sql import and_

            target = self._of_type if self._of_type is not None else self.prop.mapper.class_
            parts = []
            for key in kwargs:
                parts.append(getattr(target, key) == kwargs[key])
            if criterion is not None:
                parts.insert(0, criterion)
            related = self._related()
            crit = None
            if parts:
                crit = and_(*parts) if len(parts) > 1 else parts[0]
            return _rs._relationship_exists(self.prop, self._parententity, related, crit)

        def any(self, criterion=None, **kwargs):
            if not self.prop._is_collection:
                raise exc.InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
            return self._criterion_exists(criterion, **kwargs)

        def has(self, criterion=None, **kwargs):
            if self.prop._is_collection:
                raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
            return self._criterion_exists(criterion, **kwargs)

        def contains(self, other, **kwargs):
            if not self.prop._is_collection:
                raise exc.InvalidRequestError("'contains' not implemented for scalar attributes.  Use ==")
            return _rs._relationship_equals(self.prop, self._parententity, other, member=True)

        def operate(self, op, *other, **kwargs):
            if op is operators.eq:
                return self.__eq__(*other)
            if op is operators.ne:
                return self.__ne__(*other)
            return op(self, *other, **kwargs)

        def _fallback_getattr(self, key):
            raise AttributeError(key)

    comparator_factory = Comparator


_sync_targets = weakref.WeakKeyDictionary()


def _warn_conflicting_targets(prop, facts):
    """Two relationships that copy different columns to the same one, and do not know of each other."""
    if prop.viewonly:
        return
    for from_, to_ in [*facts["synchronize_pairs"], *facts["secondary_synchronize_pairs"]]:
        known = _sync_targets.setdefault(to_, weakref.WeakKeyDictionary())
        others = []
        for other, other_from in list(known.items()):
            if (
                not other.parent._dispose_called
                and other is not prop
                and other not in prop._reverse_property
                and prop not in other._reverse_property
                and other.key not in prop._overlaps
                and prop.key not in other._overlaps
                and "__*" not in prop._overlaps
                and "__*" not in other._overlaps
                and not prop.parent.is_sibling(other.parent)
                and not prop.mapper.is_sibling(other.mapper)
                and not prop.parent.is_sibling(other.mapper)
                and not prop.mapper.is_sibling(other.parent)
                and (prop.key != other.key or not prop.parent.common_parent(other.parent))
            ):
                others.append((other, other_from))
        if others:
            from .. import util

            conflicts = ", ".join(sorted(f"'{pr}' (copies {fr} to {to_})" for pr, fr in others))
            overlaps = ",".join(sorted(pr.key for pr, fr in others))
            util.warn(
                f"relationship '{prop}' will copy column {from_} to column {to_}, which conflicts with relationship(s): "
                f"{conflicts}. If "
                "this is not the intention, consider if these relationships should be linked with back_populates, or "
                "if viewonly=True "
                "should be applied to one or more if they are read-only. For the less common case that foreign key "
                "constraints are "
                "partially overlapping, the orm.foreign() annotation can be used to isolate the columns that should be written "
                f"towards.   To silence this warning, add the parameter 'overlaps=\"{overlaps}\"' to the '{prop}' relationship."
            )
        known[prop] = from_


class _Strategy:
    """Read-only view of how a relationship loads."""

    def __init__(self, prop):
        self.parent_property = prop

    @property
    def use_get(self):
        return self.parent_property._use_get

    @property
    def is_class_level(self):
        return True


class _JoinCondition:
    """Read-only view of a relationship's join condition."""

    def __init__(self, prop):
        self.prop = prop

    def __getattr__(self, name):
        renamed = {"remote_columns": "remote_side"}
        return self.prop._fact(renamed.get(name, name))


def _is_null(other):
    from ..sql import elements

    null = getattr(elements, "Null", None)
    return null is not None and isinstance(other, null)


def _check_lazy(lazy):
    _LAZY = (
        True,
        False,
        None,
        "select",
        "immediate",
        "joined",
        "subquery",
        "selectin",
        "raise",
        "raise_on_sql",
        "noload",
        "dynamic",
        "write_only",
    )
    if lazy not in _LAZY:
        return
    if lazy in ("noload",) or lazy is None:
        from .. import util

        util.warn_deprecated(
            "The 'noload' loader strategy is deprecated and will be removed in a future release.", version="2.1"
        ) if hasattr(util, "warn_deprecated") else None


class Relationship(RelationshipProperty):
    """The declared form of :class:`RelationshipProperty`; the same thing under its newer name."""

    __module__ = "oxalchemy.orm"


class _RelationshipDeclared(Relationship):
    """What :func:`.relationship` gives."""

    __module__ = "oxalchemy.orm"


RelationProperty = RelationshipProperty
