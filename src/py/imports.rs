//! The one table of Python objects that Rust reaches for, imported on first use.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

macro_rules! objects {
    ($($(#[$m:meta])* $f:ident = $module:literal $name:literal;)*) => {$(
        $(#[$m])*
        pub fn $f(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
            static CELL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
            CELL.get_or_try_init(py, || Ok(py.import($module)?.getattr($name)?.unbind())).map(|o| o.bind(py).clone())
        }
    )*};
}

objects! {
    /// `datetime.date`
    date = "datetime" "date";
    /// `datetime.datetime`
    datetime = "datetime" "datetime";
    /// `datetime.time`
    time = "datetime" "time";
    /// `decimal.Decimal`
    decimal = "decimal" "Decimal";
    /// `uuid.UUID`
    uuid = "uuid" "UUID";
    /// `LoaderCallableStatus.NO_VALUE`
    no_value = "oxalchemy.orm.base" "NO_VALUE";
    /// `LoaderCallableStatus.PASSIVE_NO_RESULT`
    passive_no_result = "oxalchemy.orm.base" "PASSIVE_NO_RESULT";
    /// `LoaderCallableStatus.ATTR_WAS_SET`
    attr_was_set = "oxalchemy.orm.base" "ATTR_WAS_SET";
    /// `LoaderCallableStatus.DONT_SET`
    dont_set = "oxalchemy.orm.base" "DONT_SET";
    /// `LoaderCallableStatus.ATTR_EMPTY`
    attr_empty = "oxalchemy.orm.base" "ATTR_EMPTY";
    /// `orm.attributes.History`
    history = "oxalchemy.orm.attributes" "History";
    /// `orm.collections.InstrumentedList`
    instrumented_list = "oxalchemy.orm.collections" "InstrumentedList";
    /// `re.search`
    re_search = "re" "search";
    /// `orm.properties.ColumnProperty`
    column_property = "oxalchemy.orm.properties" "ColumnProperty";
    /// `oxalchemy.engine.default.DefaultDialect`
    default_dialect = "oxalchemy.engine.default" "DefaultDialect";
    /// `engine.Connection`
    connection = "oxalchemy.engine" "Connection";
    /// `schema.DefaultGenerator`
    default_generator = "oxalchemy.schema" "DefaultGenerator";
    /// `sql.event_target.SchemaEventTarget`
    schema_event_target = "oxalchemy.sql.event_target" "SchemaEventTarget";
    /// `SchemaEventTarget._set_parent`, which a class of the user's may override.
    set_parent = "oxalchemy.sql.event_target" "set_parent";
    /// `sql.events.DDLEvents`
    ddl_events = "oxalchemy.sql.events" "DDLEvents";
    /// `schema.Table`
    schema_table = "oxalchemy.sql.schema.table" "Table";
    /// `schema.Column`
    schema_column = "oxalchemy.sql.schema.columns" "Column";
    /// `schema.ForeignKey`
    foreign_key = "oxalchemy.sql.schema.foreign_keys" "ForeignKey";
    /// `schema.ForeignKeyConstraint`
    foreign_key_constraint = "oxalchemy.sql.schema.foreign_keys" "ForeignKeyConstraint";
    /// What a ForeignKey refers to, from what else than names it is given.
    foreign_key_target = "oxalchemy.sql.schema.foreign_keys" "_target_of";
    /// `schema.PrimaryKeyConstraint`
    primary_key_constraint = "oxalchemy.sql.schema.constraints" "PrimaryKeyConstraint";
    /// `schema.UniqueConstraint`
    unique_constraint = "oxalchemy.sql.schema.constraints" "UniqueConstraint";
    /// `schema.CheckConstraint`
    check_constraint = "oxalchemy.sql.schema.constraints" "CheckConstraint";
    /// `schema.Computed`
    computed = "oxalchemy.sql.schema.generators" "Computed";
    /// `schema.DefaultClause`
    default_clause = "oxalchemy.sql.schema.generators" "DefaultClause";
    /// `schema.FetchedValue`
    fetched_value = "oxalchemy.sql.schema.generators" "FetchedValue";
    /// `schema.Identity`
    identity = "oxalchemy.sql.schema.sequences" "Identity";
    /// `sql.expression.text`
    text = "oxalchemy.sql.expression" "text";
    /// Methods of `Inspector` as this package has them: a program may have put others in their place.
    inspector_methods = "oxalchemy.engine.reflection" "_METHODS_OF_OURS";
    /// `engine.reflection.Inspector`
    inspector = "oxalchemy.engine.reflection" "Inspector";
    /// `schema.Index`
    schema_index = "oxalchemy.sql.schema.indexes" "Index";
    /// `schema.BLANK_SCHEMA`
    blank_schema = "oxalchemy.sql.schema.items" "BLANK_SCHEMA";
    /// `schema.NULL_UNSPECIFIED`
    null_unspecified = "oxalchemy.sql.schema.items" "NULL_UNSPECIFIED";
    /// An argument that was left out.
    not_given = "oxalchemy.sql.schema.items" "NOTHING";
    /// Checks `<dialect>_<option>` arguments of a schema item.
    take_options = "oxalchemy.sql.schema.items" "take_options";
    /// Names a part by the naming convention of its MetaData.
    give_name = "oxalchemy.sql.schema.names" "give_name";
    /// The naming convention of a MetaData without one.
    default_convention = "oxalchemy.sql.schema.metadata" "_DEFAULT_CONVENTION";
    /// `sql.elements.quoted_name`
    quoted_name = "oxalchemy.sql.elements" "quoted_name";
    /// `inspect`
    inspect = "oxalchemy.inspection" "inspect";
}

/// An abstract class of `collections.abc` by name.
pub fn abc<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("collections.abc")?.getattr(name)
}

/// A class of `oxalchemy.exc` by name.
pub fn exc<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    Ok(py.import("oxalchemy.exc")?.getattr(name)?.cast_into::<PyType>()?)
}

/// A class of `oxalchemy.orm.exc` by name.
pub fn orm_exc<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    Ok(py.import("oxalchemy.orm.exc")?.getattr(name)?.cast_into::<PyType>()?)
}
