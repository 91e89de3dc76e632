//! Row batches to Python rows: plain tuples in one tight loop, or what text factories and converters make of them.

use base::{Cell, RowBatch};
use drivers::Column;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use super::local::{MODULE, operational_error};
use crate::py::ffi;

/// What text becomes.
pub enum TextFactory {
    /// `str`, the default.
    Str,
    /// `bytes`.
    Bytes,
    /// Whatever the callable makes of the bytes.
    Callable(Py<PyAny>),
}

impl TextFactory {
    /// Reads the value of `text_factory`.
    pub fn new(obj: &Bound<'_, PyAny>) -> Self {
        let py = obj.py();
        if obj.is(py.get_type::<PyString>()) {
            TextFactory::Str
        } else if obj.is(py.get_type::<PyBytes>()) {
            TextFactory::Bytes
        } else {
            TextFactory::Callable(obj.clone().unbind())
        }
    }
}

/// One converter a column, where `detect_types` found any.
pub type Converters = Vec<Option<Py<PyAny>>>;

/// Values by which `detect_types` asks for converters.
pub const PARSE_DECLTYPES: i32 = 1;
/// The same by column names like `x [timestamp]`.
pub const PARSE_COLNAMES: i32 = 2;

/// The converters registered for these columns; `None` when there are none.
pub fn converters(py: Python<'_>, columns: &[Column], detect_types: i32) -> PyResult<Option<Converters>> {
    if detect_types == 0 {
        return Ok(None);
    }
    let registry = py.import(MODULE)?.getattr("converters")?.cast_into::<PyDict>()?;
    let find = |name: &str| -> PyResult<Option<Py<PyAny>>> { Ok(registry.get_item(name.to_uppercase())?.map(Bound::unbind)) };
    let mut out = Vec::with_capacity(columns.len());
    for column in columns {
        let mut converter = None;
        if detect_types & PARSE_COLNAMES != 0
            && let Some((_, rest)) = column.name.rsplit_once('[')
            && let Some((name, _)) = rest.split_once(']')
        {
            converter = find(name)?;
        }
        if converter.is_none()
            && detect_types & PARSE_DECLTYPES != 0
            && let Some(declared) = &column.decltype
        {
            converter = find(declared.split([' ', '(']).next().unwrap_or_default())?;
        }
        out.push(converter);
    }
    Ok(out.iter().any(Option::is_some).then_some(out))
}

/// How rows of one result become tuples.
pub struct Reader<'a> {
    /// What text becomes.
    pub text: &'a TextFactory,
    /// What columns are converted by.
    pub converters: Option<&'a Converters>,
    /// For error messages.
    pub columns: &'a [Column],
}

impl Reader<'_> {
    /// The tuple of a row.
    #[inline]
    pub fn tuple<'py>(&self, py: Python<'py>, batch: &RowBatch, row: usize) -> PyResult<Bound<'py, PyTuple>> {
        if matches!(self.text, TextFactory::Str)
            && self.converters.is_none()
            && let Some(tuple) = ffi::plain_row(py, batch, row)?
        {
            return Ok(tuple);
        }
        let cells: Vec<_> = batch.row(row).enumerate().map(|(i, cell)| self.cell(py, i, cell)).collect::<PyResult<_>>()?;
        PyTuple::new(py, cells)
    }

    fn cell<'py>(&self, py: Python<'py>, column: usize, cell: Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(converter) = self.converters.and_then(|c| c.get(column)).and_then(Option::as_ref)
            && let Some(bytes) = raw_bytes(cell)
        {
            return converter.bind(py).call1((PyBytes::new(py, &bytes),));
        }
        let text = match cell {
            Cell::Ascii(s) | Cell::Text(s) => s.as_bytes(),
            Cell::InvalidText(b) => b,
            other => return ffi::plain_cell(py, other)?.map_or_else(|| Ok(py.None().into_bound(py)), Ok),
        };
        match (self.text, cell) {
            (TextFactory::Str, Cell::InvalidText(b)) => {
                let name = self.columns.get(column).map_or("", |c| &c.name);
                let shown = String::from_utf8_lossy(b);
                Err(operational_error(py, format!("Could not decode to UTF-8 column '{name}' with text '{shown}'")))
            }
            (TextFactory::Str, _) => Ok(PyString::new(py, &String::from_utf8_lossy(text)).into_any()),
            (TextFactory::Bytes, _) => Ok(PyBytes::new(py, text).into_any()),
            (TextFactory::Callable(f), _) => f.bind(py).call1((PyBytes::new(py, text),)),
        }
    }
}

/// The bytes that a converter is given; `None` for NULL, which is never converted.
fn raw_bytes(cell: Cell<'_>) -> Option<Vec<u8>> {
    match cell {
        Cell::Ascii(s) | Cell::Text(s) => Some(s.as_bytes().to_vec()),
        Cell::Bytes(b) | Cell::InvalidText(b) => Some(b.to_vec()),
        Cell::Int(i) => Some(i.to_string().into_bytes()),
        Cell::Float(f) => Some(f.to_string().into_bytes()),
        _ => None,
    }
}
