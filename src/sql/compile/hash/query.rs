//! Queries.

use super::*;

impl Walk {
    #[recursive::recursive]
    pub(super) fn query(&mut self, q: &QueryRef) {
        match &q.kind {
            QueryKind::Select(s) => {
                self.tag(60);
                self.select(s);
            }
            QueryKind::Compound(c) => {
                self.tag(61);
                self.text(c.keyword);
                c.selects.iter().for_each(|q| self.query(q));
                self.many(&c.group_by);
                self.many(&c.order_by);
                self.opt(&c.limit);
                self.opt(&c.offset);
                self.fetch(&c.fetch);
                self.for_update(&c.for_update);
                self.with(&c.ctes);
                c.options.iter().for_each(|o| self.host(o));
            }
            QueryKind::Textual(t) => {
                self.tag(62);
                self.text_clause(&t.text);
                self.many(&t.columns);
                self.flags(&[t.positional]);
                self.with(&t.ctes);
            }
            QueryKind::FromStatement(f) => {
                self.tag(63);
                self.items(&f.entities);
                self.node(&f.element);
                f.options.iter().for_each(|o| self.host(o));
            }
            QueryKind::Grouping(q) => {
                self.tag(64);
                self.query(q);
            }
            QueryKind::Values(f) => {
                self.tag(65);
                self.from(f);
            }
        }
    }
    pub(super) fn select(&mut self, s: &Select) {
        self.tag(s.label_style as u64);
        self.items(&s.columns);
        self.froms(&s.from_obj);
        for j in &s.joins {
            self.flags(&[j.isouter, j.full]);
            self.join_target(&j.target);
            if let Some(l) = &j.left {
                self.join_target(l);
            }
            match &j.onclause {
                None => self.tag(0),
                Some(JoinOn::Expr(e)) => self.expr(e),
                Some(JoinOn::Attribute(h)) => self.host(h),
            }
        }
        self.froms(&s.memo_froms);
        self.many(&s.where_);
        self.many(&s.group_by);
        self.many(&s.having);
        self.many(&s.order_by);
        self.opt(&s.limit);
        self.opt(&s.offset);
        self.fetch(&s.fetch);
        match &s.distinct {
            Distinct::No => self.tag(0),
            Distinct::Yes => self.tag(1),
            Distinct::On(e) => self.many(e),
        }
        self.for_update(&s.for_update);
        match &s.correlate {
            Correlate::Auto => self.tag(0),
            Correlate::None => self.tag(1),
            Correlate::To(f) => {
                self.tag(2);
                self.froms(f);
            }
            Correlate::Except(f) => {
                self.tag(3);
                self.froms(f);
            }
        }
        self.affixes(&s.prefixes);
        self.affixes(&s.suffixes);
        self.hints(&s.hints);
        self.with(&s.ctes);
        s.options.iter().for_each(|o| self.host(o));
    }
}
