//! How deep brackets nest, found without parsing: the parser crate needs a time that grows with the
//! square of that depth, and a hostile file could be all brackets.

/// Deeper than any file that a person or a program writes.
pub(super) const DEEPEST: usize = 500;

/// The place (line and column, from 1) where brackets nest deeper than [`DEEPEST`].
pub(super) fn too_deep(text: &str) -> Option<(u32, u32)> {
    Scanner::default().scan(text)
}

/// What a line goes on with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Block,
    Quotes(char),
    /// Lines indented at least so far belong to a `|` text; the first line decides, if more than `over`.
    Text {
        over: isize,
        least: Option<isize>,
    },
    /// Lines indented more than this go on with a plain text.
    Plain(isize),
}

#[derive(Debug, Default)]
struct Scanner {
    inside: Inside,
    depth: usize,
    /// Column that a text must be indented more than: of the key or the dash before it.
    parent: isize,
    /// Column where the innermost entry of the line starts.
    entry: isize,
}

impl Scanner {
    fn scan(&mut self, text: &str) -> Option<(u32, u32)> {
        for (index, line) in text.lines().enumerate() {
            if let Some(column) = self.line(line) {
                return Some((index as u32 + 1, column));
            }
        }
        None
    }

    /// Goes over a line; the column where it gets too deep.
    fn line(&mut self, line: &str) -> Option<u32> {
        let indent = line.bytes().take_while(|b| *b == b' ').count() as isize;
        let is_blank = line.trim().is_empty();
        match self.inside {
            Inside::Text { over, least } => {
                let least = least.unwrap_or(indent.max(over + 1));
                if is_blank || indent >= least {
                    let known = (!is_blank).then_some(least);
                    self.inside = Inside::Text { over, least: known.or(if is_blank { self.least() } else { None }) };
                    return None;
                }
                self.inside = Inside::Block;
            }
            Inside::Plain(over) if is_blank || indent > over => return None,
            Inside::Plain(_) => self.inside = Inside::Block,
            Inside::Block | Inside::Quotes(_) => {}
        }
        if self.depth == 0 && !matches!(self.inside, Inside::Quotes(_)) {
            (self.parent, self.entry) = (indent - 1, indent);
        }
        self.tokens(line)
    }

    fn least(&self) -> Option<isize> {
        if let Inside::Text { least, .. } = self.inside { least } else { None }
    }

    fn tokens(&mut self, line: &str) -> Option<u32> {
        let mut rest = line;
        let column = |rest: &str| (line.len() - rest.len()) as isize;
        while let Some(c) = rest.chars().next() {
            if let Inside::Quotes(quote) = self.inside {
                rest = after_quote(rest, quote)?;
                self.inside = Inside::Block;
                continue;
            }
            let after = rest.get(c.len_utf8()..).unwrap_or_default();
            let ends_word = after.is_empty() || after.starts_with(' ');
            match c {
                ' ' | '\t' => {}
                '#' if line.len() == rest.len() || line.as_bytes().get(column(rest) as usize - 1) == Some(&b' ') => {
                    return None;
                }
                '"' | '\'' => self.inside = Inside::Quotes(c),
                '[' | '{' => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        return Some(column(rest) as u32 + 1);
                    }
                }
                ']' | '}' => self.depth = self.depth.saturating_sub(1),
                '-' | '?' if ends_word && self.depth == 0 => {
                    let blanks = after.len() - after.trim_start_matches(' ').len();
                    (self.parent, self.entry) = (column(rest), column(after) + blanks as isize);
                }
                ':' if ends_word && self.depth == 0 => self.parent = self.entry,
                ',' | ':' if self.depth > 0 => {}
                '&' | '!' | '*' => {
                    rest = after.find(' ').and_then(|end| after.get(end..)).unwrap_or_default();
                    continue;
                }
                '|' | '>' if self.depth == 0 => {
                    self.inside = Inside::Text { over: self.parent, least: None };
                    return None;
                }
                _ => {
                    rest = self.after_plain(rest);
                    if rest.is_empty() && self.depth == 0 {
                        self.inside = Inside::Plain(self.parent);
                    }
                    continue;
                }
            }
            rest = after;
        }
        None
    }

    /// What follows a plain text: its `: `, a comment, or in brackets a comma or bracket.
    fn after_plain<'t>(&self, rest: &'t str) -> &'t str {
        let bytes = rest.as_bytes();
        let ends = |index: usize| {
            let next = bytes.get(index + 1);
            let before_blank = next.is_none_or(|next| *next == b' ');
            match bytes.get(index) {
                Some(b':') => {
                    before_blank || (self.depth > 0 && matches!(next, Some(b',' | b'[' | b']' | b'{' | b'}')))
                }
                Some(b'#') => index > 0 && bytes.get(index - 1) == Some(&b' '),
                Some(b',' | b'[' | b']' | b'{' | b'}') => self.depth > 0,
                _ => false,
            }
        };
        // The first character has been seen to start a plain text.
        let end = (1..bytes.len()).find(|index| ends(*index)).unwrap_or(bytes.len());
        rest.get(end..).unwrap_or_default()
    }
}

/// What follows the closing quote; nothing when it is not on this line.
fn after_quote(rest: &str, quote: char) -> Option<&str> {
    let mut characters = rest.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\\' && quote == '"' {
            characters.next();
        } else if c == quote {
            let doubled = quote == '\'' && characters.peek().is_some_and(|(_, next)| *next == '\'');
            if !doubled {
                return rest.get(at + 1..);
            }
            characters.next();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_counted_wherever_they_nest() {
        let deep = "[".repeat(DEEPEST + 1);
        let tricks = [
            deep.clone(),
            format!("a: {deep}"),
            format!("a:\n  - b: {{{deep}"),
            "[ \"]\",\n".repeat(DEEPEST + 1),
            "[ ']', # ]\n".repeat(DEEPEST + 1),
            format!("a: |\n  ['\nb: {deep}"),
            format!("a: |\n\n  ['\n  x\nb: {deep}"),
            format!("a: plain ['\n  more ['\nb: {deep}"),
            format!("a: \"one\n  [two\"\nb: {deep}"),
            "{a: ".repeat(DEEPEST + 1),
            "{a: [b, ".repeat(DEEPEST),
        ];
        for text in tricks {
            assert!(too_deep(&text).is_some(), "{}", text.chars().take(60).collect::<String>());
        }
    }

    #[test]
    fn brackets_in_texts_are_no_nesting() {
        let many = "[".repeat(DEEPEST + 1);
        let texts = [
            format!("a: |\n  {many}\nb: 1"),
            format!("a: >-\n  x\n\n  {many}"),
            format!("- |\n {many}\n- x"),
            format!("a: '{many}'"),
            format!("a: \"{many}\\\"{many}\""),
            format!("a: plain {many}"),
            format!("a: plain\n  {many}"),
            format!("# {many}\na: 1 # {many}"),
            "a: [b]\n".repeat(DEEPEST + 1),
            format!("{}{}", "[".repeat(100), "]".repeat(100)),
            "a: it's\nb: [x]\n".repeat(DEEPEST + 1),
            "a: [it's, \"[\"]\n".repeat(DEEPEST + 1),
        ];
        for text in texts {
            assert_eq!(too_deep(&text), None, "{}", text.chars().take(60).collect::<String>());
        }
    }

    #[test]
    fn the_place_is_told() {
        assert_eq!(too_deep(&format!("a: 1\nb: {}", "[".repeat(DEEPEST + 1))), Some((2, DEEPEST as u32 + 4)));
    }
}
