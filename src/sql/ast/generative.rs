//! The generative methods of SELECT: what each of them does to a statement. `Select`, set operations and `Query` only read their
//! arguments and come here.

use super::{
    Affix, Compound, Correlate, Distinct, ExprKind, ExprRef, Fetch, ForUpdate, FromRef, Hint, Literal, Op, QueryKind, Select,
    build,
};

/// What `order_by()` and `group_by()` were given.
#[derive(Clone, Debug)]
pub enum Clauses {
    /// `None`: what was said before is taken back.
    Clear,
    /// One after the other, behind what was said before.
    Add(Vec<ExprRef>),
}

impl Clauses {
    /// These expressions; a list of several (a bundle, a composite) is its members.
    pub fn of(list: impl IntoIterator<Item = ExprRef>) -> Self {
        let mut out = Vec::new();
        for e in list {
            match &e.kind {
                ExprKind::List { op: Op::Comma, clauses, group: false } => out.extend(clauses.iter().cloned()),
                _ => out.push(e),
            }
        }
        Self::Add(out)
    }
    /// Each expression as `f` makes it.
    #[must_use]
    pub fn map(self, f: impl Fn(ExprRef) -> ExprRef) -> Self {
        match self {
            Self::Clear => Self::Clear,
            Self::Add(list) => Self::Add(list.into_iter().map(f).collect()),
        }
    }
    fn apply(self, to: &mut Vec<ExprRef>) {
        match self {
            Self::Clear => to.clear(),
            Self::Add(list) => to.extend(list),
        }
    }
}

/// The clauses that SELECTs and set operations share (`GenerativeSelect`).
pub struct Generative<'a> {
    order_by: &'a mut Vec<ExprRef>,
    group_by: &'a mut Vec<ExprRef>,
    limit: &'a mut Option<ExprRef>,
    offset: &'a mut Option<ExprRef>,
    fetch: &'a mut Option<Fetch>,
    for_update: &'a mut Option<ForUpdate>,
}

macro_rules! parts {
    ($s:expr) => {
        Generative {
            order_by: &mut $s.order_by,
            group_by: &mut $s.group_by,
            limit: &mut $s.limit,
            offset: &mut $s.offset,
            fetch: &mut $s.fetch,
            for_update: &mut $s.for_update,
        }
    };
}

impl Compound {
    /// The clauses that it shares with a SELECT.
    pub fn generative(&mut self) -> Generative<'_> {
        parts!(self)
    }
}

impl QueryKind {
    /// The shared clauses, if it has any.
    pub fn generative(&mut self) -> Option<Generative<'_>> {
        match self {
            Self::Select(s) => Some(s.generative()),
            Self::Compound(c) => Some(c.generative()),
            _ => None,
        }
    }
}

/// A number of rows as a parameter.
fn rows(n: i64) -> ExprRef {
    build::anon_bind("param", super::BindValue::Literal(Literal::Int(n)), crate::types::integer())
}

/// The number behind a LIMIT or OFFSET, if it is one.
fn number(e: Option<&ExprRef>) -> Option<i64> {
    match &e?.kind {
        ExprKind::Bind(b) => match b.value.as_literal() {
            Some(Literal::Int(i)) => Some(i),
            _ => None,
        },
        _ => None,
    }
}

impl Generative<'_> {
    /// `order_by()`.
    pub fn order_by(self, clauses: Clauses) {
        clauses.apply(self.order_by);
    }
    /// `group_by()`.
    pub fn group_by(self, clauses: Clauses) {
        clauses.apply(self.group_by);
    }
    /// `limit()`, which takes back a `fetch()`.
    pub fn limit(self, count: Option<ExprRef>) {
        *self.fetch = None;
        *self.limit = count;
    }
    /// `offset()`.
    pub fn offset(self, count: Option<ExprRef>) {
        *self.offset = count;
    }
    /// `fetch()`, which takes back a `limit()`.
    pub fn fetch(self, fetch: Option<Fetch>) {
        *self.limit = None;
        *self.fetch = fetch;
    }
    /// `slice()`: within the rows that an offset before has left.
    pub fn slice(self, start: Option<i64>, stop: Option<i64>) {
        *self.fetch = None;
        let before = number(self.offset.as_ref()).unwrap_or(0);
        match (start, stop) {
            (Some(a), Some(b)) => {
                *self.offset = Some(rows(before.saturating_add(a)));
                *self.limit = Some(rows(b.saturating_sub(a)));
            }
            (None, Some(b)) => *self.limit = Some(rows(b)),
            (Some(a), None) => *self.offset = Some(rows(before.saturating_add(a))),
            (None, None) => {}
        }
        if number(self.offset.as_ref()) == Some(0) {
            *self.offset = None;
        }
    }
    /// `with_for_update()`; `None` takes it back.
    pub fn for_update(self, how: Option<ForUpdate>) {
        *self.for_update = how;
    }
}

