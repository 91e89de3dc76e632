from typing import Any

from oxalchemy import inspection as inspection, log as log
from oxalchemy._rs import (
    Connection as Connection,
    Engine as Engine,
    NestedTransaction as NestedTransaction,
    OptionEngine as OptionEngine,
    RootTransaction as RootTransaction,
    Transaction as Transaction,
    TwoPhaseTransaction as TwoPhaseTransaction,
)
from oxalchemy.engine.interfaces import (
    Connectable as Connectable,
    ConnectionEventsTarget as ConnectionEventsTarget,
    Dialect as Dialect,
    ExecutionContext as ExecutionContext,
)

class DefaultRunner: ...
class SchemaIterator: ...

def connection_memoize(key: Any) -> Any: ...
