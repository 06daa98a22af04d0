//! Whether what a person types into a filter is meant as a selection, or as words to look for.

use super::criterion::{Method, leading_reach, trailing_reach};

/// Whether one word at least has a sign of dbt's syntax: `@` or `+` in front, `+` behind, a comma within,
/// or a method of dbt's in front of a colon. `but` names methods that mean something else by themselves.
/// Signs of fuzzy search (`!` `^` `'` in front, `$` behind) make it none.
pub fn is_selection(words: &str, but: &[&str]) -> bool {
    let is_fuzzy = |word: &str| word.starts_with(['!', '^', '\'']) || word.ends_with('$');
    !words.split_whitespace().any(is_fuzzy) && words.split_whitespace().any(|word| has_sign(word, but))
}

fn has_sign(word: &str, but: &[&str]) -> bool {
    let bare = word.strip_prefix('@').unwrap_or(word);
    let is_followed = bare.len() < word.len() || leading_reach(bare).is_some() || trailing_reach(bare).1.is_some();
    is_followed || word.contains(',') || method(word).is_some_and(|name| !but.contains(&name))
}

/// The method in front of the colon, without its arguments, where it is one of dbt's.
fn method(word: &str) -> Option<&str> {
    let (before, _) = word.split_once(':')?;
    let name = before.split('.').next().unwrap_or(before);
    Method::of(name).is_ok_and(|method| method != Method::Wildcard).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_a_selection() {
        for (words, wanted) in [
            ("+orders", true),
            ("orders+", true),
            ("2+orders+1", true),
            ("@orders", true),
            ("orders stg+", true),
            ("path:models/marts", true),
            ("config.materialized:table", true),
            ("state:modified", true),
            ("tag:nightly,config.materialized:table", true),
            ("tag:nightly", false),
            ("tag:nightly+", true),
            ("orders", false),
            ("stg orders", false),
            ("a+b", false),
            ("nope:x", false),
            ("nope:x+", true),
            ("wildcard:x", false),
            ("!path:x", false),
            ("+orders ^stg", false),
            ("orders$ a+", false),
            ("", false),
        ] {
            assert_eq!(is_selection(words, &["tag"]), wanted, "{words}");
        }
    }
}
