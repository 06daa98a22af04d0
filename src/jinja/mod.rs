//! Jinja2 with Python's values, for dbt. Pure; knows nothing of dbt's files.
//!
//! The way of a template: [`scan_blocks`] cuts a macro file into its blocks, the lexer and the parser
//! make an immutable tree ([`Template`], [`MacroUnit`]: shared by threads), the resolver gives every
//! local name a slot, and an [`Interpreter`] (one a thread) walks the tree over Python's [`Value`]s.
//! Names that no template sets come from a [`Scope`]. What a foreign template may cost is bounded by
//! [`Limits`]. No template inheritance, no import, no include: dbt has none.

mod ast;
mod blocks;
mod error;
mod filters;
mod globals;
mod interpreter;
mod lexer;
mod limits;
mod methods;
mod parser;
mod predicates;
mod quick;
mod resolver;
mod template;
mod value;

pub use blocks::{Block, BlockKind, scan_blocks};
pub use error::{Error, ErrorKind, Frame, Span};
pub use interpreter::{Interpreter, Macro, Scope, UndefinedPolicy};
pub use limits::Limits;
pub use parser::MacroNaming;
pub use quick::{QuickIndexMap, QuickIndexSet, QuickMap, QuickSet, QuickState};
pub use template::{Call, Literal, MacroUnit, Template};
pub use value::{
    Args, BinaryOperator, BoundMethod, Dict, DictView, Function, JsonStyle, Key, List, Object, OneShot, Range, Set,
    Tuple, Undefined, Value, ViewKind,
};
