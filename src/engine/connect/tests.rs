//! What connecting a repository writes.

use std::fs;

use super::*;
use crate::engine::GivenSecret;
use crate::workspace::Auth;

fn written(address: &str, new: NewProject) -> String {
    let place = tempfile::tempdir().unwrap();
    let environment = Environment::new([("TOKEN".to_owned(), "x".to_owned())], place.path(), place.path());
    let new = NewProject { address: address.to_owned(), ..new };
    let (file, _) = connect(place.path(), &new, &environment).unwrap();
    fs::read_to_string(file).unwrap()
}

#[test]
fn a_public_repository_needs_its_address_only() {
    let text = written("https://github.com/acme/Shop-DBT.git", NewProject::default());
    assert!(text.contains("[projects.shop_dbt]") && !text.contains("[git"), "{text}");
    assert!(text.contains("project_path = \"dbt_project.yml\""), "{text}");
}

#[test]
fn a_pasted_page_says_branch_and_path() {
    let text = written("https://github.com/acme/mono/tree/dev/transform", NewProject::default());
    assert!(text.contains("branch = \"dev\"") && text.contains("\"transform/dbt_project.yml\""), "{text}");
}

#[test]
fn ssh_goes_through_the_agent() {
    let text = written("git@gitlab.com:acme/shop.git", NewProject::default());
    assert!(text.contains("provider = \"gitlab\"") && text.contains("ssh_agent"), "{text}");
}

#[test]
fn a_token_is_named_and_never_written() {
    let access = NewAccess::Token { secret: GivenSecret::At(SecretRef::Env("TOKEN".to_owned())), username: None };
    let token = NewProject { access, ..NewProject::default() };
    let text = written("https://bitbucket.org/acme/shop", token);
    assert!(text.contains("env = \"TOKEN\"") && text.contains("provider = \"bitbucket\""), "{text}");
}

#[test]
fn each_kind_of_access_is_written() {
    let private_key = GivenSecret::At(SecretRef::File("app.pem".into()));
    let keyring = GivenSecret::At(SecretRef::Keyring("x".into()));
    for (access, expected) in [
        (NewAccess::SshKey("~/.ssh/ebb".into()), "ssh_key = \"~/.ssh/ebb\""),
        (NewAccess::SshAgent, "auth = \"ssh_agent\""),
        (NewAccess::GithubApp { app_id: 4711, installation_id: None, private_key }, "app_id = 4711"),
        (NewAccess::Token { secret: keyring, username: Some("deploy-1".into()) }, "username = \"deploy-1\""),
    ] {
        let new = NewProject { access, provider: Some(ProviderName::Github), ..NewProject::default() };
        let text = written("https://git.acme.example/acme/shop", new);
        assert!(text.contains(expected) && text.contains("git = \"shop\""), "{text}");
        assert!(text.contains("provider = \"github\""), "{text}");
    }
}

#[test]
fn a_draft_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
    let new = NewProject { address: "git@github.com:acme/shop".to_owned(), ..NewProject::default() };
    let draft = draft(place.path(), &new, &environment).unwrap();
    assert!(draft.workspace.settings.projects.contains_key(&draft.project));
    assert!(!place.path().join(FILE_NAME).exists());
}

#[test]
fn a_second_project_keeps_the_first_and_its_comments() {
    let place = tempfile::tempdir().unwrap();
    let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
    fs::write(place.path().join(FILE_NAME), "# mine\n[projects.shop]\nrepository = \"/tmp/x\" # here\n").unwrap();
    let new = NewProject { address: "https://github.com/acme/shop".to_owned(), ..NewProject::default() };
    let (file, name) = connect(place.path(), &new, &environment).unwrap();
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(name, "shop_2");
    assert!(text.starts_with("# mine\n[projects.shop]\nrepository = \"/tmp/x\" # here\n"), "{text}");
}

#[test]
fn what_is_no_address_is_refused_and_nothing_is_written() {
    let place = tempfile::tempdir().unwrap();
    let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
    let new = NewProject { address: "htps://github.com/acme/shop".to_owned(), ..NewProject::default() };
    assert!(connect(place.path(), &new, &environment).is_err());
    assert!(!place.path().join(FILE_NAME).exists());
}

#[test]
fn a_pasted_key_and_its_passphrase_are_kept_in_files_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----";
    let access = NewAccess::SshPrivateKey {
        private_key: GivenSecret::Typed(Secret::new(key)),
        passphrase: Some(GivenSecret::Typed(Secret::new("open sesame"))),
    };
    let address = "git@git.example:acme/shop".to_owned();
    let new = NewProject { address, access, connection_name: "deploy".to_owned(), ..NewProject::default() };
    let draft = draft(place.path(), &new, &environment).unwrap();
    let [(first, _), (second, _)] = draft.typed.as_slice() else { panic!("{:?}", draft.typed) };
    assert_ne!(first, second);
    let (file, project) = connect(place.path(), &new, &environment).unwrap();
    let workspace = loaded(&file, &environment).unwrap();
    let Auth::SshPrivateKey(settings) = &workspace.settings.git["deploy"].auth else { panic!() };
    let kept = |reference: &SecretRef| reference.resolve(place.path(), &environment).unwrap();
    assert_eq!(kept(&settings.key), Secret::new(key));
    assert_eq!(kept(settings.passphrase.as_ref().unwrap()), Secret::new("open sesame"));
    assert_eq!((project.as_str(), workspace.settings.projects["shop"].git.as_deref()), ("shop", Some("deploy")));
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("b3Blbn") && !text.contains("sesame"), "{text}");
    let problem = connect(place.path(), &new, &environment).unwrap_err();
    assert!(problem.summary.contains("\"deploy\" already"), "{}", problem.summary);
}

#[test]
fn a_typed_secret_is_kept_beside_the_file_and_goes_where_nothing_was_written() {
    let place = tempfile::tempdir().unwrap();
    let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
    let access = NewAccess::Token { secret: GivenSecret::Typed(Secret::new("ghp_typed")), username: None };
    let new = NewProject { address: "https://github.com/acme/shop".to_owned(), access, ..NewProject::default() };
    let draft = draft(place.path(), &new, &environment).unwrap();
    assert_eq!(draft.typed[0].1, Secret::new("ghp_typed"));
    let secrets = Paths::of(&environment).config_dir.join("secrets");
    assert!(!secrets.exists(), "a draft keeps nothing");
    let (file, _) = connect(place.path(), &new, &environment).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("secrets/shop") && !text.contains("ghp_typed"), "{text}");
    assert_eq!(fs::read_to_string(secrets.join("shop")).unwrap(), "ghp_typed\n");
    let odd = NewProject { provider: Some(ProviderName::Github), ..new };
    let refused: Result<(), Problem> =
        with_kept("other", &odd.access, &environment, |_| Err(unwritable(&file, "the disk is full")));
    assert!(refused.is_err() && !secrets.join("other").exists());
}
