//! Foreign keys: from the text `"schema.table.column"` to the column, when it is first asked for.

use super::constraint::ForeignKeyData;
use super::{Column, Constraint, ConstraintKind, ForeignKey, Table, Target};
use crate::error::{ErrorKind, SqlError, SqlResult};
use crate::face::FaceSlot;
use parking_lot::RwLock;
use std::sync::Arc;

fn error(kind: ErrorKind, message: String, details: Vec<String>) -> SqlError {
    SqlError { details, ..SqlError::new(kind, message) }
}

impl ForeignKey {
    /// A reference with this data.
    pub fn new(data: ForeignKeyData) -> Arc<Self> {
        Arc::new(Self { d: RwLock::new(data), face: FaceSlot::default() })
    }

    /// The column that refers.
    pub fn parent(&self) -> Option<Arc<Column>> {
        self.d.read().parent.as_ref()?.upgrade()
    }

    /// What was named, or the names of the column that was given. `None` for a key that names nothing.
    pub fn target(&self) -> Option<Target> {
        let (tokens, colspec, column) = {
            let d = self.d.read();
            if d.tokens.is_some() {
                return d.tokens.clone();
            }
            (d.tokens.clone(), d.colspec.clone(), d.target.clone())
        };
        tokens.or_else(|| colspec.as_deref().map(Target::parse)).or_else(|| {
            let column = column?;
            let key = column.key().to_string();
            // A column without a table has no more than its own name to show.
            let Some(table) = column.table() else {
                return Some(Target { table: (!key.is_empty()).then_some(key), ..Target::default() });
            };
            let schema = table.d.read().schema.as_ref().map(ToString::to_string);
            Some(Target { schema, table: Some(table.name.to_string()), column: Some(key) })
        })
    }

    /// Was a column given, not a name?
    pub fn by_column(&self) -> bool {
        let d = self.d.read();
        d.tokens.is_none() && d.colspec.is_none()
    }

    /// Key in `MetaData.tables` of the table referred to; the MetaData's schema applies where none is named.
    pub fn target_table_key(&self) -> Option<String> {
        if self.by_column() {
            let target = self.d.read().target.clone();
            return target?.table().map(|t| t.key());
        }
        let default = || {
            let metadata = self.parent()?.table()?.d.read().metadata.upgrade()?;
            let schema = &metadata.d.read().schema;
            schema.as_ref().map(ToString::to_string)
        };
        Some(self.target()?.table_key(default().as_deref()))
    }

    /// The column referred to.
    ///
    /// # Errors
    /// `InvalidRequestError` while the reference is not part of a table, `NoReferencedTableError` and
    /// `NoReferencedColumnError` while its target does not exist.
    pub fn column(&self) -> SqlResult<Arc<Column>> {
        let (target, origin) = {
            let d = self.d.read();
            (d.target.clone(), d.origin.clone())
        };
        if let Some(target) = target {
            return Ok(target);
        }
        if let Some(origin) = origin {
            return origin.column();
        }
        let Some(parent) = self.parent() else {
            return Err(SqlError::invalid_request(
                "this ForeignKey object does not yet have a parent Column associated with it.",
            ));
        };
        let Some(table) = parent.table() else {
            return Err(SqlError::invalid_request("this ForeignKey's parent column is not yet associated with a Table."));
        };
        let wanted = self.target().unwrap_or_default();
        let spec = wanted.joined();
        let key = self.target_table_key().unwrap_or_default();
        let found = table.d.read().metadata.upgrade().and_then(|m| m.d.read().tables.get(key.as_str()).cloned());
        let found = found.or_else(|| (table.key() == key).then(|| table.clone()));
        let Some(found) = found else {
            return Err(error(
                ErrorKind::NoReferencedTable,
                format!(
                    "Foreign key associated with column '{}' could not find table '{key}' with which to generate a foreign key to \
                     target column '{}'",
                    parent.qualified(),
                    wanted.column.as_deref().unwrap_or("None"),
                ),
                vec![key],
            ));
        };
        let name = wanted.column.unwrap_or_else(|| parent.key().to_string());
        let by_name = self.d.read().constraint.as_ref().and_then(std::sync::Weak::upgrade).is_some_and(|c| c.link_to_name())
            || self.d.read().link_to_name;
        let column = if by_name {
            found.d.read().columns.values().find(|c| c.name().as_str() == name).cloned()
        } else {
            found.d.read().columns.get(name.as_str()).cloned()
        };
        let Some(column) = column else {
            return Err(error(
                ErrorKind::NoReferencedColumn,
                format!(
                    "Could not initialize target column for ForeignKey '{spec}' on table '{}': table '{}' has no column named '{name}'",
                    table.key(),
                    found.key(),
                ),
                vec![found.key(), name],
            ));
        };
        let mut d = self.d.write();
        d.target = Some(column.clone());
        d.target_table = Some(Arc::downgrade(&found));
        Ok(column)
    }

    /// The table referred to, when it is known.
    pub fn referred_table(&self) -> Option<Arc<Table>> {
        self.column().ok()?.table()
    }
}

impl Constraint {
    /// Is it a FOREIGN KEY whose string targets name columns, not keys?
    pub fn link_to_name(&self) -> bool {
        matches!(self.d.read().kind, ConstraintKind::ForeignKey { link_to_name: true, .. })
    }
    /// References of a FOREIGN KEY, none for other constraints.
    pub fn elements(&self) -> Vec<Arc<ForeignKey>> {
        match &self.d.read().kind {
            ConstraintKind::ForeignKey { elements, .. } => elements.clone(),
            _ => Vec::new(),
        }
    }
    /// Added by ALTER TABLE?
    pub fn use_alter(&self) -> bool {
        matches!(self.d.read().kind, ConstraintKind::ForeignKey { use_alter: true, .. })
    }
    /// Table of a FOREIGN KEY's target.
    ///
    /// # Errors
    /// As [`ForeignKey::column`].
    pub fn referred_table(&self) -> SqlResult<Option<Arc<Table>>> {
        match self.elements().first() {
            Some(e) => Ok(e.column()?.table()),
            None => Ok(None),
        }
    }
    /// The table it is part of.
    pub fn table(&self) -> Option<Arc<Table>> {
        self.d.read().table.as_ref()?.upgrade()
    }
}
