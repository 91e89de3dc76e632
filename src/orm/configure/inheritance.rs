//! A mapper's place in a hierarchy: single table, joined tables, or a table of its own (concrete).

use super::{MapperSpec, Warning};
use crate::columns::{self, as_column};
use crate::join_condition::{self, Pair};
use crate::mapper::{Mapper, MapperData, PolymorphicLoad, from_description};
use sql::ast::{ExprKind, ExprRef, From, FromKind, FromRef, Join, Op, fold};
use sql::error::ErrorKind;
use sql::schema::Column;
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// Take what the spec says, and the place below the parent that it names.
///
/// # Errors
/// `ArgumentError` without any table; `NoForeignKeysError` and `AmbiguousForeignKeysError` when nothing tells how the tables join.
pub fn enter(mapper: &Arc<Mapper>, spec: &MapperSpec) -> SqlResult<()> {
    mapper.update(|d| spec.say(d));
    match &spec.inherits {
        Some(parent) => below(mapper, parent, spec)?,
        None if spec.local_table.is_none() => {
            return Err(SqlError::argument(format!(
                "{} has None for a primary table argument and does not specify 'inherits'",
                mapper.describe()
            )));
        }
        None => mapper.update(|d| d.persist_selectable.clone_from(&d.local_table)),
    }
    load_with_ancestors(mapper);
    Ok(())
}

/// Leave the hierarchy again: the mapping failed.
pub fn leave(mapper: &Mapper) {
    if let Some(parent) = mapper.data().inherits.clone() {
        parent.update(|d| d.children.retain(|c| c.upgrade().is_some_and(|c| c.id != mapper.id)));
    }
}

/// Put a concrete mapper that was mapped alone below a base that is set up after it.
pub fn adopt(base: &Arc<Mapper>, mapper: &Arc<Mapper>) {
    mapper.update(|d| d.inherits = Some(base.clone()));
    base.update(|d| d.children.push(Arc::downgrade(mapper)));
}

fn below(mapper: &Arc<Mapper>, parent: &Arc<Mapper>, spec: &MapperSpec) -> SqlResult<()> {
    let theirs = parent.data();
    let tables = Tables::of(spec, &theirs)?;
    mapper.update(|d| {
        tables.take(d, &theirs);
        d.inherits = Some(parent.clone());
        if !d.concrete {
            // what the database does to keys holds for the whole hierarchy
            d.passive_updates = theirs.passive_updates;
            d.passive_deletes |= theirs.passive_deletes;
            if d.version_id_col.is_none() {
                d.version_id_col.clone_from(&theirs.version_id_col);
                d.version_generator = theirs.version_generator.clone();
            }
            if d.order_by.is_empty() {
                d.order_by.clone_from(&theirs.order_by);
            }
        }
        d.legacy_is_orphan |= theirs.legacy_is_orphan;
    });
    parent.update(|d| d.children.push(Arc::downgrade(mapper)));
    Ok(())
}

/// What the rows of an inheriting mapper come from.
enum Tables {
    /// The parent's. `single`: they are told apart by a discriminator alone.
    Shared { single: bool },
    /// A table of its own, with everything in it.
    Own,
    /// A table of its own beside the parent's.
    Joined { on: ExprRef, pairs: Vec<Pair>, all: FromRef },
}

impl Tables {
    fn of(spec: &MapperSpec, parent: &MapperData) -> SqlResult<Self> {
        let Some(mine) = &spec.local_table else { return Ok(Self::Shared { single: true }) };
        if parent.local_table.as_ref().is_some_and(|t| t.id() == mine.id()) {
            return Ok(Self::Shared { single: !spec.concrete });
        }
        let (Some(theirs), Some(all), false) = (&parent.local_table, &parent.persist_selectable, spec.concrete) else {
            return Ok(Self::Own);
        };
        let on = match &spec.inherit_condition {
            Some(on) => on.clone(),
            None => condition(theirs, mine)?,
        };
        let all = From::new(FromKind::Join(Arc::new(Join {
            left: all.clone(),
            right: mine.clone(),
            onclause: on.clone(),
            isouter: false,
            full: false,
        })));
        Ok(Self::Joined { pairs: equated_pairs(&on, &spec.inherit_foreign_keys, mine), on, all })
    }

