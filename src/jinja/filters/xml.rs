//! `xmlattr`.

use super::text::escaped;
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::methods::mapping_pairs;
use crate::jinja::value::{Args, Value};

/// The entries of a mapping as attributes of a tag; those without a value are left out.
pub(super) fn xmlattr(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [autospace] = args.bind("do_xmlattr", ["autospace"], 0)?;
    let is_mapping = value.as_dict().is_some() || matches!(value, Value::Object(object) if object.is_mapping());
    if !is_mapping {
        return Err(super::text::no_attribute(value, "items"));
    }
    let mut out = String::new();
    for (key, value) in mapping_pairs(interpreter, value)? {
        if value.is_none() || value.is_undefined() {
            continue;
        }
        let Some(name) = key.value().as_str() else {
            let kind = key.value().type_name();
            return Err(Error::type_error(format!("expected string or bytes-like object, got '{kind}'")));
        };
        // What could end the name, or the tag.
        if name.contains([' ', '\t', '\n', '\r', '\x0b', '\x0c', '/', '>', '=']) {
            return Err(Error::value_error(format!("Invalid character in attribute name: {}", key.value().repr())));
        }
        let text = escaped(&interpreter.text_of(&value)?);
        interpreter.charge_bytes(name.len() + text.len() + 4)?;
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&escaped(name));
        out.push_str("=\"");
        out.push_str(&text);
        out.push('"');
        if out.len() > interpreter.limits().string_bytes {
            break;
        }
    }
    if !out.is_empty() && autospace.is_none_or(|autospace| autospace.truthy()) {
        out.insert(0, ' ');
    }
    interpreter.new_text(out)
}
