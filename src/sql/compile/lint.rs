//! FROM elements that no condition joins: a cartesian product is rarely meant.

use super::Compiler;
use super::froms::{FromSet, from_objects, from_parts};
use crate::ast::*;

/// FROM elements of one statement, and which of them conditions connect.
#[derive(Debug, Default)]
pub(crate) struct Linter {
    froms: Vec<(usize, String)>,
    edges: Vec<(usize, usize)>,
}

impl Linter {
    fn connect(&mut self, left: &FromSet, right: &FromSet) {
        for l in &left.0 {
            for r in &right.0 {
                self.edges.push((l.id(), r.id()));
            }
        }
    }
    /// Names of what cannot be reached from the first element.
    fn unreachable(&self) -> Vec<&str> {
        let Some((start, _)) = self.froms.first() else { return Vec::new() };
        let mut reached = vec![*start];
        let mut at = 0;
        while at < reached.len() {
            let node = reached[at];
            at += 1;
            for (a, b) in &self.edges {
                for (x, y) in [(a, b), (b, a)] {
                    if *x == node && !reached.contains(y) {
                        reached.push(*y);
                    }
                }
            }
        }
        self.froms.iter().filter(|(id, _)| !reached.contains(id)).map(|(_, name)| name.as_str()).collect()
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
        from_parts(left, &mut l);
        from_parts(right, &mut r);
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
