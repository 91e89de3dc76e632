//! [`IdentityKey`]: which row an instance stands for, hashed without calling Python for the usual integers and strings.

use orm::Mapper;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyTuple};
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

/// One value of a primary key. Values that Python calls equal (`1`, `True`, `1.0`, `Decimal(1)`) are equal here.
#[derive(Debug)]
pub enum PkPart {
    /// NULL, in partial primary keys.
    None,
    /// An integer, and everything that equals one exactly.
    Int(i64),
    /// A string.
    Text(Arc<str>),
    /// Anything else, with the class of equal values it is in. Its `__eq__` is asked once, when the key is made: maps of keys
    /// never call Python, which might change the map meanwhile, or raise.
    Host(Py<PyAny>, Arc<Equals>),
}

/// All values that Python calls equal to each other, while a key holds one of them.
#[derive(Debug)]
pub struct Equals {
    hash: isize,
    sample: Py<PyAny>,
    /// The integer that is equal to them.
    int: Option<i64>,
}

type Known = rustc_hash::FxHashMap<isize, SmallVec<[Weak<Equals>; 1]>>;
static KNOWN: Mutex<Known> = Mutex::new(Known::with_hasher(rustc_hash::FxBuildHasher));

impl Equals {
    fn known(hash: isize) -> Vec<Arc<Self>> {
        KNOWN.lock().get(&hash).map(|l| l.iter().filter_map(Weak::upgrade).collect()).unwrap_or_default()
    }
    fn of(value: &Bound<'_, PyAny>) -> PyResult<Arc<Self>> {
        let py = value.py();
        let hash = value.hash()?;
        for known in Self::known(hash) {
            if known.sample.bind(py).is(value) || known.sample.bind(py).eq(value)? {
                return Ok(known);
            }
        }
        let mut int = None;
        // -2 is the hash of -1, too: -1 says "error" in C.
        for i in [hash as i64, if hash == -2 { -1 } else { hash as i64 }] {
            if int.is_none() && int_hash(i) == hash && value.eq(i)? {
                int = Some(i);
            }
        }
        let made = Arc::new(Self { hash, sample: value.clone().unbind(), int });
        KNOWN.lock().entry(hash).or_default().push(Arc::downgrade(&made));
        Ok(made)
    }
}

impl Drop for Equals {
    fn drop(&mut self) {
        let mut known = KNOWN.lock();
        if let Some(list) = known.get_mut(&self.hash) {
            list.retain(|w| w.strong_count() > 0);
            if list.is_empty() {
                known.remove(&self.hash);
            }
        }
    }
}

impl PkPart {
    /// From a Python value.
    ///
    /// # Errors
    /// `TypeError` of a value that is not hashable.
    pub fn from_py(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::None);
        }
        if value.is_exact_instance_of::<PyInt>() || value.is_exact_instance_of::<PyBool>() {
            if let Ok(i) = value.extract::<i64>() {
                return Ok(Self::Int(i));
            }
        } else if let Ok(s) = value.cast::<PyString>() {
            if let Ok(s) = s.to_str() {
                return Ok(Self::Text(s.into()));
            }
        } else if let Ok(f) = value.cast_exact::<PyFloat>() {
            let f = f.value();
            if f.fract() == 0.0 && f.abs() < 9.0e15 {
                #[expect(clippy::cast_possible_truncation, reason = "a whole number of less than 54 bits")]
                return Ok(Self::Int(f as i64));
            }
        }
        Ok(Self::Host(value.clone().unbind(), Equals::of(value)?))
    }

    /// The Python value.
    pub fn to_py(&self, py: Python<'_>) -> Py<PyAny> {
        match self {
            Self::None => py.None(),
            Self::Int(i) => PyInt::new(py, *i).into_any().unbind(),
            Self::Text(s) => PyString::new(py, s).into_any().unbind(),
            Self::Host(o, _) => o.clone_ref(py),
        }
    }

    /// SQL NULL.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::None => Self::None,
            Self::Int(i) => Self::Int(*i),
            Self::Text(s) => Self::Text(s.clone()),
            Self::Host(o, e) => Self::Host(o.clone_ref(py), e.clone()),
        }
    }
}

