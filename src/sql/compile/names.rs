//! Anonymous names get their numbers, long names are cut.

use super::Compiler;
use crate::name::Label;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a name is for: long ones are numbered per kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ident {
    Column,
    Alias,
    Bind,
}

/// Numbers given so far.
#[derive(Debug, Default)]
pub(crate) struct Names {
    anon: FxHashMap<(u64, Arc<str>), Arc<str>>,
    counts: FxHashMap<Arc<str>, u32>,
    cut: FxHashMap<(Ident, Arc<str>), Arc<str>>,
    cut_counts: FxHashMap<Ident, u32>,
}

impl Names {
    fn number(&mut self, id: u64, base: &Arc<str>) -> Arc<str> {
        if let Some(name) = self.anon.get(&(id, base.clone())) {
            return name.clone();
        }
        let n = self.counts.entry(base.clone()).or_insert(0);
        *n += 1;
        let name: Arc<str> = format!("{base}_{n}").into();
        self.anon.insert((id, base.clone()), name.clone());
        name
    }
    /// The text of a label.
    #[recursive::recursive]
    pub fn resolve(&mut self, label: &Label) -> Arc<str> {
        match label {
            Label::Fixed(n) => n.text.clone(),
            Label::Anon { id, base } => self.number(*id, base),
            Label::AnonOf { id, base } => {
                let base = self.resolve(base);
                self.number(*id, &base)
            }
            Label::Composed(parts) => {
                let texts: Vec<Arc<str>> = parts.iter().map(|p| self.resolve(p)).collect();
                texts.join("_").into()
            }
        }
    }
}

/// What anonymous binds are named after: runs of characters that placeholders cannot hold become one underscore.
fn bind_base(base: &Arc<str>) -> Arc<str> {
    let bad = |c: char| matches!(c, '%' | '(' | ')' | ' ' | '$' | '.' | ':' | '[' | ']');
    if !base.contains(bad) && !base.starts_with('_') && !base.ends_with('_') {
        return base.clone();
    }
    let mut out = String::with_capacity(base.len());
    for c in base.chars() {
        match bad(c) {
            true if out.ends_with('_') => {}
            true => out.push('_'),
            false => out.push(c),
        }
    }
    out.trim_matches('_').into()
}

impl Compiler<'_> {
    /// Text of a label, cut when it is too long and not given by the user.
    pub(crate) fn label_text(&mut self, label: &Label, kind: Ident) -> Arc<str> {
        let text = match (label, kind) {
            (Label::Anon { id, base }, Ident::Bind) => self.names.number(*id, &bind_base(base)),
            _ => self.names.resolve(label),
        };
        let limit = self.dialect.label_length.unwrap_or(self.dialect.max_identifier_length);
        if text.len() + 6 <= limit || (matches!(label, Label::Fixed(_)) && kind != Ident::Column) {
            return text;
        }
        self.cut(text, limit, kind)
    }

    fn cut(&mut self, text: Arc<str>, limit: usize, kind: Ident) -> Arc<str> {
        if text.len() + 6 <= limit {
            return text;
        }
        if let Some(cut) = self.names.cut.get(&(kind, text.clone())) {
            return cut.clone();
        }
        let n = self.names.cut_counts.entry(kind).or_insert(0);
        *n += 1;
        let keep = limit.saturating_sub(6);
        let head: String = text.chars().take(keep).collect();
        let cut: Arc<str> = format!("{head}_{n:x}").into();
        self.names.cut.insert((kind, text), cut.clone());
        cut
    }

    /// Text of a generated label (`users_id`): cut when too long.
    pub(crate) fn generated_label(&mut self, label: &Label) -> Arc<str> {
        let text = self.names.resolve(label);
        let limit = self.dialect.label_length.unwrap_or(self.dialect.max_identifier_length);
        self.cut(text, limit, Ident::Column)
    }

    /// Write a label as an identifier.
    pub(crate) fn write_label(&mut self, label: &Label, text: &str) {
        let quote = match label {
            Label::Fixed(n) => n.quote,
            _ => None,
        };
        let dialect = self.dialect;
        dialect.write_ident(&mut self.out, text, quote);
    }

    /// Write the name of an alias.
    pub(crate) fn alias_name(&mut self, label: &Label) {
        let text = self.label_text(label, Ident::Alias);
        self.write_label(label, &text);
    }
}
