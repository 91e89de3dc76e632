//! SQL types as data. The Python type classes (plain data classes) are read into a [`SqlType`] once and cached there.

pub mod literal;
pub mod text;

use crate::face::KeptFace;
use crate::host::{HostRef, HostType};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a type is at heart: decides operators, literal rendering and value conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs)]
pub enum Affinity {
    #[default]
    Null,
    Integer,
    Numeric,
    Float,
    String,
    Boolean,
    Date,
    DateTime,
    Time,
    Interval,
    Binary,
    Enum,
    Pickle,
    Json,
    JsonIndex,
    JsonPath,
    Uuid,
    Array,
    Tuple,
    Match,
    Table,
    Other,
}

/// An argument of a type that only some dialects read (`mysql.TINYINT(unsigned=True)`).
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum TypeArg {
    None,
    Bool(bool),
    Int(i64),
    Str(Arc<str>),
    List(Vec<TypeArg>),
    Host(HostRef),
}

impl TypeArg {
    /// Host values count by identity: the type that holds them keeps them alive.
    #[recursive::recursive]
    fn hash_into(&self, h: &mut impl Hasher) {
        std::mem::discriminant(self).hash(h);
        match self {
            Self::None => {}
            Self::Bool(b) => b.hash(h),
            Self::Int(i) => i.hash(h),
            Self::Str(s) => s.hash(h),
            Self::List(l) => l.iter().for_each(|a| a.hash_into(h)),
            Self::Host(o) => o.identity().hash(h),
        }
    }
    /// The text, when it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s),
            _ => None,
        }
    }
    /// The integer, when it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(i) => Some(*i),
            _ => None,
        }
    }
}

/// A SQL type. `visit_name` is what the type compiler dispatches on: lower case for generic types (`string`, `big_integer`),
/// upper case for types that render their own name (`VARCHAR`, `TINYINT`).
#[derive(Clone, Debug, Default)]
pub struct SqlType {
    /// See above.
    pub visit_name: Arc<str>,
    /// Class of values.
    pub affinity: Affinity,
    /// `String(length)`, `LargeBinary(length)`.
    pub length: Option<i64>,
    /// `Numeric(precision)`, `Float(precision)`.
    pub precision: Option<i64>,
    /// `Numeric(scale)`.
    pub scale: Option<i64>,
    /// Decimal places of returned decimals.
    pub decimal_return_scale: Option<i64>,
    /// Decimal or float results.
    pub asdecimal: bool,
    /// With time zone.
    pub timezone: bool,
    /// `String(collation)`.
    pub collation: Option<Arc<str>>,
    /// Element type of ARRAY, impl of a decorator.
    pub item: Option<TypeRef>,
    /// Element types of a tuple.
    pub items: Vec<TypeRef>,
    /// Named types (Enum, Boolean with constraint, DOMAIN).
    pub name: Option<crate::Name>,
    /// Schema of a named type.
    pub schema: Option<crate::Name>,
    /// Members of Enum/SET.
    pub enums: Vec<Arc<str>>,
    /// Everything else, by argument name.
    pub options: BTreeMap<Arc<str>, TypeArg>,
    /// `with_variant`: dialect name to type.
    pub variants: Vec<(Arc<str>, TypeRef)>,
    /// User code attached to this type.
    pub host: Option<Arc<dyn HostType>>,
    /// The Python type object this was read from, kept alive; `None` for the shared types below.
    pub owner: Option<HostRef>,
    /// `+` is `||` between values of this type.
    pub concatenable: bool,
    /// The type brings its own operators (`comparator_factory`).
    pub comparator: bool,
    /// Values that a comparison turns into constants.
    pub constants: Constants,
    /// The Python object.
    pub face: KeptFace,
}

/// Which plain values beside a type are constants (`IS NULL`, `= true`) and not its bound values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Constants {
    /// `None`
    pub null: bool,
    /// `True` and `False`
    pub bools: bool,
}

impl Default for Constants {
    fn default() -> Self {
        Self { null: true, bools: true }
    }
}

