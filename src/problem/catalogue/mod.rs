//! What is known of every code: title, patterns, cause, fixes. The rows are data in
//! `assets/problems/`, one file an area; to add one, add a `[[problem]]` there.
//!
//! Nothing is parsed until it is asked for, area by area: a start must not pay for it.

mod area;
mod entry;
mod matcher;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub use area::Area;
pub use entry::{Advice, Entry};

use super::fix::Grade;
use super::nearest::nearest;
use super::value::{Code, Problem};
use matcher::Matcher;

/// The rows of all areas. Cheap to make; keep one and share it, since it remembers what it parsed.
#[derive(Debug)]
pub struct Catalogue {
    shelves: [Shelf; Area::ALL.len()],
}

/// One area's rows, in order of priority.
#[derive(Debug)]
struct Shelf {
    area: Area,
    entries: OnceLock<Vec<Entry>>,
    matcher: OnceLock<Matcher>,
}

impl Catalogue {
    /// The catalogue that is built into the program.
    pub const fn builtin() -> Self {
        let mut shelves =
            [const { Shelf { area: Area::Git, entries: OnceLock::new(), matcher: OnceLock::new() } }; Area::ALL.len()];
        let mut index = 0;
        while index < shelves.len() {
            shelves[index].area = Area::ALL[index];
            index += 1;
        }
        Self { shelves }
    }

    /// The entry of a code.
    pub fn entry(&self, code: &Code) -> Option<&Entry> {
        self.area(Area::of(code)?).iter().find(|entry| entry.code == *code)
    }

    /// Every entry, area by area.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.shelves.iter().flat_map(Shelf::entries)
    }

    /// The entries of an area in order of priority.
    pub fn area(&self, area: Area) -> &[Entry] {
        self.shelf(area).map(Shelf::entries).unwrap_or_default()
    }

    /// The first entry of the area that knows these words of another program. Colours and other
    /// escape sequences are stripped and lines joined before.
    pub fn match_text(&self, area: Area, raw: &str) -> Option<&Entry> {
        let shelf = self.shelf(area)?;
        shelf.entries().get(shelf.matcher().find(raw)?)
    }

    /// The entry that a person meant who typed this: the code itself in any case, or the nearest.
    pub fn nearest(&self, code: &str) -> Option<&Entry> {
        let wanted = code.trim().replace(['_', ' '], "-").to_ascii_uppercase();
        let nearest = nearest(&wanted, self.entries().map(|entry| entry.code.as_str()))?;
        self.entries().find(|entry| entry.code.as_str() == nearest)
    }

    /// Entries that hold all the words, those with a word in code or title first.
    pub fn search(&self, words: &str) -> Vec<&Entry> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(usize, &Entry)> =
            self.entries().filter_map(|entry| Some((rank(entry, &words)?, entry))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Adds what is known of the problem's code: its cause where the problem has none, and the
    /// entry's advice after the fixes that it has already. General words for what the program offers
    /// by itself are left out where the problem has fixes with a key, or a diagnosis of its own.
    /// Describing it twice changes nothing.
    pub fn describe(&self, problem: &mut Problem) {
        let Some(entry) = self.entry(&problem.code) else { return };
        let diagnosed = !problem.cause.is_empty() && !problem.fixes.is_empty();
        let offered = diagnosed || problem.fixes.iter().any(|fix| fix.grade != Grade::Show);
        if problem.cause.is_empty() {
            problem.cause.clone_from(&entry.cause);
        }
        for advice in entry.fixes.iter().filter(|advice| !offered || advice.grade == Grade::Show) {
            let fix = advice.to_fix(&problem.subject);
            if !problem.fixes.iter().any(|known| known.title == fix.title) {
                problem.fixes.push(fix);
            }
        }
    }

    fn shelf(&self, area: Area) -> Option<&Shelf> {
        self.shelves.iter().find(|shelf| shelf.area == area)
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::builtin()
    }
}

impl Shelf {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses every one")]
    fn entries(&self) -> &[Entry] {
        self.entries.get_or_init(|| toml::from_str::<entry::File>(self.area.toml()).expect("problem rows").problem)
    }

    #[expect(clippy::expect_used, reason = "the patterns are part of the program; a test compiles them all")]
    fn matcher(&self) -> &Matcher {
        self.matcher.get_or_init(|| Matcher::new(self.entries()).expect("patterns of problem rows"))
    }
}

/// How well an entry answers the words: 0 is best; nothing where a word is missing.
fn rank(entry: &Entry, words: &[String]) -> Option<usize> {
    let head = format!("{} {}", entry.code, entry.title).to_lowercase();
    let mut body = format!("{} {} {}", entry.sample, entry.cause, entry.see).to_lowercase();
    for advice in &entry.fixes {
        body.push(' ');
        body.push_str(&advice.text.to_lowercase());
    }
    let missing = words.iter().any(|word| !head.contains(word) && !body.contains(word));
    (!missing).then(|| words.iter().filter(|word| !head.contains(word.as_str())).count())
}
