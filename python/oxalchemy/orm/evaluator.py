"""Criteria evaluated on instances: what ``synchronize_session="evaluate"`` does."""

from .. import exc, inspection
from .._rs import _evaluate, _evaluation_obstacle

__all__ = ["UnevaluatableError"]


class UnevaluatableError(exc.InvalidRequestError):
    """The criterion can be answered by the database only."""


class _NoObject:
    def __bool__(self):
        return False

    def __repr__(self):
        return "_NO_OBJECT"


_NO_OBJECT = _NoObject()
_EXPIRED_OBJECT = _NoObject()


class _EvaluatorCompiler:
    """Makes callables of criteria about a class."""

    def __init__(self, target_cls=None):
        self.target_cls = target_cls

    def process(self, clause):
        """A callable that takes an instance and gives the value of the clause; NULL is None.

        :raises UnevaluatableError: the clause cannot be evaluated here
        """
        reason = _evaluation_obstacle(self.target_cls, clause)
        if reason is not None:
            raise UnevaluatableError(reason)

        def evaluate(obj):
            if obj is None:
                return _NO_OBJECT
            found = _evaluate(self.target_cls, clause, inspection.inspect(obj))
            return _EXPIRED_OBJECT if found is None else found[0]

        return evaluate
