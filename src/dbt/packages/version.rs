//! Versions of hub packages in dbt's own dialect of semantic versioning (`dbt/semver.py` of dbt Core
//! 1.7), with its twists: `1.0.0b1` needs no dash, a prerelease below a release is not below `<` of it,
//! and build metadata says nothing.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;

use regex::Regex;
use thiserror::Error;

/// What stands before a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matcher {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Exact,
}

/// `>=1.2.0-b1`: a version and how others are held against it. Without a matcher it is exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    matcher: Matcher,
    /// Major, minor and patch: digits without leading zeros, of any length.
    numbers: [String; 3],
    prerelease: Option<String>,
    build: Option<String>,
}

/// A text that is no version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{text}\" is not a valid semantic version.")]
pub struct NoVersion {
    pub text: String,
}

/// Requirements that no version meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Incompatible;

/// Reads versions; made once, because its pattern is compiled.
#[derive(Clone, Debug)]
pub(crate) struct VersionGrammar {
    pattern: Regex,
}

impl Default for VersionGrammar {
    #[expect(clippy::expect_used, reason = "the pattern is part of the program; every test compiles it")]
    fn default() -> Self {
        let number = "(0|[1-9][0-9]*)";
        let word = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";
        let pattern = format!(
            r"^(>=|>|<=|<|=)?{number}\.{number}\.{number}(?:-?({word}(?:\.{word})*))?(?:\+([0-9A-Za-z-]*(?:\.[0-9A-Za-z-]*)*))?$"
        );
        Self { pattern: Regex::new(&pattern).expect("a sound pattern") }
    }
}

impl VersionGrammar {
    /// Reads one version, with or without a matcher.
    pub(crate) fn read(&self, text: &str) -> Result<Version, NoVersion> {
        let Some(found) = self.pattern.captures(text) else { return Err(NoVersion { text: text.to_owned() }) };
        let part = |index: usize| found.get(index).map(|part| part.as_str().to_owned());
        let number = |index: usize| part(index).unwrap_or_default();
        let matcher = match found.get(1).map_or("", |matcher| matcher.as_str()) {
            ">" => Matcher::Greater,
            ">=" => Matcher::GreaterOrEqual,
            "<" => Matcher::Less,
            "<=" => Matcher::LessOrEqual,
            _ => Matcher::Exact,
        };
        let numbers = [number(2), number(3), number(4)];
        Ok(Version { matcher, numbers, prerelease: part(5), build: part(6) })
    }

    /// Reads several.
    pub(crate) fn read_all<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<Version>, NoVersion> {
        texts.into_iter().map(|text| self.read(text)).collect()
    }

    /// The versions that may be installed, the lowest first, as they are written.
    pub(crate) fn installable(&self, versions: &[String], prereleases: bool) -> Result<Vec<String>, NoVersion> {
        let mut read = self.read_all(versions.iter().map(String::as_str))?;
        // Two ways to write one version are one version: the later one stands for both, as in dbt.
        let written: HashMap<String, &String> = read.iter().map(Version::to_string).zip(versions).collect();
        read.retain(|version| prereleases || !version.is_prerelease());
        read.sort_by(Version::compare);
        Ok(read.iter().filter_map(|version| Some((*written.get(&version.to_string())?).clone())).collect())
    }

    /// The highest of `available` within `range`.
    pub(crate) fn highest(&self, range: &Range, available: &[String]) -> Result<Option<String>, NoVersion> {
        let mut highest: Option<(Version, &String)> = None;
        for text in available {
            let version = self.read(text)?;
            let fits = are_compatible(std::iter::once(&version).chain(&range.start).chain(&range.end));
            if fits && highest.as_ref().is_none_or(|(best, _)| best.compare(&version).is_lt()) {
                highest = Some((version, text));
            }
        }
        Ok(highest.map(|(_, text)| text.clone()))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matcher = match self.matcher {
            Matcher::Greater => ">",
            Matcher::GreaterOrEqual => ">=",
            Matcher::Less => "<",
            Matcher::LessOrEqual => "<=",
            Matcher::Exact => "=",
        };
        write!(f, "{matcher}{}", self.numbers.join("."))?;
        if let Some(prerelease) = &self.prerelease {
            write!(f, "-{prerelease}")?;
        }
        match self.build.as_deref() {
            Some(build) if !build.is_empty() => write!(f, "+{build}"),
            _ => Ok(()),
        }
    }
}

impl Version {
    pub(crate) fn is_prerelease(&self) -> bool {
        self.prerelease.is_some()
    }

    fn is_exact(&self) -> bool {
        self.matcher == Matcher::Exact
    }

    fn is_lower_bound(&self) -> bool {
        matches!(self.matcher, Matcher::Greater | Matcher::GreaterOrEqual)
    }

    fn is_upper_bound(&self) -> bool {
        matches!(self.matcher, Matcher::Less | Matcher::LessOrEqual)
    }

