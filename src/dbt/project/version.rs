//! `require-dbt-version`: dbt's own dialect of version ranges.

use std::cmp::Ordering;

/// `1.7.20-b3` as numbers, with its prerelease.
type Version = ([u64; 3], Option<String>);

/// The requirements that `installed` does not meet; an unreadable one counts as met.
pub(crate) fn unmet_versions<'a>(installed: &str, required: &'a [String]) -> Vec<&'a str> {
    let Some(installed) = parse(installed) else { return Vec::new() };
    required
        .iter()
        .map(String::as_str)
        .filter(|text| {
            text.split(',')
                .any(|part| specifier(part).is_some_and(|(matcher, version)| !meets(&installed, matcher, &version)))
        })
        .collect()
}

fn specifier(text: &str) -> Option<(&str, Version)> {
    let text = text.trim();
    let at = text.find(|c: char| !matches!(c, '<' | '>' | '='))?;
    let (matcher, version) = text.split_at(at);
    Some((if matcher.is_empty() { "=" } else { matcher }, parse(version)?))
}

fn parse(text: &str) -> Option<Version> {
    let text = text.trim().trim_start_matches('v');
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    let rest = rest.trim_start_matches('-').split('+').next().unwrap_or_default();
    Some((version, (!rest.is_empty()).then(|| rest.to_owned())))
}

fn compare(a: &Version, b: &Version) -> Ordering {
    // A prerelease comes before its release.
    a.0.cmp(&b.0).then_with(|| match (&a.1, &b.1) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => a.cmp(b),
    })
}

fn meets(installed: &Version, matcher: &str, required: &Version) -> bool {
    let order = compare(installed, required);
    match matcher {
        ">=" => order.is_ge(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        // dbt lets a prerelease of the excluded version through no more than the release.
        "<" => order.is_lt() && !(installed.0 == required.0 && installed.1.is_some() && required.1.is_none()),
        _ => order.is_eq(),
    }
}
