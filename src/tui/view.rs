//! `view`: draws the state into a frame and changes nothing.

use ratatui::Frame as Screen;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::commands::{self, Command, Lookup};
use super::layout::{Areas, Arrangement, SMALLEST, in_a_row};
use super::live;
use super::overlays;
use super::state::{State, Tab, Tone};
use super::text;
use super::theme::{Look, Role, Theme};
use super::widgets::popup;

/// Draws everything.
pub fn view(state: &State, theme: Theme, screen: &mut Screen<'_>) {
    let cursor = draw(state, Look::new(theme, &state.glyphs).patched(&state.patches), screen.buffer_mut());
    if let Some(position) = cursor {
        screen.set_cursor_position(position);
    }
}

/// Draws everything into a buffer; gives the place of the cursor where text is typed.
pub fn draw(state: &State, look: Look<'_>, buffer: &mut Buffer) -> Option<Position> {
    // The terminal may have another size by now than the last message said.
    let areas = state.areas();
    if areas.arrangement == Arrangement::Notice || areas.whole.intersection(buffer.area) != areas.whole {
        draw_notice(state, look, buffer);
        return None;
    }
    draw_status(state, look, areas.status, buffer);
    draw_tabs(state, look, &areas, buffer);
    let (pane, context) = state.pane();
    let mut cursor = pane.draw(look, &context, buffer);
    draw_tip(state, look, areas.tip, buffer);
    draw_footer(state, look, areas.footer, buffer);
    draw_toast(state, look, areas.toast, buffer);
    draw_prefix_help(state, look, &areas, buffer);
    for overlay in &state.overlays {
        cursor = overlays::draw(overlay, state, look, buffer);
    }
    cursor
}

fn draw_notice(state: &State, look: Look<'_>, buffer: &mut Buffer) {
    let area = buffer.area;
    let words = format!("ebb needs {}x{} cells; {}", SMALLEST.0, SMALLEST.1, state.keymap.fill("{quit} quits"));
    for (line, y) in text::wrap(&words, usize::from(area.width)).into_iter().zip(area.y..area.bottom()) {
        buffer.set_stringn(area.x, y, line, usize::from(area.width), look.style(Role::Text));
    }
}

/// Cells of running work in the status line where the pane below shows it whole.
const SHORT_STATUS: usize = 32;

/// Who we are at the left, what needs attention at the right, what runs between.
fn draw_status(state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let workspace = state.overview.value().map_or("", |overview| overview.workspace.as_str());
    let mut left = vec![Span::styled(" ebb", look.style(Role::Title))];
    if !workspace.is_empty() {
        left.push(Span::styled(format!(" {} ", look.glyphs.separator), look.style(Role::Dim)));
        left.push(Span::styled(text::clean(workspace).into_owned(), look.style(Role::Text)));
    }
    let right = status_right(state, look);
    if area.width >= CRUMBS_FROM && state.work.is_idle() {
        let used = left.iter().map(Span::width).sum::<usize>() + right.width() + 4;
        left.extend(crumbs(state, look, usize::from(area.width).saturating_sub(used)));
    }
    let left = Line::from(left);
    let (left_width, right_width) = (left.width() as u16, right.width() as u16);
    buffer.set_line(area.x, area.y, &left, area.width);
    if left_width + right_width + 2 > area.width {
        return;
    }
    buffer.set_line(area.right() - right_width - 1, area.y, &right, right_width);
    let room = usize::from(area.width - left_width - right_width).saturating_sub(5);
    // Panes that show the work whole need it here only in short; twice would be twice the bytes.
    let room = if state.tab == Tab::Models { room } else { room.min(SHORT_STATUS) };
    let mut running = state.work.running.iter();
    if let Some(first) = running.next() {
        let others = running.count();
        let line = live::status(first, others, state, look, room);
        let width = line.width() as u16;
        buffer.set_line(area.right().saturating_sub(right_width + 3 + width), area.y, &line, width);
    }
}

/// Narrower screens have no room for the way to what is selected, and slow ones no bytes.
const CRUMBS_FROM: u16 = 100;

