//! `.dbtignore`: the patterns of a `.gitignore`.

use globset::{GlobBuilder, GlobMatcher};

#[derive(Debug)]
struct Rule {
    matcher: GlobMatcher,
    /// `!pattern` takes files back in.
    keeps: bool,
}

/// The rules of one file; the last one that fits a path decides.
#[derive(Debug, Default)]
pub(crate) struct IgnoreRules {
    rules: Vec<Rule>,
}

impl IgnoreRules {
    /// Reads the patterns; those that are no patterns are passed over, as dbt does.
    pub(crate) fn parse(text: &str) -> Self {
        Self { rules: text.lines().filter_map(rule).flatten().collect() }
    }

    /// Whether a path, from the project's root, is ignored.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.rules.iter().rev().find(|rule| rule.matcher.is_match(path)).is_some_and(|rule| !rule.keeps)
    }
}

/// One pattern becomes two: the thing itself, and everything below it.
fn rule(line: &str) -> Option<Vec<Rule>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (keeps, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
    let folder_only = pattern.ends_with('/');
    let pattern = pattern.trim_end_matches('/');
    let anchored = pattern.contains('/');
    let pattern = pattern.trim_start_matches('/');
    let base = if anchored { pattern.to_owned() } else { format!("**/{pattern}") };
    let below = format!("{base}/**");
    let globs = if folder_only { vec![below] } else { vec![base, below] };
    let matcher = |glob: String| Some(GlobBuilder::new(&glob).literal_separator(true).build().ok()?.compile_matcher());
    Some(globs.into_iter().filter_map(matcher).map(|matcher| Rule { matcher, keeps }).collect())
}