/// Whether an expression stems from an attribute of an entity.
fn of_entity(e: &ExprRef) -> bool {
    let mut found = false;
    super::fold::walk(e, &mut |x| {
        found |= x.ann.as_ref().is_some_and(|a| a.entity.is_some());
        !found
    });
    found
}

/// Whether a FROM element makes the statement one of the ORM's.
fn from_entity(f: &FromRef) -> bool {
    f.entity.as_ref().is_some_and(|e| e.makes_orm())
}

impl Select {
    /// The clauses that it shares with set operations.
    pub fn generative(&mut self) -> Generative<'_> {
        parts!(self)
    }
    /// `where()`. Criteria about attributes make the statement one of the ORM's.
    pub fn add_where(&mut self, criterion: ExprRef) {
        self.orm |= !self.orm && of_entity(&criterion);
        self.where_.push(criterion);
    }
    /// `having()`.
    pub fn add_having(&mut self, criterion: ExprRef) {
        self.having.push(criterion);
    }
    /// `distinct()`; more columns of DISTINCT ON come behind the others.
    pub fn distinct_on(&mut self, columns: Vec<ExprRef>) {
        match &mut self.distinct {
            Distinct::On(list) => list.extend(columns),
            d => *d = if columns.is_empty() { Distinct::Yes } else { Distinct::On(columns) },
        }
    }
    /// `select_from()`, behind what was named before.
    pub fn add_froms(&mut self, froms: Vec<FromRef>) {
        self.orm |= froms.iter().any(from_entity);
        self.from_obj.extend(froms);
    }
    /// `correlate()`; `None` turns correlation off.
    pub fn correlate_to(&mut self, froms: Option<Vec<FromRef>>) {
        self.correlate = match (std::mem::take(&mut self.correlate), froms) {
            (_, None) => Correlate::None,
            (Correlate::To(mut old), Some(new)) => {
                old.extend(new);
                Correlate::To(old)
            }
            (_, Some(new)) => Correlate::To(new),
        };
    }
    /// `correlate_except()`; `None`: correlates to everything.
    pub fn correlate_but(&mut self, froms: Option<Vec<FromRef>>) {
        self.correlate = match (std::mem::take(&mut self.correlate), froms) {
            (_, None) => Correlate::Except(Vec::new()),
            (Correlate::Except(mut old), Some(new)) => {
                old.extend(new);
                Correlate::Except(old)
            }
            (_, Some(new)) => Correlate::Except(new),
        };
    }
    /// `prefix_with()`.
    pub fn add_prefixes(&mut self, words: Vec<Affix>) {
        self.prefixes.extend(words);
    }
    /// `suffix_with()`.
    pub fn add_suffixes(&mut self, words: Vec<Affix>) {
        self.suffixes.extend(words);
    }
    /// `with_hint()`, `with_statement_hint()`.
    pub fn add_hint(&mut self, target: Option<FromRef>, text: &str, dialect: &str) {
        self.hints.push(Hint { target, text: text.into(), dialect: dialect.into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> ExprRef {
        build::literal(Literal::Text(name.into()))
    }

    #[test]
    fn order_by_adds_and_clears() {
        let mut s = Select::default();
        s.generative().order_by(Clauses::of([column("a")]));
        s.generative().order_by(Clauses::of([column("b")]));
        assert_eq!(s.order_by.len(), 2);
        s.generative().order_by(Clauses::Clear);
        assert!(s.order_by.is_empty());
    }

    #[test]
    fn limit_and_fetch_take_each_other_back() {
        let mut s = Select::default();
        s.generative().fetch(Some(Fetch { count: column("n"), with_ties: false, percent: false }));
        s.generative().limit(Some(column("n")));
        assert!(s.fetch.is_none() && s.limit.is_some());
        s.generative().fetch(Some(Fetch { count: column("n"), with_ties: false, percent: false }));
        assert!(s.fetch.is_some() && s.limit.is_none());
    }

    #[test]
    fn slices_are_within_what_an_offset_left() {
        let mut s = Select::default();
        s.generative().slice(Some(0), Some(5));
        assert_eq!((number(s.offset.as_ref()), number(s.limit.as_ref())), (None, Some(5)));
        s.generative().slice(Some(10), Some(12));
        s.generative().slice(Some(3), Some(7));
        assert_eq!((number(s.offset.as_ref()), number(s.limit.as_ref())), (Some(13), Some(4)));
    }

    #[test]
    fn distinct_on_grows_and_correlation_changes_kind() {
        let mut s = Select::default();
        s.distinct_on(Vec::new());
        assert!(matches!(s.distinct, Distinct::Yes));
        s.distinct_on(vec![column("a")]);
        s.distinct_on(vec![column("b")]);
        assert!(matches!(&s.distinct, Distinct::On(l) if l.len() == 2));
        s.correlate_to(None);
        assert!(matches!(s.correlate, Correlate::None));
        s.correlate_to(Some(Vec::new()));
        assert!(matches!(s.correlate, Correlate::To(_)));
        s.correlate_but(Some(Vec::new()));
        assert!(matches!(s.correlate, Correlate::Except(_)));
    }
}
