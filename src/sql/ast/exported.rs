//! The columns a FROM element exports (`.c`): those of a table, proxies for aliases, subqueries and CTEs.

use super::naming::{self, Named};
use super::*;
use crate::face::FaceSlot;
use crate::name::{Label, Name};
use crate::schema::constraint::ForeignKeyData;
use crate::schema::column::ColumnData;
use crate::schema::{Column, ColumnParent, ForeignKey};
use crate::types::TypeRef;
use parking_lot::{Mutex, RwLock};
use std::sync::Weak;

/// Columns by key, in order.
pub type Exported = Vec<(Arc<str>, Arc<Column>)>;

impl From {
    /// Columns by key, in order. Proxies are made on first use and live as long as anybody holds one.
    pub fn exported(self: &Arc<Self>) -> Exported {
        match &self.kind {
            FromKind::Table(t) => t.d.read().columns.iter().map(|(k, c)| (k.clone(), c.clone())).collect(),
            FromKind::Join(j) => join_columns(j),
            FromKind::Grouping(x) => x.exported(),
            FromKind::Values(v) => own(&v.columns),
            FromKind::TableValued(v) => own(&v.columns),
            FromKind::Text(_) | FromKind::Host(_) => Vec::new(),
            FromKind::Alias { element, .. } | FromKind::TableSample { element, .. } => self.proxied(|| of_from(element)),
            FromKind::Lateral { element: LateralElement::From(f), .. } => self.proxied(|| of_from(f)),
            FromKind::Lateral { element: LateralElement::Query(q), .. } => self.proxied(|| of_query(q)),
            FromKind::Subquery { query, .. } => self.proxied(|| of_query(query)),
            FromKind::Query(query) => self.proxied(|| of_query(query)),
            FromKind::Cte(cte) => self.proxied(|| match (&cte.alias_of, &cte.element) {
                (Some(f), _) => of_from(f),
                (None, CteElement::Query(q)) => of_query(q),
                (None, CteElement::Insert(i)) => of_items(&i.common.returning),
                (None, CteElement::Update(i)) => of_items(&i.common.returning),
                (None, CteElement::Delete(i)) => of_items(&i.common.returning),
            }),
        }
    }

    /// Columns as expressions.
    pub fn exported_exprs(self: &Arc<Self>) -> Vec<ExprRef> {
        let own_from = !matches!(self.kind, FromKind::Join(_) | FromKind::Grouping(_));
        self.exported()
            .into_iter()
            .map(|(_, column)| {
                if own_from {
                    let ty = column.ty();
                    Expr::new(ExprKind::Column(ColumnRef { column, from: Some(self.clone()) }), ty)
                } else {
                    column.to_expr()
                }
            })
            .collect()
    }

    /// One exported column by key.
    pub fn column(self: &Arc<Self>, key: &str) -> Option<Arc<Column>> {
        if let FromKind::Table(t) = &self.kind {
            return t.d.read().columns.get(key).cloned();
        }
        self.exported().into_iter().find(|(k, _)| &**k == key).map(|(_, c)| c)
    }

    /// The exported column that stands for `target` (or is it), through any number of proxies.
    pub fn corresponding_column(self: &Arc<Self>, target: &Arc<Column>) -> Option<Arc<Column>> {
        if let FromKind::Table(t) = &self.kind {
            // A table's columns are no proxies: only the column itself corresponds, or one that `target` stands for.
            let d = t.d.read();
            return d.columns.values().find(|c| Arc::ptr_eq(c, target)).or_else(|| d.columns.values().find(|c| stands_for(target, c))).cloned();
        }
        let all = self.exported();
        let hit = |f: &dyn Fn(&Arc<Column>) -> bool| all.iter().find(|(_, c)| f(c)).map(|(_, c)| c.clone());
        hit(&|c| Arc::ptr_eq(c, target)).or_else(|| hit(&|c| stands_for(c, target))).or_else(|| hit(&|c| share_root(c, target)))
    }

    fn proxied(self: &Arc<Self>, sources: impl FnOnce() -> Vec<Named>) -> Exported {
        let sources = sources();
        let mut cache = self.columns.get_or_init(|| Mutex::new(Vec::new())).lock();
        let mut out: Exported = Vec::with_capacity(sources.len());
        for (i, source) in sources.iter().enumerate() {
            let column = match cache.get(i).and_then(Weak::upgrade) {
                Some(column) => column,
                None => {
                    let column = make_proxy(self, source);
                    let weak = Arc::downgrade(&column);
                    match cache.get_mut(i) {
                        Some(slot) => *slot = weak,
                        None => cache.push(weak),
                    }
                    column
                }
            };
            out.push((column.key(), column));
        }
        out
    }
}

fn own(columns: &[Arc<Column>]) -> Exported {
    columns.iter().map(|c| (c.key(), c.clone())).collect()
}

