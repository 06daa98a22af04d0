//! The methods of Python's built-in types.

use super::error::Error;
use super::interpreter::Interpreter;
use super::value::{Args, Value};

/// A method of a built-in type.
pub(super) type Method = fn(&mut Interpreter<'_>, &Value, Args) -> Result<Value, Error>;
