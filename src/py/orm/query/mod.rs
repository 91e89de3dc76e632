//! `Query`: a face over the same ORM-enabled `Select` that `Session.execute(select(User))` runs.
//!
//! | module | concept |
//! |---|---|
//! | `state` | what a Query holds, copying, checks of misuse |
//! | `build` | criteria, ordering, limits, options |
//! | `joins` | `join()` in all its documented forms |
//! | `derive` | subqueries, set operations, `from_self`, `exists`, `count` |
//! | `run` | execution: `all`, `first`, `one`, `get`, slices, iteration |
//! | `bulk` | `update()` and `delete()` |
//! | `describe` | inspection |

mod build;
mod bulk;
mod derive;
mod describe;
mod joins;
mod run;
mod state;

pub use describe::describe_statement;
pub use joins::join_on;
pub use state::{QueryState, item};

use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::sql::face;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use sql::ast::{LabelStyle, Node};

/// See the module documentation.
#[pyclass(subclass, weakref, dict, name = "Query", module = "oxalchemy.orm.query")]
pub struct Query {
    /// What it holds.
    pub s: QueryState,
}

type Q<'py> = Bound<'py, Query>;
type Args<'a, 'py> = &'a Bound<'py, PyTuple>;
type Kw<'a, 'py> = Option<&'a Bound<'py, PyDict>>;
type Any<'py> = Bound<'py, PyAny>;

