//! An INSERT whose VALUES are repeated for many rows.

use super::Compiled;
use crate::dialects::types::type_text;
use crate::dialects::{Family, ParamStyle};
use crate::error::SqlResult;
use crate::name::Name;
use crate::schema::{Column, Table};
use std::fmt::Write;
use std::sync::Arc;

/// The text for so many rows.
#[derive(Clone, Debug, Default)]
pub struct ManyRows {
    /// The text.
    pub sql: String,
    /// For positional styles: bind and row of each parameter. Parameters outside of VALUES are those of the first row.
    pub order: Vec<(u32, usize)>,
    /// For named styles: name, bind and row of each parameter.
    pub names: Vec<(Arc<str>, u32, usize)>,
}

/// How rows that come back are put into the order of the parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentinel {
    /// Rows are inserted in the order of a counter: the type of each column. Else they come from VALUES directly.
    pub counter: Option<Vec<String>>,
    /// Columns returned in addition, rendered, at the end.
    pub returning: Vec<String>,
}

/// Repeats `range`, the `(…)` behind VALUES, with placeholders of `style`.
pub fn insert_many(
    c: &Compiled,
    style: ParamStyle,
    range: (usize, usize),
    rows: usize,
    sentinel: Option<&Sentinel>,
) -> SqlResult<ManyRows> {
    let (start, end) = range;
    let mut out =
        ManyRows { sql: String::with_capacity(c.sql.len() + rows * (end.saturating_sub(start) + 8)), ..ManyRows::default() };
    let mut writer = Writer { c, style, out: &mut out, plain: Vec::new() };
    writer.part(0, start, None)?;
    let counter = sentinel.and_then(|s| s.counter.as_ref());
    let columns = counter.map(|types| (0..types.len()).map(|i| format!("p{i}")).collect::<Vec<_>>()).unwrap_or_default();
    if let (Some(types), true) = (counter, writer.out.sql.ends_with("VALUES ")) {
        let head = writer.out.sql.len() - "VALUES ".len();
        writer.out.sql.truncate(head);
        let cast: Vec<String> = columns.iter().zip(types).map(|(p, t)| format!("{p}::{t}")).collect();
        let _ = write!(writer.out.sql, "SELECT {} FROM (VALUES ", cast.join(", "));
    }
    for row in 0..rows {
        if row > 0 {
            writer.out.sql.push_str(", ");
        }
        if counter.is_some() {
            writer.part(start, end.saturating_sub(1), Some(row))?;
            let _ = write!(writer.out.sql, ", {row})");
        } else {
            writer.part(start, end, Some(row))?;
        }
    }
    if counter.is_some() {
        let _ = write!(writer.out.sql, ") AS imp_sen({}, sen_counter) ORDER BY sen_counter", columns.join(", "));
    }
    writer.part(end, c.sql.len(), None)?;
    for column in sentinel.iter().flat_map(|s| &s.returning) {
        let _ = write!(writer.out.sql, ", {column}");
    }
    Ok(out)
}

/// How the rows of an INSERT … RETURNING are put into order; `None` when they go one by one.
pub fn sentinel_of(c: &Compiled) -> Option<Sentinel> {
    let dialect = &c.dialect;
    if !matches!(dialect.family, Family::PostgreSql | Family::MySql | Family::MariaDb) {
        return None;
    }
    let dml = c.dml.as_ref()?;
    let table = dml.table.as_ref()?;
    let key = given_key(c)?;
    let mut out = Sentinel::default();
    if key.iter().any(|(_, bind)| bind.is_none()) {
        // Numbers that the database gives out rise in the order in which rows are inserted.
        let [(column, None)] = key.as_slice() else { return None };
        let auto = table.autoincrement_column().ok().flatten()?;
        if !Arc::ptr_eq(&auto, column) {
            return None;
        }
        if dialect.family == Family::PostgreSql {
            out.counter = Some(column_types(c, table)?);
        }
    }
    let schema = table.d.read().schema.clone();
    let prefix = dialect.qualified(schema.as_ref(), &table.name);
    for (column, _) in &key {
        let name = column.name();
        let rendered = format!("{prefix}.{}", dialect.quote(&name));
        let present = c.result.iter().any(|r| *r.name == *name.text);
        out.returning.push(match present {
            true => format!("{rendered} AS {}", dialect.quote(&Name { text: format!("{name}__1").into(), quote: name.quote })),
            false => rendered,
        });
    }
    Some(out)
}