/// A shared type.
pub type TypeRef = Arc<SqlType>;

impl SqlType {
    /// A type without arguments.
    pub fn simple(visit_name: &str, affinity: Affinity) -> Self {
        Self { visit_name: visit_name.into(), affinity, ..Self::default() }
    }
    /// The type that stands for this one on a dialect by `with_variant`, else itself.
    pub fn variant<'a>(self: &'a Arc<Self>, dialect: &str) -> &'a TypeRef {
        self.variants.iter().find(|(name, _)| &**name == dialect).map_or(self, |(_, ty)| ty)
    }
    /// An option by name.
    pub fn option(&self, name: &str) -> Option<&TypeArg> {
        self.options.get(name)
    }
    /// A boolean option, false when absent.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.options.get(name), Some(TypeArg::Bool(true)))
    }
    /// Feed everything that decides rendering and conversion into `h`. False when user code forbids caching.
    #[recursive::recursive]
    pub fn hash_into(&self, h: &mut impl Hasher) -> bool {
        self.visit_name.hash(h);
        self.affinity.hash(h);
        (self.length, self.precision, self.scale, self.decimal_return_scale).hash(h);
        (self.asdecimal, self.timezone, self.comparator).hash(h);
        (&self.collation, &self.name, &self.schema, &self.enums).hash(h);
        self.options.len().hash(h);
        for (k, v) in &self.options {
            k.hash(h);
            v.hash_into(h);
        }
        let mut ok = true;
        for ty in self.item.iter().chain(&self.items) {
            ok &= ty.hash_into(h);
        }
        for (dialect, ty) in &self.variants {
            dialect.hash(h);
            ok &= ty.hash_into(h);
        }
        match &self.host {
            None => ok,
            Some(host) => match host.structural_hash() {
                Some(n) => {
                    n.hash(h);
                    ok
                }
                None => false,
            },
        }
    }
    /// Is it `NullType`?
    pub fn is_null(&self) -> bool {
        self.affinity == Affinity::Null && self.host.is_none()
    }
}

/// `DateTime(timezone=True)`
pub fn datetime_tz() -> TypeRef {
    static T: std::sync::OnceLock<TypeRef> = std::sync::OnceLock::new();
    T.get_or_init(|| Arc::new(SqlType { timezone: true, ..SqlType::simple("datetime", Affinity::DateTime) })).clone()
}

macro_rules! shared {
    ($($(#[$m:meta])* $f:ident = $visit:literal $aff:ident;)*) => {$(
        $(#[$m])*
        pub fn $f() -> TypeRef {
            static T: std::sync::OnceLock<TypeRef> = std::sync::OnceLock::new();
            T.get_or_init(|| {
                let concatenable = matches!(Affinity::$aff, Affinity::String | Affinity::Json);
                let asdecimal = $visit == "numeric";
                Arc::new(SqlType { asdecimal, concatenable, ..SqlType::simple($visit, Affinity::$aff) })
            })
            .clone()
        }
    )*};
}
shared! {
    /// `NullType`
    null_type = "null" Null;
    /// `Integer`
    integer = "integer" Integer;
    /// `BigInteger`
    big_integer = "big_integer" Integer;
    /// `String`
    string = "string" String;
    /// `Unicode`
    unicode = "unicode" String;
    /// `Boolean`
    boolean = "boolean" Boolean;
    /// `Numeric`
    numeric = "numeric" Numeric;
    /// `Float`
    float = "float" Float;
    /// `Double`
    double = "double" Float;
    /// `Date`
    date = "date" Date;
    /// `DateTime`
    datetime = "datetime" DateTime;
    /// `Time`
    time = "time" Time;
    /// `Interval`
    interval = "interval" Interval;
    /// `LargeBinary`
    large_binary = "large_binary" Binary;
    /// `Uuid`
    uuid = "uuid" Uuid;
    /// `JSON`
    json = "JSON" Json;
    /// `MatchType`
    match_type = "MATCHTYPE" Match;
}
