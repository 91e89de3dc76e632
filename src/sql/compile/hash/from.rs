//! FROM elements, and the parts of SELECTs.

use super::*;

impl Walk {
    #[recursive::recursive]
    pub(super) fn from(&mut self, f: &FromRef) {
        use FromKind as K;
        if let K::Table(t) = &f.kind {
            self.tag(Arc::as_ptr(t) as u64);
            return;
        }
        let next = u32::try_from(self.froms.len()).unwrap_or(u32::MAX);
        if let Some(n) = self.froms.get(&f.id()) {
            let n = *n;
            self.tag(100 + u64::from(n));
            return;
        }
        self.froms.insert(f.id(), next);
        match &f.kind {
            K::Table(_) => {}
            K::Alias { element, name } => {
                self.tag(40);
                self.label(name);
                self.from(element);
            }
            K::Function(func) => {
                self.tag(202);
                self.expr(func);
            }
            K::Subquery { query, name } => {
                self.tag(41);
                self.label(name);
                self.query(query);
            }
            K::Cte(c) => {
                self.tag(42);
                self.label(&c.name);
                self.flags(&[c.recursive, c.nesting]);
                self.affixes(&c.prefixes);
                self.affixes(&c.suffixes);
                for other in [&c.alias_of, &c.restates].into_iter().flatten() {
                    self.from(other);
                }
                match &c.element {
                    CteElement::Query(q) => self.query(q),
                    CteElement::Insert(i) => self.insert(i),
                    CteElement::Update(u) => self.update(u),
                    CteElement::Delete(d) => self.delete(d),
                }
            }
            K::Lateral { element, name } => {
                self.tag(43);
                self.label(name);
                match element {
                    LateralElement::Query(q) => self.query(q),
                    LateralElement::From(f) => self.from(f),
                }
            }
            K::TableSample { element, name, sampling, seed } => {
                self.tag(44);
                self.label(name);
                self.from(element);
                self.expr(sampling);
                self.opt(seed);
            }
            K::Values(v) => {
                self.tag(45);
                if let Some(n) = &v.name {
                    self.label(n);
                }
                self.flags(&[v.literal_binds, v.lateral]);
                for c in &v.columns {
                    self.text(&c.name().text);
                }
                for row in v.data.iter().flatten() {
                    self.many(row);
                }
                if v.literal_binds {
                    self.ok = false;
                }
            }
            K::TableValued(t) => {
                self.tag(46);
                self.label(&t.name);
                self.expr(&t.func);
                self.flags(&[t.render_derived, t.render_types, t.lateral]);
                for c in &t.columns {
                    self.text(&c.name().text);
                }
                if let Some(n) = &t.with_ordinality {
                    self.name(n);
                }
            }
            K::Join(j) => {
                self.tag(47);
                self.flags(&[j.isouter, j.full]);
                self.from(&j.left);
                self.from(&j.right);
                self.expr(&j.onclause);
            }
            K::Grouping(x) => {
                self.tag(48);
                self.from(x);
            }
            K::Query(q) => {
                self.tag(49);
                self.query(q);
            }
            K::Text(t) => {
                self.tag(50);
                self.text_clause(t);
            }
            K::Host(h) => {
                self.tag(51);
                self.host_expr(h);
            }
        }
        if let Some(entity) = &f.entity {
            self.entity(&**entity);
        }
    }
    pub(super) fn froms(&mut self, f: &[FromRef]) {
        self.tag(f.len() as u64);
        f.iter().for_each(|f| self.from(f));
    }
    pub(super) fn affixes(&mut self, a: &[Affix]) {
        for affix in a {
            self.expr(&affix.expr);
            self.text(&affix.dialect);
        }
    }
    pub(super) fn hints(&mut self, hints: &[Hint]) {
        for h in hints {
            self.text(&h.text);
            self.text(&h.dialect);
            if let Some(f) = &h.target {
                self.from(f);
            }
        }
    }
    pub(super) fn items(&mut self, items: &[SelectItem]) {
        self.tag(items.len() as u64);
        for item in items {
            match item {
                SelectItem::Expr(e) => self.expr(e),
                SelectItem::From(f) => {
                    self.from(f);
                    if let FromKind::Table(t) = &f.kind {
                        self.tag(t.d.read().columns.len() as u64);
                    }
                }
                SelectItem::Entity(e) => {
                    self.tag(71);
                    self.entity(&**e);
                }
                SelectItem::Host(h) => self.host(h),
            }
        }
    }
    pub(super) fn join_target(&mut self, t: &JoinTarget) {
        match t {
            JoinTarget::From(f) => self.from(f),
            JoinTarget::Entity(e) => self.entity(&**e),
            JoinTarget::Attribute(h) => self.host(h),
        }
    }
    pub(super) fn fetch(&mut self, f: &Option<Fetch>) {
        if let Some(f) = f {
            self.flags(&[f.with_ties, f.percent]);
            self.expr(&f.count);
        }
    }
    pub(super) fn for_update(&mut self, f: &Option<ForUpdate>) {
        if let Some(f) = f {
            self.flags(&[f.nowait, f.read, f.skip_locked, f.key_share]);
            self.many(&f.of);
            self.froms(&f.of_from);
        }
    }
    pub(super) fn with(&mut self, ctes: &[(FromRef, bool)]) {
        for (f, nest) in ctes {
            self.flags(&[*nest]);
            self.from(f);
        }
    }
}
