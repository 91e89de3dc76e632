//! Traits through which things of the host language enter the pure rooms. `src/py` implements them; tests may too.

use crate::ast::{ExprRef, FromRef};
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// Any host value: a bound Python object, a user's exception, an `info` payload.
pub trait HostObject: Any + Send + Sync + Debug {
    /// For downcasting in `src/py`.
    fn as_any(&self) -> &dyn Any;
    /// Same host object (identity), used to compare binds.
    fn same(&self, other: &dyn HostObject) -> bool;
    /// Tell what it stands for in a statement; `false`: it counts by identity.
    fn structure(&self, _into: &mut dyn Structure) -> bool {
        false
    }
    /// A number that is equal for the same host object and no other live one.
    fn identity(&self) -> usize {
        std::ptr::from_ref(self.as_any()).cast::<()>() as usize
    }
    /// Rendering inside error messages and `literal_binds`; `repr()` in Python.
    fn repr(&self) -> String;
    /// Among the options of a statement: what an expression of its columns clause is read from (`from_self`, set operations of a
    /// query, whose columns come from a subquery). `None`: says nothing about that.
    fn seen_through(&self, _expr: &ExprRef) -> Option<ExprRef> {
        None
    }
    /// Among the options of a statement (of the outermost one: `toplevel`): statements inside it are resolved under it too.
    fn reaches_inside(&self, _toplevel: bool) -> bool {
        false
    }
    /// As an item of a columns clause: the columns it consists of.
    fn item_columns(&self) -> Vec<ExprRef> {
        Vec::new()
    }
    /// The elements, when it is a list or a tuple.
    fn as_list(&self) -> Option<Vec<HostRef>> {
        None
    }
    /// Keys and values, when it is a dictionary.
    fn as_pairs(&self) -> Option<Vec<(Arc<str>, HostRef)>> {
        None
    }
    /// Text of a plain constant, when it is a string or a number.
    fn as_text(&self) -> Option<String> {
        use crate::ast::Literal as L;
        match self.as_literal()? {
            L::Text(t) => Some(t.to_string()),
            L::Int(i) => Some(i.to_string()),
            L::Float(f) => Some(format!("{f:?}")),
            L::Bool(b) => Some(if b { "True" } else { "False" }.to_owned()),
            _ => None,
        }
    }
    /// Literal view where there is one (ints, strings, floats, bools, None).
    fn as_literal(&self) -> Option<crate::ast::Literal> {
        None
    }
}

/// What takes down the structure of a statement (see [`crate::compile::hash`]).
pub trait Structure {
    /// A number: a variant, a flag, a process-unique id.
    fn tag(&mut self, n: u64);
    /// A text.
    fn text(&mut self, s: &str);
    /// A part whose values are the statement's.
    fn node(&mut self, node: &crate::ast::Node);
    /// Elements of a columns clause.
    fn items(&mut self, items: &[crate::ast::SelectItem]);
    /// An entity, by what it is and in what order it came up.
    fn entity(&mut self, entity: &dyn EntityNode);
    /// A part that outlives the execution (criteria of loads that follow): with values in it, what is made of this statement
    /// serves no other one.
    fn lasting(&mut self, node: &crate::ast::Node);
    /// What is made of this statement serves no other one.
    fn unique(&mut self);
    /// Nor does the text: it depends on what only the host knows.
    fn unknown(&mut self);
}

/// An ORM entity (mapped class or alias of one) inside a statement. Implemented by the `orm` room.
pub trait EntityNode: Any + Send + Sync + Debug {
    /// For downcasting in `orm` and `src/py`.
    fn as_any(&self) -> &dyn Any;
    /// Stable identity: equal for the same entity, different for an alias of it.
    fn entity_id(&self) -> u64;
    /// What it selects from.
    fn selectable(&self) -> FromRef;
    /// Its columns in SELECT order, as expressions annotated with the entity.
    fn columns(&self) -> Vec<ExprRef>;
    /// Makes a statement that selects from it one of the ORM's.
    fn makes_orm(&self) -> bool {
        true
    }
    /// Tell what it is; called once in a statement for each entity.
    fn structure(&self, into: &mut dyn Structure);
}

