use super::*;
use crate::problem::{Code, Subject};

fn known(credential: CredentialFacts, repository: Result<RepositoryFacts, ApiError>) -> Known {
    Known { facts: Some(Facts { credential: Ok(credential), repository }), asked: "acme/shop".to_owned() }
}

fn shop() -> RepositoryFacts {
    RepositoryFacts { name: "acme/shop".to_owned(), ..RepositoryFacts::default() }
}

fn scopes(scopes: &[&str]) -> CredentialFacts {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    CredentialFacts { account: Some("jane".to_owned()), scopes: Some(scopes), expires_at: None }
}

#[test]
fn an_account_is_told_with_what_it_may_do() {
    assert_eq!(known(scopes(&["repo", "read:org"]), Ok(shop())).account_in_words(), "as jane, scopes repo, read:org");
    assert_eq!(known(scopes(&[]), Ok(shop())).account_in_words(), "as jane, no scopes");
    assert_eq!(known(CredentialFacts::default(), Ok(shop())).account_in_words(), "accepted");
    assert_eq!(Known { facts: None, asked: String::new() }.account_in_words(), "accepted");
}

#[test]
fn the_scope_that_is_missing_is_named() {
    for (has, missing) in [
        (&["repo"][..], None),
        (&["public_repo"], None),
        (&["gist", "user"], Some("repo")),
        (&[], Some("repo")),
        (&["read_repository"], None),
        (&["read_user"], Some("read_repository")),
        (&["read_api"], Some("read_repository")),
        (&["api"], None),
        (&["account"], Some("read:repository:bitbucket")),
        (&["read:repository:bitbucket"], None),
    ] {
        assert_eq!(known(scopes(has), Ok(shop())).missing_scope(), missing, "{has:?}");
    }
}

#[test]
fn ends_archives_and_new_names_are_worth_a_word() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let at = |ends: &str| CredentialFacts { expires_at: ends.parse().ok(), ..CredentialFacts::default() };
    for (ends, words) in [
        ("2026-12-01T12:00:00Z", "ends on 2026-12-01, in 8 days"),
        ("2027-11-01T00:00:00Z", "ends on 2027-11-01"),
        ("2026-11-01T00:00:00Z", "ended on 2026-11-01"),
    ] {
        let notes = known(at(ends), Ok(shop())).notes(now);
        assert!(notes.iter().any(|note| note.contains(words)), "{notes:?}");
    }
    let moved = RepositoryFacts { name: "acme/store".to_owned(), is_archived: true, ..shop() };
    let notes = known(CredentialFacts::default(), Ok(moved)).notes(now);
    assert!(notes[0].contains("archived") && notes[1].contains("acme/store"), "{notes:?}");
    assert_eq!(known(CredentialFacts::default(), Ok(shop())).notes(now), Vec::<String>::new());
}

#[test]
fn the_apis_words_win_where_they_say_more() {
    let subject = Subject::Project { name: "shop".to_owned() };
    let problem = Problem::new(Code::new("GIT-GH-NOT-FOUND"), subject.clone(), "not found");
    let refused = |raw: &str| ApiError::Refused { host: "api.github.com".to_owned(), status: 403, raw: raw.to_owned() };
    let saml = refused(
        "403 Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
    );
    let catalogue = Catalogue::builtin();
    let told = known(scopes(&["repo"]), Err(saml)).explained(Box::new(problem.clone()), &catalogue);
    assert_eq!((told.code.as_str(), &told.subject), ("GIT-GH-SAML", &subject));
    let same = known(scopes(&["gist"]), Err(refused("404 Not Found"))).explained(Box::new(problem), &catalogue);
    assert_eq!(same.code.as_str(), "GIT-GH-NOT-FOUND");
    assert!(same.fixes.iter().any(|fix| fix.title.contains("scope repo")), "{:?}", same.fixes);
    assert!(same.evidence.iter().any(|evidence| evidence.lines.iter().any(|line| line.contains("gist"))));
}
