//! Operators.

use super::{Compiler, Ctx};
use crate::ast::precedence::self_group;
use crate::ast::*;
use crate::error::{SqlError, SqlResult};
use crate::name::Name;
use crate::types::{self, Affinity};
use std::sync::Arc;

/// Text of a binary operator, spaces included.
pub(crate) fn binary_text(op: &Op) -> Option<&'static str> {
    Some(match op {
        Op::Add => " + ",
        Op::Sub => " - ",
        Op::Mul => " * ",
        Op::TrueDiv | Op::FloorDiv => " / ",
        Op::Mod => " % ",
        Op::Concat | Op::Concats => " || ",
        Op::BitAnd => " & ",
        Op::BitOr => " | ",
        Op::BitXor => " ^ ",
        Op::BitLshift => " << ",
        Op::BitRshift => " >> ",
        Op::Eq => " = ",
        Op::Ne => " != ",
        Op::Lt => " < ",
        Op::Le => " <= ",
        Op::Gt => " > ",
        Op::Ge => " >= ",
        Op::Is => " IS ",
        Op::IsNot => " IS NOT ",
        Op::IsDistinctFrom => " IS DISTINCT FROM ",
        Op::IsNotDistinctFrom => " IS NOT DISTINCT FROM ",
        Op::In => " IN ",
        Op::NotIn => " NOT IN ",
        Op::Match => " MATCH ",
        Op::And => " AND ",
        Op::Or => " OR ",
        Op::Comma => ", ",
        Op::Collate => " COLLATE ",
        Op::From => " FROM ",
        _ => return None,
    })
}

/// Separator of a list.
pub(crate) fn separator(op: &Op) -> Arc<str> {
    match op {
        Op::Custom(c) => format!(" {} ", c.text).into(),
        op => binary_text(op).unwrap_or(", ").into(),
    }
}

/// Parts of a binary expression.
#[allow(missing_docs)]
pub struct Binary<'e> {
    pub expr: &'e ExprRef,
    pub left: &'e ExprRef,
    pub right: &'e ExprRef,
    pub op: &'e Op,
    pub modifiers: &'e [(Arc<str>, Modifier)],
    /// It stands inside another operator.
    pub nested: bool,
}

impl Binary<'_> {
    /// A modifier by name.
    pub fn modifier(&self, name: &str) -> Option<&Modifier> {
        self.modifiers.iter().find(|(n, _)| &**n == name).map(|(_, m)| m)
    }
    /// A modifier's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.modifier(name) {
            Some(Modifier::Str(s)) => Some(s),
            _ => None,
        }
    }
}

