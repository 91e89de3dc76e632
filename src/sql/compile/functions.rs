//! Functions and what hangs on them.

use super::{Compiler, Ctx};
use crate::ast::*;
use crate::error::SqlResult;
use crate::name::Name;

/// Functions of the SQL standard that render under a name of their own, without parentheses when they take no argument.
fn standard_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "coalesce" => "coalesce",
        "current_date" => "CURRENT_DATE",
        "current_time" => "CURRENT_TIME",
        "current_timestamp" => "CURRENT_TIMESTAMP",
        "current_user" => "CURRENT_USER",
        "localtime" => "LOCALTIME",
        "localtimestamp" => "LOCALTIMESTAMP",
        "random" => "random",
        "sysdate" => "sysdate",
        "session_user" => "SESSION_USER",
        "user" => "USER",
        "cube" => "CUBE",
        "rollup" => "ROLLUP",
        "grouping_sets" => "GROUPING SETS",
        _ => return None,
    })
}

impl Compiler<'_> {
    /// Render a function call.
    pub(crate) fn function(&mut self, e: &ExprRef, f: &Function, ctx: Ctx) -> SqlResult<()> {
        if f.packages.is_empty() && self.rules.function(self, e, f, ctx)? {
            return Ok(());
        }
        if f.known == Some("aggregate_strings") && f.packages.is_empty() {
            if self.dialect.family == crate::dialects::Family::Default {
                let name = &self.dialect.name;
                return Err(crate::SqlError::compile(format!("{name} dialect does not support the aggregate_strings function")));
            }
            return self.aggregate_strings("aggregate_strings", &f.args, ctx);
        }
        self.function_plain(f, ctx)
    }

    /// A value that becomes part of the text at execution.
    pub fn literal_at_execution(&mut self, e: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        self.expr(e, Ctx { literal_execute: true, ..ctx })
    }

    /// `name(value, separator)` with the separator as a literal.
    pub fn aggregate_strings(&mut self, name: &str, args: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        self.push(name);
        self.push("(");
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                self.push(", ");
                self.literal_at_execution(arg, ctx)?;
            } else {
                self.expr(arg, ctx)?;
            }
        }
        self.push(")");
        Ok(())
    }

    /// A function call without overrides.
    pub(crate) fn function_plain(&mut self, f: &Function, ctx: Ctx) -> SqlResult<()> {
        for package in &f.packages {
            self.function_name(package);
            self.push(".");
        }
        let standard = f.known.filter(|_| f.packages.is_empty()).and_then(standard_name);
        match standard {
            Some("random") => self.push("random()"),
            Some(name) => {
                self.push(name);
                if f.args.is_empty() {
                    return Ok(());
                }
            }
            None => self.function_name(&f.name),
        }
        if standard == Some("random") {
            return Ok(());
        }
        self.arguments(&f.args, ctx)
    }

    /// `(a, b)`.
    pub fn arguments(&mut self, args: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        self.push("(");
        self.separated(args, ", ", Ctx { in_operator: false, ..ctx })?;
        self.push(")");
        Ok(())
    }

    /// A call of a function under another name.
    pub fn call(&mut self, name: &str, args: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        self.push(name);
        self.arguments(args, ctx)
    }

    fn function_name(&mut self, name: &Name) {
        let legal = name.text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$');
        if legal && name.quote != Some(true) {
            self.push(&name.text);
        } else {
            let dialect = self.dialect;
            dialect.write_ident(&mut self.out, &name.text, name.quote.or(Some(true)));
        }
    }

    pub(crate) fn over(&mut self, o: &Over, ctx: Ctx) -> SqlResult<()> {
        self.expr(&o.func, ctx)?;
        self.push(" OVER (");
        let mut space = false;
        for (words, list) in [("PARTITION BY ", &o.partition_by), ("ORDER BY ", &o.order_by)] {
            if list.is_empty() {
                continue;
            }
            if space {
                self.push(" ");
            }
            space = true;
            self.push(words);
            self.separated(list, ", ", ctx)?;
        }
        if let Some(frame) = &o.frame {
            if space {
                self.push(" ");
            }
            space = true;
            self.push(frame.unit);
            self.push(" BETWEEN ");
            self.bound(&frame.start, ctx)?;
            self.push(" AND ");
            self.bound(&frame.end, ctx)?;
        }
        if let Some(exclude) = &o.exclude {
            if space {
                self.push(" ");
            }
            self.push("EXCLUDE ");
            self.push(exclude);
        }
        self.push(")");
        Ok(())
    }

    fn bound(&mut self, b: &Bound, ctx: Ctx) -> SqlResult<()> {
        match b {
            Bound::UnboundedPreceding => self.push("UNBOUNDED PRECEDING"),
            Bound::UnboundedFollowing => self.push("UNBOUNDED FOLLOWING"),
            Bound::Current => self.push("CURRENT ROW"),
            Bound::Preceding(e) => {
                self.expr(e, ctx)?;
                self.push(" PRECEDING");
            }
            Bound::Following(e) => {
                self.expr(e, ctx)?;
                self.push(" FOLLOWING");
            }
        }
        Ok(())
    }

    /// `agg(x ORDER BY y)`: the ordering goes behind the arguments.
    pub(crate) fn aggregate_order_by(&mut self, func: &ExprRef, order_by: &[ExprRef], ctx: Ctx) -> SqlResult<()> {
        if self.rules.aggregate_order_by(self, func, order_by, ctx)? {
            return Ok(());
        }
        let text = self.capture(|c| c.expr(func, ctx))?;
        let order = self.capture(|c| c.separated(order_by, ", ", ctx))?;
        match text.strip_suffix(')') {
            Some(open) if matches!(func.kind, ExprKind::Function(_)) => {
                let open = open.to_owned();
                self.push(&open);
                self.push(" ORDER BY ");
                self.push(&order);
                self.push(")");
            }
            _ => {
                self.push(&text);
                self.push(" ORDER BY ");
                self.push(&order);
            }
        }
        Ok(())
    }
}
