"""Types with a name of their own in the database: ENUM and DOMAIN, and their DDL."""

from ... import exc
from ...sql import sqltypes
from ...sql.ddl import CheckFirst, ExecutableDDLElement
from ...sql.type_api import NativeForEmulated, TypeEngine, to_instance

__all__ = ("CreateDomainType", "CreateEnumType", "DOMAIN", "DropDomainType", "DropEnumType", "ENUM", "NamedType")


class NamedType(sqltypes.SchemaType, TypeEngine):
    """Base of the named types."""

    __abstract__ = True
    create_type = True

    def create(self, bind, checkfirst=True, **kw):
        """Issue CREATE for the type.

        bind: Engine or Connection. checkfirst: look for the type before, and do nothing when it is there.
        """
        _issue(bind, self, self._create_element, wanted=False, checkfirst=checkfirst)

    def drop(self, bind, checkfirst=True, **kw):
        """Issue DROP for the type.

        bind: Engine or Connection. checkfirst: look for the type before, and do nothing when it is not there.
        """
        _issue(bind, self, self._drop_element, wanted=True, checkfirst=checkfirst)

    def _handled(self, ddl_runner, kind):
        """Has this run of `create_all()` or `drop_all()` had a type of this name already?"""
        if ddl_runner is None:
            return False
        names = ddl_runner.__dict__.setdefault(f"_named_types_{kind}", set())
        key = (self.schema, self.name)
        if key in names:
            return True
        names.add(key)
        return False

    def _create_once(self, bind, kw):
        if self.create_type and not self._handled(kw.get("_ddl_runner"), "created"):
            self.create(bind, checkfirst=CheckFirst.TYPES in CheckFirst(kw.get("checkfirst", False)))

    def _on_table_create(self, target, bind, **kw):
        # `create_all()` has made the types of all its tables before the first one.
        if not kw.get("_is_metadata_operation", False):
            self._create_once(bind, kw)

    def _on_table_drop(self, target, bind, **kw):
        """A type may serve other tables: it goes with the MetaData, not with a table."""

    def _on_metadata_create(self, target, bind, **kw):
        self._create_once(bind, kw)

    def _on_metadata_drop(self, target, bind, **kw):
        if self.create_type and not self._handled(kw.get("_ddl_runner"), "dropped"):
            self.drop(bind, checkfirst=CheckFirst.TYPES in CheckFirst(kw.get("checkfirst", False)))


def _issue(bind, type_, element, wanted, checkfirst):
    """Execute the DDL of a type on an Engine (in a transaction of its own) or a Connection; `wanted`: must it be there before?"""
    from ...engine import Engine

    if bind.dialect.name != "postgresql":
        return
    if isinstance(bind, Engine):
        with bind.begin() as connection:
            _issue(connection, type_, element, wanted, checkfirst)
    elif not checkfirst or _exists(bind, type_) == wanted:
        bind.execute(element(type_))


def _exists(connection, type_):
    from ...inspection import inspect

    if not hasattr(connection, "get_execution_options"):
        return False
    schemas = connection.get_execution_options().get("schema_translate_map") or {}
    return inspect(connection).has_type(type_.name, schema=schemas.get(type_.schema, type_.schema))


class _TypeDDL(ExecutableDDLElement):
    """DDL of a named type."""

    stringify_dialect = "postgresql"

    def __init__(self, element):
        self.element = self.target = element


class CreateEnumType(_TypeDDL):
    """CREATE TYPE … AS ENUM."""

    __visit_name__ = "create_enum_type"


class DropEnumType(_TypeDDL):
    """DROP TYPE."""

    __visit_name__ = "drop_enum_type"


class CreateDomainType(_TypeDDL):
    """CREATE DOMAIN."""

    __visit_name__ = "create_domain_type"


class DropDomainType(_TypeDDL):
    """DROP DOMAIN."""

    __visit_name__ = "drop_domain_type"


class ENUM(NamedType, NativeForEmulated, sqltypes.Enum):
    """CREATE TYPE … AS ENUM.

    enums: strings, or one Python enum. name: the type's name, that of the Python enum unless told. create_type: create and drop
    the type with the tables that use it.
    """

    __visit_name__ = "ENUM"
    native_enum = True
    _create_element = CreateEnumType
    _drop_element = DropEnumType

    def __init__(self, *enums, name=sqltypes.NO_ARG, create_type=True, **kw):
        if kw.pop("native_enum", None) is False:
            raise exc.ArgumentError("PostgreSQL ENUM does not support native_enum=False; use Enum(native_enum=False) instead")
        if name is not sqltypes.NO_ARG:
            kw["name"] = name
        sqltypes.Enum.__init__(self, *enums, create_type=create_type, **kw)

    def coerce_compared_value(self, op, value):
        own = super().coerce_compared_value(op, value)
        return self if own is self or isinstance(value, str) else own

    @classmethod
    def adapt_emulated_to_native(cls, impl, **kw):
        return impl.adapt(cls, **kw)


class DOMAIN(NamedType):
    """CREATE DOMAIN: a type with a default and conditions.

    name: the domain's name. data_type: what it is made of. collation, default, constraint_name, not_null, check: as in CREATE
    DOMAIN. create_type: create and drop the domain with the tables that use it.
    """

    __visit_name__ = "DOMAIN"
    _create_element = CreateDomainType
    _drop_element = DropDomainType

    def __init__(
        self,
        name,
        data_type,
        *,
        collation=None,
        collation_schema=None,
        default=None,
        constraint_name=None,
        not_null=None,
        check=None,
        create_type=True,
        **kw,
    ):
        from ...sql.expression import text

        self.data_type = to_instance(data_type)
        self.collation = collation
        self.collation_schema = collation_schema
        self.default = default
        self.constraint_name = constraint_name
        self.not_null = bool(not_null)
        self.check = text(check) if isinstance(check, str) else check
        sqltypes.SchemaType.__init__(self, name=name, create_type=create_type, **kw)

    @property
    def _affinity(self):
        return self.data_type._affinity

    @property
    def comparator_factory(self):
        return self.data_type.comparator_factory

    def __repr__(self):
        return f"DOMAIN({str(self.name)!r}, {self.data_type!r})"
