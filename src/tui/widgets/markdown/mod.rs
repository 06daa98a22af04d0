//! Descriptions in Markdown as lines with roles: headings, emphasis, lists, quotes, code, links, tables.
//! CommonMark with GitHub's tables, strike-through and task lists, as people write it in dbt.
//!
//! Foreign text: it is cleaned first, and length, nesting and table size are bounded.

mod blocks;
mod table;
#[cfg(test)]
mod tests;
mod wrapping;

use pulldown_cmark::{Options, Parser};

use super::role_line::RoleLine;
use crate::tui::glyphs::Glyphs;
use crate::tui::text;

/// Bytes that are read of one text; no description that a person wrote is longer.
const LONGEST: usize = 256 << 10;

/// A text in lines of at most `width` cells.
pub fn lines(source: &str, width: usize, glyphs: &Glyphs) -> Vec<RoleLine> {
    if width == 0 {
        return Vec::new();
    }
    let source = source.get(..source.floor_char_boundary(LONGEST)).unwrap_or_default();
    let source = text::clean_lines(source).collect::<Vec<_>>().join("\n");
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = blocks::Writer::new(&source, width, glyphs);
    for (event, range) in Parser::new_ext(&source, options).into_offset_iter() {
        writer.take(event, range.start);
    }
    writer.finish()
}
