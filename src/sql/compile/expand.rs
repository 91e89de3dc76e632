//! Binds that become known at execution: lists of IN, values rendered as literals.

use super::{Compiled, compiled::Slot};
use crate::ast::Op;
use crate::dialects::{Dialect, ParamStyle};
use crate::error::SqlResult;
use crate::types::{Affinity, TypeRef};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::fmt::Write;
use std::sync::Arc;

/// How one execution fills a bind.
#[derive(Clone, Debug)]
pub enum Fill {
    /// A plain value.
    One,
    /// An expanding bind with this many elements.
    List(usize),
    /// An expanding bind with tuples: number of tuples, elements of each.
    Tuples(usize, usize),
    /// Rendered as this text.
    Literal(String),
}

/// The text of one execution.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// The text.
    pub sql: String,
    /// For positional styles: bind, and element (tuple element counted through) for expanding ones.
    pub positions: Vec<(u32, Option<usize>)>,
    /// Names of the elements of expanding binds: for named styles, and for all when [`expand_named`] made it.
    pub names: Vec<(u32, usize, Arc<str>)>,
}

/// What stands for an empty list.
pub fn empty_set(dialect: &Dialect, op: Option<&Op>, ty: &TypeRef) -> SqlResult<String> {
    let width = if ty.affinity == Affinity::Tuple { ty.items.len().max(1) } else { 1 };
    if dialect.family == crate::dialects::Family::Sqlite {
        let ones = vec!["1"; width].join(", ");
        let inner: Vec<String> = vec!["1".to_owned(); width];
        return Ok(format!("SELECT {ones} FROM (SELECT {}) WHERE 1!=1", inner.join(", ")));
    }
    let nulls = if ty.affinity == Affinity::Tuple { format!("({})", vec!["NULL"; width].join(", ")) } else { "NULL".to_owned() };
    Ok(match op {
        Some(Op::NotIn) => format!("{nulls}) OR (1 = 1"),
        Some(Op::In) => format!("{nulls}) AND (1 != 1"),
        _ => dialect.rules().empty_set(dialect, ty, width)?,
    })
}

/// Fill the placeholders of a statement; `fill` says how, by index of bind.
pub fn expand(c: &Compiled, fill: &dyn Fn(u32) -> Fill) -> SqlResult<Expanded> {
    expand_as(c, c.paramstyle, fill)
}

/// As [`expand`], with placeholders of another style than the statement was rendered with: a driver that speaks the database's own
/// protocol takes `$1` or `?`, whatever Python sees.
pub fn expand_as(c: &Compiled, style: ParamStyle, fill: &dyn Fn(u32) -> Fill) -> SqlResult<Expanded> {
    fill_in(c, style, false, fill)
}

/// As [`expand`], with the names of all elements, which positional styles do not need for execution.
pub fn expand_named(c: &Compiled, fill: &dyn Fn(u32) -> Fill) -> SqlResult<Expanded> {
    fill_in(c, c.paramstyle, true, fill)
}

fn fill_in(c: &Compiled, style: ParamStyle, all_names: bool, fill: &dyn Fn(u32) -> Fill) -> SqlResult<Expanded> {
    let mut out = Expanded { sql: String::with_capacity(c.sql.len() + 32), ..Expanded::default() };
    let mut state = Filling {
        c,
        style,
        all_names,
        numbers: IndexSet::default(),
        names: Names { taken: c.binds.iter().map(|b| b.name.clone()).collect(), given: FxHashMap::default() },
    };
    let mut at = 0;
    for slot in &c.slots {
        state.copy(c.between(at, slot.offset)?, &mut out);
        at = slot.offset + slot.len;
        state.slot(slot, fill(slot.bind), &mut out)?;
    }
    state.copy(c.between(at, c.sql.len())?, &mut out);
    if matches!(style, ParamStyle::Numeric | ParamStyle::NumericDollar) {
        out.positions = state.numbers.into_iter().collect();
    }
    Ok(out)
}

/// Names of elements of lists, distinct from all other binds.
struct Names {
    taken: FxHashSet<Arc<str>>,
    given: FxHashMap<(u32, usize), Arc<str>>,
}

impl Names {
    fn element(&mut self, bind: u32, base: &str, index: usize, width: Option<usize>) -> Arc<str> {
        if let Some(name) = self.given.get(&(bind, index)) {
            return name.clone();
        }
        let plain = match width {
            Some(w) if w > 0 => format!("{base}_{}_{}", index / w + 1, index % w + 1),
            _ => format!("{base}_{}", index + 1),
        };
        let mut name: Arc<str> = plain.as_str().into();
        for n in 1.. {
            if self.taken.insert(name.clone()) {
                break;
            }
            name = format!("{plain}__{n}").into();
        }
        self.given.insert((bind, index), name.clone());
        name
    }
}

