//! Which columns an INSERT or UPDATE sets, and to what.

use super::{BindSource, Compiler, Ctx, Prefetch};
use crate::ast::precedence::self_group;
use crate::ast::*;
use crate::error::{SqlError, SqlResult};
use crate::host::HostRef;
use crate::name::Label;
use crate::schema::{Column, Default_, ServerDefault, Table};
use crate::types::TypeRef;
use std::sync::Arc;

/// One column of the statement: its text and the text of its value.
pub(crate) struct Assignment {
    pub column: Option<Arc<Column>>,
    pub target: String,
    pub value: String,
}

/// What is given for a column.
#[derive(Clone)]
pub(crate) enum Given {
    Host(HostRef),
    Expr(ExprRef),
    /// Comes with the execution.
    Required,
}

/// How new values get back to the client.
#[derive(Default)]
pub(crate) struct Fetching {
    /// Primary key values are wanted before or right after execution.
    pub need_pks: bool,
    pub implicit_returning: bool,
    pub lastrowid: bool,
    /// `return_defaults()`: these columns, all when empty.
    pub return_defaults: Option<Vec<Arc<Column>>>,
    /// Wanted whether or not the server computes them.
    pub supplemental: Vec<Arc<Column>>,
}

impl Fetching {
    fn is_supplemental(&self, c: &Arc<Column>) -> bool {
        self.supplemental.iter().any(|x| Arc::ptr_eq(x, c))
    }
    /// Named by `return_defaults(c)`, rather than meant by `return_defaults()`.
    fn names(&self, c: &Arc<Column>) -> bool {
        self.return_defaults.as_ref().is_some_and(|l| l.iter().any(|x| Arc::ptr_eq(x, c)))
    }

    fn returns(&self, c: &Arc<Column>) -> bool {
        self.return_defaults.as_ref().is_some_and(|l| l.is_empty() || l.iter().any(|x| Arc::ptr_eq(x, c)))
    }
}

/// The name binds of a column have.
fn bind_name(c: &Column) -> Arc<str> {
    c.key()
}

/// The table behind a DML target.
pub(crate) fn target_table(f: &FromRef) -> Option<Arc<Table>> {
    match &f.kind {
        FromKind::Table(t) => Some(t.clone()),
        FromKind::Alias { element, .. } | FromKind::Grouping(element) => target_table(element),
        FromKind::Join(j) => target_table(&j.left),
        _ => None,
    }
}

fn column_key_text(k: &ColumnKey, of: Option<&Arc<Table>>) -> (Arc<str>, Option<Arc<Column>>) {
    match k {
        ColumnKey::Name(n) => (n.clone(), None),
        ColumnKey::Column(c) => (c.key(), owned(c, of)),
        ColumnKey::Expr(e) => match naming::column_of(e) {
            Some(c) => (c.key(), owned(&c, of)),
            None => (naming::proxy_key(e).unwrap_or_else(|| "".into()), None),
        },
    }
}

/// The column, unless it is the target table's own: those go by key.
fn owned(c: &Arc<Column>, of: Option<&Arc<Table>>) -> Option<Arc<Column>> {
    let own = match (&c.d.read().parent, of) {
        (crate::schema::ColumnParent::Table(t), Some(of)) => t.upgrade().is_some_and(|t| Arc::ptr_eq(&t, of)),
        _ => false,
    };
    (!own).then(|| c.clone())
}

/// Values given for the target's columns by key, and for other tables' columns.
#[derive(Default)]
pub(crate) struct GivenValues {
    pub own: Vec<(Arc<str>, Given)>,
    pub foreign: Vec<(Arc<Column>, Given)>,
    pub exprs: Vec<(ExprRef, Given)>,
}

