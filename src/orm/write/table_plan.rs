//! [`TablePlan`]: what a mapper writes to one table, and how values that the database makes come back.

use crate::columns::{as_column, col_id, references, table_of};
use crate::mapper::{EagerDefaults, Mapper, MapperData, VersionGenerator};
use rustc_hash::{FxHashMap, FxHashSet};
use sql::host::HostRef;
use sql::schema::{Column, Default_, Table};
use sql::types::TypeRef;
use std::sync::Arc;

/// A column of a table and the attribute that feeds it.
#[derive(Clone, Debug)]
pub struct ColumnPlan {
    /// The column.
    pub column: Arc<Column>,
    /// Parameter name: the column's key.
    pub name: Arc<str>,
    /// Name of the parameter by which a row is found in an UPDATE.
    pub found_by: Arc<str>,
    /// Attribute name.
    pub key: Arc<str>,
    /// Part of the table's primary key.
    pub pk: bool,
    /// NULL is written when the attribute has no value.
    pub null_when_missing: bool,
    /// The database or an SQL expression fills it in when it is left out of an INSERT.
    pub server_default: bool,
    /// A Python-side default fills it in.
    pub client_default: Option<ClientDefault>,
    /// The database or an SQL expression changes it in an UPDATE.
    pub server_onupdate: bool,
    /// A Python-side value comes with an UPDATE that leaves it out.
    pub client_onupdate: bool,
    /// None is a value of its own (JSON).
    pub evaluates_none: bool,
    /// The discriminator's value of this class.
    pub discriminator: Option<HostRef>,
}

/// A default that this side evaluates.
#[derive(Clone, Debug)]
pub enum ClientDefault {
    /// A constant.
    Scalar(HostRef),
    /// A callable, or a sequence: the execution evaluates it.
    Execution,
}

/// What a dialect may be able to do; `src/py` knows its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ability {
    InsertReturning,
    InsertExecutemanyReturning,
    UpdateReturning,
    PostfetchLastrowid,
    FavorReturningOverLastrowid,
}

/// What a row gives, by position of the column.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Values.
    pub params: &'a [usize],
    /// SQL expressions.
    pub sql: &'a [usize],
}

impl Given<'_> {
    /// Whether there is a value or an expression for it.
    pub fn has(&self, at: usize) -> bool {
        self.params.contains(&at) || self.sql.contains(&at)
    }
}

/// How values that the database makes come back with an INSERT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// There are none.
    Nothing,
    /// The driver's last row id is the key.
    LastRowId,
    /// RETURNING.
    Returning,
    /// The key as the execution reports it; the rest is read when it is needed.
    Later,
}

/// What an INSERT brings back.
#[derive(Clone, Debug)]
pub struct InsertFetch {
    /// Columns whose defaults the execution computes on this side.
    pub executed: Vec<usize>,
    /// Columns that come back, or whose key is asked for.
    pub wanted: Vec<usize>,
    /// How.
    pub how: Fetch,
}

impl InsertFetch {
    /// Columns whose values the instance has once the statement ran.
    pub fn known(&self, plan: &TablePlan) -> Vec<usize> {
        let all = self.how == Fetch::Returning;
        let comes = |i: &usize| all || plan.columns.get(*i).is_some_and(|c| c.pk);
        self.executed.iter().copied().chain(self.wanted.iter().copied().filter(comes)).collect()
    }
}

/// See the module documentation.
#[derive(Clone, Debug)]
pub struct TablePlan {
    /// The table.
    pub table: Arc<Table>,
    /// Its columns that are mapped, in table order.
    pub columns: Vec<Arc<ColumnPlan>>,
    /// Positions of the primary key.
    pub pk: Vec<usize>,
    /// Position of the version column, when it is in this table.
    pub version: Option<usize>,
    /// How versions follow each other.
    pub version_generator: VersionGenerator,
    /// Attributes that take the value of another once the table above is written: (from, to).
    pub equated: Vec<(Arc<str>, Arc<str>)>,
    /// Columns of the primary key that the database moves along with the key of the table above, by position: (attribute of that
    /// key, column here).
    pub cascaded: Vec<(Arc<str>, usize)>,
    /// Whether values that the database makes are fetched right away.
    pub eager: EagerDefaults,
    /// Rows vanish with those of the parent table.
    pub passive_deletes: bool,
}

/// Name of the parameter that finds a row; a column may have just this name.
fn found_by(table: &Table, column: &Column) -> Arc<str> {
    let base = format!("{}_{}", table.name, column.name());
    let d = table.d.read();
    let taken = |name: &str| d.columns.contains_key(name);
    if !taken(&base) {
        return base.into();
    }
    (1..).map(|n| format!("{base}_{n}")).find(|n| !taken(n)).unwrap_or(base).into()
}

