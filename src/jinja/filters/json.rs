//! `tojson`: JSON that is safe inside of HTML, with sorted keys.

use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, JsonStyle, Value};

pub(super) fn tojson(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [indent] = args.bind("do_tojson", ["indent"], 0)?;
    let indent = indent.as_ref().and_then(Value::as_int).map(|indent| usize::try_from(indent).unwrap_or(0));
    interpreter.charge_digits(value)?;
    let json = value.json_text(JsonStyle { sort_keys: true, indent }, interpreter.limits().string_bytes)?;
    let json = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\'', "\\u0027");
    interpreter.new_text(json)
}
