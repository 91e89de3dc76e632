//! SQL types as data. The Python type classes (plain data classes) are read into a [`SqlType`] once and cached there.

use crate::face::FaceSlot;
use crate::host::{HostRef, HostType};
use std::collections::BTreeMap;
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
    /// The Python object.
    pub face: FaceSlot,
}

/// A shared type.
pub type TypeRef = Arc<SqlType>;

impl SqlType {
    /// A type without arguments.
    pub fn simple(visit_name: &str, affinity: Affinity) -> Self {
        Self { visit_name: visit_name.into(), affinity, ..Self::default() }
    }
    /// Is it `NullType`?
    pub fn is_null(&self) -> bool {
        self.affinity == Affinity::Null && self.host.is_none()
    }
}

macro_rules! shared {
    ($($(#[$m:meta])* $f:ident = $visit:literal $aff:ident;)*) => {$(
        $(#[$m])*
        pub fn $f() -> TypeRef {
            static T: std::sync::OnceLock<TypeRef> = std::sync::OnceLock::new();
            T.get_or_init(|| Arc::new(SqlType::simple($visit, Affinity::$aff))).clone()
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
