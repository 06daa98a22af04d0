//! The settings before they have types: a tree that knows of every part where it was said.

use std::ops::Range;

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Bytes of the file.
    File(Range<usize>),
    /// A variable of the environment.
    Variable(String),
    /// The key of a `--set`.
    Flag(String),
}

/// A value and where it was said.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) value: Value,
}

/// A value as TOML has it. Dates and times are texts: no setting is one.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    List(Vec<Node>),
    Table(IndexMap<String, Entry>),
    /// A number too large for 64 bits.
    Unbounded,
}

/// A key of a table: where the key stands, and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Origin,
    pub(super) node: Node,
}

impl Node {
    /// A file's whole table, in the file's order.
    pub(super) fn of_file(table: &Spanned<DeTable<'_>>) -> Self {
        let origin = Origin::File(table.span());
        Self { value: of_table(table.get_ref(), &|span| Origin::File(span)), origin }
    }

    /// A value from outside of the file; all of it has one origin.
    pub(super) fn of_value(value: &Spanned<DeValue<'_>>, origin: &Origin) -> Self {
        of_value(value, &|_| origin.clone())
    }

    pub(super) fn table(&self) -> Option<&IndexMap<String, Entry>> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.table()?.get(key)
    }

    /// The entry at a path of keys.
    pub(super) fn find(&self, path: &[&str]) -> Option<&Entry> {
        let (last, parents) = path.split_last()?;
        parents.iter().try_fold(self, |node, key| Some(&node.get(key)?.node))?.get(last)
    }

    /// What kind of thing it is, in words that follow "not".
    pub(super) fn describe(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a text",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number with a fraction",
            Value::Flag(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Unbounded => "a number of more than 64 bits",
        }
    }
}

fn of_table(table: &DeTable<'_>, origin: &dyn Fn(Range<usize>) -> Origin) -> Value {
    let mut entries: Vec<_> = table.iter().collect();
    // The parser sorts by name.
    entries.sort_by_key(|(key, _)| key.span().start);
    let entries = entries.into_iter().map(|(key, value)| {
        let entry = Entry { key: origin(key.span()), node: of_value(value, origin) };
        (key.get_ref().clone().into_owned(), entry)
    });
    Value::Table(entries.collect())
}

fn of_value(value: &Spanned<DeValue<'_>>, origin: &dyn Fn(Range<usize>) -> Origin) -> Node {
    let plain = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(moment) => Value::Text(moment.to_string()),
        DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Unbounded,
        },
        DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
            Ok(number) => Value::Float(number),
            Err(_) => Value::Unbounded,
        },
        DeValue::Array(items) => Value::List(items.iter().map(|item| of_value(item, origin)).collect()),
        DeValue::Table(table) => of_table(table, origin),
    };
    Node { origin: origin(value.span()), value: plain }
}
