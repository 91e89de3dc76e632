//! SELECT, set operations, textual selects.

use super::context::{Entry, LabelNames};
use super::names::Ident;
use super::{Compiler, Ctx, ResolveContext, ResultColumn};
use crate::ast::naming::{self, Named};
use crate::ast::precedence::self_group;
use crate::ast::*;
use crate::error::{SqlError, SqlResult};
use crate::name::Label;
use std::sync::Arc;

/// LIMIT, OFFSET and FETCH of a query.
#[allow(missing_docs)]
pub struct Limits<'q> {
    pub limit: Option<&'q ExprRef>,
    pub offset: Option<&'q ExprRef>,
    pub fetch: Option<&'q Fetch>,
    pub for_update: Option<&'q ForUpdate>,
}

impl Limits<'_> {
    /// Nothing given?
    pub fn is_empty(&self) -> bool {
        self.limit.is_none() && self.offset.is_none() && self.fetch.is_none()
    }
}

impl Compiler<'_> {
    /// Render a query.
    #[recursive::recursive]
    pub fn query(&mut self, q: &QueryRef, ctx: Ctx) -> SqlResult<()> {
        // Parentheses are not the statement: user code renders what is inside.
        if self.opts.hooks.is_some()
            && !matches!(q.kind, QueryKind::Grouping(_))
            && let Some(done) = self.hooked(|| Node::Query(q.clone()), ctx)
        {
            return done;
        }
        self.query_plain(q, ctx)
    }

    /// Render a query as the dialect does.
    pub fn query_plain(&mut self, q: &QueryRef, ctx: Ctx) -> SqlResult<()> {
        if let Some(resolver) = self.opts.resolver
            && needs_resolving(q)
        {
            let (explicit, implicit) = self.provided(ctx.asfrom, ctx.lateral);
            let context = ResolveContext {
                toplevel: self.stack.is_empty(),
                asfrom: ctx.asfrom,
                inherited: &self.inherited,
                enclosing: super::froms::Enclosing { explicit: &explicit, implicit: &implicit },
            };
            if let Some(plain) = resolver.resolve(q, context)? {
                return self.plain_query(&plain, ctx);
            }
        }
        self.plain_query(q, ctx)
    }

    fn plain_query(&mut self, q: &QueryRef, ctx: Ctx) -> SqlResult<()> {
        match &q.kind {
            QueryKind::Select(s) => self.under(&s.options, |c| c.select(q, s, ctx)),
            QueryKind::Compound(c) => self.under(&c.options, |s| s.compound(c, ctx)),
            QueryKind::Textual(t) => self.textual(t, ctx),
            QueryKind::FromStatement(f) => self.node(&f.element, ctx),
            QueryKind::Grouping(inner) => {
                if self.stack.is_empty() {
                    return self.query(inner, ctx);
                }
                self.push("(");
                self.query(inner, Ctx { compound: ctx.compound, ..ctx })?;
                self.push(")");
                Ok(())
            }
            QueryKind::Values(f) => self.from(f, Ctx { asfrom: false, ..ctx }),
        }
    }

    /// Render a SELECT.
    pub(crate) fn select(&mut self, q: &QueryRef, s: &Select, ctx: Ctx) -> SqlResult<()> {
        if let Some(wrapped) = self.rules.restructure(self, q, s)? {
            return self.query(&wrapped, ctx);
        }
        let toplevel = self.stack.is_empty();
        let populate = ctx.compound <= 1
            && (toplevel || self.stack.last().is_some_and(|e| e.need_result_for_compound || e.need_result_for_nested));
        let mut named = naming::columns_plus_names(s.columns.iter().flat_map(proxy::item_columns).collect(), s.label_style, true);
        // nobody reads the names of a query that is a value
        if !populate && !ctx.asfrom && !ctx.insert_into && ctx.compound <= 1 {
            named.iter_mut().for_each(|n| n.required = None);
        }
        self.check_compound_width(ctx, named.len())?;
        let froms = self.display_froms(s, q, ctx.asfrom, ctx.lateral)?;
        let mut entry = self.entry_for(&froms);
        entry.columns = named.iter().map(|n| n.expr.clone()).collect();
        entry.froms.clone_from(&froms);
        entry.need_result_for_nested = populate && self.rules.is_wrapper(s);
        entry.set_hints(&s.hints, &self.dialect.name);
        self.stack.push(entry);
        let start = self.out.len();
        let result = self.select_body(s, &named, &froms, ctx, populate);
        let done = result.and_then(|()| {
            if toplevel || (ctx.compound == 0 && !ctx.insert_into) {
                self.place_ctes(start, toplevel, false);
            }
            self.affixes(&s.suffixes, ctx, true)
        });
        self.stack.pop();
        done
    }

    fn select_body(&mut self, s: &Select, named: &[Named], froms: &[FromRef], ctx: Ctx, populate: bool) -> SqlResult<()> {
        let inner = Ctx {
            literal_binds: ctx.literal_binds,
            literal_execute: ctx.literal_execute,
            skip_bind_expression: ctx.skip_bind_expression,
            visiting_cte: ctx.visiting_cte,
            no_table: ctx.no_table && ctx.ddl,
            ddl: ctx.ddl,
            ..Ctx::default()
        };
        self.push("SELECT ");
        self.select_hints(s);
        self.independent_ctes(&s.ctes, inner)?;
        self.affixes(&s.prefixes, inner, false)?;
        self.rules.precolumns(self, s, inner)?;
        let mut first = true;
        for n in named {
            let before = self.out.len();
            if !first {
                self.push(", ");
            }
            let start = self.out.len();
            self.select_column(n, inner, ctx.asfrom, populate)?;
            if self.out.len() == start {
                self.out.truncate(before);
            } else {
                first = false;
            }
        }
        let outer = self.begin_lint();
        if froms.is_empty() {
            self.push(self.rules.default_from(s));
        } else {
            self.push(" \nFROM ");
            for (i, f) in froms.iter().enumerate() {
                if i > 0 {
                    self.push(", ");
                }
                self.hinted_from(f, inner.from())?;
            }
        }
        self.criteria(" \nWHERE ", &s.where_, inner)?;
        self.end_lint(outer, "SELECT");
        self.group_by(&s.group_by, inner)?;
        self.criteria(" \nHAVING ", &s.having, inner)?;
        self.order_by(&s.order_by, inner)?;
        let limits = Limits {
            limit: s.limit.as_ref(),
            offset: s.offset.as_ref(),
            fetch: s.fetch.as_ref(),
            for_update: s.for_update.as_ref(),
        };
        if !limits.is_empty() {
            self.rules.limit(self, &limits, inner)?;
        }
        if let Some(f) = &s.for_update {
            self.rules.for_update(self, f, inner)?;
        }
        for hint in s.hints.iter().filter(|h| h.target.is_none() && (&*h.dialect == "*" || h.dialect == self.dialect.name)) {
            self.push(" ");
            let text = hint.text.clone();
            self.push(&text);
        }
        Ok(())
    }

    /// Criteria joined by AND, behind `words`.
    pub(crate) fn criteria(&mut self, words: &str, criteria: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        if criteria.is_empty() {
            return Ok(());
        }
        let before = self.out.len();
        self.push(words);
        let start = self.out.len();
        self.and_list(criteria, ctx)?;
        if self.out.len() == start {
            self.out.truncate(before);
        }
        Ok(())
    }

    fn and_list(&mut self, criteria: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        if let Some(never) = criteria.iter().find(|c| matches!(c.kind, ExprKind::False)) {
            return self.condition(never, ctx);
        }
        let kept: Vec<&ExprRef> = criteria.iter().filter(|c| !matches!(c.kind, ExprKind::True)).collect();
        match kept.as_slice() {
            [] => criteria.first().map_or(Ok(()), |c| self.condition(c, ctx)),
            [one] => self.condition(one, ctx),
            many => {
                let grouped: Vec<ExprRef> = many.iter().map(|c| self_group(c, Some(&Op::And))).collect();
                self.separated(&grouped, " AND ", ctx)
            }
        }
    }

    /// One criterion on its own.
    pub(crate) fn condition(&mut self, e: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        match e.kind {
            ExprKind::True | ExprKind::False => {
                self.expr(e, ctx)?;
                if !self.dialect.supports_native_boolean {
                    self.push(" = 1");
                }
                Ok(())
            }
            _ => self.expr(&self_group(e, Some(&Op::AsBoolean)), ctx),
        }
    }

    pub(crate) fn group_by(&mut self, list: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        if list.is_empty() {
            return Ok(());
        }
        let before = self.out.len();
        self.push(" GROUP BY ");
        let start = self.out.len();
        self.separated(list, ", ", Ctx { within_group_by: true, ..ctx })?;
        if self.out.len() == start {
            self.out.truncate(before);
        }
        Ok(())
    }

    pub(crate) fn order_by(&mut self, list: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        if list.is_empty() {
            return Ok(());
        }
        let before = self.out.len();
        self.push(" ORDER BY ");
        let start = self.out.len();
        self.separated(list, ", ", ctx)?;
        if self.out.len() == start {
            self.out.truncate(before);
        }
        Ok(())
    }

    /// Prefixes or suffixes meant for this dialect, each followed by a space.
    pub(crate) fn affixes(&mut self, list: &[Affix], ctx: Ctx, suffixes: bool) -> SqlResult<()> {
        if suffixes && !list.is_empty() {
            self.push(" ");
        }
        for affix in list {
            if &*affix.dialect != "*" && !affix.dialect.is_empty() && affix.dialect != self.dialect.name {
                continue;
            }
            self.expr(&affix.expr, ctx)?;
            self.push(" ");
        }
        Ok(())
    }

    fn select_hints(&mut self, s: &Select) {
        for hint in &s.hints {
            if let Some(target) = &hint.target
                && (&*hint.dialect == "*" || hint.dialect == self.dialect.name)
                && self.rules.select_hint()
            {
                let name = naming::from_label(target).map(|l| self.label_text(&l, Ident::Alias)).unwrap_or_else(|| "".into());
                let text = format!("/*+ {} */ ", hint.text.replace("%(name)s", &name));
                self.push(&text);
            }
        }
    }

    /// One item of the columns clause, and its entry in the result map.
    pub(crate) fn select_column(&mut self, n: &Named, ctx: Ctx, asfrom: bool, populate: bool) -> SqlResult<()> {
        let e = &n.expr;
        let columns = Ctx { within_columns: true, ..ctx };
        let host_expr = if populate || !asfrom {
            super::bind::type_wrapping(&e.ty, &self.dialect.name, &|host| host.column_expression(e))
        } else {
            None
        };
        let wrapped = host_expr.is_some();
        let shown = host_expr.unwrap_or_else(|| e.clone());
        let mut names: Vec<Arc<str>> = Vec::new();
        let name: Arc<str>;
        if let ExprKind::Label { name: label, .. } = &e.kind {
            let text = self.label_text_checked(label);
            if wrapped {
                self.expr(&shown, Ctx { within_label: true, ..columns })?;
                self.push(" AS ");
                self.write_label(label, &text);
            } else {
                self.expr(e, columns)?;
            }
            name = text;
        } else if let Some(required) = &n.required {
            return self.labelled(n, &shown, &required.clone(), ctx, populate);
        } else {
            let shown_as_test = is_column_test(e) && !asfrom && self.dialect.supports_native_boolean;
            let with_label = wrapped || (render_with_label(e, asfrom) && !shown_as_test);
            if with_label {
                let label = n.fallback.clone().unwrap_or_else(|| naming::anon_name_label(e));
                return self.labelled(n, &shown, &label, ctx, populate);
            }
            let start = self.out.len();
            self.expr(&shown, columns)?;
            name = match &e.kind {
                ExprKind::Column(c) => self.generated_label(&c.column.label()),
                ExprKind::LiteralColumn(n) => n.text.clone(),
                ExprKind::Host(h) => match h.named_as().as_deref().map(|e| &e.kind) {
                    Some(ExprKind::Column(c)) => self.generated_label(&c.column.label()),
                    _ => self.written_from(start).into(),
                },
                // `-x` and `x DESC` are known as `x`.
                ExprKind::UnaryPrefix { operand, .. } | ExprKind::UnaryPostfix { operand, .. }
                    if let ExprKind::Column(c) = &operand.kind =>
                {
                    self.generated_label(&c.column.label())
                }
                ExprKind::Text(_) => {
                    self.result_textual |= populate && self.written_from(start).contains('*');
                    "".into()
                }
                _ => self.written_from(start).into(),
            };
            if let ExprKind::LiteralColumn(n) = &e.kind
                && n.text.contains('*')
            {
                self.result_textual |= populate;
            }
        }
        if populate {
            names.push(name.clone());
            self.record(n, name, names);
        }
        Ok(())
    }

    fn labelled(&mut self, n: &Named, shown: &ExprRef, label: &Label, ctx: Ctx, populate: bool) -> SqlResult<()> {
        let text = self.generated_label(label);
        self.expr(shown, Ctx { within_columns: true, within_label: true, ..ctx })?;
        self.push(" AS ");
        self.write_label(label, &text);
        if populate {
            let names = vec![text.clone()];
            self.record(n, text, names);
        }
        Ok(())
    }

    fn record(&mut self, n: &Named, name: Arc<str>, mut names: Vec<Arc<str>>) {
        let mut add = |s: Arc<str>| {
            if !names.contains(&s) {
                names.push(s);
            }
        };
        // `-x` and `x DESC` are found as `x`.
        let shown = match &n.expr.kind {
            ExprKind::UnaryPrefix { operand, .. } | ExprKind::UnaryPostfix { operand, .. } => operand,
            _ => &n.expr,
        };
        if let ExprKind::Column(c) = &shown.kind {
            // Under a label that had to be made up, the column's own names are another column's.
            if n.required.is_none() {
                add(c.column.key());
            }
            if let (None, Label::Fixed(own)) = (&n.required, c.column.label()) {
                add(own.text);
            }
            if let Some(Label::Fixed(qualified)) = naming::tq_label(shown) {
                add(qualified.text);
            }
        }
        if matches!(n.expr.kind, ExprKind::Text(_)) {
            names.clear();
        }
        let mut exprs = vec![n.expr.clone()];
        if let ExprKind::Label { element, .. } = &n.expr.kind {
            exprs.push(element.clone());
        } else if matches!(shown.kind, ExprKind::Column(_)) && !Arc::ptr_eq(shown, &n.expr) {
            exprs.push(shown.clone());
        }
        if n.repeated {
            exprs.clear();
            names.clear();
        }
        // A row is keyed by the name in the text, a mapped attribute by the attribute's.
        let key = n.expr.ann.as_ref().and_then(|a| a.proxy_key.clone()).unwrap_or_else(|| name.clone());
        self.add_result(ResultColumn { key, name, exprs, names, ty: n.expr.ty.clone(), repeated: n.repeated });
    }

    fn check_compound_width(&mut self, ctx: Ctx, width: usize) -> SqlResult<()> {
        if ctx.compound == 0 {
            return Ok(());
        }
        let Some(entry) = self.stack.last_mut() else { return Ok(()) };
        match entry.first_columns {
            None => entry.first_columns = Some(width),
            Some(first) if first != width => {
                return Err(SqlError::compile(format!(
                    "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has {first} columns, \
                     select #{} has {width}",
                    ctx.compound
                )));
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn compound(&mut self, c: &Compound, ctx: Ctx) -> SqlResult<()> {
        let toplevel = self.stack.is_empty();
        let need = ctx.compound <= 1 && (toplevel || self.stack.last().is_some_and(|e| e.need_result_for_compound));
        let mut entry = Entry { need_result_for_compound: need, ..Entry::default() };
        if let Some(outer) = self.stack.last() {
            entry.correlate_froms.clone_from(&outer.correlate_froms);
            entry.asfrom_froms.clone_from(&outer.asfrom_froms);
        }
        entry.columns = c.selects.first().map(proxy::exported).unwrap_or_default().into_iter().map(|(_, e)| e).collect();
        self.stack.push(entry);
        let start = self.out.len();
        let result = self.compound_body(c, ctx);
        if result.is_ok() {
            self.place_ctes(start, toplevel, true);
        }
        self.stack.pop();
        result
    }

    fn compound_body(&mut self, c: &Compound, ctx: Ctx) -> SqlResult<()> {
        self.independent_ctes(&c.ctes, Ctx { literal_binds: ctx.literal_binds, ..ctx.nested() })?;
        let keyword = self.rules.compound_keyword(c.keyword);
        for (i, q) in c.selects.iter().enumerate() {
            if i > 0 {
                self.push(" ");
                self.push(keyword);
                self.push(" ");
            }
            self.query(q, Ctx { compound: u32::try_from(i).unwrap_or(u32::MAX).saturating_add(1), ..ctx })?;
        }
        let inner = Ctx { no_table: true, literal_binds: ctx.literal_binds, visiting_cte: ctx.visiting_cte, ..Ctx::default() };
        self.group_by(&c.group_by, inner)?;
        self.order_by(&c.order_by, inner)?;
        let limits = Limits {
            limit: c.limit.as_ref(),
            offset: c.offset.as_ref(),
            fetch: c.fetch.as_ref(),
            for_update: c.for_update.as_ref(),
        };
        if !limits.is_empty() {
            self.rules.limit(self, &limits, inner)?;
        }
        if let Some(f) = &c.for_update {
            self.rules.for_update(self, f, inner)?;
        }
        Ok(())
    }

    fn textual(&mut self, t: &TextualSelect, ctx: Ctx) -> SqlResult<()> {
        let toplevel = self.stack.is_empty();
        let populate = ctx.compound <= 1 && (toplevel || self.stack.last().is_some_and(|e| e.need_result_for_compound));
        self.stack.push(Entry::default());
        let start = self.out.len();
        let inner = Ctx { literal_binds: ctx.literal_binds, ..ctx.nested() };
        let result = self.independent_ctes(&t.ctes, inner).and_then(|()| self.text_clause(&t.text, inner));
        if result.is_ok() {
            if populate {
                self.result_textual = !t.positional;
                for n in naming::columns_plus_names(t.columns.clone(), LabelStyle::None, true) {
                    let name: Arc<str> = match naming::proxy_label(&n.expr) {
                        Label::Fixed(l) => l.text,
                        other => self.label_text(&other, Ident::Column),
                    };
                    let names = vec![name.clone()];
                    self.record(&n, name, names);
                }
            }
            self.place_ctes(start, toplevel, false);
        }
        self.stack.pop();
        result
    }

    /// LIMIT and OFFSET the common way.
    pub fn limit_offset(&mut self, limits: &Limits<'_>, no_limit: Option<&str>, ctx: Ctx) -> SqlResult<()> {
        if let Some(limit) = limits.limit {
            self.push("\n LIMIT ");
            self.expr(limit, ctx)?;
        }
        if let Some(offset) = limits.offset {
            if limits.limit.is_none()
                && let Some(text) = no_limit
            {
                self.push("\n LIMIT ");
                self.push(text);
            }
            self.push(" OFFSET ");
            self.expr(offset, ctx)?;
        }
        Ok(())
    }

    /// FETCH FIRST, standard form.
    pub fn fetch_first(&mut self, limits: &Limits<'_>, ctx: Ctx) -> SqlResult<()> {
        if let Some(offset) = limits.offset {
            self.push("\n OFFSET ");
            self.expr(offset, ctx)?;
            self.push(" ROWS");
        }
        if let Some(fetch) = limits.fetch {
            self.push("\n FETCH FIRST ");
            self.expr(&fetch.count, ctx)?;
            if fetch.percent {
                self.push(" PERCENT");
            }
            self.push(" ROWS ");
            self.push(if fetch.with_ties { "WITH TIES" } else { "ONLY" });
        }
        Ok(())
    }

    /// Names that ORDER BY of the innermost query may use.
    pub(crate) fn label_names(&mut self) -> Option<Arc<LabelNames>> {
        let entry = self.stack.last_mut()?;
        if let Some(names) = &entry.labels {
            return Some(names.clone());
        }
        let mut names = LabelNames::default();
        for e in &entry.columns {
            if matches!(e.kind, ExprKind::Text(_)) {
                continue;
            }
            let key = match (naming::tq_label(e), &e.kind) {
                (Some(Label::Fixed(n)), _) => Some(n.text),
                (_, ExprKind::Column(_) | ExprKind::LiteralColumn(_) | ExprKind::Bind(_)) => naming::proxy_key(e),
                _ => None,
            };
            if let Some(key) = key {
                names.only_cols.insert(key, e.clone());
            }
        }
        names.with_cols.clone_from(&names.only_cols);
        for e in &entry.columns {
            if let ExprKind::Column(_) = &e.kind
                && let Some(key) = naming::proxy_key(e)
            {
                names.with_cols.entry(key).or_insert_with(|| e.clone());
            }
        }
        for f in &entry.froms {
            for (_, e) in proxy::columns(f) {
                if let Some(key) = naming::proxy_key(&e) {
                    names.only_froms.insert(key.clone(), e.clone());
                    names.with_cols.entry(key).or_insert(e);
                }
            }
        }
        let names = Arc::new(names);
        entry.labels = Some(names.clone());
        Some(names)
    }
}

/// Does the ORM have a say in this query?
fn needs_resolving(q: &QueryRef) -> bool {
    match &q.kind {
        QueryKind::Select(s) => s.orm,
        QueryKind::FromStatement(_) => true,
        _ => false,
    }
}

fn is_exists(e: &ExprRef) -> bool {
    match &e.kind {
        ExprKind::Exists(_) => true,
        ExprKind::Grouping(inner) | ExprKind::UnaryPrefix { op: Op::Not, operand: inner } => is_exists(inner),
        _ => false,
    }
}

/// Whether an unlabelled column gets a label: columns only inside subqueries, unnamed expressions always.
/// A column as a condition, `x` or `NOT x`: it keeps the column's name.
fn is_column_test(e: &ExprRef) -> bool {
    match &e.kind {
        ExprKind::AsBoolean { operand, .. } => matches!(operand.kind, ExprKind::Column(_) | ExprKind::LiteralColumn(_)),
        _ => false,
    }
}

fn render_with_label(e: &ExprRef, asfrom: bool) -> bool {
    match &e.kind {
        ExprKind::Column(c) => asfrom && c.from().is_some() && !c.column.d.read().is_literal,
        ExprKind::LiteralColumn(_) | ExprKind::Text(_) | ExprKind::List { .. } => false,
        ExprKind::UnaryPrefix { op: Op::Not, operand } if is_exists(operand) => true,
        ExprKind::UnaryPrefix { operand, .. } => {
            asfrom || !matches!(operand.kind, ExprKind::Column(_) | ExprKind::LiteralColumn(_))
        }
        ExprKind::UnaryPostfix { operand, .. } => {
            asfrom || !matches!(operand.kind, ExprKind::Column(_) | ExprKind::LiteralColumn(_) | ExprKind::Label { .. })
        }
        ExprKind::TableValue(_) => false,
        ExprKind::Host(h) => h.named_as().is_none_or(|e| render_with_label(&e, asfrom)),
        _ => true,
    }
}

impl Compiler<'_> {
    /// `OF t1, t2` of FOR UPDATE: the tables of what is given, each once.
    pub fn for_update_of(&mut self, f: &ForUpdate, ctx: Ctx) -> SqlResult<()> {
        let mut tables = super::froms::FromSet::default();
        for from in &f.of_from {
            // Of a join the right side first.
            let mut left = vec![from];
            while let Some(part) = left.pop() {
                match &part.kind {
                    FromKind::Join(j) => left.extend([&j.left, &j.right]),
                    _ => super::froms::from_parts(part, &mut tables),
                }
            }
        }
        for e in &f.of {
            super::froms::from_objects(e, &mut tables);
        }
        let tables: Vec<FromRef> = tables.0.into_iter().filter(|t| !matches!(t.kind, FromKind::Join(_))).collect();
        if tables.is_empty() {
            return Ok(());
        }
        self.push(" OF ");
        for (i, t) in tables.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            match &t.kind {
                // A locked table goes by its bare name.
                FromKind::Table(table) => {
                    let name = self.dialect.quote(&table.name);
                    self.push(&name);
                }
                _ => self.from(t, Ctx { ashint: true, ..ctx })?,
            }
        }
        Ok(())
    }

    /// An integer that becomes part of the text at execution.
    pub fn literal_execute_int(&mut self, n: i64) -> SqlResult<String> {
        let value = build::literal(Literal::Int(n));
        self.node_text(&Node::Expr(value), Ctx { literal_execute: true, ..Ctx::default() })
    }

    /// Assignments of ON DUPLICATE KEY UPDATE.
    pub fn duplicate_key_set(
        &mut self,
        table: &Arc<crate::schema::Table>,
        set: &[(ColumnKey, ExprRef)],
        ordered: bool,
        ctx: Ctx,
    ) -> SqlResult<Vec<String>> {
        self.set_clause(table, set, ctx, " = ", !ordered)
    }
}