impl Compiler<'_> {
    /// Render a binary expression.
    pub(crate) fn binary(&mut self, e: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        let ExprKind::Binary { left, right, op, modifiers, .. } = &e.kind else { return Ok(()) };
        let b = Binary { expr: e, left, right, op, modifiers, nested: ctx.in_operator };
        if self.linter.is_some() && op.is_comparison() {
            self.lint_comparison(left, right);
        }
        let outer = ctx.in_operator;
        let ctx = Ctx { in_operator: true, ..ctx };
        if self.rules.binary(self, &b, ctx)? {
            return Ok(());
        }
        match op {
            Op::Custom(c) => {
                let wrap = c.eager_grouping && outer;
                if wrap {
                    self.push("(");
                }
                self.expr(left, ctx)?;
                self.push(" ");
                let text = c.text.clone();
                self.verbatim(&text);
                self.push(" ");
                self.expr(right, ctx)?;
                if wrap {
                    self.push(")");
                }
                Ok(())
            }
            Op::TrueDiv => self.true_division(&b, ctx),
            Op::FloorDiv => self.floor_division(&b, ctx),
            Op::Mod => {
                let text = if self.dialect.paramstyle.doubles_percents() { " %% " } else { " % " };
                self.infix(left, text, right, ctx)
            }
            Op::NotIn => {
                // The parentheses matter for an empty list: (x NOT IN (NULL) OR (1 = 1)).
                self.push("(");
                self.infix(left, " NOT IN ", right, ctx)?;
                self.push(")");
                Ok(())
            }
            Op::Between | Op::NotBetween => {
                self.expr(left, ctx)?;
                self.push(if *op == Op::Between { " BETWEEN " } else { " NOT BETWEEN " });
                if matches!(b.modifier("symmetric"), Some(Modifier::Bool(true))) {
                    self.push("SYMMETRIC ");
                }
                self.expr(right, ctx)
            }
            Op::Collate => self.collate(left, right, ctx),
            Op::Like | Op::NotLike | Op::ILike | Op::NotILike => self.like(&b, left, right, ctx),
            op if op.is_string_match() && !matches!(op, Op::Match | Op::NotMatch | Op::RegexpMatch | Op::NotRegexpMatch) => {
                self.string_match(&b, ctx)
            }
            Op::NotMatch => {
                self.push("NOT ");
                self.infix(left, " MATCH ", right, ctx)
            }
            Op::RegexpMatch | Op::NotRegexpMatch => {
                Err(SqlError::compile(format!("{} dialect does not support regular expressions", self.dialect.name)))
            }
            Op::RegexpReplace => {
                Err(SqlError::compile(format!("{} dialect does not support regular expression replacements", self.dialect.name)))
            }
            Op::GetItem | Op::JsonGetItem | Op::JsonPathGetItem => Err(self.unsupported("binary")),
            op => match binary_text(op) {
                Some(text) => self.infix(left, text, right, ctx),
                None => Err(self.unsupported("binary")),
            },
        }
    }

    /// `left op right`.
    pub fn infix(&mut self, left: &ExprRef, text: &str, right: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        self.expr(left, ctx)?;
        self.push(text);
        self.expr(right, ctx)
    }

    fn true_division(&mut self, b: &Binary<'_>, ctx: Ctx) -> SqlResult<()> {
        if !self.dialect.div_is_floordiv {
            return self.infix(b.left, " / ", b.right, ctx);
        }
        let numeric = matches!(b.right.ty.affinity, Affinity::Numeric | Affinity::Float);
        let to = if numeric { b.right.ty.clone() } else { types::numeric() };
        let cast = build::cast(b.right, to);
        self.infix(b.left, " / ", &cast, ctx)
    }

    fn floor_division(&mut self, b: &Binary<'_>, ctx: Ctx) -> SqlResult<()> {
        let integers = b.left.ty.affinity == Affinity::Integer && b.right.ty.affinity == Affinity::Integer;
        if self.dialect.div_is_floordiv && integers {
            return self.infix(b.left, " / ", b.right, ctx);
        }
        self.push("FLOOR(");
        self.infix(b.left, " / ", b.right, ctx)?;
        self.push(")");
        Ok(())
    }

    fn collate(&mut self, left: &ExprRef, right: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        self.expr(left, ctx)?;
        self.push(" COLLATE ");
        match &right.kind {
            ExprKind::LiteralColumn(n) | ExprKind::Collation(n) => {
                let n = n.clone();
                self.collation(&n);
                Ok(())
            }
            ExprKind::Column(c) if c.from().is_none() => {
                let n = c.column.name();
                self.collation(&n);
                Ok(())
            }
            _ => self.expr(right, ctx),
        }
    }

    /// A collation name: quoted when it is not a plain identifier; already quoted ones stay.
    pub(crate) fn collation(&mut self, name: &Name) {
        let dialect = self.dialect;
        if self.rules.quotes_collations(dialect, &name.text) {
            dialect.write_ident(&mut self.out, &name.text, name.quote);
        } else {
            self.push(&name.text);
        }
    }

    pub(crate) fn like(&mut self, b: &Binary<'_>, left: &ExprRef, right: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        let (negated, insensitive) = match b.op {
            Op::Like => (false, false),
            Op::NotLike => (true, false),
            Op::ILike => (false, true),
            _ => (true, true),
        };
        self.like_text(left, right, negated, insensitive, ctx)?;
        self.escape(b)
    }

    fn escape(&mut self, b: &Binary<'_>) -> SqlResult<()> {
        if let Some(escape) = b.text("escape") {
            let escape = escape.to_owned();
            self.push(" ESCAPE ");
            let text = self.dialect.escape_literal(&escape);
            self.push(&text);
        }
        Ok(())
    }

    fn like_text(&mut self, left: &ExprRef, right: &ExprRef, negated: bool, insensitive: bool, ctx: Ctx) -> SqlResult<()> {
        let native = insensitive && self.rules.has_ilike();
        let lower = insensitive && !native;
        self.lowered(left, lower, ctx)?;
        self.push(match (negated, native) {
            (false, false) => " LIKE ",
            (true, false) => " NOT LIKE ",
            (false, true) => " ILIKE ",
            (true, true) => " NOT ILIKE ",
        });
        self.lowered(right, lower, ctx)
    }

    fn lowered(&mut self, e: &ExprRef, lower: bool, ctx: Ctx) -> SqlResult<()> {
        if !lower {
            return self.expr(e, ctx);
        }
        self.push("lower(");
        self.expr(e, ctx)?;
        self.push(")");
        Ok(())
    }

    /// contains, startswith, endswith and their case-insensitive forms.
    fn string_match(&mut self, b: &Binary<'_>, ctx: Ctx) -> SqlResult<()> {
        use Op as O;
        let (before, after, insensitive, negated) = match b.op {
            O::Contains => (true, true, false, false),
            O::NotContains => (true, true, false, true),
            O::IContains => (true, true, true, false),
            O::NotIContains => (true, true, true, true),
            O::StartsWith => (false, true, false, false),
            O::NotStartsWith => (false, true, false, true),
            O::IStartsWith => (false, true, true, false),
            O::NotIStartsWith => (false, true, true, true),
            O::EndsWith => (true, false, false, false),
            O::NotEndsWith => (true, false, false, true),
            O::IEndsWith => (true, false, true, false),
            _ => (true, false, true, true),
        };
        let lower = insensitive && !self.rules.has_ilike();
        let lowered = |e: &ExprRef| if lower { build::func("lower", vec![e.clone()], e.ty.clone()) } else { e.clone() };
        let percent = Expr::new(ExprKind::LiteralColumn(Name::new("'%'")), types::string());
        let concat = |l: &ExprRef, r: &ExprRef| build::binary_typed(l, Op::Concat, r, types::string(), None, Vec::new());
        // A concatenation joins the chain without parentheses of its own.
        let operand = match &b.right.kind {
            ExprKind::Grouping(inner) if matches!(&inner.kind, ExprKind::Binary { op: Op::Concat, .. }) => inner,
            _ => b.right,
        };
        let mut right = self_group(&lowered(operand), Some(&Op::Concat));
        if before {
            right = concat(&percent, &right);
        }
        if after {
            right = concat(&right, &percent);
        }
        // The bind inside was built for a string comparison and keeps its identity: only its surroundings are new.
        self.like_text(&lowered(b.left), &right, negated, insensitive && !lower, ctx)?;
        self.escape(b)
    }

    pub(crate) fn unary_prefix(&mut self, op: &Op, operand: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        let inner = Ctx { in_operator: true, ..ctx.inner() };
        if self.rules.unary(self, op, operand, inner)? {
            return Ok(());
        }
        let text = match op {
            Op::Neg => "-",
            Op::Not => "NOT ",
            Op::BitNot => "~",
            Op::Distinct => "DISTINCT ",
            Op::Exists => "EXISTS ",
            Op::Any | Op::Any_ => "ANY ",
            Op::All => "ALL ",
            Op::IsTrue => {
                return self.expr(&precedence::as_boolean(operand), inner);
            }
            Op::Custom(c) => {
                let text = format!("{} ", c.text);
                self.verbatim(&text);
                return self.expr(operand, inner);
            }
            _ => return Err(self.unsupported("unary")),
        };
        self.push(text);
        self.expr(operand, Ctx { in_operator: !matches!(op, Op::Distinct), ..inner })
    }

    pub(crate) fn unary_postfix(&mut self, op: &Op, operand: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        self.expr(operand, ctx)?;
        let text = match op {
            Op::Asc => " ASC",
            Op::Desc => " DESC",
            Op::NullsFirst => " NULLS FIRST",
            Op::NullsLast => " NULLS LAST",
            Op::Custom(c) => {
                let text = format!(" {}", c.text);
                self.verbatim(&text);
                return Ok(());
            }
            _ => return Err(self.unsupported("unary")),
        };
        self.push(text);
        Ok(())
    }
}
