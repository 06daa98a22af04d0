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
    let given = width;
    let width = usize::try_from(width).ok().filter(|width| *width > 0);
    let width = width.ok_or_else(|| Error::value_error(format!("invalid width {given} (must be > 0)")))?;
    let break_long = break_long.is_none_or(|break_long| break_long.truthy());
    let break_hyphens = break_hyphens.is_none_or(|break_hyphens| break_hyphens.truthy());
    let separator = match separator.filter(|separator| !separator.is_none()) {
        Some(separator) => interpreter.text_of(&separator)?,
        None => "\n".into(),
    };
    let Value::Str(text) = value else { return Err(super::text::no_attribute(value, "splitlines")) };
    interpreter.charge_bytes(text.len().saturating_mul(8 + separator.len()))?;
    let wrapped: Vec<String> = lines(text, false)
        .into_iter()
        .map(|line| wrap(line, width, break_long, break_hyphens).join(separator.as_ref()))
        .collect();
    interpreter.new_text(wrapped.join(separator.as_ref()))
}

/// White space as Python's `textwrap` has it.
fn is_blank(character: char) -> bool {
    matches!(character, '\t'..='\r' | ' ')
}

/// What may stand before a dash between words.
fn is_word_or_mark(character: char) -> bool {
    character.is_alphanumeric() || "_!\"'&.,?".contains(character)
}

fn is_letter(character: char) -> bool {
    character == '_' || character.is_alphanumeric() && !character.is_numeric()
}

/// Words, the white space between them, and dashes of two or more. A word may break after a hyphen
/// between letters.
fn chunks(line: &str, break_hyphens: bool) -> Vec<Vec<char>> {
    let characters: Vec<char> = line.chars().collect();
    let mut chunks: Vec<Vec<char>> = Vec::new();
    let mut start = 0;
    while let Some(first) = characters.get(start).copied() {
        let length = if is_blank(first) {
            run(&characters, start, is_blank)
        } else if break_hyphens {
            dashes(&characters, start).unwrap_or_else(|| word(&characters, start))
        } else {
            run(&characters, start, |character| !is_blank(character))
        };
        chunks.extend(characters.get(start..start + length).map(<[char]>::to_vec));
        start += length;
    }
    chunks
}

fn run(characters: &[char], start: usize, fits: impl Fn(char) -> bool) -> usize {
    characters.iter().skip(start).take_while(|character| fits(**character)).count()
}

/// Two or more dashes between words.
fn dashes(characters: &[char], start: usize) -> Option<usize> {
    let before = start.checked_sub(1).and_then(|before| characters.get(before)).copied()?;
    let length = run(characters, start, |character| character == '-');
    let after = characters.get(start + length).copied()?;
    let between = is_word_or_mark(before) && (after == '_' || after.is_alphanumeric());
    (length >= 2 && between).then_some(length)
}

/// A word up to a hyphen that it may break after, to white space or to dashes.
fn word(characters: &[char], start: usize) -> usize {
    let end = start + run(characters, start, |character| !is_blank(character));
    let letter = |index: Option<usize>| index.and_then(|index| characters.get(index)).copied().is_some_and(is_letter);
    let hyphen = |index: usize| characters.get(index) == Some(&'-');
    let breaks_after = |index: usize| {
        let before = letter(index.checked_sub(1))
            && (letter(index.checked_sub(2)) || index >= 3 && hyphen(index - 2) && letter(index.checked_sub(3)));
        let after =
            letter(Some(index + 1)) && (letter(Some(index + 2)) || hyphen(index + 2) && letter(Some(index + 3)));
        index > start && hyphen(index) && before && after
    };
    let ends = (start + 1..end).find(|index| breaks_after(index - 1) || dashes(characters, *index).is_some());
    ends.unwrap_or(end) - start
}

/// Lines of chunks, by the rules of Python's `textwrap.wrap`.
fn wrap(line: &str, width: usize, break_long: bool, break_hyphens: bool) -> Vec<String> {
    let blank = |chunk: &[char]| chunk.iter().all(|character| is_space(*character));
    let mut out = Vec::new();
    let mut pending: Vec<Vec<char>> = chunks(line, break_hyphens);
    pending.reverse();
    while !pending.is_empty() {
        if !out.is_empty() && pending.last().is_some_and(|chunk| blank(chunk)) {
            pending.pop();
        }
        let mut current: Vec<Vec<char>> = Vec::new();
        let mut length = 0;
        while let Some(chunk) = pending.pop_if(|chunk| length + chunk.len() <= width) {
            length += chunk.len();
            current.push(chunk);
        }
        if let Some(long) = pending.pop_if(|chunk| chunk.len() > width) {
            if break_long {
                let mut long = long;
                let rest = long.split_off(place_to_break(&long, width - length, break_hyphens));
                current.push(long);
                pending.push(rest);
            } else if current.is_empty() {
                current.push(long);
            } else {
                pending.push(long);
            }
        }
        current.pop_if(|chunk| blank(chunk));
        if !current.is_empty() {
            out.push(current.into_iter().flatten().collect());
        }
    }
    out
}

/// Where a word that is too long breaks: after its last hyphen that fits, or where the line is full.
fn place_to_break(word: &[char], space: usize, break_hyphens: bool) -> usize {
    let fitting = word.get(..space).unwrap_or(word);
    let hyphen = fitting.iter().rposition(|character| *character == '-').filter(|_| break_hyphens);
    let after_more = |hyphen: &usize| fitting.iter().take(*hyphen).any(|character| *character != '-');
    hyphen.filter(after_more).map_or(space, |hyphen| hyphen + 1)
}
