//! Flush plans keep every order that the rows need.

use orm::flush::{Action, Direction, Input, Links, NoLinks, Relationship, StateInfo, Step, plan};
use proptest::prelude::*;

fn whole_mappers(actions: &[Action]) -> Vec<(char, u32)> {
    actions
        .iter()
        .filter_map(|a| match a {
            Action::Save { mapper, states: None } => Some(('s', *mapper)),
            Action::Delete { mapper, states: None } => Some(('d', *mapper)),
            _ => None,
        })
        .collect()
}

#[test]
fn parents_are_saved_first_and_deleted_last() {
    let states = [StateInfo::save(0), StateInfo::save(1), StateInfo::delete(0), StateInfo::delete(1)];
    for relationship in [Relationship::new(0, 1, Direction::OneToMany), Relationship::new(1, 0, Direction::ManyToOne)] {
        let input = Input { mappers: 2, relationships: &[relationship], states: &states };
        let actions = plan(&input, &NoLinks).expect("no cycle");
        assert_eq!(whole_mappers(&actions), [('s', 0), ('s', 1), ('d', 1), ('d', 0)]);
    }
}

#[test]
fn association_rows_go_between() {
    let states = [StateInfo::save(0), StateInfo::save(1), StateInfo::delete(0), StateInfo::delete(1)];
    let relationships = [Relationship::new(0, 1, Direction::ManyToMany)];
    let actions = plan(&Input { mappers: 2, relationships: &relationships, states: &states }, &NoLinks).expect("no cycle");
    let at = |a: &Action| actions.iter().position(|b| a == b).expect("planned");
    let saved = at(&Action::Process { relationship: 0, delete: false, states: None });
    let deleted = at(&Action::Process { relationship: 0, delete: true, states: None });
    assert!(saved > at(&Action::Save { mapper: 0, states: None }) && saved > at(&Action::Save { mapper: 1, states: None }));
    assert!(deleted < at(&Action::Delete { mapper: 0, states: None }) && saved < at(&Action::Delete { mapper: 1, states: None }));
}

#[test]
fn mutually_dependent_mappers_with_post_update_need_no_expansion() {
    let states = [StateInfo::save(0), StateInfo::save(1), StateInfo::delete(0), StateInfo::delete(1)];
    let relationships =
        [Relationship::new(0, 1, Direction::OneToMany), Relationship::new(0, 1, Direction::ManyToOne).with_post_update()];
    let actions = plan(&Input { mappers: 2, relationships: &relationships, states: &states }, &NoLinks).expect("no cycle");
    assert_eq!(whole_mappers(&actions), [('s', 0), ('s', 1), ('d', 1), ('d', 0)]);
    let at = |a: &Action| actions.iter().position(|b| a == b).expect("planned");
    assert!(at(&Action::PostUpdate { mapper: 0, delete: false }) > at(&Action::Save { mapper: 1, states: None }));
    assert!(at(&Action::PostUpdate { mapper: 0, delete: true }) < at(&Action::Delete { mapper: 1, states: None }));
}

/// A self-referential tree: `parents[i]` is the parent of node `i`.
struct Tree<'a>(&'a [Option<u32>]);

impl Links for Tree<'_> {
    fn related(&self, relationship: u32, state: u32, _: bool) -> Vec<u32> {
        match relationship {
            0 => (0u32..).zip(self.0).filter(|(_, p)| **p == Some(state)).map(|(i, _)| i).collect(),
            _ => self.0[state as usize].into_iter().collect(),
        }
    }
}

#[test]
fn a_circle_of_rows_is_an_error() {
    let states = [StateInfo::save(0), StateInfo::save(0), StateInfo::save(0)];
    let relationships = [Relationship::new(0, 0, Direction::OneToMany), Relationship::new(0, 0, Direction::ManyToOne)];
    let input = Input { mappers: 1, relationships: &relationships, states: &states };
    let error = plan(&input, &Tree(&[Some(1), Some(0), None])).expect_err("a circle");
    let rows: Vec<Step> = error.cycles.iter().copied().filter(|s| matches!(s, Step::Save(_))).collect();
    assert_eq!(rows, [Step::Save(0), Step::Save(1)]);
    let copies = |s: &Step| matches!(s, Step::Process { state: 0 | 1, delete: false, .. });
    assert!(error.cycles.iter().all(|s| copies(s) || rows.contains(s)));
    assert!(!error.edges.is_empty());
    assert!(error.edges.iter().all(|(a, b)| error.cycles.contains(a) && error.cycles.contains(b)));
}

