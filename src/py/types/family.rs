//! How databases take values, as far as conversion cares.

/// A family of databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Temporals, decimals, UUIDs and JSON are text or numbers.
    Sqlite,
    /// Everything has a native form.
    Postgresql,
    /// Temporals and decimals are native; UUIDs and intervals are not.
    Mysql,
    /// Compile only.
    Other,
}

impl Family {
    /// Of a dialect by name.
    pub fn of(dialect: &str) -> Self {
        match dialect {
            "sqlite" => Self::Sqlite,
            "postgresql" => Self::Postgresql,
            "mysql" | "mariadb" => Self::Mysql,
            _ => Self::Other,
        }
    }
}
