//! What follows when a part joins a table. Decided here; `src/py/schema/join.rs` carries it out, between the events.

use super::placement::{Placed, Placement};
use super::{Column, Constraint, Default_, ServerDefault, Table};
use crate::error::{SqlError, SqlResult};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What `Column(index=…, unique=…)` asked for.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Wishes {
    pub index: bool,
    pub unique: bool,
}

/// One thing that is left to do for a column which has its place.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// The primary key takes it in.
    Admit,
    /// An index over it joins the table.
    Index {
        /// UNIQUE.
        unique: bool,
    },
    /// A unique constraint over it joins the table.
    Unique,
}

/// A column joins `table`: what the placement changed, and what is left to do, in this order.
///
/// # Errors
/// Those of [`Table::place`]; `ArgumentError` for a column with both an Identity and a Sequence. The table is unchanged then.
pub fn column_joins(table: &Arc<Table>, column: &Arc<Column>, how: &Placement, wishes: Wishes) -> SqlResult<(Placed, Vec<Step>)> {
    let primary = {
        let d = column.d.read();
        let is_sequence = |g: &Option<Default_>| matches!(g, Some(Default_::Sequence(_)));
        if matches!(d.server_default, Some(ServerDefault::Identity(_))) && (is_sequence(&d.default) || is_sequence(&d.onupdate)) {
            return Err(SqlError::argument("An column cannot specify both Identity and Sequence."));
        }
        d.primary_key
    };
    let placed = table.place(column, how)?;
    let mut steps = Vec::new();
    if primary {
        steps.push(Step::Admit);
    }
    if wishes.index {
        steps.push(Step::Index { unique: wishes.unique });
    } else if wishes.unique {
        steps.push(Step::Unique);
    }
    Ok((placed, steps))
}

impl Constraint {
    /// The references of a foreign key that joins `table` lead to one table, as far as they are known.
    ///
    /// # Errors
    /// `ArgumentError` when they lead to several.
    pub fn refers_to_one_table(&self, table: &Table) -> SqlResult<()> {
        let keys: Option<BTreeSet<String>> = self.elements().iter().map(|fk| fk.target_table_key()).collect();
        let Some(keys) = keys else { return Ok(()) };
        let mut keys = keys.into_iter();
        if let (Some(first), Some(second)) = (keys.next(), keys.next()) {
            let columns = self.d.read().columns.iter().map(|c| c.key().to_string()).collect::<Vec<_>>().join(", ");
            return Err(SqlError::argument(format!(
                "ForeignKeyConstraint on {}({columns}) refers to multiple remote tables: {first} and {second}",
                table.key()
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::{ColumnData, Identity, IdentityOptions, Sequence};
    use super::super::constraint::{ConstraintData, ForeignKeyData};
    use super::super::table::TableData;
    use super::super::{ConstraintKind, ForeignKey};
    use super::*;

    fn table() -> Arc<Table> {
        Table::new("t".into(), TableData::default())
    }
    fn column(data: ColumnData) -> Arc<Column> {
        Column::new(ColumnData { name: Some("a".into()), ..data })
    }
    fn steps(data: ColumnData, wishes: Wishes) -> Vec<Step> {
        column_joins(&table(), &column(data), &Placement::default(), wishes).expect("fresh").1
    }

    #[test]
    fn a_column_brings_what_it_asked_for() {
        assert_eq!(steps(ColumnData::default(), Wishes::default()), []);
        let primary = ColumnData { primary_key: true, ..ColumnData::default() };
        assert_eq!(steps(primary, Wishes { index: false, unique: true }), [Step::Admit, Step::Unique]);
        // one index serves both wishes
        assert_eq!(steps(ColumnData::default(), Wishes { index: true, unique: true }), [Step::Index { unique: true }]);
    }

    #[test]
    fn one_source_of_numbers() {
        let sequence = Sequence {
            name: "s".into(),
            schema: parking_lot::RwLock::new(None),
            options: IdentityOptions::default(),
            optional: false,
            data_type: None,
            of_column: std::sync::atomic::AtomicBool::new(true),
            face: crate::FaceSlot::default(),
        };
        let identity = Identity { always: None, on_null: None, options: IdentityOptions::default() };
        let both = column(ColumnData {
            default: Some(Default_::Sequence(Arc::new(sequence))),
            server_default: Some(ServerDefault::Identity(Arc::new(identity))),
            ..ColumnData::default()
        });
        let t = table();
        let e = column_joins(&t, &both, &Placement::default(), Wishes::default()).expect_err("both");
        assert!(e.message.contains("both Identity and Sequence"));
        assert!(t.d.read().columns.is_empty());
    }

    #[test]
    fn references_lead_to_one_table() {
        let key = |spec: &str| ForeignKey::new(ForeignKeyData { colspec: Some(spec.into()), ..ForeignKeyData::default() });
        let constraint = |elements| {
            let kind = ConstraintKind::ForeignKey {
                elements,
                onupdate: None,
                ondelete: None,
                match_: None,
                use_alter: false,
                link_to_name: false,
            };
            let columns = vec![column(ColumnData::default())];
            let d = ConstraintData { kind, columns, ..ConstraintData::default() };
            Constraint { d: parking_lot::RwLock::new(d), face: crate::FaceSlot::default() }
        };
        assert!(constraint(vec![key("x.id"), key("x.b")]).refers_to_one_table(&table()).is_ok());
        let e = constraint(vec![key("y.id"), key("x.b")]).refers_to_one_table(&table()).expect_err("two");
        assert_eq!(e.message, "ForeignKeyConstraint on t(a) refers to multiple remote tables: x and y");
    }
}
