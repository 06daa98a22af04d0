//! What a person or a program reads: standard output and standard error, tables, problems, figures.
//!
//! Foreign text is cleaned here, colours are only for terminals, and a closed pipe is an error like
//! any other, which the caller turns into a quiet end.

mod figures;
mod problem;
mod progress;
mod table;

use std::io::{self, BufWriter, IsTerminal, Write};

use serde::Serialize;

use crate::problem::{Problem, clean_line};
use crate::workspace::Environment;

use super::arguments::Global;

pub(super) use figures::{age, count, duration, local_time};
pub(super) use problem::{entry as entry_whole, whole as problem_whole};
pub(super) use progress::{ProgressLine, stage_in_words};
pub(super) use table::{Cell, Table};

/// Widest text, in columns, that is broken into lines for a person.
const WIDEST: usize = 100;

/// How a word stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Dim,
    Good,
    Warning,
    Bad,
    Name,
}

/// Where everything is printed.
pub(super) struct Output {
    out: Box<dyn Write>,
    error: Box<dyn Write>,
    /// One JSON object a line instead of words.
    pub(super) json: bool,
    colors: bool,
    error_colors: bool,
    /// A person at the keyboard, and a terminal that can be drawn on.
    pub(super) can_draw: bool,
    /// Both a person at the keyboard and a screen: something may be asked.
    pub(super) can_ask: bool,
    /// Standard error is a terminal that can rewrite a line.
    pub(super) live: bool,
    width: usize,
    /// Columns of the terminal that standard output is; a file's lines are as long as they are.
    terminal_width: Option<usize>,
}

impl Output {
    /// The process's own streams.
    pub(super) fn of_process(options: &Global, environment: Option<&Environment>) -> Self {
        let variable = |name| environment.and_then(|environment| environment.variable(name));
        let dumb = variable("TERM").is_none_or(|term| term == "dumb");
        let colors = !options.no_color && variable("NO_COLOR").is_none() && !dumb;
        let (out, error) = (io::stdout(), io::stderr());
        let (out_terminal, error_terminal) = (out.is_terminal(), error.is_terminal());
        let terminal_width =
            out_terminal.then(|| crossterm::terminal::size().map_or(80, |size| usize::from(size.0)).max(20));
        let can_ask = out_terminal && io::stdin().is_terminal() && !options.json;
        Self {
            out: Box::new(BufWriter::with_capacity(1 << 16, out)),
            error: Box::new(error),
            json: options.json,
            colors: colors && out_terminal,
            error_colors: colors && error_terminal,
            can_draw: can_ask && !dumb,
            can_ask,
            live: error_terminal && !dumb && !options.json,
            width: terminal_width.unwrap_or(80).clamp(40, WIDEST),
            terminal_width,
        }
    }

    /// A line for a person.
    pub(super) fn line(&mut self, line: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.out, "{}", line.as_ref())
    }

    /// A remark that is no result: it goes to standard error, in words only.
    pub(super) fn remark(&mut self, line: &str) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        self.out.flush()?;
        writeln!(self.error, "{line}")
    }

    /// A value as one line of JSON. Complete at once: whoever follows sees it as it happens.
    pub(super) fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let line = harmless(serde_json::to_string(value)?);
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }

    /// Values as JSON, a line each.
    pub(super) fn json_lines<T: Serialize>(&mut self, values: impl IntoIterator<Item = T>) -> io::Result<()> {
        for value in values {
            let line = harmless(serde_json::to_string(&value)?);
            writeln!(self.out, "{line}")?;
        }
        self.out.flush()
    }

    pub(super) fn table(&mut self, table: &Table) -> io::Result<()> {
        let (colors, width) = (self.colors, self.terminal_width);
        table.lines().try_for_each(|line| writeln!(self.out, "{}", line.painted(colors, width)))
    }

    /// The words in this ink, on a terminal that shows it.
    pub(super) fn ink(&self, ink: Ink, words: &str) -> String {
        painted(ink, words, self.colors)
    }

    /// Whether standard output shows colours.
    pub(super) fn colors(&self) -> bool {
        self.colors
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Bytes as they are, for what another program made.
    pub(super) fn raw(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// What is wrong with what was asked for, and what would be right.
    pub(super) fn error_line(&mut self, summary: &str, hints: &[String]) -> io::Result<()> {
        if self.json {
            let line = harmless(serde_json::json!({ "error": summary, "hints": hints }).to_string());
            return writeln!(self.error, "{line}");
        }
        let head = painted(Ink::Bad, "error:", self.error_colors);
        writeln!(self.error, "{head} {}", words(summary))?;
        hints.iter().try_for_each(|hint| writeln!(self.error, "  {}", words(hint)))
    }

    /// Bytes to standard error, which is not buffered.
    fn error(&mut self) -> &mut dyn Write {
        &mut self.error
    }
}

/// Says on standard error why a command could not do its work.
pub(super) fn failure(output: &mut Output, problems: &[Problem]) -> io::Result<()> {
    if output.json {
        return problems.iter().try_for_each(|problem| {
            let line = harmless(serde_json::to_string(&serde_json::json!({ "problem": problem }))?);
            writeln!(output.error, "{line}")
        });
    }
    for found in problems {
        let lines = problem::whole(found, None, output.width, output.error_colors);
        writeln!(output.error, "{lines}")?;
    }
    Ok(())
}

/// Foreign words on one line, without anything that steers a terminal.
pub(super) fn words(text: &str) -> String {
    clean_line(text)
}

fn painted(ink: Ink, words: &str, colors: bool) -> String {
    let code = match ink {
        Ink::Plain => return words.to_owned(),
        _ if !colors || words.is_empty() => return words.to_owned(),
        Ink::Bold => "1",
        Ink::Dim => "2",
        Ink::Good => "32",
        Ink::Warning => "33",
        Ink::Bad => "31",
        Ink::Name => "36",
    };
    format!("\u{1b}[{code}m{words}\u{1b}[0m")
}

/// JSON leaves the upper control characters and those that turn text round as they are; a terminal
/// obeys them. They stand in texts only, where an escape means the same.
fn harmless(json: String) -> String {
    let obeyed = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !json.contains(obeyed) {
        return json;
    }
    let mut harmless = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if obeyed(c) { harmless.extend(format!("\\u{:04x}", c as u32).chars()) } else { harmless.push(c) }
    }
    harmless
}

#[cfg(test)]
mod tests;
