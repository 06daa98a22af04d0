//! Python's `fnmatch`: `*`, `?`, `[abc]`, `[!a-z]`, upper and lower case apart.

/// Whether the whole of `text` matches.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    // Most patterns are plain names.
    if !has_wildcard(pattern) {
        return text == pattern;
    }
    let text: Vec<char> = text.chars().collect();
    fits(&text, &pieces(pattern), |piece| matches!(piece, Piece::Star), |piece, c| piece.takes(*c))
}

/// Whether pieces, of which some stand for any number of items, take the items one by one. Costs at
/// most items times pieces, however many stars there are: on a mismatch the last star takes one more.
pub(super) fn fits<T, P>(
    items: &[T],
    pieces: &[P],
    is_star: impl Fn(&P) -> bool,
    takes: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut piece) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(item) = items.get(at) {
        match pieces.get(piece) {
            Some(one) if is_star(one) => {
                star = Some((piece, at));
                piece += 1;
            }
            Some(one) if takes(one, item) => {
                at += 1;
                piece += 1;
            }
            _ => match star {
                Some((from, taken)) => {
                    star = Some((from, taken + 1));
                    (piece, at) = (from + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pieces.iter().skip(piece).all(is_star)
}

/// Whether a pattern is more than a plain name.
pub(super) fn has_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

enum Piece {
    Star,
    Any,
    One(char),
    /// Ranges, and whether they are what must not stand there.
    Set(Vec<(char, char)>, bool),
}

impl Piece {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Star => false,
            Self::Any => true,
            Self::One(own) => *own == c,
            Self::Set(ranges, negated) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
        }
    }
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut pieces = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        at += 1;
        pieces.push(match c {
            '*' => Piece::Star,
            '?' => Piece::Any,
            '[' => match set(&chars, at) {
                Some((set, after)) => {
                    at = after;
                    set
                }
                None => Piece::One('['),
            },
            other => Piece::One(*other),
        });
    }
    pieces
}

/// The set that begins after a bracket, and what follows it; none when no bracket closes it. A bracket
/// right at its start belongs to it.
fn set(chars: &[char], start: usize) -> Option<(Piece, usize)> {
    let negated = chars.get(start) == Some(&'!');
    let first = start + usize::from(negated);
    let search_from = if chars.get(first) == Some(&']') { first + 1 } else { first };
    let end = (search_from..chars.len()).find(|index| chars.get(*index) == Some(&']'))?;
    let inside = chars.get(first..end)?;
    let mut ranges = Vec::new();
    let mut rest = inside;
    loop {
        match rest {
            [from, '-', to, after @ ..] => {
                ranges.push((*from, *to));
                rest = after;
            }
            [one, after @ ..] => {
                ranges.push((*one, *one));
                rest = after;
            }
            [] => break,
        }
    }
    Some((Piece::Set(ranges, negated), end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_python_does_it() {
        let table = [
            ("abc", "abc", true),
            ("abc", "ab", false),
            ("abc", "*", true),
            ("", "*", true),
            ("abc", "a*c", true),
            ("abcbc", "a*bc", true),
            ("abc", "a?c", true),
            ("ac", "a?c", false),
            ("abc", "ABC", false),
            ("b", "[abc]", true),
            ("b", "[!abc]", false),
            ("x", "[!abc]", true),
            ("m", "[a-n]", true),
            ("-", "[a-]", true),
            ("]", "[]]", true),
            ("[", "[", true),
            ("[x", "[x", true),
            ("a.b.c", "a.*", true),
            ("a\nb", "a*b", true),
            ("é", "?", true),
            ("aaaa", "*a*a*b", false),
            ("stg_orders_v2", "stg_*_v[0-9]", true),
        ];
        for (text, pattern, expected) in table {
            assert_eq!(matches(text, pattern), expected, "{text} {pattern}");
        }
    }

    #[test]
    fn many_stars_cost_little() {
        let pattern = "*a".repeat(40);
        assert!(!matches(&"a".repeat(39), &pattern));
        assert!(!matches(&format!("{}b", "a".repeat(5000)), &format!("{}c", "*a".repeat(20))));
    }
}
