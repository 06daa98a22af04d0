//! A person's own styles (`[ui.theme_roles]`) in place of the theme's.

use ratatui::style::{Color, Modifier, Style};

use super::{Role, Theme, reversed};
use crate::workspace::{RoleColor, RoleStyle, ThemeRoles};

/// The roles that look other than the theme says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patches([Option<Style>; Role::ALL.len()]);

impl Default for Patches {
    fn default() -> Self {
        Self::NONE
    }
}

impl Patches {
    pub const NONE: Self = Self([None; Role::ALL.len()]);

    /// The styles that are set; `many_colours` where the terminal has 256 of them.
    pub fn new(roles: &ThemeRoles, many_colours: bool) -> Self {
        let own = |role| set(roles, role).map(|style| style_of(style, role, many_colours));
        Self(Role::ALL.map(own))
    }

    /// A role's own style, without its colours where the theme has none.
    pub(super) fn style(&self, role: Role, theme: Theme) -> Option<Style> {
        let style = self.0.get(role as usize).copied().flatten()?;
        match theme {
            Theme::Terminal => Some(style),
            Theme::Mono => {
                let without = |color: Option<Color>| color.filter(|color| *color == Color::Reset);
                Some(Style { fg: without(style.fg), bg: without(style.bg), ..style })
            }
            // Which role it is must stay to be told.
            Theme::Letters => None,
        }
    }
}

fn style_of(set: RoleStyle, role: Role, many_colours: bool) -> Style {
    // A selection lies over other styles: what it does not set must not shine through.
    let mut style = if role == Role::Selection { reversed().remove_modifier(Modifier::REVERSED) } else { Style::new() };
    style.fg = color(set.color, many_colours).or(style.fg);
    style.bg = color(set.background, many_colours).or(style.bg);
    let modifiers = [
        (set.bold, Modifier::BOLD),
        (set.dim, Modifier::DIM),
        (set.italic, Modifier::ITALIC),
        (set.underlined, Modifier::UNDERLINED),
        (set.reversed, Modifier::REVERSED),
    ];
    modifiers.into_iter().filter(|(on, _)| *on).fold(style, |style, (_, modifier)| style.add_modifier(modifier))
}

/// None is the terminal's own.
fn color(color: RoleColor, many_colours: bool) -> Option<Color> {
    Some(match color {
        RoleColor::Default => return None,
        RoleColor::Black => Color::Black,
        RoleColor::Red => Color::Red,
        RoleColor::Green => Color::Green,
        RoleColor::Yellow => Color::Yellow,
        RoleColor::Blue => Color::Blue,
        RoleColor::Magenta => Color::Magenta,
        RoleColor::Cyan => Color::Cyan,
        RoleColor::White => Color::Gray,
        RoleColor::BrightBlack => Color::DarkGray,
        RoleColor::BrightRed => Color::LightRed,
        RoleColor::BrightGreen => Color::LightGreen,
        RoleColor::BrightYellow => Color::LightYellow,
        RoleColor::BrightBlue => Color::LightBlue,
        RoleColor::BrightMagenta => Color::LightMagenta,
        RoleColor::BrightCyan => Color::LightCyan,
        RoleColor::BrightWhite => Color::White,
        RoleColor::Index(index) => return many_colours.then_some(Color::Indexed(index)),
    })
}

fn set(roles: &ThemeRoles, role: Role) -> Option<RoleStyle> {
    match role {
        Role::Text => roles.text,
        Role::Dim => roles.dim,
        Role::Title => roles.title,
        Role::Label => roles.label,
        Role::Border => roles.border,
        Role::BorderFocused => roles.border_focused,
        Role::Selection => roles.selection,
        Role::SelectionInactive => roles.selection_inactive,
        Role::Accent => roles.accent,
        Role::Success => roles.success,
        Role::Warning => roles.warning,
        Role::Failure => roles.failure,
        Role::Running => roles.running,
        Role::Stale => roles.stale,
        Role::Key => roles.key,
        Role::Disabled => roles.disabled,
        Role::Match => roles.matched,
        Role::Added => roles.added,
        Role::Changed => roles.changed,
        Role::Removed => roles.removed,
        Role::Emphasis => roles.emphasis,
        Role::SqlKeyword => roles.sql_keyword,
        Role::SqlString => roles.sql_string,
        Role::SqlComment => roles.sql_comment,
        Role::SqlNumber => roles.sql_number,
        Role::Jinja => roles.jinja,
        Role::JinjaName => roles.jinja_name,
        Role::Link => roles.link,
        Role::Input => roles.input,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::glyphs::Glyphs;
    use crate::tui::theme::Look;

    fn roles(text: &str) -> ThemeRoles {
        toml::from_str(text).unwrap()
    }

    /// `[ui.theme_roles]` of the example, with its commented settings switched on.
    fn of_the_example() -> ThemeRoles {
        let example = include_str!("../../../config.example.toml");
        let (_, rest) = example.split_once("[ui.theme_roles]\n").unwrap();
        let lines = rest.lines().map_while(|line| line.strip_prefix("# "));
        roles(&lines.collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn the_example_is_the_terminals_theme() {
        let patches = Patches::new(&of_the_example(), true);
        for role in Role::ALL {
            assert_eq!(patches.style(role, Theme::terminal()), Some(Theme::terminal().style(role)), "{role:?}");
        }
    }

    #[test]
    fn every_role_stands_at_its_own_place() {
        for (index, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, index);
        }
    }

    #[test]
    fn a_role_looks_as_it_is_set_and_the_others_as_before() {
        let patches = Patches::new(&roles("key = { color = \"bright_yellow\", italic = true }"), true);
        let glyphs = Glyphs::unicode();
        let look = Look::new(Theme::terminal(), &glyphs).patched(&patches);
        assert_eq!(look.style(Role::Key), Style::new().fg(Color::LightYellow).add_modifier(Modifier::ITALIC));
        assert_eq!(look.style(Role::Link), Theme::terminal().style(Role::Link));
    }

    #[test]
    fn without_colours_only_attributes_are_left() {
        let set = "failure = { color = \"red\", background = \"white\", underlined = true }";
        let style = Patches::new(&roles(set), true).style(Role::Failure, Theme::mono());
        assert_eq!(style, Some(Style::new().add_modifier(Modifier::UNDERLINED)));
    }

    #[test]
    fn one_of_256_colours_needs_a_terminal_that_has_them() {
        let set = roles("accent = { color = { index = 208 } }");
        let style = |many| Patches::new(&set, many).style(Role::Accent, Theme::terminal());
        assert_eq!(style(true), Some(Style::new().fg(Color::Indexed(208))));
        assert_eq!(style(false), Some(Style::new()));
    }

    #[test]
    fn a_selection_of_ones_own_is_one_even_bar() {
        let patches = Patches::new(&roles("selection = { background = \"blue\" }"), true);
        let style = patches.style(Role::Selection, Theme::terminal()).unwrap();
        let below = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        assert_eq!(below.patch(style), Style::new().fg(Color::Reset).bg(Color::Blue).patch(style));
        assert!(!below.patch(style).add_modifier.contains(Modifier::BOLD));
    }
}