#[pymethods]
impl Query {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn py_new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self { s: QueryState::default() }
    }
    /// `entities`: one, or a sequence; `session`: where it executes.
    #[pyo3(signature = (entities = None, session = None))]
    fn __init__<'py>(slf: &Q<'py>, entities: Option<Any<'py>>, session: Option<Any<'py>>) -> PyResult<()> {
        state::init(slf, entities, session)
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, PyType>, _item: Any<'py>) -> Bound<'py, PyType> {
        cls.clone()
    }
    fn __clause_element__<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        describe::clause_element(slf)
    }
    fn __str__(slf: &Q<'_>) -> PyResult<String> {
        describe::text(slf)
    }
    fn __iter__<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        run::iter(slf)
    }
    fn __getitem__<'py>(slf: &Q<'py>, item: &Any<'py>) -> PyResult<Any<'py>> {
        run::getitem(slf, item)
    }

    // criteria
    #[pyo3(signature = (*criterion))]
    fn filter<'py>(slf: &Q<'py>, criterion: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::filter(slf, criterion)
    }
    #[pyo3(name = "where", signature = (*criterion))]
    fn where_<'py>(slf: &Q<'py>, criterion: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::filter(slf, criterion)
    }
    #[pyo3(signature = (**kwargs))]
    fn filter_by<'py>(slf: &Q<'py>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Q<'py>> {
        build::filter_by(slf, kwargs)
    }
    #[pyo3(signature = (*having))]
    fn having<'py>(slf: &Q<'py>, having: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::having(slf, having)
    }
    #[pyo3(signature = (*clauses))]
    fn order_by<'py>(slf: &Q<'py>, clauses: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::order_by(slf, clauses)
    }
    #[pyo3(signature = (*clauses))]
    fn group_by<'py>(slf: &Q<'py>, clauses: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::group_by(slf, clauses)
    }
    #[pyo3(signature = (*expr))]
    fn distinct<'py>(slf: &Q<'py>, expr: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::distinct(slf, expr)
    }
    fn limit<'py>(slf: &Q<'py>, limit: &Any<'py>) -> PyResult<Q<'py>> {
        build::limit(slf, limit)
    }
    fn offset<'py>(slf: &Q<'py>, offset: &Any<'py>) -> PyResult<Q<'py>> {
        build::offset(slf, offset)
    }
    fn slice<'py>(slf: &Q<'py>, start: Option<i64>, stop: Option<i64>) -> PyResult<Q<'py>> {
        build::slice(slf, start, stop)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate<'py>(slf: &Q<'py>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::correlate(slf, fromclauses)
    }
    #[pyo3(signature = (*from_obj))]
    fn select_from<'py>(slf: &Q<'py>, from_obj: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::select_from(slf, from_obj)
    }
    #[pyo3(signature = (*prefixes, dialect = "*"))]
    fn prefix_with<'py>(slf: &Q<'py>, prefixes: &Bound<'py, PyTuple>, dialect: &str) -> PyResult<Q<'py>> {
        build::affix(slf, prefixes, dialect, true)
    }
    #[pyo3(signature = (*suffixes, dialect = "*"))]
    fn suffix_with<'py>(slf: &Q<'py>, suffixes: &Bound<'py, PyTuple>, dialect: &str) -> PyResult<Q<'py>> {
        build::affix(slf, suffixes, dialect, false)
    }
    #[pyo3(signature = (selectable, text, dialect_name = "*"))]
    fn with_hint<'py>(slf: &Q<'py>, selectable: &Any<'py>, text: &str, dialect_name: &str) -> PyResult<Q<'py>> {
        build::hint(slf, Some(selectable), text, dialect_name)
    }
    #[pyo3(signature = (text, dialect_name = "*"))]
    fn with_statement_hint<'py>(slf: &Q<'py>, text: &str, dialect_name: &str) -> PyResult<Q<'py>> {
        build::hint(slf, None, text, dialect_name)
    }
    #[pyo3(signature = (*, nowait = false, read = false, of = None, skip_locked = false, key_share = false))]
    fn with_for_update<'py>(
        slf: &Q<'py>,
        nowait: bool,
        read: bool,
        of: Option<Any<'py>>,
        skip_locked: bool,
        key_share: bool,
    ) -> PyResult<Q<'py>> {
        let how = crate::py::sql::select::for_update(slf.py(), nowait, read, of, skip_locked, key_share)?;
        build::for_update(slf, Some(how))
    }
    /// Legacy: `'read'`, `'update'`, `'update_nowait'`, `'read_nowait'` or None.
    fn with_lockmode<'py>(slf: &Q<'py>, mode: Option<&str>) -> PyResult<Q<'py>> {
        build::lockmode(slf, mode)
    }
    #[pyo3(signature = (*args))]
    fn options<'py>(slf: &Q<'py>, args: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::options(slf, args)
    }
    #[pyo3(signature = (**kwargs))]
    fn execution_options<'py>(slf: &Q<'py>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Q<'py>> {
        build::execution_options(slf, kwargs)
    }
    fn get_execution_options<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        build::get_execution_options(slf)
    }
    #[pyo3(signature = (values = None, **kwargs))]
    fn params<'py>(slf: &Q<'py>, values: Option<Any<'py>>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Q<'py>> {
        build::params(slf, values.as_ref(), kwargs)
    }
    fn autoflush<'py>(slf: &Q<'py>, setting: bool) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.autoflush = setting;
            Ok(())
        })
    }
    fn populate_existing<'py>(slf: &Q<'py>) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.populate_existing = true;
            Ok(())
        })
    }
    fn yield_per<'py>(slf: &Q<'py>, count: Option<usize>) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.yield_per = count;
            Ok(())
        })
    }
    fn enable_eagerloads<'py>(slf: &Q<'py>, value: bool) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.eagerloads = value;
            Ok(())
        })
    }
    fn enable_assertions<'py>(slf: &Q<'py>, value: bool) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.assertions = value;
            Ok(())
        })
    }
    fn only_return_tuples<'py>(slf: &Q<'py>, value: bool) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.only_tuples = value;
            Ok(())
        })
    }
    fn with_session<'py>(slf: &Q<'py>, session: Option<Any<'py>>) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.session = session.map(Bound::unbind);
            Ok(())
        })
    }
    fn with_transformation<'py>(slf: &Q<'py>, fn_: &Any<'py>) -> PyResult<Any<'py>> {
        fn_.call1((slf,))
    }
    fn tuples<'py>(slf: &Q<'py>) -> Q<'py> {
        slf.clone()
    }
    fn reset_joinpoint<'py>(slf: &Q<'py>) -> PyResult<Q<'py>> {
        state::with(slf, |s, _| {
            s.joinpoint = None;
            s.adapters.clear();
            Ok(())
        })
    }
    fn set_label_style<'py>(slf: &Q<'py>, style: &Any<'py>) -> PyResult<Q<'py>> {
        build::label_style(slf, style)
    }
    /// How columns are named in the SQL; change it with `set_label_style()`.
    #[getter(get_label_style)]
    fn label_style<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        describe::label_style(slf)
    }
    fn with_labels<'py>(slf: &Q<'py>) -> PyResult<Q<'py>> {
        build::labels(slf, LabelStyle::TablenamePlusCol)
    }
    fn apply_labels<'py>(slf: &Q<'py>) -> PyResult<Q<'py>> {
        build::labels(slf, LabelStyle::TablenamePlusCol)
    }
    #[pyo3(signature = (instance, property = None, from_entity = None))]
    fn with_parent<'py>(
        slf: &Q<'py>,
        instance: &Any<'py>,
        property: Option<Any<'py>>,
        from_entity: Option<Any<'py>>,
    ) -> PyResult<Q<'py>> {
        build::with_parent(slf, instance, property, from_entity)
    }
    fn ext<'py>(slf: &Q<'py>, extension: &Any<'py>) -> PyResult<Any<'py>> {
        extension.call_method1("apply_to_select", (slf,))?;
        Ok(slf.clone().into_any())
    }

    // entities
    #[pyo3(signature = (*column))]
    fn add_columns<'py>(slf: &Q<'py>, column: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::add_columns(slf, column)
    }
    fn add_column<'py>(slf: &Q<'py>, column: Any<'py>) -> PyResult<Q<'py>> {
        build::add_columns(slf, &PyTuple::new(slf.py(), [column])?)
    }
    #[pyo3(signature = (entity, alias = None))]
    fn add_entity<'py>(slf: &Q<'py>, entity: Any<'py>, alias: Option<Any<'py>>) -> PyResult<Q<'py>> {
        build::add_entity(slf, entity, alias)
    }
    #[pyo3(signature = (*entities))]
    fn with_entities<'py>(slf: &Q<'py>, entities: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        build::with_entities(slf, entities)
    }

    // joins
    #[pyo3(signature = (target, *props, onclause = None, isouter = false, full = false, aliased = false, from_joinpoint = false))]
    #[allow(clippy::too_many_arguments)]
    fn join<'py>(
        slf: &Q<'py>,
        target: &Any<'py>,
        props: &Bound<'py, PyTuple>,
        onclause: Option<Any<'py>>,
        isouter: bool,
        full: bool,
        aliased: bool,
        from_joinpoint: bool,
    ) -> PyResult<Q<'py>> {
        joins::join(slf, target, props, onclause, joins::How { isouter, full, aliased, from_joinpoint })
    }
    #[pyo3(signature = (target, *props, onclause = None, full = false, aliased = false, from_joinpoint = false))]
    fn outerjoin<'py>(
        slf: &Q<'py>,
        target: &Any<'py>,
        props: &Bound<'py, PyTuple>,
        onclause: Option<Any<'py>>,
        full: bool,
        aliased: bool,
        from_joinpoint: bool,
    ) -> PyResult<Q<'py>> {
        joins::join(slf, target, props, onclause, joins::How { isouter: true, full, aliased, from_joinpoint })
    }

    // derived statements
    #[pyo3(signature = (name = None, with_labels = false, reduce_columns = false))]
    fn subquery<'py>(slf: &Q<'py>, name: Option<Any<'py>>, with_labels: bool, reduce_columns: bool) -> PyResult<Any<'py>> {
        derive::subquery(slf, name, with_labels, reduce_columns)
    }
    #[pyo3(signature = (name = None, recursive = false, nesting = false))]
    fn cte<'py>(slf: &Q<'py>, name: Option<Any<'py>>, recursive: bool, nesting: bool) -> PyResult<Any<'py>> {
        derive::cte(slf, name, recursive, nesting)
    }
    fn label<'py>(slf: &Q<'py>, name: Option<Any<'py>>) -> PyResult<Any<'py>> {
        derive::scalar(slf)?.call_method1("label", (name,))
    }
    fn scalar_subquery<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        derive::scalar(slf)
    }
    fn as_scalar<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        derive::scalar(slf)
    }
    fn exists<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        derive::exists(slf)
    }
    #[pyo3(signature = (*q))]
    fn union<'py>(slf: &Q<'py>, q: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        derive::set_operation(slf, q, "UNION")
    }
    #[pyo3(signature = (*q))]
    fn union_all<'py>(slf: &Q<'py>, q: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        derive::set_operation(slf, q, "UNION ALL")
    }
    #[pyo3(signature = (*q))]
    fn except_<'py>(slf: &Q<'py>, q: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        derive::set_operation(slf, q, "EXCEPT")
    }
    #[pyo3(signature = (*q))]
    fn except_all<'py>(slf: &Q<'py>, q: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        derive::set_operation(slf, q, "EXCEPT ALL")
    }
    #[pyo3(signature = (*q))]
    fn intersect<'py>(slf: &Q<'py>, q: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        derive::set_operation(slf, q, "INTERSECT")
    }
    #[pyo3(signature = (*q))]
    fn intersect_all<'py>(slf: &Q<'py>, q: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        derive::set_operation(slf, q, "INTERSECT ALL")
    }
    #[pyo3(signature = (*entities))]
    fn from_self<'py>(slf: &Q<'py>, entities: &Bound<'py, PyTuple>) -> PyResult<Q<'py>> {
        derive::from_self(slf, entities)
    }
    #[pyo3(signature = (*args, **kwargs))]
    fn _from_self<'py>(slf: &Q<'py>, args: &Bound<'py, PyTuple>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Q<'py>> {
        let _ = kwargs;
        derive::from_self(slf, args)
    }
    fn select_entity_from<'py>(slf: &Q<'py>, from_obj: &Any<'py>) -> PyResult<Q<'py>> {
        derive::select_entity_from(slf, from_obj)
    }
    fn from_statement<'py>(slf: &Q<'py>, statement: &Any<'py>) -> PyResult<Q<'py>> {
        derive::from_statement(slf, statement)
    }
    #[pyo3(signature = (cls_or_mappers, selectable = None, polymorphic_on = None, discriminator = None))]
    fn with_polymorphic<'py>(
        slf: &Q<'py>,
        cls_or_mappers: &Any<'py>,
        selectable: Option<Any<'py>>,
        polymorphic_on: Option<Any<'py>>,
        discriminator: Option<Any<'py>>,
    ) -> PyResult<Q<'py>> {
        derive::with_polymorphic(slf, cls_or_mappers, selectable, polymorphic_on.or(discriminator))
    }

    // execution
    fn all<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        run::all(slf)
    }
    fn first<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        run::first(slf)
    }
    fn one<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        run::one(slf)
    }
    fn one_or_none<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        run::one_or_none(slf)
    }
    fn scalar<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        run::scalar(slf)
    }
    fn get<'py>(slf: &Q<'py>, ident: &Any<'py>) -> PyResult<Any<'py>> {
        run::get(slf, ident)
    }
    fn count<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        run::count(slf)
    }
    #[pyo3(signature = (*columns))]
    fn values<'py>(slf: &Q<'py>, columns: &Bound<'py, PyTuple>) -> PyResult<Any<'py>> {
        run::values(slf, columns)
    }
    fn value<'py>(slf: &Q<'py>, column: Any<'py>) -> PyResult<Any<'py>> {
        run::value(slf, column)
    }
    #[pyo3(signature = (cursor, context = None))]
    fn instances<'py>(slf: &Q<'py>, cursor: &Any<'py>, context: Option<Any<'py>>) -> PyResult<Any<'py>> {
        let _ = context;
        run::instances(slf, cursor)
    }
    fn iterate_instances<'py>(slf: &Q<'py>, cursor: &Any<'py>) -> PyResult<Any<'py>> {
        run::instances(slf, cursor)?.call_method0("__iter__")
    }
    #[pyo3(signature = (iterator, load = true))]
    fn merge_result<'py>(slf: &Q<'py>, iterator: &Any<'py>, load: bool) -> PyResult<Any<'py>> {
        run::merge_result(slf, iterator, load)
    }
    #[pyo3(signature = (synchronize_session = None, delete_args = None))]
    fn delete<'py>(
        slf: &Q<'py>,
        synchronize_session: Option<Any<'py>>,
        delete_args: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        bulk::delete(slf, synchronize_session, delete_args)
    }
    #[pyo3(signature = (values, synchronize_session = None, update_args = None))]
    fn update<'py>(
        slf: &Q<'py>,
        values: &Any<'py>,
        synchronize_session: Option<Any<'py>>,
        update_args: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        bulk::update(slf, values, synchronize_session, update_args)
    }

    // inspection
    #[getter]
    fn statement<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        describe::statement(slf)
    }
    #[getter]
    fn selectable<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        describe::clause_element(slf)
    }
    #[getter]
    fn whereclause<'py>(slf: &Q<'py>) -> PyResult<Option<Any<'py>>> {
        describe::whereclause(slf)
    }
    #[getter]
    fn column_descriptions<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        describe::column_descriptions(slf)
    }
    #[getter]
    fn is_single_entity(slf: &Q<'_>) -> bool {
        let q = slf.borrow();
        !q.s.only_tuples && q.s.select.columns.len() == 1
    }
    #[getter]
    fn session<'py>(slf: &Q<'py>) -> Option<Any<'py>> {
        slf.borrow().s.session.as_ref().map(|s| s.bind(slf.py()).clone())
    }
    #[setter]
    fn set_session<'py>(slf: &Q<'py>, session: Option<Any<'py>>) {
        slf.borrow_mut().s.session = session.map(Bound::unbind);
    }
    #[getter]
    fn bind<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        describe::bind(slf)
    }
    #[getter]
    fn lazy_loaded_from<'py>(slf: &Q<'py>) -> Option<Any<'py>> {
        slf.borrow().s.lazy_loaded_from.as_ref().map(|s| s.bind(slf.py()).clone())
    }
    #[getter]
    fn load_options<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
        describe::load_options(slf)
    }
    #[getter]
    fn is_from_statement(slf: &Q<'_>) -> bool {
        slf.borrow().s.from_statement.is_some()
    }
    #[getter]
    fn is_text(slf: &Q<'_>) -> bool {
        matches!(&slf.borrow().s.from_statement, Some(Node::Expr(_)))
    }
    #[getter]
    fn is_dml(slf: &Q<'_>) -> bool {
        matches!(&slf.borrow().s.from_statement, Some(Node::Insert(_) | Node::Update(_) | Node::Delete(_)))
    }
    #[getter]
    fn is_insert(slf: &Q<'_>) -> bool {
        matches!(&slf.borrow().s.from_statement, Some(Node::Insert(_)))
    }
    #[getter]
    fn is_update(slf: &Q<'_>) -> bool {
        matches!(&slf.borrow().s.from_statement, Some(Node::Update(_)))
    }
    #[getter]
    fn is_delete(slf: &Q<'_>) -> bool {
        matches!(&slf.borrow().s.from_statement, Some(Node::Delete(_)))
    }
    // a Query is no statement: it makes one
    #[classattr]
    fn is_select() -> bool {
        false
    }
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = true;
    #[classattr]
    #[pyo3(name = "uses_inspection")]
    const USES_INSPECTION: bool = true;
    #[classattr]
    #[pyo3(name = "allows_lambda")]
    const ALLOWS_LAMBDA: bool = false;
    #[pyo3(signature = (**_kw))]
    fn get_children<'py>(slf: &Q<'py>, _kw: Option<&Bound<'py, PyDict>>) -> PyResult<Vec<Any<'py>>> {
        Ok(vec![describe::statement(slf)?])
    }
    fn _entity_from_pre_ent_zero<'py>(slf: &Q<'py>) -> PyResult<Option<Any<'py>>> {
        describe::entity_zero(slf)
    }
    fn _get_options<'py>(slf: &Q<'py>) -> Q<'py> {
        slf.clone()
    }
    /// A copy.
    fn _clone<'py>(slf: &Q<'py>) -> PyResult<Q<'py>> {
        state::with(slf, |_, _| Ok(()))
    }
    fn __copy__<'py>(slf: &Q<'py>) -> PyResult<Q<'py>> {
        state::with(slf, |_, _| Ok(()))
    }
    #[staticmethod]
    fn _wrap_select<'py>(py: Python<'py>, select: &Any<'py>) -> PyResult<Any<'py>> {
        let _ = py;
        face::wrap_node(select.py(), &crate::py::sql::coerce::node(select)?)
    }
}

impl Collected for Query {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        self.s.traverse(visit)
    }
}