/// `▸ Models ▸ shop ▸ staging ▸ stg_orders`; where there is no room for all, the middle is left out.
fn crumbs<'l>(state: &State, look: Look<'l>, room: usize) -> Vec<Span<'l>> {
    let (pane, context) = state.pane();
    let mut names = vec![state.tab.title().to_owned()];
    names.extend(pane.crumbs(&context).iter().map(|name| text::clean(name).into_owned()));
    let step = format!(" {} ", look.glyphs.arrow_head);
    let wanted = |names: &[String]| names.iter().map(|name| text::width(name) + text::width(&step)).sum::<usize>();
    if wanted(&names) > room && names.len() > 2 {
        names.insert(1, look.glyphs.ellipsis.to_owned());
    }
    while wanted(&names) > room && names.len() > 3 {
        names.remove(2);
    }
    if wanted(&names) > room {
        return Vec::new();
    }
    let last = names.len() - 1;
    let span = |(index, name): (usize, String)| {
        let style = look.style(if index == last { Role::Text } else { Role::Dim });
        [Span::styled(step.clone(), look.style(Role::Dim)), Span::styled(name, style)]
    };
    names.into_iter().enumerate().flat_map(span).collect()
}

fn status_right(state: &State, look: Look<'_>) -> Line<'static> {
    let open = state.overview.value().map_or(0, |overview| overview.open_problems);
    let (role, words) = match open {
        0 => return Line::default(),
        1 => (Role::Failure, "1 problem".to_owned()),
        many => (Role::Failure, format!("{} problems", text::number(many))),
    };
    Line::from(Span::styled(format!("{} {words}", look.glyphs.cross), look.style(role)))
}

/// The tabs' titles with their widths, from left to right.
fn tab_titles(state: &State) -> Vec<(Tab, String)> {
    let open = state.overview.value().map_or(0, |overview| overview.open_problems);
    let title = |tab: Tab| match tab {
        Tab::Troubleshooting if open > 0 => format!("{} {} {}{open}", tab.number(), tab.title(), state.glyphs.dot),
        Tab::Connections | Tab::Models | Tab::History | Tab::Troubleshooting => {
            format!("{} {}", tab.number(), tab.title())
        }
    };
    Tab::ALL.into_iter().map(|tab| (tab, title(tab))).collect()
}

/// The tabs with their titles and the cells of each.
pub(super) fn tab_places(state: &State, area: Rect) -> Vec<(Tab, String, Rect)> {
    let titles = tab_titles(state);
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    let places = in_a_row(inner, titles.iter().map(|(_, title)| text::width(title) as u16), 3);
    titles.into_iter().zip(places).map(|((tab, title), place)| (tab, title, place)).collect()
}

fn draw_tabs(state: &State, look: Look<'_>, areas: &Areas, buffer: &mut Buffer) {
    for (tab, title, place) in tab_places(state, areas.tabs) {
        let chosen = tab == state.tab;
        let style = look.style(if chosen { Role::Title } else { Role::Dim });
        buffer.set_stringn(place.x, place.y, &title, usize::from(place.width), style);
        if chosen {
            // Seen without colour, too.
            buffer.set_stringn(place.x - 1, place.y, look.glyphs.marker, 1, look.style(Role::BorderFocused));
        } else {
            buffer.set_stringn(place.x, place.y, title.get(..1).unwrap_or_default(), 1, look.style(Role::Key));
        }
    }
}

/// The tab under the mouse.
pub(super) fn tab_at(state: &State, place: Position) -> Option<Tab> {
    tab_places(state, state.areas().tabs).into_iter().find(|(_, _, area)| area.contains(place)).map(|(tab, _, _)| tab)
}

/// Cells between two hints.
const HINT_GAP: u16 = 3;

/// The hints with the keys and the cells of each.
pub(super) fn hint_places(state: &State, area: Rect) -> Vec<(Command, String, Rect)> {
    let keyed = commands::hints(state).into_iter().map(|command| (command, state.keymap.shown(command)));
    let mut hints: Vec<(Command, String)> = keyed.filter(|(_, keys)| !keys.is_empty()).collect();
    let width =
        |(command, keys): &(Command, String)| (text::width(keys) + 1 + text::width(command.info().title)) as u16;
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    // Where there is no room for all, those in front of the last few, which lead to all others, give way.
    let wanted = |hints: &[(Command, String)]| hints.iter().map(|hint| width(hint) + HINT_GAP).sum::<u16>();
    while wanted(&hints) > inner.width + HINT_GAP && hints.len() > commands::ALWAYS {
        hints.remove(hints.len() - commands::ALWAYS - 1);
    }
    let places = in_a_row(inner, hints.iter().map(width), HINT_GAP);
    hints.into_iter().zip(places).map(|((command, keys), place)| (command, keys, place)).collect()
}

/// The command whose hint is under the mouse.
pub(super) fn hint_at(state: &State, place: Position) -> Option<Command> {
    let hints = hint_places(state, state.areas().footer);
    hints.into_iter().find(|(_, _, area)| area.contains(place)).map(|(command, _, _)| command)
}

fn draw_footer(state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    for (index, (command, keys, place)) in hint_places(state, area).into_iter().enumerate() {
        if index > 0 {
            buffer.set_stringn(place.x - 2, place.y, look.glyphs.separator, 1, look.style(Role::Dim));
        }
        let line = Line::from(vec![
            Span::styled(keys, look.style(Role::Key)),
            Span::styled(format!(" {}", command.info().title), look.style(Role::Dim)),
        ]);
        buffer.set_line(place.x, place.y, &line, place.width);
    }
    draw_pending(state, look, area, buffer);
}

fn draw_tip(state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(tip) = state.tip() else { return };
    let separator = look.glyphs.separator;
    let hide = state.keymap.fill("{dismiss-tip} hides this");
    let words = format!("tip {separator} {} {separator} {hide}", state.keymap.fill(tip.words));
    let room = usize::from(area.width.saturating_sub(2));
    let words = text::truncate(&words, room, look.glyphs.ellipsis);
    buffer.set_stringn(area.x + 1, area.y, words, room, look.style(Role::Dim));
}

/// The count and the keys pressed so far, at the right end.
fn draw_pending(state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let mut words: String = state.pending.count.map(|count| count.to_string()).unwrap_or_default();
    words.extend(state.pending.keys.iter().map(ToString::to_string));
    if !words.is_empty() {
        let words = format!(" {words} ");
        let width = text::width(&words) as u16;
        if width < area.width {
            buffer.set_stringn(area.right() - width, area.y, words, usize::from(width), look.style(Role::Key));
        }
    }
}

fn draw_toast(state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(toast) = &state.toast else { return };
    let (role, mark) = match toast.tone {
        Tone::Done => (Role::Success, look.glyphs.check),
        Tone::Note => (Role::Accent, look.glyphs.notice),
        Tone::Failed => (Role::Failure, look.glyphs.cross),
    };
    let room = usize::from(area.width.saturating_sub(8));
    let clean = text::clean(&toast.text);
    let words = text::truncate(&clean, room, look.glyphs.ellipsis);
    let line = Line::from(vec![
        Span::styled(format!(" {mark} "), look.style(role)),
        Span::styled(words.into_owned(), look.style(Role::Text)),
        Span::raw(" "),
    ]);
    let width = line.width() as u16;
    let place =
        Rect { x: area.x + 2, width: width.min(area.width.saturating_sub(2)), ..area }.intersection(buffer.area);
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, place, buffer);
    buffer.set_line(place.x, place.y, &line, place.width);
}

/// What may follow a prefix, when a person hesitates. It takes no key away.
fn draw_prefix_help(state: &State, look: Look<'_>, areas: &Areas, buffer: &mut Buffer) {
    let waited = state.now.millis.saturating_sub(state.pending.since) >= State::PREFIX_HELP;
    if state.pending.keys.is_empty() || !waited {
        return;
    }
    let Lookup::Prefix(next) = state.keymap.lookup(&state.pending.keys, state.tab) else { return };
    let lines: Vec<Line<'_>> = next
        .iter()
        .map(|(chord, command)| {
            let keys = Span::styled(format!("{:<6}", chord.to_string()), look.style(Role::Key));
            let enabled = commands::enabled(*command, state).is_ok();
            Line::from(vec![
                keys,
                Span::styled(command.info().title, look.style(if enabled { Role::Text } else { Role::Disabled })),
            ])
        })
        .collect();
    let above = Rect { height: areas.whole.height.saturating_sub(1), ..areas.whole };
    let area = popup::corner(above, 28, lines.len() as u16 + 2);
    let inside = popup::draw(look, area, &super::widgets::frame::Frame::new("then"), buffer);
    popup::draw_lines(inside, lines, buffer);
}
