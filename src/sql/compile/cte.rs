//! WITH.

use super::{Compiler, Ctx};
use crate::ast::naming;
use crate::ast::*;
use crate::error::{SqlError, SqlResult};
use crate::name::Label;
use std::sync::Arc;

/// One WITH element that has been rendered.
#[derive(Debug)]
struct Rendered {
    id: usize,
    /// What it restates at bottom, or itself: a recursive CTE and the one it extends are the same element.
    reference: usize,
    cte: Arc<Cte>,
    level: usize,
    nesting: bool,
    name: Arc<str>,
    /// `name AS (…)`; `None` for aliases of another one.
    text: Option<String>,
    order: usize,
}

/// WITH elements met so far.
#[derive(Debug, Default)]
pub(crate) struct Ctes {
    seen: Vec<Rendered>,
    next: usize,
}

/// Identity of a CTE.
fn id_of(f: &From) -> usize {
    f.id()
}

#[recursive::recursive]
fn reference(id: usize, c: &Cte) -> usize {
    match c.restates.as_ref().map(|r| (r.id(), &r.kind)) {
        Some((other, FromKind::Cte(inner))) => reference(other, inner),
        _ => id,
    }
}

impl Compiler<'_> {
    /// `add_cte()`.
    pub(crate) fn independent_ctes(&mut self, ctes: &[(FromRef, bool)], ctx: Ctx) -> SqlResult<()> {
        for (f, nest) in ctes {
            let text = self.capture(|c| c.from(f, Ctx { nest_here: *nest, asfrom: false, ..ctx }))?;
            debug_assert!(text.is_empty());
        }
        Ok(())
    }

    /// A reference to a WITH element; renders it on first sight.
    pub(crate) fn cte(&mut self, f: &FromRef, c: &Arc<Cte>, ctx: Ctx) -> SqlResult<()> {
        let name = self.label_text(&c.name, super::names::Ident::Alias);
        if self.stack.is_empty() {
            // A CTE shown on its own is its query.
            return self.cte_inner(c, Ctx { literal_binds: ctx.literal_binds, ..ctx.nested() });
        }
        let id = id_of(f);
        let nesting = c.nesting || ctx.nest_here;
        let level = if nesting { self.stack.len() } else { 1 };
        let mut is_new = true;
        let reference = reference(id, c);
        if let Some(at) = self.ctes.seen.iter().position(|r| r.id == id) {
            is_new = false;
            let depth = self.stack.len();
            if ctx.nest_here
                && let Some(seen) = self.ctes.seen.get_mut(at).filter(|s| !s.nesting)
            {
                seen.nesting = true;
                seen.level = depth;
            }
        } else if let Some((at, existing)) =
            self.ctes.seen.iter().enumerate().find(|(_, r)| (r.reference == reference || r.level == level) && r.name == name)
        {
            if existing.cte.restates.as_ref().is_some_and(|r| id_of(r) == id) {
                // The one that extends us is being rendered around us.
                is_new = false;
            } else if c.restates.as_ref().is_some_and(|r| id_of(r) == existing.id) {
                self.ctes.seen.remove(at);
            } else {
                return Err(SqlError::compile(
                    format!("Multiple, unrelated CTEs found with the same name: {:?}", &*name).replace('"', "'"),
                ));
            }
        }
        if !ctx.asfrom && !is_new {
            return Ok(());
        }
        if is_new {
            let order = self.ctes.next;
            self.ctes.next += 1;
            self.ctes.seen.push(Rendered {
                id,
                reference,
                cte: c.clone(),
                level,
                nesting,
                name: name.clone(),
                text: None,
                order,
            });
            match &c.alias_of {
                Some(original) => {
                    if let FromKind::Cte(inner) = &original.kind
                        && !self.ctes.seen.iter().any(|r| r.id == id_of(original))
                    {
                        let text = self.capture(|s| s.cte(original, &inner.clone(), Ctx { asfrom: false, ..ctx }))?;
                        debug_assert!(text.is_empty());
                    }
                }
                None => {
                    let text = self.cte_text(id, c, &name, ctx)?;
                    let order = self.ctes.next;
                    self.ctes.next += 1;
                    if let Some(seen) = self.ctes.seen.iter_mut().find(|r| r.id == id) {
                        seen.text = Some(text);
                        seen.order = order;
                    }
                }
            }
        }
        if ctx.asfrom {
            match &c.alias_of {
                Some(original) if is_new || ctx.visiting_cte != id => {
                    if let Some(label) = naming::from_label(root(original)) {
                        self.alias_name(&label);
                    }
                    self.push(self.rules.alias_word());
                    self.write_label(&c.name, &name);
                }
                _ => self.write_label(&c.name, &name),
            }
        }
        Ok(())
    }

    fn cte_text(&mut self, id: usize, c: &Arc<Cte>, name: &str, ctx: Ctx) -> SqlResult<String> {
        let c = c.clone();
        self.capture(|s| {
            s.write_label(&c.name, name);
            if c.recursive || matches!(&c.element, CteElement::Query(q) if names_columns(q)) {
                let columns = cte_columns(&c);
                s.push("(");
                for (i, label) in columns.iter().enumerate() {
                    if i > 0 {
                        s.push(", ");
                    }
                    let text = s.generated_label(label);
                    s.write_label(label, &text);
                }
                s.push(")");
            }
            s.push(" AS ");
            s.affixes(&c.prefixes, Ctx { literal_binds: ctx.literal_binds, ..Ctx::default() }, false)?;
            s.push("\n(");
            s.cte_inner(&c, Ctx { asfrom: true, visiting_cte: id, literal_binds: ctx.literal_binds, ..Ctx::default() })?;
            s.push(")");
            s.affixes(&c.suffixes, Ctx { literal_binds: ctx.literal_binds, ..Ctx::default() }, true)
        })
    }

    fn cte_inner(&mut self, c: &Cte, ctx: Ctx) -> SqlResult<()> {
        match &c.element {
            CteElement::Query(q) => self.query(super::froms::ungroup(q), ctx),
            CteElement::Insert(i) => self.insert(i, Ctx { asfrom: false, ..ctx }),
            CteElement::Update(u) => self.update(u, Ctx { asfrom: false, ..ctx }),
            CteElement::Delete(d) => self.delete(d, Ctx { asfrom: false, ..ctx }),
        }
    }

    /// Put the WITH clause before the text from `start` on: all of it at the top, nested ones of this level below.
    pub(crate) fn place_ctes(&mut self, start: usize, toplevel: bool, following: bool) {
        if self.ctes.seen.is_empty() {
            return;
        }
        let level = self.stack.len();
        let wanted = |r: &Rendered| {
            r.text.is_some()
                && (toplevel || level <= 1 || (r.nesting && (r.level == level || (following && r.level == level + 1))))
        };
        if !toplevel && level <= 1 {
            return;
        }
        let mut picked: Vec<(usize, String)> = Vec::new();
        let mut recursive = false;
        for r in &mut self.ctes.seen {
            if wanted(r) {
                recursive |= r.cte.recursive;
                picked.push((r.order, r.text.take().unwrap_or_default()));
            }
        }
        if picked.is_empty() {
            return;
        }
        picked.sort_by_key(|(order, _)| *order);
        if !toplevel {
            self.ctes.seen.retain(|r| r.text.is_some() || !(r.nesting && r.level >= level));
        }
        let texts: Vec<String> = picked.into_iter().map(|(_, t)| t).collect();
        let with = format!("{} {}\n ", self.rules.with_keyword(recursive), texts.join(", \n"));
        let shift = with.len();
        self.out.insert_str(start, &with);
        if let Some((a, b)) = self.dml.as_mut().and_then(|d| d.values_range.as_mut())
            && *a >= start
        {
            *a += shift;
            *b += shift;
        }
    }
}

