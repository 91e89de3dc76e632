//! [`Mapper`]: one mapped class.

use crate::columns::{self, Equivalents, col_id};
use crate::property::Property;
use indexmap::IndexMap;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use sql::FaceSlot;
use sql::ast::{ExprRef, FromRef};
use sql::host::HostRef;
use sql::schema::{Column, Table};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// A mapped class: its tables, its attributes, its place in a hierarchy. Read it through [`Mapper::data`].
#[derive(Debug)]
pub struct Mapper {
    /// Process-unique number, in order of definition.
    pub id: u64,
    /// Name of the class.
    pub class_name: Arc<str>,
    /// Module and name of the class: where a flush may choose, it goes by this.
    pub sort_key: Arc<str>,
    data: RwLock<Arc<MapperData>>,
    /// The Python object (`Mapper`).
    pub face: FaceSlot,
    /// What [`Mapper::polymorphic_from`] made, and for which configuration of the mappers.
    polymorphic_from: RwLock<Option<(u64, FromRef)>>,
}

/// Which tables of subclasses take part in a SELECT of the class.
#[derive(Clone, Debug, Default)]
pub struct WithPolymorphic {
    /// `'*'`: all subclasses, also later ones.
    pub all: bool,
    /// Given subclasses.
    pub mappers: Vec<Weak<Mapper>>,
    /// Given selectable.
    pub selectable: Option<FromRef>,
}

/// `polymorphic_load=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PolymorphicLoad {
    Inline,
    Selectin,
}

/// `eager_defaults=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum EagerDefaults {
    #[default]
    Auto,
    Yes,
    No,
}

/// `version_id_generator=`.
#[derive(Clone, Debug, Default)]
pub enum VersionGenerator {
    /// 1, 2, 3 …
    #[default]
    Counter,
    /// The database makes it.
    Server,
    /// A callable of the user's: old version to new.
    Host(HostRef),
}

/// A snapshot of everything known about a mapper.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct MapperData {
    pub inherits: Option<Arc<Mapper>>,
    /// Direct subclasses, in order of definition.
    pub children: Vec<Weak<Mapper>>,
    /// Table of this class; with single-table inheritance the parent's.
    pub local_table: Option<FromRef>,
    /// What rows are read from and written to: `local_table`, or the join with the parent's tables.
    pub persist_selectable: Option<FromRef>,
    /// Every table that rows are written to, base first.
    pub tables: Vec<Arc<Table>>,
    /// Columns of the identity, on the base-most table.
    pub primary_key: Vec<Arc<Column>>,
    /// Primary key columns by table (address).
    pub pks_by_table: FxHashMap<usize, Vec<Arc<Column>>>,
    pub inherit_condition: Option<ExprRef>,
    /// Parent column to child column, of the inherit condition: values copied at flush.
    pub inherits_equated_pairs: Vec<(Arc<Column>, Arc<Column>)>,
    /// Columns equal by inheritance joins.
    pub equivalents: Equivalents,
    /// By attribute name, in order of definition.
    pub props: IndexMap<Arc<str>, Property>,
    /// Column (address) to attribute name.
    pub column_keys: FxHashMap<usize, Arc<str>>,
    /// Which columns the arguments want.
    pub wanted: Arc<crate::configure::placement::Wanted>,
    pub single: bool,
    pub concrete: bool,
    pub non_primary: bool,
    /// Discriminator.
    pub polymorphic_on: Option<ExprRef>,
    /// Attribute name of the discriminator.
    pub polymorphic_key: Option<Arc<str>>,
    pub polymorphic_identity: Option<HostRef>,
    pub polymorphic_abstract: bool,
    pub polymorphic_load: Option<PolymorphicLoad>,
    pub with_polymorphic: Option<WithPolymorphic>,
    pub version_id_col: Option<Arc<Column>>,
    pub version_generator: VersionGenerator,
    pub order_by: Vec<ExprRef>,
    pub batch: bool,
    pub allow_partial_pks: bool,
    pub always_refresh: bool,
    pub eager_defaults: EagerDefaults,
    pub confirm_deleted_rows: bool,
    pub passive_updates: bool,
    pub passive_deletes: bool,
    pub legacy_is_orphan: bool,
    /// (mapper-level delete-orphan parents) relationships whose removal makes an instance an orphan.
    pub delete_orphans: Vec<Weak<crate::relationship::Relationship>>,
    /// Relationships are set up.
    pub configured: bool,
    /// The mapping has ended.
    pub disposed: bool,
}

