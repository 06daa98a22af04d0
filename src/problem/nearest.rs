//! "Did you mean": the known word that is nearest to a mistyped one.

/// The candidate that was most likely meant, in any case of letters; nothing when none is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_few(word, candidates, 1).into_iter().next()
}

/// Up to `limit` candidates, the nearest first: those with few mistypings between, then those that
/// hold the word as a part (`orders` in `stg_orders`). Equal ones keep their order.
pub fn nearest_few<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let word: Vec<char> = word.trim().to_lowercase().chars().collect();
    if word.is_empty() || word.len() > LONGEST {
        return Vec::new();
    }
    let mut near: Vec<(usize, &str)> =
        candidates.into_iter().filter_map(|candidate| Some((score(&word, candidate)?, candidate))).collect();
    near.sort_by_key(|(score, _)| *score);
    near.dedup_by_key(|(_, candidate)| *candidate);
    near.into_iter().take(limit).map(|(_, candidate)| candidate).collect()
}

/// Whether two words differ by nothing but a few mistypings.
pub fn is_near(word: &str, other: &str) -> bool {
    let word: Vec<char> = word.to_lowercase().chars().take(LONGEST + 1).collect();
    let other: Vec<char> = other.to_lowercase().chars().take(LONGEST + 1).collect();
    word.len() <= LONGEST && distance(&word, &other, mistypings_allowed(word.len())).is_some()
}

/// Words longer than this, in characters, are near to nothing: it bounds the work.
const LONGEST: usize = 200;
/// Score of a candidate that merely holds the word.
const PART: usize = LONGEST;

fn score(word: &[char], candidate: &str) -> Option<usize> {
    let lower: Vec<char> = candidate.to_lowercase().chars().take(LONGEST + 1).collect();
    if lower.len() > LONGEST || lower.is_empty() {
        return None;
    }
    let bound = mistypings_allowed(word.len());
    distance(word, &lower, bound).or_else(|| {
        let part = word.len() >= 3 && (holds_part(&lower, word) || lower.len() >= 3 && holds_part(word, &lower));
        part.then(|| PART + word.len().abs_diff(lower.len()))
    })
}

/// One mistyping in a short word, more in a long one.
const fn mistypings_allowed(length: usize) -> usize {
    match length {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        10..=15 => 3,
        _ => 4,
    }
}

/// Whether `part` stands in `whole` at one of its ends or beside a separator.
fn holds_part(whole: &[char], part: &[char]) -> bool {
    let separates = |c: Option<&char>| c.is_none_or(|c| !c.is_alphanumeric());
    whole.windows(part.len()).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).and_then(|before| whole.get(before));
        window == part && (separates(before) || separates(whole.get(at + part.len())))
    })
}

/// Letters to insert, delete, replace or swap with their neighbour (Damerau-Levenshtein, optimal
/// string alignment); nothing when it takes more than `bound`.
fn distance(left: &[char], right: &[char], bound: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > bound {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, left_char) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(last.len());
        current.push(row + 1);
        for (column, right_char) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(left_char != right_char);
            let mut best = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0 && column > 0 && left[row - 1] == *right_char && *left_char == right[column - 1];
            if swapped {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        if current.iter().all(|distance| *distance > bound) {
            return None;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().filter(|distance| *distance <= bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_some() {
        let cases = [
            ("projct_path", Some("project_path")),
            ("project-path", Some("project_path")),
            ("PROJECT_PATH", Some("project_path")),
            ("brnach", Some("branch")),
            ("branc", Some("branch")),
            ("repo", Some("repository")),
            ("path", Some("project_path")),
            ("schma", Some("schema")),
            ("zzz", None),
            ("", None),
            ("x", None),
        ];
        let known = ["repository", "branch", "project_path", "schema"];
        for (word, expected) in cases {
            assert_eq!(nearest(word, known), expected, "{word:?}");
        }
    }

    #[test]
    fn mistypings_come_before_parts() {
        let models = ["stg_orders", "order", "orders_daily", "customers"];
        assert_eq!(nearest_few("orders", models, 9), ["order", "stg_orders", "orders_daily"]);
        assert_eq!(nearest_few("orders", models, 1), ["order"]);
    }

    #[test]
    fn a_part_is_a_whole_word_at_one_side() {
        assert_eq!(nearest("git", ["digits"]), None);
        assert_eq!(nearest("git", ["my-git"]), Some("my-git"));
    }

    #[test]
    fn a_part_alone_is_not_near() {
        assert!(is_near("tranform", "transform") && is_near("Orders", "orders"));
        assert!(!is_near("orders", "stg_orders") && !is_near("z", "x"));
    }

    #[test]
    fn distances() {
        let count = |left: &str, right: &str| {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            distance(&chars(left), &chars(right), 4)
        };
        let cases = [
            ("", "", Some(0)),
            ("same", "same", Some(0)),
            ("ab", "ba", Some(1)),
            ("abc", "ac", Some(1)),
            ("kitten", "sitting", Some(3)),
            ("gihub.com", "github.com", Some(1)),
            ("master", "main", Some(4)),
            ("customers", "invoices", None),
        ];
        for (left, right, expected) in cases {
            assert_eq!(count(left, right), expected, "{left} {right}");
            assert_eq!(count(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn a_very_long_word_is_near_to_nothing() {
        let long = "x".repeat(100_000);
        assert_eq!(nearest(&long, [long.as_str()]), None);
        assert_eq!(nearest("xxx", [long.as_str()]), None);
    }
}
