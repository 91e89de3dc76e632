//! Which columns of the mapped tables become properties, under which names and in which order; what may share a name.

use super::Warning;
use crate::columns::{self, as_column, col_id};
use crate::entity::corresponding;
use crate::mapper::{Mapper, MapperData};
use rustc_hash::FxHashSet;
use sql::ast::ExprRef;
use sql::schema::Column;
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// What the arguments of a mapper say about its columns.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `column_prefix=`.
    pub prefix: Arc<str>,
    /// `include_properties=`: these alone.
    pub include: Option<Listed>,
    /// `exclude_properties=`: all but these.
    pub exclude: Option<Listed>,
}

/// Attributes named by name or by column.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Listed {
    pub names: FxHashSet<String>,
    pub columns: Vec<Arc<Column>>,
}

impl Listed {
    fn has(&self, name: &str, column: Option<&Arc<Column>>) -> bool {
        self.names.contains(name) || column.is_some_and(|c| self.columns.iter().any(|o| Arc::ptr_eq(o, c)))
    }
}

/// Whether the class has something of its own under a name, which the mapping leaves alone: it, or (not `here`) a base of it.
pub type HasOwn<'a> = dyn Fn(&str, bool) -> bool + 'a;

/// Whether an attribute is left out: the class has its own, or the arguments say so. `assigned` is its name on the class; `local`
/// columns are those of the class's own table.
pub fn left_out(
    d: &MapperData,
    name: &str,
    assigned: &str,
    local: bool,
    column: Option<&Arc<Column>>,
    has_own: &HasOwn<'_>,
) -> bool {
    // a column that no statement names is nothing of the class's
    if column.is_some_and(|c| c.d.read().omitted) {
        return true;
    }
    let version = d.version_id_col.as_ref();
    if column.is_some_and(|c| version.is_some_and(|v| Arc::ptr_eq(v, c))) {
        return false;
    }
    has_own(assigned, local)
        || d.wanted.include.as_ref().is_some_and(|l| !l.has(name, column))
        || d.wanted.exclude.as_ref().is_some_and(|l| l.has(name, column))
}

/// A property that the arguments give.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its name.
    pub key: String,
    /// The columns of the mapped tables that it maps; none for expressions, relationships and the like.
    pub columns: Vec<Arc<Column>>,
}

/// One property to put under its name.
#[derive(Clone, Debug)]
pub enum Step {
    /// A given one, by position.
    Given(usize),
    /// The parent's of this name.
    Inherited(Arc<str>),
    /// A column of the tables.
    Column {
        /// The column.
        column: Arc<Column>,
        /// Its name on the class.
        key: String,
    },
}

/// What a mapper's properties are: given ones that are no columns, inherited ones, then the columns of its tables in their order,
/// under the names given to them.
pub fn plan(mapper: &Arc<Mapper>, given: &[Given], has_own: &HasOwn<'_>) -> Vec<Step> {
    let d = mapper.data();
    let mut out = Vec::new();
    let mut mapped: FxHashSet<usize> = d.column_keys.keys().copied().collect();
    let mut waiting: Vec<(usize, &Given)> = Vec::new();
    let parent = d.inherits.as_ref().map(|p| p.data());
    for (i, g) in given.iter().enumerate() {
        // what replaces an inherited property comes before its fellows, as the original did
        if g.columns.is_empty() || parent.as_ref().is_some_and(|p| p.props.contains_key(&*g.key)) {
            mark(&mut mapped, &g.columns);
            out.push(Step::Given(i));
        } else {
            waiting.push((i, g));
        }
    }
    for (key, prop) in parent.iter().flat_map(|p| &p.props) {
        if given.iter().any(|g| *g.key == **key) || left_out(&d, key, key, false, None, has_own) {
            continue;
        }
        if let Some(p) = prop.as_column().filter(|_| !d.concrete) {
            mark(&mut mapped, p.table_columns());
        }
        out.push(Step::Inherited(key.clone()));
    }
    for column in d.persist_selectable.iter().flat_map(columns::columns_of) {
        // a column may be mapped under several names
        waiting.retain(|&(i, g)| {
            let here = g.columns.iter().any(|x| Arc::ptr_eq(x, &column));
            if here {
                mark(&mut mapped, &g.columns);
                out.push(Step::Given(i));
            }
            !here
        });
        if mapped.contains(&col_id(&column)) {
            continue;
        }
        let name = column.key();
        let own_name = format!("{}{name}", d.wanted.prefix);
        let local = d.local_table.as_ref().is_some_and(|t| columns::contains_column(t, &column));
        if left_out(&d, &name, &own_name, local, Some(&column), has_own) {
            continue;
        }
        mark(&mut mapped, [&column]);
        let key = name_in_hierarchy(mapper, &column).unwrap_or(own_name);
        out.push(Step::Column { column, key });
    }
    out.extend(waiting.into_iter().map(|(i, _)| Step::Given(i)));
    out
}

