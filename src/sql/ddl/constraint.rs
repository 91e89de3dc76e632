//! Constraints, inside CREATE TABLE and by ALTER TABLE.

use super::phrase::{Shape, checked};
use super::{DdlCompiler, option_flag, option_text};
use crate::ast::{Literal, precedence};
use crate::dialects::Family;
use crate::error::{SqlError, SqlResult};
use crate::name::Name;
use crate::schema::constraint::ConstraintData;
use crate::schema::{Column, Constraint, ConstraintKind, ForeignKey, Table};
use std::sync::Arc;

impl DdlCompiler<'_> {
    /// A table constraint; `None` when there is nothing to render (an empty key, a key inside its column).
    pub fn constraint(&mut self, constraint: &Arc<Constraint>) -> SqlResult<Option<String>> {
        if let Some(text) = self.hooks.and_then(|h| h.constraint(constraint, self)) {
            return text;
        }
        let d = constraint.d.read().clone();
        let body = match &d.kind {
            ConstraintKind::PrimaryKey => {
                if d.columns.is_empty() || self.inside_column(&d) {
                    return Ok(None);
                }
                let columns = primary_key_order(&d)?;
                let mut text = format!("PRIMARY KEY ({})", self.column_list(&columns));
                if let (true, Some(using)) = (self.dialect.is_mysql(), self.mysql_option(&d.dialect_options, "using")) {
                    text.push_str(&format!(" USING {}", self.dialect.quote(&Name::new(using))));
                }
                self.include(&mut text, &d.include);
                text
            }
            ConstraintKind::Unique => {
                if d.columns.is_empty() {
                    return Ok(None);
                }
                let nulls = super::option(&d.dialect_options, "postgresql", "nulls_not_distinct").and_then(|v| v.as_literal());
                let distinct = match (self.dialect.family, nulls) {
                    (Family::PostgreSql, Some(Literal::Bool(true))) => "NULLS NOT DISTINCT ",
                    (Family::PostgreSql, Some(Literal::Bool(false))) => "NULLS DISTINCT ",
                    _ => "",
                };
                let mut text = format!("UNIQUE {distinct}({})", self.column_list(&d.columns));
                self.include(&mut text, &d.include);
                text
            }
            ConstraintKind::Check { sqltext } => format!("CHECK ({})", self.expr(sqltext)?),
            ConstraintKind::ForeignKey { elements, onupdate, ondelete, match_, .. } => {
                match self.foreign_key(&d, elements, onupdate.as_deref(), ondelete.as_deref(), match_.as_deref())? {
                    Some(text) => text,
                    None => return Ok(None),
                }
            }
            ConstraintKind::Exclude { elements, using, where_ } => {
                let mut parts = Vec::new();
                for (e, class, op) in elements {
                    let e = self.expr(&precedence::self_group(e, None))?;
                    parts.push(match class {
                        Some(class) => format!("{e} {class} WITH {op}"),
                        None => format!("{e} WITH {op}"),
                    });
                }
                let where_ = match where_ {
                    Some(w) => format!(" WHERE ({})", self.expr(w)?),
                    None => String::new(),
                };
                format!("EXCLUDE USING {using} ({}){where_}", parts.join(", "))
            }
        };
        let mut out = String::new();
        if let Some(name) = self.constraint_name(&d)? {
            out.push_str(&format!("CONSTRAINT {name} "));
        }
        out.push_str(&body);
        self.deferrability(&mut out, &d)?;
        self.on_conflict(&mut out, &d);
        Ok(Some(out))
    }

    /// PostgreSQL's `INCLUDE (…)`.
    pub(super) fn include(&self, out: &mut String, include: &[(Arc<str>, Vec<Name>)]) {
        if self.dialect.family != Family::PostgreSql {
            return;
        }
        if let Some((_, columns)) = include.iter().find(|(dialect, columns)| &**dialect == "postgresql" && !columns.is_empty()) {
            let names: Vec<String> = columns.iter().map(|c| self.dialect.quote(c)).collect();
            out.push_str(&format!(" INCLUDE ({})", names.join(", ")));
        }
    }

    fn column_list(&self, columns: &[Arc<Column>]) -> String {
        columns.iter().map(|c| self.column_name(c)).collect::<Vec<_>>().join(", ")
    }

    /// SQLite's AUTOINCREMENT needs PRIMARY KEY inside the column.
    fn inside_column(&self, d: &ConstraintData) -> bool {
        let [column] = d.columns.as_slice() else { return false };
        if self.dialect.family != Family::Sqlite {
            return false;
        }
        let Some(table) = d.table.as_ref().and_then(std::sync::Weak::upgrade) else { return false };
        option_flag(&table.d.read().dialect_options, "sqlite", "autoincrement")
            && column.ty().affinity == crate::types::Affinity::Integer
            && column.d.read().foreign_keys.is_empty()
    }

    fn foreign_key(
        &self,
        d: &ConstraintData,
        elements: &[Arc<ForeignKey>],
        onupdate: Option<&str>,
        ondelete: Option<&str>,
        match_: Option<&str>,
    ) -> SqlResult<Option<String>> {
        let mut remote_columns = Vec::new();
        let mut remote: Option<Arc<Table>> = None;
        for element in elements {
            let column = element.column()?;
            if let crate::schema::ColumnParent::Table(t) = &column.d.read().parent {
                remote = remote.or_else(|| t.upgrade());
            }
            remote_columns.push(column.clone());
        }
        let Some(remote) = remote else {
            return Err(SqlError::invalid_request("This ForeignKeyConstraint does not refer to a table"));
        };
        if self.dialect.family == Family::Sqlite {
            // SQLite cannot refer to another attached database.
            let local = d.table.as_ref().and_then(std::sync::Weak::upgrade);
            if local.is_some_and(|l| self.schema_of(l.d.read().schema.clone()) != self.schema_of(remote.d.read().schema.clone()))
            {
                return Ok(None);
            }
        }
        let remote_name =
            if self.dialect.family == Family::Sqlite { self.dialect.quote(&remote.name) } else { self.table_name(&remote) };
        let mut out = format!(
            "FOREIGN KEY({}) REFERENCES {remote_name} ({})",
            self.column_list(&d.columns),
            self.column_list(&remote_columns)
        );
        if let Some(m) = match_ {
            if self.dialect.is_mysql() {
                return Err(SqlError::compile(
                    "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE clauses to be ignored.",
                ));
            }
            out.push_str(&format!(" MATCH {}", checked(m, "MATCH", Shape::Words)?));
        }
        for (what, text) in [("ON DELETE", ondelete), ("ON UPDATE", onupdate)] {
            if let Some(text) = text {
                if what == "ON UPDATE" && self.dialect.family == Family::Oracle {
                    continue;
                }
                let columns = what == "ON DELETE" && self.dialect.family == Family::PostgreSql;
                let shape = if columns { Shape::WordsAndColumns } else { Shape::Words };
                out.push_str(&format!(" {what} {}", checked(text, what, shape)?));
            }
        }
        Ok(Some(out))
    }

    fn deferrability(&self, out: &mut String, d: &ConstraintData) -> SqlResult<()> {
        if matches!(d.kind, ConstraintKind::Check { .. }) && d.deferrable.is_none() && d.initially.is_none() {
            return Ok(());
        }
        if self.dialect.is_mysql()
            && matches!(d.kind, ConstraintKind::Unique | ConstraintKind::PrimaryKey | ConstraintKind::Check { .. })
            && d.deferrable.is_none()
            && d.initially.is_none()
        {
            return Ok(());
        }
        match d.deferrable {
            Some(true) => out.push_str(" DEFERRABLE"),
            Some(false) => out.push_str(" NOT DEFERRABLE"),
            None => {}
        }
        if let Some(initially) = &d.initially {
            out.push_str(&format!(" INITIALLY {}", checked(initially, "INITIALLY", Shape::Words)?));
        }
        Ok(())
    }

    fn on_conflict(&self, out: &mut String, d: &ConstraintData) {
        if self.dialect.family == Family::Sqlite {
            let column_option = match d.kind {
                ConstraintKind::PrimaryKey => "on_conflict_primary_key",
                ConstraintKind::Unique => "on_conflict_unique",
                _ => "on_conflict",
            };
            let text = option_text(&d.dialect_options, "sqlite", "on_conflict").or_else(|| match d.columns.as_slice() {
                [only] => option_text(&only.d.read().dialect_options, "sqlite", column_option),
                _ => None,
            });
            if let Some(text) = text {
                out.push_str(&format!(" ON CONFLICT {text}"));
            }
        }
        if self.dialect.family == Family::PostgreSql && option_flag(&d.dialect_options, "postgresql", "not_valid") {
            out.push_str(" NOT VALID");
        }
    }

    /// A constraint's quoted name, after naming conventions; `None` when it is unnamed.
    pub fn constraint_name(&self, d: &ConstraintData) -> SqlResult<Option<String>> {
        let Some((name, generated)) = d.rendered_name()? else { return Ok(None) };
        self.limited(&name, self.dialect.max_constraint_name_length, generated).map(Some)
    }

    pub(super) fn add_constraint(&mut self, constraint: &Arc<Constraint>) -> SqlResult<String> {
        let table = table_of(constraint)?;
        let text = self.constraint(constraint)?.unwrap_or_default();
        Ok(format!("ALTER TABLE {} ADD {text}", self.table_name(&table)))
    }

    pub(super) fn drop_constraint(&mut self, constraint: &Arc<Constraint>, if_exists: bool, cascade: bool) -> SqlResult<String> {
        let table = table_of(constraint)?;
        let d = constraint.d.read().clone();
        let Some(name) = self.constraint_name(&d)? else {
            return Err(SqlError::compile(format!("Can't emit DROP CONSTRAINT for constraint {}; it has no name", d.describe())));
        };
        let table = self.table_name(&table);
        let exists = super::table::exists(if_exists);
        if self.dialect.is_mysql() {
            let what = match d.kind {
                ConstraintKind::ForeignKey { .. } => format!("FOREIGN KEY {name}"),
                ConstraintKind::PrimaryKey => "PRIMARY KEY ".to_owned(),
                ConstraintKind::Unique => format!("INDEX {name}"),
                ConstraintKind::Check { .. } if self.dialect.family == Family::MySql => format!("CHECK {name}"),
                _ => format!("CONSTRAINT {name}"),
            };
            return Ok(format!("ALTER TABLE {table} DROP {what}"));
        }
        Ok(format!("ALTER TABLE {table} DROP CONSTRAINT {exists}{name}{}", if cascade { " CASCADE" } else { "" }))
    }
}

