"""``lambda_stmt()``: statements from functions. Statements are cheap to build here, so the function runs each time."""

from . import coercions, roles


class LambdaElement:
    """A SQL construct made by a function."""

    def __init__(self, fn, role=None, **kw):
        self.fn = fn
        self.role = role

    def __clause_element__(self):
        return self._resolved

    @property
    def _resolved(self):
        found = self.fn()
        return coercions.expect(self.role, found) if self.role is not None else found


class StatementLambdaElement(LambdaElement):
    """``lambda_stmt(lambda: select(...))``; ``+= lambda s: s.where(...)`` adds to it."""

    def __init__(self, fn, *later):
        super().__init__(fn)
        self._later = later

    @property
    def _resolved(self):
        stmt = self.fn()
        for step in self._later:
            stmt = step(stmt)
        return stmt

    def __add__(self, other):
        return self.add_criteria(other)

    def add_criteria(self, other, **kw):
        return StatementLambdaElement(self.fn, *self._later, other)

    def spoil(self):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._resolved, name)

    def __str__(self):
        return str(self._resolved)


def lambda_stmt(
    lmb,
    enable_tracking=True,
    track_closure_variables=True,
    track_on=None,
    global_track_bound_values=True,
    track_bound_values=True,
    lambda_cache=None,
):
    """A statement from a function without arguments."""
    return StatementLambdaElement(lmb)


_STATEMENT_ROLE = roles.StatementRole
