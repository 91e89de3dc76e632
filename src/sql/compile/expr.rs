//! Expressions.

use super::names::Ident;
use super::{Compiler, Ctx, ResultColumn};
use crate::ast::*;
use crate::error::{SqlError, SqlResult};
use crate::name::Label;
use std::sync::Arc;

impl Compiler<'_> {
    /// Render an expression.
    #[recursive::recursive]
    pub fn expr(&mut self, e: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        // A SELECT in parentheses is the statement's own matter, not that of the expression that it stands in.
        if self.opts.hooks.is_some()
            && !matches!(e.kind, ExprKind::QueryGrouping(_))
            && let Some(done) = self.hooked(|| Node::Expr(e.clone()), ctx)
        {
            return done;
        }
        self.expr_plain(e, ctx)
    }

    /// Render an expression as the dialect does, user code for its own class aside.
    pub fn expr_plain(&mut self, e: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        use ExprKind as K;
        let inner = ctx.inner();
        match &e.kind {
            K::Column(c) => self.column(c, ctx),
            K::LiteralColumn(n) => {
                let text = n.text.clone();
                self.verbatim(&text);
                Ok(())
            }
            K::Collation(n) => {
                let n = n.clone();
                self.collation(&n);
                Ok(())
            }
            K::Bind(b) => self.bind(e, b, ctx),
            K::Null => {
                self.push("NULL");
                Ok(())
            }
            K::True | K::False => {
                let text = self.rules.constant(self.dialect, matches!(e.kind, K::True));
                self.push(text);
                Ok(())
            }
            K::Text(t) => self.text_clause(t, ctx),
            K::Binary { .. } => self.binary(e, inner),
            K::UnaryPrefix { op, operand } => self.unary_prefix(op, operand, ctx),
            K::UnaryPostfix { op, operand } => self.unary_postfix(op, operand, ctx),
            K::AsBoolean { operand, op, .. } => {
                let native = self.dialect.supports_native_boolean;
                if native && *op == Op::IsFalse {
                    self.push("NOT ");
                }
                self.expr(operand, inner)?;
                if !native {
                    self.push(if *op == Op::IsFalse { " = 0" } else { " = 1" });
                }
                Ok(())
            }
            K::BoolList { op, clauses } => self.bool_list(op, clauses, inner),
            K::List { op, clauses, .. } => {
                let separator = super::operators::separator(op);
                self.separated(clauses, &separator, inner)
            }
            K::Grouping(x) => {
                self.push("(");
                self.expr(x, inner)?;
                self.push(")");
                Ok(())
            }
            K::Label { name, element } => self.label(e, name, element, ctx),
            K::TextualLabelRef(name) => self.textual_label(name, ctx),
            K::LabelRef(x) => self.label_ref(x, ctx),
            K::Cast { element, to, safe } => self.cast(element, to, *safe, inner),
            K::TypeCoerce(x) => self.type_coerce(e, x, inner),
            K::Case { value, whens, else_ } => self.case(value.as_ref(), whens, else_.as_ref(), inner),
            K::Extract { field, element } => self.rules.extract(self, field, element, inner),
            K::Function(f) => self.function(e, f, inner),
            K::Over(o) => self.over(o, inner),
            K::FunctionFilter { func, criterion } => {
                self.expr(func, inner)?;
                self.push(" FILTER (WHERE ");
                self.expr(criterion, inner)?;
                self.push(")");
                Ok(())
            }
            K::WithinGroup { func, order_by } => {
                self.expr(func, inner)?;
                self.push(" WITHIN GROUP (ORDER BY ");
                self.separated(order_by, ", ", inner)?;
                self.push(")");
                Ok(())
            }
            K::AggregateOrderBy { func, order_by } => self.aggregate_order_by(func, order_by, inner),
            K::Tuple(parts) => {
                self.push("(");
                self.separated(parts, ", ", inner)?;
                self.push(")");
                Ok(())
            }
            K::ScalarSelect(q) | K::QueryGrouping(q) => self.parenthesized(q, ctx),
            K::Exists(q) => {
                self.push("EXISTS ");
                self.parenthesized(q, ctx)
            }
            K::Slice { start, stop, step } => {
                self.expr(start, inner)?;
                self.push(":");
                self.expr(stop, inner)?;
                if let Some(step) = step {
                    self.push(":");
                    self.expr(step, inner)?;
                }
                Ok(())
            }
            K::TableValue(f) => self.table_value(f, inner),
            K::Entity(entity) => {
                let columns = entity.columns();
                self.separated(&columns, ", ", inner)
            }
            K::Sequence(s) => {
                let text = self.rules.next_value(self.dialect, s)?;
                self.push(&text);
                Ok(())
            }
            K::DmlTarget(c) => self.dml_target(c),
            K::Host(h) => self.host(h, ctx),
        }
    }

    fn host(&mut self, h: &Arc<dyn crate::host::HostExpr>, ctx: Ctx) -> SqlResult<()> {
        let saved = std::mem::replace(&mut self.ctx, ctx);
        if h.structural_hash().is_none() {
            self.cacheable = false;
        }
        let text = h.compile(self);
        self.ctx = saved;
        self.push(&text?);
        Ok(())
    }

    pub(crate) fn user_construct(&mut self, h: &Arc<dyn crate::host::HostExpr>, ctx: Ctx) -> SqlResult<()> {
        self.host(h, ctx)
    }

    /// A column with the name of what it belongs to.
    pub(crate) fn column(&mut self, c: &ColumnRef, ctx: Ctx) -> SqlResult<()> {
        let (label, literal) = {
            let d = c.column.d.read();
            (d.anon_name.clone().map_or_else(|| d.name.clone().map(Label::Fixed), Some), d.is_literal)
        };
        let Some(label) = label else {
            return self.rules.nameless_column(self);
        };
        // The column takes its number before its table does.
        let text = match &label {
            Label::Fixed(n) if literal || c.from().is_none_or(|f| !names_are_generated(f)) => n.text.clone(),
            other => self.label_text(other, Ident::Column),
        };
        if !ctx.no_table
            && let Some(from) = c.from()
        {
            match &from.kind {
                // `column_valued()`: the alias is the column.
                FromKind::TableValued(t) if t.columns.len() == 1 && t.name == label => {}
                _ => self.column_prefix(from),
            }
        }
        if literal {
            self.verbatim(&text);
        } else {
            self.write_label(&label, &text);
        }
        Ok(())
    }

    /// `schema.table.` before a column name.
    fn column_prefix(&mut self, from: &FromRef) {
        match &from.kind {
            FromKind::Table(t) => {
                let schema = t.d.read().schema.clone();
                if let Some(schema) = self.effective_schema(schema.as_ref()) {
                    let dialect = self.dialect;
                    dialect.write_schema(&mut self.out, &schema);
                    self.push(".");
                }
                self.ident(&t.name);
                self.push(".");
            }
            _ => {
                if let Some(label) = naming::from_label(from) {
                    self.alias_name(&label);
                    self.push(".");
                }
            }
        }
    }

    /// The schema to render, translation applied.
    pub(crate) fn effective_schema(&mut self, schema: Option<&crate::Name>) -> Option<crate::Name> {
        if self.dialect.omit_schema {
            return None;
        }
        match &self.opts.schema_translate_map {
            None => schema.cloned(),
            Some(map) => {
                self.schema_translate = true;
                let key = schema.map(|s| &*s.text);
                match map.iter().find(|(from, _)| from.as_deref() == key) {
                    Some((_, to)) => to.as_ref().map(|to| crate::Name::new(to.clone())),
                    None => schema.cloned(),
                }
            }
        }
    }

    /// What has been written since.
    pub(crate) fn written_from(&self, start: usize) -> &str {
        self.out.get(start..).unwrap_or_default()
    }

    /// Text as written, percent signs doubled where the driver needs it.
    pub(crate) fn verbatim(&mut self, text: &str) {
        if self.dialect.paramstyle.doubles_percents() && text.contains('%') {
            self.out.push_str(&text.replace('%', "%%"));
        } else {
            self.out.push_str(text);
        }
    }

    /// Expressions with a separator; those that render nothing are left out.
    pub fn separated(&mut self, items: &[ExprRef], separator: &str, ctx: Ctx) -> SqlResult<()> {
        let mut first = true;
        for item in items {
            let before = self.out.len();
            if !first {
                self.out.push_str(separator);
            }
            let start = self.out.len();
            self.expr(item, ctx)?;
            if self.out.len() == start {
                self.out.truncate(before);
            } else {
                first = false;
            }
        }
        Ok(())
    }

    fn bool_list(&mut self, op: &Op, clauses: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        if clauses.is_empty() {
            return Ok(());
        }
        self.separated(clauses, if *op == Op::Or { " OR " } else { " AND " }, Ctx { in_operator: true, ..ctx })
    }

    /// `text()` with its binds.
    pub(crate) fn text_clause(&mut self, t: &TextClause, ctx: Ctx) -> SqlResult<()> {
        let text = t.text.as_ref();
        if !text.contains([':', '\\']) {
            self.verbatim(text);
            return Ok(());
        }
        let mut chars = text.chars();
        let mut previous = ' ';
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        while let Some(c) = chars.next() {
            if c == '\\'
                && let Some(rest) = chars.as_str().strip_prefix(':')
            {
                // `\:` stands for a plain colon, when no word character or colon follows what it escapes.
                if !rest.trim_start_matches(|c| is_word(c) || c == '$').starts_with(':') {
                    self.out.push(':');
                    chars.next();
                    previous = ':';
                    continue;
                }
            }
            if c == ':' && previous != ':' && previous != '\\' && !is_word(previous) {
                let rest = chars.as_str();
                let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                if let Some((name, rest)) = rest.split_at_checked(len)
                    && len > 0
                    && !rest.starts_with(':')
                {
                    chars = rest.chars();
                    previous = 'a';
                    match t.binds.iter().find(|(n, _)| &**n == name) {
                        Some((_, bind)) => self.expr(&bind.clone(), ctx.inner())?,
                        None => self.out.push_str(&format!(":{name}")),
                    }
                    continue;
                }
            }
            if c == '%' && self.dialect.paramstyle.doubles_percents() {
                self.out.push('%');
            }
            self.out.push(c);
            previous = c;
        }
        Ok(())
    }

    fn label(&mut self, e: &ExprRef, name: &Label, element: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        let with_as = ctx.within_columns && !ctx.within_label;
        let only = ctx.label_as == Arc::as_ptr(e) as usize;
        if with_as {
            // The label takes its number before anything inside the element does.
            let text = self.label_text_checked(name);
            self.expr(element, Ctx { within_label: true, ..ctx })?;
            self.push(" AS ");
            self.write_label(name, &text);
            return Ok(());
        }
        if only {
            let text = self.label_text_checked(name);
            self.write_label(name, &text);
            return Ok(());
        }
        self.expr(element, Ctx { within_columns: false, ..ctx })
    }

    /// Text of a label the user gave, or of a generated one, cut.
    pub(crate) fn label_text_checked(&mut self, name: &Label) -> Arc<str> {
        match name {
            Label::Fixed(n) => n.text.clone(),
            other => self.label_text(other, Ident::Column),
        }
    }

    fn cast(&mut self, element: &ExprRef, to: &crate::types::TypeRef, safe: bool, ctx: Ctx) -> SqlResult<()> {
        if self.rules.cast(self, element, to, safe, ctx)? {
            return Ok(());
        }
        if safe && self.dialect.family != crate::dialects::Family::Str {
            return Err(self.unsupported("<class 'oxalchemy.sql.elements.TryCast'>"));
        }
        self.push(if safe { "TRY_CAST(" } else { "CAST(" });
        self.expr(element, ctx)?;
        self.push(" AS ");
        // A collation is no part of the type that CAST takes.
        let plain = crate::dialects::types::resolved(to, &self.dialect.name);
        let collation = crate::dialects::types::collation(self.dialect, &plain);
        let text = match &collation {
            Some(_) => self.cast_type(&Arc::new(crate::dialects::types::without_collation(&plain)))?,
            None => self.cast_type(to)?,
        };
        self.push(&text);
        self.push(")");
        if let Some(collation) = collation {
            self.push(" COLLATE ");
            self.push(&collation);
        }
        Ok(())
    }

    /// Type text inside CAST.
    pub fn cast_type(&mut self, to: &crate::types::TypeRef) -> SqlResult<String> {
        let text = self.type_text(to, None)?;
        Ok(if self.dialect.paramstyle.doubles_percents() { text.replace('%', "%%") } else { text })
    }

    /// `type_coerce`: a bind takes the type over, anything else is rendered as it is.
    fn type_coerce(&mut self, e: &ExprRef, element: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        if let ExprKind::Bind(b) = &element.kind {
            // The bind keeps its place among the statement's values but is converted as the coerced type.
            let retyped =
                Arc::new(Expr { kind: element.kind.clone(), ty: e.ty.clone(), ann: None, face: crate::FaceSlot::default() });
            if let Some(i) = self.sources.get(&(Arc::as_ptr(element) as usize)).copied() {
                self.sources.insert(Arc::as_ptr(&retyped) as usize, i);
            }
            return self.bind(&retyped, b, ctx);
        }
        self.expr(element, ctx)
    }

    fn case(
        &mut self,
        value: Option<&ExprRef>,
        whens: &[(ExprRef, ExprRef)],
        else_: Option<&ExprRef>,
        ctx: Ctx,
    ) -> SqlResult<()> {
        self.push("CASE ");
        if let Some(value) = value {
            self.expr(value, ctx)?;
            self.push(" ");
        }
        for (condition, result) in whens {
            self.push("WHEN ");
            self.expr(&precedence::self_group(condition, None), ctx)?;
            self.push(" THEN ");
            self.expr(result, ctx)?;
            self.push(" ");
        }
        if let Some(else_) = else_ {
            self.push("ELSE ");
            self.expr(else_, ctx)?;
            self.push(" ");
        }
        self.push("END");
        Ok(())
    }

    /// A query in parentheses.
    pub(crate) fn parenthesized(&mut self, q: &QueryRef, ctx: Ctx) -> SqlResult<()> {
        self.push("(");
        let inner = Ctx { literal_binds: ctx.literal_binds, ..ctx.nested() };
        self.query(super::froms::ungroup(q), inner)?;
        self.push(")");
        Ok(())
    }

    fn table_value(&mut self, f: &FromRef, ctx: Ctx) -> SqlResult<()> {
        match naming::from_label(f) {
            Some(label) => {
                self.alias_name(&label);
                Ok(())
            }
            None => self.from(f, ctx),
        }
    }

    /// `order_by("name")`.
    fn textual_label(&mut self, name: &Arc<str>, ctx: Ctx) -> SqlResult<()> {
        let unresolved = || {
            SqlError::compile(format!(
                "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression '{name}' should be \
                 explicitly declared as text('{name}')"
            ))
        };
        let names = self.label_names().ok_or_else(unresolved)?;
        let found = if ctx.distinct_on { names.only_froms.get(name) } else { names.with_cols.get(name) };
        let found = found.cloned().ok_or_else(unresolved)?;
        let target = inner_label(&found).map_or(0, |l| Arc::as_ptr(l) as usize);
        self.expr(&found, Ctx { label_as: target, within_columns: false, ..ctx })
    }

    /// `order_by(label)`: the name of a label that the columns clause has.
    fn label_ref(&mut self, element: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        if self.dialect.supports_simple_order_by_label
            && !ctx.within_group_by
            && let Some(label) = inner_label(element)
            && let ExprKind::Label { name: Label::Fixed(_) | Label::Anon { .. }, .. } = &label.kind
            && self.stack.last().is_some_and(|entry| entry.columns.iter().any(|c| same_label(c, label)))
        {
            let target = Arc::as_ptr(label) as usize;
            return self.expr(element, Ctx { label_as: target, within_columns: false, ..ctx });
        }
        self.expr(element, Ctx { within_columns: false, ..ctx })
    }

    /// An entry of the result map, in SELECT order.
    pub(crate) fn add_result(&mut self, column: ResultColumn) {
        self.result.push(column);
    }
}

