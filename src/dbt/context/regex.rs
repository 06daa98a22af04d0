//! `modules.re`: Python's regular expressions. What they find and what they put in its place is Python's; how
//! long they may take is ours.

pub(super) mod pattern;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::jinja::{Args, Dict, Error, ErrorKind, Interpreter, Object, Value};
use pattern::{DOTALL, Found, IGNORECASE, MULTILINE, Pattern};

/// What takes a pattern first, and is a method of a compiled one.
const FUNCTIONS: [&str; 7] = ["search", "match", "fullmatch", "findall", "finditer", "sub", "split"];

/// `modules.re`.
pub(super) fn module() -> Value {
    let kept: Rc<RefCell<Kept>> = Rc::default();
    let mut module: Dict = FUNCTIONS
        .into_iter()
        .map(|name| {
            let kept = Rc::clone(&kept);
            let call = move |interpreter: &mut Interpreter<'_>, args| with_pattern(interpreter, &kept, name, args);
            (name, Value::function(name, call))
        })
        .collect();
    let compile = move |interpreter: &mut Interpreter<'_>, args| compile(interpreter, &kept, args);
    module.insert("compile", Value::function("compile", compile));
    let escape = |interpreter: &mut Interpreter<'_>, args: Args| {
        interpreter.charge_args(&args)?;
        Ok(escape(&text(&args, 0)).into())
    };
    module.insert("escape", Value::function("escape", escape));
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

/// Patterns that a template's `re` keeps, as Python's does.
const MOST_KEPT: usize = 100;

/// Patterns made so far, by their text and flags.
type Kept = HashMap<(String, i64), Rc<Pattern>>;

struct Compiled(Rc<Pattern>);

struct Match {
    text: Rc<str>,
    groups: Found,
    names: Rc<Vec<Option<String>>>,
}

fn text(args: &Args, index: usize) -> String {
    args.positional.get(index).map(Value::to_str).unwrap_or_default()
}

/// `re.escape`: what could mean something is preceded by a backslash.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn compile(interpreter: &mut Interpreter<'_>, kept: &RefCell<Kept>, mut args: Args) -> Result<Value, Error> {
    let flags = args.take_keyword("flags").or_else(|| args.positional.get(1).cloned());
    let pattern = args.positional.first().cloned().unwrap_or_default();
    Ok(Value::object(Compiled(pattern_of(interpreter, kept, &pattern, flags)?)))
}

/// The pattern that an argument is, or says.
fn pattern_of(
    interpreter: &mut Interpreter<'_>,
    kept: &RefCell<Kept>,
    pattern: &Value,
    flags: Option<Value>,
) -> Result<Rc<Pattern>, Error> {
    if let Some(compiled) = pattern.downcast::<Compiled>() {
        return Ok(Rc::clone(&compiled.0));
    }
    interpreter.charge_value(pattern)?;
    let asked = (pattern.to_str(), flags.and_then(|flags| flags.as_int()).unwrap_or_default());
    if let Some(known) = kept.borrow().get(&asked) {
        return Ok(Rc::clone(known));
    }
    let made = Rc::new(Pattern::new(interpreter, &asked.0, asked.1)?);
    let mut kept = kept.borrow_mut();
    if kept.len() < MOST_KEPT {
        kept.insert(asked, Rc::clone(&made));
    }
    Ok(made)
}

/// `re.search(pattern, text, flags)` and its like.
fn with_pattern(
    interpreter: &mut Interpreter<'_>,
    kept: &RefCell<Kept>,
    name: &str,
    mut args: Args,
) -> Result<Value, Error> {
    let flags_at = match name {
        "sub" => 4,
        "split" => 3,
        _ => 2,
    };
    let flags = args.take_keyword("flags").or_else(|| args.positional.get(flags_at).cloned());
    let pattern =
        args.take_keyword("pattern").or_else(|| (!args.positional.is_empty()).then(|| args.positional.remove(0)));
    let Some(pattern) = pattern else {
        return Err(Error::type_error(format!("{name}() missing 1 required positional argument: 'pattern'")));
    };
    let pattern = pattern_of(interpreter, kept, &pattern, flags)?;
    apply(interpreter, &pattern, name, args)
}

