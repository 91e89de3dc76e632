"""Relationships."""

from .. import _rs, exc
from ..sql import operators
from .base import MANYTOMANY, MANYTOONE, ONETOMANY
from .interfaces import PropComparator, StrategizedProperty, take_dataclass_options
from .util import CascadeOptions

__all__ = ["CascadeOptions", "Relationship", "RelationshipProperty", "foreign", "remote"]


def remote(expr):
    """Mark the columns of an expression as the remote side of a relationship's join condition."""
    return _rs._mark_column(expr, "remote")


def foreign(expr):
    """Mark the columns of an expression as foreign key of a relationship's join condition."""
    return _rs._mark_column(expr, "foreign")


class RelationshipProperty(StrategizedProperty, _rs.RelationshipBase):
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
        kept = self._cascade_of(words, self.viewonly)
        self._cascade = words if len(kept) == len(words) else CascadeOptions(kept)

    @property
    def collection_class_or_default(self):
        return self.collection_class or list

    # -- what configuration found out ----------------------------------------------------------------------------------
    def _clsregistry_resolve_name(self, argument):
        """What gives the class or table that a name in an argument stands for; extensions ask."""
        return lambda: self.parent.registry._resolve(self.parent.class_, argument)

    @property
    def target(self):
        return self.mapper.local_table

    @property
    def _join_condition(self):
        return _JoinCondition(self)

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
            # among the columns of a statement it goes by the attribute's name
            return _rs._relationship_clause(self.prop, self._parententity)._annotate({"proxy_key": self.prop.key})

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
            # what relationships can do has a method of its own
            raise NotImplementedError(op)

        def reverse_operate(self, op, other, **kwargs):
            raise NotImplementedError(op)

        def _fallback_getattr(self, key):
            raise AttributeError(key)

    comparator_factory = Comparator


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
        renamed = {"remote_columns": "remote_side", "foreign_key_columns": "_calculated_foreign_keys"}
        return getattr(self.prop, renamed.get(name, name))


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
