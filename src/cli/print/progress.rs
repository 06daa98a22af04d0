//! The line on standard error that says how far running syncs are; on a terminal only, and gone when
//! something else is printed.

use std::io;

use unicode_width::UnicodeWidthChar;

use crate::engine::{Progress, ProgressBoard, Unit};
use crate::store::Stage;

use super::figures::{bytes, number};
use super::{Output, words};

/// Draws over itself.
#[derive(Debug, Default)]
pub(in crate::cli) struct ProgressLine {
    shown: String,
}

impl ProgressLine {
    pub(in crate::cli) fn draw(&mut self, output: &mut Output, board: &ProgressBoard) -> io::Result<()> {
        if !output.live {
            return Ok(());
        }
        let parts: Vec<String> = board.iter().map(|(_, project, progress)| part(project, progress)).collect();
        let width = crossterm::terminal::size().map_or(80, |size| usize::from(size.0)).saturating_sub(1);
        let line = cut(&parts.join(" · "), width);
        if line != self.shown {
            write!(output.error(), "\r\u{1b}[2K{line}")?;
            self.shown = line;
        }
        Ok(())
    }

    /// Takes the line away, before anything else is printed.
    pub(in crate::cli) fn clear(&mut self, output: &mut Output) -> io::Result<()> {
        if !self.shown.is_empty() {
            write!(output.error(), "\r\u{1b}[2K")?;
            self.shown.clear();
        }
        Ok(())
    }
}

fn part(project: &str, progress: &Progress) -> String {
    let stage = stage_in_words(progress.stage);
    let unit = match progress.unit {
        Unit::Objects => "objects",
        Unit::Files => "files",
        Unit::Models => "models",
    };
    let counted = match progress.total {
        Some(total) => format!(" {}/{}", number(progress.done), number(total)),
        None if progress.done > 0 => format!(" {} {unit}", number(progress.done)),
        None => String::new(),
    };
    let received = if progress.bytes > 0 { format!(", {}", bytes(progress.bytes)) } else { String::new() };
    format!("{} {stage}{counted}{received}", words(project))
}

pub(in crate::cli) fn stage_in_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "connecting",
        Stage::Fetch => "fetching",
        Stage::Parse => "parsing",
        Stage::Compile => "compiling",
        Stage::Record => "recording",
    }
}

/// The beginning of a text that fits into `width` columns.
fn cut(text: &str, width: usize) -> String {
    let mut taken = 0;
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken <= width
    };
    text.chars().take_while(fits).collect()
}
