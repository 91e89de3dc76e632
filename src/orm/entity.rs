//! [`Entity`]: a mapped class, or an alias of one, as it takes part in a statement.

use crate::columns;
use crate::mapper::Mapper;
use sql::ast::{Annotations, ExprRef, FromRef, Node};
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
        sql::ast::fold::replace(expr, &mut |e| {
            let c = columns::as_column(e)?;
            let target = alias.columns.get(&columns::col_id(c)).cloned().or_else(|| corresponding(&alias.selectable, c))?;
            if Arc::ptr_eq(&target, c) {
                return None;
            }
            let mut new = (*columns::column_expr(&target)).clone();
            new.ann.clone_from(&e.ann);
            Some(Arc::new(new))
        })
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
    fn columns(&self) -> Vec<ExprRef> {
        let d = self.mapper.data();
        d.column_props()
            .filter(|p| !p.deferred && !p.query_expression)
            .filter_map(|p| p.expr().map(|e| self.attribute(&p.key, e)))
            .collect()
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

/// The entity an expression was reached through.
pub fn entity_of(ann: &Option<Arc<Annotations>>) -> Option<&Entity> {
    Entity::of(ann.as_ref()?.entity.as_ref()?)
}
