"""Instrumentation of classes."""

from .._rs import ClassManager, InstrumentedInit, register_class, unregister_class
from .base import DEFAULT_MANAGER_ATTR, DEFAULT_STATE_ATTR, instance_dict, instance_state, manager_of_class, opt_manager_of_class

__all__ = [
    "ClassManager",
    "InstrumentedInit",
    "instance_dict",
    "instance_state",
    "is_instrumented",
    "manager_of_class",
    "opt_manager_of_class",
    "register_class",
    "unregister_class",
]

instance_state = staticmethod(instance_state).__func__
DEL_ATTR = object()


def is_instrumented(instance, key):
    """Whether the class of an instance has a mapped attribute of this name."""
    return key in manager_of_class(instance.__class__)


class InstrumentationFactory:
    """Makes class managers; replaced by extensions."""

    def create_manager_for_cls(self, class_):
        return register_class(class_)

    def unregister(self, class_):
        unregister_class(class_)


_instrumentation_factory = InstrumentationFactory()
_ = (DEFAULT_MANAGER_ATTR, DEFAULT_STATE_ATTR)
