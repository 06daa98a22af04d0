//! One line that says how far a running stage is: percent and count where the total is known, a count
//! alone where it is not, and never a bar that pretends.

use ratatui::text::{Line, Span};

use crate::engine::{Progress, Unit};
use crate::store::Stage;
use crate::tui::text;
use crate::tui::theme::{Look, Role};

/// Cells of the bar.
const BAR: usize = 12;
/// Milliseconds of work before a guess at the rest is worth anything.
const SETTLED: u64 = 3_000;

/// What a stage does, while it does it.
pub fn doing(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "connecting",
        Stage::Fetch => "receiving objects",
        Stage::Parse => "parsing",
        Stage::Compile => "compiling",
        Stage::Record => "recording",
    }
}

/// The name of a stage.
pub fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "connect",
        Stage::Fetch => "fetch",
        Stage::Parse => "parse",
        Stage::Compile => "compile",
        Stage::Record => "record",
    }
}

/// Whole percent, at most 99 until all is done; none where the total is not known.
pub fn percent(progress: &Progress) -> Option<u64> {
    let total = progress.total.filter(|total| *total > 0)?;
    let done = progress.done.min(total);
    Some((u128::from(done) * 100 / u128::from(total)) as u64)
}

/// Milliseconds that are left if it goes on as it went; none until that can be told.
pub fn remaining(progress: &Progress) -> Option<u64> {
    let total = progress.total?;
    let left = total.checked_sub(progress.done).filter(|left| *left > 0)?;
    if progress.done == 0 || progress.elapsed_ms < SETTLED {
        return None;
    }
    u64::try_from(u128::from(progress.elapsed_ms) * u128::from(left) / u128::from(progress.done)).ok()
}

/// `▰▰▰▱▱▱`; nothing where the total is not known.
pub fn bar(look: Look<'_>, progress: &Progress, cells: usize) -> Option<String> {
    let full = percent(progress)? as usize * cells / 100;
    Some(look.glyphs.bar_full.repeat(full) + &look.glyphs.bar_empty.repeat(cells - full))
}

fn unit(unit: Unit, count: u64) -> &'static str {
    match (unit, count) {
        (Unit::Objects, 1) => "object",
        (Unit::Objects, _) => "objects",
        (Unit::Files, 1) => "file",
        (Unit::Files, _) => "files",
        (Unit::Models, 1) => "model",
        (Unit::Models, _) => "models",
    }
}