/// Python's hash of an integer: its remainder by 2^61 - 1. Needed so that an integer meets the `Decimal` that equals it.
fn int_hash(i: i64) -> isize {
    const MODULUS: u64 = (1 << 61) - 1;
    let h = isize::try_from(i.unsigned_abs() % MODULUS).unwrap_or_default();
    match if i < 0 { -h } else { h } {
        -1 => -2,
        h => h,
    }
}

impl Hash for PkPart {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::None => state.write_u8(0),
            Self::Int(i) => state.write_isize(int_hash(*i)),
            Self::Text(s) => state.write(s.as_bytes()),
            Self::Host(_, e) => state.write_isize(e.hash),
        }
    }
}

impl PartialEq for PkPart {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Host(_, a), Self::Host(_, b)) => Arc::ptr_eq(a, b),
            (Self::Host(_, a), Self::Int(i)) | (Self::Int(i), Self::Host(_, a)) => a.int == Some(*i),
            _ => false,
        }
    }
}
impl Eq for PkPart {}

/// Values of a primary key, nearly always one.
pub type PkParts = SmallVec<[PkPart; 1]>;

/// `(class, primary key, token)`. The class is the base mapper's: a subclass row has the identity of its base row.
#[derive(Debug)]
pub struct IdentityKey {
    /// The base mapper.
    pub base: Arc<Mapper>,
    /// Primary key values in the mapper's order.
    pub pk: PkParts,
    /// Identity token (shards).
    pub token: Option<PkPart>,
}

impl IdentityKey {
    /// A key of one integer: the loader's usual case, without allocation.
    pub fn of_int(base: &Arc<Mapper>, value: i64) -> Self {
        Self { base: base.clone(), pk: smallvec::smallvec![PkPart::Int(value)], token: None }
    }

    /// From Python values.
    ///
    /// # Errors
    /// `TypeError` of a value that is not hashable.
    pub fn from_values<'py>(base: Arc<Mapper>, values: impl IntoIterator<Item = Bound<'py, PyAny>>) -> PyResult<Self> {
        let pk = values.into_iter().map(|v| PkPart::from_py(&v)).collect::<PyResult<_>>()?;
        Ok(Self { base, pk, token: None })
    }

    /// With a token; `None` takes it away.
    ///
    /// # Errors
    /// `TypeError` of a token that is not hashable.
    pub fn with_token(mut self, token: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        self.token = token.filter(|t| !t.is_none()).map(PkPart::from_py).transpose()?;
        Ok(self)
    }

    /// A copy.
    pub fn clone_ref(&self, py: Python<'_>) -> Self {
        Self {
            base: self.base.clone(),
            pk: self.pk.iter().map(|p| p.clone_ref(py)).collect(),
            token: self.token.as_ref().map(|t| t.clone_ref(py)),
        }
    }

    /// The primary key as Python sees it (`InstanceState.identity`).
    ///
    /// # Errors
    /// Out of memory only.
    pub fn identity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.pk.iter().map(|p| p.to_py(py)))
    }

    /// `(class, primary key, token)` as Python sees it.
    ///
    /// # Errors
    /// When the mapped class is gone.
    pub fn as_tuple<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let face = crate::py::ffi::face(py, &self.base.face);
        let class = match face {
            Some(f) => f.getattr("class_")?,
            None => py.None().into_bound(py),
        };
        self.to_py(py, &class)
    }

    /// `(class, primary key, token)` as Python sees it. `class` is the base mapper's class.
    ///
    /// # Errors
    /// Out of memory only.
    pub fn to_py<'py>(&self, py: Python<'py>, class: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let token = self.token.as_ref().map_or_else(|| py.None(), |t| t.to_py(py));
        PyTuple::new(py, [class.clone(), self.identity(py)?.into_any(), token.into_bound(py)])
    }
}

impl PartialEq for IdentityKey {
    fn eq(&self, other: &Self) -> bool {
        self.base.id == other.base.id && self.pk == other.pk && self.token == other.token
    }
}
impl Eq for IdentityKey {}

impl Hash for IdentityKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.base.id);
        for part in &self.pk {
            part.hash(state);
        }
    }
}