/// A user-defined SQL construct (`@compiles` on a class of the user's).
pub trait HostExpr: Any + Send + Sync + Debug {
    /// For downcasting.
    fn as_any(&self) -> &dyn Any;
    /// The compiler calls this; the implementation calls back into the compiler for sub-expressions.
    fn compile(&self, compiler: &mut crate::compile::Compiler<'_>) -> crate::SqlResult<String>;
    /// Sub-expressions the construct wants traversed (FROM objects, binds).
    fn children(&self) -> Vec<crate::ast::Node>;
    /// What values beside it are named after: a function's name.
    fn name(&self) -> Option<Arc<str>> {
        None
    }
    /// The expression of ours whose name it takes in a columns clause: the function or column that it is a subclass of.
    fn named_as(&self) -> Option<ExprRef> {
        None
    }
    /// Whether compiled text may be cached (`inherit_cache`), and under what structural hash.
    fn structural_hash(&self) -> Option<u128>;
}

/// What a [`HostExpr`] may ask of the compiler that renders it; implemented by `compile`.
pub trait HostCompiler {
    /// Render a node in the current context.
    fn process(&mut self, node: &crate::ast::Node) -> crate::SqlResult<String>;
    /// Name of the dialect in use.
    fn dialect_name(&self) -> &str;
    /// Object of the host that stands for this rendering ([`crate::compile::CompileOptions::host`]).
    fn host(&self) -> Option<&dyn Any>;
}

/// A user-defined type, or user code around one (`TypeDecorator`, `UserDefinedType`, overridden processors).
pub trait HostType: Any + Send + Sync + Debug {
    /// For downcasting.
    fn as_any(&self) -> &dyn Any;
    /// DDL text, when user code gives it (`get_col_spec`, `@compiles`); `None`: render the declared visit name.
    fn ddl(&self, dialect: &str) -> Option<crate::SqlResult<String>>;
    /// The type that stands for it on a dialect (`load_dialect_impl`, `with_variant`, `TypeDecorator.impl`).
    fn dialect_impl(&self, dialect: &str) -> crate::types::TypeRef;
    /// SQL wrapped around a bound value (`bind_expression`).
    fn bind_expression(&self, bind: &ExprRef) -> Option<ExprRef>;
    /// SQL wrapped around a selected column (`column_expression`).
    fn column_expression(&self, column: &ExprRef) -> Option<ExprRef>;
    /// Structural hash, `None` when the type forbids caching (`cache_ok`).
    fn structural_hash(&self) -> Option<u128>;
}

/// User code that gives types of ours other text (`@compiles(BigInteger)`).
pub trait TypeRenderer: Sync {
    /// DDL text of a type on a dialect; `None`: there is no such code for it.
    fn text(
        &self,
        ty: &crate::types::TypeRef,
        dialect: &crate::dialects::Dialect,
        column: Option<&Arc<crate::schema::Column>>,
    ) -> Option<crate::SqlResult<String>>;
}

static TYPE_RENDERER: parking_lot::RwLock<Option<&'static dyn TypeRenderer>> = parking_lot::RwLock::new(None);

/// Ask `renderer` before any type gets its text; `None`: nobody is asked.
pub fn set_type_renderer(renderer: Option<&'static dyn TypeRenderer>) {
    *TYPE_RENDERER.write() = renderer;
}

/// Whom to ask for the text of types.
pub fn type_renderer() -> Option<&'static dyn TypeRenderer> {
    *TYPE_RENDERER.read()
}

/// A shared host value.
pub type HostRef = Arc<dyn HostObject>;
/// A shared entity.
pub type EntityRef = Arc<dyn EntityNode>;
