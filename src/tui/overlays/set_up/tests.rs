//! Keys into the form, and what it asks the engine for.

use super::*;
use crate::engine::{ConnectionView, GivenSecret, NewAccess, ProjectView};
use crate::tui::panes::fixtures::overview;
use crate::workspace::{Secret, SecretRef};

fn form() -> SetUp {
    SetUp::project(None)
}

fn press(form: &mut SetUp, keys: &str) {
    for key in keys.split(' ') {
        form.pressed(Key::parse(key).unwrap());
    }
}

fn paste(form: &mut SetUp, text: &str) {
    form.pasted(text);
}

/// Goes to a field by Tab, as a person does.
fn go(form: &mut SetUp, field: Field) {
    for _ in 0..20 {
        if form.focused() == field {
            return;
        }
        press(form, "tab");
    }
    panic!("{field:?} is not among {:?}", form.fields());
}

fn choose(form: &mut SetUp, field: Field, words: &str) {
    go(form, field);
    for _ in 0..10 {
        let now = match field {
            Field::Kind => form.kind().words(),
            Field::Place(which) => form.place(which).words(which),
            Field::Connection => form.connection().unwrap_or("a new one"),
            _ => fields::title(form.provider()),
        };
        if now == words {
            return;
        }
        press(form, "right");
    }
    panic!("{words} is not to be chosen");
}

fn tested(form: &mut SetUp) -> Tested {
    match form.pressed(Key::plain(KeyCode::Enter)) {
        Answer::Opens(After::Test(tested)) => tested,
        _ => panic!("not tested: {:?}", form.complaint),
    }
}

fn access(form: &mut SetUp) -> NewAccess {
    match tested(form) {
        Tested::Project(new) => new.access,
        Tested::Credential(new) => new.access,
        Tested::Connection(name) => panic!("{name}"),
    }
}

/// A workspace with a connection whose project is on gitlab.com.
fn with_connection() -> Overview {
    let connection = ConnectionView {
        name: "acme".to_owned(),
        provider: "GitLab".to_owned(),
        auth: "SSH agent".to_owned(),
        projects: vec!["shop".to_owned()],
    };
    let repository = "git@gitlab.com:acme/shop.git".to_owned();
    let project = ProjectView { connection: Some("acme".to_owned()), repository, ..overview().projects[0].clone() };
    Overview { connections: vec![connection], projects: vec![project], ..Overview::default() }
}

#[test]
fn an_address_is_enough() {
    let mut form = form();
    paste(&mut form, " https://github.com/acme/shop ");
    let Tested::Project(new) = tested(&mut form) else { panic!() };
    assert_eq!((new.address.as_str(), new.access), ("https://github.com/acme/shop", NewAccess::Suggested));
}

#[test]
fn without_an_address_it_stays_and_says_why() {
    let mut form = form();
    press(&mut form, "tab tab");
    assert!(matches!(form.pressed(Key::plain(KeyCode::Enter)), Answer::Stays));
    assert_eq!((form.field, form.complaint), (Field::Address, Some("a repository's address is needed")));
}

#[test]
fn fields_appear_where_they_apply() {
    let labels = |form: &SetUp| form.fields().into_iter().map(Field::label).collect::<Vec<_>>().join(", ");
    let mut form = form();
    assert_eq!(labels(&form), "Repository, Provider, Sign in by, Branch, dbt_project.yml");
    paste(&mut form, "https://github.com/acme/shop");
    for (kind, expected) in [
        ("SSH key", "Private key is, Its file, Passphrase is"),
        ("token", "Token is, Token, Username"),
        ("GitHub App", "App ID, Installation ID, App's key is, Its file"),
    ] {
        choose(&mut form, Field::Kind, kind);
        assert_eq!(
            labels(&form),
            format!("Repository, Provider, Sign in by, {expected}, Connection name, Branch, dbt_project.yml")
        );
    }
    go(&mut form, Field::Address);
    press(&mut form, "ctrl-u");
    paste(&mut form, "/srv/shop.git");
    assert_eq!(labels(&form), "Repository, Branch, dbt_project.yml", "a path of this machine needs no credential");
}

#[test]
fn a_typed_token_is_asked_for_as_a_secret() {
    let mut form = form();
    paste(&mut form, "https://github.com/acme/shop");
    choose(&mut form, Field::Kind, "token");
    assert!(matches!(form.pressed(Key::plain(KeyCode::Enter)), Answer::Stays));
    assert_eq!((form.field, form.complaint), (Field::Secret(Which::Token, Place::Typed), Some("a token is needed")));
    paste(&mut form, "ghp_typed");
    let secret = GivenSecret::Typed(Secret::new("ghp_typed"));
    assert_eq!(access(&mut form), NewAccess::Token { secret, username: None });
    assert!(!format!("{form:?}").contains("ghp_typed"));
}

