//! Values rendered inline.

use super::{Compiler, Ctx};
use crate::ast::{Bind, BindValue, ExprKind, ExprRef, Literal};
use crate::error::{SqlError, SqlResult};
use crate::host::HostRef;
use crate::types::literal::{Quoting, literal_text};
use crate::types::{Affinity, TypeRef};
use std::fmt::Write;

/// Renders host values inline: the conversions of types live with whoever made the values.
pub trait LiteralRenderer {
    /// SQL text of `value` as `ty` on `dialect`; `None`: no renderer.
    fn render(&self, value: &HostRef, ty: &TypeRef, dialect: &crate::dialects::Dialect) -> SqlResult<Option<String>>;
    /// The elements of a list value, for expanding binds.
    fn elements(&self, value: &HostRef) -> Option<Vec<HostRef>>;
    /// Result of a `callable_=`.
    fn call(&self, callable: &HostRef) -> SqlResult<HostRef>;
}

impl Compiler<'_> {
    /// A bind as an inline value.
    pub(crate) fn literal_bind(&mut self, e: &ExprRef, b: &Bind, ctx: Ctx) -> SqlResult<()> {
        let missing = || {
            let key = self_key(b);
            Err(SqlError::compile(format!("Bind parameter '{key}' without a renderable value not allowed here.")))
        };
        let value = match &b.value {
            BindValue::Missing => {
                self.push(if b.expanding { "(NULL)" } else { "NULL" });
                return Ok(());
            }
            BindValue::Literal(l) => {
                let l = l.clone();
                return self.literal(&l, &e.ty);
            }
            BindValue::Host(h) => h.clone(),
            BindValue::Callable(c) => match self.opts.literals {
                Some(r) => r.call(c)?,
                None => return missing(),
            },
        };
        if b.expanding {
            let elements = self.opts.literals.and_then(|r| r.elements(&value));
            return self.literal_list(elements.as_deref().unwrap_or(&[]), e, b, ctx);
        }
        self.literal_value(&value, &e.ty)
    }

    fn literal_list(&mut self, elements: &[HostRef], e: &ExprRef, b: &Bind, ctx: Ctx) -> SqlResult<()> {
        let ty = &e.ty;
        self.push("(");
        if elements.is_empty() {
            let text = super::expand::empty_set(self.dialect, b.expand_op.as_ref(), ty)?;
            self.push(&text);
        }
        let tuples = ty.affinity == Affinity::Tuple
            || ty.affinity != Affinity::Array
                && elements
                    .first()
                    .is_some_and(|e| e.as_literal().is_none() && self.opts.literals.is_some_and(|r| r.elements(e).is_some()));
        if tuples && self.dialect.tuple_in_values && !elements.is_empty() {
            self.push("VALUES ");
        }
        for (i, element) in elements.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            let parts = if tuples { self.opts.literals.and_then(|r| r.elements(element)) } else { None };
            match parts {
                Some(parts) => {
                    self.push("(");
                    for (j, part) in parts.iter().enumerate() {
                        if j > 0 {
                            self.push(", ");
                        }
                        let part_ty = ty.items.get(j).cloned().unwrap_or_else(crate::types::null_type);
                        self.literal_element(part, &part_ty, b, ctx)?;
                    }
                    self.push(")");
                }
                None => self.literal_element(element, ty, b, ctx)?,
            }
        }
        self.push(")");
        Ok(())
    }

    /// An element of a list, with what its type puts around bound values.
    fn literal_element(&mut self, value: &HostRef, ty: &TypeRef, b: &Bind, ctx: Ctx) -> SqlResult<()> {
        if ty.host.is_none() {
            return self.literal_value(value, ty);
        }
        let one = Bind { value: BindValue::Host(value.clone()), expanding: false, expand_op: None, ..b.clone() };
        let bind = crate::ast::Expr::new(ExprKind::Bind(one), ty.clone());
        self.expr(&bind, ctx)
    }

    /// A host value inline.
    pub fn literal_value(&mut self, value: &HostRef, ty: &TypeRef) -> SqlResult<()> {
        if let Some(Literal::Null) = value.as_literal() {
            self.push("NULL");
            return Ok(());
        }
        if let Some(r) = self.opts.literals {
            return match r.render(value, ty, self.dialect)? {
                Some(text) => {
                    self.push(&text);
                    Ok(())
                }
                None => Err(no_renderer(&value.repr(), ty)),
            };
        }
        match value.as_literal() {
            Some(l) => self.literal(&l, ty),
            None => Err(no_renderer(&value.repr(), ty)),
        }
    }

    /// A plain constant inline.
    pub fn literal(&mut self, value: &Literal, ty: &TypeRef) -> SqlResult<()> {
        match value {
            Literal::Null => self.push("NULL"),
            Literal::Bool(b) => {
                let text = self.rules.constant(self.dialect, *b);
                self.push(text);
            }
            Literal::Int(i) if ty.affinity == Affinity::Boolean => {
                let text = self.rules.constant(self.dialect, *i != 0);
                self.push(text);
            }
            Literal::Int(i) => {
                let _ = write!(self.out, "{i}");
            }
            Literal::Float(f) => {
                let text = literal_text(&base::Value::Float(*f), Quoting::of(self.dialect));
                let text = text.ok_or_else(|| no_renderer(&base::temporal::float_text(*f), ty))?;
                self.push(&text);
            }
            Literal::Text(t) => self.string_literal(t),
            Literal::Bytes(b) => {
                let text = literal_text(&base::Value::Bytes(b.clone()), Quoting::of(self.dialect));
                let text = text.ok_or_else(|| no_renderer(&format!("{b:?}"), ty))?;
                self.push(&text);
            }
        }
        Ok(())
    }

    /// A quoted string.
    pub fn string_literal(&mut self, text: &str) {
        let text = self.dialect.string_literal(text);
        self.out.push_str(&text);
    }
}

fn self_key(b: &Bind) -> String {
    match &b.key {
        crate::Label::Fixed(n) => n.to_string(),
        other => crate::ast::proxy::anonymous(other).to_string(),
    }
}

/// The error for a value whose type cannot be written inline.
pub fn no_renderer(repr: &str, ty: &TypeRef) -> SqlError {
    let name = if ty.is_null() { "NULL".to_owned() } else { ty.visit_name.to_uppercase() };
    SqlError::compile(format!("No literal value renderer is available for literal value \"{repr}\" with datatype {name}"))
}
