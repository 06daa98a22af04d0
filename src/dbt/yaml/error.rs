//! Why a text is no YAML, in the words that dbt prints.

/// What kind of failure it is; each has its own problem code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum YamlErrorKind {
    Syntax,
    /// Aliases that expand without end, or a nesting without end.
    Bomb,
}

/// A YAML text that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) kind: YamlErrorKind,
    /// 1-based; 0 where the parser knows none.
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// The parser's sentence: `mapping values are not allowed in this context`.
    pub(crate) sentence: String,
    /// `PyYAML`'s words, several lines.
    pub(crate) raw: String,
}

impl YamlError {
    pub(super) fn syntax(line: u32, column: u32, sentence: &str) -> Self {
        let raw = format!("{sentence}\n  in \"<unicode string>\", line {line}, column {column}");
        Self { kind: YamlErrorKind::Syntax, line, column, sentence: sentence.to_owned(), raw }
    }

    pub(super) fn bomb(line: u32, column: u32, sentence: &str) -> Self {
        Self { kind: YamlErrorKind::Bomb, ..Self::syntax(line, column, sentence) }
    }

    /// From the parser's `PROBLEM at line L column C, CONTEXT at line L column C`.
    pub(super) fn from_parser(message: &str, location: Option<(u32, u32)>) -> Self {
        let (problem, context) = split_context(message);
        let (sentence, own_mark) = split_mark(problem);
        let (line, column) = own_mark.or(location).unwrap_or((0, 0));
        let sentence = match sentence {
            "deserializing from YAML containing more than one document is not supported" => {
                "expected a single document in the stream"
            }
            other => other,
        };
        if sentence == "repetition limit exceeded" || sentence == "recursion limit exceeded" {
            return Self::bomb(line, column, sentence);
        }
        let mut error = Self::syntax(line, column, sentence);
        if let Some(context) = context {
            let (words, mark) = split_mark(context);
            let place = mark.map_or_else(String::new, |(line, column)| {
                format!("\n  in \"<unicode string>\", line {line}, column {column}")
            });
            error.raw = format!("{words}{place}\n{}", error.raw);
        }
        error
    }

    /// dbt's whole message: the lines around the place, then the parser's words.
    pub(crate) fn dbt_message(&self, text: &str) -> String {
        let middle = self.line.saturating_sub(1) as usize;
        let first = middle.saturating_sub(3);
        let context: Vec<String> = text
            .lines()
            .enumerate()
            .skip(first)
            .take(middle + 4 - first)
            .map(|(index, line)| format!("{:<3}| {line}", index + 1))
            .collect();
        let rule = "-".repeat(30);
        format!(
            "Syntax error near line {}\n{rule}\n{}\n\nRaw Error:\n{rule}\n{}",
            self.line,
            context.join("\n"),
            self.raw
        )
    }
}

fn split_context(message: &str) -> (&str, Option<&str>) {
    match message.find(", while ") {
        Some(at) => (&message[..at], message.get(at + 2..)),
        None => (message, None),
    }
}

/// `WORDS at line L column C` -> `(WORDS, (L, C))`.
fn split_mark(text: &str) -> (&str, Option<(u32, u32)>) {
    let mark = || {
        let (words, place) = text.rsplit_once(" at line ")?;
        let (line, column) = place.split_once(" column ")?;
        Some((words, (line.parse().ok()?, column.parse().ok()?)))
    };
    match mark() {
        Some((words, place)) => (words, Some(place)),
        None => (text, None),
    }
}
