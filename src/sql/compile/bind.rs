//! Bound parameters: names, placeholders, values that become known at execution.

use super::names::Ident;
use super::{BindSource, CompiledBind, Compiler, Ctx};
use crate::ast::{Bind, BindValue, ExprKind, ExprRef, Node, Op};
use crate::dialects::ParamStyle;
use crate::error::{SqlError, SqlResult};
use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, LazyLock};

/// Marks a placeholder in the text until the rendering is finished: START [`SIGN`] number END.
pub(crate) const START: char = '\u{1}';
/// What no text of a user holds: digits that are this process's own. Data that looks like a placeholder is none.
pub(crate) static SIGN: LazyLock<String> = LazyLock::new(|| RandomState::new().build_hasher().finish().to_string() + ".");
/// See [`START`].
pub(crate) const END: char = '\u{2}';

impl Compiler<'_> {
    /// Render a bind.
    pub(crate) fn bind(&mut self, e: &ExprRef, b: &Bind, ctx: Ctx) -> SqlResult<()> {
        // The elements of a list that is written out are wrapped one by one.
        let listed = b.expanding && ctx.literal_binds;
        if !ctx.skip_bind_expression
            && !listed
            && let Some(wrapped) = type_wrapping(&e.ty, &self.dialect.name, &|host| host.bind_expression(e))
        {
            return self.wrapped_bind(&wrapped, b, ctx);
        }
        let post = b.expanding || ctx.literal_execute || b.literal_execute;
        if ctx.literal_binds {
            return self.literal_bind(e, b, ctx);
        }
        let index = self.register_bind(e, b, ctx)?;
        if post {
            if let Some(bind) = self.binds.get_mut(index as usize) {
                bind.literal_execute |= ctx.literal_execute || b.literal_execute;
            }
            self.post_compile(index, b.expanding);
            if !b.expanding
                && let Some(cast) = self.rules.literal_cast(self.dialect, &e.ty)
            {
                self.push("::");
                self.push(&cast);
            }
            return Ok(());
        }
        if self.rules.casts_bind(self.dialect, &e.ty) {
            let ty = e.ty.clone();
            if let Some(cast) = self.rules.bind_cast(self, &ty) {
                self.placeholder(index);
                self.push("::");
                self.push(&cast);
                return Ok(());
            }
        }
        self.placeholder(index);
        Ok(())
    }

    /// Write the placeholder of a registered bind.
    pub(crate) fn placeholder(&mut self, index: u32) {
        let _ = write!(self.out, "{START}{}{index}{END}", *SIGN);
    }

    fn post_compile(&mut self, index: u32, expanding: bool) {
        self.needs_expand = true;
        let (open, close) = if expanding { ("(", ")") } else { ("", "") };
        let _ = write!(self.out, "{open}{START}{}P{index}{END}{close}", *SIGN);
    }

    /// `bind_expression` around a bind; around each element of an expanding one.
    fn wrapped_bind(&mut self, wrapped: &ExprRef, b: &Bind, ctx: Ctx) -> SqlResult<()> {
        let inner = Ctx { skip_bind_expression: true, ..ctx };
        let text = self.capture(|c| c.expr(wrapped, inner))?;
        if b.expanding
            && let Some((before, marker)) = text.split_once(&format!("({START}{}P", *SIGN))
            && let Some((index, after)) = marker.split_once(&format!("{END})"))
            && let Ok(number) = index.parse::<u32>()
        {
            self.post_wraps.push((number, before.into(), after.into()));
            self.post_compile(number, true);
            return Ok(());
        }
        self.push(&text);
        Ok(())
    }

    /// Name and index of a bind; checks that equal names mean the same bind.
    pub(crate) fn register_bind(&mut self, e: &ExprRef, b: &Bind, _ctx: Ctx) -> SqlResult<u32> {
        let name = self.label_text(&b.key, Ident::Bind);
        let escaped = escape_name(&name, self.dialect.paramstyle);
        if let Some(&index) = self.bind_names.get(&name)
            && let Some(existing) = self.binds.get(index as usize)
        {
            if !Arc::ptr_eq(&existing.bind, e) {
                let (other_unique, other_expanding, value_known) = match &existing.bind.kind {
                    ExprKind::Bind(o) => (o.unique, o.expanding, !matches!(o.value, BindValue::Missing)),
                    _ => (false, false, true),
                };
                let same_anonymous = b.key == existing_key(existing) && !matches!(b.key, crate::Label::Fixed(_));
                if (other_unique || b.unique) && !same_anonymous {
                    return Err(SqlError::compile(format!(
                        "Bind parameter '{name}' conflicts with unique bind parameter of the same name"
                    )));
                }
                let crud = self.crud_binds.contains(&name);
                if crud {
                    return Err(SqlError::compile(format!(
                        "bindparam() name '{name}' is reserved for automatic usage in the VALUES or SET clause of this insert/update \
                         statement.   Please use a name other than column name when using bindparam() with insert() or update() \
                         (for example, 'b_{name}')."
                    )));
                }
                if other_expanding != b.expanding {
                    return Err(SqlError::compile(format!(
                        "Can't reuse bound parameter name '{name}' in both 'expanding' (e.g. within an IN expression) and \
                         non-expanding contexts.  If this parameter is to receive a list/array value, set 'expanding=True' on it \
                         for expressions that aren't IN, otherwise use a different parameter name."
                    )));
                }
                // The later one wins, as its value may be the one that is known.
                if !matches!(b.value, BindValue::Missing) || !value_known {
                    let source = self.source_of(e, b);
                    if let Some(slot) = self.binds.get_mut(index as usize) {
                        slot.bind = e.clone();
                        slot.ty = e.ty.clone();
                        slot.source = source;
                        slot.required = b.required;
                    }
                }
            }
            return Ok(index);
        }
        let index = u32::try_from(self.binds.len()).map_err(|_| SqlError::compile("too many bound parameters"))?;
        let source = self.source_of(e, b);
        self.binds.push(CompiledBind {
            name: escaped,
            key: name.clone(),
            bind: e.clone(),
            ty: e.ty.clone(),
            source,
            required: b.required,
            expanding: b.expanding,
            literal_execute: b.literal_execute,
            expand_not: matches!(b.expand_op, Some(Op::NotIn)),
            isoutparam: b.isoutparam,
        });
        self.bind_names.insert(name, index);
        Ok(index)
    }

    fn source_of(&self, e: &ExprRef, b: &Bind) -> BindSource {
        match self.sources.get(&(Arc::as_ptr(e) as usize)) {
            Some(i) => BindSource::Collected(*i),
            None if matches!(b.value, BindValue::Missing) => BindSource::Param,
            None => BindSource::Fixed,
        }
    }

    /// Render an element of the dialect's own invention that carries a value, such as a bind for LIMIT arithmetic.
    pub(crate) fn node_text(&mut self, node: &Node, ctx: Ctx) -> SqlResult<String> {
        self.capture(|c| c.node(node, ctx))
    }
}

