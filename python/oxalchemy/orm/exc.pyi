from typing import Any

import oxalchemy
import oxalchemy.exc
from oxalchemy.exc import MultipleResultsFound as MultipleResultsFound, NoResultFound as NoResultFound

class FlushError(oxalchemy.exc.SQLAlchemyError): ...
class StaleDataError(oxalchemy.exc.SQLAlchemyError): ...
class ObjectDereferencedError(oxalchemy.exc.SQLAlchemyError): ...

class DetachedInstanceError(oxalchemy.exc.SQLAlchemyError):
    code: Any

class UnmappedError(oxalchemy.exc.InvalidRequestError): ...
class MappedAnnotationError(oxalchemy.exc.ArgumentError): ...

class ObjectDeletedError(oxalchemy.exc.InvalidRequestError):
    def __init__(self, state: Any, msg: Any = None) -> None: ...

class UnmappedColumnError(oxalchemy.exc.InvalidRequestError): ...

class LoaderStrategyException(oxalchemy.exc.InvalidRequestError):
    def __init__(
        self,
        applied_to_property_type: Any,
        requesting_property: Any,
        applies_to: Any,
        actual_strategy_type: Any,
        strategy_key: Any,
    ) -> None: ...

class UnmappedInstanceError(UnmappedError):
    def __init__(self, obj: Any, msg: Any = None) -> None: ...

class UnmappedClassError(UnmappedError):
    def __init__(self, cls: Any, msg: Any = None) -> None: ...

NO_STATE: Any
ConcurrentModificationError = StaleDataError
sa_exc = oxalchemy.exc