/// `receiving objects ▰▰▰▰▰▰▰▱▱▱▱▱ 62 % 1 200/1 936 14 MB 3.1 MB/s · 3 s · 2 s left`, without the
/// least important parts where it would be wider than `width`.
pub fn line(look: Look<'_>, progress: &Progress, width: usize) -> Line<'static> {
    let separator = look.glyphs.separator;
    // Each part with its importance: the lower ones go first.
    let mut parts: Vec<(u8, Role, String)> = vec![(9, Role::Running, doing(progress.stage).to_owned())];
    if let Some(bar) = bar(look, progress, BAR) {
        parts.push((3, Role::Running, bar));
    }
    if let Some(percent) = percent(progress) {
        parts.push((8, Role::Text, format!("{percent} %")));
    }
    match progress.total {
        Some(total) if total > 0 => parts.push((6, Role::Text, text::count_of(progress.done.min(total), total))),
        _ if progress.done > 0 => {
            parts.push((
                7,
                Role::Text,
                format!("{} {}", text::number(progress.done), unit(progress.unit, progress.done)),
            ));
        }
        _ => {}
    }
    if progress.bytes > 0 {
        parts.push((5, Role::Text, text::bytes(progress.bytes)));
    }
    if let Some(rate) = text::rate(progress.bytes, progress.elapsed_ms) {
        parts.push((2, Role::Dim, rate));
    }
    parts.push((4, Role::Dim, format!("{separator} {}", text::seconds(progress.elapsed_ms))));
    if let Some(left) = remaining(progress) {
        parts.push((1, Role::Dim, format!("{separator} {} left", text::seconds(left))));
    }
    let taken = |parts: &[(u8, Role, String)]| parts.iter().map(|(_, _, part)| text::width(part) + 1).sum::<usize>();
    while taken(&parts) > width + 1 && parts.len() > 1 {
        let least = parts.iter().enumerate().min_by_key(|(_, (importance, ..))| *importance).map(|(index, _)| index);
        parts.remove(least.unwrap_or(0));
    }
    let mut spans = Vec::new();
    for (_, role, part) in parts {
        if !spans.is_empty() {
            spans.push(Span::raw(" "));
        }
        let part = text::truncate(&part, width, look.glyphs.ellipsis).into_owned();
        spans.push(Span::styled(part, look.style(role)));
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::glyphs::Glyphs;
    use crate::tui::theme::Theme;

    fn fetch() -> Progress {
        let (stage, unit) = (Stage::Fetch, Unit::Objects);
        Progress { stage, done: 1_200, total: Some(1_936), unit, bytes: 14_000_000, elapsed_ms: 4_500 }
    }

    fn shown(progress: &Progress, width: usize) -> String {
        let glyphs = Glyphs::unicode();
        line(Look::new(Theme::mono(), &glyphs), progress, width).to_string()
    }

    #[test]
    fn a_stage_says_how_far_it_is() {
        let wanted = "receiving objects ▰▰▰▰▰▰▰▱▱▱▱▱ 61 % 1 200/1 936 14 MB 3.1 MB/s · 4 s · 2 s left";
        assert_eq!(shown(&fetch(), 100), wanted);
    }

    #[test]
    fn a_narrow_line_keeps_what_matters() {
        for (width, wanted) in [
            (58, "receiving objects 61 % 1 200/1 936 14 MB · 4 s"),
            (36, "receiving objects 61 % 1 200/1 936"),
            (24, "receiving objects 61 %"),
            (8, "receivi…"),
            (0, ""),
        ] {
            assert_eq!(shown(&fetch(), width), wanted, "in {width}");
        }
    }

    #[test]
    fn without_a_total_there_is_no_bar() {
        let progress = Progress { total: None, bytes: 0, ..fetch() };
        assert_eq!(shown(&progress, 100), "receiving objects 1 200 objects · 4 s");
        let progress = Progress { total: Some(0), done: 0, bytes: 0, ..fetch() };
        assert_eq!(shown(&progress, 100), "receiving objects · 4 s");
    }

    #[test]
    fn a_hundred_percent_means_done() {
        for (done, total, wanted) in [(999, 1_000, 99), (1_000, 1_000, 100), (2_000, 1_000, 100), (0, 5, 0)] {
            assert_eq!(percent(&Progress { done, total: Some(total), ..fetch() }), Some(wanted));
        }
    }

    #[test]
    fn the_rest_is_guessed_only_when_it_can_be() {
        assert_eq!(remaining(&Progress { elapsed_ms: 1_000, ..fetch() }), None);
        assert_eq!(remaining(&Progress { done: 0, ..fetch() }), None);
        assert_eq!(remaining(&Progress { total: None, ..fetch() }), None);
        assert_eq!(remaining(&Progress { done: 1_936, ..fetch() }), None);
        assert_eq!(remaining(&Progress { done: 968, elapsed_ms: 8_000, ..fetch() }), Some(8_000));
    }

    #[test]
    fn one_is_singular() {
        let progress =
            Progress { stage: Stage::Parse, unit: Unit::Files, done: 1, total: None, bytes: 0, elapsed_ms: 0 };
        assert_eq!(shown(&progress, 80), "parsing 1 file · 0 s");
    }

    proptest! {
        #[test]
        fn a_line_fits(done: u64, total: Option<u64>, bytes: u64, elapsed_ms: u64, width in 0_usize..120) {
            let progress = Progress { done, total, bytes, elapsed_ms, ..fetch() };
            prop_assert!(text::width(&shown(&progress, width)) <= width);
        }
    }
}
