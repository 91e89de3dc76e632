//! Copying key values between rows: from a parent to foreign keys, to association rows, down an inheritance chain.

use super::flags::{PASSIVE_NO_FETCH, PASSIVE_OFF};
use super::history;
use super::identity::StateExt;
use super::impls::AttributeImpl;
use super::session::orm_error;
use super::state::InstanceState;
use super::unitofwork::Flush;
use orm::Mapper;
use orm::columns::{col_id, references, table_of};
use pyo3::exceptions::PyAssertionError;
use pyo3::prelude::*;
use sql::schema::Column;
use std::sync::Arc;

type State<'py> = Bound<'py, InstanceState>;
type Any<'py> = Bound<'py, PyAny>;
type Pair = (Arc<Column>, Arc<Column>);
/// Values of an association row.
pub type Row<'py> = Vec<(Arc<Column>, Any<'py>)>;

/// `table.column`, as messages name it.
pub fn column_name(c: &Arc<Column>) -> String {
    table_of(c).map_or_else(|| c.name().to_string(), |t| format!("{}.{}", t.key(), c.name()))
}

/// The attribute of a state under which a mapper keeps a column.
pub fn attribute<'py>(state: &State<'py>, mapper: &Arc<Mapper>, column: &Arc<Column>) -> Option<Bound<'py, AttributeImpl>> {
    let key = state.mapper().ok().and_then(|m| m.key_of(column)).or_else(|| mapper.key_of(column))?;
    state.get().manager.get().get_impl(state.py(), &key)
}

fn unmapped(
    py: Python<'_>,
    source: bool,
    from: &Arc<Mapper>,
    from_col: &Arc<Column>,
    to: &Arc<Mapper>,
    to_col: &Arc<Column>,
) -> PyErr {
    let message = if source {
        format!(
            "Can't execute sync rule for source column '{}'; mapper '{}' does not map this column.  Try using an explicit `foreign_keys` \
             collection which does not include destination column '{}' (or use a viewonly=True relation).",
            column_name(from_col),
            from.describe(),
            column_name(to_col)
        )
    } else {
        format!(
            "Can't execute sync rule for destination column '{}'; mapper '{}' does not map this column.  Try using an explicit \
             `foreign_keys` collection which does not include this column (or use a viewonly=True relation).",
            column_name(to_col),
            to.describe()
        )
    };
    orm_error(py, "UnmappedColumnError", &message)
}

/// Reads a column's value, loading it when it is expired.
pub fn read<'py>(state: &State<'py>, imp: &Bound<'py, AttributeImpl>, passive: u32) -> PyResult<Any<'py>> {
    AttributeImpl::get(imp, state, &state.get().instance_dict(state.py()), passive)
}

fn write<'py>(state: &State<'py>, imp: &Bound<'py, AttributeImpl>, value: &Any<'py>) -> PyResult<()> {
    AttributeImpl::set(imp, state, &state.get().instance_dict(state.py()), value, None)
}

/// Copies the values of the first columns of `pairs` from `source` to the second columns on `dest`.
pub fn populate<'py>(
    flush: &mut Flush<'py>,
    source: (&State<'py>, &Arc<Mapper>),
    dest: (&State<'py>, &Arc<Mapper>),
    pairs: &[Pair],
    flag_cascaded: bool,
) -> PyResult<()> {
    let py = flush.py;
    for (l, r) in pairs {
        let from = attribute(source.0, source.1, l).ok_or_else(|| unmapped(py, true, source.1, l, dest.1, r))?;
        let to = attribute(dest.0, dest.1, r).ok_or_else(|| unmapped(py, false, source.1, l, dest.1, r))?;
        let value = read(source.0, &from, PASSIVE_OFF)?;
        write(dest.0, &to, &value)?;
        if flag_cascaded && l.d.read().primary_key && r.d.read().primary_key && references(r, l) {
            flush.pk_cascaded.insert((dest.0.as_ptr() as usize, col_id(r)));
        }
    }
    Ok(())
}

/// Sets the second columns of `pairs` to NULL.
pub fn clear(dest: &State<'_>, mapper: &Arc<Mapper>, pairs: &[Pair]) -> PyResult<()> {
    let py = dest.py();
    for (l, r) in pairs {
        let Some(imp) = attribute(dest, mapper, r) else { return Err(unmapped(py, false, mapper, l, mapper, r)) };
        if r.d.read().primary_key {
            let now = read(dest, &imp, PASSIVE_NO_FETCH & !super::flags::INIT_OK)?;
            if !now.is_none() && !super::flags::is_no_state(&now) {
                return Err(PyAssertionError::new_err(format!(
                    "Dependency rule on column '{}' tried to blank-out primary key column '{}' on instance '{}'",
                    column_name(l),
                    column_name(r),
                    dest.describe()
                )));
            }
        }
        write(dest, &imp, &py.None().into_bound(py))?;
    }
    Ok(())
}

/// Values of the first columns of `pairs`, under the second.
pub fn values<'py>(source: &State<'py>, mapper: &Arc<Mapper>, pairs: &[Pair]) -> PyResult<Row<'py>> {
    let py = source.py();
    pairs
        .iter()
        .map(|(l, r)| {
            let imp = attribute(source, mapper, l).ok_or_else(|| unmapped(py, true, mapper, l, mapper, r))?;
            Ok((r.clone(), read(source, &imp, PASSIVE_OFF)?))
        })
        .collect()
}

/// Values before and now of the first columns of `pairs`, under the second.
pub fn old_and_new<'py>(
    source: &State<'py>,
    mapper: &Arc<Mapper>,
    pairs: &[Pair],
) -> PyResult<Vec<(Arc<Column>, Any<'py>, Any<'py>)>> {
    let py = source.py();
    pairs
        .iter()
        .map(|(l, r)| {
            let imp = attribute(source, mapper, l).ok_or_else(|| unmapped(py, true, mapper, l, mapper, r))?;
            let now = read(source, &imp, PASSIVE_OFF)?;
            let before = source.get().committed(py, &imp.get().key).filter(|v| !super::flags::is_no_state(v));
            Ok((r.clone(), before.unwrap_or_else(|| now.clone()), now))
        })
        .collect()
}

/// Whether a source changed one of the first columns of `pairs` from a value that a flush has seen: its key changes.
pub fn source_modified(source: &State<'_>, mapper: &Arc<Mapper>, pairs: &[Pair]) -> PyResult<bool> {
    if !source.is_modified() {
        return Ok(false);
    }
    for (l, _) in pairs {
        let Some(imp) = attribute(source, mapper, l) else { continue };
        if !source.get().has_committed(source.py(), &imp.get().key) {
            continue;
        }
        if !history::changes(&imp, source, super::flags::PASSIVE_NO_INITIALIZE)?.deleted.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
