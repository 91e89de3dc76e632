//! Oracle: text only, there is no driver.

use super::{Dialect, Family, ParamStyle};

/// Data of the Oracle dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::Oracle,
        name: "oracle".into(),
        driver: "cx_oracle".into(),
        paramstyle: ParamStyle::Named,
        max_identifier_length: 128,
        supports_simple_order_by_label: false,
        div_is_floordiv: false,
        supports_sequences: true,
        preexecute_autoincrement_sequences: true,
        supports_identity_columns: true,
        supports_empty_insert: false,
        supports_native_boolean: true,
        supports_comments: true,
        cte_follows_insert: true,
        postfetch_lastrowid: false,
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        requires_name_normalize: true,
        supports_is_distinct_from: false,
        ..Dialect::default()
    }
}
