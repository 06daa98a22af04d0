//! One statement and nothing else: what a query is before it is put inside of another. Pure; knows as much of
//! SQL as it takes to see where texts, names and comments end.

use super::error::SourceError;

/// The statement without the `;` at its end, and without comments behind that. `backslash` says whether a
/// backslash in a text is an escape.
///
/// # Errors
/// There is nothing in it, or a second statement.
pub(super) fn single(sql: &str, backslash: bool) -> Result<&str, SourceError> {
    let mut scanner = Scanner { sql, at: 0, backslash };
    let (mut begins, mut ends) = (false, None);
    while let Some((part, start)) = scanner.next() {
        match part {
            Part::Blank => {}
            Part::Semicolon if begins => ends = ends.or(Some(start)),
            // An empty statement before the first one.
            Part::Semicolon => return Err(SourceError::NoStatement),
            Part::Word if ends.is_some() => return Err(SourceError::ManyStatements),
            Part::Word => begins = true,
        }
    }
    if !begins {
        return Err(SourceError::NoStatement);
    }
    Ok(ends.and_then(|end| sql.get(..end)).unwrap_or(sql).trim())
}

enum Part {
    /// White space or a comment.
    Blank,
    Semicolon,
    /// Anything that belongs to a statement.
    Word,
}

struct Scanner<'a> {
    sql: &'a str,
    at: usize,
    backslash: bool,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<(Part, usize)> {
        let (start, rest) = (self.at, self.sql.get(self.at..)?);
        let first = rest.chars().next()?;
        let (part, length) = match first {
            ';' => (Part::Semicolon, 1),
            _ if first.is_whitespace() => (Part::Blank, first.len_utf8()),
            _ if rest.starts_with("--") => (Part::Blank, rest.find('\n').unwrap_or(rest.len())),
            _ if rest.starts_with("/*") => (Part::Blank, comment(rest)),
            'e' | 'E' if rest.get(1..).is_some_and(|text| text.starts_with('\'')) && !self.in_word() => {
                (Part::Word, 1 + quoted(rest.get(1..).unwrap_or_default(), '\'', true))
            }
            '\'' | '"' | '`' => (Part::Word, quoted(rest, first, self.backslash && first == '\'')),
            '$' => (Part::Word, dollar(rest)),
            _ => (Part::Word, first.len_utf8()),
        };
        self.at = start + length;
        Some((part, start))
    }

    /// Whether a name or a number has begun right before.
    fn in_word(&self) -> bool {
        let before = self.sql.get(..self.at).and_then(|before| before.chars().next_back());
        before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    }
}

/// Length of a comment; comments inside of it are its own, as Postgres has it.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") if depth == 1 => return at + 2,
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    text.len()
}

/// Length of what stands between two quotes. A doubled quote is two texts beside each other, which is the same here.
fn quoted(text: &str, quote: char, backslash: bool) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' if backslash => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of a text between `$tag$` and `$tag$`; 1 where this is no such text.
fn dollar(text: &str) -> usize {
    let Some(tag) = text.get(1..).and_then(|rest| rest.split_once('$')).map(|(tag, _)| tag) else { return 1 };
    if !tag.chars().all(|character| character.is_alphanumeric() || character == '_') {
        return 1;
    }
    let mark = format!("${tag}$");
    let inside = text.get(mark.len()..).unwrap_or_default();
    inside.find(&mark).map_or(text.len(), |end| mark.len() + end + mark.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_loses_what_stands_behind_it() {
        for (sql, statement) in [
            ("select 1", "select 1"),
            ("  select 1 ;\n", "select 1"),
            ("select 1; -- done", "select 1"),
            ("select 1;;\n;/* a; b */ ;", "select 1"),
            ("select 1 -- a; b", "select 1 -- a; b"),
            ("-- a; b\nselect 1", "-- a; b\nselect 1"),
            ("select ';' as \"a;b\", `c;d`;", "select ';' as \"a;b\", `c;d`"),
            ("select 'it''s; fine';", "select 'it''s; fine'"),
            ("select $$a;b$$, $x$;$$;$x$;", "select $$a;b$$, $x$;$$;$x$"),
            ("select $1;", "select $1"),
            ("/* a /* b; */ ; */ select 1;", "/* a /* b; */ ; */ select 1"),
            (r"select E'a\'; b', 'c';", r"select E'a\'; b', 'c'"),
            (r"select 'C:\', ';';", r"select 'C:\', ';'"),
            (r"select date'2024-01-01\';", r"select date'2024-01-01\'"),
            ("select 'never ends; ", "select 'never ends;"),
            ("select 'ü;ß', '日;本';", "select 'ü;ß', '日;本'"),
        ] {
            assert_eq!(single(sql, false), Ok(statement), "{sql}");
        }
        assert_eq!(single(r"select 'a\'; b', 'c';", true), Ok(r"select 'a\'; b', 'c'"));
        assert_eq!(single(r"select 'a\\'; select 2", true), Err(SourceError::ManyStatements));
    }

    #[test]
    fn more_or_less_than_one_is_refused() {
        for sql in ["select 1; select 2", "select 1;\n-- x\n;drop table t", "select ';'; x", "select $$;$$; 2"] {
            assert_eq!(single(sql, false), Err(SourceError::ManyStatements), "{sql}");
        }
        for sql in ["", " \n", "-- nothing", ";", ";;", "/* nothing", "; select 1"] {
            assert_eq!(single(sql, false), Err(SourceError::NoStatement), "{sql}");
        }
    }
}
