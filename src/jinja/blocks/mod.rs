//! dbt's own scanner for the top-level blocks of a file. It knows less than Jinja's lexer, on purpose:
//! what dbt finds, and what it complains about, is the same here.

mod tags;

use super::error::{Error, ErrorKind, Span};

use tags::{Tag, Tags};

/// The blocks that dbt defines things by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    Macro,
    Test,
    Materialization,
    Snapshot,
    Docs,
}

impl BlockKind {
    /// The tag's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Macro => "macro",
            Self::Test => "test",
            Self::Materialization => "materialization",
            Self::Snapshot => "snapshot",
            Self::Docs => "docs",
        }
    }
}

/// One top-level block of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    /// The name after the tag; dbt allows none, and complains later.
    pub name: Option<String>,
    /// The rest of the opening tag, trimmed: `(model, column_name)`, `, adapter='postgres'`.
    pub args: String,
    /// From the opening tag to the closing one.
    pub full: String,
    /// Between the two.
    pub contents: String,
    /// Where `full` starts in the file.
    pub span: Span,
}

/// Finds the top-level blocks of the kinds asked for, as dbt's block scanner does.
pub fn scan_blocks(source: &str, kinds: &[BlockKind]) -> Result<Vec<Block>, Error> {
    let mut blocks = Vec::new();
    let mut control: Vec<&str> = Vec::new();
    let mut open: Option<(BlockKind, Tag<'_>)> = None;
    let mut tags = Tags::new(source);
    while let Some(tag) = tags.next_tag()? {
        follow_control_flow(source, &mut control, &tag)?;
        if let Some(kind) = kinds.iter().copied().find(|kind| kind.word() == tag.word) {
            if !control.is_empty() {
                let place = place(source, tag.start);
                return Err(complaint(
                    source,
                    tag.start,
                    format!(
                        "Got a block definition inside control flow at {place}. All dbt block definitions must be at the top level"
                    ),
                ));
            }
            if let Some((outer, outer_tag)) = &open {
                let (outer, start) = (outer.word(), outer_tag.start);
                return Err(complaint(
                    source,
                    tag.start,
                    format!(
                        "Got nested tags: {outer} (started at {start}) did not have a matching {{% end{outer} %}} before a \
                     subsequent {} was found (started at {})",
                        tag.word, tag.start
                    ),
                ));
            }
            open = Some((kind, tag));
        } else if let Some((kind, start)) = open.take_if(|(kind, _)| tag.word.strip_prefix("end") == Some(kind.word()))
        {
            blocks.push(block(source, kind, &start, &tag));
        }
    }
    match open {
        None => Ok(blocks),
        Some((kind, tag)) => {
            let line = 1 + source.get(..tag.end).unwrap_or(source).matches('\n').count();
            Err(complaint(
                source,
                tag.start,
                format!("Reached EOF without finding a close tag for {} (searched from line {line})", kind.word()),
            ))
        }
    }
}

fn block(source: &str, kind: BlockKind, start: &Tag<'_>, end: &Tag<'_>) -> Block {
    let text = |from: usize, to: usize| source.get(from..to).unwrap_or("").to_owned();
    Block {
        kind,
        name: start.name.map(str::to_owned),
        args: start.args.trim().to_owned(),
        full: text(start.start, end.end),
        contents: text(start.end, end.start),
        span: span(source, start.start),
    }
}

fn follow_control_flow<'s>(source: &str, control: &mut Vec<&'s str>, tag: &Tag<'s>) -> Result<(), Error> {
    let opens = match tag.word {
        "if" | "for" => {
            control.push(tag.word);
            return Ok(());
        }
        "endif" => "if",
        "endfor" => "for",
        _ => return Ok(()),
    };
    let place = place(source, tag.start);
    match control.pop() {
        Some(found) if found == opens => Ok(()),
        Some(found) => Err(complaint(
            source,
            tag.start,
            format!(
                "Got an unexpected control flow end tag, got {} but expected end{found} next (@ {place})",
                tag.word
            ),
        )),
        None => Err(complaint(
            source,
            tag.start,
            format!(
                "Got an unexpected control flow end tag, got {} but never saw a preceeding {opens} (@ {place})",
                tag.word
            ),
        )),
    }
}

/// dbt's `line:column`, where the column counts from 0.
fn place(source: &str, at: usize) -> String {
    let span = span(source, at);
    format!("{}:{}", span.line, span.column - 1)
}

fn span(source: &str, at: usize) -> Span {
    let before = source.get(..at).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or("").chars().count() as u32 + 1;
    Span { line: before.matches('\n').count() as u32 + 1, column, start: at as u32, end: at as u32 }
}

fn complaint(source: &str, at: usize, message: String) -> Error {
    Error::new(ErrorKind::Syntax, message).at(span(source, at))
}
