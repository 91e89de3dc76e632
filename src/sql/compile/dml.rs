//! INSERT, UPDATE, DELETE.

use super::context::Entry;
use super::crud::{Fetching, Given, GivenValues, target_table};
use super::froms::{self, FromSet, from_objects};
use super::joins;
use super::{Compiler, Ctx, StatementKind};
use crate::ast::*;
use crate::error::{SqlError, SqlResult};
use crate::schema::{Column, Default_, Table};
use crate::types;
use std::sync::Arc;

impl Compiler<'_> {
    fn dml_entry(&mut self, target: &FromRef, extra: &[FromRef]) {
        let mut froms = vec![target.clone()];
        froms.extend(extra.iter().cloned());
        let mut entry = Entry { correlate_froms: froms.clone(), asfrom_froms: froms, ..Entry::default() };
        if let Some(outer) = self.stack.last() {
            entry.need_result_for_compound = false;
            for f in &outer.correlate_froms {
                if !froms::has(&entry.correlate_froms, f) {
                    entry.correlate_froms.push(f.clone());
                }
            }
        }
        self.stack.push(entry);
    }

    fn begin(&mut self, kind: StatementKind) -> bool {
        let toplevel = self.stack.is_empty();
        if toplevel {
            self.kind = kind;
        }
        toplevel
    }

    fn dml_prefix(&mut self, word: &str, common: &DmlCommon, ctx: Ctx) -> SqlResult<()> {
        self.push(word);
        self.push(" ");
        self.independent_ctes(&common.ctes, ctx)?;
        self.affixes(&common.prefixes, ctx, false)
    }

    fn fetching(
        &self,
        table: &Arc<Table>,
        toplevel: bool,
        insert: bool,
        inline: bool,
        multi: bool,
        common: &DmlCommon,
    ) -> Fetching {
        let d = self.dialect;
        let explicit = !common.returning.is_empty();
        let allowed = table.d.read().implicit_returning;
        let wants = common.return_defaults.is_some();
        let supplemental: Vec<Arc<Column>> = common.supplemental.iter().filter_map(naming::column_of).collect();
        let defaults = common.return_defaults.as_ref().map(|l| l.iter().filter_map(naming::column_of).collect::<Vec<_>>());
        if !insert {
            let on = wants && allowed && d.update_returning && toplevel;
            let supplemental = if on { supplemental } else { Vec::new() };
            return Fetching { return_defaults: if on { defaults } else { None }, supplemental, ..Fetching::default() };
        }
        let many = self.opts.for_executemany;
        let need_pks = toplevel && !inline && !explicit && !multi && (!many || (d.insert_executemany_returning && wants));
        let auto = table.autoincrement_column().unwrap_or(None).is_some();
        let mut lastrowid = need_pks && d.postfetch_lastrowid && auto && !many;
        let implicit_returning = need_pks
            && d.insert_returning
            && allowed
            && (!lastrowid || wants || d.favor_returning_over_lastrowid)
            && self.rules.implicit_returning();
        if implicit_returning {
            lastrowid = false;
        }
        Fetching {
            need_pks,
            implicit_returning,
            lastrowid,
            return_defaults: if implicit_returning { defaults } else { None },
            supplemental,
        }
    }

    fn returning(&mut self, common: &DmlCommon, target: &FromRef, ctx: Ctx, toplevel: bool) -> SqlResult<String> {
        if let Some(d) = &mut self.dml {
            d.supplemental = !common.supplemental.is_empty();
        }
        let implicit = self.dml.as_ref().map(|d| d.implicit_returning.clone()).unwrap_or_default();
        if common.returning.is_empty() && (implicit.is_empty() || !toplevel) {
            return Ok(String::new());
        }
        let no_table = self.rules.returning_without_table();
        let explicit = !common.returning.is_empty();
        let mut items: Vec<ExprRef> = common.returning.iter().flat_map(proxy::item_columns).collect();
        if toplevel {
            let extra: Vec<ExprRef> = implicit
                .iter()
                .map(|c| build::column(c, Some(target.clone())))
                .filter(|e| !items.iter().any(|i| naming::identity(i) == naming::identity(e)))
                .collect();
            items.extend(extra);
        }
        if let (true, Some(dml)) = (explicit && toplevel, &mut self.dml) {
            dml.returning = true;
        }
        let named = naming::columns_plus_names(items, LabelStyle::DisambiguateOnly, true);
        let populate = toplevel || self.stack.len() == 1;
        let rules = self.rules;
        let text = self.capture(|s| {
            for (i, n) in named.iter().enumerate() {
                if i > 0 {
                    s.push(", ");
                }
                s.select_column(n, Ctx { no_table, within_columns: true, asfrom: false, ..ctx }, false, populate && toplevel)?;
            }
            Ok(())
        })?;
        Ok(rules.returning(self, &text, named.len()))
    }

    /// Render an INSERT.
    #[recursive::recursive]
    pub fn insert(&mut self, i: &Arc<Insert>, ctx: Ctx) -> SqlResult<()> {
        if self.opts.hooks.is_some()
            && let Some(done) = self.hooked(|| Node::Insert(i.clone()), ctx)
        {
            return done;
        }
        self.insert_plain(i, ctx)
    }

    /// Render an INSERT as the dialect does.
    pub fn insert_plain(&mut self, i: &Arc<Insert>, ctx: Ctx) -> SqlResult<()> {
        if let Some(plain) = self.opts.resolver.map(|r| r.insert(i)).transpose()?.flatten() {
            return self.under(&plain.common.options, |c| c.insert_inner(&plain, ctx));
        }
        self.under(&i.common.options, |c| c.insert_inner(i, ctx))
    }

    fn insert_inner(&mut self, i: &Arc<Insert>, ctx: Ctx) -> SqlResult<()> {
        let toplevel = self.begin(StatementKind::Insert);
        let Some(table) = target_table(&i.table) else {
            return Err(SqlError::argument("subject table for an INSERT, UPDATE or DELETE expected"));
        };
        self.dml_entry(&i.table, &[]);
        let start = self.out.len();
        let inner = Ctx { literal_binds: ctx.literal_binds, visiting_cte: ctx.visiting_cte, ..Ctx::default() };
        let saved = if toplevel { None } else { self.dml.take() };
        let result = self.insert_body(i, &table, inner, toplevel);
        if let Some(saved) = saved {
            self.dml = Some(saved);
        } else if !toplevel {
            self.dml = None;
        }
        if result.is_ok() && !self.dialect.cte_follows_insert {
            self.place_ctes(start, toplevel, true);
        }
        self.stack.pop();
        result
    }

    fn insert_body(&mut self, i: &Arc<Insert>, table: &Arc<Table>, ctx: Ctx, toplevel: bool) -> SqlResult<()> {
        let dialect = self.dialect;
        let multi = match &i.values {
            DmlValues::Multi(rows) => rows.len(),
            _ => 0,
        };
        if multi > 0 && !dialect.supports_multivalues_insert {
            return Err(SqlError::compile(format!(
                "The '{}' dialect with current database version settings does not support in-place multirow inserts.",
                dialect.name
            )));
        }
        let mut values = match &i.values {
            DmlValues::None => GivenValues::default(),
            DmlValues::Single(row) => GivenValues::read(row, Some(table)),
            DmlValues::Multi(rows) => rows.first().map(|r| GivenValues::read(r, Some(table))).unwrap_or_default(),
        };
        let dml = self.dml.get_or_insert_default();
        dml.table = Some(table.clone());
        dml.multi_rows = multi;
        dml.inline = i.inline;
        dml.from_select = i.from_select.is_some();
        if i.from_select.is_none() {
            self.required(&mut values, table, matches!(i.values, DmlValues::None));
        }
        self.dml_prefix("INSERT", &i.common, ctx)?;
        self.push("INTO ");
        let text = self.capture(|s| s.from(&i.table, Ctx { iscrud: true, ..ctx }))?;
        let text = self.crud_target(&i.common, &i.table, text)?;
        self.push(&text);
        if let Some(from) = &i.from_select {
            return self.insert_select(i, from, table, ctx, toplevel);
        }
        let fetching = self.fetching(table, toplevel, true, i.inline, multi > 0, &i.common);
        let columns = self.insert_columns(table, &values, multi > 0, &fetching, ctx)?;
        if let Some(dml) = &mut self.dml {
            dml.columns = columns.iter().filter_map(|a| a.column.as_ref().map(|c| c.key())).collect();
            dml.postfetch_lastrowid |= fetching.lastrowid;
        }
        if columns.is_empty()
            && !dialect.supports_default_values
            && !dialect.supports_default_metavalue
            && !dialect.supports_empty_insert
        {
            return Err(SqlError::compile(format!(
                "The '{}' dialect with current database version settings does not support empty inserts.",
                dialect.name
            )));
        }
        let metavalue = columns.is_empty() && dialect.supports_default_metavalue && self.opts.for_executemany && toplevel;
        let returning_first = self.rules.returning_precedes_values();
        if metavalue {
            let c = table.autoincrement_column().unwrap_or(None).or_else(|| table.d.read().columns.values().next().cloned());
            if let Some(c) = c {
                let name = self.target(&c, false)?;
                self.push(&format!(" ({name}) VALUES ({})", dialect.default_metavalue_token));
            }
        } else {
            if !columns.is_empty() || !dialect.supports_default_values {
                let names: Vec<&str> = columns.iter().map(|a| a.target.as_str()).collect();
                self.push(&format!(" ({})", names.join(", ")));
            }
            if returning_first {
                let returning = self.returning(&i.common, &i.table, ctx, toplevel)?;
                if !returning.is_empty() {
                    self.push(" ");
                    self.push(&returning);
                }
            }
            if columns.is_empty() && dialect.supports_default_values {
                self.push(" DEFAULT VALUES");
            } else {
                self.push(" VALUES ");
                let start = self.out.len();
                let cells: Vec<&str> = columns.iter().map(|a| a.value.as_str()).collect();
                self.push(&format!("({})", cells.join(", ")));
                if toplevel {
                    let end = self.out.len();
                    self.dml.get_or_insert_default().values_range = Some((start, end));
                }
                if let DmlValues::Multi(rows) = &i.values {
                    for (index, row) in rows.iter().enumerate().skip(1) {
                        let row = GivenValues::read(row, Some(table));
                        let cells = self.multi_row(&columns, &row, index, ctx)?;
                        self.push(&format!(", ({})", cells.join(", ")));
                    }
                }
            }
        }
        self.post_values(i, table, ctx)?;
        if !returning_first {
            let returning = self.returning(&i.common, &i.table, ctx, toplevel)?;
            if !returning.is_empty() {
                self.push(" ");
                self.push(&returning);
            }
        }
        Ok(())
    }

    fn post_values(&mut self, i: &Arc<Insert>, table: &Arc<Table>, ctx: Ctx) -> SqlResult<()> {
        for clause in &i.on_conflict {
            let text = self.capture(|s| s.on_conflict(i, table, clause, ctx))?;
            if !text.is_empty() {
                self.push(" ");
                self.push(&text);
            }
        }
        Ok(())
    }

    fn insert_select(
        &mut self,
        i: &Arc<Insert>,
        from: &FromSelect,
        table: &Arc<Table>,
        ctx: Ctx,
        toplevel: bool,
    ) -> SqlResult<()> {
        let mut names = Vec::new();
        let mut keys: Vec<Arc<str>> = Vec::new();
        for k in &from.names {
            let (key, column) = match k {
                ColumnKey::Name(n) => (n.clone(), table.d.read().columns.get(n).cloned()),
                ColumnKey::Column(c) => (c.key(), table.d.read().columns.get(&c.key()).cloned()),
                ColumnKey::Expr(e) => match naming::column_of(e) {
                    Some(c) => (c.key(), table.d.read().columns.get(&c.key()).cloned()),
                    None => ("".into(), None),
                },
            };
            let Some(c) = column else {
                return Err(SqlError::compile(format!("Unconsumed column names: {key}")));
            };
            names.push(self.target(&c, false)?);
            keys.push(key);
        }
        // Client-side defaults join the SELECT as further columns.
        let mut query = from.query.clone();
        if from.include_defaults {
            let (mut extra, mut added) = (Vec::new(), Vec::new());
            let columns: Vec<(Arc<str>, Arc<Column>)> =
                table.d.read().columns.iter().map(|(k, c)| (k.clone(), c.clone())).collect();
            for (key, c) in columns {
                let default = c.d.read().default.clone();
                let Some(default) = default.filter(|_| !keys.contains(&key)) else { continue };
                let e = match &default {
                    Default_::Sql(e) => e.clone(),
                    Default_::Sequence(s) => {
                        if !(self.dialect.has_sequences() && (!s.optional || !self.dialect.sequences_optional)) {
                            continue;
                        }
                        Expr::new(ExprKind::Sequence(s.clone()), c.ty())
                    }
                    Default_::Scalar(_) | Default_::Callable(_) => {
                        let name = c.key();
                        let bind = Bind {
                            key: crate::Label::fixed(&*name),
                            orig_key: name.clone(),
                            value: BindValue::Missing,
                            unique: false,
                            expanding: false,
                            expand_op: None,
                            required: false,
                            literal_execute: false,
                            isoutparam: false,
                        };
                        let entry = super::Prefetch { column: c.clone(), bind: name, default: default.clone(), row: 0 };
                        self.dml.get_or_insert_default().insert_prefetch.push(entry);
                        Expr::new(ExprKind::Bind(bind), c.ty())
                    }
                };
                names.push(self.target(&c, false)?);
                added.push(format!("'{key}'"));
                extra.push(SelectItem::Expr(e));
            }
            match &froms::ungroup(&query).kind {
                _ if extra.is_empty() => {}
                QueryKind::Select(s) => {
                    let mut s = (**s).clone();
                    s.columns.extend(extra);
                    query = Query::select(s);
                }
                _ => {
                    return Err(SqlError::compile(format!(
                        "Can't extend statement for INSERT..FROM SELECT to include additional default-holding column(s) {}.  Convert the \
                         selectable to a subquery() first, or pass include_defaults=False to Insert.from_select() to skip these columns.",
                        added.join(", ")
                    )));
                }
            }
        }
        self.push(&format!(" ({}) ", names.join(", ")));
        let start = self.out.len();
        // Inside a CTE the SELECT labels its columns as any subquery does.
        self.query(froms::ungroup(&query), Ctx { insert_into: true, asfrom: ctx.visiting_cte != 0, ..ctx })?;
        if self.dialect.cte_follows_insert {
            self.place_ctes(start, toplevel, true);
        }
        self.post_values(i, table, ctx)?;
        let returning = self.returning(&i.common, &i.table, ctx, toplevel)?;
        if !returning.is_empty() {
            self.push(" ");
            self.push(&returning);
        }
        Ok(())
    }

    /// ON CONFLICT and ON DUPLICATE KEY UPDATE.
    fn on_conflict(&mut self, i: &Arc<Insert>, table: &Arc<Table>, clause: &OnConflict, ctx: Ctx) -> SqlResult<()> {
        let ctx = Ctx { no_table: false, ..ctx };
        match clause {
            OnConflict::DoNothing { target } => {
                self.push("ON CONFLICT");
                self.conflict_target(target, table, ctx)?;
                self.push(" DO NOTHING");
                Ok(())
            }
            OnConflict::DoUpdate { target, set, where_ } => {
                self.push("ON CONFLICT");
                self.conflict_target(target, table, ctx)?;
                self.push(" DO UPDATE SET ");
                let set = self.set_clause(table, set, ctx, " = ", true)?;
                self.push(&set.join(", "));
                if let Some(w) = where_ {
                    self.push(" WHERE ");
                    self.condition(w, ctx)?;
                }
                Ok(())
            }
            OnConflict::DuplicateKey { set, ordered } => self.rules.on_duplicate_key(self, i, table, set, *ordered, ctx),
        }
    }

    /// `column = value` of an upsert, in table order first, then what the table lacks.
    pub(crate) fn set_clause(
        &mut self,
        table: &Arc<Table>,
        set: &[(ColumnKey, ExprRef)],
        ctx: Ctx,
        equals: &str,
        table_order: bool,
    ) -> SqlResult<Vec<String>> {
        let columns: Vec<(Arc<str>, Arc<Column>)> = table.d.read().columns.iter().map(|(k, c)| (k.clone(), c.clone())).collect();
        // Place in the table, key, column, value.
        type Assignment<'e> = (usize, Arc<str>, Option<Arc<Column>>, &'e ExprRef);
        let mut rows: Vec<Assignment<'_>> = Vec::new();
        for (k, e) in set {
            let (key, column) = match k {
                ColumnKey::Name(n) => (n.clone(), columns.iter().find(|(k, _)| k == n).map(|(_, c)| c.clone())),
                ColumnKey::Column(c) => (c.key(), Some(c.clone())),
                ColumnKey::Expr(e) => match naming::column_of(e) {
                    Some(c) => (c.key(), Some(c)),
                    None => (naming::proxy_key(e).unwrap_or_else(|| "".into()), None),
                },
            };
            let rank = column.as_ref().and_then(|c| columns.iter().position(|(_, x)| Arc::ptr_eq(x, c))).unwrap_or(usize::MAX);
            rows.push((rank, key, column, e));
        }
        if table_order {
            rows.sort_by_key(|(rank, ..)| *rank);
        }
        let unknown: Vec<String> = rows.iter().filter(|(_, _, c, _)| c.is_none()).map(|(_, k, ..)| format!("'{k}'")).collect();
        if !unknown.is_empty() {
            let names = unknown.join(", ");
            let table = &table.name;
            self.warn("SAWarning", format!("Additional column names not matching any column keys in table '{table}': {names}"));
            if self.dialect.is_mysql() {
                rows.retain(|(_, _, c, _)| c.is_some());
            }
        }
        let mut out = Vec::new();
        for (_, key, column, e) in rows {
            let target = match &column {
                Some(c) => self.target(c, false)?,
                None => self.dialect.quote(&crate::Name::new(key)),
            };
            let e = match (&e.kind, &column) {
                // A value takes the type of its column; beside no column there is none to take.
                (ExprKind::Bind(b), column) if e.ty.is_null() || column.is_none() => {
                    let typed = Expr::new(ExprKind::Bind(b.clone()), column.as_ref().map_or_else(types::null_type, |c| c.ty()));
                    if let Some(i) = self.sources.get(&(Arc::as_ptr(e) as usize)).copied() {
                        self.sources.insert(Arc::as_ptr(&typed) as usize, i);
                    }
                    typed
                }
                _ => precedence::self_group(e, None),
            };
            let value = self.capture(|s| s.expr(&e, ctx))?;
            out.push(format!("{target}{equals}{value}"));
        }
        Ok(out)
    }

    fn conflict_target(&mut self, t: &ConflictTarget, _table: &Arc<Table>, ctx: Ctx) -> SqlResult<()> {
        if let Some(name) = &t.constraint {
            self.push(" ON CONSTRAINT ");
            self.ident(name);
            return Ok(());
        }
        if t.elements.is_empty() {
            return Ok(());
        }
        self.push(" (");
        let bare = Ctx { no_table: true, ..ctx };
        self.separated(&t.elements, ", ", bare)?;
        self.push(")");
        if let Some(w) = &t.where_ {
            self.push(" WHERE ");
            self.condition(w, Ctx { literal_execute: false, ..bare })?;
        }
        Ok(())
    }

    /// The text of a DML target with the hint meant for it.
    fn crud_target(&mut self, common: &DmlCommon, target: &FromRef, text: String) -> SqlResult<String> {
        let dialect = &self.dialect.name;
        let meant =
            |h: &&Hint| h.target.as_ref().is_none_or(|t| t.id() == target.id()) && (&*h.dialect == "*" || h.dialect == *dialect);
        match common.hints.iter().find(meant) {
            Some(h) => self.rules.hinted_from(text, &h.text.replace("%(name)s", &joins::description(target))),
            None => Ok(text),
        }
    }

    /// Render an UPDATE.
    #[recursive::recursive]
    pub fn update(&mut self, u: &Arc<Update>, ctx: Ctx) -> SqlResult<()> {
        if self.opts.hooks.is_some()
            && let Some(done) = self.hooked(|| Node::Update(u.clone()), ctx)
        {
            return done;
        }
        self.update_plain(u, ctx)
    }

    /// Render an UPDATE as the dialect does.
    pub fn update_plain(&mut self, u: &Arc<Update>, ctx: Ctx) -> SqlResult<()> {
        if let Some(plain) = self.opts.resolver.map(|r| r.update(u)).transpose()?.flatten() {
            return self.under(&plain.common.options, |c| c.update_inner(&plain, ctx));
        }
        self.under(&u.common.options, |c| c.update_inner(u, ctx))
    }

    fn update_inner(&mut self, u: &Arc<Update>, ctx: Ctx) -> SqlResult<()> {
        let toplevel = self.begin(StatementKind::Update);
        // An alias has columns of its own, without the defaults of the table's.
        let table = match &u.table.kind {
            FromKind::Alias { .. } => columns_as_table(&u.table),
            _ => target_table(&u.table).unwrap_or_else(|| columns_as_table(&u.table)),
        };
        let mut values = match &u.values {
            DmlValues::Single(row) => GivenValues::read(row, Some(&table)),
            DmlValues::Multi(_) => {
                return Err(SqlError::invalid_request("UPDATE construct does not support multiple parameter sets."));
            }
            DmlValues::None => GivenValues::default(),
        };
        let extra = self.extra_froms(&u.table, &u.where_, &values, &[]);
        self.dml_entry(&u.table, &extra);
        let saved = if toplevel { None } else { self.dml.take() };
        let start = self.out.len();
        let inner = Ctx { literal_binds: ctx.literal_binds, visiting_cte: ctx.visiting_cte, ..Ctx::default() };
        let none = matches!(u.values, DmlValues::None);
        let result = (|| {
            let dml = self.dml.get_or_insert_default();
            dml.table = target_table(&u.table);
            dml.inline = u.inline;
            self.required(&mut values, &table, none);
            let fetching = self.fetching(&table, toplevel, false, u.inline, false, &u.common);
            self.dml_prefix("UPDATE", &u.common, inner)?;
            let rules = self.rules;
            let text = self.capture(|s| rules.update_tables(s, &u.table, &extra, inner))?;
            let text = self.crud_target(&u.common, &u.table, text)?;
            self.push(&text);
            let with_table = (!extra.is_empty() || matches!(u.table.kind, FromKind::Join(_))) && rules.table_in_set();
            let columns = self.update_columns(&table, &values, u.ordered, with_table, &fetching, inner)?;
            if let Some(dml) = &mut self.dml {
                dml.columns = columns.iter().filter_map(|a| a.column.as_ref().map(|c| c.key())).collect();
            }
            self.push(" SET ");
            let set: Vec<String> = columns.iter().map(|a| format!("{}={}", a.target, a.value)).collect();
            self.push(&set.join(", "));
            let outer = self.begin_lint();
            self.lint_from(&u.table);
            if !extra.is_empty() {
                rules.update_from(self, &u.table, &extra, inner)?;
            }
            self.criteria(" WHERE ", &u.where_, inner)?;
            self.end_lint(outer, "UPDATE");
            rules.dml_limit(self, &u.common, "update")?;
            let returning = self.returning(&u.common, &u.table, inner, toplevel)?;
            if !returning.is_empty() {
                self.push(" ");
                self.push(&returning);
            }
            Ok(())
        })();
        self.end_dml(saved, toplevel, start, result)
    }

    fn end_dml(&mut self, saved: Option<super::DmlFacts>, toplevel: bool, start: usize, result: SqlResult<()>) -> SqlResult<()> {
        if saved.is_some() || !toplevel {
            self.dml = saved;
        }
        if result.is_ok() {
            self.place_ctes(start, toplevel, false);
        }
        self.stack.pop();
        result
    }

    /// Other FROM elements that WHERE, values and USING mention.
    fn extra_froms(&self, target: &FromRef, where_: &[ExprRef], values: &GivenValues, using: &[FromRef]) -> Vec<FromRef> {
        let mut all = FromSet::default();
        for f in using {
            all.add(f);
        }
        where_.iter().for_each(|w| from_objects(w, &mut all));
        for (_, v) in &values.own {
            if let Given::Expr(e) = v {
                from_objects(e, &mut all);
            }
        }
        for (c, _) in &values.foreign {
            from_objects(&c.to_expr(), &mut all);
        }
        let mut own = FromSet::default();
        froms::from_parts(target, &mut own);
        let mut extra: Vec<FromRef> = all.0.into_iter().filter(|f| !own.has(f)).collect();
        extra = froms::without_hidden(extra);
        // What an enclosing statement selects from is correlated to, when there is one.
        if let Some(outer) = self.stack.last() {
            extra.retain(|f| !froms::has(&outer.correlate_froms, f));
        }
        extra
    }

    /// Render a DELETE.
    #[recursive::recursive]
    pub fn delete(&mut self, d: &Arc<Delete>, ctx: Ctx) -> SqlResult<()> {
        if self.opts.hooks.is_some()
            && let Some(done) = self.hooked(|| Node::Delete(d.clone()), ctx)
        {
            return done;
        }
        self.delete_plain(d, ctx)
    }

    /// Render a DELETE as the dialect does.
    pub fn delete_plain(&mut self, d: &Arc<Delete>, ctx: Ctx) -> SqlResult<()> {
        if let Some(plain) = self.opts.resolver.map(|r| r.delete(d)).transpose()?.flatten() {
            return self.under(&plain.common.options, |c| c.delete_inner(&plain, ctx));
        }
        self.under(&d.common.options, |c| c.delete_inner(d, ctx))
    }

    fn delete_inner(&mut self, d: &Arc<Delete>, ctx: Ctx) -> SqlResult<()> {
        let toplevel = self.begin(StatementKind::Delete);
        let extra = self.extra_froms(&d.table, &d.where_, &GivenValues::default(), &d.using);
        self.dml_entry(&d.table, &extra);
        let saved = if toplevel { None } else { self.dml.take() };
        let start = self.out.len();
        let inner = Ctx { literal_binds: ctx.literal_binds, visiting_cte: ctx.visiting_cte, ..Ctx::default() };
        let result = (|| {
            self.dml.get_or_insert_default().table = target_table(&d.table);
            self.dml_prefix("DELETE", &d.common, inner)?;
            self.push("FROM ");
            let text = self.capture(|s| s.from(&d.table, Ctx { asfrom: true, iscrud: true, ..inner }))?;
            let text = self.crud_target(&d.common, &d.table, text)?;
            self.push(&text);
            let rules = self.rules;
            let outer = self.begin_lint();
            self.lint_from(&d.table);
            if !extra.is_empty() {
                rules.delete_from(self, &d.table, &extra, inner)?;
            }
            self.criteria(" WHERE ", &d.where_, inner)?;
            self.end_lint(outer, "DELETE");
            rules.dml_limit(self, &d.common, "delete")?;
            if let (Some(wanted), true, true) = (&d.common.return_defaults, toplevel, self.dialect.delete_returning) {
                let mut columns: Vec<Arc<Column>> =
                    wanted.iter().chain(&d.common.supplemental).filter_map(naming::column_of).collect();
                columns.dedup_by(|a, b| Arc::ptr_eq(a, b));
                self.dml.get_or_insert_default().implicit_returning = columns;
            }
            let returning = self.returning(&d.common, &d.table, inner, toplevel)?;
            if !returning.is_empty() {
                self.push(" ");
                self.push(&returning);
            }
            Ok(())
        })();
        self.end_dml(saved, toplevel, start, result)
    }

    /// FROM elements in a row, as FROM shows them.
    pub fn from_list(&mut self, froms: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        for (i, f) in froms.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.from(f, ctx.from())?;
        }
        Ok(())
    }
}

/// What an UPDATE of a CTE may set: its columns, as if it were a table.
fn columns_as_table(f: &FromRef) -> Arc<Table> {
    let table = Table::new(crate::Name::new("cte"), crate::schema::table::TableData { lightweight: true, ..Default::default() });
    for (key, e) in proxy::columns(f) {
        if let ExprKind::Column(c) = &e.kind {
            table.d.write().columns.insert(key, c.column.clone());
        }
    }
    table
}
