//! An INSERT whose VALUES are repeated for many rows.

use super::Compiled;
use crate::dialects::ParamStyle;
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

/// Repeats `range`, the `(…)` behind VALUES, with placeholders of `style`.
pub fn insert_many(c: &Compiled, style: ParamStyle, range: (usize, usize), rows: usize) -> ManyRows {
    let (start, end) = range;
    let mut out = ManyRows { sql: String::with_capacity(c.sql.len() + rows * (end - start + 8)), ..ManyRows::default() };
    let mut writer = Writer { c, style, out: &mut out, plain: Vec::new() };
    writer.part(0, start, None);
    for row in 0..rows {
        if row > 0 {
            writer.out.sql.push_str(", ");
        }
        writer.part(start, end, Some(row));
    }
    writer.part(end, c.sql.len(), None);
    out
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

    fn part(&mut self, from: usize, to: usize, row: Option<usize>) {
        let c = self.c;
        let mut at = from;
        // One bind may stand several times in a row too.
        let mut numbers: Vec<(u32, usize)> = Vec::new();
        for slot in c.slots.iter().filter(|s| (from..to).contains(&s.offset)) {
            self.copy(&c.sql[at..slot.offset]);
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
        self.copy(&c.sql[at..to]);
    }
}