impl GivenValues {
    pub fn read(row: &[(ColumnKey, DmlValue)], table: Option<&Arc<Table>>) -> Self {
        let mut out = Self::default();
        for (k, v) in row {
            let value = match v {
                DmlValue::Host(h) => Given::Host(h.clone()),
                DmlValue::Expr(e) => Given::Expr(e.clone()),
            };
            if let ColumnKey::Expr(e) = k
                && naming::column_of(e).is_none()
            {
                out.exprs.push((e.clone(), value));
                continue;
            }
            match column_key_text(k, table) {
                (_, Some(c)) if matches!(c.d.read().parent, crate::schema::ColumnParent::Table(_)) => {
                    out.foreign.push((c, value))
                }
                (key, _) => match out.own.iter_mut().find(|(k, _)| *k == key) {
                    Some(slot) => slot.1 = value,
                    None => out.own.push((key, value)),
                },
            }
        }
        out
    }
    fn get(&self, key: &str) -> Option<&Given> {
        self.own.iter().find(|(k, _)| &**k == key).map(|(_, v)| v)
    }
}

impl Compiler<'_> {
    /// A bind for a column of the statement.
    pub(crate) fn crud_bind(
        &mut self,
        c: &Arc<Column>,
        name: Arc<str>,
        value: BindValue,
        required: bool,
        ctx: Ctx,
    ) -> SqlResult<String> {
        let source = match &value {
            BindValue::Host(h) => {
                self.sources.get(&(Arc::as_ptr(h).cast::<()>() as usize)).map_or(BindSource::Fixed, |i| BindSource::Collected(*i))
            }
            BindValue::Missing => BindSource::Param,
            _ => BindSource::Fixed,
        };
        let value_is_missing = matches!(value, BindValue::Missing);
        // Inside a CTE the statement's parameters belong to the outer statement: values get names of their own.
        let in_cte = ctx.visiting_cte != 0;
        let key = if in_cte && !matches!(value, BindValue::Missing) { Label::anon("param") } else { Label::fixed(&*name) };
        let bind = Bind {
            key,
            orig_key: name.clone(),
            value,
            unique: !value_is_missing,
            expanding: false,
            expand_op: None,
            required,
            literal_execute: false,
            isoutparam: false,
        };
        let e = Expr::new(ExprKind::Bind(bind.clone()), c.ty());
        if let BindSource::Collected(i) = source {
            self.sources.insert(Arc::as_ptr(&e) as usize, i);
        }
        let ctx = if value_is_missing { Ctx { literal_binds: false, ..ctx } } else { ctx };
        if self.bind_names.contains_key(&name) && !in_cte {
            return Err(SqlError::compile(format!(
                "bindparam() name '{name}' is reserved for automatic usage in the VALUES or SET clause of this insert/update statement.   \
                 Please use a name other than column name when using bindparam() with insert() or update() (for example, 'b_{name}')."
            )));
        }
        let text = self.capture(|s| s.bind(&e, &bind, Ctx { within_columns: false, ..ctx }))?;
        if !in_cte {
            self.crud_binds.push(name);
        }
        Ok(text)
    }

    /// A given value as text, and whether it is an SQL expression (whose result only the server knows).
    fn given(&mut self, c: &Arc<Column>, given: &Given, name: Arc<str>, ctx: Ctx) -> SqlResult<(String, bool)> {
        match given {
            Given::Required => Ok((self.crud_bind(c, name, BindValue::Missing, true, ctx)?, false)),
            Given::Host(h) => Ok((self.crud_bind(c, name, BindValue::Host(h.clone()), false, ctx)?, false)),
            Given::Expr(e) => match &e.kind {
                ExprKind::Bind(b) => {
                    let mut bind = b.clone();
                    let ty: TypeRef = if e.ty.is_null() { c.ty() } else { e.ty.clone() };
                    if b.unique && !matches!(b.key, Label::Fixed(_)) && ctx.visiting_cte == 0 {
                        bind.key = Label::fixed(&*name);
                        self.crud_binds.push(name);
                    }
                    let renamed = Expr::new(ExprKind::Bind(bind.clone()), ty);
                    if let Some(i) = self.sources.get(&(Arc::as_ptr(e) as usize)).copied() {
                        self.sources.insert(Arc::as_ptr(&renamed) as usize, i);
                    }
                    let crud = self.crud_binds.pop();
                    let text = self.capture(|s| s.bind(&renamed, &bind, ctx));
                    self.crud_binds.extend(crud);
                    Ok((text?, false))
                }
                _ => {
                    let grouped = self_group(e, None);
                    let grouped =
                        if Arc::ptr_eq(&grouped, e) || matches!(e.kind, ExprKind::Binary { .. } | ExprKind::BoolList { .. }) {
                            // An expression as a value needs parentheses.
                            self_group(e, None)
                        } else {
                            grouped
                        };
                    Ok((self.capture(|s| s.expr(&grouped, Ctx { within_columns: false, ..ctx }))?, true))
                }
            },
        }
    }

    /// Name of a column as the target of an assignment.
    pub(crate) fn target(&mut self, c: &Arc<Column>, with_table: bool) -> SqlResult<String> {
        let e = c.to_expr();
        self.capture(|s| match &e.kind {
            ExprKind::Column(r) => s.column(r, Ctx { no_table: !with_table, ..Ctx::default() }),
            _ => Ok(()),
        })
    }

    /// Whether a default is a sequence that this database has.
    fn fires(&self, default: &Default_) -> bool {
        matches!(default, Default_::Sequence(s) if self.dialect.has_sequences() && (!s.optional || !self.dialect.sequences_optional))
    }

    fn default_of(&mut self, default: &Default_, ctx: Ctx) -> SqlResult<Option<String>> {
        match default {
            Default_::Sql(e) => {
                let grouped = self_group(e, None);
                self.capture(|s| s.expr(&grouped, Ctx { within_columns: false, ..ctx })).map(Some)
            }
            Default_::Sequence(s) if self.fires(default) => self.rules.next_value(self.dialect, s).map(Some),
            Default_::Sequence(_) => Ok(None),
            Default_::Scalar(_) | Default_::Callable(_) => Ok(None),
        }
    }

    fn prefetch(&mut self, c: &Arc<Column>, default: &Default_, update: bool, ctx: Ctx) -> SqlResult<String> {
        let name = bind_name(c);
        if ctx.literal_binds {
            // There is no value before the statement runs.
            return Ok("NULL".to_owned());
        }
        let text = self.crud_bind(c, name.clone(), BindValue::Missing, false, ctx)?;
        let entry = Prefetch { column: c.clone(), bind: name, default: default.clone(), row: 0 };
        let dml = self.dml.get_or_insert_default();
        if update {
            dml.update_prefetch.push(entry)
        } else {
            dml.insert_prefetch.push(entry)
        }
        Ok(text)
    }

    /// The columns of an INSERT of one row.
    pub(crate) fn insert_columns(
        &mut self,
        table: &Arc<Table>,
        values: &GivenValues,
        multi: bool,
        fetching: &Fetching,
        ctx: Ctx,
    ) -> SqlResult<Vec<Assignment>> {
        let columns: Vec<(Arc<str>, Arc<Column>)> = table.d.read().columns.iter().map(|(k, c)| (k.clone(), c.clone())).collect();
        self.check_consumed(&columns, values)?;
        let auto = table.autoincrement_column().unwrap_or(None);
        let mut out = self.element_assignments(values, ctx)?;
        for (key, c) in columns.iter().filter(|(key, c)| !c.d.read().omitted || values.get(key).is_some()) {
            let is_auto = auto.as_ref().is_some_and(|a| Arc::ptr_eq(a, c));
            let (primary_key, default, server_default, nullable) = {
                let d = c.d.read();
                (d.primary_key, d.default.clone(), d.server_default.clone(), d.nullable)
            };
            if let Some(given) = values.get(key) {
                let name = bind_name(c);
                let name: Arc<str> = if multi { format!("{name}_m0").into() } else { name };
                let (value, is_sql) = self.given(c, given, name.clone(), ctx)?;
                if is_sql {
                    self.note_server_value(c, primary_key, fetching);
                } else if primary_key && !multi {
                    self.dml.get_or_insert_default().primary_key.push((c.clone(), Some(name)));
                } else if fetching.is_supplemental(c) && fetching.implicit_returning {
                    self.dml.get_or_insert_default().implicit_returning.push(c.clone());
                }
                out.push(Assignment { column: Some(c.clone()), target: self.target(c, false)?, value });
                continue;
            }
            // The driver's last row id does not tell what a sequence gave.
            let by_rowid = fetching.lastrowid && is_auto && !default.as_ref().is_some_and(|d| self.fires(d));
            let value = if primary_key && fetching.need_pks && (fetching.implicit_returning || !by_rowid) {
                self.insert_key(c, default.as_ref(), server_default.as_ref(), is_auto, nullable, fetching, ctx)?
            } else if let Some(default) = &default {
                self.insert_default(c, default, primary_key, fetching, ctx)?
            } else {
                if server_default.is_some() && !identity_as_auto(server_default.as_ref(), is_auto) {
                    let dml = self.dml.get_or_insert_default();
                    if fetching.returns(c) {
                        dml.implicit_returning.push(c.clone());
                    } else if !primary_key {
                        dml.postfetch.push(c.clone());
                    }
                } else if (fetching.returns(c) || fetching.is_supplemental(c)) && !primary_key {
                    self.dml.get_or_insert_default().implicit_returning.push(c.clone());
                }
                None
            };
            if let Some(value) = value {
                out.push(Assignment { column: Some(c.clone()), target: self.target(c, false)?, value });
            }
        }
        self.fill_targets(&mut out, false)?;
        Ok(out)
    }

    fn note_server_value(&mut self, c: &Arc<Column>, primary_key: bool, fetching: &Fetching) {
        let dialect_rowid = self.dialect.postfetch_lastrowid;
        let dml = self.dml.get_or_insert_default();
        if primary_key {
            if fetching.implicit_returning {
                dml.implicit_returning.push(c.clone());
            } else if dialect_rowid {
                dml.postfetch_lastrowid = true;
            }
        } else if fetching.returns(c) {
            dml.implicit_returning.push(c.clone());
        } else {
            dml.postfetch.push(c.clone());
        }
    }

    /// A primary key column without a given value.
    #[allow(clippy::too_many_arguments)]
    fn insert_key(
        &mut self,
        c: &Arc<Column>,
        default: Option<&Default_>,
        server_default: Option<&ServerDefault>,
        is_auto: bool,
        nullable: bool,
        fetching: &Fetching,
        ctx: Ctx,
    ) -> SqlResult<Option<String>> {
        if default.is_none() && server_default.is_none() && !is_auto && !nullable {
            self.warn_missing_key(c);
        }
        if fetching.implicit_returning {
            return match default {
                Some(d @ (Default_::Sequence(_) | Default_::Sql(_))) => {
                    let value = self.default_of(d, ctx)?;
                    self.dml.get_or_insert_default().implicit_returning.push(c.clone());
                    Ok(value)
                }
                Some(d) => self.prefetch_key(c, d, ctx).map(Some),
                None => {
                    if is_auto || server_default.is_some() {
                        self.dml.get_or_insert_default().implicit_returning.push(c.clone());
                    }
                    Ok(None)
                }
            };
        }
        let dialect = self.dialect;
        match default {
            Some(d @ Default_::Sequence(_)) if !self.fires(d) => {
                self.dml.get_or_insert_default().postfetch_lastrowid |= dialect.postfetch_lastrowid;
                Ok(None)
            }
            Some(d) => self.prefetch_key(c, d, ctx).map(Some),
            None if is_auto && !dialect.postfetch_lastrowid && dialect.preexecute_autoincrement_sequences => {
                // The sequence behind a SERIAL column is executed first.
                let name = bind_name(c);
                let text = self.crud_bind(c, name.clone(), BindValue::Missing, false, ctx)?;
                self.dml.get_or_insert_default().primary_key.push((c.clone(), Some(name)));
                Ok(Some(text))
            }
            None => {
                if dialect.postfetch_lastrowid && (is_auto || server_default.is_some()) {
                    self.dml.get_or_insert_default().postfetch_lastrowid = true;
                }
                Ok(None)
            }
        }
    }

    fn warn_missing_key(&mut self, c: &Arc<Column>) {
        let table = c.table().map_or_else(String::new, |t| t.key());
        let mut text = format!(
            "Column '{table}.{}' is marked as a member of the primary key for table '{table}', but has no Python-side or server-side \
             default generator indicated, nor does it indicate 'autoincrement=True' or 'nullable=True', and no explicit value is passed.  \
             Primary key columns typically may not store NULL.",
            c.name()
        );
        let composite = c.table().is_some_and(|t| t.d.read().columns.values().filter(|c| c.d.read().primary_key).count() > 1);
        if composite {
            text.push_str(
                " Note that as of SQLAlchemy 1.1, 'autoincrement=True' must be indicated explicitly for composite (e.g. multicolumn) \
                 primary keys if AUTO_INCREMENT/SERIAL/IDENTITY behavior is expected for one of the columns in the primary key. CREATE \
                 TABLE statements are impacted by this change as well on most backends.",
            );
        }
        self.warn("SAWarning", text);
    }

    fn prefetch_key(&mut self, c: &Arc<Column>, default: &Default_, ctx: Ctx) -> SqlResult<String> {
        let text = self.prefetch(c, default, false, ctx)?;
        self.dml.get_or_insert_default().primary_key.push((c.clone(), Some(bind_name(c))));
        Ok(text)
    }

    fn insert_default(
        &mut self,
        c: &Arc<Column>,
        default: &Default_,
        primary_key: bool,
        fetching: &Fetching,
        ctx: Ctx,
    ) -> SqlResult<Option<String>> {
        match default {
            Default_::Sql(_) | Default_::Sequence(_) => {
                let value = self.default_of(default, ctx)?;
                if value.is_some() {
                    let dml = self.dml.get_or_insert_default();
                    if fetching.returns(c) {
                        dml.implicit_returning.push(c.clone());
                    } else if !primary_key {
                        dml.postfetch.push(c.clone());
                    }
                }
                Ok(value)
            }
            _ => self.prefetch(c, default, false, ctx).map(Some),
        }
    }

    fn check_consumed(&self, columns: &[(Arc<str>, Arc<Column>)], values: &GivenValues) -> SqlResult<()> {
        let mut unknown: Vec<&str> = values
            .own
            .iter()
            .filter(|(k, v)| !matches!(v, Given::Required) && !columns.iter().any(|(c, _)| c == k))
            .map(|(k, _)| &**k)
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        unknown.sort_unstable();
        Err(SqlError::compile(format!("Unconsumed column names: {}", unknown.join(", "))))
    }

    /// Further rows of a multi-row VALUES.
    pub(crate) fn multi_row(
        &mut self,
        first: &[Assignment],
        row: &GivenValues,
        index: usize,
        ctx: Ctx,
    ) -> SqlResult<Vec<String>> {
        let mut out = Vec::with_capacity(first.len());
        for a in first {
            let Some(c) = &a.column else { continue };
            let name: Arc<str> = format!("{}_m{index}", bind_name(c)).into();
            match row.get(&c.key()) {
                Some(given) => out.push(self.given(c, given, name, ctx)?.0),
                None => {
                    let default = c.d.read().default.clone();
                    match default {
                        None => {
                            return Err(SqlError::compile(format!(
                                "INSERT value for column {} is explicitly rendered as a boundparameter in the VALUES clause; a \
                                 Python-side value or SQL expression is required",
                                c.qualified()
                            )));
                        }
                        Some(d @ (Default_::Sql(_) | Default_::Sequence(_))) => {
                            out.push(self.default_of(&d, ctx)?.unwrap_or_else(|| "NULL".to_owned()));
                        }
                        // There is no value before the statement runs.
                        Some(_) if ctx.literal_binds => out.push("NULL".to_owned()),
                        Some(d) => {
                            let text = self.crud_bind(c, name.clone(), BindValue::Missing, false, ctx)?;
                            let entry = Prefetch { column: c.clone(), bind: name, default: d, row: index };
                            self.dml.get_or_insert_default().insert_prefetch.push(entry);
                            out.push(text);
                        }
                    }
                }
            }
        }
        let mut row: Vec<Assignment> = first
            .iter()
            .filter(|a| a.column.is_some())
            .zip(out)
            .map(|(a, value)| Assignment { column: a.column.clone(), target: String::new(), value })
            .collect();
        self.fill_targets(&mut row, false)?;
        Ok(row.into_iter().map(|a| a.value).collect())
    }

    /// The columns of an UPDATE.
    pub(crate) fn update_columns(
        &mut self,
        table: &Arc<Table>,
        values: &GivenValues,
        ordered: bool,
        with_table: bool,
        fetching: &Fetching,
        ctx: Ctx,
    ) -> SqlResult<Vec<Assignment>> {
        let mut columns: Vec<(Arc<str>, Arc<Column>)> =
            table.d.read().columns.iter().map(|(k, c)| (k.clone(), c.clone())).collect();
        self.check_consumed(&columns, values)?;
        if ordered {
            let rank = |k: &Arc<str>| values.own.iter().position(|(x, _)| x == k).unwrap_or(usize::MAX);
            columns.sort_by_key(|(k, _)| rank(k));
        }
        // Elements of columns come first, then columns of other tables.
        let mut out = self.element_assignments(values, ctx)?;
        out.extend(self.foreign_columns(values, with_table, fetching, ctx)?);
        for (key, c) in &columns {
            if let Some(given) = values.get(key) {
                let (value, is_sql) = self.given(c, given, bind_name(c), ctx)?;
                if is_sql {
                    self.note_update(c, fetching);
                } else if fetching.is_supplemental(c) {
                    self.dml.get_or_insert_default().implicit_returning.push(c.clone());
                }
                out.push(Assignment { column: Some(c.clone()), target: self.target(c, with_table)?, value });
                continue;
            }
            let (onupdate, server_onupdate) = {
                let d = c.d.read();
                (d.onupdate.clone(), d.server_onupdate.is_some())
            };
            match onupdate {
                Some(d @ (Default_::Sql(_) | Default_::Sequence(_))) => {
                    if let Some(value) = self.default_of(&d, ctx)? {
                        self.note_update(c, fetching);
                        out.push(Assignment { column: Some(c.clone()), target: self.target(c, with_table)?, value });
                    }
                }
                Some(d) => {
                    let value = self.prefetch(c, &d, true, ctx)?;
                    out.push(Assignment { column: Some(c.clone()), target: self.target(c, with_table)?, value });
                }
                None => {
                    if server_onupdate {
                        self.note_update(c, fetching);
                    } else if fetching.names(c) || fetching.is_supplemental(c) {
                        self.dml.get_or_insert_default().implicit_returning.push(c.clone());
                    }
                }
            }
        }
        self.fill_targets(&mut out, true)?;
        Ok(out)
    }

    /// What is assigned to an element of a column (`SET data[1] = …`).
    fn element_assignments(&mut self, values: &GivenValues, ctx: Ctx) -> SqlResult<Vec<Assignment>> {
        values
            .exprs
            .iter()
            .map(|(e, given)| {
                let target = self.capture(|s| s.expr(e, Ctx { no_table: true, ..Ctx::default() }))?;
                let value = self.given_for_expr(e, given, ctx)?;
                Ok(Assignment { column: None, target, value })
            })
            .collect()
    }

    /// Columns of other tables than the one that is updated, first the given ones, then those with an `onupdate`.
    fn foreign_columns(
        &mut self,
        values: &GivenValues,
        with_table: bool,
        fetching: &Fetching,
        ctx: Ctx,
    ) -> SqlResult<Vec<Assignment>> {
        let mut tables: Vec<Arc<Table>> = Vec::new();
        for table in values.foreign.iter().filter_map(|(c, _)| c.table()) {
            if !tables.iter().any(|t| Arc::ptr_eq(t, &table)) {
                tables.push(table);
            }
        }
        if !tables.is_empty() && !self.rules.table_in_set() {
            let names: Vec<String> = tables.iter().map(|t| format!("'{}'", t.name)).collect();
            return Err(SqlError::compile(format!(
                "Backend does not support additional tables in the SET clause; cannot include columns from table(s) {} in SET clause",
                names.join(", ")
            )));
        }
        let mut out = Vec::new();
        let name = |c: &Column| -> Arc<str> {
            let table = c.table().map_or_else(String::new, |t| t.name.to_string());
            format!("{table}_{}", bind_name(c)).into()
        };
        for (c, given) in &values.foreign {
            let (value, _) = self.given(c, given, name(c), ctx)?;
            out.push(Assignment { column: Some(c.clone()), target: self.target(c, with_table)?, value });
        }
        for table in &tables {
            let columns: Vec<Arc<Column>> = table.d.read().columns.values().cloned().collect();
            for c in columns.iter().filter(|c| !values.foreign.iter().any(|(given, _)| Arc::ptr_eq(given, c))) {
                let Some(onupdate) = c.d.read().onupdate.clone() else { continue };
                let value = match onupdate {
                    Default_::Sql(_) | Default_::Sequence(_) => {
                        let Some(value) = self.default_of(&onupdate, ctx)? else { continue };
                        self.note_update(c, fetching);
                        value
                    }
                    _ => self.prefetch(c, &onupdate, true, ctx)?,
                };
                out.push(Assignment { column: Some(c.clone()), target: self.target(c, with_table)?, value });
            }
        }
        Ok(out)
    }

    /// The value assigned to an expression (`SET data[1] = …`).
    fn given_for_expr(&mut self, e: &ExprRef, given: &Given, ctx: Ctx) -> SqlResult<String> {
        match given {
            Given::Expr(x) => self.capture(|s| s.expr(&self_group(x, None), Ctx { within_columns: false, ..ctx })),
            Given::Host(h) => {
                let bind = build::anon_bind("param", BindValue::Host(h.clone()), e.ty.clone());
                if let Some(i) = self.sources.get(&(Arc::as_ptr(h).cast::<()>() as usize)).copied() {
                    self.sources.insert(Arc::as_ptr(&bind) as usize, i);
                }
                self.capture(|s| s.expr(&bind, Ctx { within_columns: false, ..ctx }))
            }
            Given::Required => Ok("NULL".to_owned()),
        }
    }

    fn note_update(&mut self, c: &Arc<Column>, fetching: &Fetching) {
        let dml = self.dml.get_or_insert_default();
        if fetching.returns(c) {
            dml.implicit_returning.push(c.clone());
        } else {
            dml.postfetch.push(c.clone());
        }
    }

    /// The values an execution with these parameter keys gives.
    pub(crate) fn required(&self, values: &mut GivenValues, table: &Arc<Table>, none_given: bool) {
        let keys: Vec<Arc<str>> = match (&self.opts.column_keys, none_given) {
            (Some(keys), _) if self.stack.len() <= 1 => keys.clone(),
            (_, true) => {
                let d = table.d.read();
                d.columns.iter().filter(|(_, c)| !c.d.read().omitted).map(|(k, _)| k.clone()).collect()
            }
            _ => return,
        };
        for key in keys {
            if values.get(&key).is_none() {
                values.own.push((key, Given::Required));
            }
        }
    }
}

/// `Identity()` on the autoincrement column is the autoincrement mechanism, not a default to be fetched.
fn identity_as_auto(default: Option<&ServerDefault>, is_auto: bool) -> bool {
    is_auto && matches!(default, Some(ServerDefault::Identity(_)))
}
