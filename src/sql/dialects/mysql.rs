//! MySQL and MariaDB.

use super::{Dialect, Family, ParamStyle};

/// Data of the MySQL dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::MySql,
        name: "mysql".into(),
        driver: "mysqldb".into(),
        paramstyle: ParamStyle::Format,
        max_identifier_length: 255,
        max_index_name_length: Some(64),
        max_constraint_name_length: Some(64),
        div_is_floordiv: false,
        supports_default_values: false,
        supports_default_metavalue: true,
        supports_multivalues_insert: true,
        use_insertmanyvalues: true,
        insertmanyvalues_max_parameters: 32_700,
        supports_comments: true,
        inline_comments: true,
        supports_native_enum: true,
        supports_native_decimal: true,
        cte_follows_insert: true,
        supports_sane_multi_rowcount: false,
        initial_quote: '`',
        final_quote: '`',
        ..Dialect::default()
    }
}

/// Data of the MariaDB dialect.
pub fn mariadb() -> Dialect {
    Dialect {
        family: Family::MariaDb,
        name: "mariadb".into(),
        supports_sequences: true,
        sequences_optional: true,
        insert_returning: true,
        delete_returning: true,
        supports_native_uuid: true,
        ..dialect()
    }
}