/// The columns of the primary key, and the binds that give their values. `None` for tables without one.
pub fn given_key(c: &Compiled) -> Option<Vec<(Arc<Column>, Option<usize>)>> {
    let dml = c.dml.as_ref()?;
    let key = dml.table.as_ref()?.d.read().primary_key.clone()?;
    let columns = key.d.read().columns.clone();
    let bind = |column: &Arc<Column>| {
        let (_, bind) = dml.primary_key.iter().find(|(c, _)| Arc::ptr_eq(c, column))?;
        c.bind_index(bind.as_deref()?)
    };
    let out: Vec<_> = columns.iter().map(|column| (column.clone(), bind(column))).collect();
    (!out.is_empty()).then_some(out)
}

/// Types of the columns in the statement, as casts.
fn column_types(c: &Compiled, table: &Arc<Table>) -> Option<Vec<String>> {
    let dml = c.dml.as_ref()?;
    let d = table.d.read();
    dml.columns
        .iter()
        .map(|key| {
            let ty = d.columns.get(key)?.ty();
            c.dialect.rules().bind_cast_text(&c.dialect, &ty).or_else(|| type_text(&c.dialect, &ty, None).ok())
        })
        .collect()
}

struct Writer<'a> {
    c: &'a Compiled,
    style: ParamStyle,
    out: &'a mut ManyRows,
    /// Numbers of binds outside of VALUES, which may stand there several times.
    plain: Vec<(u32, usize)>,
}

impl Writer<'_> {
    fn copy(&mut self, text: &str) {
        match (self.c.paramstyle.doubles_percents(), self.style.doubles_percents()) {
            (true, false) if text.contains('%') => self.out.sql.push_str(&text.replace("%%", "%")),
            (false, true) if text.contains('%') => self.out.sql.push_str(&text.replace('%', "%%")),
            _ => self.out.sql.push_str(text),
        }
    }

    fn part(&mut self, from: usize, to: usize, row: Option<usize>) -> SqlResult<()> {
        let c = self.c;
        let mut at = from;
        // One bind may stand several times in a row too.
        let mut numbers: Vec<(u32, usize)> = Vec::new();
        for slot in c.slots.iter().filter(|s| (from..to).contains(&s.offset)) {
            self.copy(c.between(at, slot.offset)?);
            at = slot.offset + slot.len;
            let name: &str = c.binds.get(slot.bind as usize).map_or("", |b| &b.name);
            match self.style {
                ParamStyle::Named | ParamStyle::Pyformat => {
                    let name: Arc<str> = match row {
                        Some(row) => format!("{name}__{row}").into(),
                        None => name.into(),
                    };
                    let _ = match self.style {
                        ParamStyle::Named => write!(self.out.sql, ":{name}"),
                        _ => write!(self.out.sql, "%({name})s"),
                    };
                    if !self.out.names.iter().rev().take(c.binds.len()).any(|(n, ..)| *n == name) {
                        self.out.names.push((name, slot.bind, row.unwrap_or(0)));
                    }
                }
                ParamStyle::Qmark | ParamStyle::Format => {
                    self.out.sql.push_str(if self.style == ParamStyle::Qmark { "?" } else { "%s" });
                    self.out.order.push((slot.bind, row.unwrap_or(0)));
                }
                ParamStyle::Numeric | ParamStyle::NumericDollar => {
                    let known = if row.is_some() { &mut numbers } else { &mut self.plain };
                    let number = match known.iter().find(|(b, _)| *b == slot.bind) {
                        Some((_, n)) => *n,
                        None => {
                            self.out.order.push((slot.bind, row.unwrap_or(0)));
                            known.push((slot.bind, self.out.order.len()));
                            self.out.order.len()
                        }
                    };
                    let _ = write!(self.out.sql, "{}{number}", if self.style == ParamStyle::Numeric { ':' } else { '$' });
                }
            }
        }
        self.copy(c.between(at, to)?);
        Ok(())
    }
}
