//! Orderings of a small integer graph: cycles and levels. All linear in nodes and edges.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "nodes, mappers, relationships and states are numbered densely by who makes the graph; their lists have that length, far \
              below 2^32"
)]

/// A directed graph over `0..len`; an edge `(a, b)` says that `a` comes first.
#[derive(Default)]
pub(super) struct Graph {
    after: Vec<Vec<u32>>,
    waits: Vec<u32>,
}

impl Graph {
    pub fn new(len: usize) -> Self {
        Graph { after: vec![Vec::new(); len], waits: vec![0; len] }
    }

    pub fn add_node(&mut self) -> u32 {
        self.after.push(Vec::new());
        self.waits.push(0);
        (self.after.len() - 1) as u32
    }

    pub fn add(&mut self, before: u32, after: u32) {
        self.after[before as usize].push(after);
        self.waits[after as usize] += 1;
    }

    /// Nodes by level: a node stands one level behind the latest of those before it. The second part lists what is left
    /// because of cycles.
    pub fn levels(&self) -> (Vec<Vec<u32>>, Vec<u32>) {
        let mut waits = self.waits.clone();
        let mut level: Vec<u32> = (0..waits.len() as u32).filter(|n| waits[*n as usize] == 0).collect();
        let mut out = Vec::new();
        while !level.is_empty() {
            let mut next = Vec::new();
            for &n in &level {
                for &to in &self.after[n as usize] {
                    waits[to as usize] -= 1;
                    if waits[to as usize] == 0 {
                        next.push(to);
                    }
                }
            }
            next.sort_unstable();
            out.push(std::mem::replace(&mut level, next));
        }
        let left = (0..waits.len() as u32).filter(|n| waits[*n as usize] > 0).collect();
        (out, left)
    }

    /// Every edge, by the node it starts from.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> {
        self.after.iter().zip(0u32..).flat_map(|(to, from)| to.iter().map(move |t| (from, *t)))
    }

    /// Marks every node that lies on a cycle.
    pub fn cyclic(&self) -> Vec<bool> {
        let edges: Vec<(u32, u32)> = self.edges().collect();
        let nodes: Vec<u32> = (0..self.after.len() as u32).collect();
        let mut out = vec![false; nodes.len()];
        for n in base::topological::find_cycles(&edges, &nodes) {
            out[n as usize] = true;
        }
        out
    }
}