/// Counts every change of any mapper or relationship.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// What the configuration of all mappers was at some time: what was made from it holds while the number is the same.
pub fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

pub(crate) fn changed() {
    GENERATION.fetch_add(1, Ordering::AcqRel);
}

impl Mapper {
    /// A mapper for a class of this name.
    pub fn new(class_name: impl Into<Arc<str>>, data: MapperData) -> Arc<Self> {
        Self::in_module("", class_name, data)
    }
    /// A mapper for a class of this name in a module.
    pub fn in_module(module: &str, class_name: impl Into<Arc<str>>, data: MapperData) -> Arc<Self> {
        changed();
        let class_name = class_name.into();
        Arc::new(Self {
            id: sql::name::next_id(),
            sort_key: format!("{module}.{class_name}").into(),
            class_name,
            data: RwLock::new(Arc::new(data)),
            face: FaceSlot::default(),
            polymorphic_from: RwLock::new(None),
        })
    }
    /// What is known now; does not change under the caller.
    pub fn data(&self) -> Arc<MapperData> {
        self.data.read().clone()
    }
    /// Change it. `f` must not call host code.
    pub fn update<R>(&self, f: impl FnOnce(&mut MapperData) -> R) -> R {
        let out = f(Arc::make_mut(&mut self.data.write()));
        changed();
        out
    }
    /// The top of the hierarchy: instances of it and its subclasses share identities. Concrete mappers are their own base.
    pub fn base(self: &Arc<Self>) -> Arc<Self> {
        let mut m = self.clone();
        loop {
            let d = m.data();
            match (&d.inherits, d.concrete) {
                (Some(parent), false) => m = parent.clone(),
                _ => return m,
            }
        }
    }
    /// This mapper, its parent, and so on.
    pub fn iterate_to_root(self: &Arc<Self>) -> Vec<Arc<Self>> {
        let parent = |m: &Arc<Self>| m.data().inherits.clone();
        std::iter::successors(Some(self.clone()), parent).collect()
    }
    /// Whether this is `other` or inherits from it.
    pub fn isa(self: &Arc<Self>, other: &Arc<Self>) -> bool {
        self.iterate_to_root().iter().any(|m| m.id == other.id)
    }
    /// The top of the hierarchy. A concrete mapper has an identity of its own ([`Mapper::base`]), but not another top.
    pub fn top(self: &Arc<Self>) -> Arc<Self> {
        let mut m = self.clone();
        loop {
            let d = m.data();
            match &d.inherits {
                Some(parent) => m = parent.clone(),
                None => return m,
            }
        }
    }
    /// Whether both are of the same hierarchy.
    pub fn common_parent(self: &Arc<Self>, other: &Arc<Self>) -> bool {
        self.top().id == other.top().id
    }
    /// This mapper and every mapper below, breadth first.
    pub fn self_and_descendants(self: &Arc<Self>) -> Vec<Arc<Self>> {
        let mut out = Vec::new();
        let mut next = VecDeque::from([self.clone()]);
        while let Some(mapper) = next.pop_front() {
            next.extend(mapper.data().children.iter().filter_map(Weak::upgrade));
            out.push(mapper);
        }
        out
    }
    /// The mappers that rows of this one are loaded as by its own `with_polymorphic`; none when it says nothing.
    pub fn with_polymorphic_mappers(self: &Arc<Self>) -> Vec<Arc<Self>> {
        let data = self.data();
        let Some(w) = &data.with_polymorphic else { return Vec::new() };
        let given: Vec<_> = w.mappers.iter().filter_map(Weak::upgrade).collect();
        self.polymorphic_within((!w.all).then_some(&given), w.selectable.as_ref())
    }
    /// What rows of this mapper and of the subclasses that it always loads come from: the same element each time, as long as
    /// no mapper changes.
    pub fn polymorphic_from(self: &Arc<Self>, make: impl FnOnce() -> FromRef) -> FromRef {
        let now = generation();
        if let Some((then, from)) = &*self.polymorphic_from.read()
            && *then == now
        {
            return from.clone();
        }
        let from = make();
        *self.polymorphic_from.write() = Some((now, from.clone()));
        from
    }
    /// Of the hierarchy below this mapper: all, or the given ones with those between. A selectable of the user's has the columns of
    /// those only whose tables it reads.
    pub fn polymorphic_within(self: &Arc<Self>, given: Option<&Vec<Arc<Self>>>, selectable: Option<&FromRef>) -> Vec<Arc<Self>> {
        let mut out = self.self_and_descendants();
        if let Some(given) = given {
            out.retain(|m| given.iter().any(|g| if selectable.is_some() { g.id == m.id } else { g.isa(m) }));
        }
        if let Some(selectable) = selectable {
            out.retain(|m| m.data().local_table.as_ref().is_some_and(|t| columns::reads_from(selectable, t)));
        }
        out
    }
    /// Columns that joins between the tables of the hierarchy equate with a column, the nearest first.
    pub fn equals_by_inheritance(self: &Arc<Self>, column: &Arc<Column>) -> Vec<Arc<Column>> {
        let hierarchy = self.base().self_and_descendants();
        let mut out = vec![column.clone()];
        let mut next = 0;
        while let Some(id) = out.get(next).map(col_id) {
            for m in &hierarchy {
                for c in m.data().equivalents.get(&id).into_iter().flatten() {
                    if !out.iter().any(|x| Arc::ptr_eq(x, c)) {
                        out.push(c.clone());
                    }
                }
            }
            next += 1;
        }
        out.remove(0);
        out
    }
    /// Attribute name of a column, also of a column that stands for a mapped one.
    pub fn key_of(&self, column: &Arc<Column>) -> Option<Arc<str>> {
        let d = self.data();
        if let Some(k) = d.column_keys.get(&col_id(column)) {
            return Some(k.clone());
        }
        columns::proxy_set(column).iter().find_map(|c| d.column_keys.get(&col_id(c)).cloned())
    }
    /// Property under a name.
    pub fn prop(&self, key: &str) -> Option<Property> {
        self.data.read().props.get(key).cloned()
    }
    /// The SELECT criterion of single-table inheritance: mappers whose identities are wanted; `None` when not needed.
    pub fn single_table_mappers(self: &Arc<Self>) -> Option<Vec<Arc<Self>>> {
        let d = self.data();
        (d.single && d.inherits.is_some() && d.polymorphic_on.is_some()).then(|| self.self_and_descendants())
    }
    /// `Mapper[User(users)]`.
    pub fn describe(&self) -> String {
        let d = self.data();
        let table = d.local_table.as_ref().map_or_else(|| "None".to_owned(), from_description);
        format!("Mapper[{}{}({table})]", self.class_name, if d.non_primary { "|non-primary" } else { "" })
    }
    /// The FROM that rows of this mapper come from when nothing polymorphic is asked for.
    pub fn selectable(&self) -> Option<FromRef> {
        let d = self.data();
        if let Some(s) = d.with_polymorphic.as_ref().and_then(|w| w.selectable.clone()) {
            return Some(s);
        }
        d.persist_selectable.clone()
    }
}

