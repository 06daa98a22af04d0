//! A scrollable text: windowed, with line numbers, search, sideways scrolling or wrapping.
//!
//! [`Document`] is the text, built once; [`TextView`] is where a person stands in it. Drawing touches
//! only the lines in sight, wrapped or not.

use std::ops::Range;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::list::Motion;
use super::role_line::RoleLine;
use super::scroll::Scroll;
use crate::tui::text;
use crate::tui::theme::{Look, Role};

/// Matches that a search remembers; a text with more is searched up to there.
const MOST_MATCHES: usize = 10_000;
/// Cells of one step sideways.
const SIDEWAYS: usize = 8;

/// Lines with roles. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    lines: Arc<[RoleLine]>,
    /// Cells of the widest line.
    widest: usize,
    /// First lines that stay where they are when the others scroll.
    head: usize,
    /// First lines that are not scrolled sideways either.
    still: usize,
    /// First cells of each line that stay where they are when the others are scrolled sideways.
    stub: usize,
}

impl Document {
    pub fn new(lines: Vec<RoleLine>) -> Self {
        let widest = lines.iter().map(RoleLine::width).max().unwrap_or(0);
        Self { lines: lines.into(), widest, head: 0, still: 0, stub: 0 }
    }

    /// The first `head` lines and the first `stub` cells stay in sight; the first `still` lines do not move at all.
    #[must_use]
    pub fn frozen(mut self, head: usize, still: usize, stub: usize) -> Self {
        (self.head, self.still, self.stub) = (head.min(self.lines.len()), still, stub);
        self
    }

    pub fn lines(&self) -> &[RoleLine] {
        &self.lines
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn line(&self, index: usize) -> &str {
        self.lines.get(index).map_or("", RoleLine::text)
    }

    /// Cells that the line numbers and the gap after them take.
    fn number_width(&self) -> usize {
        self.lines.len().max(1).ilog10() as usize + 2
    }
}

/// What was searched for and where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Search {
    words: String,
    /// Line and byte range, ascending.
    matches: Vec<(usize, Range<usize>)>,
    current: usize,
}

/// Where a person stands in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextView {
    /// First line in sight.
    top: usize,
    /// Row within that line, where it is wrapped.
    row: usize,
    /// Cells scrolled to the right.
    left: usize,
    wrap: bool,
    numbers: bool,
    width: usize,
    height: usize,
    search: Option<Search>,
    /// A line and the bytes of it that are chosen.
    mark: Option<(usize, Range<usize>)>,
}

impl Default for TextView {
    fn default() -> Self {
        Self { top: 0, row: 0, left: 0, wrap: false, numbers: false, width: 80, height: 20, search: None, mark: None }
    }
}

impl TextView {
    #[must_use]
    pub fn with_numbers(mut self) -> Self {
        self.numbers = true;
        self
    }

    #[must_use]
    pub fn with_wrap(mut self) -> Self {
        self.wrap = true;
        self
    }

    /// Cells that the text is drawn in. Told by whoever lays out.
    pub fn set_size(&mut self, width: usize, height: usize, document: &Document) {
        (self.width, self.height) = (width, height.saturating_sub(document.head));
        self.row = self.row.min(self.rows_of(self.top, document).saturating_sub(1));
        self.settle(document);
    }

    /// Another text: back to its beginning. A search goes on in the new text.
    pub fn reset(&mut self, document: &Document) {
        (self.top, self.row, self.left) = (document.head, 0, 0);
        if let Some(search) = self.search.take() {
            self.search = Some(Search { matches: find(&search.words, document), ..search });
        }
    }

    pub fn wraps(&self) -> bool {
        self.wrap
    }

    pub fn toggle_wrap(&mut self, document: &Document) {
        self.wrap = !self.wrap;
        (self.row, self.left) = (0, 0);
        self.settle(document);
    }

    pub fn go(&mut self, motion: Motion, document: &Document) {
        let page = self.height.saturating_sub(1).max(1);
        let half = (self.height / 2).max(1);
        match motion {
            Motion::Up(rows) => self.back(rows, document),
            Motion::Down(rows) => self.forward(rows, document),
            Motion::PageUp => self.back(page, document),
            Motion::PageDown => self.forward(page, document),
            Motion::HalfPageUp => self.back(half, document),
            Motion::HalfPageDown => self.forward(half, document),
            Motion::First => (self.top, self.row) = (document.head, 0),
            Motion::Last => (self.top, self.row) = self.end(document),
            Motion::To(line) => (self.top, self.row) = (line, 0),
        }
        self.settle(document);
    }

