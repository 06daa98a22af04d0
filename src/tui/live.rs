//! Running work in words: stage, count, rate, elapsed time, and time to go where a total is known.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::store::{Cause, Stage};
use crate::workspace::Motion as MotionSetting;

use super::glyphs::Glyphs;
use super::state::{Now, Running, State};
use super::text;
use super::theme::{Look, Role};
use super::widgets::list::draw_selection;
use super::widgets::progress;

pub(crate) fn cause_word(cause: Cause) -> &'static str {
    match cause {
        Cause::Initial => "first sync",
        Cause::Manual => "asked for",
        Cause::Fix => "trying a fix",
        Cause::Schedule => "scheduled",
        Cause::Push => "after a push",
        Cause::Edit => "a file was saved",
    }
}

/// The mark of running work: it turns where motion is wanted. One on the screen is enough: the status
/// line has it, and every further one would cost bytes four times a second.
pub(crate) fn spinner(glyphs: &Glyphs, motion: MotionSetting, millis: u64) -> &'static str {
    let picture = (millis / State::SPINNER) as usize % glyphs.spinner.len().max(1);
    let turning = glyphs.spinner.get(picture).copied().filter(|_| motion == MotionSetting::Full);
    turning.unwrap_or(glyphs.running)
}

/// Milliseconds that a sync has run.
pub(crate) fn elapsed(running: &Running, now: Now) -> u64 {
    u64::try_from(now.wall.duration_since(running.started_at).as_millis()).unwrap_or(0)
}

/// How far it is, in one line of at most `width` cells.
pub(crate) fn doing(running: &Running, now: Now, look: Look<'_>, width: usize) -> Line<'static> {
    let plain = |words: &str| {
        let words = format!("{words} {} {}", look.glyphs.separator, text::seconds(elapsed(running, now)));
        Line::from(Span::styled(
            text::truncate(&words, width, look.glyphs.ellipsis).into_owned(),
            look.style(Role::Running),
        ))
    };
    match (running.cancelling, &running.progress, running.stage) {
        (true, ..) => plain("cancelling"),
        (false, Some(figures), _) => progress::line(look, figures, width),
        (false, None, Some(stage)) => plain(progress::doing(stage)),
        (false, None, None) => plain("starting"),
    }
}

/// For the status line: "shop ⠋ parsing ▰▰▰▱▱ 63 % … (+2)", in at most `width` cells.
pub(crate) fn status(running: &Running, others: usize, state: &State, look: Look<'_>, width: usize) -> Line<'static> {
    let mark = spinner(look.glyphs, state.motion, state.now.millis);
    let name = text::truncate(&text::clean(&running.project), width / 3, look.glyphs.ellipsis).into_owned();
    let others = if others > 0 { format!(" (+{others})") } else { String::new() };
    let room = width.saturating_sub(text::width(&name) + 3 + others.len());
    let mut line = Line::from(Span::styled(format!("{name} {mark} "), look.style(Role::Running)));
    line.extend(doing(running, state.now, look, room));
    line.push_span(Span::styled(others, look.style(Role::Dim)));
    line
}

/// Every stage with its mark, what it found or how far it is, and how long it took.
pub(crate) fn stages(running: &Running, now: Now, look: Look<'_>, width: u16) -> Vec<Line<'static>> {
    let glyphs = look.glyphs;
    let state = if running.cancelling { "cancelling" } else { "syncing" };
    let about = format!(" {} {}", glyphs.separator, cause_word(running.cause));
    let mut lines = vec![Line::from(vec![
        Span::styled(format!("{} {state}", glyphs.running), look.style(Role::Running)),
        Span::styled(about, look.style(Role::Dim)),
    ])];
    for stage in Stage::ALL {
        let name = |role| Span::styled(format!("{:<9}", progress::stage_name(stage)), look.style(role));
        let done = running.finished.iter().find(|record| record.stage == stage);
        let room = usize::from(width).saturating_sub(24);
        lines.push(match (done, running.stage == Some(stage)) {
            (Some(record), _) => Line::from(vec![
                Span::styled(format!("  {} ", glyphs.check), look.style(Role::Success)),
                name(Role::Text),
                Span::styled(format!("{:>8}  ", text::duration(record.elapsed_ms)), look.style(Role::Dim)),
                Span::raw(text::truncate(&text::clean(&record.detail), room, glyphs.ellipsis).into_owned()),
            ]),
            (None, true) => {
                let mark = Span::styled(format!("  {} ", glyphs.running), look.style(Role::Running));
                let mut line = Line::from(vec![mark, name(Role::Text)]);
                line.extend(doing(running, now, look, usize::from(width).saturating_sub(14)));
                line
            }
            (None, false) => {
                Line::from(vec![Span::styled(format!("  {} ", glyphs.pending), look.style(Role::Dim)), name(Role::Dim)])
            }
        });
    }
    lines
}

/// Two lines of a running sync in a list: what it is and how far, and what it does.
pub(crate) fn draw_short(
    running: &Running,
    state: &State,
    look: Look<'_>,
    area: Rect,
    selected: bool,
    buffer: &mut Buffer,
) {
    let width = area.width.saturating_sub(1);
    let spinner = spinner(look.glyphs, state.motion, state.now.millis);
    let time = text::seconds(elapsed(running, state.now));
    let about = format!("  sync {}  {}  {time}", running.sync.0, cause_word(running.cause));
    let title = Line::from(vec![
        Span::styled(format!("{spinner} "), look.style(Role::Running)),
        Span::raw(text::clean(&running.project).into_owned()),
        Span::styled(about, look.style(Role::Dim)),
    ]);
    let mut second = Line::from("    ");
    second.extend(doing(running, state.now, look, usize::from(width).saturating_sub(5)));
    for (line, y) in [title, second].iter().zip(area.y..area.bottom()) {
        buffer.set_line(area.x + 1, y, line, width);
    }
    if let Some(percent) = running.progress.as_ref().and_then(progress::percent) {
        let words = format!("{percent:>3} % ");
        let column = area.right().saturating_sub(words.len() as u16);
        buffer.set_stringn(column, area.y, words, usize::from(area.width), look.style(Role::Running));
    }
    if selected && area.height > 0 {
        draw_selection(look, Rect { height: 1, ..area }, true, buffer);
    }
}
