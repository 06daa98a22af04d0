//! What panes have in common: a line that is typed, a detail of lines, and words where a list would be.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::tui::commands::{Command, Keymap};
use crate::tui::key::{Key, KeyCode};
use crate::tui::state::Shown;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::input::TextInput;
use crate::tui::widgets::list::Motion;
use crate::tui::widgets::textview::{self, Document, TextView};

/// What a key did to a line of typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    Changed,
    /// Enter: what was typed stays.
    Done,
    /// Esc: as before the typing.
    Dropped,
    Nothing,
}

/// A line that is typed over something that goes on being shown.
#[derive(Clone, Debug, Default)]
pub struct TypedLine {
    input: TextInput,
    typing: bool,
}

impl TypedLine {
    pub fn begin(&mut self) {
        self.typing = true;
    }

    pub fn typing(&self) -> bool {
        self.typing
    }

    pub fn text(&self) -> &str {
        self.input.value()
    }

    pub fn set(&mut self, text: &str) {
        self.input.set(text);
        self.typing = false;
    }

    /// Other text, while typing goes on.
    pub fn retype(&mut self, text: &str) {
        self.input.set(text);
    }

    pub fn key(&mut self, key: Key) -> Typed {
        match key.code {
            KeyCode::Enter => {
                self.typing = false;
                Typed::Done
            }
            KeyCode::Esc => {
                self.set("");
                Typed::Dropped
            }
            _ if self.input.key(key.to_event()) => Typed::Changed,
            _ => Typed::Nothing,
        }
    }

    pub fn paste(&mut self, line: &str) {
        self.input.paste(line);
    }

    /// For a title: "/words", and nothing when there is nothing typed.
    pub fn title(&self, look: Look<'_>) -> Line<'static> {
        if !self.typing && self.text().is_empty() {
            return Line::default();
        }
        Line::from(vec![
            Span::styled("/", look.style(Role::Key)),
            Span::styled(text::clean(self.text()).into_owned(), look.style(Role::Input)),
            // A cell for the cursor, so that it does not stand on the border.
            Span::raw(if self.typing { " " } else { "" }),
        ])
    }

    /// Where the cursor goes when [`TypedLine::title`] stands at the right of an upper border. Only
    /// the end of the line is editable in sight.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        (self.typing && area.width > 4 && area.height > 0).then(|| Position::new(area.right() - 3, area.y))
    }
}

/// Lines of a detail, where a person stands in them, and what is searched for.
#[derive(Clone, Debug, Default)]
pub struct Detail {
    document: Document,
    view: TextView,
    line: TypedLine,
}

impl Detail {
    pub fn with_view(view: TextView) -> Self {
        Self { view, ..Self::default() }
    }

    /// Other lines about the same thing: the place stays.
    pub fn update(&mut self, document: Document) {
        if self.document != document {
            self.document = document;
        }
    }

    /// Lines about something else: back to the beginning.
    pub fn replace(&mut self, document: Document) {
        self.document = document;
        self.view.reset(&self.document);
    }

    /// Makes numbers and wrapping as wanted, where the lines are of another kind now.
    pub fn set_view(&mut self, view: TextView) {
        self.view = view;
    }

    pub fn set_size(&mut self, area: Rect) {
        self.view.set_size(usize::from(area.width), usize::from(area.height), &self.document);
    }

    pub fn step(&mut self, motion: Motion) {
        self.view.go(motion, &self.document);
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.document.len()
    }

    pub fn is_empty(&self) -> bool {
        self.document.is_empty()
    }

    /// The lines in sight, where long ones are not wrapped.
    pub fn window(&self) -> Range<usize> {
        self.view.window(&self.document)
    }

    /// Whether something is searched for.
    pub fn is_searched(&self) -> bool {
        !self.line.text().is_empty()
    }

    /// Marks bytes of a line as chosen; none marks nothing.
    pub fn mark(&mut self, place: Option<(usize, Range<usize>)>) {
        self.view.mark(place);
    }

    pub fn typing(&self) -> bool {
        self.line.typing()
    }

