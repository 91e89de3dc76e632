//! INSERT, UPDATE, DELETE.

use super::*;

impl Walk {
    pub(super) fn column_key(&mut self, k: &ColumnKey) {
        match k {
            ColumnKey::Name(n) => self.text(n),
            ColumnKey::Column(c) => self.tag(Arc::as_ptr(c) as u64),
            ColumnKey::Expr(e) => self.expr(e),
        }
    }
    pub(super) fn row(&mut self, row: &[(ColumnKey, DmlValue)]) {
        self.tag(row.len() as u64);
        for (k, v) in row {
            self.column_key(k);
            match v {
                DmlValue::Host(h) => {
                    self.tag(1);
                    self.binds.push(CollectedBind::Host(h.clone()));
                }
                DmlValue::Expr(e) => self.expr(e),
            }
        }
    }
    pub(super) fn values(&mut self, v: &DmlValues) {
        match v {
            DmlValues::None => self.tag(0),
            DmlValues::Single(row) => {
                self.tag(1);
                self.row(row);
            }
            DmlValues::Multi(rows) => {
                self.tag(2 + rows.len() as u64);
                rows.iter().for_each(|r| self.row(r));
            }
        }
    }
    pub(super) fn common(&mut self, c: &DmlCommon) {
        if let Some(e) = &c.entity {
            self.entity(&**e);
        }
        self.items(&c.returning);
        if let Some(r) = &c.return_defaults {
            self.tag(1);
            self.many(r);
        }
        self.many(&c.supplemental);
        self.flags(&[c.sort_by_parameter_order]);
        self.affixes(&c.prefixes);
        self.hints(&c.hints);
        self.with(&c.ctes);
        c.options.iter().for_each(|o| self.host(o));
        for (name, value) in &c.dialect_options {
            self.text(name);
            match value.as_literal() {
                Some(l) => self.text(&format!("{l:?}")),
                None => self.host(value),
            }
        }
    }
    pub(super) fn insert(&mut self, i: &Insert) {
        self.tag(80);
        self.from(&i.table);
        self.values(&i.values);
        if let Some(f) = &i.from_select {
            f.names.iter().for_each(|k| self.column_key(k));
            self.flags(&[f.include_defaults]);
            self.query(&f.query);
        }
        self.flags(&[i.inline]);
        if let Some(d) = &i.dialect {
            self.text(d);
        }
        for c in &i.on_conflict {
            let (tag, target, set, where_) = match c {
                OnConflict::DoNothing { target } => (1, Some(target), None, None),
                OnConflict::DoUpdate { target, set, where_ } => (2, Some(target), Some(set), where_.as_ref()),
                OnConflict::DuplicateKey { set, ordered } => (3 + u64::from(*ordered), None, Some(set), None),
            };
            self.tag(tag);
            if let Some(t) = target {
                if let Some(n) = &t.constraint {
                    self.name(n);
                }
                self.many(&t.elements);
                self.opt(&t.where_);
            }
            for (k, e) in set.into_iter().flatten() {
                self.column_key(k);
                self.expr(e);
            }
            self.opt(&where_.cloned());
        }
        self.common(&i.common);
    }
    pub(super) fn update(&mut self, u: &Update) {
        self.tag(81);
        self.from(&u.table);
        self.values(&u.values);
        self.flags(&[u.ordered, u.inline]);
        self.many(&u.where_);
        self.common(&u.common);
    }
    pub(super) fn delete(&mut self, d: &Delete) {
        self.tag(82);
        self.from(&d.table);
        self.many(&d.where_);
        self.froms(&d.using);
        self.common(&d.common);
    }
}
