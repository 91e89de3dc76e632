from typing import Any

import oxalchemy.engine

__all__ = ["AbstractConcreteBase", "ConcreteBase", "DeferredReflection"]

class ConcreteBase:
    @classmethod
    def __declare_first__(cls) -> None: ...

class AbstractConcreteBase(ConcreteBase):
    @classmethod
    def __declare_first__(cls) -> None: ...

class DeferredReflection:
    @classmethod
    def prepare(cls, bind: oxalchemy.engine.Engine | oxalchemy.engine.Connection, **reflect_kw: Any) -> None: ...
