//! DDL elements: read from the Python objects' attributes when they are rendered.

use super::column::column_of;
use super::table::table_of;
use super::{PyConstraint, PyIndex, PySequence};
use crate::py::sql::clause::{ClauseElement, FaceClass, face_class};
use crate::py::sql::{names, to_query};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ddl::Ddl;
use sql::schema::ServerDefault;
use sql::schema::{Constraint, ConstraintKind};
use std::sync::Arc;

face_class! {
    /// Base of DDL elements.
    PyDdlElement: ClauseElement, "DDLElement", "oxalchemy.sql.ddl"
}

#[pymethods]
impl PyDdlElement {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = true;
}

fn flag(obj: &Bound<'_, PyAny>, attr: &str) -> PyResult<bool> {
    obj.getattr_opt(attr)?.map_or(Ok(false), |v| v.is_truthy())
}

fn constraint(obj: &Bound<'_, PyAny>) -> PyResult<Arc<Constraint>> {
    let face = obj.cast::<PyConstraint>()?;
    refresh(face)?;
    Ok(face.get().inner())
}

/// Options that are plain attributes of the Python object may have changed since it was made.
pub fn refresh(face: &Bound<'_, PyConstraint>) -> PyResult<()> {
    let inner = face.get().inner();
    // A name that a convention gives only when it is rendered.
    if inner.d.read().name.is_none() && !face.as_any().getattr("name")?.is_none() {
        let name = face.py().import("oxalchemy.sql.schema.names")?.getattr("deferred_name")?.call1((face,))?;
        if !name.is_none() {
            let name = names::name(&name)?;
            let mut d = inner.d.write();
            d.name = Some(name);
            d.name_is_conv = true;
        }
    }
    if !matches!(inner.d.read().kind, ConstraintKind::ForeignKey { .. }) {
        return Ok(());
    }
    let text = |attr: &str| -> PyResult<Option<Arc<str>>> {
        Ok(face.getattr_opt(attr)?.and_then(|v| v.extract::<String>().ok()).map(Into::into))
    };
    let (update, delete, matches) = (text("onupdate")?, text("ondelete")?, text("match")?);
    let alter = flag(face.as_any(), "use_alter")?;
    if let ConstraintKind::ForeignKey { onupdate, ondelete, match_, use_alter, .. } = &mut inner.d.write().kind {
        *onupdate = update;
        *ondelete = delete;
        *match_ = matches;
        *use_alter = alter;
    }
    Ok(())
}

