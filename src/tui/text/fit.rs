//! Text fitted into a number of cells, cut only between graphemes.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells that the text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// Bytes of the longest beginning that takes at most `cells`.
fn prefix(text: &str, cells: usize) -> usize {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > cells {
            return at;
        }
    }
    text.len()
}

/// First byte of the longest ending that takes at most `cells`.
fn suffix(text: &str, cells: usize) -> usize {
    let mut used = 0;
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += grapheme.width();
        if used > cells {
            break;
        }
        start = at;
    }
    start
}

/// The text without its first `cells` cells. A wide character that is cut in half goes whole.
pub fn skip_cells(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        if used >= cells {
            return text.get(at..).unwrap_or_default();
        }
        used += grapheme.width();
    }
    ""
}

/// At most `cells` cells; where something is cut, `ellipsis` (one cell) ends the text.
pub fn truncate<'t>(text: &'t str, cells: usize, ellipsis: &str) -> Cow<'t, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    let kept = text.get(..prefix(text, cells - 1)).unwrap_or_default();
    Cow::Owned(format!("{kept}{ellipsis}"))
}

/// As [`truncate`], but the middle goes: beginning and end of a name tell more than its middle.
pub fn truncate_middle<'t>(text: &'t str, cells: usize, ellipsis: &str) -> Cow<'t, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    let end = (cells - 1) / 2;
    let head = text.get(..prefix(text, cells - 1 - end)).unwrap_or_default();
    let tail = text.get(suffix(text, end)..).unwrap_or_default();
    Cow::Owned(format!("{head}{ellipsis}{tail}"))
}

/// A path of at most `cells` cells: whole folders in the middle go first, then letters.
pub fn shorten_path<'t>(path: &'t str, cells: usize, ellipsis: &str) -> Cow<'t, str> {
    if width(path) <= cells {
        return Cow::Borrowed(path);
    }
    // Ends of the path that start at a slash, longest first: "/b/c.sql", "/c.sql".
    let tails = || path.match_indices('/').skip(1).filter_map(|(at, _)| path.get(at..));
    let head = path.split_once('/').map_or("", |(head, _)| head);
    for head in [format!("{head}/"), String::new()] {
        let room = cells.saturating_sub(width(&head) + 1);
        if let Some(tail) = tails().find(|tail| width(tail) <= room) {
            return Cow::Owned(format!("{head}{ellipsis}{tail}"));
        }
    }
    truncate_middle(path, cells, ellipsis)
}

/// Exactly `cells` cells, filled up with spaces on the right.
pub fn pad<'t>(text: &'t str, cells: usize, ellipsis: &str) -> Cow<'t, str> {
    let used = width(text);
    if used == cells {
        return Cow::Borrowed(text);
    }
    let mut padded = truncate(text, cells, ellipsis).into_owned();
    let used = width(&padded);
    padded.extend(std::iter::repeat_n(' ', cells.saturating_sub(used)));
    Cow::Owned(padded)
}

/// Exactly `cells` cells, filled up with spaces on the left: for figures.
pub fn pad_left<'t>(text: &'t str, cells: usize, ellipsis: &str) -> Cow<'t, str> {
    let used = width(text);
    if used == cells {
        return Cow::Borrowed(text);
    }
    let cut = truncate(text, cells, ellipsis);
    let fill = cells.saturating_sub(width(&cut));
    Cow::Owned(format!("{:fill$}{cut}", ""))
}

/// Prose in lines of at most `cells` cells, broken between words, and inside a word only where the
/// word is wider than a line. Line breaks of the text stay. At width 0 there are no lines.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    if cells == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let start = lines.len();
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_whitespace() {
            let mut word = word;
            let gap = usize::from(used > 0);
            if used + gap + width(word) > cells && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            while width(word) > cells {
                let cut = prefix(word, cells);
                if cut == 0 {
                    break;
                }
                let (head, tail) = word.split_at(cut);
                lines.push(head.to_owned());
                word = tail;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            // A single character wider than the line can't be shown at all.
            if width(word) <= cells {
                line.push_str(word);
                used += width(word);
            }
        }
        if !line.is_empty() || lines.len() == start {
            lines.push(line);
        }
    }
    lines
}

/// Byte offsets at which the rows of one long line begin when no row is wider than `cells`: behind a
/// space where there is one, else in the middle of a word. The first is 0; there is at least one.
pub fn break_points(text: &str, cells: usize) -> Vec<usize> {
    let mut points = vec![0];
    if cells == 0 || (text.is_ascii() && text.len() <= cells) {
        return points;
    }
    let mut used = 0;
    // Where the last word of the row begins, and the cells in front of it.
    let mut word = (0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = grapheme.width();
        // At most twice: at the last space, and again where the word alone is too wide.
        while used + wide > cells && points.last().is_some_and(|row| *row < at) {
            let row = points.last().copied().unwrap_or(0);
            let (start, before) = if word.0 > row { word } else { (at, used) };
            points.push(start);
            used -= before;
            word = (start, 0);
        }
        used += wide;
        if grapheme == " " {
            word = (at + 1, used);
        }
    }
    points
}
