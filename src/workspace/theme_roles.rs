//! `[ui.theme_roles]`: how single parts of the screen look, instead of how the theme draws them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A style for each part of the screen; those that are not set look as the theme says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ThemeRoles {
    pub text: Option<RoleStyle>,
    pub dim: Option<RoleStyle>,
    pub title: Option<RoleStyle>,
    /// A label in front of a value.
    pub label: Option<RoleStyle>,
    pub border: Option<RoleStyle>,
    pub border_focused: Option<RoleStyle>,
    /// The selected row of the part that has the keys.
    pub selection: Option<RoleStyle>,
    /// The selected row of a part without the keys.
    pub selection_inactive: Option<RoleStyle>,
    pub accent: Option<RoleStyle>,
    pub success: Option<RoleStyle>,
    pub warning: Option<RoleStyle>,
    pub failure: Option<RoleStyle>,
    pub running: Option<RoleStyle>,
    pub stale: Option<RoleStyle>,
    /// A key to press.
    pub key: Option<RoleStyle>,
    /// A command that can't be used now.
    pub disabled: Option<RoleStyle>,
    /// Characters that a filter or a search matched.
    #[serde(rename = "match")]
    pub matched: Option<RoleStyle>,
    pub added: Option<RoleStyle>,
    pub changed: Option<RoleStyle>,
    pub removed: Option<RoleStyle>,
    /// The characters within an added or removed line that make the difference.
    pub emphasis: Option<RoleStyle>,
    pub sql_keyword: Option<RoleStyle>,
    pub sql_string: Option<RoleStyle>,
    pub sql_comment: Option<RoleStyle>,
    pub sql_number: Option<RoleStyle>,
    /// Jinja's delimiters and words.
    pub jinja: Option<RoleStyle>,
    /// Names inside Jinja: `ref`, `source`, macros.
    pub jinja_name: Option<RoleStyle>,
    pub link: Option<RoleStyle>,
    /// Text that is being typed.
    pub input: Option<RoleStyle>,
}

/// The whole style of a part: what is not set is the terminal's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoleStyle {
    pub color: RoleColor,
    pub background: RoleColor,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub underlined: bool,
    /// Foreground and background change places.
    pub reversed: bool,
}

/// The terminal's own colours, which are right on dark and on light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleColor {
    /// The terminal's foreground or background.
    #[default]
    Default,
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    BrightBlack,
    BrightRed,
    BrightGreen,
    BrightYellow,
    BrightBlue,
    BrightMagenta,
    BrightCyan,
    BrightWhite,
    /// One of the terminal's 256 colours; the default where it has fewer.
    Index(u8),
}