    /// Steps to the right, or to the left where negative. No effect on wrapped text.
    pub fn sideways(&mut self, steps: isize, document: &Document) {
        if self.wrap {
            return;
        }
        let most = document.widest.saturating_sub(self.text_width(document));
        let cells = steps.unsigned_abs().saturating_mul(SIDEWAYS);
        let left = if steps < 0 { self.left.saturating_sub(cells) } else { self.left.saturating_add(cells) };
        self.left = left.min(most);
    }

    /// Marks every place that has the words (whatever the case, unless one letter is a capital) and
    /// goes to the first one at or below the top. Empty words end the search.
    pub fn search(&mut self, words: &str, document: &Document) {
        if words.is_empty() {
            self.search = None;
            return;
        }
        let matches = find(words, document);
        let below = matches.partition_point(|(line, _)| *line < self.top);
        let current = if below < matches.len() { below } else { 0 };
        self.search = Some(Search { words: words.to_owned(), matches, current });
        self.show_match(document);
    }

    pub fn next_match(&mut self, document: &Document) {
        self.step_match(1, document);
    }

    pub fn previous_match(&mut self, document: &Document) {
        self.step_match(-1, document);
    }

    /// Marks bytes of a line as chosen; none marks nothing.
    pub fn mark(&mut self, place: Option<(usize, Range<usize>)>) {
        self.mark = place;
    }

    /// The lines in sight, where long ones are not wrapped.
    pub fn window(&self, document: &Document) -> Range<usize> {
        self.top..(self.top + self.height).min(document.len())
    }

    /// Which match of how many, counted from one: `3/17`. None without a search.
    pub fn match_position(&self) -> Option<String> {
        let search = self.search.as_ref()?;
        Some(match search.matches.len() {
            0 => "no match".to_owned(),
            total => super::scroll::position(search.current, total),
        })
    }

    /// The window, in lines.
    pub fn scroll(&self, document: &Document) -> Scroll {
        let head = document.head;
        Scroll { offset: self.top.saturating_sub(head), visible: self.height, total: document.len() - head }
    }

    /// The last line in sight of all lines: `40/212`; nothing where all is seen.
    pub fn position(&self, document: &Document) -> String {
        let scroll = self.scroll(document);
        if scroll.overflows() {
            super::scroll::position((scroll.offset + self.height).saturating_sub(1), scroll.total)
        } else {
            String::new()
        }
    }

    fn step_match(&mut self, step: isize, document: &Document) {
        if let Some(search) = self.search.as_mut().filter(|search| !search.matches.is_empty()) {
            let total = search.matches.len() as isize;
            search.current = (search.current as isize + step).rem_euclid(total) as usize;
            self.show_match(document);
        }
    }

    /// Scrolls only where the match is out of sight, and then so that it has lines around it.
    fn show_match(&mut self, document: &Document) {
        let Some((line, range)) = self.search.as_ref().and_then(|search| search.matches.get(search.current)) else {
            return;
        };
        let (line, start) = (*line, range.start);
        if line < self.top || line >= self.top + self.height {
            (self.top, self.row) = (line.saturating_sub(self.height / 3), 0);
        }
        let column = text::width(document.line(line).get(..start).unwrap_or_default());
        let room = self.text_width(document);
        if !self.wrap && (column < self.left || column >= self.left + room) {
            self.left = column.saturating_sub(room / 3);
        }
        self.settle(document);
    }

    fn text_width(&self, document: &Document) -> usize {
        self.width.saturating_sub(if self.numbers { document.number_width() } else { 0 })
    }

    fn rows_of(&self, line: usize, document: &Document) -> usize {
        if self.wrap { text::break_points(document.line(line), self.text_width(document)).len() } else { 1 }
    }

    fn forward(&mut self, rows: usize, document: &Document) {
        for _ in 0..rows {
            if self.row + 1 < self.rows_of(self.top, document) {
                self.row += 1;
            } else if self.top + 1 < document.len() {
                (self.top, self.row) = (self.top + 1, 0);
            } else {
                break;
            }
        }
    }

    fn back(&mut self, rows: usize, document: &Document) {
        for _ in 0..rows {
            if self.row > 0 {
                self.row -= 1;
            } else if self.top > document.head {
                self.top -= 1;
                self.row = self.rows_of(self.top, document).saturating_sub(1);
            } else {
                break;
            }
        }
    }

    /// The last place from which the window is still full.
    fn end(&self, document: &Document) -> (usize, usize) {
        let mut rows = 0;
        for line in (document.head..document.len()).rev() {
            rows += self.rows_of(line, document);
            if rows >= self.height {
                return (line, rows - self.height);
            }
        }
        (document.head, 0)
    }

    fn settle(&mut self, document: &Document) {
        (self.top, self.row) = (self.top, self.row).max((document.head, 0)).min(self.end(document));
    }
}

