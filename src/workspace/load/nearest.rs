//! "Did you mean": the known word nearest to a mistyped one.

/// The nearest of `known`, where one is near enough to be meant: at most a third of the letters
/// differ. Swapped neighbours count as one difference.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.to_lowercase().chars().collect();
    // A word longer than any of ours is not looked at: the comparison takes its square.
    if letters.len() > 64 {
        return None;
    }
    known
        .into_iter()
        .filter_map(|candidate| {
            let other: Vec<char> = candidate.to_lowercase().chars().take(65).collect();
            let allowed = letters.len().max(other.len()).div_ceil(3);
            let far = distance(&letters, &other);
            (far <= allowed && far < letters.len().max(other.len())).then_some((far, candidate))
        })
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that make `left` into `right`.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(letter != other);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped =
                row > 0 && column > 0 && right.get(column - 1) == Some(letter) && left.get(row - 1) == Some(other);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found() {
        let known = ["parallel", "connect_timeout", "keep", "git", "ui"];
        let cases = [
            ("paralel", Some("parallel")),
            ("Parallel", Some("parallel")),
            ("conect_timeuot", Some("connect_timeout")),
            ("kepe", Some("keep")),
            ("gti", Some("git")),
            ("zzz", None),
            ("xy", None),
            ("", None),
        ];
        for (word, meant) in cases {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }

    #[test]
    fn a_huge_word_costs_nothing() {
        assert_eq!(nearest(&"a".repeat(10_000_000), ["parallel"]), None);
    }

    #[test]
    fn a_swap_is_one_difference() {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        assert_eq!(distance(&letters("abcd"), &letters("abdc")), 1);
        assert_eq!(distance(&letters("kitten"), &letters("sitting")), 3);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
    }
}
