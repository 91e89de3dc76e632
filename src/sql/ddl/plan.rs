//! What creating or dropping a MetaData, a table, an index or a sequence consists of: the steps in their order, events between
//! them, what is already there left out. Carried out by `src/py/schema/plan.rs` and `python/oxalchemy/sql/ddl`.

use crate::error::SqlResult;
use crate::schema::sort::{Cycle, Wait, sort_tables_and_constraints};
use crate::schema::{Column, Constraint, Default_, Index, MetaData, Sequence, Table};
use std::sync::Arc;

/// What a database can do, as far as the plan depends on it.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Powers {
    pub alter: bool,
    pub sequences: bool,
    /// Sequences marked `optional` are left out.
    pub sequences_optional: bool,
    pub comments: bool,
    /// Comments stand inside CREATE TABLE.
    pub inline_comments: bool,
    pub constraint_comments: bool,
}

/// Which kinds of objects are looked for before they are created or dropped (`checkfirst`).
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Look {
    pub tables: bool,
    pub views: bool,
    pub indexes: bool,
    pub sequences: bool,
}

/// The database, asked what it has.
pub trait Catalog {
    /// Is there this table or view?
    fn table(&self, table: &Arc<Table>) -> SqlResult<bool>;
    /// Is there this index?
    fn index(&self, index: &Arc<Index>) -> SqlResult<bool>;
    /// Is there this sequence?
    fn sequence(&self, sequence: &Arc<Sequence>) -> SqlResult<bool>;
}

/// What a plan is about, and what has events of its own.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Subject {
    /// With the tables chosen, all of them when absent.
    MetaData(Arc<MetaData>, Option<Vec<Arc<Table>>>),
    Table(Arc<Table>),
    Index(Arc<Index>),
    Sequence(Arc<Sequence>),
}

/// One thing to do.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Step {
    /// The events `before_create` or `before_drop` of a table, index or sequence …
    Before(Subject),
    /// … and the ones after.
    After(Subject),
    /// The foreign keys are those that stand inside CREATE TABLE; absent: as the constraints say themselves.
    CreateTable(Arc<Table>, Option<Vec<Arc<Constraint>>>),
    DropTable(Arc<Table>),
    AddKey(Arc<Constraint>),
    DropKey(Arc<Constraint>),
    CreateIndex(Arc<Index>),
    DropIndex(Arc<Index>),
    CreateSequence(Arc<Sequence>),
    DropSequence(Arc<Sequence>),
    CommentTable(Arc<Table>),
    CommentColumn(Arc<Column>),
    CommentConstraint(Arc<Constraint>),
}

/// Steps in order.
#[derive(Debug, Default)]
pub struct Plan {
    /// What to do.
    pub steps: Vec<Step>,
    /// The tables created or dropped, in order, for the events of a MetaData.
    pub tables: Vec<Arc<Table>>,
    /// The tables of cycles that were cut.
    pub cut: Vec<Arc<Table>>,
    /// Tables that could not be sorted for DROP; they are dropped in the order given.
    pub unsorted: Option<Vec<Arc<Table>>>,
}

/// Tables whose keys form a cycle that cannot be dropped: no names, so no DROP CONSTRAINT.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Undroppable {
    pub tables: Vec<Arc<Table>>,
    pub cycle: Cycle,
}

/// Makes plans for one database.
pub struct Planner<'a> {
    /// What it can do.
    pub powers: Powers,
    /// What to look for.
    pub look: Look,
    /// What it has.
    pub catalog: &'a dyn Catalog,
}

fn default_sequences(table: &Table) -> Vec<Arc<Sequence>> {
    let columns: Vec<_> = table.d.read().columns.values().cloned().collect();
    let of = |c: &Arc<Column>| match &c.d.read().default {
        Some(Default_::Sequence(s)) => Some(s.clone()),
        _ => None,
    };
    columns.iter().filter_map(of).collect()
}

fn sequences_of(metadata: &MetaData) -> Vec<Arc<Sequence>> {
    metadata.d.read().sequences.values().cloned().collect()
}

fn listed(list: &[Arc<Sequence>], sequence: &Arc<Sequence>) -> bool {
    list.iter().any(|s| Arc::ptr_eq(s, sequence))
}

fn chosen(metadata: &MetaData, tables: Option<&Vec<Arc<Table>>>) -> Vec<Arc<Table>> {
    match tables {
        Some(tables) => tables.clone(),
        None => metadata.d.read().tables.values().cloned().collect(),
    }
}

