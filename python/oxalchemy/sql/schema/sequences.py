"""``Sequence`` and ``Identity``."""

from ... import _rs, exc, util
from ..ddl.check import CheckFirst
from ..dialect_kw import DialectKWArgs
from .generators import DefaultGenerator, FetchedValue
from .items import BLANK_SCHEMA, HasSchemaAttr, blank, table_key

_NUMBERS = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache")


class IdentityOptions(DialectKWArgs):
    """Options that Sequence and Identity share.

    :param start: first number. :param increment: step. :param minvalue: lowest. :param maxvalue: highest.
    :param nominvalue: NO MINVALUE. :param nomaxvalue: NO MAXVALUE. :param cycle: start again at the end.
    :param cache: how many numbers the database makes at once. :param order: Oracle's ORDER.
    """

    def __init__(
        self,
        start=None,
        increment=None,
        minvalue=None,
        maxvalue=None,
        nominvalue=None,
        nomaxvalue=None,
        cycle=None,
        cache=None,
        order=None,
        **dialect_kw,
    ):
        if order is not None:
            dialect_kw.setdefault("oracle_order", order)
        given = (start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache)
        for option, value in zip(_NUMBERS, given, strict=True):
            # numbers of any kind: databases tell them as decimals too
            whole = value is not None and not isinstance(value, (bool, int)) and hasattr(value, "__int__")
            setattr(self, option, int(value) if whole else value)
        self._validate_dialect_kwargs(dialect_kw)

    @property
    def order(self):
        """Oracle's ORDER."""
        return dict(self.dialect_kwargs).get("oracle_order")

    def _numbers(self):
        return {option: getattr(self, option) for option in _NUMBERS}

    def _options_for_rust(self):
        return (*self._numbers().values(), self.order)


class Sequence(HasSchemaAttr, IdentityOptions, DefaultGenerator, _rs.Sequence):
    """A named sequence; as a column's default it fires on databases that have sequences.

    :param name: its name. :param schema: its schema; that of ``metadata`` when absent.
    :param data_type: type of its numbers. :param optional: only where the database has no other way to number rows.
    :param quote: force or forbid quoting. :param metadata: created and dropped with this MetaData.
    :param for_update: for UPDATE instead of INSERT. Others: :class:`.IdentityOptions`.
    """

    __visit_name__ = "sequence"
    is_sequence = True
    is_callable = False

    def __init__(
        self,
        name,
        start=None,
        increment=None,
        minvalue=None,
        maxvalue=None,
        nominvalue=None,
        nomaxvalue=None,
        cycle=None,
        schema=None,
        cache=None,
        order=None,
        data_type=None,
        optional=False,
        quote=None,
        metadata=None,
        quote_schema=None,
        for_update=False,
        **dialect_kw,
    ):
        from ..elements import quoted_name
        from ..type_api import to_instance

        DefaultGenerator.__init__(self, for_update=for_update)
        IdentityOptions.__init__(
            self, start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order, **dialect_kw
        )
        self.name = quoted_name(name, quote)
        self.optional = optional
        if schema is BLANK_SCHEMA:
            self.schema = None
        elif schema is None and metadata is not None and metadata.schema:
            self.schema = metadata.schema
        else:
            self.schema = quoted_name.construct(schema, quote_schema)
        self.data_type = None if data_type is None else to_instance(data_type)
        self.metadata = None
        self._tell_rust()
        if metadata is not None:
            self._join_metadata(metadata)

    def _tell_rust(self):
        self._init(self.name, self.schema, self._options_for_rust(), bool(self.optional), self.data_type)

    def _for_rust(self):
        return "sequence", self

    @property
    def key(self):
        """Key among the sequences of a MetaData."""
        return table_key(self.name, self.schema)

    def next_value(self):
        """The function that gives the next number."""
        from ..functions import next_value

        return next_value(self)

    def _enter(self, column, **how):
        super()._enter(column)
        self._set_of_column(True)
        column._when_in_table(self._into_table)

    def _into_table(self, column, table):
        self._join_metadata(table.metadata)

    def _join_metadata(self, metadata):
        self.metadata = metadata
        metadata._enlist_sequence(self)

    def copy(self, **where):
        return Sequence(
            name=self.name,
            schema=self.schema,
            data_type=self.data_type,
            optional=self.optional,
            metadata=self.metadata,
            for_update=self.for_update,
            **self._numbers(),
            **dict(self.dialect_kwargs),
        )

    @property
    def bind(self):
        """Engine of the MetaData (legacy)."""
        return None if self.metadata is None else self.metadata.bind

    def create(self, bind=None, checkfirst=CheckFirst.SEQUENCES):
        """Issue CREATE SEQUENCE."""
        from ..ddl.run import create

        create(self, bind, checkfirst)

    def drop(self, bind=None, checkfirst=CheckFirst.SEQUENCES):
        """Issue DROP SEQUENCE."""
        from ..ddl.run import drop

        drop(self, bind, checkfirst)

    def __reduce__(self):
        return blank, (type(self),), {k: v for k, v in self.__dict__.items() if k != "column"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._tell_rust()

    def _not_a_column_expr(self):
        raise exc.InvalidRequestError(
            f"This {self.__class__.__name__} cannot be used directly as a column expression.  Use func.next_value(sequence) "
            "to produce a 'next value' function that's usable as a column element."
        )

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("order",))


class Identity(IdentityOptions, FetchedValue):
    """GENERATED { ALWAYS | BY DEFAULT } AS IDENTITY.

    :param always: ALWAYS instead of BY DEFAULT. :param on_null: Oracle's ON NULL. Others: :class:`.IdentityOptions`.
    """

    __visit_name__ = "identity_column"
    is_identity = True

    def __init__(
        self,
        always=False,
        on_null=None,
        start=None,
        increment=None,
        minvalue=None,
        maxvalue=None,
        nominvalue=None,
        nomaxvalue=None,
        cycle=None,
        cache=None,
        order=None,
        **dialect_kw,
    ):
        FetchedValue.__init__(self)
        if on_null is not None:
            dialect_kw.setdefault("oracle_on_null", on_null)
        IdentityOptions.__init__(
            self, start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order, **dialect_kw
        )
        self.always = always

    def _as_dict(self):
        """The options that were given."""
        options = {"always": self.always, **{name: getattr(self, name) for name in (*_NUMBERS, "order", "on_null")}}
        return {name: value for name, value in options.items() if value is not None}

    @property
    def on_null(self):
        """Oracle's ON NULL."""
        return dict(self.dialect_kwargs).get("oracle_on_null")

    def _enter(self, column, **how):
        taken = column.server_default is not None and not isinstance(column.server_default, Identity)
        if taken or column.server_onupdate is not None:
            raise exc.ArgumentError(
                "A column with an Identity object cannot specify a server_default or a server_onupdate argument"
            )
        if column.autoincrement is False:
            raise exc.ArgumentError("A column with an Identity object cannot specify autoincrement=False")
        self.column = column
        column.identity = column.server_default = self
        if not column._nullability_given:
            column.nullable = False

    def _serving(self, for_update):
        return self

    def _for_rust(self):
        return "identity", (self.always, self.on_null, self._options_for_rust())

    def copy(self, **where):
        return self._hand_down(Identity(always=self.always, **self._numbers(), **dict(self.dialect_kwargs)))

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("order", "on_null"))