#[test]
fn what_was_typed_for_one_place_is_not_shown_at_another() {
    let mut form = form();
    paste(&mut form, "https://github.com/acme/shop");
    choose(&mut form, Field::Kind, "token");
    go(&mut form, Field::Secret(Which::Token, Place::Typed));
    paste(&mut form, "ghp_typed");
    choose(&mut form, Field::Place(Which::Token), "in an environment variable");
    go(&mut form, Field::Secret(Which::Token, Place::Variable));
    assert_eq!(form.typed(form.focused()), "");
    paste(&mut form, "$GH_TOKEN");
    let secret = GivenSecret::At(SecretRef::Env("GH_TOKEN".to_owned()));
    assert_eq!(access(&mut form), NewAccess::Token { secret, username: None });
}

#[test]
fn every_kind_becomes_an_access() {
    let mut agent = form();
    paste(&mut agent, "git@github.com:acme/shop.git");
    choose(&mut agent, Field::Kind, "SSH agent");
    assert_eq!(access(&mut agent), NewAccess::SshAgent);
    let mut key = agent.clone();
    choose(&mut key, Field::Kind, "SSH key");
    go(&mut key, Field::Secret(Which::Key, Place::File));
    paste(&mut key, "~/.ssh/ebb");
    assert_eq!(access(&mut key), NewAccess::SshKey("~/.ssh/ebb".into()));
    choose(&mut key, Field::Place(Which::Passphrase), "typed here");
    go(&mut key, Field::Secret(Which::Passphrase, Place::Typed));
    paste(&mut key, "open sesame");
    let passphrase = Some(GivenSecret::Typed(Secret::new("open sesame")));
    let private_key = GivenSecret::At(SecretRef::File("~/.ssh/ebb".into()));
    assert_eq!(access(&mut key), NewAccess::SshPrivateKey { private_key, passphrase });
    let mut app = agent;
    choose(&mut app, Field::Kind, "GitHub App");
    go(&mut app, Field::AppId);
    paste(&mut app, "47x");
    assert!(matches!(app.pressed(Key::plain(KeyCode::Enter)), Answer::Stays));
    assert_eq!((app.field, app.complaint), (Field::AppId, Some("a number is needed")));
    press(&mut app, "backspace");
    go(&mut app, Field::Secret(Which::AppKey, Place::File));
    paste(&mut app, "app.pem");
    let private_key = GivenSecret::At(SecretRef::File("app.pem".into()));
    assert_eq!(access(&mut app), NewAccess::GithubApp { app_id: 47, installation_id: None, private_key });
}

/// Some private key, with the line ends that terminals send.
const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\rb3Blbn\r-----END OPENSSH PRIVATE KEY-----\r";

#[test]
fn a_private_key_is_pasted_whole_wherever_it_is_asked_for() {
    for (kind, which) in [("SSH key", Which::Key), ("GitHub App", Which::AppKey)] {
        for field in [Field::Place(which), Field::Secret(which, Place::File), Field::Secret(which, Place::Typed)] {
            let mut form = form();
            paste(&mut form, "git@github.com:acme/shop.git");
            assert!(!form.takes_lines());
            choose(&mut form, Field::Kind, kind);
            if field == Field::Secret(which, Place::Typed) {
                choose(&mut form, Field::Place(which), "pasted here");
            }
            go(&mut form, field);
            assert!(form.takes_lines(), "{field:?}");
            paste(&mut form, KEY);
            let key = GivenSecret::Typed(Secret::new(KEY.trim().replace('\r', "\n")));
            assert_eq!(form.secret(which, "missing"), Ok(key), "{field:?}");
            assert_eq!(form.focused(), Field::Secret(which, Place::Typed));
            assert!(!format!("{form:?}").contains("b3Blbn"));
        }
    }
}

#[test]
fn a_pasted_key_is_not_typed_into_and_can_be_taken_out() {
    let mut form = form();
    paste(&mut form, "git@github.com:acme/shop.git");
    choose(&mut form, Field::Kind, "SSH key");
    choose(&mut form, Field::Place(Which::Key), "pasted here");
    go(&mut form, Field::Secret(Which::Key, Place::Typed));
    press(&mut form, "x");
    assert!(form.complaint.unwrap().contains("pasted"));
    paste(&mut form, "ssh-ed25519 AAAA ada");
    assert!(form.complaint.unwrap().contains("public half"));
    assert!(matches!(form.pressed(Key::plain(KeyCode::Enter)), Answer::Stays));
    assert_eq!(form.complaint, Some("a private key is needed"));
    paste(&mut form, KEY);
    assert!(matches!(access(&mut form), NewAccess::SshPrivateKey { private_key: GivenSecret::Typed(_), .. }));
    press(&mut form, "backspace");
    assert!(form.keys.is_empty() && form.secret(Which::Key, "missing").is_err());
}

