//! The nodes behind the faces, and changed copies of them.

use super::*;

/// The node behind a face.
pub fn own(obj: &Bound<'_, PyAny>) -> PyResult<Node> {
    match obj.cast::<ClauseElement>().ok().and_then(|f| f.get().node().cloned()) {
        Some(n @ (Node::Insert(_) | Node::Update(_) | Node::Delete(_))) => Ok(n),
        _ => Err(coerce::unexpected(obj, Role::Statement)),
    }
}

/// The shared parts of a DML node.
pub fn common(node: &Node) -> Option<&DmlCommon> {
    match node {
        Node::Insert(i) => Some(&i.common),
        Node::Update(u) => Some(&u.common),
        Node::Delete(d) => Some(&d.common),
        _ => None,
    }
}

/// The target of a DML node.
pub fn table(node: &Node) -> Option<&FromRef> {
    match node {
        Node::Insert(i) => Some(&i.table),
        Node::Update(u) => Some(&u.table),
        Node::Delete(d) => Some(&d.table),
        _ => None,
    }
}

pub(super) fn changed_insert<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut InsertNode) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let Node::Insert(i) = own(obj)? else { return Err(coerce::unexpected(obj, Role::Statement)) };
    let mut new = (*i).clone();
    new.face = FaceSlot::default();
    change(&mut new)?;
    make_of(&obj.get_type(), Node::Insert(Arc::new(new)))
}
pub(super) fn changed_update<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut UpdateNode) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let Node::Update(u) = own(obj)? else { return Err(coerce::unexpected(obj, Role::Statement)) };
    let mut new = (*u).clone();
    new.face = FaceSlot::default();
    change(&mut new)?;
    make_of(&obj.get_type(), Node::Update(Arc::new(new)))
}
pub(super) fn changed_delete<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut DeleteNode) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let Node::Delete(d) = own(obj)? else { return Err(coerce::unexpected(obj, Role::Statement)) };
    let mut new = (*d).clone();
    new.face = FaceSlot::default();
    change(&mut new)?;
    make_of(&obj.get_type(), Node::Delete(Arc::new(new)))
}
/// A copy of any DML face with changed shared parts.
pub(super) fn changed_common<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut DmlCommon) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    match own(obj)? {
        Node::Insert(_) => changed_insert(obj, |i| change(&mut i.common)),
        Node::Update(_) => changed_update(obj, |u| change(&mut u.common)),
        _ => changed_delete(obj, |d| change(&mut d.common)),
    }
}

/// A DML node around its folded children.
pub fn fold<F: Fold + ?Sized>(node: &Node, f: &mut F) -> Node {
    let mut value = |v: &mut DmlValue| {
        if let DmlValue::Expr(e) = v {
            *e = f.fold_expr(e);
        }
    };
    let mut values = |v: &mut DmlValues| match v {
        DmlValues::None => {}
        DmlValues::Single(row) => row.iter_mut().for_each(|(_, v)| value(v)),
        DmlValues::Multi(rows) => rows.iter_mut().flatten().for_each(|(_, v)| value(v)),
    };
    match node {
        Node::Insert(i) => {
            let mut new = (**i).clone();
            new.face = FaceSlot::default();
            values(&mut new.values);
            if let Some(s) = &mut new.from_select {
                s.query = f.fold_query(&s.query);
            }
            Node::Insert(Arc::new(new))
        }
        Node::Update(u) => {
            let mut new = (**u).clone();
            new.face = FaceSlot::default();
            values(&mut new.values);
            new.where_.iter_mut().for_each(|w| *w = f.fold_expr(w));
            Node::Update(Arc::new(new))
        }
        Node::Delete(d) => {
            let mut new = (**d).clone();
            new.face = FaceSlot::default();
            new.where_.iter_mut().for_each(|w| *w = f.fold_expr(w));
            Node::Delete(Arc::new(new))
        }
        other => other.clone(),
    }
}