/// A text that is being filled.
struct Filling<'a> {
    c: &'a Compiled,
    style: ParamStyle,
    all_names: bool,
    numbers: IndexSet<(u32, Option<usize>), FxBuildHasher>,
    names: Names,
}

impl Filling<'_> {
    /// Text of the statement; percent signs are doubled there when its own style asks for that.
    fn copy(&self, text: &str, out: &mut Expanded) {
        match (self.c.paramstyle.doubles_percents(), self.style.doubles_percents()) {
            (true, false) if text.contains('%') => out.sql.push_str(&text.replace("%%", "%")),
            (false, true) if text.contains('%') => out.sql.push_str(&text.replace('%', "%%")),
            _ => out.sql.push_str(text),
        }
    }

    fn slot(&mut self, slot: &Slot, fill: Fill, out: &mut Expanded) -> SqlResult<()> {
        let c = self.c;
        let Some(bind) = c.binds.get(slot.bind as usize) else { return Ok(()) };
        let width = match &fill {
            Fill::Tuples(_, width) => Some(*width),
            _ => None,
        };
        match fill {
            Fill::One => self.element(slot, bind, None, width, out),
            Fill::Literal(text) if self.style.doubles_percents() => out.sql.push_str(&text.replace('%', "%%")),
            Fill::Literal(text) => out.sql.push_str(&text),
            Fill::List(0) | Fill::Tuples(0, _) => {
                let op = expand_op(bind);
                out.sql.push_str(&empty_set(&c.dialect, op.as_ref(), &bind.ty)?);
            }
            Fill::List(n) => {
                for i in 0..n {
                    if i > 0 {
                        out.sql.push_str(", ");
                    }
                    self.element(slot, bind, Some(i), width, out);
                }
            }
            Fill::Tuples(n, width) => {
                if c.dialect.tuple_in_values {
                    out.sql.push_str("VALUES ");
                }
                for t in 0..n {
                    out.sql.push_str(if t > 0 { ", (" } else { "(" });
                    for i in 0..width {
                        if i > 0 {
                            out.sql.push_str(", ");
                        }
                        self.element(slot, bind, Some(t * width + i), Some(width), out);
                    }
                    out.sql.push(')');
                }
            }
        }
        Ok(())
    }

    /// One placeholder: of a bind, or of an element of its list.
    fn element(
        &mut self,
        slot: &Slot,
        bind: &super::CompiledBind,
        index: Option<usize>,
        width: Option<usize>,
        out: &mut Expanded,
    ) {
        let named = !self.style.is_positional();
        let name = index.filter(|_| named || self.all_names).map(|i| self.names.element(slot.bind, &bind.name, i, width));
        if let Some((before, _)) = &slot.wrap {
            self.copy(before, out);
        }
        let _ = match self.style {
            ParamStyle::Named => write!(out.sql, ":{}", name.as_ref().unwrap_or(&bind.name)),
            ParamStyle::Pyformat => write!(out.sql, "%({})s", name.as_ref().unwrap_or(&bind.name)),
            ParamStyle::Qmark => write!(out.sql, "?"),
            ParamStyle::Format => write!(out.sql, "%s"),
            style => {
                let key = (slot.bind, index);
                let (at, _) = self.numbers.insert_full(key);
                write!(out.sql, "{}{}", if style == ParamStyle::Numeric { ':' } else { '$' }, at + 1)
            }
        };
        if index.is_some()
            && self.c.dialect.rules().casts_bind(&self.c.dialect, &bind.ty)
            && let Some(cast) = self.c.dialect.rules().bind_cast_text(&self.c.dialect, &bind.ty)
        {
            out.sql.push_str("::");
            out.sql.push_str(&cast);
        }
        if let Some((_, after)) = &slot.wrap {
            self.copy(after, out);
        }
        if !named {
            out.positions.push((slot.bind, index));
        }
        if let (Some(i), Some(name)) = (index, name) {
            out.names.push((slot.bind, i, name));
        }
    }
}

fn expand_op(bind: &super::CompiledBind) -> Option<Op> {
    match &bind.bind.kind {
        crate::ast::ExprKind::Bind(b) => b.expand_op.clone(),
        _ => None,
    }
}
