//! `Select`: methods of a plain SELECT.

use super::*;

#[pymethods]
impl Select {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[pyo3(signature = (*whereclause))]
    fn r#where<'py>(slf: &Bound<'py, Self>, whereclause: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            whereclause.iter().try_for_each(|c| {
                s.add_where(coerce::expr_in(&c, Role::WhereHaving)?);
                Ok(())
            })
        })
    }
    #[pyo3(signature = (*criteria))]
    fn filter<'py>(slf: &Bound<'py, Self>, criteria: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::r#where(slf, criteria)
    }
    /// Equality on attributes of the FROM elements.
    #[pyo3(signature = (**kwargs))]
    fn filter_by<'py>(slf: &Bound<'py, Self>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        super::super::filter_by::filter_by(slf.as_any(), kwargs)
    }
    #[pyo3(signature = (*having))]
    fn having<'py>(slf: &Bound<'py, Self>, having: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            having.iter().try_for_each(|c| {
                s.add_having(coerce::expr_in(&c, Role::WhereHaving)?);
                Ok(())
            })
        })
    }
    #[pyo3(signature = (*clauses))]
    fn order_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        order_by(slf.as_any(), clauses)
    }
    #[pyo3(signature = (*clauses))]
    fn group_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        group_by(slf.as_any(), clauses)
    }
    fn limit<'py>(slf: &Bound<'py, Self>, limit: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::limit(slf.as_any(), limit)
    }
    fn offset<'py>(slf: &Bound<'py, Self>, offset: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::offset(slf.as_any(), offset)
    }
    #[pyo3(signature = (count, with_ties=false, percent=false, **_dialect_kw))]
    fn fetch<'py>(
        slf: &Bound<'py, Self>,
        count: &Bound<'py, PyAny>,
        with_ties: bool,
        percent: bool,
        _dialect_kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self::fetch(slf.as_any(), count, with_ties, percent)
    }
    fn slice<'py>(slf: &Bound<'py, Self>, start: Option<i64>, stop: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
        self::slice(slf.as_any(), start, stop)
    }
    #[pyo3(signature = (*, nowait=false, read=false, of=None, skip_locked=false, key_share=false))]
    fn with_for_update<'py>(
        slf: &Bound<'py, Self>,
        nowait: bool,
        read: bool,
        of: Option<Bound<'py, PyAny>>,
        skip_locked: bool,
        key_share: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fu = for_update(slf.py(), nowait, read, of, skip_locked, key_share)?;
        lock_rows(slf.as_any(), fu)
    }
    #[pyo3(signature = (*expr))]
    fn distinct<'py>(slf: &Bound<'py, Self>, expr: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        if !expr.is_empty() {
            crate::py::errors::warn(
                slf.py(),
                "SADeprecationWarning",
                "Passing expression to ``distinct`` to generate a DISTINCT ON clause is deprecated. Use instead the ``postgresql.distinct_on`` function as an extension.",
            )?;
        }
        Self::_distinct_on(slf, expr)
    }
    #[pyo3(signature = (*expr))]
    fn _distinct_on<'py>(slf: &Bound<'py, Self>, expr: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let exprs = coerce::distinct(expr)?;
        changed(slf.as_any(), |s| {
            s.distinct_on(exprs);
            Ok(())
        })
    }
    #[pyo3(signature = (*entities))]
    fn add_columns<'py>(slf: &Bound<'py, Self>, entities: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let new = items(&coerce::spread(entities)?)?;
        changed(slf.as_any(), |s| {
            s.orm |= new.iter().any(is_orm);
            s.columns.extend(new);
            Ok(())
        })
    }
    fn column<'py>(slf: &Bound<'py, Self>, column: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::add_columns(slf, &PyTuple::new(slf.py(), [column])?)
    }
    #[pyo3(signature = (*entities, maintain_column_froms=false, **_kw))]
    fn with_only_columns<'py>(
        slf: &Bound<'py, Self>,
        entities: &Bound<'py, PyTuple>,
        maintain_column_froms: bool,
        _kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let new = items(&coerce::spread(entities)?)?;
        changed(slf.as_any(), |s| {
            if maintain_column_froms {
                let mut kept = s.from_obj.clone();
                let entity = |f: FromRef| {
                    let of = s.columns.iter().find_map(|c| match c {
                        sql::ast::SelectItem::Entity(e) if e.selectable().id() == f.id() => Some(coerce::entity_from(e)),
                        _ => None,
                    });
                    of.unwrap_or(f)
                };
                for f in sql::ast::froms::column_froms(s).into_iter().map(entity) {
                    if !kept.iter().any(|k| k.id() == f.id()) {
                        kept.push(f);
                    }
                }
                s.memo_froms = kept;
            }
            if !s.joins.is_empty() && s.from_obj.is_empty() {
                // what was joined from the columns that go stays joined from them
                let first = s.columns.iter().find_map(|c| match c {
                    sql::ast::SelectItem::Entity(e) => Some(coerce::entity_from(e)),
                    sql::ast::SelectItem::Expr(e) => e.ann.as_ref()?.entity.as_ref().map(coerce::entity_from),
                    _ => None,
                });
                s.from_obj = first.or_else(|| sql::ast::froms::column_froms(s).into_iter().next()).into_iter().collect();
            }
            s.orm |= new.iter().any(is_orm);
            s.columns = new;
            Ok(())
        })
    }
    #[pyo3(signature = (*froms))]
    fn select_from<'py>(slf: &Bound<'py, Self>, froms: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let list = coerce::froms(froms)?;
        changed(slf.as_any(), |s| {
            s.add_froms(list);
            Ok(())
        })
    }
    #[pyo3(signature = (target, onclause=None, *, isouter=false, full=false))]
    fn join<'py>(
        slf: &Bound<'py, Self>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        isouter: bool,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, None, target, onclause, isouter, full)
    }
    #[pyo3(signature = (target, onclause=None, *, full=false))]
    fn outerjoin<'py>(
        slf: &Bound<'py, Self>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, None, target, onclause, true, full)
    }
    #[pyo3(signature = (from_, target, onclause=None, *, isouter=false, full=false))]
    fn join_from<'py>(
        slf: &Bound<'py, Self>,
        from_: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        isouter: bool,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, Some(from_), target, onclause, isouter, full)
    }
    #[pyo3(signature = (from_, target, onclause=None, *, full=false))]
    fn outerjoin_from<'py>(
        slf: &Bound<'py, Self>,
        from_: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, Some(from_), target, onclause, true, full)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        correlate(slf.as_any(), fromclauses)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate_except<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        correlate_except(slf.as_any(), fromclauses)
    }
    #[pyo3(signature = (*prefixes, **kw))]
    fn prefix_with<'py>(
        slf: &Bound<'py, Self>,
        prefixes: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let list = affixes(prefixes, kw)?;
        changed(slf.as_any(), |s| {
            s.add_prefixes(list);
            Ok(())
        })
    }
    #[pyo3(signature = (*suffixes, **kw))]
    fn suffix_with<'py>(
        slf: &Bound<'py, Self>,
        suffixes: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let list = affixes(suffixes, kw)?;
        changed(slf.as_any(), |s| {
            s.add_suffixes(list);
            Ok(())
        })
    }
    #[pyo3(signature = (selectable, text, dialect_name="*"))]
    fn with_hint<'py>(
        slf: &Bound<'py, Self>,
        selectable: &Bound<'py, PyAny>,
        text: &str,
        dialect_name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let target = coerce::hinted(selectable)?;
        changed(slf.as_any(), |s| {
            s.add_hint(target, text, dialect_name);
            Ok(())
        })
    }
    #[pyo3(signature = (text, dialect_name="*"))]
    fn with_statement_hint<'py>(slf: &Bound<'py, Self>, text: &str, dialect_name: &str) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            s.add_hint(None, text, dialect_name);
            Ok(())
        })
    }
    /// Without columns that equal another one of the statement.
    #[pyo3(signature = (only_synonyms=true))]
    fn reduce_columns<'py>(slf: &Bound<'py, Self>, only_synonyms: bool) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            let cols: Vec<ExprRef> = s.columns.iter().flat_map(proxy::item_columns).collect();
            let kept = sql::ast::froms::reduce_columns(&cols, &s.where_, &s.from_obj, only_synonyms);
            s.columns = kept.into_iter().map(SelectItem::Expr).collect();
            Ok(())
        })
    }
    fn from_statement<'py>(slf: &Bound<'py, Self>, statement: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let q = own(slf.as_any())?;
        let Some(s) = q.as_select() else { return Err(coerce::unexpected(slf.as_any(), Role::Select)) };
        let out = Query::new(QueryKind::FromStatement(Box::new(sql::ast::FromStatement {
            entities: s.columns.clone(),
            element: coerce::node(statement)?,
            options: s.options.clone(),
            exec_options: s.exec_options.clone(),
        })));
        wrap_query(slf.py(), &out)
    }
    #[getter]
    fn whereclause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let q = own(slf.as_any())?;
        q.as_select().and_then(|s| build::where_clause(&s.where_)).map(|e| wrap_expr(slf.py(), &e)).transpose()
    }
    /// Elements of the columns clause, FROM elements expanded.
    #[getter]
    fn inner_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let q = own(slf.as_any())?;
        let cols: Vec<ExprRef> =
            q.as_select().map(|s| s.columns.iter().flat_map(proxy::item_columns).collect()).unwrap_or_default();
        super::super::operators::faces(slf.py(), &cols)?.into_any().call_method0("__iter__")
    }
    #[getter]
    fn _raw_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let q = own(slf.as_any())?;
        let list = q.as_select().map(|s| s.columns.clone()).unwrap_or_default();
        let objs = list
            .iter()
            .filter_map(|i| match i {
                SelectItem::Expr(e) => Some(wrap_expr(py, e)),
                SelectItem::From(f) => Some(wrap_from(py, f)),
                SelectItem::Entity(en) => Some(wrap_from(py, &coerce::entity_from(en))),
                SelectItem::Host(h) => PyHost::get(py, h).map(Ok),
            })
            .collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, objs)
    }
    #[getter]
    fn columns_clause_froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let q = own(slf.as_any())?;
        from_list(slf.py(), &q.as_select().map(sql::ast::froms::column_froms).unwrap_or_default())
    }
    /// The final FROM list, with joins.
    fn get_final_froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let q = own(slf.as_any())?;
        let Some(s) = q.as_select() else { return Ok(PyList::empty(py)) };
        from_list(py, &sql::ast::froms::final_froms(s).map_err(|e| sql_error(py, e))?)
    }
    #[getter]
    fn froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        crate::py::errors::warn(
            slf.py(),
            "SADeprecationWarning",
            "The Select.froms attribute is moved to the Select.get_final_froms() method.",
        )?;
        Self::get_final_froms(slf)
    }
    fn locate_all_froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        Self::get_final_froms(slf)
    }
    #[getter]
    fn column_descriptions<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        super::super::describe::select(slf.as_any())
    }
    #[getter]
    fn _limit_clause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        own(slf.as_any())?.as_select().and_then(|s| s.limit.clone()).map(|e| wrap_expr(slf.py(), &e)).transpose()
    }
    #[getter]
    fn _offset_clause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        own(slf.as_any())?.as_select().and_then(|s| s.offset.clone()).map(|e| wrap_expr(slf.py(), &e)).transpose()
    }
    #[getter]
    fn _limit<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        bind_value(slf.py(), own(slf.as_any())?.as_select().and_then(|s| s.limit.as_ref()))
    }
    #[getter]
    fn _offset<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        bind_value(slf.py(), own(slf.as_any())?.as_select().and_then(|s| s.offset.as_ref()))
    }
    #[getter]
    fn _distinct(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf.as_any())?.as_select().is_some_and(|s| !matches!(s.distinct, Distinct::No)))
    }
    #[getter]
    fn _where_criteria<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let q = own(slf.as_any())?;
        PyTuple::new(slf.py(), super::super::face::wrap_exprs(slf.py(), q.as_select().map_or(&[][..], |s| &s.where_))?)
    }
    #[getter]
    fn _order_by_clauses<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let q = own(slf.as_any())?;
        PyTuple::new(slf.py(), super::super::face::wrap_exprs(slf.py(), q.as_select().map_or(&[][..], |s| &s.order_by))?)
    }
    #[getter]
    fn _group_by_clauses<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let q = own(slf.as_any())?;
        PyTuple::new(slf.py(), super::super::face::wrap_exprs(slf.py(), q.as_select().map_or(&[][..], |s| &s.group_by))?)
    }
}
