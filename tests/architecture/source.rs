//! A Rust file read for its rules: its code without comments, texts and tests, and the paths in it.

/// A file and what of it counts.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// From the project's root: `src/dbt/load.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// `text` with comments, texts and test code blanked; line breaks stay.
    pub(crate) code: String,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let bare = without_words(text);
        let code = if is_test(path) { blank(&bare) } else { without_tests(&bare) };
        Self { path: path.to_owned(), text: text.to_owned(), code }
    }

    /// The module of the house that it belongs to; none for `main.rs`, `lib.rs` and what is not in `src`.
    pub(crate) fn module(&self) -> Option<&str> {
        self.path.strip_prefix("src/")?.split_once('/').map(|(module, _)| module)
    }

    /// Its place in the tree of modules: `["dbt", "config"]` for `src/dbt/config/mod.rs`.
    fn place(&self) -> Vec<&str> {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path).trim_end_matches(".rs");
        path.trim_end_matches("/mod").split('/').collect()
    }

    /// Every path in the code with the line it is on, groups of `use` taken apart, and paths into
    /// this crate beginning with `crate`.
    pub(crate) fn paths(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (start, _) in self.code.match_indices("use") {
            let (before, rest) = self.code.split_at(start);
            let alone = before.chars().next_back().is_none_or(|c| !is_word(c));
            let rest = rest.trim_start_matches("use");
            if let Some(tree) = rest.split(';').next().filter(|_| alone && rest.starts_with(char::is_whitespace)) {
                let line = before.matches('\n').count() + 1;
                found.extend(leaves(tree).into_iter().map(|path| (line, path)));
            }
        }
        for (number, line) in self.code.lines().enumerate() {
            let words = line.split(|c: char| !(is_word(c) || c == ':'));
            let paths = words.filter(|word| word.contains("::"));
            found.extend(paths.map(|path| (number + 1, path.to_owned())));
        }
        found.into_iter().map(|(line, path)| (line, self.absolute(&path))).collect()
    }

    fn absolute(&self, path: &str) -> String {
        let path = path.trim_start_matches("::");
        let mut place = self.place();
        let mut rest = path;
        while let Some(after) = rest.strip_prefix("super::") {
            place.pop();
            rest = after;
        }
        if rest.len() < path.len() {
            return [vec!["crate"], place, vec![rest]].concat().join("::");
        }
        match path.strip_prefix("ebbtide::") {
            Some(rest) => format!("crate::{rest}"),
            None => path.to_owned(),
        }
    }
}

fn is_test(path: &str) -> bool {
    !path.starts_with("src/") || path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The single paths of a `use` tree.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, group)) = tree.split_once('{') else {
        let path = tree.split_whitespace().next().unwrap_or_default();
        return vec![path.trim_end_matches("::self").to_owned()];
    };
    let group = group.rsplit_once('}').map_or(group, |(inner, _)| inner);
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(character);
    }
    let prefix: String = prefix.split_whitespace().collect();
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| leaves(&format!("{prefix}{}", part.trim()))).collect()
}

fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

/// The text with comments and the insides of texts and characters blanked.
fn without_words(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut code = String::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let end = match character {
            '/' if characters.get(at + 1) == Some(&'/') => line_end(&characters, at),
            '/' if characters.get(at + 1) == Some(&'*') => comment_end(&characters, at),
            '"' => text_end(&characters, at),
            'r' if at == 0 || !is_word(characters[at - 1]) || characters[at - 1] == 'b' => {
                raw_text_end(&characters, at).unwrap_or(at)
            }
            '\'' => character_end(&characters, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            code.push(character);
            at += 1;
        } else {
            code.push_str(&blank(&characters[at..end].iter().collect::<String>()));
            at = end;
        }
    }
    code
}

fn line_end(characters: &[char], at: usize) -> usize {
    characters[at..].iter().position(|c| *c == '\n').map_or(characters.len(), |length| at + length)
}

fn comment_end(characters: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < characters.len() {
        match (characters[at], characters.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(characters.len())
}

fn text_end(characters: &[char], at: usize) -> usize {
    let mut at = at + 1;
    while at < characters.len() && characters[at] != '"' {
        at += if characters[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(characters.len())
}

fn raw_text_end(characters: &[char], at: usize) -> Option<usize> {
    let hashes = characters[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if characters.get(open) != Some(&'"') {
        return None;
    }
    let closes = |quote: usize| (1..=hashes).all(|more| characters.get(quote + more) == Some(&'#'));
    let close = (open + 1..characters.len()).find(|quote| characters[*quote] == '"' && closes(*quote));
    Some(close.map_or(characters.len(), |close| close + 1 + hashes))
}

/// The end of a character such as `'"'` or `'\''`; none for a lifetime.
fn character_end(characters: &[char], at: usize) -> Option<usize> {
    if characters.get(at + 1) == Some(&'\\') {
        let close = characters.get(at + 3..)?.iter().take(10).position(|c| *c == '\'')?;
        return Some(at + 3 + close + 1);
    }
    (characters.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

/// The code with every block under `#[cfg(test)]` blanked.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let Some((before, rest)) = code.split_once(MARK) else { return code.to_owned() };
    let body = rest.find(['{', ';']).unwrap_or(rest.len());
    let mut depth = 0;
    let end = rest[body..].char_indices().find_map(|(index, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(body + index + character.len_utf8())
    });
    let (tests, after) = rest.split_at(end.unwrap_or(rest.len()));
    format!("{before}{}{}{}", blank(MARK), blank(tests), without_tests(after))
}
