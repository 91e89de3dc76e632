"""``create_mock_engine``: statements go to a function instead of a database."""

from . import url as _url


class MockConnection:
    """Stands for an engine or connection; everything executed is handed to ``executor``."""

    def __init__(self, dialect, execute):
        self._dialect = dialect
        self._execute_impl = execute

    engine = property(lambda self: self)
    dialect = property(lambda self: self._dialect)
    name = property(lambda self: self._dialect.name)

    def schema_for_object(self, obj):
        return obj.schema

    def connect(self, **kwargs):
        return self

    def execution_options(self, **kw):
        return self

    def create(self, entity, **kwargs):
        kwargs["checkfirst"] = False
        (getattr(entity, "create_all", None) or entity.create)(self, **kwargs)

    def drop(self, entity, **kwargs):
        kwargs["checkfirst"] = False
        (getattr(entity, "drop_all", None) or entity.drop)(self, **kwargs)

    def execute(self, obj, parameters=None, execution_options=None):
        return self._execute_impl(obj, parameters)


def create_mock_engine(url, executor, **kw):
    """A :class:`MockConnection` that calls ``executor(sql, *multiparams, **params)`` for each statement."""
    u = _url.make_url(url)
    dialect_cls = u._get_entrypoint()
    from .. import util

    args = {k: kw.pop(k) for k in util.get_cls_kwargs(dialect_cls).intersection(kw)}
    dialect = dialect_cls(**args)
    return MockConnection(dialect, executor)