fn mark<'a>(mapped: &mut FxHashSet<usize>, columns: impl IntoIterator<Item = &'a Arc<Column>>) {
    for c in columns {
        mapped.extend(columns::proxy_set(c).iter().map(col_id));
    }
}

/// An inheriting mapper uses the name that the topmost of its parents gave to the column.
fn name_in_hierarchy(mapper: &Arc<Mapper>, column: &Arc<Column>) -> Option<String> {
    let above = mapper.iterate_to_root();
    above.iter().rev().find_map(|m| m.data().column_keys.get(&col_id(column)).map(ToString::to_string))
}

/// Two columns under one name: fine when an inherit condition equates them, or one stands for the other. `own`: this very mapper has
/// put the first there.
///
/// # Errors
/// `InvalidRequestError` for two columns of one mapper that have nothing to do with each other.
pub fn combine(
    d: &MapperData,
    key: &str,
    have: &Arc<Column>,
    new: &Arc<Column>,
    own: bool,
    render: &dyn Fn(&ExprRef) -> String,
) -> SqlResult<Option<Warning>> {
    let equated = d.inherits_equated_pairs.iter().any(|(a, b)| Arc::ptr_eq(a, have) && Arc::ptr_eq(b, new))
        || d.equivalents.get(&col_id(have)).is_some_and(|l| l.iter().any(|c| Arc::ptr_eq(c, new)));
    let version = d.version_id_col.as_ref().is_some_and(|v| Arc::ptr_eq(v, have) || Arc::ptr_eq(v, new));
    let lineage = columns::proxies(have, new) || columns::proxies(new, have) || Arc::ptr_eq(have, new);
    if equated || version || lineage {
        return Ok(None);
    }
    let text = format!(
        "Implicitly combining column {} with column {} under attribute '{key}'.  Please configure one or more attributes for these \
         same-named columns explicitly.",
        render(&columns::column_expr(have)),
        render(&columns::column_expr(new))
    );
    if own { Err(SqlError::invalid_request(text)) } else { Ok(Some(Warning::new(text))) }
}

/// The columns of the mapped tables that expressions stand for.
///
/// # Errors
/// `ArgumentError` for one that they do not have.
pub fn represented(
    mapper: &Mapper,
    key: &str,
    exprs: &[ExprRef],
    render: &dyn Fn(&ExprRef) -> String,
) -> SqlResult<Vec<Arc<Column>>> {
    let d = mapper.data();
    let find = |e: &ExprRef| corresponding(d.persist_selectable.as_ref()?, as_column(e)?);
    exprs
        .iter()
        .map(|e| {
            find(e).ok_or_else(|| {
                SqlError::argument(format!(
                    "When configuring property '{key}' on {}, column '{}' is not represented in the mapper's table. Use the \
                     `column_property()` function to force this column to be mapped as a read-only attribute.",
                    mapper.describe(),
                    render(e)
                ))
            })
        })
        .collect()
}

/// A column takes the name of a property that is none of columns.
pub fn name_is_taken(mapper: &Mapper, key: &str, column: &str, by: &str) -> SqlError {
    SqlError::argument(format!(
        "WARNING: when configuring property '{key}' on {}, column '{column}' conflicts with property '{by}'. To resolve this, map the \
         column to the class under a different name in the 'properties' dictionary.  Or, to remove all awareness of the column entirely \
         (including its availability as a foreign key), use the 'include_properties' or 'exclude_properties' mapper arguments to control \
         specifically which table columns get mapped.",
        mapper.describe()
    ))
}
