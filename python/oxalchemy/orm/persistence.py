"""The order in which instances of one mapper are written."""

from operator import attrgetter


def _sort_states(mapper, states):
    """New instances by the order they were added, then stored ones by primary key."""
    from .. import exc

    pending = [s for s in states if s.key is None]
    persistent = [s for s in states if s.key is not None]
    try:
        persistent.sort(key=lambda s: s.key[1])
    except TypeError as e:
        raise exc.InvalidRequestError(
            f"Could not sort objects by primary key; primary key values must be sortable in Python (was: {e})"
        ) from e
    return sorted(pending, key=attrgetter("insert_order")) + persistent
