//! Deterministic dependency sort, with cycles reported.
//!
//! Nodes keep the order in which they are given wherever dependencies allow it, so flushes and `create_all` emit
//! statements in the same order every run. Edges are `(before, after)`; edges with an unknown node are ignored, and a
//! node that depends on itself is a cycle.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use std::fmt::Debug;
use std::hash::Hash;

type Map<K, V> = IndexMap<K, V, FxBuildHasher>;
type Set<K> = IndexSet<K, FxBuildHasher>;

/// The graph has cycles: the nodes that lie on them and the edges between those.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Circular dependency detected.")]
pub struct CircularDependency<T: Debug> {
    /// Every node that lies on a cycle, in input order.
    pub cycles: Vec<T>,
    /// Every given edge between two such nodes.
    pub edges: Vec<(T, T)>,
}

/// What each node waits for.
fn parents<T: Copy + Eq + Hash>(edges: &[(T, T)], nodes: &[T]) -> Map<T, Set<T>> {
    let mut out: Map<T, Set<T>> = nodes.iter().map(|n| (*n, Set::default())).collect();
    for (before, after) in edges {
        if out.contains_key(before)
            && let Some(waits_for) = out.get_mut(after)
        {
            waits_for.insert(*before);
        }
    }
    out
}

/// Groups the nodes into levels: each level depends only on earlier ones.
///
/// # Errors
/// [`CircularDependency`] with the cycles among what could not be placed.
pub fn sort_as_subsets<T: Copy + Eq + Hash + Debug>(edges: &[(T, T)], nodes: &[T]) -> Result<Vec<Vec<T>>, CircularDependency<T>> {
    let waits_for = parents(edges, nodes);
    let mut remaining: Vec<T> = waits_for.keys().copied().collect();
    let mut left: Set<T> = remaining.iter().copied().collect();
    let mut levels = Vec::new();
    while !remaining.is_empty() {
        let (level, rest): (Vec<T>, Vec<T>) =
            remaining.iter().partition(|n| waits_for.get(*n).is_none_or(|w| w.iter().all(|p| !left.contains(p))));
        if level.is_empty() {
            return Err(circular(edges, nodes));
        }
        for n in &level {
            left.swap_remove(n);
        }
        levels.push(level);
        remaining = rest;
    }
    Ok(levels)
}

/// One list in which every node follows what it depends on.
///
/// # Errors
/// [`CircularDependency`] when there is none.
pub fn sort<T: Copy + Eq + Hash + Debug>(edges: &[(T, T)], nodes: &[T]) -> Result<Vec<T>, CircularDependency<T>> {
    Ok(sort_as_subsets(edges, nodes)?.concat())
}

fn circular<T: Copy + Eq + Hash + Debug>(edges: &[(T, T)], nodes: &[T]) -> CircularDependency<T> {
    let cycles = find_cycles(edges, nodes);
    let on_cycle: Set<T> = cycles.iter().copied().collect();
    let edges = edges.iter().filter(|(a, b)| on_cycle.contains(a) && on_cycle.contains(b)).copied().collect();
    CircularDependency { cycles, edges }
}

/// Every node that lies on some cycle, in input order: the members of the strongly connected components with more
/// than one node, and the nodes that depend on themselves.
pub fn find_cycles<T: Copy + Eq + Hash>(edges: &[(T, T)], nodes: &[T]) -> Vec<T> {
    let index: Map<T, usize> = nodes.iter().copied().collect::<Set<T>>().into_iter().zip(0..).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); index.len()];
    let mut on_cycle = vec![false; index.len()];
    for (before, after) in edges {
        if let (Some(&a), Some(&b)) = (index.get(before), index.get(after))
            && let (Some(of), Some(on)) = (children.get_mut(a), on_cycle.get_mut(a))
        {
            of.push(b);
            *on |= a == b;
        }
    }
    strongly_connected(&children, &mut on_cycle);
    index.keys().zip(&on_cycle).filter(|(_, on)| **on).map(|(n, _)| *n).collect()
}

/// Tarjan's algorithm with its own stack, so deep graphs cannot overflow ours.
#[expect(clippy::indexing_slicing, reason = "nodes are the positions in `children`, and all lists here have its length")]
fn strongly_connected(children: &[Vec<usize>], on_cycle: &mut [bool]) {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; children.len()];
    let mut low = vec![0; children.len()];
    let mut on_stack = vec![false; children.len()];
    let (mut stack, mut next) = (Vec::new(), 0);
    for root in 0..children.len() {
        if order[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, child)) = calls.pop() {
            if child == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            } else {
                low[node] = low[node].min(low[children[node][child - 1]]);
            }
            let mut descended = false;
            for (i, &to) in children[node].iter().enumerate().skip(child) {
                if order[to] == UNSEEN {
                    calls.push((node, i + 1));
                    calls.push((to, 0));
                    descended = true;
                    break;
                }
                if on_stack[to] {
                    low[node] = low[node].min(order[to]);
                }
            }
            if descended || low[node] != order[node] {
                continue;
            }
            let start = stack.iter().rposition(|n| *n == node).unwrap_or(0);
            let component = stack.split_off(start);
            for &n in &component {
                on_stack[n] = false;
                on_cycle[n] |= component.len() > 1;
            }
        }
    }
}
