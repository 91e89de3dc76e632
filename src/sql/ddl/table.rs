//! CREATE TABLE, DROP TABLE, and what stands behind the closing parenthesis.

use super::{Ddl, DdlCompiler, option_flag, option_text};
use crate::dialects::Family;
use crate::error::{SqlError, SqlResult};
use crate::name::Name;
use crate::schema::{Constraint, ConstraintKind, Table};
use std::fmt::Write;
use std::sync::Arc;

impl DdlCompiler<'_> {
    /// Any DDL statement.
    pub fn ddl(&mut self, ddl: &Ddl) -> SqlResult<String> {
        match ddl {
            Ddl::CreateTable { table, if_not_exists, include_foreign_keys } => {
                self.create_table(table, *if_not_exists, include_foreign_keys.as_deref())
            }
            Ddl::DropTable { table, if_exists } => Ok(format!("\nDROP TABLE {}{}", exists(*if_exists), self.table_name(table))),
            Ddl::CreateColumn { column } => Ok(self.create_column(column)?.unwrap_or_default()),
            Ddl::CreateIndex { index, if_not_exists } => self.create_index(index, *if_not_exists),
            Ddl::DropIndex { index, if_exists } => self.drop_index(index, *if_exists),
            Ddl::AddConstraint { constraint } => self.add_constraint(constraint),
            Ddl::DropConstraint { constraint, if_exists, cascade } => self.drop_constraint(constraint, *if_exists, *cascade),
            Ddl::Constraint { constraint } => Ok(self.constraint(constraint)?.unwrap_or_default()),
            Ddl::Text { text } => Ok(text.to_string()),
            other => self.misc(other),
        }
    }

    fn create_table(
        &mut self,
        table: &Arc<Table>,
        if_not_exists: bool,
        include_foreign_keys: Option<&[Arc<Constraint>]>,
    ) -> SqlResult<String> {
        let (columns, prefixes) = {
            let d = table.d.read();
            (d.columns.values().cloned().collect::<Vec<_>>(), d.prefixes.clone())
        };
        let mut out = String::from("\nCREATE ");
        for prefix in &prefixes {
            out.push_str(prefix);
            out.push(' ');
        }
        out.push_str("TABLE ");
        if if_not_exists {
            out.push_str("IF NOT EXISTS ");
        }
        let name = self.table_name(table);
        out.push_str(&name);
        out.push_str(self.suffix_before_parenthesis());
        out.push_str(" (");
        let mut separator = "\n";
        for column in &columns {
            if column.d.read().system {
                continue;
            }
            let text = self.create_column(column).map_err(|e| SqlError {
                message: format!("(in table '{}', column '{}'): {}", described(table), column.name(), e.message),
                ..e
            })?;
            if let Some(text) = text {
                let _ = write!(out, "{separator}\t{text}");
                separator = ", \n";
            }
        }
        for constraint in self.table_constraints(table, include_foreign_keys) {
            if let Some(text) = self.constraint(&constraint)? {
                let _ = write!(out, "{separator}\t{text}");
                separator = ", \n";
            }
        }
        let _ = write!(out, "\n){}\n\n", self.table_options(table)?);
        Ok(out)
    }

    fn suffix_before_parenthesis(&self) -> &'static str {
        ""
    }

    /// The constraints that belong inside CREATE TABLE, primary key first.
    fn table_constraints(&self, table: &Table, include_foreign_keys: Option<&[Arc<Constraint>]>) -> Vec<Arc<Constraint>> {
        let d = table.d.read();
        let mut out: Vec<Arc<Constraint>> = d.primary_key.iter().cloned().collect();
        for constraint in &d.constraints {
            if d.primary_key.as_ref().is_some_and(|pk| Arc::ptr_eq(pk, constraint)) {
                continue;
            }
            let c = constraint.d.read();
            if let ConstraintKind::ForeignKey { use_alter, .. } = &c.kind {
                let left_out = match include_foreign_keys {
                    Some(wanted) => self.dialect.supports_alter && !wanted.iter().any(|w| Arc::ptr_eq(w, constraint)),
                    None => *use_alter && self.dialect.supports_alter,
                };
                if left_out {
                    continue;
                }
            }
            out.push(constraint.clone());
        }
        drop(d);
        match self.hooks {
            Some(hooks) => out.into_iter().filter(|c| hooks.wanted(c, self.dialect)).collect(),
            None => out,
        }
    }

    fn table_options(&self, table: &Table) -> SqlResult<String> {
        let d = table.d.read();
        let options = &d.dialect_options;
        Ok(match self.dialect.family {
            Family::Sqlite => {
                let mut parts = Vec::new();
                if !option_flag(options, "sqlite", "with_rowid") && super::option(options, "sqlite", "with_rowid").is_some() {
                    parts.push("WITHOUT ROWID");
                }
                if option_flag(options, "sqlite", "strict") {
                    parts.push("STRICT");
                }
                if parts.is_empty() { String::new() } else { format!("\n {}", parts.join(",\n ")) }
            }
            Family::PostgreSql => {
                let mut out = String::new();
                if let Some(parents) = super::option(options, "postgresql", "inherits") {
                    let parents = parents.as_list().unwrap_or_else(|| vec![parents.clone()]);
                    let names: Vec<String> =
                        parents.iter().filter_map(|p| p.as_text()).map(|p| self.dialect.quote(&Name::new(p))).collect();
                    if !names.is_empty() {
                        let _ = write!(out, "\n INHERITS ({})", names.join(", "));
                    }
                }
                if let Some(v) = option_text(options, "postgresql", "partition_by") {
                    let _ = write!(out, "\n PARTITION BY {v}");
                }
                if let Some(v) = option_text(options, "postgresql", "using") {
                    let _ = write!(out, "\n USING {v}");
                }
                match super::option(options, "postgresql", "with_oids").and_then(|v| v.as_literal()) {
                    Some(crate::ast::Literal::Bool(true)) => out.push_str("\n WITH OIDS"),
                    Some(crate::ast::Literal::Bool(false)) => out.push_str("\n WITHOUT OIDS"),
                    _ => {}
                }
                if let Some(with) = storage_parameters(options) {
                    let _ = write!(out, "\n {with}");
                }
                if let Some(v) = option_text(options, "postgresql", "on_commit") {
                    let _ = write!(out, "\n ON COMMIT {}", v.replace('_', " ").to_uppercase());
                }
                if let Some(v) = option_text(options, "postgresql", "tablespace") {
                    let _ = write!(out, "\n TABLESPACE {}", self.dialect.quote(&v.as_str().into()));
                }
                out
            }
            Family::MySql | Family::MariaDb => self.mysql_table_options(&d),
            Family::Oracle => {
                let mut out = String::new();
                if let Some(v) = option_text(options, "oracle", "on_commit") {
                    let _ = write!(out, "\n ON COMMIT {}", v.replace('_', " ").to_uppercase());
                }
                if option_flag(options, "oracle", "compress") {
                    match option_text(options, "oracle", "compress") {
                        Some(v) if v != "1" => {
                            let _ = write!(out, "\n COMPRESS FOR {v}");
                        }
                        _ => out.push_str("\n COMPRESS"),
                    }
                }
                out
            }
            Family::Default | Family::Str => String::new(),
        })
    }

    fn mysql_table_options(&self, d: &crate::schema::table::TableData) -> String {
        let own = &*self.dialect.name;
        let mut options: Vec<(String, String)> = d
            .dialect_options
            .iter()
            .filter(|(dialect, ..)| &**dialect == own)
            .filter_map(|(_, name, value)| Some((name.to_uppercase(), value.as_text()?)))
            .collect();
        if let Some(comment) = &d.comment {
            options.retain(|(name, _)| name != "COMMENT");
            options.push(("COMMENT".to_owned(), comment.to_string()));
        }
        // A collation needs its character set before it, and partitioning stands behind everything else.
        let charset = options
            .iter()
            .any(|(name, _)| matches!(&**name, "CHARSET" | "DEFAULT_CHARSET" | "CHARACTER_SET" | "DEFAULT_CHARACTER_SET"));
        options.sort_by_key(|(name, _)| match name.as_str() {
            "COLLATE" | "DEFAULT_COLLATE" if charset => 1,
            "PARTITION_BY" => 2,
            "PARTITIONS" => 3,
            "SUBPARTITION_BY" => 4,
            "SUBPARTITIONS" => 5,
            _ => 0,
        });
        let parts: Vec<String> = options.iter().map(|(name, value)| self.mysql_table_option(name, value)).collect();
        parts.join(" ")
    }

    fn mysql_table_option(&self, name: &str, value: &str) -> String {
        let value = match name {
            "COMMENT" | "PASSWORD" | "CONNECTION" => self.literal(value),
            _ => value.to_owned(),
        };
        let spaced = match name {
            "DATA_DIRECTORY"
            | "INDEX_DIRECTORY"
            | "DEFAULT_CHARACTER_SET"
            | "CHARACTER_SET"
            | "DEFAULT_CHARSET"
            | "DEFAULT_COLLATE"
            | "PARTITION_BY"
            | "SUBPARTITION_BY" => name.replace('_', " "),
            _ => name.to_owned(),
        };
        let joiner = match spaced.as_str() {
            "TABLESPACE"
            | "DEFAULT CHARACTER SET"
            | "CHARACTER SET"
            | "COLLATE"
            | "PARTITION BY"
            | "PARTITIONS"
            | "SUBPARTITION BY"
            | "SUBPARTITIONS" => " ",
            _ => "=",
        };
        format!("{spaced}{joiner}{value}")
    }
}

/// `WITH (key = value, …)` of a PostgreSQL table or index.
pub(super) fn storage_parameters(options: &[(Arc<str>, Arc<str>, crate::host::HostRef)]) -> Option<String> {
    let pairs = super::option(options, "postgresql", "with")?.as_pairs()?;
    if pairs.is_empty() {
        return None;
    }
    let parts: Vec<String> = pairs.iter().map(|(k, v)| format!("{k} = {}", v.as_text().unwrap_or_else(|| v.repr()))).collect();
    Some(format!("WITH ({})", parts.join(", ")))
}

pub(super) fn exists(if_exists: bool) -> &'static str {
    if if_exists { "IF EXISTS " } else { "" }
}

fn described(table: &Table) -> String {
    table.name.to_string()
}
