"""What a running load is told, and statements with entities of their own."""

from .._rs import Query, QueryContext, SelectBase, _orm_subject, _register_faces
from ..engine.interfaces import CacheStats
from ..inspection import inspect
from ..sql.elements import ClauseElement
from ..util import immutabledict


class FromStatement(SelectBase):
    """Entities read from the rows of a given statement."""

    __slots__ = ()


_register_faces({"FromStatement": FromStatement})

__all__ = ["FromStatement", "QueryContext"]


class _ORMSelectCompileState:
    """The class by which SQLAlchemy's compiler knows an ORM statement. Only for imports: load plans do that work here."""

    __slots__ = ()


class _CompiledQuery:
    """What a Query, compiled, is asked for."""

    __slots__ = ("query", "statement")

    def __init__(self, query):
        self.query, self.statement = query, query.statement
        str(query)  # options and joins are resolved here

    @property
    def _primary_entity(self):
        found = [d["entity"] for d in self.query.column_descriptions if d["entity"] is not None and d["expr"] is d["entity"]]
        return inspect(found[0]) if found else None

    def _entity_zero(self):
        """What the first column belongs to."""
        descriptions = self.query.column_descriptions
        entity = descriptions[0]["entity"] if descriptions else None
        return inspect(entity) if entity is not None else None


def _final_statement(query, legacy_query_style=True):
    """The SELECT that a Query runs."""
    from ..sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL

    statement = query.statement
    return statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL) if legacy_query_style else statement


def _propagate_attrs(element):
    """The mapper that a statement is about, in the form of SQLAlchemy's compiler."""
    mapper = _orm_subject(element)
    return immutabledict({} if mapper is None else {"compile_state_plugin": "orm", "plugin_subject": mapper})


def _compile_w_cache(element, dialect, *, compiled_cache=None, column_keys=None, for_executemany=False,
                     schema_translate_map=None):  # fmt: skip
    """The compiled form, the binds taken out of the statement (none here), and whether it was found."""
    options = {} if schema_translate_map is None else {"schema_translate_map": schema_translate_map}
    compiled = element.compile(dialect=dialect, column_keys=column_keys, for_executemany=for_executemany, **options)
    return compiled, None, CacheStats.CACHE_MISS


ClauseElement._compile_w_cache = _compile_w_cache
Query._compile_context = lambda query, for_statement=False: _CompiledQuery(query)
Query._compile_state = lambda query, for_statement=False, **kw: _CompiledQuery(query)
Query._final_statement = _final_statement
ClauseElement._propagate_attrs = property(_propagate_attrs)


#: The name of 1.4.
ORMSelectCompileState = _ORMSelectCompileState
