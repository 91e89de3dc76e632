//! The elements that a tree of options was made from, as far as the tree remembers them: what is pickled of it.

use crate::options::{LoadElement, OptionNode, Step, Strategy, WildcardKind};

/// Elements that, entered into an empty tree, say the same. Criteria of `and_()` and the rest of aliases stay behind.
#[must_use]
pub fn elements(node: &OptionNode) -> Vec<LoadElement> {
    let mut out = Vec::new();
    collect(node, &mut Vec::new(), &mut out);
    out
}

fn collect(node: &OptionNode, path: &mut Vec<Step>, out: &mut Vec<LoadElement>) {
    let mut say = |path: &[Step], last: Option<Step>, strategy: &Strategy| {
        out.push(LoadElement {
            path: path.iter().cloned().chain(last).collect(),
            strategy: strategy.clone(),
            raiseerr: false,
            reconcile: false,
            named: false,
        });
    };
    let wildcard = |kind| Some(Step::Wildcard { entity: None, kind });
    if let Some(s) = &node.relationships {
        say(path, wildcard(WildcardKind::Relationship), s);
    }
    if let Some(s) = &node.columns {
        say(path, wildcard(WildcardKind::Column), s);
    }
    for name in &node.undefer_groups {
        say(path, wildcard(WildcardKind::Column), &Strategy::UndeferGroup(name.clone()));
    }
    if let Some(first) = node.selectin_polymorphic.first() {
        say(path, Some(Step::Entity(first.clone())), &Strategy::SelectinPolymorphic(node.selectin_polymorphic.clone()));
    }
    for a in &node.attrs {
        let step = Step::Attr { entity: a.entity.clone(), key: a.key.clone(), of_type: a.of_type.clone(), criteria: Vec::new() };
        path.push(step);
        if let Some(s) = &a.strategy {
            out.push(LoadElement { path: path.clone(), strategy: s.clone(), raiseerr: false, reconcile: false, named: false });
        }
        collect(&a.node, path, out);
        path.pop();
    }
}

/// The tree again; `everywhere`: see [`OptionNode::everywhere`].
///
/// # Errors
/// None that elements of a tree could give.
pub fn tree(elements: &[LoadElement], everywhere: bool) -> sql::SqlResult<OptionNode> {
    let mut node = OptionNode::default();
    for e in elements {
        node.insert(e, 0, false)?;
    }
    node.everywhere = everywhere;
    Ok(node)
}