/// Every row once, in an order that respects the tree.
fn check_tree(parents: &[Option<u32>], deleted: &[bool], relationships: &[Relationship]) {
    let states: Vec<StateInfo> = deleted.iter().map(|d| if *d { StateInfo::delete(0) } else { StateInfo::save(0) }).collect();
    let input = Input { mappers: 1, relationships, states: &states };
    let actions = plan(&input, &Tree(parents)).expect("a tree has no circle");
    let mut position = vec![None; states.len()];
    let mut step = 0;
    for action in &actions {
        let (rows, delete): (Vec<u32>, bool) = match action {
            Action::Save { states: Some(rows), .. } => (rows.clone(), false),
            Action::Delete { states: Some(rows), .. } => (rows.clone(), true),
            _ => continue,
        };
        step += 1;
        for r in rows {
            assert_eq!(states[r as usize].delete, delete);
            assert!(position[r as usize].replace(step).is_none(), "written twice");
        }
    }
    assert!(position.iter().all(Option::is_some), "every row is written");
    for (child, parent) in parents.iter().enumerate() {
        let Some(parent) = parent.map(|p| p as usize) else { continue };
        match (deleted[parent], deleted[child]) {
            (false, false) => assert!(position[parent] < position[child]),
            (true, _) => assert!(position[child] < position[parent]),
            (false, true) => {}
        }
    }
    assert_eq!(plan(&input, &Tree(parents)).expect("again"), actions, "deterministic");
}

proptest! {
    #[test]
    fn tree_order_is_valid(rows in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<bool>()), 1..40)) {
        // Node i hangs under an earlier one in a shuffled numbering, so parents may have larger ids than children.
        let n = rows.len() as u32;
        let flip = |i: u32| if rows[0].1 { n - 1 - i } else { i };
        let mut parents = vec![None; rows.len()];
        let mut deleted = vec![false; rows.len()];
        for (i, (pick, root, del)) in rows.iter().enumerate() {
            let me = flip(i as u32) as usize;
            parents[me] = (i > 0 && !root).then(|| flip(pick.index(i) as u32));
            deleted[me] = *del;
        }
        let children = Relationship::new(0, 0, Direction::OneToMany);
        let parent = Relationship::new(0, 0, Direction::ManyToOne);
        check_tree(&parents, &deleted, &[children, parent]);
        check_tree(&parents, &deleted, &[children]);
    }

    #[test]
    fn mapper_order_is_valid(
        edges in prop::collection::vec((0u32..6, 0u32..6, 0usize..3), 0..10),
        states in prop::collection::vec((0u32..6, any::<bool>()), 0..20),
    ) {
        // Foreign keys point from larger to smaller mappers, so there is no cycle of mappers.
        let relationships: Vec<Relationship> = edges.iter().filter(|(a, b, _)| a != b).map(|&(a, b, kind)| {
            let (low, high) = (a.min(b), a.max(b));
            match kind {
                0 => Relationship::new(low, high, Direction::OneToMany),
                1 => Relationship::new(high, low, Direction::ManyToOne),
                _ => Relationship::new(low, high, Direction::ManyToMany),
            }
        }).collect();
        let states: Vec<StateInfo> = states.iter().map(|&(m, d)| if d { StateInfo::delete(m) } else { StateInfo::save(m) }).collect();
        let actions = plan(&Input { mappers: 6, relationships: &relationships, states: &states }, &NoLinks).expect("no cycle");
        let at = |a: Action| actions.iter().position(|b| a == *b);
        let before = |a: Option<usize>, b: Option<usize>| a.zip(b).is_none_or(|(a, b)| a < b);
        for (id, r) in (0u32..).zip(&relationships) {
            let (holder, target) = if r.direction == Direction::OneToMany { (r.child, r.parent) } else { (r.parent, r.child) };
            let save = |mapper| at(Action::Save { mapper, states: None });
            let delete = |mapper| at(Action::Delete { mapper, states: None });
            let process = at(Action::Process { relationship: id, delete: false, states: None });
            if r.direction == Direction::ManyToMany {
                prop_assert!(before(save(holder), process) && before(save(target), process));
            } else {
                prop_assert!(before(save(target), save(holder)) && before(delete(holder), delete(target)));
                prop_assert!(before(save(target), process) && before(process, save(holder)));
            }
        }
    }
}
