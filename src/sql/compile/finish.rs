//! The last step: placeholders as the dialect writes them, and the assembly of [`Compiled`].

use super::bind::{END, SIGN, START};
use super::{Compiled, Compiler, Slot};
use crate::ast::Node;
use crate::dialects::ParamStyle;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use std::fmt::Write;
use std::sync::Arc;

impl Compiler<'_> {
    /// Turn the state into its result.
    pub(crate) fn finish(self, node: &Node) -> Compiled {
        let style = self.dialect.paramstyle;
        let (sql, slots, positions, ranges) = if self.out.contains(START) {
            place(&self, style)
        } else {
            let range = self.dml.as_ref().and_then(|d| d.values_range);
            (self.out.clone(), Vec::new(), Vec::new(), range)
        };
        let mut dml = self.dml;
        if let Some(dml) = &mut dml {
            dml.values_range = ranges;
        }
        Compiled {
            sql: sql.into(),
            kind: self.kind,
            binds: self.binds,
            positions,
            slots,
            result: self.result,
            result_ordered: !self.result_textual,
            result_textual: self.result_textual,
            dml,
            paramstyle: style,
            dialect: self.dialect.clone(),
            statement: node.clone(),
            needs_expand: self.needs_expand,
            schema_translate: self.schema_translate,
            cacheable: self.cacheable,
            warnings: self.warnings,
        }
    }
}

/// One marker of the text.
enum Marker {
    Plain(u32),
    Post(u32),
}

/// What follows [`START`], and the text behind it. `None` for a character of the user's.
fn read_marker(text: &str) -> Option<(Marker, &str)> {
    let (body, rest) = text.strip_prefix(&*SIGN)?.split_once(END)?;
    let marker = match body.strip_prefix('P') {
        Some(n) => Marker::Post(n.parse().ok()?),
        None => Marker::Plain(body.parse().ok()?),
    };
    Some((marker, rest))
}

type Placed = (String, Vec<Slot>, Vec<u32>, Option<(usize, usize)>);

fn place(c: &Compiler<'_>, style: ParamStyle) -> Placed {
    let text = c.out.as_str();
    let mut out = String::with_capacity(text.len() + 16);
    let mut slots = Vec::new();
    let mut positions = Vec::new();
    let mut numbers: IndexSet<u32, FxBuildHasher> = IndexSet::default();
    let mut at = 0;
    let wanted = c.dml.as_ref().and_then(|d| d.values_range);
    let mut range = (None, None);
    let mut rest = text;
    while let Some((before, found)) = rest.split_once(START) {
        let start = at + before.len();
        note_range(&mut range, wanted, at, start, out.len());
        out.push_str(before);
        let Some((marker, tail)) = read_marker(found) else {
            out.push(START);
            at = start + START.len_utf8();
            rest = found;
            continue;
        };
        rest = tail;
        at = text.len() - tail.len();
        let offset = out.len();
        match marker {
            Marker::Plain(bind) => {
                match style {
                    ParamStyle::Qmark => out.push('?'),
                    ParamStyle::Format => out.push_str("%s"),
                    ParamStyle::Numeric | ParamStyle::NumericDollar => {
                        let (n, _) = numbers.insert_full(bind);
                        let mark = if style == ParamStyle::Numeric { ':' } else { '$' };
                        let _ = write!(out, "{mark}{}", n + 1);
                    }
                    ParamStyle::Named | ParamStyle::Pyformat => {
                        let name = c.binds.get(bind as usize).map_or("", |b| &b.name);
                        let _ = if style == ParamStyle::Named { write!(out, ":{name}") } else { write!(out, "%({name})s") };
                    }
                }
                if !matches!(style, ParamStyle::Numeric | ParamStyle::NumericDollar) {
                    positions.push(bind);
                }
                slots.push(Slot { offset, len: out.len() - offset, bind, wrap: None });
            }
            Marker::Post(bind) => {
                let name = c.binds.get(bind as usize).map_or("", |b| &b.name);
                let wrap = c.post_wraps.iter().find(|(b, ..)| *b == bind);
                match wrap {
                    Some((_, before, after)) => {
                        let _ = write!(out, "__[POSTCOMPILE_{name}~~{before}~~REPL~~{after}~~]");
                    }
                    None => {
                        let _ = write!(out, "__[POSTCOMPILE_{name}]");
                    }
                }
                positions.push(bind);
                let wrap = wrap.map(|(_, a, b)| (Arc::clone(a), Arc::clone(b)));
                slots.push(Slot { offset, len: out.len() - offset, bind, wrap });
            }
        }
    }
    note_range(&mut range, wanted, at, text.len() + 1, out.len());
    out.push_str(rest);
    if matches!(style, ParamStyle::Numeric | ParamStyle::NumericDollar) {
        positions = numbers.into_iter().collect();
    }
    let range = match range {
        (Some(a), Some(b)) => Some((a, b)),
        _ => None,
    };
    (out, slots, positions, range)
}

/// Moves the wanted byte range of the raw text to where it lies in the final one.
fn note_range(range: &mut (Option<usize>, Option<usize>), wanted: Option<(usize, usize)>, from: usize, to: usize, out: usize) {
    let Some((a, b)) = wanted else { return };
    if (from..to).contains(&a) {
        range.0 = Some(out + a - from);
    }
    if (from..to).contains(&b) {
        range.1 = Some(out + b - from);
    }
}
