//! FROM elements that no condition joins: a cartesian product is rarely meant.

use super::Compiler;
use super::froms::{FromSet, from_objects};
use crate::ast::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// FROM elements of one statement, and which of them conditions connect.
#[derive(Debug, Default)]
pub(crate) struct Linter {
    froms: Vec<(usize, String)>,
    edges: Vec<(usize, usize)>,
}

impl Linter {
    /// Everything on both sides belongs together: one edge for each element says so.
    fn connect(&mut self, left: &FromSet, right: &FromSet) {
        let (Some(l), Some(r)) = (left.0.first(), right.0.first()) else { return };
        let (l, r) = (l.id(), r.id());
        self.edges.extend(left.0.iter().map(|x| (x.id(), r)));
        self.edges.extend(right.0.iter().skip(1).map(|x| (l, x.id())));
    }
    /// Names of what cannot be reached from the first element.
    fn unreachable(&self) -> Vec<&str> {
        let Some((start, _)) = self.froms.first() else { return Vec::new() };
        if self.froms.len() == 1 {
            return Vec::new();
        }
        let mut beside: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for (a, b) in &self.edges {
            beside.entry(*a).or_default().push(*b);
            beside.entry(*b).or_default().push(*a);
        }
        let mut reached = FxHashSet::from_iter([*start]);
        let mut next = vec![*start];
        while let Some(node) = next.pop() {
            for other in beside.get(&node).into_iter().flatten() {
                if reached.insert(*other) {
                    next.push(*other);
                }
            }
        }
        self.froms.iter().filter(|(id, _)| !reached.contains(id)).map(|(_, name)| name.as_str()).collect()
    }
}

/// An element that stands for `f`: a join has connected its own sides when it was rendered.
fn end_of(mut f: &FromRef, out: &mut FromSet) {
    loop {
        f = match &f.kind {
            FromKind::Join(j) => &j.left,
            FromKind::Grouping(x) => x,
            _ => return out.add(f),
        };
    }
}

impl Compiler<'_> {
    /// Start collecting for a statement; gives what the enclosing one has collected.
    pub(crate) fn begin_lint(&mut self) -> Option<Linter> {
        let fresh = self.opts.linting.then(Linter::default);
        std::mem::replace(&mut self.linter, fresh)
    }

    /// Warn, and go on with the enclosing statement.
    pub(crate) fn end_lint(&mut self, outer: Option<Linter>, verb: &str) {
        let Some(linter) = std::mem::replace(&mut self.linter, outer) else { return };
        let rest = linter.unreachable();
        if rest.is_empty() {
            return;
        }
        let names: Vec<String> = rest.iter().map(|n| format!("\"{n}\"")).collect();
        let start = linter.froms.first().map_or("", |(_, n)| n.as_str());
        let text = format!(
            "{verb} statement has a cartesian product between FROM element(s) {} and FROM element \"{start}\".  Apply join condition(s) \
             between each element to resolve.",
            names.join(", ")
        );
        self.warn("SAWarning", text);
    }

    /// A FROM element is about to be rendered.
    pub(crate) fn lint_from(&mut self, f: &FromRef) {
        if self.linter.is_none() {
            return;
        }
        let name = match &f.kind {
            FromKind::Join(_) | FromKind::Grouping(_) | FromKind::Text(_) | FromKind::Host(_) | FromKind::Query(_) => return,
            FromKind::Table(t) => t.key(),
            FromKind::Values(v) if v.name.is_none() => "(unnamed VALUES element)".to_owned(),
            _ => naming::from_label(f).map(|l| self.label_text(&l, super::names::Ident::Alias).to_string()).unwrap_or_default(),
        };
        let mut sources = FromSet::default();
        let lateral = match &f.kind {
            FromKind::Lateral { .. } => true,
            FromKind::TableValued(t) => {
                from_objects(&t.func, &mut sources);
                false
            }
            _ => false,
        };
        let Some(linter) = &mut self.linter else { return };
        let id = f.id();
        if lateral {
            // Whatever stands before LATERAL may be mentioned inside of it.
            let before: Vec<usize> = linter.froms.iter().map(|(id, _)| *id).collect();
            linter.edges.extend(before.into_iter().map(|b| (b, id)));
        }
        linter.edges.extend(sources.0.iter().map(|s| (s.id(), id)));
        if !linter.froms.iter().any(|(known, _)| *known == id) {
            linter.froms.push((id, name));
        }
    }

    /// A join connects its sides.
    pub(crate) fn lint_join(&mut self, left: &FromRef, right: &FromRef) {
        let Some(linter) = &mut self.linter else { return };
        let (mut l, mut r) = (FromSet::default(), FromSet::default());
        end_of(left, &mut l);
        end_of(right, &mut r);
        linter.connect(&l, &r);
    }

    /// A comparison connects what its operands come from.
    pub(crate) fn lint_comparison(&mut self, left: &ExprRef, right: &ExprRef) {
        let Some(linter) = &mut self.linter else { return };
        let (mut l, mut r) = (FromSet::default(), FromSet::default());
        from_objects(left, &mut l);
        from_objects(right, &mut r);
        linter.connect(&l, &r);
    }
}