/// The CTE behind aliases of aliases.
fn root(f: &FromRef) -> &FromRef {
    match &f.kind {
        FromKind::Cte(c) => c.alias_of.as_ref().map_or(f, root),
        _ => f,
    }
}

fn names_columns(q: &QueryRef) -> bool {
    matches!(super::froms::ungroup(q).kind, QueryKind::Values(_))
}

/// Column names of a recursive CTE.
fn cte_columns(c: &Cte) -> Vec<Label> {
    fn of(q: &QueryRef) -> Vec<Label> {
        match &q.kind {
            QueryKind::Select(s) => {
                naming::columns_plus_names(s.columns.iter().flat_map(proxy::item_columns).collect(), s.label_style, true)
                    .into_iter()
                    .filter(|n| !n.repeated)
                    .map(|n| n.fallback.unwrap_or_else(|| Label::fixed(&*n.key)))
                    .collect()
            }
            QueryKind::Compound(c) => c.selects.first().map(of).unwrap_or_default(),
            QueryKind::Grouping(q) => of(q),
            QueryKind::Values(f) => proxy::columns(f).into_iter().map(|(k, _)| Label::fixed(&*k)).collect(),
            QueryKind::Textual(t) => t.columns.iter().map(naming::proxy_label).collect(),
            QueryKind::FromStatement(_) => Vec::new(),
        }
    }
    match &c.element {
        CteElement::Query(q) => of(q),
        CteElement::Insert(i) => items(&i.common.returning),
        CteElement::Update(u) => items(&u.common.returning),
        CteElement::Delete(d) => items(&d.common.returning),
    }
}

fn items(list: &[SelectItem]) -> Vec<Label> {
    list.iter().flat_map(proxy::item_columns).map(|e| naming::proxy_label(&e)).collect()
}
