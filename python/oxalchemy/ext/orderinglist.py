"""A list that keeps a position attribute of its members up to date."""

from ..orm.collections import collection, collection_adapter

__all__ = ["OrderingList", "count_from_0", "count_from_1", "count_from_n_factory", "ordering_list"]


def ordering_list(attr, count_from=None, ordering_func=None, reorder_on_append=False):
    """A ``collection_class``: positions are written to attribute ``attr`` of the members.

    :param count_from: first position, by default 0
    :param ordering_func: ``f(index, list)`` gives the position
    :param reorder_on_append: also members that come with a position get a new one
    """
    kw = _unsugar_count_from(count_from=count_from, ordering_func=ordering_func, reorder_on_append=reorder_on_append)
    return lambda: OrderingList(attr, **kw)


def count_from_0(index, collection):
    """0, 1, 2 …"""
    return index


def count_from_1(index, collection):
    """1, 2, 3 …"""
    return index + 1


def count_from_n_factory(start):
    """``start``, ``start`` + 1 …"""

    def f(index, collection):
        return index + start

    f.__name__ = f"count_from_{start}"
    return f


def _unsugar_count_from(**kw):
    count_from = kw.pop("count_from", None)
    if kw.get("ordering_func", None) is None and count_from is not None:
        kw["ordering_func"] = {0: count_from_0, 1: count_from_1}.get(count_from) or count_from_n_factory(count_from)
    return kw


class OrderingList(list):
    """See :func:`ordering_list`."""

    def __init__(self, ordering_attr=None, ordering_func=None, reorder_on_append=False):
        super().__init__()
        self.ordering_attr = ordering_attr
        self.ordering_func = ordering_func or count_from_0
        self.reorder_on_append = reorder_on_append

    def _get_order_value(self, entity):
        return getattr(entity, self.ordering_attr)

    def _set_order_value(self, entity, value):
        setattr(entity, self.ordering_attr, value)

    def reorder(self):
        """Write all positions anew."""
        for index, entity in enumerate(self):
            self._order_entity(index, entity, True)

    _reorder = reorder

    def _order_entity(self, index, entity, reorder=True):
        have = self._get_order_value(entity)
        if have is not None and not reorder:
            return
        should_be = self.ordering_func(index, self)
        if have != should_be:
            self._set_order_value(entity, should_be)

    def append(self, entity):
        super().append(entity)
        self._order_entity(len(self) - 1, entity, self.reorder_on_append)

    def _raw_append(self, entity):
        super().append(entity)

    _raw_append = collection.adds(1)(_raw_append)

    def insert(self, index, entity):
        super().insert(index, entity)
        self._reorder()

    def remove(self, entity):
        super().remove(entity)
        adapter = collection_adapter(self)
        if adapter and adapter._referenced_by_owner if hasattr(adapter, "_referenced_by_owner") else True:
            self._reorder()

    def pop(self, index=-1):
        entity = super().pop(index)
        self._reorder()
        return entity

    def __setitem__(self, index, entity):
        if isinstance(index, slice):
            for i in range(*index.indices(len(self))):
                self.__setitem__(i, entity[i])
        else:
            self._order_entity(int(index), entity, True)
            super().__setitem__(index, entity)

    def __delitem__(self, index):
        super().__delitem__(index)
        self._reorder()

    def __reduce__(self):
        return _reconstitute, (self.__class__, {k: v for k, v in self.__dict__.items() if k != "_sa_adapter"}, list(self))


def _reconstitute(cls, dict_, items):
    """Unpickle without running ``__init__``."""
    obj = cls.__new__(cls)
    obj.__dict__.update(dict_)
    list.extend(obj, items)
    return obj