/// The element as data; `None` for a class of the user's (rendered by `@compiles`).
pub fn ddl_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<Ddl>> {
    let visit: String = match obj.getattr_opt("__visit_name__")? {
        Some(v) => v.extract().unwrap_or_default(),
        None => return Ok(None),
    };
    let element = || obj.getattr("element");
    let ty = || -> PyResult<_> { crate::py::types::to_type(&element()?) };
    Ok(Some(match visit.as_str() {
        "create_table" => {
            let table = synced(&element()?)?;
            let include = match obj.getattr_opt("include_foreign_key_constraints")?.filter(|i| !i.is_none()) {
                Some(list) => Some(list.try_iter()?.map(|c| constraint(&c?)).collect::<PyResult<Vec<_>>>()?),
                None => None,
            };
            Ddl::CreateTable { table, include_foreign_keys: include, if_not_exists: flag(obj, "if_not_exists")? }
        }
        "drop_table" => Ddl::DropTable { table: table_of(&element()?)?, if_exists: flag(obj, "if_exists")? },
        "create_column" => Ddl::CreateColumn { column: column_of(&element()?)? },
        "create_index" => Ddl::CreateIndex { index: index(&element()?)?, if_not_exists: flag(obj, "if_not_exists")? },
        "drop_index" => Ddl::DropIndex { index: index(&element()?)?, if_exists: flag(obj, "if_exists")? },
        "create_sequence" => Ddl::CreateSequence {
            sequence: element()?.cast::<PySequence>()?.get().inner()?,
            if_not_exists: flag(obj, "if_not_exists")?,
        },
        "drop_sequence" => {
            Ddl::DropSequence { sequence: element()?.cast::<PySequence>()?.get().inner()?, if_exists: flag(obj, "if_exists")? }
        }
        "create_schema" => Ddl::CreateSchema { name: names::name(&element()?)?, if_not_exists: flag(obj, "if_not_exists")? },
        "drop_schema" => Ddl::DropSchema {
            name: names::name(&element()?)?,
            cascade: flag(obj, "cascade")?,
            if_exists: flag(obj, "if_exists")?,
        },
        "unique_constraint"
        | "primary_key_constraint"
        | "foreign_key_constraint"
        | "table_or_column_check_constraint"
        | "exclude_constraint" => Ddl::Constraint { constraint: constraint(obj)? },
        "column" => Ddl::CreateColumn { column: column_of(obj)? },
        "add_constraint" => Ddl::AddConstraint { constraint: constraint(&element()?)? },
        "drop_constraint" => Ddl::DropConstraint {
            constraint: constraint(&element()?)?,
            cascade: flag(obj, "cascade")?,
            if_exists: flag(obj, "if_exists")?,
        },
        "set_table_comment" => Ddl::SetTableComment { table: table_of(&element()?)? },
        "drop_table_comment" => Ddl::DropTableComment { table: table_of(&element()?)? },
        "set_column_comment" => Ddl::SetColumnComment { column: column_of(&element()?)? },
        "drop_column_comment" => Ddl::DropColumnComment { column: column_of(&element()?)? },
        "set_constraint_comment" => Ddl::SetConstraintComment { constraint: constraint(&element()?)? },
        "drop_constraint_comment" => Ddl::DropConstraintComment { constraint: constraint(&element()?)? },
        "create_enum_type" => Ddl::CreateType { ty: ty()? },
        "create_domain_type" => {
            let domain = element()?;
            Ddl::CreateDomain {
                ty: ty()?,
                default: some(&domain, "default")?.map(|d| server_default(&d)).transpose()?,
                constraint_name: some(&domain, "constraint_name")?.map(|n| names::name(&n)).transpose()?,
                check: some(&domain, "check")?.map(|c| crate::py::sql::to_expr(&c)).transpose()?,
            }
        }
        "drop_enum_type" | "drop_domain_type" => Ddl::DropType { ty: ty()? },
        "create_view" => Ddl::CreateView {
            table: table_of(&element()?)?,
            query: to_query(&obj.getattr("selectable")?, crate::py::sql::coerce::Role::Select)?,
            or_replace: flag(obj, "or_replace")?,
            temporary: flag(obj, "temporary")?,
            materialized: flag(obj, "materialized")?,
            if_not_exists: flag(obj, "if_not_exists")?,
        },
        "drop_view" => Ddl::DropView {
            table: table_of(&element()?)?,
            if_exists: flag(obj, "if_exists")?,
            materialized: flag(obj, "materialized")?,
        },
        "create_table_as" => Ddl::CreateTableAs {
            table: table_of(&element()?)?,
            query: to_query(&obj.getattr("selectable")?, crate::py::sql::coerce::Role::Select)?,
            temporary: flag(obj, "temporary")?,
            if_not_exists: flag(obj, "if_not_exists")?,
        },
        _ => return Ok(None),
    }))
}

fn some<'py>(obj: &Bound<'py, PyAny>, attr: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    Ok(obj.getattr_opt(attr)?.filter(|v| !v.is_none()))
}

/// A default of a domain: text is a literal, an expression is itself.
fn server_default(value: &Bound<'_, PyAny>) -> PyResult<ServerDefault> {
    match value.extract::<String>() {
        Ok(text) => Ok(ServerDefault::Literal(text.into())),
        Err(_) => Ok(ServerDefault::Sql(crate::py::sql::to_expr(value)?)),
    }
}

/// The table with its constraints as the Python sets have them now, those left out that their rule excludes.
pub fn synced(obj: &Bound<'_, PyAny>) -> PyResult<Arc<sql::schema::Table>> {
    if obj.hasattr("_push_parts")? {
        obj.call_method0("_push_parts")?;
        for c in obj.getattr("constraints")?.try_iter()? {
            if let Ok(face) = c?.cast::<PyConstraint>() {
                refresh(face)?;
            }
        }
    }
    table_of(obj)
}

fn index(obj: &Bound<'_, PyAny>) -> PyResult<Arc<sql::schema::Index>> {
    Ok(obj.cast::<PyIndex>()?.get().inner())
}
