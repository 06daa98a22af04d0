//! Jinja2 with Python's values, for dbt. Pure; knows nothing of dbt's files.
//!
//! The way of a template: [`scan_blocks`] cuts a macro file into its blocks, the lexer and the parser
//! make an immutable tree ([`Template`], [`MacroUnit`]: shared by threads), the resolver gives every
//! local name a slot, and an [`Interpreter`] (one a thread) walks the tree over Python's [`Value`]s.
//! Names that no template sets come from a [`Scope`]. What a foreign template may cost is bounded by
//! [`Limits`]. No template inheritance, no import, no include: dbt has none.

mod error;
mod interpreter;
mod limits;
mod methods;
mod template;
mod value;

pub use error::{Error, ErrorKind, Frame, Span};
pub use interpreter::{Interpreter, Scope, UndefinedPolicy};
pub use limits::Limits;
pub use template::{Block, BlockKind, Call, Literal, MacroUnit, Template, scan_blocks};
pub use value::{Args, BinaryOperator, Dict, Function, Key, Object, Set, Undefined, Value};
