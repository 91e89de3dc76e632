//! [`Dialect`]: features of a database as data. Every field may be changed before use (Python subclasses do).

use crate::name::Name;
use crate::types::literal::Quoting;
use std::sync::Arc;

/// How placeholders look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ParamStyle {
    /// `:name`
    #[default]
    Named,
    /// `?`
    Qmark,
    /// `%s`
    Format,
    /// `%(name)s`
    Pyformat,
    /// `:1`
    Numeric,
    /// `$1`
    NumericDollar,
}

impl ParamStyle {
    /// By its PEP 249 name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "named" => Self::Named,
            "qmark" => Self::Qmark,
            "format" => Self::Format,
            "pyformat" => Self::Pyformat,
            "numeric" => Self::Numeric,
            "numeric_dollar" => Self::NumericDollar,
            _ => return None,
        })
    }
    /// Its PEP 249 name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Qmark => "qmark",
            Self::Format => "format",
            Self::Pyformat => "pyformat",
            Self::Numeric => "numeric",
            Self::NumericDollar => "numeric_dollar",
        }
    }
    /// Parameters are passed as a sequence.
    pub fn is_positional(self) -> bool {
        !matches!(self, Self::Named | Self::Pyformat)
    }
    /// `%` has to be doubled in the text.
    pub fn doubles_percents(self) -> bool {
        matches!(self, Self::Format | Self::Pyformat)
    }
}

/// Which set of overrides applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Family {
    #[default]
    Default,
    /// `str()` without a dialect: renders what no database takes, rather than failing.
    Str,
    Sqlite,
    PostgreSql,
    MySql,
    MariaDb,
    Oracle,
}

/// A database as the compiler sees it.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Dialect {
    pub family: Family,
    pub name: Arc<str>,
    pub driver: Arc<str>,
    pub paramstyle: ParamStyle,
    pub max_identifier_length: usize,
    pub max_index_name_length: Option<usize>,
    pub max_constraint_name_length: Option<usize>,
    pub label_length: Option<usize>,
    pub server_version: Option<Vec<i64>>,
    pub default_schema_name: Option<Arc<str>>,
    pub supports_native_boolean: bool,
    pub supports_native_enum: bool,
    pub supports_native_uuid: bool,
    pub supports_native_decimal: bool,
    pub non_native_boolean_check_constraint: bool,
    pub supports_simple_order_by_label: bool,
    pub supports_is_distinct_from: bool,
    pub supports_empty_insert: bool,
    pub supports_default_values: bool,
    pub supports_default_metavalue: bool,
    pub default_metavalue_token: Arc<str>,
    pub supports_multivalues_insert: bool,
    pub use_insertmanyvalues: bool,
    pub insertmanyvalues_max_parameters: usize,
    pub insertmanyvalues_page_size: usize,
    pub insert_returning: bool,
    pub update_returning: bool,
    pub delete_returning: bool,
    pub update_returning_multifrom: bool,
    pub delete_returning_multifrom: bool,
    pub insert_executemany_returning: bool,
    pub favor_returning_over_lastrowid: bool,
    pub postfetch_lastrowid: bool,
    pub preexecute_autoincrement_sequences: bool,
    pub supports_sequences: bool,
    pub sequences_optional: bool,
    pub supports_identity_columns: bool,
    pub supports_native_identity: bool,
    pub supports_schemas: bool,
    pub supports_alter: bool,
    pub supports_comments: bool,
    pub inline_comments: bool,
    pub supports_constraint_comments: bool,
    pub supports_views: bool,
    pub supports_for_update_of: bool,
    pub supports_statement_cache: bool,
    pub supports_sane_rowcount: bool,
    pub supports_sane_multi_rowcount: bool,
    pub tuple_in_values: bool,
    pub div_is_floordiv: bool,
    pub cte_follows_insert: bool,
    pub requires_name_normalize: bool,
    pub json_native: bool,
    /// `use_ansi=False`, `use_nchar_for_unicode` and other switches by name.
    pub switches: Vec<(Arc<str>, bool)>,
    /// Text before each bind cast: `$1::INTEGER`.
    pub render_bind_cast: bool,
    pub initial_quote: char,
    pub final_quote: char,
    pub omit_schema: bool,
    /// Whether a backslash escapes inside of quotes, where a connection told.
    pub backslash_escapes: Option<bool>,
    /// `schema_translate_map` of the text that is being made.
    pub schema_map: Option<crate::compile::SchemaMap>,
    /// Bumped by whoever changes data after use, so that cached texts are not mixed up.
    pub version: u64,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            family: Family::Default,
            name: "default".into(),
            driver: "".into(),
            paramstyle: ParamStyle::Named,
            max_identifier_length: 9999,
            max_index_name_length: None,
            max_constraint_name_length: None,
            label_length: None,
            server_version: None,
            default_schema_name: None,
            supports_native_boolean: false,
            supports_native_enum: false,
            supports_native_uuid: false,
            supports_native_decimal: false,
            non_native_boolean_check_constraint: true,
            supports_simple_order_by_label: true,
            supports_is_distinct_from: true,
            supports_empty_insert: true,
            supports_default_values: false,
            supports_default_metavalue: false,
            default_metavalue_token: "DEFAULT".into(),
            supports_multivalues_insert: false,
            use_insertmanyvalues: false,
            insertmanyvalues_max_parameters: 32_700,
            insertmanyvalues_page_size: 1_000,
            insert_returning: false,
            update_returning: false,
            delete_returning: false,
            update_returning_multifrom: false,
            delete_returning_multifrom: false,
            insert_executemany_returning: false,
            favor_returning_over_lastrowid: false,
            postfetch_lastrowid: true,
            preexecute_autoincrement_sequences: false,
            supports_sequences: false,
            sequences_optional: false,
            supports_identity_columns: false,
            supports_native_identity: false,
            supports_schemas: true,
            supports_alter: true,
            supports_comments: false,
            inline_comments: false,
            supports_constraint_comments: false,
            supports_views: true,
            supports_for_update_of: false,
            supports_statement_cache: true,
            supports_sane_rowcount: true,
            supports_sane_multi_rowcount: true,
            tuple_in_values: false,
            div_is_floordiv: true,
            cte_follows_insert: false,
            requires_name_normalize: false,
            json_native: false,
            switches: Vec::new(),
            render_bind_cast: false,
            initial_quote: '"',
            final_quote: '"',
            omit_schema: false,
            backslash_escapes: None,
            schema_map: None,
            version: 0,
        }
    }
}