impl Planner<'_> {
    /// The steps that create `subject`.
    ///
    /// # Errors
    /// What the catalog answers, and unresolvable foreign keys.
    pub fn create(&self, subject: &Subject) -> SqlResult<Result<Plan, Cycle>> {
        let mut plan = Plan::default();
        match subject {
            Subject::MetaData(metadata, tables) => {
                let mut missing = Vec::new();
                for table in chosen(metadata, tables.as_ref()) {
                    if !self.has_table(&table)? {
                        missing.push(table);
                    }
                }
                missing.sort_by_key(|t| t.key());
                let wait = |c: &Arc<Constraint>| if c.use_alter() { Wait::After } else { Wait::Inline };
                let sorted = match sort_tables_and_constraints(&missing, &wait, &[])? {
                    Ok(sorted) => sorted,
                    Err(cycle) => return Ok(Err(cycle)),
                };
                let mut made = Vec::new();
                for sequence in sequences_of(metadata) {
                    if !sequence.of_column() && self.wants(&sequence, false)? {
                        self.create_sequence(&mut plan, &sequence, &mut made);
                    }
                }
                for (table, keys) in sorted.tables {
                    self.create_table(&mut plan, &table, Some(keys), &mut made)?;
                    plan.tables.push(table);
                }
                if self.powers.alter {
                    plan.steps.extend(sorted.remaining.into_iter().map(Step::AddKey));
                }
            }
            Subject::Table(table) if !self.has_table(table)? => {
                self.create_table(&mut plan, table, None, &mut Vec::new())?;
            }
            Subject::Index(index) if !self.has_index(index)? => create_index(&mut plan, index),
            Subject::Sequence(sequence) if self.wants(sequence, false)? => {
                self.create_sequence(&mut plan, sequence, &mut Vec::new());
            }
            _ => {}
        }
        Ok(Ok(plan))
    }

    /// The steps that drop `subject`.
    ///
    /// # Errors
    /// The inner error is a cycle of foreign keys without names; the outer one what the catalog answers.
    pub fn drop(&self, subject: &Subject) -> SqlResult<Result<Plan, Undroppable>> {
        let mut plan = Plan::default();
        match subject {
            Subject::MetaData(metadata, tables) => {
                let mut present = Vec::new();
                for table in chosen(metadata, tables.as_ref()) {
                    if self.lacks_table(&table)? {
                        continue;
                    }
                    present.push(table);
                }
                let mut by_name = present.clone();
                by_name.sort_by_key(|t| t.key());
                let alter = self.powers.alter;
                let wait = move |c: &Arc<Constraint>| {
                    if c.use_alter() {
                        Wait::After
                    } else if !alter || c.d.read().name.is_none() {
                        Wait::Fixed
                    } else {
                        Wait::Inline
                    }
                };
                let (ordered, keys) = match sort_tables_and_constraints(&by_name, &wait, &[])? {
                    Ok(sorted) => {
                        plan.cut = sorted.cycle;
                        let mut ordered: Vec<_> = sorted.tables.into_iter().map(|(t, _)| t).collect();
                        ordered.reverse();
                        (ordered, sorted.remaining)
                    }
                    Err(cycle) if alter => return Ok(Err(Undroppable { tables: by_name, cycle })),
                    Err(_) => {
                        plan.unsorted = Some(by_name);
                        (present, Vec::new())
                    }
                };
                let mut sequences = Vec::new();
                for sequence in sequences_of(metadata) {
                    if self.wants(&sequence, true)? {
                        sequences.push(sequence);
                    }
                }
                if alter {
                    plan.steps.extend(keys.into_iter().map(Step::DropKey));
                }
                for table in ordered {
                    self.drop_table(&mut plan, &table, &sequences)?;
                    plan.tables.push(table);
                }
                for sequence in &sequences {
                    drop_sequence(&mut plan, sequence);
                }
            }
            Subject::Table(table) if !self.lacks_table(table)? => self.drop_table(&mut plan, table, &[])?,
            Subject::Index(index) if !self.look.indexes || self.catalog.index(index)? => {
                let subject = Subject::Index(index.clone());
                plan.steps.extend([Step::Before(subject.clone()), Step::DropIndex(index.clone()), Step::After(subject)]);
            }
            Subject::Sequence(sequence) if self.wants(sequence, true)? => drop_sequence(&mut plan, sequence),
            _ => {}
        }
        Ok(Ok(plan))
    }

    fn looks_for(&self, table: &Table) -> bool {
        if table.d.read().is_view { self.look.views } else { self.look.tables }
    }
    /// Is the table known to be there?
    fn has_table(&self, table: &Arc<Table>) -> SqlResult<bool> {
        Ok(self.looks_for(table) && self.catalog.table(table)?)
    }
    /// Is the table known not to be there?
    fn lacks_table(&self, table: &Arc<Table>) -> SqlResult<bool> {
        Ok(self.looks_for(table) && !self.catalog.table(table)?)
    }
    fn has_index(&self, index: &Arc<Index>) -> SqlResult<bool> {
        Ok(self.look.indexes && self.catalog.index(index)?)
    }
    /// Is a sequence to be created (or dropped: `present`) here at all?
    fn wants(&self, sequence: &Arc<Sequence>, present: bool) -> SqlResult<bool> {
        if !self.powers.sequences || (self.powers.sequences_optional && sequence.optional) {
            return Ok(false);
        }
        Ok(!self.look.sequences || self.catalog.sequence(sequence)? == present)
    }

    fn create_sequence(&self, plan: &mut Plan, sequence: &Arc<Sequence>, made: &mut Vec<Arc<Sequence>>) {
        let subject = Subject::Sequence(sequence.clone());
        plan.steps.extend([Step::Before(subject.clone()), Step::CreateSequence(sequence.clone()), Step::After(subject)]);
        made.push(sequence.clone());
    }

    fn create_table(
        &self,
        plan: &mut Plan,
        table: &Arc<Table>,
        keys: Option<Vec<Arc<Constraint>>>,
        made: &mut Vec<Arc<Sequence>>,
    ) -> SqlResult<()> {
        let subject = Subject::Table(table.clone());
        plan.steps.push(Step::Before(subject.clone()));
        for sequence in default_sequences(table) {
            // One that several columns share is there after the first, if anybody looks.
            if self.look.sequences && listed(made, &sequence) {
                continue;
            }
            if self.wants(&sequence, false)? {
                self.create_sequence(plan, &sequence, made);
            }
        }
        plan.steps.push(Step::CreateTable(table.clone(), keys.filter(|_| self.powers.alter)));
        let (indexes, columns, constraints, commented) = {
            let d = table.d.read();
            let columns: Vec<_> = d.columns.values().cloned().collect();
            (d.indexes.clone(), columns, d.constraints.clone(), d.comment.is_some())
        };
        for index in &indexes {
            create_index(plan, index);
        }
        if self.powers.comments && !self.powers.inline_comments {
            if commented {
                plan.steps.push(Step::CommentTable(table.clone()));
            }
            plan.steps.extend(columns.into_iter().filter(|c| c.d.read().comment.is_some()).map(Step::CommentColumn));
            if self.powers.constraint_comments {
                let with_comment = constraints.into_iter().filter(|c| c.d.read().comment.is_some());
                plan.steps.extend(with_comment.map(Step::CommentConstraint));
            }
        }
        plan.steps.push(Step::After(subject));
        Ok(())
    }

    fn drop_table(&self, plan: &mut Plan, table: &Arc<Table>, later: &[Arc<Sequence>]) -> SqlResult<()> {
        let subject = Subject::Table(table.clone());
        plan.steps.extend([Step::Before(subject.clone()), Step::DropTable(table.clone())]);
        for sequence in default_sequences(table) {
            if !listed(later, &sequence) && self.wants(&sequence, true)? {
                drop_sequence(plan, &sequence);
            }
        }
        plan.steps.push(Step::After(subject));
        Ok(())
    }
}

