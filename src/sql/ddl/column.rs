//! Column specifications.

use super::{DdlCompiler, option_flag, option_text};
use crate::ast::{Expr, ExprKind};
use crate::dialects::{Family, types};
use crate::error::{SqlError, SqlResult};
use crate::schema::{Column, ColumnParent, ConstraintKind, Default_, ServerDefault, Table};
use crate::types::Affinity;
use std::sync::Arc;

/// What a specification needs to know of a column, read once.
struct Facts {
    table: Option<Arc<Table>>,
    autoincrement: bool,
    identity: bool,
    nullable: bool,
    server_default: Option<ServerDefault>,
    default: Option<Default_>,
    primary_key: bool,
}

impl DdlCompiler<'_> {
    /// `name TYPE …` with column-level CHECKs; `None` when user code leaves the column out.
    pub fn create_column(&mut self, column: &Arc<Column>) -> SqlResult<Option<String>> {
        if let Some(text) = self.hooks.and_then(|h| h.column(column, self)) {
            return text;
        }
        let mut text = self.column_specification(column)?;
        for check in self.column_checks(column)? {
            text.push(' ');
            text.push_str(&check);
        }
        Ok(Some(text))
    }

    /// CHECK constraints that stand inside the column's specification.
    fn column_checks(&mut self, column: &Arc<Column>) -> SqlResult<Vec<String>> {
        let checks = column.d.read().checks.clone();
        let mut out = Vec::new();
        for check in checks {
            if self.hooks.is_none_or(|h| h.wanted(&check, self.dialect))
                && matches!(check.d.read().kind, ConstraintKind::Check { .. })
                && let Some(text) = self.constraint(&check)?
            {
                out.push(text);
            }
        }
        Ok(out)
    }

    fn facts(&self, column: &Arc<Column>) -> SqlResult<Facts> {
        let d = column.d.read().clone();
        let table = match &d.parent {
            ColumnParent::Table(t) => t.upgrade(),
            _ => None,
        };
        let autoincrement = match &table {
            Some(t) => t.autoincrement_column()?.is_some_and(|c| Arc::ptr_eq(&c, column)),
            None => false,
        };
        let identity = matches!(d.server_default, Some(ServerDefault::Identity(_)));
        Ok(Facts {
            table,
            autoincrement,
            identity,
            nullable: d.nullable,
            server_default: d.server_default,
            default: d.default,
            primary_key: d.primary_key,
        })
    }

    /// `name TYPE DEFAULT … NOT NULL`, in the dialect's order.
    pub fn column_specification(&mut self, column: &Arc<Column>) -> SqlResult<String> {
        let facts = self.facts(column)?;
        match self.dialect.family {
            Family::Sqlite => self.sqlite_column(column, &facts),
            Family::PostgreSql => self.postgresql_column(column, &facts),
            Family::MySql | Family::MariaDb => self.mysql_column(column, &facts, true),
            _ => self.plain_column(column, &facts),
        }
    }

    fn head(&self, column: &Arc<Column>) -> SqlResult<String> {
        Ok(format!("{} {}", self.column_name(column), self.type_text(&column.ty(), Some(column))?))
    }

    fn plain_column(&mut self, column: &Arc<Column>, f: &Facts) -> SqlResult<String> {
        let mut out = self.head(column)?;
        if let Some(default) = self.default_text(f.server_default.as_ref())? {
            out.push_str(" DEFAULT ");
            out.push_str(&default);
        }
        self.push_computed(&mut out, f)?;
        let identity = f.identity && self.dialect.supports_identity_columns;
        if identity {
            self.push_identity(&mut out, f);
        }
        if !f.nullable && !identity {
            out.push_str(" NOT NULL");
        }
        Ok(out)
    }

    fn sqlite_column(&mut self, column: &Arc<Column>, f: &Facts) -> SqlResult<String> {
        let mut out = self.head(column)?;
        if let Some(default) = self.default_text(f.server_default.as_ref())? {
            let plain =
                default.trim_start().starts_with(['\'', '"', '(']) || default.chars().all(|c| c.is_alphanumeric() || c == '_');
            if plain {
                out.push_str(&format!(" DEFAULT {default}"));
            } else {
                out.push_str(&format!(" DEFAULT ({default})"));
            }
        }
        let options = column.d.read().dialect_options.clone();
        if !f.nullable {
            out.push_str(" NOT NULL");
            if let Some(v) = option_text(&options, "sqlite", "on_conflict_not_null") {
                out.push_str(&format!(" ON CONFLICT {v}"));
            }
        }
        if let (true, Some(table)) = (f.primary_key, &f.table) {
            let count = table.d.read().primary_key.as_ref().map_or(0, |pk| pk.d.read().columns.len());
            let wanted = column.d.read().autoincrement == crate::schema::Autoincrement::True;
            let sqlite_autoincrement = option_flag(&table.d.read().dialect_options, "sqlite", "autoincrement");
            if wanted && count != 1 {
                return Err(SqlError::compile("SQLite does not support autoincrement for composite primary keys"));
            }
            if sqlite_autoincrement
                && count == 1
                && column.ty().affinity == Affinity::Integer
                && column.d.read().foreign_keys.is_empty()
            {
                out.push_str(" PRIMARY KEY");
                if let Some(v) = option_text(&options, "sqlite", "on_conflict_primary_key") {
                    out.push_str(&format!(" ON CONFLICT {v}"));
                }
                out.push_str(" AUTOINCREMENT");
            }
        }
        self.push_computed(&mut out, f)?;
        Ok(out)
    }

    fn postgresql_column(&mut self, column: &Arc<Column>, f: &Facts) -> SqlResult<String> {
        let mut out = self.column_name(column);
        let identity = f.identity && self.dialect.supports_identity_columns;
        let ty = column.ty();
        let impl_ty = types::resolved(&ty, &self.dialect.name);
        let optional_sequence = match &f.default {
            None => true,
            Some(Default_::Sequence(s)) => s.optional,
            _ => false,
        };
        // a column that was reflected has the sequence's default, and says that it counts by itself
        let counts = f.server_default.is_none() || column.d.read().autoincrement == crate::schema::Autoincrement::True;
        if f.primary_key && f.autoincrement && !identity && counts && optional_sequence {
            out.push_str(match &*impl_ty.visit_name {
                "big_integer" | "BIGINT" => " BIGSERIAL",
                "small_integer" | "SMALLINT" => " SMALLSERIAL",
                _ => " SERIAL",
            });
        } else {
            out.push(' ');
            out.push_str(&self.type_text(&ty, Some(column))?);
            if let Some(default) = self.default_text(f.server_default.as_ref())? {
                out.push_str(" DEFAULT ");
                out.push_str(&default);
            }
        }
        self.push_computed(&mut out, f)?;
        if identity {
            self.push_identity(&mut out, f);
        }
        if !f.nullable && !identity {
            out.push_str(" NOT NULL");
        } else if f.nullable && identity {
            out.push_str(" NULL");
        }
        Ok(out)
    }

    /// Newer servers take any expression as default, in parentheses. Literals, names and ON UPDATE clauses stand as they are.
    fn is_default_expression(&self, default: &str) -> bool {
        let since: &[i64] = if self.dialect.family == Family::MariaDb { &[10, 2, 1] } else { &[8, 0, 13] };
        self.dialect.at_least(since)
            && !default.trim_start().starts_with(['\'', '"', '('])
            && !default.to_uppercase().contains("ON UPDATE")
            && default.contains(|c: char| !c.is_alphanumeric() && c != '_')
    }

    /// The specification of a column without its comment.
    pub(super) fn uncommented_column(&mut self, column: &Arc<Column>) -> SqlResult<String> {
        let facts = self.facts(column)?;
        self.mysql_column(column, &facts, false)
    }

    fn mysql_column(&mut self, column: &Arc<Column>, f: &Facts, comments: bool) -> SqlResult<String> {
        let mut out = self.head(column)?;
        self.push_computed(&mut out, f)?;
        let timestamp = &*types::resolved(&column.ty(), &self.dialect.name).visit_name == "TIMESTAMP";
        if !f.nullable {
            out.push_str(" NOT NULL");
        } else if timestamp {
            out.push_str(" NULL");
        }
        if let (Some(comment), true) = (&column.d.read().comment, comments) {
            out.push_str(&format!(" COMMENT {}", self.literal(comment)));
        }
        let sequence = self.dialect.has_sequences() && matches!(&f.default, Some(Default_::Sequence(s)) if !s.optional);
        if f.autoincrement && (f.server_default.is_none() || f.identity) && !sequence {
            out.push_str(" AUTO_INCREMENT");
        } else if let Some(default) = self.default_text(f.server_default.as_ref())? {
            if self.is_default_expression(&default) {
                out.push_str(&format!(" DEFAULT ({default})"));
            } else {
                out.push_str(&format!(" DEFAULT {default}"));
            }
        }
        Ok(out)
    }

    /// The text behind DEFAULT.
    pub fn default_text(&self, default: Option<&ServerDefault>) -> SqlResult<Option<String>> {
        Ok(match default {
            Some(ServerDefault::Literal(text)) => Some(self.literal(text)),
            Some(ServerDefault::Sql(e)) => Some(self.expr(e)?),
            Some(ServerDefault::Sequence(s)) => {
                Some(self.expr(&Expr::new(ExprKind::Sequence(s.clone()), crate::types::integer()))?)
            }
            Some(ServerDefault::Fetched | ServerDefault::Computed(_) | ServerDefault::Identity(_)) | None => None,
        })
    }

    fn push_computed(&self, out: &mut String, f: &Facts) -> SqlResult<()> {
        if let Some(ServerDefault::Computed(computed)) = &f.server_default {
            let text = self.computed(computed)?;
            out.push(' ');
            out.push_str(&text);
        }
        Ok(())
    }

    fn push_identity(&self, out: &mut String, f: &Facts) {
        if let Some(ServerDefault::Identity(identity)) = &f.server_default {
            out.push(' ');
            out.push_str(&self.identity(identity));
        }
    }
}
