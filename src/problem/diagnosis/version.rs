//! `require-dbt-version` leaves out the version that a project is set to: the newest one that fits.

use super::super::fix::{Fix, Grade};
use super::super::value::Evidence;
use super::Diagnosis;

/// Compares the wanted ranges (as in `require-dbt-version`: `>=1.9.0`, `<2.0.0`, several in one text
/// or list) with the versions that can be set, and offers the newest that fits.
pub fn version_required(project: &str, current: &str, required: &[&str], available: &[&str]) -> Diagnosis {
    let ranges: Vec<Range> = required.iter().flat_map(|text| parts(text)).filter_map(Range::parse).collect();
    let fitting = available.iter().copied().filter(|version| {
        *version != current
            && Version::parse(version).is_some_and(|version| ranges.iter().all(|range| range.holds(version)))
    });
    let newest = fitting.max_by_key(|version| Version::parse(version)).filter(|_| !ranges.is_empty());
    let wanted = required.join(", ");
    let fixes = match newest {
        Some(version) => {
            let title = format!("Set dbt_version to {version} and sync again");
            vec![Fix::set_project_key(title, Grade::Ask, project, "dbt_version", version, true)]
        }
        None => vec![Fix::read(format!(
            "Widen require-dbt-version in dbt_project.yml: none of the versions that can be set here ({}) fits {wanted}",
            available.join(", ")
        ))],
    };
    Diagnosis {
        cause: format!("The project wants dbt {wanted} and is set to {current}."),
        evidence: vec![Evidence::new(
            "dbt versions",
            vec![
                format!("wanted: {wanted}"),
                format!("set: {current}"),
                format!("can be set: {}", available.join(", ")),
            ],
        )],
        fixes,
    }
}

/// The single ranges of a text such as `['>=1.9.0', '<2.0.0']` or `>=1.9.0,<2.0.0`.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '[', ']', '\'', '"']).map(str::trim).filter(|part| !part.is_empty())
}

/// Major, minor, patch. A missing patch is the newest there is, since a setting such as `1.7` means
/// its last release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u64, u64, u64);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim_start_matches('v').split('.');
        let number = |part: Option<&str>| -> Option<u64> {
            let digits: String = part?.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        let major = number(numbers.next())?;
        let minor = number(numbers.next()).unwrap_or(0);
        Some(Self(major, minor, number(numbers.next()).unwrap_or(u64::MAX)))
    }
}

#[derive(Clone, Copy, Debug)]
enum Sign {
    Less,
    AtMost,
    Equal,
    Not,
    AtLeast,
    Greater,
}

/// One bound.
#[derive(Clone, Copy, Debug)]
struct Range(Sign, Version);

impl Range {
    fn parse(text: &str) -> Option<Self> {
        const SIGNS: [(&str, Sign); 7] = [
            (">=", Sign::AtLeast),
            ("<=", Sign::AtMost),
            ("!=", Sign::Not),
            ("==", Sign::Equal),
            (">", Sign::Greater),
            ("<", Sign::Less),
            ("=", Sign::Equal),
        ];
        let (sign, version) = SIGNS
            .iter()
            .find_map(|(start, sign)| Some((*sign, text.strip_prefix(start)?)))
            .unwrap_or((Sign::Equal, text));
        let version = Version::parse(version.trim())?;
        // a bound without a patch is the first release of its line
        Some(Self(sign, if version.2 == u64::MAX { Version(version.0, version.1, 0) } else { version }))
    }

    fn holds(self, version: Version) -> bool {
        let Self(sign, bound) = self;
        match sign {
            Sign::Less => version < bound,
            Sign::AtMost => version <= bound,
            Sign::Equal => version == bound || (version.2 == u64::MAX && (version.0, version.1) == (bound.0, bound.1)),
            Sign::Not => version != bound,
            Sign::AtLeast => version >= bound,
            Sign::Greater => version > bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Action;

    #[test]
    fn the_newest_version_that_fits_is_offered() {
        let available = ["1.6", "1.7", "1.9", "1.10"];
        let cases: &[(&[&str], Option<&str>)] = &[
            (&[">=1.9.0", "<2.0.0"], Some("\"1.10\"")),
            (&["['>=1.9.0', '<1.10.0']"], Some("\"1.9\"")),
            (&[">=1.6.0,<1.7.0"], Some("\"1.6\"")),
            (&["1.9.3"], Some("\"1.9\"")),
            (&["=1.10.1"], Some("\"1.10\"")),
            (&["!=1.10.0", "<=1.9.99"], Some("\"1.6\"")),
            (&[">=2.0.0"], None),
            (&[">1.10.4", "<1.11"], Some("\"1.10\"")),
            (&["nonsense"], None),
            (&[], None),
        ];
        for (required, expected) in cases {
            let diagnosis = version_required("shop", "1.7", required, &available);
            let set = diagnosis.fixes.iter().find_map(|fix| match &fix.action {
                Action::Set { value, .. } => Some(value.as_str()),
                _ => None,
            });
            assert_eq!(set, *expected, "{required:?}");
            assert_eq!(diagnosis.fixes.len(), 1);
        }
    }
}