/// Are the column names of `f` labels, which may be cut, rather than names of the user's?
#[recursive::recursive]
fn names_are_generated(f: &FromRef) -> bool {
    match &f.kind {
        FromKind::Subquery { .. } | FromKind::Query(_) | FromKind::Lateral { .. } | FromKind::Cte(_) => true,
        FromKind::Alias { element, .. } => names_are_generated(element),
        _ => false,
    }
}

/// The label below sort modifiers.
#[recursive::recursive]
fn inner_label(e: &ExprRef) -> Option<&ExprRef> {
    match &e.kind {
        ExprKind::Label { .. } => Some(e),
        ExprKind::UnaryPostfix { op: Op::Asc | Op::Desc | Op::NullsFirst | Op::NullsLast, operand } => inner_label(operand),
        ExprKind::LabelRef(x) | ExprKind::Grouping(x) => inner_label(x),
        _ => None,
    }
}

/// Is `column` of a columns clause the label `label`, or another over the same element under the same name?
fn same_label(column: &ExprRef, label: &ExprRef) -> bool {
    if Arc::ptr_eq(column, label) {
        return true;
    }
    match (&column.kind, &label.kind) {
        (ExprKind::Label { name: a, element: x }, ExprKind::Label { name: b, element: y }) => {
            a == b && (Arc::ptr_eq(x, y) || naming::identity(x) == naming::identity(y))
        }
        _ => false,
    }
}