#[test]
fn a_new_connection_has_the_name_that_is_typed() {
    let overview = with_connection();
    let mut form = SetUp::project(Some(&overview));
    paste(&mut form, "https://github.com/acme/other");
    assert!(!form.fields().contains(&Field::ConnectionName), "no connection is made");
    choose(&mut form, Field::Kind, "SSH agent");
    go(&mut form, Field::ConnectionName);
    paste(&mut form, "acme");
    assert!(matches!(form.pressed(Key::plain(KeyCode::Enter)), Answer::Stays));
    assert_eq!(form.complaint, Some("a connection has this name already"));
    paste(&mut form, "-web");
    let Tested::Project(new) = tested(&mut form) else { panic!() };
    assert_eq!(new.connection_name, "acme-web");
}

#[test]
fn a_connection_to_the_same_host_is_offered_first() {
    let overview = with_connection();
    let mut form = SetUp::project(Some(&overview));
    paste(&mut form, "https://gitlab.com/acme/other");
    assert_eq!(access(&mut form), NewAccess::Existing("acme".to_owned()));
    assert!(!form.fields().contains(&Field::Kind), "it has a credential already");
    choose(&mut form, Field::Connection, "a new one");
    assert_eq!(access(&mut form), NewAccess::Suggested);
    let mut elsewhere = SetUp::project(Some(&overview));
    paste(&mut elsewhere, "https://github.com/acme/other");
    assert_eq!(access(&mut elsewhere), NewAccess::Suggested);
}

#[test]
fn another_credential_is_asked_for_without_an_address() {
    let overview = with_connection();
    let mut form = SetUp::credential("acme", Some(&overview));
    assert_eq!(form.provider(), Provider::GitLab, "as the repository says that uses it");
    assert_eq!(form.fields()[0], Field::Kind);
    go(&mut form, Field::Secret(Which::Token, Place::Typed));
    paste(&mut form, "glpat-x");
    let Tested::Credential(new) = tested(&mut form) else { panic!() };
    assert_eq!(new.connection, "acme");
    assert!(matches!(new.access, NewAccess::Token { .. }));
}

#[test]
fn lists_are_asked_for_where_there_are_some() {
    let mut form = form();
    let Answer::Opens(After::List(listing, _)) = form.pressed(Key::ctrl('l')) else { panic!() };
    assert_eq!(listing, Listing::Repositories, "without an address yet");
    go(&mut form, Field::Branch);
    assert!(matches!(form.pressed(Key::ctrl('l')), Answer::Stays), "of which repository?");
    paste(&mut form, "https://github.com/acme/shop");
    go(&mut form, Field::Path);
    let Answer::Opens(After::List(listing, new)) = form.pressed(Key::ctrl('l')) else { panic!() };
    assert_eq!((listing, new.address.as_str()), (Listing::ProjectPaths, "https://github.com/acme/shop"));
    form.picked(listing, "transform/dbt_project.yml");
    let Tested::Project(new) = tested(&mut form) else { panic!() };
    assert_eq!(new.project_path, "transform/dbt_project.yml");
    go(&mut form, Field::Kind);
    assert!(matches!(form.pressed(Key::ctrl('l')), Answer::Stays));
    assert_eq!(form.complaint, Some("there is no list for this field"));
}

#[test]
fn the_help_tells_where_a_token_is_made() {
    for (address, expected) in [
        ("https://github.com/acme/shop", "github.com/settings/personal-access-tokens/new"),
        ("https://ghe.github.acme.example/a/b", "https://ghe.github.acme.example/settings"),
        ("https://gitlab.com/acme/shop", "read_repository"),
        ("https://bitbucket.org/acme/shop", "read:repository:bitbucket"),
        ("https://git.acme.example/acme/shop", "over https"),
    ] {
        let mut form = form();
        paste(&mut form, address);
        choose(&mut form, Field::Kind, "token");
        let words = help::help(&form, Field::Kind);
        assert!(words.contains(expected), "{address}: {words}");
    }
}

#[test]
fn a_token_of_another_provider_is_noticed_while_it_is_typed() {
    let mut form = form();
    paste(&mut form, "https://github.com/acme/shop");
    choose(&mut form, Field::Kind, "token");
    let field = Field::Secret(Which::Token, Place::Typed);
    go(&mut form, field);
    paste(&mut form, "glpat-abc");
    let words = help::help(&form, field);
    assert!(words.contains("GitLab access token") && words.contains("is on GitHub"), "{words}");
    press(&mut form, "ctrl-u");
    paste(&mut form, "github_pat_abc");
    assert!(help::help(&form, field).contains("fine-grained GitHub token"));
}

#[test]
fn fields_and_choices_go_round() {
    let mut form = form();
    press(&mut form, "up");
    assert_eq!(form.focused(), Field::Path);
    press(&mut form, "down");
    assert_eq!(form.focused(), Field::Address);
    go(&mut form, Field::Kind);
    press(&mut form, "left");
    assert_eq!(form.kind(), Kind::GithubApp);
    press(&mut form, "space");
    assert_eq!(form.kind(), Kind::Suggested);
}

#[test]
fn a_page_says_what_it_shows() {
    let mut form = form();
    paste(&mut form, "https://github.com/acme/mono/tree/dev/transform");
    assert_eq!(help::help(&form, Field::Address), "The page shows the branch dev and the folder transform.");
}