impl Dialect {
    /// Fresh dialect data by name: `sqlite`, `postgresql`, `mysql`, `mariadb`, `oracle`, `default`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "default" => Self::default(),
            "sqlite" => super::sqlite::dialect(),
            "postgresql" | "postgres" => super::postgresql::dialect(),
            "mysql" => super::mysql::dialect(),
            "mariadb" => super::mysql::mariadb(),
            "oracle" => super::oracle::dialect(),
            _ => return None,
        })
    }
    /// The dialect of a bare `str()`.
    pub fn for_str() -> Self {
        Self {
            family: Family::Str,
            supports_native_boolean: true,
            supports_multivalues_insert: true,
            supports_sequences: true,
            supports_identity_columns: true,
            preexecute_autoincrement_sequences: true,
            insert_returning: true,
            update_returning: true,
            delete_returning: true,
            update_returning_multifrom: true,
            delete_returning_multifrom: true,
            ..Self::default()
        }
    }
    /// A switch of this dialect, `default` when it was not set.
    pub fn switch(&self, name: &str, default: bool) -> bool {
        self.switches.iter().find(|(n, _)| &**n == name).map_or(default, |(_, v)| *v)
    }
    /// Is the server at least of this version? Unknown counts as newest.
    pub fn at_least(&self, version: &[i64]) -> bool {
        self.server_version.as_deref().is_none_or(|v| v >= version)
    }
    /// Are there sequences? MariaDB has them since 10.3, which only a connection tells.
    pub fn has_sequences(&self) -> bool {
        self.supports_sequences || self.family == Family::MariaDb && self.server_version.as_deref().is_some_and(|v| v >= &[10, 3])
    }
    /// The same dialect, for a text with this `schema_translate_map`.
    pub fn translating(self: &Arc<Self>, map: Option<&crate::compile::SchemaMap>) -> Arc<Self> {
        match map {
            Some(map) => Arc::new(Self { schema_map: Some(map.clone()), ..(**self).clone() }),
            None => self.clone(),
        }
    }
    /// The schema that the map has for that of a type or a sequence; tables are translated by whoever renders them.
    pub fn translated(&self, schema: Option<&Name>) -> Option<Name> {
        let key = schema.map(|s| s.text.clone());
        match self.schema_map.as_ref().and_then(|map| map.iter().find(|(from, _)| *from == key)) {
            Some((_, to)) => to.as_ref().map(|t| Name::new(t.clone())),
            None => schema.cloned(),
        }
    }
    /// A string literal of an expression. Percent signs are doubled where the parameter style would read them.
    pub fn string_literal(&self, text: &str) -> String {
        self.doubled(Quoting::of(self).quote(text))
    }
    /// A string literal of a definition.
    pub fn plain_literal(&self, text: &str) -> String {
        self.doubled(Quoting::of(self).quote_plainly(text))
    }
    /// The literal of an ESCAPE clause.
    pub fn escape_literal(&self, text: &str) -> String {
        self.doubled(Quoting::of(self).quote_escape(text))
    }
    fn doubled(&self, text: String) -> String {
        if self.paramstyle.doubles_percents() { text.replace('%', "%%") } else { text }
    }
    /// MySQL or MariaDB.
    pub fn is_mysql(&self) -> bool {
        matches!(self.family, Family::MySql | Family::MariaDb)
    }
}
