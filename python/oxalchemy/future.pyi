from oxalchemy._rs import Connection as Connection, Engine as Engine, select as select
from oxalchemy.engine.create import create_engine as create_engine

__all__ = ["Connection", "Engine", "create_engine", "select"]