impl MapperData {
    /// Column properties in order.
    pub fn column_props(&self) -> impl Iterator<Item = &Arc<crate::property::ColumnProp>> {
        self.props.values().filter_map(Property::as_column)
    }
    /// Relationships in order.
    pub fn relationships(&self) -> impl Iterator<Item = &Arc<crate::relationship::Relationship>> {
        self.props.values().filter_map(Property::as_relationship)
    }
    /// Attribute names of the primary key, in order.
    pub fn primary_key_keys(&self) -> Vec<Arc<str>> {
        self.primary_key.iter().filter_map(|c| self.column_keys.get(&col_id(c)).cloned()).collect()
    }
}

/// Name of a selectable in messages.
pub fn from_description(from: &FromRef) -> String {
    use sql::ast::FromKind as K;
    let label = |l: &sql::Label| match l {
        sql::Label::Fixed(n) => n.to_string(),
        sql::Label::Anon { base, .. } => format!("%({} {base})s", std::ptr::from_ref::<sql::ast::From>(from) as usize),
        sql::Label::Composed(_) | sql::Label::AnonOf { .. } => "anon".to_owned(),
    };
    match &from.kind {
        K::Table(t) => t.key(),
        K::Join(j) => {
            let r = from_description(&j.right);
            format!("Join object on {}({}) and {r}({})", from_description(&j.left), j.left.id(), j.right.id())
        }
        K::Alias { name, .. } | K::Subquery { name, .. } | K::Lateral { name, .. } | K::TableSample { name, .. } => label(name),
        K::Cte(c) => label(&c.name),
        K::Grouping(x) => from_description(x),
        K::TableValued(t) => label(&t.name),
        _ => "selectable".to_owned(),
    }
}