impl TablePlan {
    /// The plan of one of a mapper's tables, `None` when it is not the mapper's. `evaluates_none`: types of the user's decide.
    pub fn new(
        mapper: &Arc<Mapper>,
        data: &MapperData,
        table: &Arc<Table>,
        evaluates_none: &dyn Fn(&TypeRef) -> bool,
    ) -> Option<Self> {
        if !data.tables.iter().any(|t| Arc::ptr_eq(t, table)) {
            return None;
        }
        let mut keys: FxHashMap<usize, Arc<str>> = FxHashMap::default();
        for prop in data.column_props() {
            for c in prop.table_columns() {
                keys.entry(col_id(c)).or_insert_with(|| prop.key.clone());
            }
        }
        let pks: FxHashSet<usize> = match data.pks_by_table.get(&(Arc::as_ptr(table) as usize)) {
            Some(list) => list.iter().map(col_id).collect(),
            None => table.d.read().columns.values().filter(|c| c.d.read().primary_key).map(col_id).collect(),
        };
        let discriminator = data.polymorphic_on.as_ref().and_then(|e| as_column(e)).map(col_id);
        let all: Vec<Arc<Column>> = table.d.read().columns.values().cloned().collect();
        let columns: Vec<Arc<ColumnPlan>> = all
            .into_iter()
            .filter_map(|column| {
                let key = keys.get(&col_id(&column))?.clone();
                let pk = pks.contains(&col_id(&column));
                let own = discriminator == Some(col_id(&column));
                Some(Arc::new(column_plan(
                    table,
                    column,
                    key,
                    pk,
                    data.polymorphic_identity.clone().filter(|_| own),
                    evaluates_none,
                )))
            })
            .collect();
        let pk = columns.iter().enumerate().filter(|(_, c)| c.pk).map(|(i, _)| i).collect();
        let version = data.version_id_col.as_ref().and_then(|v| columns.iter().position(|c| Arc::ptr_eq(&c.column, v)));
        // The table may be that of a class further up, which knows how it hangs on the one above.
        let pairs: Vec<_> = mapper.iterate_to_root().iter().flat_map(|m| m.data().inherits_equated_pairs.clone()).collect();
        let equated = pairs
            .iter()
            .filter(|(_, to)| table_of(to).is_some_and(|t| Arc::ptr_eq(&t, table)))
            .filter_map(|(from, to)| Some((keys.get(&col_id(from))?.clone(), keys.get(&col_id(to))?.clone())))
            .filter(|(from, to)| from != to)
            .collect();
        let cascaded = pairs
            .iter()
            .filter(|_| data.passive_updates)
            .filter(|(from, to)| from.d.read().primary_key && to.d.read().primary_key && references(to, from))
            .filter_map(|(from, to)| {
                let at = columns.iter().position(|c| Arc::ptr_eq(&c.column, to))?;
                Some((keys.get(&col_id(from))?.clone(), at))
            })
            .collect();
        let base = data.tables.first().is_some_and(|t| Arc::ptr_eq(t, table));
        Some(Self {
            table: table.clone(),
            columns,
            pk,
            version,
            version_generator: data.version_generator.clone(),
            equated,
            cascaded,
            eager: mapper.base().data().eager_defaults,
            passive_deletes: data.passive_deletes && !base,
        })
    }

    /// Positions of columns.
    fn positions(&self, of: impl Fn(usize, &ColumnPlan) -> bool) -> Vec<usize> {
        self.columns.iter().enumerate().filter(|(i, c)| of(*i, c)).map(|(i, _)| i).collect()
    }

    /// What an INSERT of `rows` rows that give the same brings back, and how.
    ///
    /// # Errors
    /// Those of `can`.
    pub fn insert_fetch<E>(
        &self,
        given: &Given<'_>,
        rows: usize,
        can: impl Fn(Ability) -> Result<bool, E>,
    ) -> Result<InsertFetch, E> {
        let executed = self.positions(|i, c| !given.has(i) && matches!(c.client_default, Some(ClientDefault::Execution)));
        let eager = match self.eager {
            EagerDefaults::Yes => true,
            EagerDefaults::Auto => can(Ability::InsertExecutemanyReturning)?,
            EagerDefaults::No => false,
        };
        let mut wanted = self.positions(|i, c| {
            if given.has(i) {
                c.pk && given.sql.contains(&i)
            } else {
                !executed.contains(&i) && (c.pk || c.server_default && eager)
            }
        });
        // What is read back names the row too.
        if !wanted.is_empty() {
            let missing: Vec<usize> = self.pk.iter().copied().filter(|i| !wanted.contains(i)).collect();
            wanted.extend(missing);
            wanted.sort_unstable();
        }
        if let Some(v) = self.version.filter(|v| !given.has(*v) && !wanted.contains(v)) {
            wanted.push(v);
        }
        if wanted.is_empty() {
            return Ok(InsertFetch { executed, wanted, how: Fetch::Nothing });
        }
        // One row whose key alone is missing: the driver's last row id is enough.
        let key_alone = rows == 1
            && wanted.len() == 1
            && wanted == self.pk
            && self.version.is_none()
            && !given.sql.iter().any(|p| wanted.contains(p))
            && executed.is_empty();
        let how = if key_alone && can(Ability::PostfetchLastrowid)? && !can(Ability::FavorReturningOverLastrowid)? {
            Fetch::LastRowId
        } else if can(Ability::InsertReturning)? {
            Fetch::Returning
        } else {
            Fetch::Later
        };
        Ok(InsertFetch { executed, wanted, how })
    }

