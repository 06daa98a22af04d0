//! Who may push to a branch on Bitbucket Cloud: its branch restrictions, by pattern or by the kind that the branching
//! model gives to a branch. Only a token with the scope for administration is told.

use serde_json::Value;

use super::facts::{Asking, text};

/// Most pages of restrictions that are read.
const MOST_PAGES: u64 = 5;
/// The restriction that counts: only those that it names may push.
const PUSH: &str = "push";

/// Whether pushing to the branch that was asked about is restricted. None where nothing was asked, or it is not told.
pub(super) async fn is_protected(asking: &Asking<'_>, workspace: &str, slug: &str) -> Option<bool> {
    let branch = asking.request.branch.as_str();
    if branch.is_empty() {
        return None;
    }
    let mut kinds: Vec<String> = Vec::new();
    for page in 1..=MOST_PAGES {
        let query = format!("kind={PUSH}&pagelen=100&page={page}");
        let answer = asking.get(&["repositories", workspace, slug, "branch-restrictions"], &query).await.ok()?;
        for restriction in answer.body["values"].as_array()? {
            if text(restriction, "/kind").as_deref() != Some(PUSH) {
                continue;
            }
            match text(restriction, "/branch_match_kind").as_deref() {
                Some("branching_model") => kinds.extend(text(restriction, "/branch_type")),
                _ if text(restriction, "/pattern").is_some_and(|pattern| matches(&pattern, branch)) => {
                    return Some(true);
                }
                _ => {}
            }
        }
        if !answer.body["next"].is_string() {
            return by_model(asking, workspace, slug, &kinds).await;
        }
    }
    None
}

/// Whether the branch is of one of these kinds.
async fn by_model(asking: &Asking<'_>, workspace: &str, slug: &str, kinds: &[String]) -> Option<bool> {
    if kinds.is_empty() {
        return Some(false);
    }
    let model = asking.get(&["repositories", workspace, slug, "branching-model"], "").await.ok()?.body;
    Some(kinds.iter().any(|kind| is_of_kind(&model, kind, &asking.request.branch)))
}

fn is_of_kind(model: &Value, kind: &str, branch: &str) -> bool {
    let named = ["development", "production"].contains(&kind)
        && [format!("/{kind}/branch/name"), format!("/{kind}/name")]
            .iter()
            .any(|place| text(model, place).as_deref() == Some(branch));
    let mut types = model["branch_types"].as_array().into_iter().flatten();
    let prefixed = types.any(|one| {
        let prefix = text(one, "/prefix").filter(|prefix| !prefix.is_empty());
        text(one, "/kind").as_deref() == Some(kind) && prefix.is_some_and(|prefix| branch.starts_with(&prefix))
    });
    named || prefixed
}

/// Whether a pattern with `*` and `?` names the branch, as Bitbucket reads it: a `*` stands for slashes as well.
fn matches(pattern: &str, branch: &str) -> bool {
    let (pattern, branch) = (pattern.as_bytes(), branch.as_bytes());
    let (mut at, mut here) = (0, 0);
    // Where the last star stands, and how far it has reached: one step back is enough.
    let mut star: Option<(usize, usize)> = None;
    while here < branch.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, here));
                at += 1;
            }
            (Some(letter), _) if *letter == b'?' || Some(letter) == branch.get(here) => (at, here) = (at + 1, here + 1),
            (_, Some((place, reached))) => {
                star = Some((place, reached + 1));
                (at, here) = (place + 1, reached + 1);
            }
            _ => return false,
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|letter| *letter == b'*'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_name_branches() {
        for (pattern, branch, expected) in [
            ("main", "main", true),
            ("main", "mainly", false),
            ("*", "release/1", true),
            ("release/*", "release/2026/1", true),
            ("release/*", "release", false),
            ("**", "main", true),
            ("*-stable", "v1-stable-stable", true),
            ("v?", "v1", true),
            ("v?", "v", false),
            ("", "", true),
            ("", "main", false),
        ] {
            assert_eq!(matches(pattern, branch), expected, "{pattern} {branch}");
        }
        // Many stars take no longer than few.
        assert!(!matches(&"*a".repeat(2_000), &"b".repeat(2_000)));
    }

    #[test]
    fn the_branching_model_gives_kinds_to_branches() {
        let model = json!({
            "development": { "name": "develop", "branch": { "name": "develop" } },
            "production": { "branch": { "name": "main" } },
            "branch_types": [{ "kind": "release", "prefix": "release/" }, { "kind": "hotfix", "prefix": "" }],
        });
        for (kind, branch, expected) in [
            ("production", "main", true),
            ("development", "develop", true),
            ("production", "develop", false),
            ("release", "release/1", true),
            ("release", "main", false),
            ("hotfix", "main", false),
        ] {
            assert_eq!(is_of_kind(&model, kind, branch), expected, "{kind} {branch}");
        }
    }
}
