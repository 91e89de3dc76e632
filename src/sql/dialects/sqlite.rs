//! SQLite.

use super::{Dialect, Family, ParamStyle};

/// Data of the SQLite dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::Sqlite,
        name: "sqlite".into(),
        driver: "pysqlite".into(),
        paramstyle: ParamStyle::Qmark,
        supports_default_values: true,
        supports_default_metavalue: true,
        supports_empty_insert: false,
        supports_multivalues_insert: true,
        use_insertmanyvalues: true,
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        update_returning_multifrom: true,
        insert_executemany_returning: true,
        supports_alter: false,
        tuple_in_values: true,
        non_native_boolean_check_constraint: false,
        ..Dialect::default()
    }
}
