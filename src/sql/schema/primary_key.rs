//! The primary key of a table: what its columns say and what the constraint says, brought together.

use super::{Column, Constraint, Table};
use std::sync::Arc;

fn holds(columns: &[Arc<Column>], column: &Arc<Column>) -> bool {
    columns.iter().any(|c| Arc::ptr_eq(c, column))
}

fn quoted(columns: &[Arc<Column>]) -> String {
    columns.iter().map(|c| format!("'{}'", c.name())).collect::<Vec<_>>().join(", ")
}

impl Constraint {
    /// Settles the columns of this primary key with those that `table` marks as such. What the constraint lists wins: the
    /// warning tells when the marks say otherwise. All of its columns become NOT NULL unless the user said how they are.
    pub fn settle_primary_key(&self, table: &Table) -> Option<String> {
        let marked: Vec<Arc<Column>> = table.d.read().columns.values().filter(|c| c.d.read().primary_key).cloned().collect();
        let mut listed = self.d.read().columns.clone();
        let agree = marked.len() == listed.len() && marked.iter().all(|c| holds(&listed, c));
        let warning = (!listed.is_empty() && !marked.is_empty() && !agree).then(|| {
            let (specified, chosen) = (quoted(&marked), quoted(&listed));
            format!(
                "Table '{}' specifies columns {specified} as primary_key=True, not matching locally specified columns {chosen}; \
                 setting the current primary key columns to {chosen}. This warning may become an exception in a future release",
                table.name
            )
        });
        for column in &listed {
            let mut d = column.d.write();
            d.primary_key = true;
            if !d.nullability_given {
                d.nullable = false;
            }
        }
        if listed.is_empty() {
            listed = marked;
        }
        self.d.write().columns = listed;
        warning
    }

    /// Takes `column` in, in the place of one with the same key.
    pub fn admit(&self, column: &Arc<Column>) {
        let key = column.key();
        let mut d = self.d.write();
        match d.columns.iter_mut().find(|c| c.key() == key) {
            Some(place) => *place = column.clone(),
            None => d.columns.push(column.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::ColumnData;
    use super::super::constraint::ConstraintData;
    use super::super::placement::Placement;
    use super::super::table::TableData;
    use super::*;

    fn table(marks: &[(&str, bool)]) -> (Arc<Table>, Vec<Arc<Column>>) {
        let t = Table::new("t".into(), TableData::default());
        let columns: Vec<_> = marks
            .iter()
            .map(|(n, pk)| {
                let data = ColumnData { name: Some((*n).into()), primary_key: *pk, nullable: !pk, ..ColumnData::default() };
                let c = Column::new(data);
                t.place(&c, &Placement::default()).expect("fresh");
                c
            })
            .collect();
        (t, columns)
    }
    fn key(columns: &[Arc<Column>]) -> Constraint {
        let d = ConstraintData { columns: columns.to_vec(), ..ConstraintData::default() };
        Constraint { d: parking_lot::RwLock::new(d), face: crate::FaceSlot::default() }
    }

    #[test]
    fn marks_make_the_key_when_none_is_listed() {
        let (t, c) = table(&[("a", true), ("b", false), ("c", true)]);
        let k = key(&[]);
        assert_eq!(k.settle_primary_key(&t), None);
        assert!(Arc::ptr_eq(&k.d.read().columns[1], &c[2]));
    }

    #[test]
    fn the_list_wins_over_marks() {
        let (t, c) = table(&[("a", true), ("b", false)]);
        let k = key(&c[1..]);
        let warning = k.settle_primary_key(&t).expect("they differ");
        assert!(
            warning
                .starts_with("Table 't' specifies columns 'a' as primary_key=True, not matching locally specified columns 'b'")
        );
        assert_eq!(k.d.read().columns.len(), 1);
        let d = c[1].d.read();
        assert!(d.primary_key && !d.nullable);
    }

    #[test]
    fn order_is_no_difference_and_given_nullability_stays() {
        let (t, c) = table(&[("a", true), ("b", true)]);
        {
            let mut d = c[0].d.write();
            d.nullable = true;
            d.nullability_given = true;
        }
        let k = key(&[c[1].clone(), c[0].clone()]);
        assert_eq!(k.settle_primary_key(&t), None);
        assert!(c[0].d.read().nullable && !c[1].d.read().nullable);
        k.admit(&c[1]);
        assert_eq!(k.d.read().columns.len(), 2);
    }
}
