//! Ephemeral models as common table expressions: where in a statement they go. The rule is that of
//! dbt's SQL splitter, byte for byte.

/// A piece of SQL that matters here; everything else is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Space,
    Comment,
    LineComment,
    Word,
    Open,
    Close,
    Semicolon,
    Other,
}

/// Puts `ctes` (each ` name as (...)`) into the first statement of `sql`; what follows it is lost, as in
/// dbt.
pub(crate) fn inject_ctes(sql: &str, ctes: &[String]) -> String {
    if ctes.is_empty() {
        return sql.to_owned();
    }
    let joined = ctes.join(", ");
    let pieces = first_statement(sql);
    let end = pieces.last().map_or(0, |(_, _, end)| *end);
    let sql = sql.get(..end).unwrap_or(sql);
    let split = |at: usize| (sql.get(..at).unwrap_or_default(), sql.get(at..).unwrap_or_default());
    if let Some(at) = after_with(sql, &pieces) {
        let (before, after) = split(at);
        return format!("{before}{joined}, {after}");
    }
    let first = pieces.iter().find(|(piece, ..)| *piece != Piece::Space).map_or(0, |(_, start, _)| *start);
    let (before, after) = split(first);
    format!("{before}with{joined} {after}")
}

/// Where the first thing after a top-level `WITH` (or `WITH RECURSIVE`) starts.
fn after_with(sql: &str, pieces: &[(Piece, usize, usize)]) -> Option<usize> {
    let mut depth = 0usize;
    let mut with: Option<usize> = None;
    for (piece, start, end) in pieces {
        match piece {
            Piece::Space => {}
            _ if with.is_some() => {
                let word = sql.get(*start..*end).unwrap_or_default();
                if !word.eq_ignore_ascii_case("recursive") {
                    return Some(*start);
                }
                let rest = sql.get(*end..).unwrap_or_default();
                return Some(*end + rest.len() - rest.trim_start().len());
            }
            Piece::Open => depth += 1,
            Piece::Close => depth = depth.saturating_sub(1),
            Piece::Word if depth == 0 => {
                let word = sql.get(*start..*end).unwrap_or_default();
                let is_member = sql.get(..*start).is_some_and(|before| before.ends_with('.'));
                if word.eq_ignore_ascii_case("with") && !is_member {
                    with = Some(*end);
                }
            }
            _ => {}
        }
    }
    with
}

/// The pieces of the first statement, with the blanks and line comments after its semicolon.
fn first_statement(sql: &str) -> Vec<(Piece, usize, usize)> {
    let mut pieces = Vec::new();
    let (mut at, mut depth, mut ended) = (0, 0usize, false);
    while at < sql.len() {
        let (piece, length) = next_piece(sql.get(at..).unwrap_or_default());
        let length = length.max(1);
        if ended && !matches!(piece, Piece::Space | Piece::LineComment) {
            break;
        }
        match piece {
            Piece::Open => depth += 1,
            Piece::Close => depth = depth.saturating_sub(1),
            Piece::Semicolon => ended = depth == 0,
            _ => {}
        }
        pieces.push((piece, at, at + length));
        at += length;
    }
    pieces
}

fn next_piece(rest: &str) -> (Piece, usize) {
    let Some(first) = rest.chars().next() else { return (Piece::Other, 0) };
    let span = |fits: fn(char) -> bool| rest.find(|c: char| !fits(c)).unwrap_or(rest.len());
    match first {
        c if c.is_whitespace() => (Piece::Space, span(char::is_whitespace)),
        '-' if rest.starts_with("--") => (Piece::LineComment, rest.find('\n').map_or(rest.len(), |end| end + 1)),
        '/' if rest.starts_with("/*") => (Piece::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2)),
        '\'' | '"' | '`' => (Piece::Other, quoted(rest, first)),
        '$' => (Piece::Other, dollar_quoted(rest).unwrap_or(1)),
        '(' => (Piece::Open, 1),
        ')' => (Piece::Close, 1),
        ';' => (Piece::Semicolon, 1),
        c if c.is_alphanumeric() || c == '_' => (Piece::Word, span(|c| c.is_alphanumeric() || c == '_' || c == '$')),
        c => (Piece::Other, c.len_utf8()),
    }
}

/// A quoted text; a doubled quote does not end it, nor does one after a backslash in single quotes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\\' && quote == '\'' {
            characters.next();
        } else if c == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return at + 1;
            }
        }
    }
    rest.len()
}

/// `$tag$ ... $tag$`.
fn dollar_quoted(rest: &str) -> Option<usize> {
    let end = rest.get(1..)?.find('$')? + 2;
    let tag = rest.get(..end)?;
    let is_tag = tag.trim_matches('$').chars().all(|c| c.is_alphanumeric() || c == '_');
    let close = is_tag.then(|| rest.get(end..)?.find(tag))??;
    Some(end + close + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctes_go_where_dbt_puts_them() {
        let cte = " __dbt__cte__a as (\nselect 1\n)";
        let table = [
            ("select * from x", "with@ select * from x"),
            ("\n\n  select 1", "\n\n  with@ select 1"),
            ("-- c\nselect 1", "with@ -- c\nselect 1"),
            ("/* c */ select 1", "with@ /* c */ select 1"),
            ("with t as (select 1) select 2", "with @, t as (select 1) select 2"),
            ("\n-- c\nwith\n  t as (x)", "\n-- c\nwith\n  @, t as (x)"),
            ("with/*x*/t as (x)", "with@, /*x*/t as (x)"),
            ("WITH RECURSIVE t as (x)", "WITH RECURSIVE @, t as (x)"),
            ("create view v as with t as (x)", "create view v as with @, t as (x)"),
            ("select a from t with no schema binding", "select a from t with @, no schema binding"),
            ("select * from (with q as (x) select 1)", "with@ select * from (with q as (x) select 1)"),
            ("select 1; select 2", "with@ select 1; "),
            ("select ';' -- ; no\n, 2", "with@ select ';' -- ; no\n, 2"),
            ("select 'with', \"with\", `with`, a.with", "with@ select 'with', \"with\", `with`, a.with"),
            ("select $$ with ; $$", "with@ select $$ with ; $$"),
            ("select 'it''s; with' from x", "with@ select 'it''s; with' from x"),
        ];
        for (sql, expected) in table {
            assert_eq!(inject_ctes(sql, &[cte.to_owned()]), expected.replace('@', cte), "{sql}");
        }
    }

    #[test]
    fn several_are_joined_and_none_changes_nothing() {
        let ctes = [" a as (\n1\n)".to_owned(), " b as (\n2\n)".to_owned()];
        assert_eq!(inject_ctes("select 1", &ctes), "with a as (\n1\n),  b as (\n2\n) select 1");
        assert_eq!(inject_ctes("select 1; select 2", &[]), "select 1; select 2");
    }

    #[test]
    fn unfinished_sql_does_not_end_the_search_badly() {
        for sql in ["'", "\"a", "/* x", "$a$ b", "(", ")", ";", "é", "--", ""] {
            assert!(inject_ctes(sql, &[" x as (\n1\n)".to_owned()]).contains("with x as"), "{sql}");
        }
    }
}
