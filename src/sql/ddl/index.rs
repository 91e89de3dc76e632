//! CREATE INDEX and DROP INDEX.

use super::phrase::{Shape, checked};
use super::{DdlCompiler, option_flag, option_text};
use crate::Label;
use crate::ast::{ExprKind, ExprRef, Op, precedence};
use crate::dialects::Family;
use crate::error::{SqlError, SqlResult};
use crate::schema::constraint::IndexData;
use crate::schema::{Index, Table};
use std::sync::Arc;

impl DdlCompiler<'_> {
    fn index_table(&self, index: &Index) -> SqlResult<(IndexData, Arc<Table>)> {
        let d = index.d.read().clone();
        let table = d.table.as_ref().and_then(std::sync::Weak::upgrade);
        match table {
            Some(table) => Ok((d, table)),
            None => Err(SqlError::compile(format!(
                "Index '{}' is not associated with any table.",
                d.name.as_ref().map_or("None", |n| n.as_str())
            ))),
        }
    }

    /// The index's name, with its table's schema where the dialect wants it.
    fn index_name(&self, d: &IndexData, table: &Table, with_schema: bool) -> SqlResult<String> {
        let Some(name) = &d.name else {
            return Err(SqlError::compile("CREATE INDEX requires that the index have a name"));
        };
        let limit = self.dialect.max_index_name_length;
        let text = self.limited(name, limit, d.implicit || d.name_is_conv)?;
        let schema = self.schema_of(table.d.read().schema.clone());
        Ok(match schema {
            Some(schema) if with_schema => format!("{}.{text}", self.dialect.quote(&schema)),
            _ => text,
        })
    }

    pub(super) fn create_index(&mut self, index: &Arc<Index>, if_not_exists: bool) -> SqlResult<String> {
        let (d, table) = self.index_table(index)?;
        let family = self.dialect.family;
        let own = &*self.dialect.name.clone();
        let options = &d.dialect_options;
        let mut out = String::from("CREATE ");
        if d.unique {
            out.push_str("UNIQUE ");
        }
        if self.dialect.is_mysql()
            && let Some(prefix) = option_text(options, own, "prefix")
        {
            out.push_str(&prefix);
            out.push(' ');
        }
        if family == Family::Oracle && option_flag(options, "oracle", "bitmap") {
            out.push_str("BITMAP ");
        }
        out.push_str("INDEX ");
        if family == Family::PostgreSql && option_flag(options, "postgresql", "concurrently") {
            out.push_str("CONCURRENTLY ");
        }
        if if_not_exists {
            out.push_str("IF NOT EXISTS ");
        }
        let sqlite = family == Family::Sqlite;
        out.push_str(&self.index_name(&d, &table, sqlite || family == Family::Oracle)?);
        out.push_str(" ON ");
        if family == Family::PostgreSql && option_flag(options, "postgresql", "only") {
            out.push_str("ONLY ");
        }
        out.push_str(&if sqlite { self.dialect.quote(&table.name) } else { self.table_name(&table) });
        if family == Family::PostgreSql
            && let Some(using) = option_text(options, "postgresql", "using")
        {
            let using = checked(&using, "postgresql_using", Shape::Words)?;
            out.push_str(&format!(" USING {}", using.to_lowercase()));
        }
        let mut parts = Vec::new();
        for e in &d.expressions {
            parts.push(self.index_expression(e, &d)?);
        }
        out.push_str(&format!(" ({})", parts.join(", ")));
        self.index_tail(&mut out, &d)?;
        Ok(out)
    }

    /// An option under the dialect's own name; MariaDB knows MySQL's too.
    pub(super) fn mysql_option(&self, options: &[(Arc<str>, Arc<str>, crate::host::HostRef)], name: &str) -> Option<String> {
        option_text(options, &self.dialect.name, name).or_else(|| option_text(options, "mysql", name))
    }

    /// One expression of an index with the options that belong to it.
    fn index_expression(&self, e: &ExprRef, d: &IndexData) -> SqlResult<String> {
        let key = index_key(e);
        match self.dialect.family {
            Family::PostgreSql => {
                let mut text = self.expr(&precedence::self_group(e, None))?;
                let classes = super::option(&d.dialect_options, "postgresql", "ops").and_then(|o| o.as_pairs());
                if let (Some(classes), Some(key)) = (classes, key)
                    && let Some((_, class)) = classes.iter().find(|(k, _)| **k == *key)
                {
                    text.push(' ');
                    text.push_str(&class.as_text().unwrap_or_default());
                }
                Ok(text)
            }
            Family::MySql | Family::MariaDb => {
                let text = self.expr(e)?;
                if is_mysql_expression(e) {
                    return Ok(format!("({text})"));
                }
                let Some(length) = super::option(&d.dialect_options, &self.dialect.name, "length") else { return Ok(text) };
                let length = match length.as_pairs() {
                    Some(pairs) => pairs.into_iter().find(|(k, _)| Some(&**k) == key.as_deref()).and_then(|(_, v)| v.as_text()),
                    None => length.as_text(),
                };
                Ok(match length {
                    Some(length) => format!("{text}({length})"),
                    None => text,
                })
            }
            _ => self.expr(e),
        }
    }

    fn index_tail(&self, out: &mut String, d: &IndexData) -> SqlResult<()> {
        let options = &d.dialect_options;
        match self.dialect.family {
            Family::PostgreSql => {
                self.include(out, &d.include);
                match super::option(options, "postgresql", "nulls_not_distinct").and_then(|v| v.as_literal()) {
                    Some(crate::ast::Literal::Bool(true)) => out.push_str(" NULLS NOT DISTINCT"),
                    Some(crate::ast::Literal::Bool(false)) => out.push_str(" NULLS DISTINCT"),
                    _ => {}
                }
                if let Some(with) = super::table::storage_parameters(options) {
                    out.push(' ');
                    out.push_str(&with);
                }
                if let Some(tablespace) = option_text(options, "postgresql", "tablespace") {
                    out.push_str(&format!(" TABLESPACE {}", self.dialect.quote(&tablespace.as_str().into())));
                }
            }
            Family::MySql | Family::MariaDb => {
                if let Some(parser) = self.mysql_option(options, "with_parser") {
                    out.push_str(&format!(" WITH PARSER {parser}"));
                }
                if let Some(using) = self.mysql_option(options, "using") {
                    out.push_str(&format!(" USING {}", self.dialect.quote(&using.as_str().into())));
                }
            }
            Family::Oracle if option_flag(options, "oracle", "compress") => {
                match super::option(options, "oracle", "compress").and_then(|v| v.as_literal()) {
                    // `True` leaves the number of columns to the server.
                    Some(crate::ast::Literal::Bool(_)) | None => out.push_str(" COMPRESS"),
                    Some(_) => {
                        out.push_str(&format!(" COMPRESS {}", option_text(options, "oracle", "compress").unwrap_or_default()))
                    }
                }
            }
            _ => {}
        }
        if let Some((_, where_)) = d.where_.iter().find(|(dialect, _)| **dialect == *self.dialect.name) {
            out.push_str(" WHERE ");
            out.push_str(&self.expr(where_)?);
        }
        Ok(())
    }

    pub(super) fn drop_index(&mut self, index: &Arc<Index>, if_exists: bool) -> SqlResult<String> {
        let exists = super::table::exists(if_exists);
        // An index that was never attached can still be dropped by its name.
        if index.d.read().table.is_none()
            && let Some(name) = &index.d.read().name
        {
            return Ok(format!("\nDROP INDEX {exists}{}", self.dialect.quote(name)));
        }
        let (d, table) = self.index_table(index)?;
        if self.dialect.is_mysql() {
            let name = self.index_name(&d, &table, false)?;
            return Ok(format!("\nDROP INDEX {exists}{name} ON {}", self.table_name(&table)));
        }
        let concurrently =
            if self.dialect.family == Family::PostgreSql && option_flag(&d.dialect_options, "postgresql", "concurrently") {
                "CONCURRENTLY "
            } else {
                ""
            };
        Ok(format!("\nDROP INDEX {concurrently}{exists}{}", self.index_name(&d, &table, true)?))
    }
}

/// The key by which options of an index name one of its expressions.
fn index_key(e: &ExprRef) -> Option<Arc<str>> {
    match &e.kind {
        ExprKind::Column(c) => Some(c.column.key()),
        ExprKind::Label { name: Label::Fixed(name), .. } => Some(name.text.clone()),
        _ => None,
    }
}

/// MySQL wants operators, functions and unusual orderings in parentheses.
fn is_mysql_expression(e: &ExprRef) -> bool {
    match &e.kind {
        ExprKind::Binary { .. } | ExprKind::Function(_) => true,
        ExprKind::UnaryPostfix { op, .. } => !matches!(op, Op::Asc | Op::Desc),
        ExprKind::UnaryPrefix { .. } => true,
        _ => false,
    }
}
