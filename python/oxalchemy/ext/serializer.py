"""Pickles of statements and queries that refer to mapped classes, tables, columns and sessions by name.

What is read again is about the MetaData, the session and the engine of the reader's process.
"""

import pickle
from io import BytesIO

from ..engine import Engine
from ..orm import Session, class_mapper
from ..orm.attributes import QueryableAttribute
from ..orm.interfaces import MapperProperty
from ..orm.mapper import Mapper
from ..schema import Column, Table

__all__ = ["Deserializer", "Serializer", "dumps", "loads"]


class Serializer(pickle.Pickler):
    """A pickler; arguments as :class:`pickle.Pickler`."""

    def persistent_id(self, obj):
        """How a thing that is the reader's own is named."""
        if isinstance(obj, QueryableAttribute) and getattr(obj, "parent", None) is not None and hasattr(obj, "class_"):
            return ("attribute", obj.class_, obj.key) if _is_mapped_attribute(obj) else None
        if isinstance(obj, Mapper) and not obj.non_primary:
            return ("mapper", obj.class_)
        if isinstance(obj, MapperProperty) and not obj.parent.non_primary:
            return ("mapperprop", obj.parent.class_, obj.key)
        if isinstance(obj, Table):
            return ("table", obj.key)
        if isinstance(obj, Column) and isinstance(obj.table, Table):
            return ("column", obj.table.key, obj.key)
        for name, cls in (("session", Session), ("engine", Engine)):
            if isinstance(obj, cls):
                return (name,)
        return None


def _is_mapped_attribute(obj):
    mapper = getattr(obj.class_, "__mapper__", None)
    return isinstance(mapper, Mapper) and mapper.has_property(obj.key)


class Deserializer(pickle.Unpickler):
    """An unpickler.

    :param file: binary file
    :param metadata: MetaData of the tables
    :param scoped_session: ``scoped_session`` whose session queries get
    :param engine: Engine, in place of that of the session or of the MetaData
    """

    def __init__(self, file, metadata=None, scoped_session=None, engine=None):
        super().__init__(file)
        self.metadata, self.scoped_session, self.engine = metadata, scoped_session, engine

    def get_engine(self):
        """The engine that a pickled one is replaced by."""
        if self.engine is not None:
            return self.engine
        if self.scoped_session is not None and self.scoped_session().bind is not None:
            return self.scoped_session().bind
        return getattr(self.metadata, "bind", None)

    def persistent_load(self, id_):
        """The reader's thing of that name."""
        kind, *names = id_
        if kind == "attribute":
            return getattr(names[0], names[1])
        if kind == "mapper":
            return class_mapper(names[0])
        if kind == "mapperprop":
            return class_mapper(names[0]).get_property(names[1])
        if kind == "table":
            return self.metadata.tables[names[0]]
        if kind == "column":
            return self.metadata.tables[names[0]].c[names[1]]
        if kind == "session":
            return self.scoped_session()
        if kind == "engine":
            return self.get_engine()
        raise pickle.UnpicklingError(f"Unknown token: {kind}")


def dumps(obj, protocol=pickle.HIGHEST_PROTOCOL):
    """Pickle a statement, a query or an expression. Read by :func:`loads`."""
    out = BytesIO()
    Serializer(out, protocol).dump(obj)
    return out.getvalue()


def loads(data, metadata=None, scoped_session=None, engine=None):
    """Read what :func:`dumps` gave; arguments as :class:`Deserializer`."""
    return Deserializer(BytesIO(data), metadata, scoped_session, engine).load()
