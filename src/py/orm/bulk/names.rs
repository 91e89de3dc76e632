//! Names in rows of dictionaries that stand for other attributes: composites, and hybrids that say what they set.

use crate::py::orm::mapper;
use orm::{Mapper, Property};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rustc_hash::FxHashSet;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type Row<'py> = Bound<'py, PyDict>;

/// The rows with such names replaced by what they stand for. Rows without any are those that were given.
pub fn spelled_out<'py>(py: Python<'py>, mapper: &Arc<Mapper>, rows: &[Row<'py>]) -> PyResult<Option<Vec<Row<'py>>>> {
    // Keys are mostly the same objects in every row: each is looked up once.
    let mut plain: FxHashSet<usize> = FxHashSet::default();
    let mut out: Option<Vec<Row<'py>>> = None;
    for (n, row) in rows.iter().enumerate() {
        let mut changed: Option<Row<'py>> = None;
        for (key, value) in row.iter() {
            if plain.contains(&(key.as_ptr() as usize)) {
                continue;
            }
            let Some(attribute) = standing_for_others(py, mapper, &key)? else {
                plain.insert(key.as_ptr() as usize);
                continue;
            };
            let copy = match &changed {
                Some(copy) => copy.clone(),
                None => row.copy()?,
            };
            copy.del_item(&key)?;
            match attribute {
                Other::Composite(names, face) => set_composite(&copy, &names, &face, &value)?,
                Other::Hybrid(hybrid) => drop(hybrid.call_method1("_bulk_dml", (&copy, value))?),
            }
            changed = Some(copy);
        }
        if let Some(copy) = changed {
            out.get_or_insert_with(|| rows.to_vec()).get_mut(n).into_iter().for_each(|row| row.clone_from(&copy));
        }
    }
    Ok(out)
}

enum Other<'py> {
    Composite(Vec<Arc<str>>, Any<'py>),
    Hybrid(Any<'py>),
}

fn standing_for_others<'py>(py: Python<'py>, mapper: &Arc<Mapper>, key: &Any<'py>) -> PyResult<Option<Other<'py>>> {
    let Ok(name) = key.cast::<PyString>() else { return Ok(None) };
    match mapper.prop(name.to_str()?) {
        Some(Property::Composite(c)) => {
            let names = c.attribute_keys.read().clone();
            Ok(crate::py::ffi::face(py, &c.face).map(|face| Other::Composite(names, face)))
        }
        Some(_) => Ok(None),
        None => {
            let Some(class) = mapper::class_of(py, mapper) else { return Ok(None) };
            let attribute = class.getattr_opt(name)?;
            match attribute {
                Some(a) if a.hasattr("_bulk_dml")? => Ok(Some(Other::Hybrid(a))),
                _ => Ok(None),
            }
        }
    }
}

fn set_composite<'py>(row: &Row<'py>, names: &[Arc<str>], face: &Any<'py>, value: &Any<'py>) -> PyResult<()> {
    if value.is_none() {
        return names.iter().try_for_each(|n| row.set_item(&**n, value));
    }
    let values = face.call_method1("_values", (value,))?;
    for (name, value) in names.iter().zip(values.try_iter()?) {
        row.set_item(&**name, value?)?;
    }
    Ok(())
}