/// What the type, or the one it is implemented by, wraps around a value.
pub(crate) fn type_wrapping(
    ty: &crate::types::TypeRef,
    dialect: &str,
    wrap: &dyn Fn(&dyn crate::host::HostType) -> Option<ExprRef>,
) -> Option<ExprRef> {
    let host = ty.variant(dialect).host.as_ref()?;
    wrap(&**host).or_else(|| {
        let inner = host.dialect_impl(dialect);
        let deeper = !Arc::ptr_eq(&inner, ty) && inner.host.as_ref().is_some_and(|h| !Arc::ptr_eq(h, host));
        if deeper { type_wrapping(&inner, dialect, wrap) } else { None }
    })
}

fn existing_key(existing: &CompiledBind) -> crate::Label {
    match &existing.bind.kind {
        ExprKind::Bind(b) => b.key.clone(),
        _ => crate::Label::fixed("".to_owned().as_str()),
    }
}

/// A bind name with characters replaced that placeholders cannot hold.
pub(crate) fn escape_name(name: &Arc<str>, style: ParamStyle) -> Arc<str> {
    if style.is_positional() || !name.contains(['%', '(', ')', ':', '.', '[', ']', ' ']) {
        return name.clone();
    }
    let escaped: String = name
        .chars()
        .map(|c| match c {
            '%' => 'P',
            '(' => 'A',
            ')' => 'Z',
            ':' => 'C',
            '.' | '[' | ']' | ' ' => '_',
            c => c,
        })
        .collect();
    escaped.into()
}
