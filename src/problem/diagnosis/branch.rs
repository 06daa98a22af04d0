//! A branch that does not exist: which one was meant.

use super::super::fix::{Fix, Grade};
use super::super::nearest::nearest_few;
use super::super::value::Evidence;
use super::{Diagnosis, shortened};

/// Most branches offered as fixes.
const MOST_OFFERS: usize = 4;

/// Offers the repository's branches: what the typed name is without `origin/` or `refs/heads/`, then
/// the nearest names, then the default branch. `safe` only where there is no doubt: the name is right
/// but for what stands in front of it, or the repository has a single branch.
pub fn branch_missing(project: &str, branch: &str, branches: &[String], default: Option<&str>) -> Diagnosis {
    let bare = bare_name(branch);
    let exact = branches.iter().map(String::as_str).find(|known| *known == bare && bare != branch);
    let near = nearest_few(bare, branches.iter().map(String::as_str), MOST_OFFERS);
    let usual = ["main", "master"].into_iter().filter(|_| matches!(bare, "main" | "master"));
    let usual = usual.filter(|name| branches.iter().any(|known| known == name));
    let default = default.filter(|default| branches.iter().any(|known| known == default));
    let first = branches.first().filter(|_| branches.len() == 1).map(String::as_str);

    let mut offers: Vec<&str> = Vec::new();
    for offer in exact.into_iter().chain(near).chain(usual).chain(default).chain(first) {
        if offer != branch && !offers.contains(&offer) && offers.len() < MOST_OFFERS {
            offers.push(offer);
        }
    }
    let fixes = offers.iter().map(|offer| {
        let sure = exact == Some(offer) || branches.len() == 1;
        let what = if default == Some(offer) { ", the default branch," } else { "" };
        let title = format!("Set the branch to {offer}{what} and sync again");
        Fix::set_project_key(title, if sure { Grade::Safe } else { Grade::Ask }, project, "branch", offer, true)
    });
    Diagnosis {
        cause: cause(branch, exact, branches, default),
        evidence: vec![Evidence::new("Branches of the repository", lines(branches, default))],
        fixes: fixes.collect(),
    }
}

fn cause(branch: &str, exact: Option<&str>, branches: &[String], default: Option<&str>) -> String {
    if branches.is_empty() {
        return "The repository has no branches at all: nothing was pushed to it yet.".to_owned();
    }
    if let Some(exact) = exact {
        let front = branch.strip_suffix(exact).unwrap_or(branch);
        return format!("The branch is called {exact}; {front} in front is not part of its name.");
    }
    let renamed = match (branch, default) {
        ("master", Some("main")) | ("main", Some("master")) => {
            "The default branch has the other of the two usual names."
        }
        _ => "It was renamed, deleted after a merge, or is mistyped.",
    };
    let count = match branches.len() {
        1 => "one branch".to_owned(),
        count => format!("{count} branches"),
    };
    format!("The repository has {count}, and none is called {branch}. {renamed}")
}

fn lines(branches: &[String], default: Option<&str>) -> Vec<String> {
    let rest = branches.iter().map(String::as_str).filter(|branch| Some(*branch) != default).map(str::to_owned);
    shortened(default.map(|default| format!("{default} (default)")).into_iter().chain(rest))
}

fn bare_name(branch: &str) -> &str {
    let branch = branch.trim();
    let starts = ["refs/heads/", "refs/remotes/origin/", "remotes/origin/", "heads/", "origin/"];
    starts.iter().find_map(|start| branch.strip_prefix(start)).unwrap_or(branch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Action;

    fn offers(branch: &str, branches: &[&str], default: Option<&str>) -> Vec<(Grade, String)> {
        let branches: Vec<String> = branches.iter().map(|name| (*name).to_owned()).collect();
        let fixes = branch_missing("shop", branch, &branches, default).fixes;
        let offer = |fix: Fix| match fix.action {
            Action::Set { key, value, sync } => {
                assert_eq!((key.as_str(), sync.as_deref()), ("projects.shop.branch", Some("shop")));
                (fix.grade, value.trim_matches('"').to_owned())
            }
            other => panic!("{other:?}"),
        };
        fixes.into_iter().map(offer).collect()
    }

    #[test]
    fn what_is_offered() {
        use Grade::{Ask, Safe};
        type Case = (&'static str, &'static [&'static str], Option<&'static str>, &'static [(Grade, &'static str)]);
        const ALL: [&str; 3] = ["main", "develop", "feature/orders"];
        let cases: &[Case] = &[
            ("master", &ALL, Some("main"), &[(Ask, "main")]),
            ("mian", &ALL, Some("develop"), &[(Ask, "main"), (Ask, "develop")]),
            ("Main", &ALL, Some("main"), &[(Ask, "main")]),
            ("origin/main", &ALL, Some("main"), &[(Safe, "main")]),
            ("refs/heads/develop", &ALL, Some("main"), &[(Safe, "develop"), (Ask, "main")]),
            ("feature/order", &ALL, None, &[(Ask, "feature/orders")]),
            ("orders", &ALL, None, &[(Ask, "feature/orders")]),
            ("gone", &["trunk"], None, &[(Safe, "trunk")]),
            ("gone", &["trunk"], Some("trunk"), &[(Safe, "trunk")]),
            ("gone", &[], Some("main"), &[]),
            ("zzzzzz", &ALL, None, &[]),
            ("main", &["master", "x"], None, &[(Ask, "master")]),
        ];
        for (branch, branches, default, expected) in cases {
            let expected: Vec<(Grade, String)> =
                expected.iter().map(|(grade, name)| (*grade, (*name).to_owned())).collect();
            assert_eq!(offers(branch, branches, *default), expected, "{branch} of {branches:?}");
        }
    }

    #[test]
    fn the_default_branch_comes_first_in_the_evidence() {
        let branches = ["a".to_owned(), "main".to_owned()];
        let diagnosis = branch_missing("shop", "x", &branches, Some("main"));
        assert_eq!(diagnosis.evidence[0].lines, ["main (default)", "a"]);
        assert!(diagnosis.cause.contains("2 branches, and none is called x"), "{}", diagnosis.cause);
    }

    #[test]
    fn a_thousand_branches_are_not_all_shown() {
        let branches: Vec<String> = (0..1000).map(|n| format!("branch-{n}")).collect();
        let diagnosis = branch_missing("shop", "branch-x", &branches, None);
        assert_eq!(diagnosis.evidence[0].lines.len(), 21);
        assert!(diagnosis.fixes.len() <= MOST_OFFERS);
    }
}
