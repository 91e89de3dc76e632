//! FROM elements.

use super::{Compiler, Ctx};
use crate::ast::*;
use crate::error::SqlResult;
use std::sync::Arc;

impl Compiler<'_> {
    /// Render a FROM element; with `ctx.asfrom` the way a FROM clause shows it.
    #[recursive::recursive]
    pub fn from(&mut self, f: &FromRef, ctx: Ctx) -> SqlResult<()> {
        if self.opts.hooks.is_some()
            && let Some(done) = self.hooked(|| Node::From(f.clone()), ctx)
        {
            return done;
        }
        self.from_plain(f, ctx)
    }

    /// Render a FROM element as the dialect does.
    pub fn from_plain(&mut self, f: &FromRef, ctx: Ctx) -> SqlResult<()> {
        if self.linter.is_some() && ctx.asfrom {
            self.lint_from(f);
            if !matches!(f.kind, FromKind::Join(_) | FromKind::Grouping(_)) {
                // What is inside has a FROM list of its own.
                let saved = self.linter.take();
                let result = self.render_from(f, ctx);
                self.linter = saved;
                return result;
            }
        }
        self.render_from(f, ctx)
    }

    fn render_from(&mut self, f: &FromRef, ctx: Ctx) -> SqlResult<()> {
        use FromKind as K;
        match &f.kind {
            K::Table(t) => self.table(t, ctx),
            K::Alias { element, name } => {
                if ctx.ashint {
                    self.alias_name(name);
                    return Ok(());
                }
                // An alias of an alias is another name for the same thing.
                let mut element = element;
                while let (FromKind::Alias { element: inner, .. }, true) = (&element.kind, ctx.asfrom) {
                    element = inner;
                }
                match (&element.kind, ctx.asfrom) {
                    (K::Subquery { query, .. }, true) => self.sub_query(query, ctx, false)?,
                    (K::Lateral { element: inner, .. }, true) => self.lateral(inner, ctx)?,
                    _ => self.from(element, ctx)?,
                }
                if ctx.asfrom {
                    self.as_name(name);
                }
                Ok(())
            }
            K::Function(func) => self.expr(func, ctx),
            K::Subquery { query, name } => {
                if ctx.ashint {
                    self.alias_name(name);
                    return Ok(());
                }
                if !ctx.asfrom {
                    // A subquery shown on its own is the query.
                    return self.query(super::froms::ungroup(query), ctx.nested());
                }
                self.sub_query(query, ctx, false)?;
                self.as_name(name);
                Ok(())
            }
            K::Cte(c) => self.cte(f, c, ctx),
            K::Lateral { element, name } => {
                if ctx.ashint {
                    self.alias_name(name);
                    return Ok(());
                }
                self.lateral(element, ctx)?;
                if ctx.asfrom {
                    self.as_name(name);
                }
                Ok(())
            }
            K::TableSample { element, name, sampling, seed } => {
                let after = self.rules.sample_after_alias();
                self.from(element, ctx)?;
                if !after {
                    self.as_name(name);
                }
                self.push(" TABLESAMPLE ");
                self.expr(sampling, Ctx { asfrom: false, ..ctx })?;
                if let Some(seed) = seed {
                    self.push(" REPEATABLE (");
                    self.expr(seed, Ctx { asfrom: false, ..ctx })?;
                    self.push(")");
                }
                if after {
                    self.as_name(name);
                }
                Ok(())
            }
            K::Values(v) => self.values(v, ctx),
            K::TableValued(t) => self.table_valued(t, ctx),
            K::Join(j) => self.join(j, ctx),
            K::Grouping(x) => {
                self.push("(");
                self.from(x, ctx)?;
                self.push(")");
                Ok(())
            }
            K::Query(q) => {
                if ctx.asfrom {
                    self.sub_query(q, ctx, false)
                } else {
                    self.query(q, ctx)
                }
            }
            K::Text(t) => self.text_clause(t, ctx),
            K::Host(h) => self.user_construct(h, ctx),
        }
    }

    pub(crate) fn as_name(&mut self, name: &crate::Label) {
        self.push(self.rules.alias_word());
        self.alias_name(name);
    }

    fn lateral(&mut self, element: &LateralElement, ctx: Ctx) -> SqlResult<()> {
        self.push("LATERAL ");
        match element {
            LateralElement::Query(q) if ctx.asfrom => self.sub_query(q, ctx, true),
            LateralElement::Query(q) => self.parenthesized(q, ctx),
            LateralElement::From(x) => self.from(x, Ctx { lateral: true, asfrom: true, ..ctx }),
        }
    }

    fn sub_query(&mut self, q: &QueryRef, ctx: Ctx, lateral: bool) -> SqlResult<()> {
        self.push("(");
        let inner =
            Ctx { asfrom: true, lateral, visiting_cte: ctx.visiting_cte, literal_binds: ctx.literal_binds, ..ctx.nested() };
        self.query(super::froms::ungroup(q), inner)?;
        self.push(")");
        Ok(())
    }

    /// `schema.table`.
    pub fn table(&mut self, t: &Arc<crate::schema::Table>, _ctx: Ctx) -> SqlResult<()> {
        let schema = t.d.read().schema.clone();
        if let Some(schema) = self.effective_schema(schema.as_ref()) {
            let dialect = self.dialect;
            dialect.write_schema(&mut self.out, &schema);
            self.push(".");
        }
        self.ident(&t.name);
        Ok(())
    }

    fn join(&mut self, j: &Join, ctx: Ctx) -> SqlResult<()> {
        let side = Ctx { asfrom: true, ..ctx };
        self.hinted_from(&j.left, side)?;
        let words = self.rules.join_words(j);
        self.push(words);
        self.hinted_from(&j.right, side)?;
        self.lint_join(&j.left, &j.right);
        self.push(" ON ");
        self.condition(&j.onclause, Ctx { asfrom: false, within_columns: false, ..ctx })
    }

    /// A FROM element with the hint a `with_hint()` gives it.
    #[recursive::recursive]
    pub(crate) fn hinted_from(&mut self, f: &FromRef, ctx: Ctx) -> SqlResult<()> {
        let Some(hint) = self.stack.last().and_then(|e| e.hint_of(f)) else { return self.from(f, ctx) };
        let hint = if hint.contains("%(name)s") {
            let name = self.capture(|c| c.from(f, Ctx { ashint: true, asfrom: false, ..ctx }))?;
            hint.replace("%(name)s", &name)
        } else {
            hint.to_string()
        };
        let text = self.capture(|c| c.from(f, ctx))?;
        let text = self.rules.hinted_from(text, &hint)?;
        self.push(&text);
        Ok(())
    }

    fn values(&mut self, v: &Values, ctx: Ctx) -> SqlResult<()> {
        if v.lateral && ctx.asfrom {
            self.push("LATERAL ");
        }
        let named = ctx.asfrom;
        if named {
            self.push("(");
        }
        self.push("VALUES ");
        let cell = Ctx { asfrom: false, literal_binds: ctx.literal_binds || v.literal_binds, ..ctx };
        let mut first = true;
        for row in v.data.iter().flatten() {
            if !first {
                self.push(", ");
            }
            first = false;
            self.push("(");
            self.separated(row, ", ", cell)?;
            self.push(")");
        }
        if named {
            self.push(")");
        }
        if named && let Some(name) = &v.name {
            self.push(self.rules.alias_word());
            self.alias_name(name);
            self.push(" (");
            for (i, c) in v.columns.iter().enumerate() {
                if i > 0 {
                    self.push(", ");
                }
                let name = c.name();
                self.ident(&name);
            }
            self.push(")");
        }
        Ok(())
    }

    fn table_valued(&mut self, t: &TableValued, ctx: Ctx) -> SqlResult<()> {
        if !ctx.asfrom && !ctx.ashint {
            self.expr(&t.func, ctx)?;
            return self.ordinality(t);
        }
        if ctx.ashint {
            self.alias_name(&t.name);
            return Ok(());
        }
        if t.lateral {
            self.push("LATERAL ");
        }
        let wrap = self.dialect.family == crate::dialects::Family::Oracle;
        if wrap {
            self.push("TABLE (");
        }
        self.expr(&t.func, Ctx { asfrom: false, ..ctx })?;
        if wrap {
            self.push(")");
        }
        self.ordinality(t)?;
        self.push(self.rules.alias_word());
        self.alias_name(&t.name);
        if t.render_derived {
            self.push("(");
            for (i, c) in t.columns.iter().enumerate() {
                if i > 0 {
                    self.push(", ");
                }
                let name = c.name();
                self.ident(&name);
                if t.render_types {
                    self.push(" ");
                    let text = self.type_text(&c.ty(), None)?;
                    self.push(&text);
                }
            }
            self.push(")");
        }
        Ok(())
    }

    fn ordinality(&mut self, t: &TableValued) -> SqlResult<()> {
        if t.with_ordinality.is_some() {
            self.push(" WITH ORDINALITY");
        }
        Ok(())
    }
}
