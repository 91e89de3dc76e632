from typing import Any

from oxalchemy._rs import AttributeState as AttributeState, InstanceState as InstanceState

__all__ = ["AttributeState", "InstanceState", "_state_of_class"]

class _Placeholder: ...

def _state_of_class(class_: Any) -> Any: ...
