//! What colours and attributes mean: widgets name a [`Role`], a [`Theme`] says how it looks.
//!
//! Nothing outside this file names a colour. State is never told by colour alone: whoever draws a
//! state writes its word and its glyph as well.

use ratatui::style::{Color, Modifier, Style};

use super::glyphs::Glyphs;

mod patches;

pub use patches::Patches;

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    Dim,
    Title,
    /// A label in front of a value.
    Label,
    Border,
    BorderFocused,
    /// The selected row of the pane that has the focus.
    Selection,
    /// The selected row of a pane without the focus.
    SelectionInactive,
    Accent,
    Success,
    Warning,
    Failure,
    Running,
    Stale,
    /// A key to press.
    Key,
    /// A command that can't be used now.
    Disabled,
    /// Characters that a filter or a search matched.
    Match,
    Added,
    Changed,
    Removed,
    /// The characters within an added or removed line that make the difference.
    Emphasis,
    SqlKeyword,
    SqlString,
    SqlComment,
    SqlNumber,
    /// Jinja's delimiters and words.
    Jinja,
    /// Names inside Jinja: `ref`, `source`, macros.
    JinjaName,
    Link,
    /// Text that a person is typing.
    Input,
}

impl Role {
    pub const ALL: [Self; 29] = [
        Self::Text,
        Self::Dim,
        Self::Title,
        Self::Label,
        Self::Border,
        Self::BorderFocused,
        Self::Selection,
        Self::SelectionInactive,
        Self::Accent,
        Self::Success,
        Self::Warning,
        Self::Failure,
        Self::Running,
        Self::Stale,
        Self::Key,
        Self::Disabled,
        Self::Match,
        Self::Added,
        Self::Changed,
        Self::Removed,
        Self::Emphasis,
        Self::SqlKeyword,
        Self::SqlString,
        Self::SqlComment,
        Self::SqlNumber,
        Self::Jinja,
        Self::JinjaName,
        Self::Link,
        Self::Input,
    ];

    /// One letter for each role, for snapshots of styles. A cell of [`Theme::letters`] gives it back
    /// by [`Role::letter_of`].
    pub const fn letter(self) -> char {
        match self {
            Self::Text => '.',
            Self::Dim => 'd',
            Self::Title => 'T',
            Self::Label => 'l',
            Self::Border => 'b',
            Self::BorderFocused => 'B',
            Self::Selection => 'S',
            Self::SelectionInactive => 's',
            Self::Accent => 'A',
            Self::Success => '+',
            Self::Warning => '!',
            Self::Failure => 'x',
            Self::Running => 'r',
            Self::Stale => '~',
            Self::Key => 'k',
            Self::Disabled => 'z',
            Self::Match => 'm',
            Self::Added => 'a',
            Self::Changed => 'c',
            Self::Removed => 'R',
            Self::Emphasis => 'E',
            Self::SqlKeyword => 'K',
            Self::SqlString => '"',
            Self::SqlComment => '-',
            Self::SqlNumber => '0',
            Self::Jinja => 'j',
            Self::JinjaName => 'J',
            Self::Link => 'L',
            Self::Input => 'i',
        }
    }

    /// The letter of a cell that was drawn with [`Theme::letters`]: the background's role where there
    /// is one (a selection lies over what it selects), else the foreground's.
    pub fn letter_of(foreground: Color, background: Color) -> char {
        let role = |color| match color {
            Color::Indexed(index) => Self::ALL.get(usize::from(index)).copied(),
            _ => None,
        };
        role(background).or_else(|| role(foreground)).map_or(' ', Self::letter)
    }
}

/// How roles look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// The terminal's own foreground, background and 16 colours: right on dark and on light.
    Terminal,
    /// Attributes only, for `NO_COLOR` and for terminals without colours.
    Mono,
    /// Every role a colour of its own that tells the role, for snapshots of styles.
    Letters,
}

impl Theme {
    pub const fn terminal() -> Self {
        Self::Terminal
    }

    pub const fn mono() -> Self {
        Self::Mono
    }

    pub const fn letters() -> Self {
        Self::Letters
    }

    pub fn style(self, role: Role) -> Style {
        match self {
            Self::Terminal => terminal(role),
            Self::Mono => mono(role),
            Self::Letters => letters(role),
        }
    }
}

/// A theme with a person's changes and the glyphs that go with it: all that a widget must know to draw
/// itself.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    pub theme: Theme,
    pub glyphs: &'a Glyphs,
    patches: &'a Patches,
}

impl<'a> Look<'a> {
    pub const fn new(theme: Theme, glyphs: &'a Glyphs) -> Self {
        Self { theme, glyphs, patches: &Patches::NONE }
    }

    /// The same with a person's own styles in place of the theme's.
    #[must_use]
    pub fn patched(self, patches: &'a Patches) -> Self {
        Self { patches, ..self }
    }