    pub fn key(&mut self, key: Key) {
        if self.line.key(key) != Typed::Nothing {
            self.view.search(self.line.text(), &self.document);
        }
    }

    pub fn paste(&mut self, line: &str) {
        self.line.paste(line);
        self.view.search(self.line.text(), &self.document);
    }

    /// Commands that mean the same in every detail; false when it is none of them.
    pub fn run(&mut self, command: Command) -> bool {
        match command {
            Command::ScrollLeft => self.view.sideways(-1, &self.document),
            Command::ScrollRight => self.view.sideways(1, &self.document),
            Command::NextMatch => self.view.next_match(&self.document),
            Command::PreviousMatch => self.view.previous_match(&self.document),
            Command::Wrap => self.view.toggle_wrap(&self.document),
            Command::Filter => self.line.begin(),
            Command::Back if !self.line.text().is_empty() => {
                self.line.set("");
                self.view.search("", &self.document);
            }
            _ => return false,
        }
        true
    }

    /// Whether such a command can be used now.
    pub fn can(&self, command: Command) -> Option<Result<(), String>> {
        match command {
            Command::ScrollLeft | Command::ScrollRight if self.view.wraps() => {
                Some(Err("long lines are wrapped".to_owned()))
            }
            Command::ScrollLeft | Command::ScrollRight | Command::Wrap => Some(Ok(())),
            Command::NextMatch | Command::PreviousMatch if !self.line.text().is_empty() => Some(Ok(())),
            _ => None,
        }
    }

    /// The box's right title and position, and the thumb.
    pub fn frame<'a>(&self, frame: Frame<'a>, look: Look<'_>) -> Frame<'a> {
        let mut title = self.line.title(look);
        if let Some(position) = self.view.match_position() {
            title.push_span(Span::styled(format!(" {position}"), look.style(Role::Dim)));
        }
        frame.right(title).position(self.view.position(&self.document)).scroll(self.view.scroll(&self.document))
    }

    pub fn cursor(&self, area: Rect) -> Option<Position> {
        self.line.cursor(area)
    }

    pub fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        textview::draw(look, area, &self.view, &self.document, buffer);
    }
}

/// Words where a list would be: never loaded, loading since, failed, or truly empty. None when there
/// is something to list.
pub fn instead_of_rows<T>(
    shown: Shown<'_, T>,
    now: jiff::Timestamp,
    texts: &Empty<'_>,
    is_empty: bool,
    keymap: &Keymap,
) -> Option<Vec<(Role, String)>> {
    match shown {
        Shown::NeverLoaded => Some(vec![(Role::Dim, keymap.fill(texts.never))]),
        Shown::LoadingSince(since) => {
            let waited = u64::try_from(now.duration_since(since).as_millis()).unwrap_or(0);
            // No seconds in the first one: they would only flicker.
            let time = if waited < 1_000 { String::new() } else { format!(" since {}", text::seconds(waited)) };
            Some(vec![(Role::Dim, format!("{}{time}", texts.loading))])
        }
        Shown::Failed(problem) => Some(vec![
            (Role::Failure, text::clean(&problem.summary).into_owned()),
            (Role::Dim, keymap.fill(&format!("{} - {{refresh}} tries again", problem.code))),
        ]),
        Shown::Value(..) if is_empty => Some(texts.empty.iter().map(|line| (Role::Dim, keymap.fill(line))).collect()),
        Shown::Value(..) => None,
    }
}

/// The three texts of an empty pane; each names the key that helps, as [`Keymap::fill`] reads it.
#[derive(Clone, Copy, Debug)]
pub struct Empty<'a> {
    pub never: &'a str,
    pub loading: &'a str,
    pub empty: &'a [&'a str],
}

/// Draws such words, wrapped.
pub fn draw_words(words: &[(Role, String)], look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let width = area.width.saturating_sub(2);
    let lines = words
        .iter()
        .flat_map(|(role, words)| text::wrap(words, usize::from(width)).into_iter().map(move |line| (*role, line)));
    for ((role, line), y) in lines.zip(area.y..area.bottom()) {
        buffer.set_stringn(area.x + 1, y, line, usize::from(width), look.style(role));
    }
}
