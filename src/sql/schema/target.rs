//! What a foreign key names: schema, table and column, as one dotted text or apart.

use crate::error::{SqlError, SqlResult};

/// A target by names. A part that is absent was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Schema, when one is named.
    pub schema: Option<String>,
    /// Table; absent for a column that has no table yet.
    pub table: Option<String>,
    /// Column; absent means the one that is called like the referring column.
    pub column: Option<String>,
}

/// What a copy of a target does with its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reschema {
    /// As it is.
    Keep,
    /// None at all.
    Blank,
    /// This one.
    To(String),
}

impl Target {
    /// Reads `"schema.table.column"`, `"table.column"` or `"table"`; further dots belong to the schema.
    pub fn parse(spec: &str) -> Self {
        let (rest, column) = match spec.rsplit_once('.') {
            Some((rest, column)) => (rest, Some(column.to_owned())),
            None => (spec, None),
        };
        let (schema, table) = match rest.rsplit_once('.') {
            Some((schema, table)) => (Some(schema.to_owned()), table),
            None => (None, rest),
        };
        Self { schema, table: Some(table.to_owned()), column }
    }

    /// The parts of a tuple: `(table, column)` or `(schema, table, column)`.
    ///
    /// # Errors
    /// `ArgumentError` for another number of parts or an empty table name.
    pub fn of_parts(parts: &[Option<String>]) -> SqlResult<Self> {
        let target = match parts {
            [table, column] => Self { schema: None, table: table.clone(), column: column.clone() },
            [schema, table, column] => Self { schema: schema.clone(), table: table.clone(), column: column.clone() },
            other => {
                return Err(SqlError::argument(format!(
                    "ForeignKey target given as a tuple must have two tokens (table_name, column_name) or three tokens (schema, \
                     table_name, column_name); got {}",
                    other.len()
                )));
            }
        };
        if target.table.as_deref().unwrap_or_default().is_empty() {
            return Err(SqlError::argument("ForeignKey target table_name must be a non-empty string"));
        }
        Ok(target)
    }

    /// Why the dotted text of this target would be read as another one; `None` when it is safe.
    pub fn ambiguity(&self) -> Option<String> {
        let Some(table) = &self.table else {
            return Some(
                "the target has no table name; a ForeignKey to a Column which is not yet associated with a Table has no names to \
                 render until that Column is attached"
                    .to_owned(),
            );
        };
        if table.contains('.') {
            return Some(format!(
                "the table name '{table}' contains a dot, which can't be told apart from the separator between a schema name and \
                 a table name"
            ));
        }
        match (&self.schema, &self.column) {
            (_, Some(column)) if column.contains('.') => Some(format!(
                "the column name '{column}' contains a dot, which can't be told apart from the separator between a table name and \
                 a column name"
            )),
            (Some(schema), None) => Some(format!(
                "a schema name '{schema}' is present with no column name, so the schema name can't be told apart from a table name"
            )),
            _ => None,
        }
    }

    /// The dotted text.
    ///
    /// # Errors
    /// `InvalidRequestError` when it would be ambiguous.
    pub fn text(&self) -> SqlResult<String> {
        if let Some(problem) = self.ambiguity() {
            let quoted = |part: &Option<String>| part.as_ref().map_or("None".to_owned(), |p| format!("'{p}'"));
            return Err(SqlError::invalid_request(format!(
                "Can't render a single string representation for foreign key target (schema={}, table_name={}, column_name={}); \
                 {problem}.  Use ForeignKey.target_tokens to receive the schema, table and column names individually.",
                quoted(&self.schema),
                quoted(&self.table),
                quoted(&self.column)
            )));
        }
        Ok(self.joined())
    }

    /// The parts that are there, joined by dots, for messages.
    pub fn joined(&self) -> String {
        [&self.schema, &self.table, &self.column].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(".")
    }

    /// Key of the table in `MetaData.tables`; `default_schema` applies where no schema is named.
    pub fn table_key(&self, default_schema: Option<&str>) -> String {
        super::table_key(self.schema.as_deref().or(default_schema), self.table.as_deref().unwrap_or_default())
    }

    /// The same column, in another schema or table.
    #[must_use]
    pub fn moved(mut self, schema: &Reschema, table: Option<&str>) -> Self {
        if let Some(table) = table {
            self.table = Some(table.to_owned());
        }
        match schema {
            Reschema::Keep => {}
            Reschema::Blank => self.schema = None,
            Reschema::To(schema) => self.schema = Some(schema.clone()),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(list: &[&str]) -> Vec<Option<String>> {
        list.iter().map(|p| Some((*p).to_owned())).collect()
    }

    #[test]
    fn dotted_text_is_read_from_the_right() {
        let t = Target::parse("a.b.c.d");
        assert_eq!((t.schema.as_deref(), t.table.as_deref(), t.column.as_deref()), (Some("a.b"), Some("c"), Some("d")));
        let t = Target::parse("users");
        assert_eq!((t.schema, t.table.as_deref(), t.column), (None, Some("users"), None));
    }

    #[test]
    fn safe_targets_survive_their_text() {
        for spec in ["t.a", "s.t.a", "t", "a.b.t.c"] {
            assert_eq!(Target::parse(spec).text().expect("safe"), spec);
        }
    }

    #[test]
    fn names_with_dots_have_no_text() {
        let t = Target::of_parts(&parts(&["a.b", "c"])).expect("two parts");
        assert!(t.ambiguity().expect("ambiguous").contains("the table name 'a.b' contains a dot"));
        assert!(t.text().expect_err("ambiguous").message.contains("schema=None, table_name='a.b', column_name='c'"));
        let t = Target::of_parts(&parts(&["t", "c.d"])).expect("two parts");
        assert!(t.ambiguity().expect("ambiguous").contains("the column name 'c.d'"));
        let t = Target { schema: Some("s".into()), table: Some("t".into()), column: None };
        assert!(t.ambiguity().is_some());
    }

    #[test]
    fn tuples_have_two_or_three_names() {
        assert!(Target::of_parts(&parts(&["t"])).expect_err("one").message.ends_with("got 1"));
        assert!(Target::of_parts(&[None, Some("c".into())]).is_err());
        assert_eq!(Target::of_parts(&parts(&["s", "t", "c"])).expect("three").table_key(None), "s.t");
    }

    #[test]
    fn moving_changes_schema_and_table_alone() {
        let t = Target::parse("s.t.c");
        assert_eq!(t.clone().moved(&Reschema::Blank, None).joined(), "t.c");
        assert_eq!(t.clone().moved(&Reschema::To("o".into()), Some("u")).joined(), "o.u.c");
        assert_eq!(t.clone().moved(&Reschema::Keep, None), t);
        assert_eq!(Target::parse("t.c").table_key(Some("d")), "d.t");
    }
}
