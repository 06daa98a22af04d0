//! Jinja2's filters, and dbt's `as_text`, `as_bool`, `as_number` and `as_native`.

mod attributes;
mod group;
mod json;
mod numbers;
mod order;
mod pick;
mod sequences;
mod text;
mod urls;
mod wrap;
mod xml;

use super::error::Error;
use super::interpreter::{Interpreter, Wish};
use super::value::{Args, Value};

pub(super) use order::sort_by_keys;

/// A filter: the piped value, and the arguments in brackets.
pub(super) type Filter = fn(&mut Interpreter<'_>, &Value, Args) -> Result<Value, Error>;

/// The filter of a name.
pub(super) fn find(name: &str) -> Option<Filter> {
    Some(match name {
        "abs" => numbers::abs,
        "as_bool" => |interpreter, value, _| interpreter.wish(value, Wish::Bool),
        "as_native" => |interpreter, value, _| interpreter.wish(value, Wish::Native),
        "as_number" => |interpreter, value, _| interpreter.wish(value, Wish::Number),
        "as_text" => |interpreter, value, _| interpreter.wish(value, Wish::Text),
        "attr" => attributes::attr,
        "batch" => group::batch,
        "capitalize" => text::capitalize,
        "center" => text::center,
        "count" | "length" => sequences::length,
        "d" | "default" => sequences::default,
        "dictsort" => order::dictsort,
        "e" | "escape" | "forceescape" => text::escape,
        "filesizeformat" => numbers::filesizeformat,
        "first" => sequences::first,
        "float" => numbers::float,
        "format" => text::format,
        "groupby" => group::groupby,
        "indent" => text::indent,
        "int" => numbers::int,
        "items" => sequences::items,
        "join" => sequences::join,
        "last" => sequences::last,
        "list" => sequences::list,
        "lower" => text::lower,
        "map" => pick::map,
        "max" => |interpreter, value, args| order::extreme(interpreter, value, args, true),
        "min" => |interpreter, value, args| order::extreme(interpreter, value, args, false),
        "pprint" => |interpreter, value, _| Ok(Value::Str(interpreter.repr_of(value)?)),
        "random" => sequences::random,
        "reject" => |interpreter, value, args| pick::select(interpreter, value, args, false),
        "rejectattr" => |interpreter, value, args| pick::select_attr(interpreter, value, args, false),
        "replace" => text::replace,
        "reverse" => sequences::reverse,
        "round" => numbers::round,
        "safe" | "string" => |interpreter, value, _| Ok(Value::Str(interpreter.text_of(value)?)),
        "select" => |interpreter, value, args| pick::select(interpreter, value, args, true),
        "selectattr" => |interpreter, value, args| pick::select_attr(interpreter, value, args, true),
        "slice" => group::slice,
        "sort" => order::sort,
        "striptags" => text::striptags,
        "sum" => sequences::sum,
        "title" => text::title,
        "tojson" => json::tojson,
        "trim" => text::trim,
        "truncate" => text::truncate,
        "unique" => group::unique,
        "upper" => text::upper,
        "urlencode" => urls::urlencode,
        "wordcount" => text::wordcount,
        "wordwrap" => wrap::wordwrap,
        "xmlattr" => xml::xmlattr,
        _ => return None,
    })
}
