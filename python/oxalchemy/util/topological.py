"""Sorting by dependency, through the sort of the Rust core's meaning: parents before children, ties in the order given."""

from .. import exc
from ._collections import OrderedSet


def sort_as_subsets(tuples, allitems):
    edges = {}
    for parent, child in tuples:
        edges.setdefault(child, set()).add(parent)
    todo = list(OrderedSet(allitems))
    todo_set = set(todo)
    while todo_set:
        output = [n for n in todo if todo_set.isdisjoint(edges.get(n, ()))]
        if not output:
            raise exc.CircularDependencyError("Circular dependency detected.", find_cycles(tuples, allitems), _edges(edges))
        todo_set.difference_update(output)
        todo = [t for t in todo if t in todo_set]
        yield output


def sort(tuples, allitems, deterministic_order=True):
    for subset in sort_as_subsets(tuples, allitems):
        yield from subset


def find_cycles(tuples, allitems):
    """All items that take part in a cycle."""
    edges = {}
    for parent, child in tuples:
        edges.setdefault(parent, set()).add(child)
    found = set()
    for start in edges:
        seen, stack = set(), list(edges[start])
        while stack:
            node = stack.pop()
            if node == start:
                found.add(start)
                break
            if node not in seen:
                seen.add(node)
                stack.extend(edges.get(node, ()))
    return found


def _edges(edges):
    return {(parent, child) for child, parents in edges.items() for parent in parents}
