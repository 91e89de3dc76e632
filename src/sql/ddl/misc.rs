//! Sequences, schemas, comments, views, named types; identity and computed columns.

use super::table::exists;
use super::{Ddl, DdlCompiler};
use crate::ast::{ExprRef, Node};
use crate::dialects::Family;
use crate::error::{SqlError, SqlResult};
use crate::name::Name;
use crate::schema::{Column, ColumnParent, Computed, Identity, IdentityOptions, Sequence, ServerDefault, Table};
use crate::types::TypeRef;
use std::sync::Arc;

impl DdlCompiler<'_> {
    pub(super) fn misc(&mut self, ddl: &Ddl) -> SqlResult<String> {
        Ok(match ddl {
            Ddl::CreateSequence { sequence, if_not_exists } => self.create_sequence(sequence, *if_not_exists)?,
            Ddl::DropSequence { sequence, if_exists } => {
                format!("DROP SEQUENCE {}{}", exists(*if_exists), self.sequence_name(sequence))
            }
            Ddl::CreateSchema { name, if_not_exists } => {
                format!("CREATE SCHEMA {}{}", not_exists(*if_not_exists), self.dialect.quote(name))
            }
            Ddl::DropSchema { name, if_exists, cascade } => {
                format!(
                    "DROP SCHEMA {}{}{}",
                    exists(*if_exists),
                    self.dialect.quote(name),
                    if *cascade { " CASCADE" } else { "" }
                )
            }
            Ddl::SetTableComment { table } => {
                let comment = table.d.read().comment.clone();
                let text = comment.as_deref().map_or_else(|| "NULL".to_owned(), |c| self.literal(c));
                if self.dialect.is_mysql() {
                    format!("ALTER TABLE {} COMMENT {text}", self.table_name(table))
                } else {
                    format!("COMMENT ON TABLE {} IS {text}", self.table_name(table))
                }
            }
            Ddl::DropTableComment { table } => match self.dialect.family {
                Family::MySql | Family::MariaDb => format!("ALTER TABLE {} COMMENT ''", self.table_name(table)),
                Family::Oracle => format!("COMMENT ON TABLE {} IS ''", self.table_name(table)),
                _ => format!("COMMENT ON TABLE {} IS NULL", self.table_name(table)),
            },
            Ddl::SetColumnComment { column } => self.column_comment(column, false)?,
            Ddl::DropColumnComment { column } => self.column_comment(column, true)?,
            Ddl::SetConstraintComment { constraint } | Ddl::DropConstraintComment { constraint } => {
                let table = super::constraint::table_of(constraint)?;
                let d = constraint.d.read().clone();
                let Some(name) = self.constraint_name(&d)? else {
                    return Err(SqlError::compile("Can't emit COMMENT for a constraint without a name"));
                };
                let text = match (&d.comment, ddl) {
                    (Some(comment), Ddl::SetConstraintComment { .. }) => self.literal(comment),
                    _ => "NULL".to_owned(),
                };
                format!("COMMENT ON CONSTRAINT {name} ON {} IS {text}", self.table_name(&table))
            }
            Ddl::CreateView { table, query, or_replace, if_not_exists, temporary, materialized } => {
                format!(
                    "CREATE {}{}{}VIEW {}{} AS {}",
                    if *or_replace { "OR REPLACE " } else { "" },
                    if *temporary { "TEMPORARY " } else { "" },
                    if *materialized { "MATERIALIZED " } else { "" },
                    not_exists(*if_not_exists),
                    self.table_name(table),
                    self.sql(&Node::Query(query.clone()), false)?
                )
            }
            Ddl::DropView { table, if_exists, materialized } => format!(
                "\nDROP {}VIEW {}{}",
                if *materialized { "MATERIALIZED " } else { "" },
                exists(*if_exists),
                self.table_name(table)
            ),
            Ddl::CreateTableAs { table, query, if_not_exists, temporary } => format!(
                "CREATE {}TABLE {}{} AS {}",
                if *temporary { "TEMPORARY " } else { "" },
                not_exists(*if_not_exists),
                self.table_name(table),
                self.sql(&Node::Query(query.clone()), false)?
            ),
            Ddl::CreateType { ty } => self.create_type(ty)?,
            Ddl::CreateDomain { ty, default, constraint_name, check } => {
                self.create_domain(ty, default.as_ref(), constraint_name.as_ref(), check.as_ref())?
            }
            Ddl::DropType { ty } => match &ty.name {
                Some(name) => {
                    let what = if &*ty.visit_name == "DOMAIN" { "DOMAIN" } else { "TYPE" };
                    format!("DROP {what} {}", self.dialect.qualified(self.schema_of(ty.schema.clone()).as_ref(), name))
                }
                None => return Err(SqlError::compile("PostgreSQL ENUM type requires a name.")),
            },
            _ => return Err(SqlError::compile("Not a DDL statement that can be rendered")),
        })
    }

    fn create_type(&self, ty: &TypeRef) -> SqlResult<String> {
        let Some(name) = &ty.name else {
            return Err(SqlError::compile("PostgreSQL ENUM type requires a name."));
        };
        let name = self.dialect.qualified(self.schema_of(ty.schema.clone()).as_ref(), name);
        let members: Vec<String> = ty.enums.iter().map(|e| self.literal(e)).collect();
        Ok(format!("CREATE TYPE {name} AS ENUM ({})", members.join(", ")))
    }

    fn create_domain(
        &self,
        ty: &TypeRef,
        default: Option<&ServerDefault>,
        constraint_name: Option<&Name>,
        check: Option<&ExprRef>,
    ) -> SqlResult<String> {
        let (Some(name), Some(item)) = (&ty.name, &ty.item) else {
            return Err(SqlError::compile("PostgreSQL DOMAIN type requires a name and a data type."));
        };
        let mut options = Vec::new();
        if let Some(collation) = crate::dialects::types::collation(self.dialect, ty) {
            options.push(format!("COLLATE {collation}"));
        }
        if let Some(default) = self.default_text(default)? {
            options.push(format!("DEFAULT {default}"));
        }
        if let Some(name) = constraint_name {
            options.push(format!("CONSTRAINT {}", self.dialect.quote(name)));
        }
        if ty.flag("not_null") {
            options.push("NOT NULL".to_owned());
        }
        if let Some(check) = check {
            options.push(format!("CHECK ({})", self.expr(check)?));
        }
        let name = self.dialect.qualified(self.schema_of(ty.schema.clone()).as_ref(), name);
        Ok(format!("CREATE DOMAIN {name} AS {} {}", self.type_text(item, None)?, options.join(" ")))
    }

    fn sequence_name(&self, sequence: &Sequence) -> String {
        self.dialect.qualified(self.schema_of(sequence.schema.read().clone()).as_ref(), &sequence.name)
    }

    fn create_sequence(&self, sequence: &Sequence, if_not_exists: bool) -> SqlResult<String> {
        let mut out = format!("CREATE SEQUENCE {}{}", not_exists(if_not_exists), self.sequence_name(sequence));
        let typed = !self.dialect.is_mysql() && self.dialect.family != Family::Oracle;
        if let (Some(ty), true) = (&sequence.data_type, typed) {
            out.push_str(&format!(" AS {}", self.type_text(ty, None)?));
        }
        let options = self.identity_options(&sequence.options);
        if !options.is_empty() {
            out.push(' ');
            out.push_str(&options);
        }
        Ok(out)
    }

    fn column_comment(&self, column: &Arc<Column>, drop: bool) -> SqlResult<String> {
        let table: Option<Arc<Table>> = match &column.d.read().parent {
            ColumnParent::Table(t) => t.upgrade(),
            _ => None,
        };
        let Some(table) = table else {
            return Err(SqlError::compile(format!("Column '{}' is not part of a table", column.name())));
        };
        let comment = column.d.read().comment.clone();
        if self.dialect.is_mysql() {
            let mut compiler = DdlCompiler { dialect: self.dialect, opts: self.opts, hooks: self.hooks };
            let text = if drop { compiler.uncommented_column(column)? } else { compiler.column_specification(column)? };
            return Ok(format!("ALTER TABLE {} CHANGE {} {text}", self.table_name(&table), self.column_name(column)));
        }
        let text = match (&comment, drop) {
            (Some(c), false) => self.literal(c),
            _ if self.dialect.family == Family::Oracle => "''".to_owned(),
            _ => "NULL".to_owned(),
        };
        Ok(format!("COMMENT ON COLUMN {}.{} IS {text}", self.table_name(&table), self.column_name(column)))
    }

    /// `GENERATED ALWAYS AS (…) STORED`.
    pub fn computed(&self, computed: &Computed) -> SqlResult<String> {
        let mut out = format!("GENERATED ALWAYS AS ({})", self.expr(&computed.sqltext)?);
        // Without a word a column is virtual since PostgreSQL 18, and before there were no virtual ones.
        let stored_only = self.dialect.family == Family::PostgreSql && !self.dialect.at_least(&[18]);
        match (self.dialect.family, computed.persisted) {
            (_, None) if stored_only => out.push_str(" STORED"),
            (_, Some(false)) if stored_only => {
                return Err(SqlError::compile(
                    "PostrgreSQL computed columns do not support 'virtual' persistence; set the 'persisted' flag to None or True for \
                     PostgreSQL support.",
                ));
            }
            (_, None) => {}
            (Family::Oracle, Some(true)) => {
                return Err(SqlError::compile(
                    "Oracle Database computed columns do not support 'stored' persistence; set the 'persisted' flag to None or False \
                     for Oracle Database support.",
                ));
            }
            (_, Some(true)) => out.push_str(" STORED"),
            (_, Some(false)) => out.push_str(" VIRTUAL"),
        }
        Ok(out)
    }

    /// `GENERATED BY DEFAULT AS IDENTITY (…)`.
    pub fn identity(&self, identity: &Identity) -> String {
        let kind = match (self.dialect.family, identity.always) {
            (Family::Oracle, None) => "",
            (_, Some(true)) => "ALWAYS ",
            _ => "BY DEFAULT ",
        };
        let on_null = if self.dialect.family == Family::Oracle && identity.on_null == Some(true) { "ON NULL " } else { "" };
        let options = self.identity_options(&identity.options);
        let mut out = format!("GENERATED {kind}{on_null}AS IDENTITY");
        if !options.is_empty() {
            out.push_str(&format!(" ({options})"));
        }
        out
    }

    fn identity_options(&self, o: &IdentityOptions) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some(v) = o.increment {
            parts.push(format!("INCREMENT BY {v}"));
        }
        if let Some(v) = o.start {
            parts.push(format!("START WITH {v}"));
        }
        if let Some(v) = o.minvalue {
            parts.push(format!("MINVALUE {v}"));
        }
        if let Some(v) = o.maxvalue {
            parts.push(format!("MAXVALUE {v}"));
        }
        let joined =
            if self.dialect.family == Family::Oracle { ("NOMINVALUE", "NOMAXVALUE") } else { ("NO MINVALUE", "NO MAXVALUE") };
        if o.nominvalue == Some(true) {
            parts.push(joined.0.to_owned());
        }
        if o.nomaxvalue == Some(true) {
            parts.push(joined.1.to_owned());
        }
        if let Some(v) = o.cache {
            parts.push(format!("CACHE {v}"));
        }
        if let (Some(v), Family::Oracle) = (o.order, self.dialect.family) {
            parts.push(if v { "ORDER" } else { "NOORDER" }.to_owned());
        }
        if let Some(v) = o.cycle {
            let joined = self.dialect.family == Family::Oracle || self.dialect.is_mysql();
            let no = if joined { "NOCYCLE" } else { "NO CYCLE" };
            parts.push(if v { "CYCLE" } else { no }.to_owned());
        }
        parts.join(" ")
    }
}

fn not_exists(flag: bool) -> &'static str {
    if flag { "IF NOT EXISTS " } else { "" }
}
