//! PostgreSQL.

use super::{Dialect, Family, ParamStyle};

/// Data of the PostgreSQL dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::PostgreSql,
        name: "postgresql".into(),
        driver: "psycopg2".into(),
        paramstyle: ParamStyle::Pyformat,
        max_identifier_length: 63,
        supports_native_boolean: true,
        supports_native_enum: true,
        supports_native_uuid: true,
        supports_native_decimal: true,
        supports_default_values: true,
        supports_default_metavalue: true,
        supports_empty_insert: false,
        supports_multivalues_insert: true,
        use_insertmanyvalues: true,
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        update_returning_multifrom: true,
        delete_returning_multifrom: true,
        insert_executemany_returning: true,
        favor_returning_over_lastrowid: true,
        postfetch_lastrowid: false,
        preexecute_autoincrement_sequences: true,
        supports_sequences: true,
        sequences_optional: true,
        supports_identity_columns: true,
        supports_comments: true,
        supports_constraint_comments: true,
        supports_for_update_of: true,
        json_native: true,
        ..Dialect::default()
    }
}
