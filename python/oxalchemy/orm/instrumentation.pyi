from typing import Any

from oxalchemy._rs import (
    ClassManager as ClassManager,
    InstrumentedInit as InstrumentedInit,
    register_class as register_class,
    unregister_class as unregister_class,
)
from oxalchemy.orm.base import (
    DEFAULT_MANAGER_ATTR as DEFAULT_MANAGER_ATTR,
    DEFAULT_STATE_ATTR as DEFAULT_STATE_ATTR,
    instance_dict as instance_dict,
    instance_state as instance_state,
    manager_of_class as manager_of_class,
    opt_manager_of_class as opt_manager_of_class,
)

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

class InstrumentationFactory:
    dispatch: Any
    def create_manager_for_cls(self, class_: Any) -> Any: ...
    def unregister(self, class_: Any) -> Any: ...

def is_instrumented(instance: Any, key: Any) -> Any: ...

DEL_ATTR: Any