fn join_columns(join: &Join) -> Exported {
    let mut out = Vec::new();
    for side in [&join.left, &join.right] {
        for (key, column) in side.exported() {
            let key = if matches!(side.kind, FromKind::Join(_)) { key } else { naming::tq_key(&column) };
            out.push((key, column));
        }
    }
    out
}

fn of_from(from: &FromRef) -> Vec<Named> {
    from.exported_exprs()
        .into_iter()
        .map(|expr| Named { required: None, key: naming::proxy_key(&expr).unwrap_or_else(|| "_no_label".into()), fallback: None, repeated: false, expr })
        .collect()
}

/// The result columns of a query with the names they have outside of it.
pub fn of_query(query: &QueryRef) -> Vec<Named> {
    match &query.kind {
        QueryKind::Select(s) => naming::columns_plus_names(selected_columns(s), s.label_style, false),
        QueryKind::Compound(c) => c.selects.first().map(of_query).unwrap_or_default(),
        QueryKind::Grouping(q) => of_query(q),
        QueryKind::Textual(t) => naming::columns_plus_names(t.columns.clone(), LabelStyle::None, false),
        QueryKind::Values(f) => of_from(f),
        QueryKind::FromStatement(f) => of_items(&f.entities),
    }
}

fn of_items(items: &[SelectItem]) -> Vec<Named> {
    naming::columns_plus_names(expand_items(items), LabelStyle::DisambiguateOnly, false)
}

/// The columns clause with FROM elements and entities expanded.
pub fn selected_columns(select: &Select) -> Vec<ExprRef> {
    expand_items(&select.columns)
}

/// Items with FROM elements and entities expanded into their columns.
pub fn expand_items(items: &[SelectItem]) -> Vec<ExprRef> {
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        match item {
            SelectItem::Expr(e) => match &e.kind {
                ExprKind::Entity(entity) => out.extend(entity.columns()),
                _ => out.push(e.clone()),
            },
            SelectItem::From(f) => out.extend(f.exported_exprs()),
            SelectItem::Entity(e) => out.extend(e.columns()),
            SelectItem::Host(_) => {}
        }
    }
    out
}

fn make_proxy(from: &FromRef, source: &Named) -> Arc<Column> {
    let label = source.required.clone().or_else(|| naming::proxy_label(&source.expr)).unwrap_or_else(|| Label::Fixed(Name::new(source.key.clone())));
    let (name, anon_name) = match label {
        Label::Fixed(name) => (Some(name), None),
        other => (Some(Name::new(source.key.clone())), Some(other)),
    };
    let mut data = ColumnData {
        name,
        anon_name,
        key: Some(source.key.clone()),
        ty: source.expr.ty.clone(),
        parent: ColumnParent::From(Arc::downgrade(from)),
        nullable: true,
        proxies: vec![source.expr.clone()],
        lightweight: true,
        ..ColumnData::default()
    };
    let mut keys = Vec::new();
    if let Some(base) = naming::column_of(&source.expr) {
        let d = base.d.read();
        data.primary_key = d.primary_key;
        data.nullable = d.nullable;
        data.lightweight = d.lightweight;
        keys.clone_from(&d.foreign_keys);
    }
    let column = Column::new(data);
    let proxied = keys.iter().map(|fk| proxy_key_of(fk, &column)).collect();
    column.d.write().foreign_keys = proxied;
    column
}

fn proxy_key_of(fk: &Arc<ForeignKey>, parent: &Arc<Column>) -> Arc<ForeignKey> {
    let d = fk.d.read();
    Arc::new(ForeignKey {
        d: RwLock::new(ForeignKeyData { parent: Some(Arc::downgrade(parent)), ..d.clone() }),
        face: FaceSlot::default(),
    })
}

/// Does `proxy` stand for `base`, directly or through others?
pub fn stands_for(proxy: &Arc<Column>, base: &Arc<Column>) -> bool {
    let proxies = proxy.d.read().proxies.clone();
    proxies.iter().filter_map(naming::column_of).any(|c| Arc::ptr_eq(&c, base) || stands_for(&c, base))
}

/// The column at the bottom of a chain of proxies.
pub fn root_column(column: &Arc<Column>) -> Arc<Column> {
    let next = column.d.read().proxies.first().and_then(naming::column_of);
    next.map_or_else(|| column.clone(), |c| root_column(&c))
}

fn share_root(a: &Arc<Column>, b: &Arc<Column>) -> bool {
    Arc::ptr_eq(&root_column(a), &root_column(b))
}

/// The type a query yields when it is used as a value.
pub fn scalar_type(query: &QueryRef) -> TypeRef {
    of_query(query).first().map_or_else(crate::types::null_type, |n| n.expr.ty.clone())
}