/// All places with the words; capitals in the words make capitals count.
fn find(words: &str, document: &Document) -> Vec<(usize, Range<usize>)> {
    let exact = words.chars().any(char::is_uppercase);
    // Only ASCII letters are folded, so that byte offsets in the folded text hold in the text.
    let fold = |text: &str| if exact { text.to_owned() } else { text.to_ascii_lowercase() };
    let wanted = fold(words);
    let places = document.lines.iter().enumerate().flat_map(|(index, line)| {
        let folded = fold(line.text());
        let starts: Vec<usize> = folded.match_indices(&wanted).map(|(start, _)| start).collect();
        starts.into_iter().map(move |start| (index, start))
    });
    places.take(MOST_MATCHES).map(|(line, start)| (line, start..start + wanted.len())).collect()
}

/// Draws the lines in sight. The view may have been told another size: it is drawn as well as the
/// area allows.
pub fn draw(look: Look<'_>, area: Rect, view: &TextView, document: &Document, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    if area.is_empty() || document.is_empty() {
        return;
    }
    let gutter = if view.numbers { document.number_width().min(usize::from(area.width)) } else { 0 };
    let body = Rect { x: area.x + gutter as u16, width: area.width - gutter as u16, ..area };
    let mut y = area.y;
    for (index, line) in document.lines.iter().take(document.head.min(usize::from(area.height))).enumerate() {
        let left = if index < document.still { 0 } else { view.left };
        draw_row(look, Rect { y, height: 1, ..body }, line, (left, document.stub), buffer);
        y += 1;
    }
    let mut skipped = view.row;
    for index in view.top.max(document.head)..document.len() {
        if y >= area.bottom() {
            break;
        }
        let Some(line) = document.lines.get(index) else { break };
        if gutter > 0 && skipped == 0 {
            let number = format!("{:>width$} ", index + 1, width = gutter - 1);
            buffer.set_stringn(area.x, y, number, gutter, look.style(Role::Dim));
        }
        let line = marked(view, index, line);
        if view.wrap {
            let points = text::break_points(line.text(), usize::from(body.width));
            let ends = points.iter().skip(1).copied().chain([line.text().len()]);
            for (start, end) in points.iter().copied().zip(ends).skip(std::mem::take(&mut skipped)) {
                if y >= area.bottom() {
                    break;
                }
                buffer.set_line(body.x, y, &line.part_line(look.theme, start..end), body.width);
                y += 1;
            }
        } else {
            draw_row(look, Rect { y, height: 1, ..body }, &line, (view.left, document.stub), buffer);
            y += 1;
        }
    }
}

/// The line with the matches of the search on it, and what is chosen.
fn marked(view: &TextView, index: usize, line: &RoleLine) -> RoleLine {
    let marked = in_search(view, index, line);
    match &view.mark {
        Some((line, range)) if *line == index => marked.overlaid(std::slice::from_ref(range), Role::Selection),
        _ => marked,
    }
}

fn in_search(view: &TextView, index: usize, line: &RoleLine) -> RoleLine {
    let Some(search) = view.search.as_ref() else { return line.clone() };
    let first = search.matches.partition_point(|(line, _)| *line < index);
    let on_line = search.matches.iter().skip(first).take_while(|(line, _)| *line == index);
    let ranges: Vec<Range<usize>> = on_line.map(|(_, range)| range.clone()).collect();
    let marked = line.overlaid(&ranges, Role::Match);
    match search.matches.get(search.current) {
        Some((line, range)) if *line == index => marked.overlaid(std::slice::from_ref(range), Role::Selection),
        _ => marked,
    }
}

/// One unwrapped line, scrolled sideways but for its first cells; marks show where something is cut off.
fn draw_row(look: Look<'_>, area: Rect, line: &RoleLine, (left, stub): (usize, usize), buffer: &mut Buffer) {
    let stub = if left > 0 { stub.min(usize::from(area.width)) } else { 0 };
    let base = text::truncate(line.text(), stub, "").len();
    buffer.set_line(area.x, area.y, &line.part_line(look.theme, 0..base), stub as u16);
    let area = Rect { x: area.x + stub as u16, width: area.width - stub as u16, ..area };
    let room = usize::from(area.width);
    let rest = text::skip_cells(line.text().get(base..).unwrap_or_default(), left);
    let start = line.text().len() - rest.len();
    let mut shown: Line<'_> = line.part_line(look.theme, start..line.text().len());
    let more = room > 0 && text::width(rest) > room;
    if more {
        let kept = text::truncate(rest, room, "").len();
        shown = line.part_line(look.theme, start..start + kept);
        shown.push_span(Span::styled(look.glyphs.ellipsis, look.style(Role::Dim)));
    }
    buffer.set_line(area.x, area.y, &shown, area.width);
    if left > 0 && start > base && room > 0 {
        buffer.set_string(area.x, area.y, look.glyphs.ellipsis, look.style(Role::Dim));
    }
}

#[cfg(test)]
mod tests;
