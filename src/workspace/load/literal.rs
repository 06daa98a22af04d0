//! Secrets that somebody wrote into the file: recognised, so that they can be refused, and found in
//! the text, so that no message shows them.

use std::ops::Range;

/// How well-known kinds of tokens begin.
const PREFIXES: [&str; 16] = [
    "github_pat_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "glpat-",
    "gldt-",
    "glrt-",
    "ATBB",
    "ATCTT3x",
    "AKIA",
    "xoxb-",
    "xoxp-",
    "dbtc_",
    "sk_live_",
];
/// Letters that have to follow the prefix.
const SHORTEST_REST: usize = 8;
/// How names of secrets end.
const NAMES: [&str; 10] = [
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "write_key",
];

/// A token of a well-known kind, or a private key.
pub(super) fn looks_secret(text: &str) -> bool {
    !tokens(text).is_empty() || (text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----"))
}

/// `https://user:password@host/…`, or a token in the user's place.
pub(super) fn has_url_password(text: &str) -> bool {
    url_users(text).any(|user| {
        let user = text.get(user).unwrap_or_default();
        user.contains(':') || !tokens(user).is_empty()
    })
}

/// A key whose value is a secret, by its name.
pub(super) fn names_secret(key: &str) -> bool {
    let key = key.to_lowercase().replace('-', "_");
    NAMES.iter().any(|name| key.ends_with(name))
}

/// Every stretch of a file's text that may be a secret, whether or not the file is TOML.
pub(super) fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut found = tokens(text);
    found.extend(url_users(text).filter(|user| text.get(user.clone()).is_some_and(|user| user.contains(':'))));
    found.extend(private_keys(text));
    found.extend(values_of_secret_keys(text));
    found
}

fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for prefix in PREFIXES {
        let mut covered = 0;
        for (start, _) in text.match_indices(prefix) {
            let glued =
                text.get(..start).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric);
            // Inside of a token that was found: not looked at again, so that the whole stays linear.
            if glued || start < covered {
                continue;
            }
            let rest = text.get(start + prefix.len()..).unwrap_or_default();
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-=.".contains(c))).unwrap_or(rest.len());
            covered = start + prefix.len() + length;
            if length >= SHORTEST_REST {
                found.push(start..covered);
            }
        }
    }
    found
}

/// What stands before the `@` of every URL.
fn url_users(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.match_indices("://").filter_map(|(found, mark)| {
        let start = found + mark.len();
        let rest = text.get(start..)?;
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c)).unwrap_or(rest.len());
        let at = rest.get(..end)?.rfind('@')?;
        Some(start..start + at)
    })
}

fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (mark_start, mark) in text.match_indices("PRIVATE KEY-----") {
        let start = mark_start + mark.len();
        if found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        found.push(start..start + rest.find("-----END").unwrap_or(rest.len()));
    }
    found
}

fn values_of_secret_keys(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (equals, _) in text.match_indices('=') {
        // What a value already covers is not looked at again: the whole stays linear.
        if found.last().is_some_and(|last| equals < last.end) {
            continue;
        }
        found.extend(value_of_secret_key(text, equals));
    }
    found
}

fn value_of_secret_key(text: &str, equals: usize) -> Option<Range<usize>> {
    let key = text.get(..equals)?.trim_end_matches([' ', '\t', '"', '\'']);
    let key = key.rsplit(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).next()?;
    if !names_secret(key) {
        return None;
    }
    let after = text.get(equals + 1..)?;
    let value = after.trim_start_matches([' ', '\t']);
    let start = equals + 1 + (after.len() - value.len());
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| value.starts_with(quote)).unwrap_or_default();
    let inner = value.get(quote.len()..)?;
    let end = match quote.len() {
        0 if value.starts_with(['{', '[']) => return None,
        0 => inner.find('\n'),
        // A text of one line that is not closed ends with its line.
        1 => inner.find(|c: char| c == '\n' || quote.starts_with(c)),
        _ => inner.find(quote),
    };
    Some(start + quote.len()..start + quote.len() + end.unwrap_or(inner.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_tokens_are_recognised() {
        for secret in [
            "ghp_0123456789abcdef",
            "x github_pat_11AAAAAAA0",
            "glpat-aaaaaaaaaaaaaaaaaaaa",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3",
        ] {
            assert!(looks_secret(secret), "{secret}");
        }
        for plain in ["ghp_", "main", "xghp_0123456789abcdef", "~/.ssh/id_ed25519", "ATBB", ""] {
            assert!(!looks_secret(plain), "{plain}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_recognised_and_a_plain_user_is_not() {
        assert!(has_url_password("https://ada:hunter2@host/x.git"));
        assert!(has_url_password("https://ghp_0123456789abcdef@github.com/x"));
        assert!(!has_url_password("https://ada@bitbucket.org/acme/shop.git"));
        assert!(!has_url_password("ssh://git@host:22/x"));
        assert!(!has_url_password("https://host/a:b@c"));
    }

    #[test]
    fn secrets_are_found_in_text_that_is_not_toml() {
        let cases = [
            ("token = \"hunter2\"", "token = \"\""),
            ("token = \"hunter2\nkeep", "token = \"\nkeep"),
            ("token = hunter2", "token = "),
            ("auth = { token = 'hunter2' }", "auth = { token = '' }"),
            ("\"api-key\"=\"hunter2\" # x", "\"api-key\"=\"\" # x"),
            ("password = \"\"\"\nhunter2\n\"\"\"\nkeep", "password = \"\"\"\"\"\"\nkeep"),
            ("token = { env = \"NAME\" }", "token = { env = \"NAME\" }"),
            ("url = 'https://a:hunter2@h/'", "url = 'https://@h/'"),
            ("x = \"ghp_0123456789abcdef\"", "x = \"\""),
            ("token_column = \"id\"", "token_column = \"id\""),
        ];
        for (text, left) in cases {
            let mut ranges = stretches(text);
            ranges.sort_by_key(|range| std::cmp::Reverse(range.start));
            let mut shown = text.to_owned();
            for range in ranges {
                shown.replace_range(range, "");
            }
            assert_eq!(shown, left, "{text}");
        }
    }
}
