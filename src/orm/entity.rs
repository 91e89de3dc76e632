//! [`Entity`]: a mapped class, or an alias of one, as it takes part in a statement.

use crate::adapt::{Adapter, Side};
use crate::columns;
use crate::mapper::Mapper;
use sql::Label;
use sql::ast::fold::Fold;
use sql::ast::{Annotations, ExprKind, ExprRef, FromRef, Node};
use sql::host::{EntityNode, EntityRef, Structure};
use sql::schema::Column;
use std::any::Any;
use std::sync::Arc;

/// What makes an entity an alias (`aliased()`, `with_polymorphic()`, the right side of an eager join).
#[derive(Debug)]
pub struct AliasInfo {
    /// Process-unique number.
    pub id: u64,
    /// Name, when one was given.
    pub name: Option<Arc<str>>,
    /// What is selected from instead of the mapper's tables.
    pub selectable: FromRef,
    /// Subclass mappers whose columns are part of it.
    pub with_polymorphic: Vec<Arc<Mapper>>,
    /// Discriminator, when it differs from the mapper's.
    pub polymorphic_on: Option<ExprRef>,
    /// Columns may be matched by name where they do not correspond (`adapt_on_names`).
    pub adapt_on_names: bool,
    /// Represents the same rows as the plain class (`with_polymorphic` without `aliased=True`): options meant for the class apply.
    pub use_mapper_path: bool,
    /// Labelled expressions as this alias shows them, by the address of what is labelled: each has one name, its own.
    pub labels: parking_lot::Mutex<rustc_hash::FxHashMap<usize, ExprRef>>,
    /// Fixed mapping of the mapper's columns (address) to the selectable's, for selectables built here.
    pub columns: rustc_hash::FxHashMap<usize, Arc<Column>>,
}

/// See the module documentation.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The mapped class.
    pub mapper: Arc<Mapper>,
    /// Alias, if it is one.
    pub alias: Option<Arc<AliasInfo>>,
}

impl Entity {
    /// The class itself.
    pub fn plain(mapper: &Arc<Mapper>) -> EntityRef {
        Arc::new(Self { mapper: mapper.clone(), alias: None })
    }
    /// An alias.
    pub fn aliased(mapper: &Arc<Mapper>, alias: Arc<AliasInfo>) -> EntityRef {
        Arc::new(Self { mapper: mapper.clone(), alias: Some(alias) })
    }
    /// The entity behind an opaque reference, when the ORM made it.
    pub fn of(entity: &EntityRef) -> Option<&Self> {
        entity.as_any().downcast_ref()
    }
    /// An expression of the mapper's columns, turned to the alias.
    pub fn adapt(&self, expr: &ExprRef) -> ExprRef {
        let Some(alias) = &self.alias else { return expr.clone() };
        if let ExprKind::Label { element, .. } = &expr.kind {
            // a subquery that has the labelled expression shows its own column
            if matches!(alias.selectable.kind, sql::ast::FromKind::Subquery { .. })
                && columns::as_column(element).is_none()
                && let Some(found) = sql::ast::proxy::corresponding_in(&sql::ast::proxy::columns(&alias.selectable), expr, false)
            {
                let mut found = (*found).clone();
                found.ann.clone_from(&expr.ann);
                return Arc::new(found);
            }
            let shown = self.adapt(element);
            if Arc::ptr_eq(&shown, element) {
                return expr.clone();
            }
            let id = Arc::as_ptr(element) as usize;
            let label =
                alias.labels.lock().entry(id).or_insert_with(|| sql::ast::build::label(anonymous(element), &shown)).clone();
            return match &expr.ann {
                Some(ann) => label.annotated((**ann).clone()),
                None => label,
            };
        }
        Adapter::to(&alias.selectable, &alias.columns).within(&self.mapper).fold_expr(expr)
    }
    /// An expression of the mapper as rows of this entity show it: through the alias, or through the selectable that the
    /// mapping names for polymorphic loads.
    pub fn show(&self, expr: &ExprRef) -> ExprRef {
        if self.alias.is_some() {
            return self.adapt(expr);
        }
        match self.mapper.data().with_polymorphic.as_ref().and_then(|w| w.selectable.as_ref()) {
            Some(s) => crate::compile::alias::adapt_within(expr, s, Some(&self.mapper)),
            None => expr.clone(),
        }
    }
    /// A join condition as rows of this entity show its side; columns of the other side stay.
    pub fn show_side(&self, expr: &ExprRef, side: Side) -> ExprRef {
        let other = match side {
            Side::Local => Side::Remote,
            Side::Remote => Side::Local,
        };
        if let Some(alias) = &self.alias {
            return Adapter::to(&alias.selectable, &alias.columns).within(&self.mapper).sparing(other).fold_expr(expr);
        }
        match self.mapper.data().with_polymorphic.as_ref().and_then(|w| w.selectable.as_ref()) {
            Some(s) => Adapter::to(s, &Default::default()).within(&self.mapper).sparing(other).fold_expr(expr),
            None => expr.clone(),
        }
    }
    /// The columns after the first of a property of several (`[child.id, base.id]`) that rows of this entity have.
    pub fn further_columns(&self, prop: &crate::property::ColumnProp) -> Vec<(Arc<Column>, ExprRef)> {
        if prop.columns.len() < 2 {
            return Vec::new();
        }
        let selectable = crate::compile::selectable(self);
        let mut out = Vec::new();
        for e in prop.columns.iter().skip(1) {
            let Some(c) = columns::as_column(e) else { continue };
            let shown = self.show(e);
            // an alias over less than the whole mapping has no such column
            if Arc::ptr_eq(&shown, e) && !columns::contains_column(&selectable, c) {
                continue;
            }
            out.push((c.clone(), shown));
        }
        out
    }
    /// An attribute's expression, annotated with this entity and the attribute's name.
    pub fn attribute(&self, key: &Arc<str>, expr: &ExprRef) -> ExprRef {
        let expr = self.adapt(expr);
        let mut ann = expr.ann.as_deref().cloned().unwrap_or_default();
        ann.entity = Some(Arc::new(self.clone()));
        ann.proxy_key = Some(key.clone());
        expr.annotated(ann)
    }
}

