//! What is known of the terminal before it is touched: from the environment and the settings.

use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Theme;
use crate::workspace::{self, Environment, Ui};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) over_ssh: bool,
    pub(crate) in_tmux: bool,
    pub(crate) wayland: bool,
    pub(crate) x11: bool,
    /// Whether the locale says UTF-8.
    pub(crate) utf8: bool,
    /// Whether colours are wanted and can be shown.
    pub(crate) colours: bool,
    /// Whether there are 256 of them.
    pub(crate) many_colours: bool,
}

impl Facts {
    pub(crate) fn of(environment: &Environment) -> Self {
        let set = |name: &str| environment.variable(name).is_some_and(|value| !value.is_empty());
        // The first of these that is set decides, as in every libc.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find(|name| set(name));
        let locale = locale.and_then(|name| environment.variable(name)).unwrap_or_default().to_ascii_lowercase();
        let terminal = environment.variable("TERM").unwrap_or_default();
        let colourless = matches!(terminal, "" | "dumb" | "linux-m" | "xterm-mono")
            || terminal.starts_with("vt1")
            || terminal.starts_with("vt2");
        Self {
            over_ssh: set("SSH_TTY") || set("SSH_CONNECTION"),
            in_tmux: set("TMUX"),
            wayland: set("WAYLAND_DISPLAY"),
            x11: set("DISPLAY"),
            utf8: locale.contains("utf-8") || locale.contains("utf8"),
            colours: !set("NO_COLOR") && !colourless,
            many_colours: terminal.contains("256color") || set("COLORTERM"),
        }
    }

    pub(crate) fn theme(self, ui: &Ui) -> Theme {
        match ui.theme {
            workspace::Theme::Mono => Theme::mono(),
            // Who sets NO_COLOR means every program, also one whose settings name a theme.
            workspace::Theme::Auto | workspace::Theme::Terminal => {
                if self.colours {
                    Theme::terminal()
                } else {
                    Theme::mono()
                }
            }
        }
    }

    pub(crate) fn glyphs(self, ui: &Ui) -> Glyphs {
        match ui.glyphs {
            workspace::Glyphs::Unicode => Glyphs::unicode(),
            workspace::Glyphs::Ascii => Glyphs::ascii(),
            workspace::Glyphs::Auto => {
                if self.utf8 {
                    Glyphs::unicode()
                } else {
                    Glyphs::ascii()
                }
            }
        }
    }

    pub(crate) fn mouse(self, ui: &Ui) -> bool {
        match ui.mouse {
            workspace::Mouse::On => true,
            workspace::Mouse::Off => false,
            workspace::Mouse::Auto => !self.over_ssh && ui.motion != workspace::Motion::Slow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(variables: &[(&str, &str)]) -> Facts {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Facts::of(&Environment::new(variables, "/home/ada", "/srv"))
    }

    #[test]
    fn ssh_is_known_by_its_variables() {
        assert!(facts(&[("SSH_TTY", "/dev/pts/1")]).over_ssh);
        assert!(facts(&[("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22")]).over_ssh);
        assert!(!facts(&[("SSH_TTY", "")]).over_ssh);
    }

    #[test]
    fn the_first_locale_variable_decides() {
        assert!(facts(&[("LANG", "C"), ("LC_ALL", "en_US.UTF-8")]).utf8);
        assert!(!facts(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]).utf8);
        assert!(facts(&[("LANG", "de_DE.utf8"), ("LC_ALL", "")]).utf8);
        assert!(!facts(&[]).utf8);
    }

    #[test]
    fn no_color_and_poor_terminals_are_mono() {
        let ui = Ui::default();
        let cases = [
            (&[("TERM", "xterm-256color")] as &[_], Theme::terminal()),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], Theme::mono()),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Theme::terminal()),
            (&[("TERM", "vt100")], Theme::mono()),
            (&[("TERM", "dumb")], Theme::mono()),
            (&[], Theme::mono()),
        ];
        for (variables, theme) in cases {
            assert_eq!(facts(variables).theme(&ui), theme, "{variables:?}");
        }
        let named = Ui { theme: workspace::Theme::Terminal, ..Ui::default() };
        assert_eq!(facts(&[("TERM", "xterm"), ("NO_COLOR", "1")]).theme(&named), Theme::mono());
    }

    #[test]
    fn many_colours_are_known_by_the_terminals_name() {
        assert!(facts(&[("TERM", "tmux-256color")]).many_colours);
        assert!(facts(&[("TERM", "xterm-kitty"), ("COLORTERM", "truecolor")]).many_colours);
        assert!(!facts(&[("TERM", "xterm")]).many_colours && !facts(&[("TERM", "linux")]).many_colours);
    }

    #[test]
    fn the_mouse_is_on_here_and_off_over_ssh_unless_set() {
        let ui = |mouse| Ui { mouse, ..Ui::default() };
        let (here, there) = (facts(&[]), facts(&[("SSH_TTY", "/dev/pts/1")]));
        assert!(here.mouse(&ui(workspace::Mouse::Auto)) && !there.mouse(&ui(workspace::Mouse::Auto)));
        assert!(there.mouse(&ui(workspace::Mouse::On)) && !here.mouse(&ui(workspace::Mouse::Off)));
    }

    #[test]
    fn glyphs_follow_the_locale_unless_set() {
        let ui = |glyphs| Ui { glyphs, ..Ui::default() };
        let utf8 = facts(&[("LANG", "en_US.UTF-8")]);
        assert_eq!(utf8.glyphs(&ui(workspace::Glyphs::Auto)), Glyphs::unicode());
        assert_eq!(facts(&[]).glyphs(&ui(workspace::Glyphs::Auto)), Glyphs::ascii());
        assert_eq!(utf8.glyphs(&ui(workspace::Glyphs::Ascii)), Glyphs::ascii());
        assert_eq!(facts(&[]).glyphs(&ui(workspace::Glyphs::Unicode)), Glyphs::unicode());
    }
}
