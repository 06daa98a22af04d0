//! Filters that look at an attribute of each item: how `'a.b'` and `'a,b'` are read.

use std::rc::Rc;

use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, Undefined, Value};

/// What is looked at in each item.
#[derive(Clone, Debug)]
pub(super) struct Getter {
    /// One path, or several for `'a,b'`; none is the item itself.
    paths: Vec<Vec<Value>>,
    several: bool,
    default: Option<Value>,
    ignore_case: bool,
}

impl Getter {
    pub(super) fn new(attribute: Option<&Value>, default: Option<Value>) -> Self {
        Self { paths: vec![path(attribute)], several: false, default, ignore_case: false }
    }

    /// `'a,b'` is several attributes.
    pub(super) fn several(attribute: Option<&Value>) -> Self {
        match attribute.and_then(Value::as_str) {
            Some(names) => {
                let paths: Vec<_> = names.split(',').map(|name| path(Some(&Value::str(name)))).collect();
                Self { paths, several: true, default: None, ignore_case: false }
            }
            None => Self { several: attribute.is_some_and(|one| !one.is_none()), ..Self::new(attribute, None) },
        }
    }

    /// Texts are compared in lower case, unless told otherwise.
    pub(super) fn case_sensitive(mut self, sensitive: Option<&Value>) -> Self {
        self.ignore_case = !sensitive.is_some_and(Value::truthy);
        self
    }

    pub(super) fn get(&self, interpreter: &mut Interpreter<'_>, item: &Value) -> Result<Value, Error> {
        let mut values = Vec::with_capacity(self.paths.len());
        for path in &self.paths {
            let mut value = item.clone();
            for part in path {
                value = interpreter.get_item(&value, part)?;
                if let (true, Some(default)) = (value.is_undefined(), &self.default) {
                    value = default.clone();
                }
            }
            if let (true, Value::Str(text)) = (self.ignore_case, &value) {
                value = interpreter.new_text(text.to_lowercase())?;
            }
            values.push(value);
        }
        if self.several { Ok(Value::list(values)) } else { Ok(values.pop().unwrap_or_default()) }
    }
}

/// `'a.0.b'` is the item `a`, of that the item 0, of that the item `b`.
fn path(attribute: Option<&Value>) -> Vec<Value> {
    match attribute {
        None | Some(Value::None) => Vec::new(),
        Some(Value::Str(names)) => names
            .split('.')
            .map(|name| match name.parse() {
                Ok(index) if name.bytes().all(|byte| byte.is_ascii_digit()) => Value::Int(index),
                _ => Value::str(name),
            })
            .collect(),
        Some(index) => vec![index.clone()],
    }
}

/// `|attr('name')`: the attribute alone, never the item.
pub(super) fn attr(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [name] = args.bind("do_attr", ["name"], 1)?;
    let name = name.unwrap_or_default();
    let Value::Str(name) = name else {
        return Err(Error::type_error(format!("attribute name must be string, not '{}'", name.type_name())));
    };
    if let Value::Dict(dict) = value
        && dict.borrow().get_str(&name).is_some()
        && crate::jinja::methods::find(value, &name).is_none()
    {
        let owner = "dict object".into();
        return Ok(Value::Undefined(Rc::new(Undefined::Attribute { owner, name })));
    }
    interpreter.get_attr(value, &name)
}
