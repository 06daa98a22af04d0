//! `modules.re`: Python's regular expressions, as far as an engine without backtracking goes (no
//! look-around, no back-references; those are an error of the template).

use regex::{Captures, Regex, RegexBuilder};

use crate::jinja::{Args, Dict, Error, Interpreter, Object, Value};

/// Memory that one compiled pattern may take.
const PATTERN_BYTES: usize = 1 << 20;

const IGNORECASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOTALL: i64 = 16;

/// `modules.re`.
pub(super) fn module() -> Value {
    let mut module: Dict = ["search", "match", "fullmatch", "findall", "sub", "split"]
        .into_iter()
        .map(|name| (name, Value::function(name, move |_, args| with_pattern(name, args))))
        .collect();
    module.insert("compile", Value::function("compile", |_, args| Ok(Value::object(Pattern(compile(args)?)))));
    module.insert("escape", Value::function("escape", |_, args| Ok(regex::escape(&text(&args, 0)).into())));
    for (name, flag) in [
        ("IGNORECASE", IGNORECASE),
        ("I", IGNORECASE),
        ("MULTILINE", MULTILINE),
        ("M", MULTILINE),
        ("DOTALL", DOTALL),
        ("S", DOTALL),
    ] {
        module.insert(name, Value::Int(flag));
    }
    Value::dict(module)
}

struct Pattern(Regex);

struct Match {
    text: String,
    groups: Vec<Option<(usize, usize)>>,
    names: Vec<Option<String>>,
}

fn text(args: &Args, index: usize) -> String {
    args.positional.get(index).map(Value::to_str).unwrap_or_default()
}

fn compile(mut args: Args) -> Result<Regex, Error> {
    let flags = args
        .take_keyword("flags")
        .or_else(|| args.positional.get(1).cloned())
        .and_then(|flags| flags.as_int())
        .unwrap_or_default();
    if let Some(pattern) = args.positional.first().and_then(Value::downcast::<Pattern>) {
        return Ok(pattern.0.clone());
    }
    build(&text(&args, 0), flags)
}

fn build(pattern: &str, flags: i64) -> Result<Regex, Error> {
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(PATTERN_BYTES).case_insensitive(flags & IGNORECASE != 0);
    builder.multi_line(flags & MULTILINE != 0).dot_matches_new_line(flags & DOTALL != 0);
    builder.build().map_err(|error| Error::value_error(format!("this regular expression can't be used here: {error}")))
}

/// `re.search(pattern, text, flags)` and its like.
fn with_pattern(name: &str, mut args: Args) -> Result<Value, Error> {
    let flags_at = if name == "sub" {
        4
    } else if name == "split" {
        3
    } else {
        2
    };
    let flags =
        args.take_keyword("flags").or_else(|| args.positional.get(flags_at).cloned()).and_then(|flags| flags.as_int());
    if args.positional.is_empty() {
        return Err(Error::type_error(format!("{name}() missing 1 required positional argument: 'pattern'")));
    }
    let pattern = args.positional.remove(0);
    let pattern = match pattern.downcast::<Pattern>() {
        Some(pattern) => pattern.0.clone(),
        None => build(&pattern.to_str(), flags.unwrap_or_default())?,
    };
    Ok(apply(&pattern, name, &args))
}

fn apply(pattern: &Regex, name: &str, args: &Args) -> Value {
    let subject = text(args, 0);
    let found = |whole: fn(&regex::Match<'_>, usize) -> bool| {
        let captures = pattern
            .captures(&subject)
            .filter(|captures| captures.get(0).is_some_and(|found| whole(&found, subject.len())));
        captures.map_or(Value::None, |captures| Value::object(Match::new(pattern, &captures, &subject)))
    };
    match name {
        "search" => found(|_, _| true),
        "match" => found(|found, _| found.start() == 0),
        "fullmatch" => found(|found, length| found.start() == 0 && found.end() == length),
        "findall" => Value::list(pattern.captures_iter(&subject).map(|captures| found_text(&captures)).collect()),
        "split" => {
            let limit = args.positional.get(1).and_then(Value::as_int).filter(|limit| *limit > 0);
            let limit = limit.map_or(usize::MAX, |limit| limit as usize + 1);
            Value::list(pattern.splitn(&subject, limit).map(Value::from).collect())
        }
        "sub" => {
            let replacement = python_template(&subject);
            let limit = args.positional.get(2).and_then(Value::as_int).unwrap_or_default().max(0) as usize;
            pattern.replacen(&text(args, 1), limit, replacement.as_str()).into_owned().into()
        }
        _ => Value::None,
    }
}

/// One group gives its text, several a tuple, none the whole.
fn found_text(captures: &Captures<'_>) -> Value {
    let group = |index: usize| Value::from(captures.get(index).map_or("", |found| found.as_str()));
    match captures.len() {
        1 => group(0),
        2 => group(1),
        count => Value::tuple((1..count).map(group).collect()),
    }
}

/// `\1` and `\g<name>` of Python as `${1}` and `${name}`.
fn python_template(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = after;
        match c {
            '$' => out.push_str("$$"),
            '\\' => {
                let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
                if let Some(named) = after.strip_prefix("g<").and_then(|named| named.split_once('>')) {
                    out.extend(["${", named.0, "}"]);
                    rest = named.1;
                } else if digits.is_empty() {
                    let next = after.chars().next();
                    out.push(match next {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(other) => other,
                        None => '\\',
                    });
                    rest = after.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
                } else {
                    out.extend(["${", &digits, "}"]);
                    rest = after.get(digits.len()..).unwrap_or_default();
                }
            }
            c => out.push(c),
        }
    }
    out
}

impl Object for Pattern {
    fn type_name(&self) -> &'static str {
        "Pattern"
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        ["search", "match", "fullmatch", "findall", "sub", "split"]
            .contains(&name)
            .then(|| Ok(apply(&self.0, name, args)))
    }
}

impl Match {
    fn new(pattern: &Regex, captures: &Captures<'_>, text: &str) -> Self {
        let groups = captures.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect();
        let names = pattern.capture_names().map(|name| name.map(str::to_owned)).collect();
        Self { text: text.to_owned(), groups, names }
    }

    fn group(&self, index: usize) -> Value {
        let range = self.groups.get(index).copied().flatten();
        Value::from(range.and_then(|(start, end)| self.text.get(start..end)))
    }

    fn index(&self, key: Option<&Value>) -> usize {
        match key {
            None => 0,
            Some(Value::Str(name)) => {
                self.names.iter().position(|known| known.as_deref() == Some(name)).unwrap_or(usize::MAX)
            }
            Some(other) => other.as_int().and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX),
        }
    }
}

impl Object for Match {
    fn type_name(&self) -> &'static str {
        "Match"
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let index = self.index(args.positional.first());
        let range = self.groups.get(index).copied().flatten();
        let characters =
            |bytes: usize| Value::Int(self.text.get(..bytes).map_or(0, |text| text.chars().count()) as i64);
        Some(match name {
            "group" if index < self.groups.len() => Ok(self.group(index)),
            "group" => Err(Error::new(crate::jinja::ErrorKind::Index, "no such group")),
            "groups" => Ok(Value::tuple((1..self.groups.len()).map(|index| self.group(index)).collect())),
            "start" => Ok(range.map_or(Value::Int(-1), |(start, _)| characters(start))),
            "end" => Ok(range.map_or(Value::Int(-1), |(_, end)| characters(end))),
            _ => return None,
        })
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        Some(self.group(self.index(Some(key))))
    }
}