fn apply(interpreter: &mut Interpreter<'_>, pattern: &Pattern, name: &str, mut args: Args) -> Result<Value, Error> {
    interpreter.charge_args(&args)?;
    let mut taken = |name: &str, index: usize| args.take_keyword(name).or_else(|| args.positional.get(index).cloned());
    let limit = |value: Option<Value>| {
        let count = value.and_then(|value| value.as_int()).filter(|count| *count > 0);
        count.map_or(usize::MAX, |count| count as usize)
    };
    if name == "sub" {
        let (replacement, count) = (taken("repl", 0).unwrap_or(Value::None), limit(taken("count", 2)));
        let subject = taken("string", 1).unwrap_or(Value::None).to_str();
        return substitute(interpreter, pattern, &replacement, &subject, count);
    }
    let subject = taken("string", 0).unwrap_or(Value::None).to_str();
    let names = Rc::new(pattern.names());
    let shared: Rc<str> = subject.as_str().into();
    let matched = |groups: Found| Value::object(Match { text: Rc::clone(&shared), groups, names: Rc::clone(&names) });
    Ok(match name {
        "search" => pattern.find(interpreter, &subject, 0)?.map_or(Value::None, matched),
        "match" => {
            let found = pattern.find(interpreter, &subject, 0)?;
            found.filter(|found| matches!(found.first(), Some(Some((0, _))))).map_or(Value::None, matched)
        }
        "fullmatch" => pattern.whole(interpreter)?.find(interpreter, &subject, 0)?.map_or(Value::None, matched),
        "findall" => {
            let all = pattern.find_all(interpreter, &subject, usize::MAX)?;
            Value::list(all.iter().map(|found| found_text(&subject, found)).collect())
        }
        "finditer" => {
            let all = pattern.find_all(interpreter, &subject, usize::MAX)?;
            Value::list(all.into_iter().map(matched).collect())
        }
        "split" => {
            let all = pattern.find_all(interpreter, &subject, limit(taken("maxsplit", 1)))?;
            Value::list(split(&subject, &all))
        }
        _ => Value::None,
    })
}

fn part(text: &str, group: Option<(usize, usize)>) -> Option<&str> {
    text.get(group.map(|(start, end)| start..end)?)
}

/// One group gives its text, several a tuple, none the whole.
fn found_text(text: &str, found: &[Option<(usize, usize)>]) -> Value {
    let group = |group: &Option<(usize, usize)>| Value::from(part(text, *group).unwrap_or_default());
    match found {
        [whole] => group(whole),
        [_, only] => group(only),
        [_, several @ ..] => Value::tuple(several.iter().map(group).collect()),
        [] => Value::None,
    }
}

/// What stands between the places, and the groups of each place.
fn split(text: &str, all: &[Found]) -> Vec<Value> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for found in all {
        let Some((start, end)) = found.first().copied().flatten() else { continue };
        parts.push(Value::from(text.get(from..start).unwrap_or_default()));
        parts.extend(found.iter().skip(1).map(|group| Value::from(part(text, *group))));
        from = end;
    }
    parts.push(Value::from(text.get(from..).unwrap_or_default()));
    parts
}