    pub fn style(&self, role: Role) -> Style {
        self.patches.style(role, self.theme).unwrap_or_else(|| self.theme.style(role))
    }
}

/// One even bar: what lies under it loses its own colours, or the bar would be striped.
fn reversed() -> Style {
    Style::new()
        .fg(Color::Reset)
        .bg(Color::Reset)
        .add_modifier(Modifier::REVERSED)
        .remove_modifier(Modifier::DIM | Modifier::BOLD | Modifier::UNDERLINED)
}

fn terminal(role: Role) -> Style {
    let plain = Style::new();
    let bold = plain.add_modifier(Modifier::BOLD);
    // DIM and not bright black: on several palettes bright black is the background.
    let dim = plain.add_modifier(Modifier::DIM);
    match role {
        Role::Text | Role::SelectionInactive | Role::Input => plain,
        Role::Dim | Role::Label | Role::Border | Role::Disabled => dim,
        Role::SqlComment => dim.add_modifier(Modifier::ITALIC),
        Role::Title => bold,
        Role::BorderFocused | Role::Accent | Role::Running | Role::SqlNumber => plain.fg(Color::Cyan),
        Role::Selection => reversed(),
        Role::Success | Role::Added | Role::SqlString => plain.fg(Color::Green),
        Role::Warning | Role::Changed | Role::Stale => plain.fg(Color::Yellow),
        Role::Failure => bold.fg(Color::Red),
        Role::Removed => plain.fg(Color::Red),
        Role::Key => bold.fg(Color::Cyan),
        Role::Match | Role::JinjaName => bold.fg(Color::Magenta),
        Role::Emphasis => bold.add_modifier(Modifier::UNDERLINED),
        Role::SqlKeyword => plain.fg(Color::Blue).add_modifier(Modifier::BOLD),
        Role::Jinja => plain.fg(Color::Magenta),
        Role::Link => plain.fg(Color::Cyan).add_modifier(Modifier::UNDERLINED),
    }
}

fn mono(role: Role) -> Style {
    let plain = Style::new();
    let bold = plain.add_modifier(Modifier::BOLD);
    let dim = plain.add_modifier(Modifier::DIM);
    match role {
        Role::Text
        | Role::SelectionInactive
        | Role::Input
        | Role::Success
        | Role::Running
        | Role::Changed
        | Role::SqlString
        | Role::SqlNumber
        | Role::Jinja => plain,
        Role::Dim | Role::Label | Role::Border | Role::Disabled | Role::Stale | Role::SqlComment | Role::Removed => dim,
        Role::Title
        | Role::BorderFocused
        | Role::Accent
        | Role::Warning
        | Role::Failure
        | Role::Key
        | Role::Added
        | Role::SqlKeyword
        | Role::JinjaName => bold,
        Role::Selection => reversed(),
        Role::Match | Role::Emphasis => bold.add_modifier(Modifier::UNDERLINED),
        Role::Link => plain.add_modifier(Modifier::UNDERLINED),
    }
}

fn letters(role: Role) -> Style {
    let index = Role::ALL.iter().position(|candidate| *candidate == role).unwrap_or(0);
    let color = Color::Indexed(index as u8);
    match role {
        Role::Selection => Style::new().bg(color),
        _ => Style::new().fg(color),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_role_has_a_letter_of_its_own() {
        let letters: HashSet<char> = Role::ALL.iter().map(|role| role.letter()).collect();
        assert_eq!(letters.len(), Role::ALL.len());
    }

    #[test]
    fn a_letter_comes_back_from_a_cell() {
        for role in Role::ALL {
            let style = Theme::letters().style(role);
            let letter = Role::letter_of(style.fg.unwrap_or_default(), style.bg.unwrap_or_default());
            assert_eq!(letter, role.letter(), "{role:?}");
        }
        assert_eq!(Role::letter_of(Color::Reset, Color::Reset), ' ');
        assert_eq!(Role::letter_of(Color::Indexed(255), Color::Red), ' ');
    }

    #[test]
    fn mono_has_no_colour() {
        for role in Role::ALL {
            let style = Theme::mono().style(role);
            assert!(matches!(style.fg, None | Some(Color::Reset)), "{role:?}");
            assert!(matches!(style.bg, None | Some(Color::Reset)), "{role:?}");
        }
    }

    #[test]
    fn the_selection_is_seen_without_any_colour() {
        for theme in [Theme::terminal(), Theme::mono()] {
            assert!(theme.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn the_terminal_theme_keeps_the_background() {
        for role in Role::ALL {
            assert!(matches!(Theme::terminal().style(role).bg, None | Some(Color::Reset)), "{role:?}");
        }
    }

    #[test]
    fn only_the_sixteen_colours_are_used() {
        for role in Role::ALL {
            let color = Theme::terminal().style(role).fg;
            assert!(!matches!(color, Some(Color::Rgb(..) | Color::Indexed(_))), "{role:?}");
        }
    }
}