    /// Numbers, then prereleases, then matchers: a bound that admits less comes first or last.
    fn compare(&self, other: &Self) -> Ordering {
        for (one, two) in self.numbers.iter().zip(&other.numbers) {
            let order = one.len().cmp(&two.len()).then_with(|| one.cmp(two));
            if order.is_ne() {
                return order;
            }
        }
        match (&self.prerelease, &other.prerelease) {
            (None, None) => {}
            // So that `<1.0.0` does not admit 1.0.0-b1.
            (None, Some(_)) if self.matcher == Matcher::Less => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (Some(_), None) => return Ordering::Less,
            (Some(one), Some(two)) => {
                let order = compare_prereleases(one, two);
                if order.is_ne() {
                    return order;
                }
            }
        }
        self.compare_matchers(other)
    }

    fn compare_matchers(&self, other: &Self) -> Ordering {
        use Matcher::{Greater, GreaterOrEqual, Less, LessOrEqual};
        match (self.matcher, other.matcher) {
            (GreaterOrEqual, LessOrEqual) | (LessOrEqual, GreaterOrEqual) => Ordering::Equal,
            (Less, LessOrEqual) | (GreaterOrEqual, Greater) => Ordering::Less,
            (LessOrEqual, Less) | (Greater, GreaterOrEqual) => Ordering::Greater,
            _ if self.is_upper_bound() && other.is_lower_bound() => Ordering::Less,
            _ if self.is_lower_bound() && other.is_upper_bound() => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

/// Part by part; numbers before words; all parts alike, the shorter text first.
fn compare_prereleases(one: &str, two: &str) -> Ordering {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    for (a, b) in one.split('.').zip(two.split('.')) {
        let order = match (is_number(a), is_number(b)) {
            (true, true) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => a.cmp(b),
        };
        if order.is_ne() {
            return order;
        }
    }
    one.len().cmp(&two.len())
}

/// What several requirements leave; an end that is missing is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    start: Option<Version>,
    end: Option<Version>,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends: Vec<String> = self.start.iter().chain(&self.end).map(Version::to_string).collect();
        f.write_str(if ends.is_empty() { "ANY" } else { "" })?;
        f.write_str(&ends.join(", "))
    }
}

impl Range {
    fn of(version: &Version) -> Self {
        match version.matcher {
            Matcher::Exact => Self { start: Some(version.clone()), end: Some(version.clone()) },
            Matcher::Greater | Matcher::GreaterOrEqual => Self { start: Some(version.clone()), end: None },
            Matcher::Less | Matcher::LessOrEqual => Self { start: None, end: Some(version.clone()) },
        }
    }

    /// What several requirements leave, taken together.
    pub(crate) fn reduce<'a>(versions: impl IntoIterator<Item = &'a Version>) -> Result<Self, Incompatible> {
        let mut versions: Vec<&Version> = versions.into_iter().collect();
        // dbt begins with the last one.
        let Some(last) = versions.pop() else { return Ok(Self::default()) };
        versions.into_iter().try_fold(Self::of(last), |range, version| range.with(&Self::of(version)))
    }

    fn with(&self, other: &Self) -> Result<Self, Incompatible> {
        let range = match (&self.start, &other.start) {
            (Some(a), Some(b)) if a.is_exact() && b.is_exact() => {
                if a.compare(b).is_ne() {
                    return Err(Incompatible);
                }
                Self { start: Some(a.clone()), end: Some(a.clone()) }
            }
            _ => Self {
                start: combine(self.start.as_ref(), other.start.as_ref(), Bound::Lower)?,
                end: combine(self.end.as_ref(), other.end.as_ref(), Bound::Upper)?,
            },
        };
        match (&range.start, &range.end) {
            (Some(start), Some(end)) if start.compare(end).is_gt() => Err(Incompatible),
            _ => Ok(range),
        }
    }
}

/// Whether some version meets all of these.
pub(crate) fn are_compatible<'a>(versions: impl IntoIterator<Item = &'a Version>) -> bool {
    Range::reduce(versions).is_ok()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Lower,
    Upper,
}

/// The tighter of two bounds; an exact version must lie within the other one.
fn combine(a: Option<&Version>, b: Option<&Version>, bound: Bound) -> Result<Option<Version>, Incompatible> {
    let (Some(a), Some(b)) = (a, b) else { return Ok(a.or(b).cloned()) };
    let within = |limit: &Version, exact: &Version| {
        let order = limit.compare(exact);
        let inside = match bound {
            Bound::Lower => order.is_lt() || order.is_eq() && limit.matcher == Matcher::GreaterOrEqual,
            Bound::Upper => order.is_gt() || order.is_eq() && limit.matcher == Matcher::LessOrEqual,
        };
        if inside { Ok(Some(exact.clone())) } else { Err(Incompatible) }
    };
    match (a.is_exact(), b.is_exact()) {
        (false, false) => {
            let order = a.compare(b);
            let second = if bound == Bound::Lower { order.is_lt() } else { order.is_gt() };
            Ok(Some(if second { b } else { a }.clone()))
        }
        (true, _) => within(b, a),
        (false, true) => within(a, b),
    }
}