/// A name for an expression in the row of an alias: another entity may show the same expression beside it.
fn anonymous(e: &ExprRef) -> Label {
    match &e.kind {
        ExprKind::Function(f) => Label::anon(f.name.text.clone()),
        ExprKind::Column(c) => Label::anon(c.column.name().text),
        _ => Label::anon("anon"),
    }
}

/// The column of `from` that stands for `column`.
pub fn corresponding(from: &FromRef, column: &Arc<Column>) -> Option<Arc<Column>> {
    if columns::contains_column(from, column) {
        return Some(column.clone());
    }
    let e = columns::column_expr(column);
    sql::ast::proxy::corresponding(from, &e, false).and_then(|e| columns::as_column(&e).cloned())
}

impl EntityNode for Entity {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn entity_id(&self) -> u64 {
        self.alias.as_ref().map_or(self.mapper.id, |a| a.id)
    }
    fn selectable(&self) -> FromRef {
        if let Some(a) = &self.alias {
            return a.selectable.clone();
        }
        self.mapper.selectable().unwrap_or_else(|| {
            // a mapper under construction has no table yet: an empty text keeps callers total
            let text = sql::ast::TextClause { text: "".into(), binds: Vec::new() };
            sql::ast::From::new(sql::ast::FromKind::Text(Arc::new(text)))
        })
    }
    /// Inside another statement an entity gives all its table columns, the deferred ones too: who is outside may ask for them.
    fn columns(&self) -> Vec<ExprRef> {
        let this: EntityRef = Arc::new(self.clone());
        let annotated = |shown: &ExprRef, key: Option<&Arc<str>>| {
            let mut ann = shown.ann.as_deref().cloned().unwrap_or_default();
            ann.entity = Some(this.clone());
            ann.proxy_key = key.cloned();
            shown.annotated(ann)
        };
        let mut out = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        for m in crate::compile::polymorphic_mappers(self) {
            for p in m.data().column_props() {
                let Some(e) = p.expr().filter(|_| !p.query_expression) else { continue };
                if crate::compile::foreign_discriminator(&self.mapper, &m, p) {
                    continue;
                }
                match columns::as_column(e) {
                    Some(_) => {
                        // columns of two tables may be one column of a union
                        let shown = self.show(e);
                        if seen.insert(sql::ast::proxy::expr_id(&shown)) {
                            out.push(annotated(&shown, None));
                        }
                        for (_, shown) in self.further_columns(p) {
                            if seen.insert(sql::ast::proxy::expr_id(&shown)) {
                                out.push(annotated(&shown, None));
                            }
                        }
                    }
                    None if p.deferred => {}
                    None => {
                        if seen.insert(Arc::as_ptr(e) as usize) {
                            out.push(annotated(&self.show(e), Some(&p.key)));
                        }
                    }
                }
            }
        }
        out
    }
    fn structure(&self, into: &mut dyn Structure) {
        into.tag(self.mapper.id);
        let Some(a) = &self.alias else { return };
        into.text(a.name.as_deref().unwrap_or_default());
        into.tag(u64::from(a.adapt_on_names) << 1 | u64::from(a.use_mapper_path));
        a.with_polymorphic.iter().for_each(|m| into.tag(m.id));
        into.node(&Node::From(a.selectable.clone()));
        if let Some(on) = &a.polymorphic_on {
            into.node(&Node::Expr(on.clone()));
        }
    }
}

/// On a join of entities: the one on its left, whose criteria hold in a statement of the ORM's that selects from the join.
#[derive(Clone, Debug)]
pub struct JoinOf(pub Entity);

impl EntityNode for JoinOf {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn entity_id(&self) -> u64 {
        self.0.entity_id()
    }
    fn selectable(&self) -> FromRef {
        self.0.selectable()
    }
    fn columns(&self) -> Vec<ExprRef> {
        self.0.columns()
    }
    fn makes_orm(&self) -> bool {
        false
    }
    fn structure(&self, into: &mut dyn Structure) {
        into.tag(406);
        self.0.structure(into);
    }
}

/// The entity an expression was reached through.
pub fn entity_of(ann: &Option<Arc<Annotations>>) -> Option<&Entity> {
    Entity::of(ann.as_ref()?.entity.as_ref()?)
}
