"""Functions on results of loads."""

from .. import exc


def merge_result(query, iterator, load=True):
    """Merge the rows of ``iterator`` into the session of ``query``; see :meth:`.Query.merge_result`."""
    return query.merge_result(iterator, load=load)


def merge_frozen_result(session, statement, frozen_result, load=True):
    """Merge a frozen result into ``session``; gives a callable that makes a result of the merged objects."""
    entities = [d for d in statement.column_descriptions]
    if not entities:
        raise exc.ArgumentError("a SELECT of mapped classes was expected")
    mapped = [d["entity"] is not None and d["expr"] is d["entity"] for d in entities]
    single = len(mapped) == 1 and mapped[0]
    rows = []
    for row in frozen_result.data:
        if single and not isinstance(row, tuple):
            rows.append((session.merge(row, load=load),))
            continue
        rows.append(
            tuple(
                session.merge(value, load=load) if is_entity and value is not None else value
                for value, is_entity in zip(row, mapped, strict=False)
            )
        )
    return frozen_result.with_new_rows(rows)


def instances(cursor, context):
    """The objects of a cursor; see :meth:`.Query.instances`."""
    return context.query.instances(cursor)


__all__ = ["instances", "merge_frozen_result", "merge_result"]