    fn take(self, d: &mut MapperData, parent: &MapperData) {
        if !d.concrete {
            d.equivalents.clone_from(&parent.equivalents);
        }
        match self {
            Self::Shared { single } => {
                d.local_table.clone_from(&parent.local_table);
                d.persist_selectable.clone_from(&parent.persist_selectable);
                d.single = single;
            }
            Self::Own => d.persist_selectable.clone_from(&d.local_table),
            Self::Joined { on, pairs, all } => {
                columns::add_equivalents(&on, &mut d.equivalents);
                d.persist_selectable = Some(all);
                d.inherit_condition = Some(on);
                d.inherits_equated_pairs = pairs;
            }
        }
    }
}

/// The ON clause between the tables of a parent and a child, explained when there is none.
fn condition(parent: &FromRef, child: &FromRef) -> SqlResult<ExprRef> {
    join_condition::join_condition(parent, child, None, &[]).map_err(|e| {
        let head = format!(
            "Can't determine the inherit condition between inherited table '{}' and inheriting table '{}'; tables have ",
            from_description(parent),
            from_description(child)
        );
        let tail = match e.kind {
            ErrorKind::NoForeignKeys => {
                "no foreign key relationships established.  Please ensure the inheriting table has a foreign key relationship to the \
                 inherited table, or provide an 'on clause' using the 'inherit_condition' mapper argument."
            }
            ErrorKind::AmbiguousForeignKeys => {
                "more than one foreign key relationship established.  Please specify the 'on clause' using the 'inherit_condition' \
                 mapper argument."
            }
            _ => return e,
        };
        SqlError::new(e.kind, head + tail)
    })
}

/// Parent column to child column of an inherit condition; `mine` is the child's table, `named` are its columns when told.
fn equated_pairs(on: &ExprRef, named: &[Arc<Column>], mine: &FromRef) -> Vec<Pair> {
    let childs = |c: &Arc<Column>| match named {
        [] => columns::contains_column(mine, c),
        named => named.iter().any(|f| Arc::ptr_eq(f, c)),
    };
    let mut out = Vec::new();
    fold::walk(on, &mut |e| {
        if let ExprKind::Binary { left, right, op: Op::Eq, .. } = &e.kind
            && let (Some(l), Some(r)) = (as_column(left), as_column(right))
        {
            let parent_first = match (childs(l), childs(r)) {
                (false, true) => Some(true),
                (true, false) => Some(false),
                _ if columns::references(r, l) => Some(true),
                _ if columns::references(l, r) => Some(false),
                _ => None,
            };
            match parent_first {
                Some(true) => out.push((l.clone(), r.clone())),
                Some(false) => out.push((r.clone(), l.clone())),
                None => {}
            }
        }
        true
    });
    out
}

/// `polymorphic_load="inline"`: every SELECT of an ancestor reads this mapper's columns too.
fn load_with_ancestors(mapper: &Arc<Mapper>) {
    if mapper.data().polymorphic_load != Some(PolymorphicLoad::Inline) {
        return;
    }
    for ancestor in mapper.iterate_to_root().iter().skip(1) {
        ancestor.update(|d| {
            let with = d.with_polymorphic.get_or_insert_default();
            if !with.all {
                with.mappers.push(Arc::downgrade(mapper));
            }
        });
    }
}

/// A class without an identity among those that a discriminator tells apart: its rows cannot be told.
pub fn without_identity(mapper: &Arc<Mapper>, render: &dyn Fn(&ExprRef) -> String) -> Option<Warning> {
    let d = mapper.data();
    if d.polymorphic_identity.is_some() || d.polymorphic_abstract || d.concrete || d.inherits.is_none() {
        return None;
    }
    let on = mapper.base().data().polymorphic_on.clone()?;
    Some(Warning::new(format!(
        "{} does not indicate a 'polymorphic_identity', yet is part of an inheritance hierarchy that has a 'polymorphic_on' column of \
         '{}'. If this is an intermediary class that should not be instantiated, the class may either be left unmapped, or may include \
         the 'polymorphic_abstract=True' parameter in its Mapper arguments. To leave the class unmapped when using Declarative, set the \
         '__abstract__ = True' attribute on the class.",
        mapper.describe(),
        render(&on)
    )))
}
