"""Walking and rewriting constructs from Python. The walk itself goes by ``get_children()``; rewriting is done in Rust."""

import enum
from collections import deque

from .. import _rs


class _Symbol(enum.Enum):
    CONTINUE = 1


class Visitable:
    """Base of everything with a ``__visit_name__``."""

    __slots__ = ()

    def __class_getitem__(cls, item):
        return cls


VisitableType = type


class ExternallyTraversible(Visitable):
    __slots__ = ()


class InternalTraversal(enum.Enum):
    """Kinds of attribute of a construct."""

    dp_has_cache_key = "HC"
    dp_clauseelement = "CE"
    dp_clauseelement_list = "CL"
    dp_string = "S"
    dp_boolean = "B"
    dp_operator = "O"
    dp_type = "T"
    dp_plain_dict = "PD"
    dp_plain_obj = "PO"


class HasTraverseInternals:
    __slots__ = ()


def iterate(obj, opts=None):
    """``obj`` and everything below it, depth first."""
    stack = deque([obj])
    while stack:
        current = stack.popleft()
        yield current
        children = current.get_children(**(opts or {})) if hasattr(current, "get_children") else ()
        stack.extendleft(reversed(list(children)))


def traverse_using(iterator, obj, visitors):
    """Call ``visitors[visit_name](element)`` for each element of an iterator."""
    for target in iterator:
        meth = visitors.get(getattr(target, "__visit_name__", None))
        if meth:
            meth(target)
    return obj


def traverse(obj, opts, visitors):
    """Call ``visitors[visit_name](element)`` for ``obj`` and everything below it."""
    return traverse_using(iterate(obj, opts), obj, visitors)


def replacement_traverse(obj, opts, replace):
    """A copy of ``obj`` in which ``replace(element)`` took the place of each element for which it gives one."""
    return _rs._replacement_traverse(obj, replace)


def cloned_traverse(obj, opts, visitors):
    """A copy of ``obj``, its elements shown to ``visitors``."""
    return _rs._cloned_traverse(obj, visitors)


class ExternalTraversal:
    """A visitor as a class with ``visit_…`` methods."""

    __slots__ = ()
    __traverse_options__ = {}

    @property
    def _visitor_dict(self):
        return {name[6:]: getattr(self, name) for name in dir(self) if name.startswith("visit_")}

    def traverse_single(self, obj, **kw):
        meth = getattr(self, "visit_" + getattr(obj, "__visit_name__", ""), None)
        return meth(obj, **kw) if meth else None

    def iterate(self, obj):
        return iterate(obj, self.__traverse_options__)

    def traverse(self, obj):
        return traverse(obj, self.__traverse_options__, self._visitor_dict)

    def chain(self, visitor):
        return self


class CloningExternalTraversal(ExternalTraversal):
    __slots__ = ()

    def copy_and_process(self, list_):
        return [self.traverse(x) for x in list_]

    def traverse(self, obj):
        return cloned_traverse(obj, self.__traverse_options__, self._visitor_dict)


class ReplacingExternalTraversal(CloningExternalTraversal):
    __slots__ = ()

    def replace(self, elem):
        return None

    def traverse(self, obj):
        return replacement_traverse(obj, self.__traverse_options__, lambda elem, **kw: self.replace(elem))


ClauseVisitor = ExternalTraversal
CloningVisitor = CloningExternalTraversal
ReplacingCloningVisitor = ReplacingExternalTraversal
TraversibleType = type
anon_map = dict
prefix_anon_map = dict
