//! `wordwrap`.

use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::lexer::is_space;
use crate::jinja::methods::lines;
use crate::jinja::value::{Args, Value};

pub(super) fn wordwrap(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [width, break_long, separator, break_hyphens] =
        args.bind("do_wordwrap", ["width", "break_long_words", "wrapstring", "break_on_hyphens"], 0)?;
    let width = width.as_ref().and_then(Value::as_int).unwrap_or(79);
    let width = usize::try_from(width).ok().filter(|width| *width > 0);
    let width = width.ok_or_else(|| Error::value_error("invalid width (must be > 0)"))?;
    let break_long = break_long.is_none_or(|break_long| break_long.truthy());
    let break_hyphens = break_hyphens.is_none_or(|break_hyphens| break_hyphens.truthy());
    let separator = match separator.filter(|separator| !separator.is_none()) {
        Some(separator) => interpreter.text_of(&separator)?,
        None => "\n".into(),
    };
    let Value::Str(text) = value else { return Err(super::text::no_attribute(value, "splitlines")) };
    interpreter.charge_bytes(text.len().saturating_mul(1 + separator.len()))?;
    let wrapped: Vec<String> = lines(text, false)
        .into_iter()
        .map(|line| wrap(line, width, break_long, break_hyphens).join(separator.as_ref()))
        .collect();
    interpreter.new_text(wrapped.join(separator.as_ref()))
}

/// Words and the white space between them; words may break after a hyphen between letters.
fn chunks(line: &str, break_hyphens: bool) -> Vec<Vec<char>> {
    let mut chunks: Vec<Vec<char>> = Vec::new();
    let characters: Vec<char> = line.chars().collect();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let starts = before.is_none_or(|before| {
            is_space(*before) != is_space(*character)
                || break_hyphens
                    && *before == '-'
                    && character.is_alphabetic()
                    && index.checked_sub(2).and_then(|at| characters.get(at)).is_some_and(|at| at.is_alphabetic())
        });
        match chunks.last_mut() {
            Some(chunk) if !starts => chunk.push(*character),
            _ => chunks.push(vec![*character]),
        }
    }
    chunks
}

fn wrap(line: &str, width: usize, break_long: bool, break_hyphens: bool) -> Vec<String> {
    let mut out = Vec::new();
    let mut current: Vec<char> = Vec::new();
    let mut pending: Vec<Vec<char>> = chunks(line, break_hyphens);
    pending.reverse();
    while let Some(mut chunk) = pending.pop() {
        let is_blank = chunk.iter().all(|character| is_space(*character));
        if current.is_empty() && is_blank && !out.is_empty() {
            continue;
        }
        if current.len() + chunk.len() <= width {
            current.append(&mut chunk);
            continue;
        }
        if chunk.len() > width && break_long {
            let rest = chunk.split_off(width - current.len().min(width));
            current.append(&mut chunk);
            pending.push(rest);
        } else if current.is_empty() {
            current.append(&mut chunk);
        } else {
            pending.push(chunk);
        }
        push_line(&mut out, &mut current);
    }
    push_line(&mut out, &mut current);
    out
}

/// White space at a line's end goes.
fn push_line(out: &mut Vec<String>, current: &mut Vec<char>) {
    let line: String = current.drain(..).collect();
    let line = line.trim_end_matches(is_space);
    if !line.is_empty() {
        out.push(line.to_owned());
    }
}
