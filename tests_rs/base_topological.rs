//! Sorting by dependency: every order is valid, the same each time, and cycles are named.

use base::topological::{find_cycles, sort, sort_as_subsets};
use proptest::prelude::*;
use std::collections::HashSet;

proptest! {
    #[test]
    fn orders_are_valid_and_stable(n in 1usize..30, raw in prop::collection::vec((0usize..30, 0usize..30), 0..60)) {
        let nodes: Vec<usize> = (0..n).collect();
        // Edges from smaller to greater numbers make no cycle.
        let edges: Vec<_> = raw.into_iter().filter(|(a, b)| a < b && *b < n).collect();
        let shuffled: Vec<usize> = nodes.iter().rev().copied().collect();
        let order = sort(&edges, &shuffled).expect("no cycles");
        prop_assert_eq!(sort(&edges, &shuffled).expect("no cycles"), order.clone());
        prop_assert_eq!(order.len(), n);
        let place = |x: usize| order.iter().position(|y| *y == x);
        for (before, after) in &edges {
            prop_assert!(place(*before) < place(*after));
        }
        let levels = sort_as_subsets(&edges, &nodes).expect("no cycles");
        let mut seen = HashSet::new();
        for level in levels {
            for (before, after) in &edges {
                prop_assert!(!level.contains(after) || seen.contains(before) );
            }
            seen.extend(level);
        }
    }

    #[test]
    fn cycles_are_exactly_what_lies_on_them(n in 1usize..12, edges in prop::collection::vec((0usize..12, 0usize..12), 0..30)) {
        let nodes: Vec<usize> = (0..n).collect();
        // The plain definition: a node that reaches itself.
        let reaches = |start: usize| {
            let mut seen = HashSet::new();
            let mut stack = vec![start];
            while let Some(at) = stack.pop() {
                for (a, b) in &edges {
                    if *a == at && *b < n && seen.insert(*b) {
                        stack.push(*b);
                    }
                }
            }
            seen.contains(&start)
        };
        let expected: Vec<usize> = nodes.iter().copied().filter(|x| reaches(*x)).collect();
        prop_assert_eq!(find_cycles(&edges, &nodes), expected.clone());
        match sort(&edges, &nodes) {
            Ok(_) => prop_assert!(expected.is_empty()),
            Err(e) => prop_assert_eq!(e.cycles, expected),
        }
    }
}

#[test]
fn input_order_is_kept_where_dependencies_allow() {
    assert_eq!(sort(&[(3, 1)], &[1, 2, 3]), Ok(vec![2, 3, 1]));
    let error = sort(&[(1, 2), (2, 1), (2, 3)], &[3, 2, 1]).expect_err("a cycle");
    assert_eq!((error.cycles, error.edges), (vec![2, 1], vec![(1, 2), (2, 1)]));
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let edges: Vec<_> = (0..100_000).map(|i| (i, (i + 1) % 100_000)).collect();
    let nodes: Vec<_> = (0..100_000).collect();
    assert_eq!(find_cycles(&edges, &nodes).len(), 100_000);
}
