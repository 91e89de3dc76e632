"""Criteria evaluated on instances: what ``synchronize_session="evaluate"`` does."""

from .. import exc, inspection
from .._rs import _evaluate, _evaluation_obstacle, _orm_subject
from ..sql import and_, select

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

    def process(self, clause, *clauses):
        """A callable that takes an instance and gives the value of the clause; NULL is None. Of several clauses all must hold.

        :raises UnevaluatableError: the clause cannot be evaluated here
        """
        if clauses:
            clause = and_(clause, *clauses)
        subject = self.target_cls or _orm_subject(select(clause))
        if subject is None:
            raise UnevaluatableError("Cannot evaluate a clause without columns of a mapped class")
        reason = _evaluation_obstacle(subject, clause)
        if reason is not None:
            raise UnevaluatableError(reason)

        def evaluate(obj):
            if obj is None:
                return _NO_OBJECT
            found = _evaluate(subject, clause, inspection.inspect(obj))
            return _EXPIRED_OBJECT if found is None else found[0]

        return evaluate
