//! What GitLab's kinds of tokens lack when they are refused, and where to give it.

use super::super::super::fix::Fix;
use super::{Advice, Operation, Refusal, nothing_else, page};

pub(super) fn token(refusal: &Refusal<'_>) -> Advice {
    let repository = refusal.repository;
    let (scope, role) = match refusal.operation {
        Operation::Read => ("read_repository", "Reporter"),
        Operation::Push => ("write_repository", "Developer"),
    };
    let cause = format!(
        "The token lacks the scope {scope}, has expired, or its owner has less than the {role} role in {repository}. The \
         token of a project or group reaches only what is inside it."
    );
    let fixes = vec![
        Fix::copy(
            format!(
                "Make a project access token with the scope {scope} and the role {role}; it reaches this project alone"
            ),
            page(refusal, &format!("{repository}/-/settings/access_tokens")),
        ),
        Fix::copy(
            format!("Or make a personal token with the scope {scope}; {}", nothing_else(refusal)),
            page(refusal, &format!("-/user_settings/personal_access_tokens?name=ebbtide&scopes={scope}")),
        ),
        Fix::copy(
            format!("Check that the token's owner is a member with the {role} role or higher"),
            page(refusal, &format!("{repository}/-/project_members")),
        ),
    ];
    (cause, fixes)
}

pub(super) fn deploy_token(refusal: &Refusal<'_>) -> Advice {
    if refusal.operation == Operation::Push {
        let (_, fixes) = token(refusal);
        return ("A deploy token can read a repository and never push to it.".to_owned(), fixes);
    }
    let repository = refusal.repository;
    let cause = format!(
        "The deploy token lacks the scope read_repository, has expired, or belongs to another project or group than \
         {repository}. It also goes only with a username of its own, such as gitlab+deploy-token-12."
    );
    let fixes = vec![
        Fix::copy(
            "Check the token's scopes and last day under “Deploy tokens”",
            page(refusal, &format!("{repository}/-/settings/repository")),
        ),
        Fix::copy(
            "Or make a project access token with the scope read_repository and the role Reporter; it needs no username of its own",
            page(refusal, &format!("{repository}/-/settings/access_tokens")),
        ),
    ];
    (cause, fixes)
}

pub(super) fn job(refusal: &Refusal<'_>) -> Advice {
    let repository = refusal.repository;
    let cause = format!(
        "The token of a CI job lives as long as the job and reaches other projects only where they allow it. {repository} \
         does not list the job's project, or the job is over."
    );
    let mut fixes = vec![Fix::copy(
        "Add the job's project to the job token allowlist",
        page(refusal, &format!("{repository}/-/settings/ci_cd#js-token-access")),
    )];
    let (_, more) = token(refusal);
    fixes.extend(more.into_iter().take(1));
    (cause, fixes)
}