fn substitute(
    interpreter: &mut Interpreter<'_>,
    pattern: &Pattern,
    replacement: &Value,
    text: &str,
    limit: usize,
) -> Result<Value, Error> {
    let template = replacement.as_str();
    let references = template.map_or(0, |template| template.matches('\\').count());
    let names = Rc::new(pattern.names());
    let shared: Rc<str> = text.into();
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for found in pattern.find_all(interpreter, text, limit)? {
        let Some((start, end)) = found.first().copied().flatten() else { continue };
        out.push_str(text.get(from..start).unwrap_or_default());
        let before = out.len();
        if let Some(template) = template {
            // A template that names the place again and again is far longer when it is put in.
            interpreter.charge_bytes(template.len().saturating_add(references.saturating_mul(end - start)))?;
            fill(template, text, &found, &names, &mut out)?;
        } else {
            let found = Match { text: Rc::clone(&shared), groups: found, names: Rc::clone(&names) };
            let made = interpreter.call(replacement, Args::positional(vec![Value::object(found)]))?;
            interpreter.charge_value(&made)?;
            out.push_str(&made.to_str());
        }
        interpreter.charge(1 + (out.len() - before) as u64 / 256)?;
        if out.len() > interpreter.limits().string_bytes {
            return Err(Error::limit("a text that re.sub() made is too long"));
        }
        from = end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Ok(out.into())
}

/// Puts a template in: `\1`, `\g<1>`, `\g<name>` and escapes as Python knows them.
fn fill(
    template: &str,
    text: &str,
    found: &[Option<(usize, usize)>],
    names: &[Option<String>],
    out: &mut String,
) -> Result<(), Error> {
    let invalid = |what: &str| Error::value_error(format!("invalid group reference {what}"));
    let group = |index: usize, out: &mut String| match found.get(index) {
        Some(group) => {
            out.push_str(part(text, *group).unwrap_or_default());
            Ok(())
        }
        None => Err(invalid(&index.to_string())),
    };
    let mut rest = template;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        let digits = escaped.bytes().take_while(u8::is_ascii_digit).take(2).count();
        if let Some((name, after)) = escaped.strip_prefix("g<").and_then(|named| named.split_once('>')) {
            let index = name.parse().ok().or_else(|| names.iter().position(|known| known.as_deref() == Some(name)));
            group(index.ok_or_else(|| invalid(name))?, out)?;
            rest = after;
        } else if digits > 0 {
            let (number, after) = escaped.split_at(digits);
            group(number.parse().unwrap_or(usize::MAX), out)?;
            rest = after;
        } else {
            let next = escaped.chars().next();
            match next {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('\\') | None => out.push('\\'),
                Some(other) => out.extend(['\\', other]),
            }
            rest = escaped.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Ok(())
}

impl Object for Compiled {
    fn type_name(&self) -> &'static str {
        "Pattern"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        (name == "pattern").then(|| self.0.source.as_str().into())
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        FUNCTIONS.contains(&name).then(|| apply(interpreter, &self.0, name, args.clone()))
    }
}

impl Match {
    fn group(&self, index: usize) -> Value {
        Value::from(part(&self.text, self.groups.get(index).copied().flatten()))
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

    /// Where a byte is, in characters.
    fn characters(&self, bytes: usize) -> Value {
        Value::Int(self.text.get(..bytes).map_or(0, |text| text.chars().count()) as i64)
    }

    fn named(&self) -> Dict {
        let names = self.names.iter().enumerate();
        names.filter_map(|(index, name)| Some((name.as_deref()?, self.group(index)))).collect()
    }
}

impl Object for Match {
    fn type_name(&self) -> &'static str {
        "Match"
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let index = self.index(args.positional.first());
        let range = self.groups.get(index).copied().flatten();
        let (start, end) = range
            .map_or((Value::Int(-1), Value::Int(-1)), |(start, end)| (self.characters(start), self.characters(end)));
        Some(match name {
            "groups" => Ok(Value::tuple((1..self.groups.len()).map(|index| self.group(index)).collect())),
            "groupdict" => Ok(Value::dict(self.named())),
            "group" | "start" | "end" | "span" if index >= self.groups.len() => {
                Err(Error::new(ErrorKind::Index, "no such group"))
            }
            "group" if args.positional.len() > 1 => {
                Ok(Value::tuple(args.positional.iter().map(|key| self.group(self.index(Some(key)))).collect()))
            }
            "group" => Ok(self.group(index)),
            "start" => Ok(start),
            "end" => Ok(end),
            "span" => Ok(Value::tuple(vec![start, end])),
            _ => return None,
        })
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        Some(self.group(self.index(Some(key))))
    }
}