    /// Columns whose new values come back with an UPDATE.
    ///
    /// # Errors
    /// Those of `can`.
    pub fn update_returning<E>(&self, given: &Given<'_>, can: impl Fn(Ability) -> Result<bool, E>) -> Result<Vec<usize>, E> {
        let all = self.positions(|_, c| c.server_onupdate);
        let eager = self.eager == EagerDefaults::Yes && !all.iter().all(|i| given.params.contains(i));
        let mut out: Vec<usize> = if eager { all.into_iter().filter(|i| !given.has(*i)).collect() } else { Vec::new() };
        let version = self.version.filter(|v| self.server_version(*v) && !given.has(*v) && !out.contains(v));
        out.extend(version);
        if !out.is_empty() && !can(Ability::UpdateReturning)? {
            out.clear();
        }
        Ok(out)
    }

    /// Columns of an UPDATE whose values the instance does not know afterwards.
    pub fn unknown_after_update(&self, given: &Given<'_>, returned: &[usize]) -> Vec<usize> {
        self.positions(|i, c| {
            let by_database = c.server_onupdate || self.version == Some(i) && self.server_version(i);
            given.sql.contains(&i) || by_database && !given.params.contains(&i) && !returned.contains(&i)
        })
    }

    /// Columns of an INSERT whose values the instance does not know afterwards.
    pub fn unknown_after_insert(&self, given: &Given<'_>, known: &[usize]) -> Vec<usize> {
        self.positions(|i, c| !known.contains(&i) && !given.params.contains(&i) && (c.server_default || given.sql.contains(&i)))
    }

    fn server_version(&self, at: usize) -> bool {
        matches!(self.version_generator, VersionGenerator::Server) && self.columns.get(at).is_some_and(|c| c.server_default)
    }
}

fn column_plan(
    table: &Table,
    column: Arc<Column>,
    key: Arc<str>,
    pk: bool,
    discriminator: Option<HostRef>,
    evaluates_none: &dyn Fn(&TypeRef) -> bool,
) -> ColumnPlan {
    let d = column.d.read().clone();
    let client_default = match &d.default {
        Some(Default_::Scalar(h)) => Some(ClientDefault::Scalar(h.clone())),
        Some(Default_::Callable(_)) => Some(ClientDefault::Execution),
        _ => None,
    };
    let server_default = d.server_default.is_some() || matches!(d.default, Some(Default_::Sql(_) | Default_::Sequence(_)));
    let evaluates_none = evaluates_none(&d.ty);
    ColumnPlan {
        name: column.key(),
        found_by: found_by(table, &column),
        key,
        pk,
        // Types that make something else of None (a JSON null) are left out, so that the database writes NULL.
        null_when_missing: !pk && !server_default && d.default.is_none() && !evaluates_none,
        server_default,
        client_default,
        server_onupdate: d.server_onupdate.is_some() || matches!(d.onupdate, Some(Default_::Sql(_) | Default_::Sequence(_))),
        client_onupdate: matches!(d.onupdate, Some(Default_::Scalar(_) | Default_::Callable(_))),
        evaluates_none,
        discriminator,
        column,
    }
}

/// Tables that rows of these mappers go to, referenced tables first.
pub fn tables<'a>(mappers: impl IntoIterator<Item = &'a Arc<Mapper>>) -> Vec<Arc<Table>> {
    let mut out: Vec<Arc<Table>> = Vec::new();
    let mut seen = FxHashSet::default();
    for m in mappers {
        if seen.insert(m.id) {
            for t in &m.data().tables {
                if !out.iter().any(|o| Arc::ptr_eq(o, t)) {
                    out.push(t.clone());
                }
            }
        }
    }
    if out.len() < 2 {
        return out;
    }
    let columns: Vec<Vec<Arc<Column>>> = out.iter().map(|t| t.d.read().columns.values().cloned().collect()).collect();
    let mut edges = Vec::new();
    for (i, own) in columns.iter().enumerate() {
        for (j, keys) in columns.iter().enumerate().filter(|(j, _)| *j != i) {
            if own.iter().any(|c| keys.iter().any(|k| references(c, k))) {
                edges.push((j, i));
            }
        }
    }
    let index: Vec<usize> = (0..out.len()).collect();
    match base::topological::sort(&edges, &index) {
        Ok(order) => order.into_iter().filter_map(|i| out.get(i).cloned()).collect(),
        Err(_) => out,
    }
}
