//! [`Kind`]: how values of a type look on the wire.

use sqlx::TypeInfo;
use sqlx::postgres::{PgTypeInfo, PgTypeKind};

/// The wire form of a type, as far as this driver reads and writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    /// Unsigned 32 bits.
    Oid,
    Float4,
    Float8,
    Numeric,
    /// Text, and everything whose binary form is its text: enums, `name`, `xml`, `citext`.
    Text,
    /// `"char"`: one byte.
    Char,
    Bytes,
    Json,
    /// JSON after a version byte.
    Jsonb,
    Uuid,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    Inet,
    Cidr,
    Macaddr,
    Bit,
    Void,
    /// An array of elements with this OID.
    Array(Box<Kind>, u32),
    /// Known to the server alone: travels as text.
    Opaque,
}

/// `(array, element)` OIDs of the built-in types that have wire forms here.
const ARRAYS: &[(u32, u32)] = &[
    (1000, 16),
    (1001, 17),
    (1002, 18),
    (1003, 19),
    (1005, 21),
    (1007, 23),
    (1009, 25),
    (1014, 1042),
    (1015, 1043),
    (1016, 20),
    (1021, 700),
    (1022, 701),
    (1028, 26),
    (199, 114),
    (3807, 3802),
    (1231, 1700),
    (1182, 1082),
    (1183, 1083),
    (1270, 1266),
    (1115, 1114),
    (1185, 1184),
    (1187, 1186),
    (2951, 2950),
    (1041, 869),
    (651, 650),
    (1040, 829),
    (775, 774),
    (1561, 1560),
    (1563, 1562),
    (143, 142),
];

impl Kind {
    /// The kind of a built-in type. Others are [`Kind::Opaque`].
    pub fn of_oid(oid: u32) -> Kind {
        match oid {
            16 => Kind::Bool,
            17 => Kind::Bytes,
            18 => Kind::Char,
            20 => Kind::Int8,
            21 => Kind::Int2,
            23 => Kind::Int4,
            19 | 25 | 142 | 705 | 1042 | 1043 => Kind::Text,
            26 => Kind::Oid,
            114 => Kind::Json,
            869 => Kind::Inet,
            650 => Kind::Cidr,
            700 => Kind::Float4,
            701 => Kind::Float8,
            774 | 829 => Kind::Macaddr,
            1082 => Kind::Date,
            1083 => Kind::Time,
            1114 => Kind::Timestamp,
            1184 => Kind::TimestampTz,
            1186 => Kind::Interval,
            1266 => Kind::TimeTz,
            1560 | 1562 => Kind::Bit,
            1700 => Kind::Numeric,
            2278 => Kind::Void,
            2950 => Kind::Uuid,
            3802 => Kind::Jsonb,
            _ => match ARRAYS.iter().find(|(array, _)| *array == oid) {
                Some((_, element)) => Kind::Array(Box::new(Kind::of_oid(*element)), *element),
                None => Kind::Opaque,
            },
        }
    }

    /// The kind of a type that the server described; user-defined ones are looked into.
    pub fn of(info: &PgTypeInfo) -> Kind {
        let oid = info.oid().map_or(0, |o| o.0);
        let known = Kind::of_oid(oid);
        // A type that sqlx could not look up has no kind to ask for.
        if known != Kind::Opaque || info.name() == "?" {
            return known;
        }
        match info.kind() {
            PgTypeKind::Enum(_) => Kind::Text,
            PgTypeKind::Domain(base) => Kind::of(base),
            PgTypeKind::Array(element) => match Kind::of(element) {
                Kind::Opaque => Kind::Opaque,
                kind => Kind::Array(Box::new(kind), element.oid().map_or(0, |o| o.0)),
            },
            PgTypeKind::Simple if info.name().rsplit('.').next() == Some("citext") => Kind::Text,
            _ => Kind::Opaque,
        }
    }

    /// Whether values of this kind can be sent and received in binary form.
    pub fn is_binary(&self) -> bool {
        !matches!(self, Kind::Opaque)
    }
}
