//! The structure of a table as a database reports it.

use base::Value;

/// A query of the catalogue and its parameters.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct CatalogQuery {
    /// Text between the parameters: a quoted name may hold whatever a driver takes for a placeholder.
    pub pieces: Vec<String>,
    pub params: Vec<Value>,
}

impl CatalogQuery {
    /// A query without parameters.
    pub fn plain(sql: impl Into<String>) -> Self {
        Self { pieces: vec![sql.into()], params: Vec::new() }
    }

    /// The text for a driver of this PEP 249 parameter style. Parameters stay positional.
    pub fn rendered(&self, paramstyle: &str) -> String {
        let percent = matches!(paramstyle, "format" | "pyformat");
        let mut out = String::new();
        for (n, piece) in self.pieces.iter().enumerate() {
            match paramstyle {
                _ if n == 0 => {}
                "format" | "pyformat" => out.push_str("%s"),
                "numeric" => out.push_str(&format!(":{n}")),
                "numeric_dollar" => out.push_str(&format!("${n}")),
                _ => out.push('?'),
            }
            if percent {
                out.push_str(&piece.replace('%', "%%"));
            } else {
                out.push_str(piece);
            }
        }
        out
    }
}

/// One row of an answer.
pub type Row = Vec<Value>;

/// A value of an option or of a type's argument.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Fact {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Fact>),
    Tuple(Vec<Fact>),
    Map(Facts),
    Type(Box<ReflectedType>),
}

/// Names and values, in order.
pub type Facts = Vec<(String, Fact)>;

impl Fact {
    /// A text.
    pub fn text(s: impl Into<String>) -> Self {
        Self::Text(s.into())
    }
    /// A list of texts.
    pub fn texts<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::List(items.into_iter().map(Self::text).collect())
    }
}

/// A type by the name that the database gives it, and the arguments of its class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedType {
    pub name: String,
    pub args: Vec<Fact>,
    pub kwargs: Facts,
}

impl ReflectedType {
    /// A type without arguments.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
    /// With one more keyword argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: Fact) -> Self {
        self.kwargs.push((name.to_owned(), value));
        self
    }
    /// With one more keyword argument, if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<Fact>) -> Self {
        match value {
            Some(v) => self.with(name, v),
            None => self,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedColumn {
    pub name: String,
    pub ty: ReflectedType,
    pub nullable: bool,
    /// SQL text.
    pub default: Option<String>,
    /// Whether the database makes values by itself; `None` where it has no word for it.
    pub autoincrement: Option<bool>,
    /// Position in the primary key from 1; 0: not part of it. `None` where the dialect does not report it here.
    pub primary_key: Option<i64>,
    /// Expression, and whether it is stored.
    pub computed: Option<(String, bool)>,
    /// Options of IDENTITY.
    pub identity: Option<Facts>,
    /// `None` where there is no such thing as a comment.
    pub comment: Option<Option<String>>,
}

/// A primary key or unique constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedKey {
    pub name: Option<String>,
    pub columns: Vec<String>,
    pub comment: Option<Option<String>>,
    /// The index of the same name that stands for it.
    pub duplicates_index: Option<String>,
    pub options: Facts,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedForeignKey {
    pub name: Option<String>,
    pub columns: Vec<String>,
    /// Schema of the table referred to, whatever the search path says.
    pub referred_schema: Option<String>,
    /// Whether that table is found without naming its schema.
    pub referred_visible: bool,
    pub referred_table: String,
    /// Empty: the primary key of the table referred to.
    pub referred_columns: Vec<String>,
    /// `onupdate`, `ondelete`, `initially`, `match`, `deferrable`.
    pub options: Facts,
    pub comment: Option<Option<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedIndex {
    pub name: String,
    pub unique: bool,
    /// `None` for an expression.
    pub columns: Vec<Option<String>>,
    /// Column names and expressions, when there is an expression among them.
    pub expressions: Vec<String>,
    /// `desc`, `nulls_first`, `nulls_last` by column or expression.
    pub sorting: Vec<(String, Vec<&'static str>)>,
    pub where_: Option<String>,
    /// Made for a constraint that the user did not name.
    pub implicit: bool,
    /// The constraint that it was made for.
    pub duplicates_constraint: Option<String>,
    pub options: Facts,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedCheck {
    pub name: Option<String>,
    pub sqltext: String,
    pub comment: Option<Option<String>>,
    pub options: Facts,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RelationKind {
    #[default]
    Table,
    /// A table whose rows are elsewhere.
    Foreign,
    View,
    MaterializedView,
    Sequence,
}

impl RelationKind {
    /// The name under which Python knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Foreign => "foreign_table",
            Self::View => "view",
            Self::MaterializedView => "materialized_view",
            Self::Sequence => "sequence",
        }
    }
}

/// A relation before its parts are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Relation {
    pub name: String,
    pub kind: RelationKind,
    pub temporary: bool,
    pub oid: Option<i64>,
    pub comment: Option<String>,
    /// Dialect options without the dialect's name: `engine`, `with`.
    pub options: Facts,
    /// Character set and collation that columns have unless they say otherwise (MySQL).
    pub collation: Option<String>,
    /// The database cannot tell its structure; this is its reason.
    pub broken: Option<String>,
    /// Names differ in more than their case only.
    pub fold_case: bool,
}

/// Primary key and other constraints of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Constraints {
    pub primary_key: ReflectedKey,
    pub foreign_keys: Vec<ReflectedForeignKey>,
    pub uniques: Vec<ReflectedKey>,
    pub checks: Vec<ReflectedCheck>,
}

/// A table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedTable {
    pub name: String,
    pub kind: RelationKind,
    pub comment: Option<String>,
    pub columns: Vec<ReflectedColumn>,
    pub constraints: Constraints,
    pub indexes: Vec<ReflectedIndex>,
    /// Dialect options.
    pub options: Facts,
    /// The statement that made it.
    pub definition: Option<String>,
}

/// Sort key: by name, unnamed ones behind.
pub fn unnamed_last(name: &Option<String>) -> (bool, String) {
    (name.is_none(), name.clone().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_as_the_driver_wants_them() {
        let pieces = ["a = ", " AND \"b?%\" = ", ""].map(str::to_owned).to_vec();
        let q = CatalogQuery { pieces, params: vec![Value::Int(1), Value::Int(2)] };
        assert_eq!(q.rendered("pyformat"), "a = %s AND \"b?%%\" = %s");
        assert_eq!(q.rendered("numeric_dollar"), "a = $1 AND \"b?%\" = $2");
        assert_eq!(q.rendered("numeric"), "a = :1 AND \"b?%\" = :2");
        assert_eq!(q.rendered("qmark"), "a = ? AND \"b?%\" = ?");
        assert_eq!(CatalogQuery::plain("DESCRIBE `a?%s`").rendered("format"), "DESCRIBE `a?%%s`");
        assert_eq!(CatalogQuery::plain("DESCRIBE `a?%s`").rendered("qmark"), "DESCRIBE `a?%s`");
    }
}
