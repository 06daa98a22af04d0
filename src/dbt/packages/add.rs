//! `ebb deps --add-package`: an entry put into the text of `packages.yml`, everything else left as it
//! stands. Entries of the same package go, as in dbt.

use super::scalar::scalar;
use crate::dbt::yaml::{self, Yaml};

/// A package to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPackage {
    /// `package`, `git`, `local` or `tarball`.
    pub kind: String,
    /// Hub name, address or path.
    pub name: String,
    /// Version, or comma-separated bounds of one; revision of a repository.
    pub version: Option<String>,
}

/// The file's new text, and the entries that went. Nothing when `text` is no YAML with a list of
/// packages in it that can be added to line by line.
pub fn add_package(text: &str, new: &NewPackage) -> Option<(String, Vec<String>)> {
    let root = yaml::parse(text).ok()?.root;
    let entries = match root.get("packages") {
        None if root.is_null() => return Some((format!("{}packages:\n{}", ended(text), new.lines(2)), Vec::new())),
        None => return None,
        Some(list) if list.is_null() || list.as_list().is_some_and(<[Yaml]>::is_empty) => {
            let rest: Vec<&str> = text.lines().filter(|line| !line.starts_with("packages:")).collect();
            let rest = if rest.is_empty() { String::new() } else { rest.join("\n") + "\n" };
            return Some((format!("{rest}packages:\n{}", new.lines(2)), Vec::new()));
        }
        Some(list) => list.as_list()?,
    };
    let lines: Vec<&str> = text.lines().collect();
    let spans: Vec<Span> = entries.iter().map(|entry| Span::of(entry, &lines)).collect::<Option<_>>()?;
    let (first, last) = (spans.first()?, spans.last()?);
    let goes = |entry: &Yaml| entry.as_map().is_some_and(|map| map.values().any(|item| names(&item.value, &new.name)));
    let mut gone = Vec::new();
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let inside = spans.iter().zip(entries).find(|(span, _)| span.from <= index && index < span.to);
        match inside.filter(|(_, entry)| goes(entry)) {
            Some((span, _)) if span.from == index => gone.push(line.trim_start_matches(['-', ' ']).to_owned()),
            Some(_) => {}
            None => out.extend([line, "\n"]),
        }
        if index + 1 == last.to {
            out.push_str(&new.lines(first.dash));
        }
    }
    Some((out, gone))
}

/// The lines of one entry of a list.
struct Span {
    from: usize,
    to: usize,
    /// Column of its dash, from 0.
    dash: usize,
}

impl Span {
    /// None where the entry does not begin a line with a dash of its own.
    fn of(entry: &Yaml, lines: &[&str]) -> Option<Self> {
        let from = (entry.at.line as usize).checked_sub(1)?;
        let line = lines.get(from)?;
        let dash = line.len() - line.trim_start().len();
        if !line.trim_start().starts_with("- ") || entry.at.column as usize <= dash + 1 {
            return None;
        }
        let belongs = |line: &&str| line.len() - line.trim_start().len() > dash && !line.trim_start().starts_with('#');
        let body = lines.iter().skip(from + 1).take_while(|line| line.trim().is_empty() || belongs(line));
        let last = body.enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(index, _)| index + 1).last();
        Some(Self { from, to: from + 1 + last.unwrap_or(0), dash })
    }
}

fn names(value: &Yaml, name: &str) -> bool {
    let own = value.as_text().is_some_and(|text| text.contains(name));
    own || value.as_list().is_some_and(|items| items.iter().any(|item| item.as_text() == Some(name)))
}

fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

impl NewPackage {
    fn lines(&self, indent: usize) -> String {
        let pad = " ".repeat(indent);
        let value = |key: &str, text: &str| scalar(text, indent + key.len() + 3, indent + 4);
        let mut lines = format!("{pad}- {}: {}\n", self.kind, value(&self.kind, &self.name));
        let key = if self.kind == "git" { "revision" } else { "version" };
        match self.version.as_deref().map(|version| version.split(',').collect::<Vec<_>>()) {
            Some(bounds) if bounds.len() > 1 => {
                lines = format!("{lines}{pad}  {key}:\n");
                let bounds = bounds.iter().map(|bound| format!("{pad}    - {}\n", value("", bound.trim())));
                lines.extend(bounds);
            }
            Some(bounds) => {
                let version = bounds.concat();
                lines = format!("{lines}{pad}  {key}: {}\n", value(key, version.trim()));
            }
            None => {}
        }
        lines
    }
}
