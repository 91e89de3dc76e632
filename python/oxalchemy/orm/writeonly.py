"""``lazy='write_only'``: a collection that is added to and removed from, and read by statements."""

from .._rs import _relationship_rows, _relationship_values
from ..exc import InvalidRequestError
from ..sql import delete, insert, select, update
from .attributes import _WriterImplKind as _WriteOnlyAttributeImpl  # noqa: F401  extensions ask isinstance() of it
from .base import PASSIVE_NO_INITIALIZE, PASSIVE_OFF, instance_dict, instance_state


class _CollectionWriter:
    """Adds to and removes from a relationship that is not kept in the instance.

    ``instance``: the parent; ``attr``: the implementation of the attribute.
    """

    __slots__ = ()

    def _enter(self, attr, state):
        self.instance = state.obj()
        self.attr = attr

    def _state(self):
        return instance_state(self.instance)

    def _append(self, item):
        self.attr.append(self._state(), instance_dict(self.instance), item, None, PASSIVE_OFF)

    def _append_all(self, iterator):
        for item in iterator:
            self._append(item)

    def _take(self, item):
        self.attr.remove(self._state(), instance_dict(self.instance), item, None, PASSIVE_OFF)

    def _added(self):
        """What was added since the last flush."""
        return self.attr.get_history(self._state(), instance_dict(self.instance), PASSIVE_NO_INITIALIZE).added


class WriteOnlyCollection(_CollectionWriter):
    """What stands for the collection of a relationship with ``lazy='write_only'``.

    It is never loaded. Members are read with :meth:`select`, and changed in bulk with :meth:`insert`, :meth:`update` and
    :meth:`delete`; the statements are executed with the session.
    """

    __slots__ = ("attr", "instance")

    def __init__(self, attr, state):
        self._enter(attr, state)

    def __iter__(self):
        raise TypeError(
            "WriteOnly collections don't support iteration in-place; to query for collection items, use the select() method to "
            "produce a SQL statement and execute it with session.scalars()."
        )

    def add(self, item):
        """Add one object."""
        self._append(item)

    def add_all(self, iterator):
        """Add each object of an iterable."""
        self._append_all(iterator)

    def remove(self, item):
        """Remove one object; it is not looked up first."""
        self._take(item)

    def _rows(self):
        return _relationship_rows(self.attr, self._state())

    def select(self):
        """SELECT of the members, in the order of the relationship."""
        entity, criterion, froms, order_by = self._rows()
        stmt = select(entity).where(criterion)
        if froms:
            stmt = stmt.select_from(*froms)
        return stmt.order_by(*order_by) if order_by else stmt

    def insert(self):
        """INSERT of new members, one-to-many only; rows are given at execution, without the foreign key.

        :raises InvalidRequestError: the relationship is many-to-many.
        """
        values = _relationship_values(self.attr, self._state())
        if values is None:
            raise InvalidRequestError(
                "Write only bulk INSERT only supported for one-to-many collections; for many-to-many, use a separate bulk INSERT "
                "along with add_all()."
            )
        entity = self._rows()[0]
        return insert(entity).values(dict(values))

    def update(self):
        """UPDATE of the members."""
        entity, criterion, *_ = self._rows()
        return update(entity).where(criterion)

    def delete(self):
        """DELETE of the members."""
        entity, criterion, *_ = self._rows()
        return delete(entity).where(criterion)


__all__ = ["WriteOnlyCollection"]