/// Columns in the order PRIMARY KEY lists them: an implicit key puts the autoincrement column first.
fn primary_key_order(d: &ConstraintData) -> SqlResult<Vec<Arc<Column>>> {
    let mut columns = d.columns.clone();
    if d.implicit
        && let Some(table) = d.table.as_ref().and_then(std::sync::Weak::upgrade)
        && let Some(auto) = table.autoincrement_column()?
        && let Some(at) = columns.iter().position(|c| Arc::ptr_eq(c, &auto))
    {
        let column = columns.remove(at);
        columns.insert(0, column);
    }
    Ok(columns)
}

pub(super) fn table_of(constraint: &Constraint) -> SqlResult<Arc<Table>> {
    constraint.d.read().table.as_ref().and_then(std::sync::Weak::upgrade).ok_or_else(|| {
        SqlError::invalid_request(
            "This constraint is not bound to a table.  Did you mean to call table.append_constraint(constraint) ?",
        )
    })
}

impl ConstraintData {
    /// Short description for messages.
    pub fn describe(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|c| c.name().to_string()).collect();
        let kind = match self.kind {
            ConstraintKind::PrimaryKey => "PrimaryKeyConstraint",
            ConstraintKind::Unique => "UniqueConstraint",
            ConstraintKind::Check { .. } => "CheckConstraint",
            ConstraintKind::ForeignKey { .. } => "ForeignKeyConstraint",
            ConstraintKind::Exclude { .. } => "ExcludeConstraint",
        };
        format!("{kind}({})", columns.join(", "))
    }
    /// The name to render, and whether a convention made it (then it may be shortened).
    pub fn rendered_name(&self) -> SqlResult<Option<(crate::Name, bool)>> {
        Ok(self.name.clone().map(|n| (n, self.name_is_conv)))
    }
}
