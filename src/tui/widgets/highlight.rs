//! SQL with Jinja in it, as lines with roles. Total and linear: anything is highlighted somehow, and
//! nothing is looked at twice.
//!
//! Knows words, strings, comments and dollar quotes, and Jinja wherever it stands, also inside a
//! string or a comment, where dbt renders it too.

use super::role_line::RoleLine;
use crate::tui::text;

mod lexer;
mod words;

/// The lines of a model's SQL, cleaned and coloured by role.
pub fn sql(source: &str) -> Vec<RoleLine> {
    let cleaned: Vec<_> = text::clean_lines(source).collect();
    let whole = cleaned.join("\n");
    let mut lines = vec![RoleLine::new()];
    for token in lexer::lex(&whole) {
        let mut parts = whole.get(token.start..token.end).unwrap_or_default().split('\n');
        if let (Some(first), Some(line)) = (parts.next(), lines.last_mut()) {
            line.push(token.role, first);
        }
        lines.extend(parts.map(|part| RoleLine::of(token.role, part)));
    }
    if cleaned.is_empty() {
        lines.clear();
    }
    lines
}

#[cfg(test)]
mod tests;
