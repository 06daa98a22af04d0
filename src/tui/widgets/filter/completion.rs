//! What Tab makes of the end of a filter: the names of fields, then the values that the candidates have.

use std::collections::BTreeSet;

use super::{Candidates, begins};

/// Most values that are offered.
const MOST: usize = 200;

/// Ways to go on with a text, and which of them is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What stays in front of every option.
    stem: String,
    options: Vec<String>,
    chosen: usize,
}

impl Completion {
    /// The ways to go on with the last word; none where there is none. `from_end` takes the last one.
    pub fn of(text: &str, candidates: &(impl Candidates + ?Sized), from_end: bool) -> Option<Self> {
        let word_at = text.rfind(char::is_whitespace).map_or(0, |space| {
            space + text.get(space..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
        });
        let (before, word) = text.split_at_checked(word_at)?;
        let (lead, bare) = word.split_at_checked(lead_of(word))?;
        let known = || candidates.fields().iter().chain(candidates.methods());
        let (field, options) = match bare.split_once(':') {
            Some((name, beginning)) if known().any(|one| *one == name) => {
                (format!("{name}:"), values(candidates, name, beginning))
            }
            Some(_) => return None,
            None => {
                // Behind a sign of a selection a name is meant, too; methods only where no field is.
                let mut options = if lead.ends_with(['+', '@']) { values(candidates, "fqn", bare) } else { Vec::new() };
                for names in [candidates.fields(), candidates.methods()] {
                    if options.is_empty() {
                        let known = names.iter().filter(|name| begins(name, bare));
                        options.extend(known.map(|name| format!("{name}:")));
                    }
                }
                (String::new(), options)
            }
        };
        let chosen = if from_end { options.len().checked_sub(1)? } else { 0 };
        (!options.is_empty()).then(|| Self { stem: format!("{before}{lead}{field}"), options, chosen })
    }

    /// Takes the next option, or the one before, round the corner.
    pub fn step(&mut self, back: bool) {
        let count = self.options.len().max(1);
        self.chosen = (self.chosen + if back { count - 1 } else { 1 }) % count;
    }

    /// The text with the option that is taken.
    pub fn text(&self) -> String {
        format!("{}{}", self.stem, self.options.get(self.chosen).map_or("", String::as_str))
    }

    /// The options to choose from, and which one is taken; none where there is nothing to choose.
    pub fn choices(&self) -> Option<(&[String], usize)> {
        (self.options.len() > 1).then_some((self.options.as_slice(), self.chosen))
    }
}

/// Bytes in front of what is completed: what an earlier comma ends, then `!`, or `@` and `2+`.
fn lead_of(word: &str) -> usize {
    let comma = word.rfind(',').map_or(0, |at| at + 1);
    let rest = word.get(comma..).unwrap_or_default();
    let sign = usize::from(rest.starts_with(['!', '@']));
    let digits = rest.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
    let plus = rest.as_bytes().get(sign + digits) == Some(&b'+');
    comma + sign + if plus { digits + 1 } else { 0 }
}

/// Values of a field that begin so, as far as they can be written without a space.
fn values(candidates: &(impl Candidates + ?Sized), field: &str, beginning: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    for index in 0..candidates.len() {
        candidates.each_value(index, field, &mut |value| {
            let word = value.split_whitespace().next().unwrap_or_default();
            if !word.is_empty() && found.len() < MOST && begins(word, beginning) && !found.contains(word) {
                found.insert(word.to_owned());
            }
        });
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    struct Rows;

    impl Candidates for Rows {
        fn len(&self) -> usize {
            3
        }

        fn text(&self, _index: usize) -> Cow<'_, str> {
            "".into()
        }

        fn fields(&self) -> &[&str] {
            &["state", "severity", "tag"]
        }

        fn each_value(&self, index: usize, field: &str, take: &mut dyn FnMut(&str)) {
            match (field, index) {
                ("tag", 0) => ["nightly", "Core"].into_iter().for_each(take),
                ("tag", _) => take("nightly"),
                ("state", 2) => take("cut short"),
                ("state", _) => take("ok"),
                _ => {}
            }
        }
    }

    fn completed(text: &str, steps: usize) -> Option<String> {
        let mut completion = Completion::of(text, &Rows, false)?;
        (0..steps).for_each(|_| completion.step(false));
        Some(completion.text())
    }

    #[test]
    fn fields_then_values() {
        let cases = [
            ("", 0, Some("state:")),
            ("", 2, Some("tag:")),
            ("", 3, Some("state:")),
            ("t", 0, Some("tag:")),
            ("S", 1, Some("severity:")),
            ("x", 0, None),
            ("tag:", 0, Some("tag:Core")),
            ("tag:", 1, Some("tag:nightly")),
            ("tag:c", 0, Some("tag:Core")),
            ("tag:x", 0, None),
            ("orders !tag:n", 0, Some("orders !tag:nightly")),
            ("orders ", 0, Some("orders state:")),
            ("state:c", 0, Some("state:cut")),
            ("color:r", 0, None),
            ("severity:", 0, None),
        ];
        for (text, steps, wanted) in cases {
            assert_eq!(completed(text, steps).as_deref(), wanted, "{text} and {steps} steps");
        }
    }

    #[test]
    fn signs_of_a_selection_stay_in_front() {
        for (word, lead) in [
            ("orders", ""),
            ("!tag:x", "!"),
            ("+ord", "+"),
            ("2+ord", "2+"),
            ("@ord", "@"),
            ("@2+tag:x", "@2+"),
            ("tag:a,st", "tag:a,"),
            ("+a,3+b", "+a,3+"),
            ("23", ""),
            (",", ","),
        ] {
            assert_eq!(&word[..lead_of(word)], lead, "{word}");
        }
        assert_eq!(completed("+tag:n", 0).as_deref(), Some("+tag:nightly"));
        assert_eq!(completed("tag:core,sev", 0).as_deref(), Some("tag:core,severity:"));
    }

    #[test]
    fn backwards_begins_with_the_last() {
        let mut completion = Completion::of("", &Rows, true).unwrap();
        assert_eq!(completion.text(), "tag:");
        completion.step(true);
        assert_eq!(completion.text(), "severity:");
    }

    #[test]
    fn one_way_is_no_choice() {
        assert_eq!(Completion::of("t", &Rows, false).unwrap().choices(), None);
        let two = Completion::of("s", &Rows, false).unwrap();
        assert_eq!(two.choices(), Some((["state:".to_owned(), "severity:".to_owned()].as_slice(), 0)));
    }
}
