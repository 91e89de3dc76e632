"""``InstanceState`` and the state of single attributes."""

from .._rs import AttributeState, InstanceState

__all__ = ["AttributeState", "InstanceState", "_state_of_class"]


def _state_of_class(class_):
    """Unpickling: a fresh state of a mapped class; ``__setstate__`` fills it."""
    from .base import manager_of_class, opt_manager_of_class

    manager = opt_manager_of_class(class_)
    if manager is None:
        from . import exc

        raise exc.UnmappedInstanceError(
            class_,
            f"Cannot deserialize object of type {class_!r} - no mapper() has been configured for this class within the current "
            "Python process!",
        )
    if manager.is_mapped and not manager.mapper.configured:
        manager.mapper._check_configure()
    state = InstanceState.__new__(InstanceState, _Placeholder(), manager_of_class(class_))
    return state


class _Placeholder:
    """Stands for the instance until the state knows it."""