fn create_index(plan: &mut Plan, index: &Arc<Index>) {
    let subject = Subject::Index(index.clone());
    plan.steps.extend([Step::Before(subject.clone()), Step::CreateIndex(index.clone()), Step::After(subject)]);
}

fn drop_sequence(plan: &mut Plan, sequence: &Arc<Sequence>) {
    let subject = Subject::Sequence(sequence.clone());
    plan.steps.extend([Step::Before(subject.clone()), Step::DropSequence(sequence.clone()), Step::After(subject)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::column::ColumnData;
    use crate::schema::constraint::{ConstraintData, ForeignKeyData};
    use crate::schema::placement::Placement;
    use crate::schema::table::TableData;
    use crate::schema::{ConstraintKind, ForeignKey};

    struct Has(Vec<&'static str>);
    impl Catalog for Has {
        fn table(&self, table: &Arc<Table>) -> SqlResult<bool> {
            Ok(self.0.contains(&table.name.as_str()))
        }
        fn index(&self, _index: &Arc<Index>) -> SqlResult<bool> {
            Ok(false)
        }
        fn sequence(&self, sequence: &Arc<Sequence>) -> SqlResult<bool> {
            Ok(self.0.contains(&sequence.name.as_str()))
        }
    }

    fn add(m: &Arc<MetaData>, name: &str, default: Option<Default_>) -> Arc<Table> {
        let t = Table::new(name.into(), TableData { metadata: Arc::downgrade(m), ..TableData::default() });
        let c = Column::new(ColumnData { name: Some("id".into()), default, ..ColumnData::default() });
        t.place(&c, &Placement::default()).expect("fresh");
        m.d.write().tables.insert(name.into(), t.clone());
        t
    }
    fn refer(from: &Arc<Table>, to: &Arc<Table>, name: Option<&str>) {
        let key = ForeignKey::new(ForeignKeyData { target: to.d.read().columns.get("id").cloned(), ..ForeignKeyData::default() });
        let kind = ConstraintKind::ForeignKey {
            elements: vec![key],
            onupdate: None,
            ondelete: None,
            match_: None,
            use_alter: false,
            link_to_name: false,
        };
        let d = ConstraintData { kind, name: name.map(Into::into), ..ConstraintData::default() };
        let c = Constraint { d: parking_lot::RwLock::new(d), face: crate::FaceSlot::default() };
        from.d.write().constraints.push(Arc::new(c));
    }
    fn sequence(name: &str) -> Arc<Sequence> {
        Arc::new(Sequence {
            name: name.into(),
            schema: parking_lot::RwLock::default(),
            options: crate::schema::IdentityOptions::default(),
            optional: false,
            data_type: None,
            of_column: std::sync::atomic::AtomicBool::new(false),
            face: crate::FaceSlot::default(),
        })
    }
    fn words(plan: &Plan) -> Vec<String> {
        plan.steps
            .iter()
            .filter_map(|s| {
                Some(match s {
                    Step::CreateTable(t, _) => format!("create {}", t.name),
                    Step::DropTable(t) => format!("drop {}", t.name),
                    Step::AddKey(_) => "add key".to_owned(),
                    Step::DropKey(_) => "drop key".to_owned(),
                    Step::CreateSequence(s) => format!("create sequence {}", s.name),
                    Step::DropSequence(s) => format!("drop sequence {}", s.name),
                    _ => return None,
                })
            })
            .collect()
    }
    fn planner(catalog: &Has, alter: bool) -> Planner<'_> {
        let powers = Powers { alter, sequences: true, ..Powers::default() };
        Planner { powers, look: Look { tables: true, views: true, indexes: true, sequences: true }, catalog }
    }

    #[test]
    fn referred_tables_come_first_and_go_last() {
        let m = Arc::new(MetaData::default());
        let (a, b) = (add(&m, "a", None), add(&m, "b", None));
        refer(&a, &b, None);
        let all = Subject::MetaData(m.clone(), None);
        let none = Has(vec![]);
        assert_eq!(words(&planner(&none, false).create(&all).expect("ok").expect("no cycle")), ["create b", "create a"]);
        let both = Has(vec!["a", "b"]);
        assert_eq!(words(&planner(&both, false).drop(&all).expect("ok").expect("no cycle")), ["drop a", "drop b"]);
        assert!(words(&planner(&both, false).create(&all).expect("ok").expect("no cycle")).is_empty());
        assert!(words(&planner(&none, false).drop(&all).expect("ok").expect("no cycle")).is_empty());
    }

    #[test]
    fn cycles_take_alter_and_names() {
        let m = Arc::new(MetaData::default());
        let (a, b) = (add(&m, "a", None), add(&m, "b", None));
        refer(&a, &b, None);
        refer(&b, &a, None);
        let all = Subject::MetaData(m.clone(), None);
        let both = Has(vec!["a", "b"]);
        let none = Has(vec![]);
        let created = words(&planner(&none, true).create(&all).expect("ok").expect("cut"));
        assert_eq!(created, ["create a", "create b", "add key", "add key"]);
        assert_eq!(planner(&both, true).drop(&all).expect("ok").expect_err("no names").tables.len(), 2);
        let plan = planner(&both, false).drop(&all).expect("ok").expect("unsorted");
        assert_eq!(plan.unsorted.as_ref().map(Vec::len), Some(2));
        assert_eq!(words(&plan), ["drop a", "drop b"]);
    }

    #[test]
    fn a_shared_sequence_is_made_once() {
        let m = Arc::new(MetaData::default());
        let s = sequence("s");
        s.of_column.store(true, std::sync::atomic::Ordering::Relaxed);
        m.d.write().sequences.insert("s".into(), s.clone());
        add(&m, "a", Some(Default_::Sequence(s.clone())));
        add(&m, "b", Some(Default_::Sequence(s)));
        let all = Subject::MetaData(m.clone(), None);
        let none = Has(vec![]);
        let created = words(&planner(&none, true).create(&all).expect("ok").expect("no cycle"));
        assert_eq!(created, ["create sequence s", "create a", "create b"]);
        let there = Has(vec!["a", "b", "s"]);
        let dropped = words(&planner(&there, true).drop(&all).expect("ok").expect("no cycle"));
        assert_eq!(dropped, ["drop b", "drop a", "drop sequence s"]);
    }
}
