"""Tables in the order of their dependencies."""

from ... import _rs, util


def sort_tables(tables, skip_fn=None, extra_dependencies=None):
    """Tables, those that others refer to first; cycles are cut with a warning.

    :param skip_fn: ``fn(foreign_key)``: leave it out of account? :param extra_dependencies: pairs of (earlier, later) tables.
    """

    def skipped(constraint):
        # None: as the order needs
        return True if any(skip_fn(fk) for fk in constraint.elements) else None

    groups, cut = _rs.sort_tables(list(tables), skip_fn and skipped, _listed(extra_dependencies))
    if cut:
        names = ", ".join(sorted(t.fullname for t in cut))
        util.warn(
            f'Cannot correctly sort tables; there are unresolvable cycles between tables "{names}", which is usually caused by '
            "mutually dependent foreign key constraints.  Foreign key constraints involving these tables will not be considered; "
            "this warning may raise an error in a future release."
        )
    return [table for table, _ in groups if table is not None]


def sort_tables_and_constraints(tables, filter_fn=None, extra_dependencies=None):
    """``[(table, {constraint …}) …, (None, [constraint …])]``: tables in order; last the constraints to add afterwards.

    :param filter_fn: ``fn(constraint)``: ``True`` add it afterwards, ``False`` never, ``None`` as the order needs.
    """
    ordered = sorted(tables, key=lambda t: t.key)
    groups, _ = _rs.sort_tables(ordered, filter_fn, _listed(extra_dependencies))
    return [(table, list(keys) if table is None else set(keys)) for table, keys in groups]


def _listed(pairs):
    return list(pairs) if pairs else None
