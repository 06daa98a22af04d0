//! A connection's credential changed and removed; lists for a project that is being set up.

use std::fs;
use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;

use super::fake::{Behaviour, GOOD, Stage, tip};
use crate::engine::{GivenSecret, Listing, NewAccess, NewCredential, NewProject, Probe, Removal};
use crate::workspace::{Auth, ProviderName, Secret, SecretRef};

const CONNECTED: &str = "# ours\n[git.acme] # the team's\nprovider = \"github\"\nusername = \"bot\"\nauth = \"ssh_agent\"\n\n\
    [projects.shop]\ngit = \"acme\"\nrepository = \"git@git.example.com:acme/shop.git\" # kept\n";

fn token(secret: GivenSecret) -> NewCredential {
    let access = NewAccess::Token { secret, username: None };
    NewCredential { connection: "acme".to_owned(), provider: None, access }
}

fn text(stage: &Stage) -> String {
    fs::read_to_string(&stage.file).unwrap()
}

#[tokio::test]
async fn a_typed_credential_is_tried_in_memory_and_kept_when_it_is_saved() {
    let stage = Stage::new(CONNECTED, tip("1", GOOD));
    let new = token(GivenSecret::Typed(Secret::new("ghp_typed")));
    let probes: Arc<Mutex<Vec<Probe>>> = Arc::default();
    let told = {
        let probes = Arc::clone(&probes);
        Arc::new(move |probe| probes.lock().unwrap().push(probe))
    };
    // A host that nobody knows: how far it comes is not looked at here, only what it writes.
    stage.engine.try_credential(&new, told, CancellationToken::new()).await.unwrap();
    let began = |probe: &Probe| matches!(probe, Probe::ProjectBegan { project, .. } if project == "shop");
    assert!(probes.lock().unwrap().iter().any(began));
    assert_eq!(text(&stage), CONNECTED, "a try writes nothing");
    stage.engine.change_credential(&new).await.unwrap();
    let after = text(&stage);
    assert!(after.contains("# ours") && after.contains("# kept") && after.contains("secrets/acme"), "{after}");
    assert!(!after.contains("ghp_typed") && !after.contains("ssh_agent") && !after.contains("bot"), "{after}");
    let git = stage.engine.workspace().settings.git["acme"].clone();
    assert!(
        matches!(&git.auth, Auth::Token(SecretRef::File(file)) if fs::read_to_string(file).unwrap() == "ghp_typed\n")
    );
    assert_eq!(git.provider, ProviderName::Github, "taken up at once, and its provider is as it was");
}

#[tokio::test]
async fn who_uses_a_connection_is_named_before_it_is_removed() {
    let stage = Stage::new(CONNECTED, tip("1", GOOD));
    let removal = Removal::Connection("acme".to_owned());
    let preview = stage.engine.preview_removal(&removal).await.unwrap();
    assert_eq!(preview.users, ["shop"]);
    assert!(preview.diff.iter().any(|line| line == "-git = \"acme\""), "{:?}", preview.diff);
    assert_eq!(text(&stage), CONNECTED);
    stage.engine.remove(&removal).await.unwrap();
    let after = text(&stage);
    assert!(!after.contains("acme]") && !after.contains("git = ") && after.contains("[projects.shop]"), "{after}");
    assert!(stage.engine.workspace().settings.git.is_empty());
}

#[tokio::test]
async fn a_project_is_removed_and_its_connection_stays() {
    let stage = Stage::new(CONNECTED, tip("1", GOOD));
    stage.engine.remove(&Removal::Project("shop".to_owned())).await.unwrap();
    assert!(stage.engine.workspace().settings.projects.is_empty());
    assert!(text(&stage).contains("[git.acme]"));
}

#[tokio::test]
async fn a_secret_that_nothing_refers_to_any_more_is_removed_or_told() {
    let stage = Stage::new(CONNECTED, tip("1", GOOD));
    let kept = |stage: &Stage| match &stage.engine.workspace().settings.git["acme"].auth {
        Auth::Token(SecretRef::File(file)) => file.clone(),
        other => panic!("{other:?}"),
    };
    stage.engine.change_credential(&token(GivenSecret::Typed(Secret::new("ghp_first")))).await.unwrap();
    let first = kept(&stage);
    let told = stage.engine.change_credential(&token(GivenSecret::Typed(Secret::new("ghp_second")))).await.unwrap();
    assert_eq!(told, [format!("The old secret in {} is removed.", first.display())]);
    let second = kept(&stage);
    assert!(!first.exists() && second.exists());
    let removal = Removal::Connection("acme".to_owned());
    let preview = stage.engine.preview_removal(&removal).await.unwrap();
    assert_eq!(preview.secrets, [format!("The old secret in {} is removed then.", second.display())]);
    assert!(second.exists(), "a preview removes nothing");
    let theirs = stage.file.with_file_name("token");
    fs::write(&theirs, "ghp_theirs").unwrap();
    stage.engine.change_credential(&token(GivenSecret::At(SecretRef::File(theirs.clone())))).await.unwrap();
    assert!(!second.exists());
    let told = stage.engine.remove(&removal).await.unwrap();
    assert!(told[0].contains(&format!("rm {}", theirs.display())) && theirs.exists(), "{told:?}");
}

#[tokio::test]
async fn what_is_not_there_is_neither_changed_nor_removed() {
    let stage = Stage::new(CONNECTED, tip("1", GOOD));
    let other = NewCredential { connection: "other".to_owned(), ..token(GivenSecret::Typed(Secret::new("x"))) };
    let problem = stage.engine.change_credential(&other).await.unwrap_err();
    assert_eq!(problem.code.as_str(), "CONFIG-REFERENCE");
    let removal = Removal::Connection("other".to_owned());
    assert_eq!(stage.engine.remove(&removal).await.unwrap_err().code.as_str(), "CONFIG-REFERENCE");
    assert_eq!(text(&stage), CONNECTED);
}

async fn listed(stage: &Stage, listing: Listing) -> Result<Vec<String>, String> {
    let folder = stage.file.parent().unwrap().to_path_buf();
    let new = NewProject { address: "https://git.example.com/acme/mart".to_owned(), ..NewProject::default() };
    let found: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = {
        let found = Arc::clone(&found);
        Arc::new(move |page: Vec<crate::engine::ListedThing>| {
            found.lock().unwrap().extend(page.into_iter().map(|one| one.value));
        })
    };
    let done = stage.engine.list(listing, &folder, &new, told, &CancellationToken::new()).await;
    let found = std::mem::take(&mut *found.lock().unwrap());
    done.map(|_| found).map_err(|problem| problem.code.to_string())
}

#[tokio::test]
async fn branches_and_projects_are_listed_without_anything_written() {
    let files = [("b/dbt_project.yml", "name: b\n"), ("dbt_project.yml", "name: a\n"), ("b/models/x.sql", "select 1")];
    let stage = Stage::new(CONNECTED, tip("1", &files));
    assert_eq!(listed(&stage, Listing::Branches).await.unwrap(), ["main", "develop"]);
    assert_eq!(listed(&stage, Listing::ProjectPaths).await.unwrap(), ["dbt_project.yml", "b/dbt_project.yml"]);
    assert_eq!(text(&stage), CONNECTED);
}

#[tokio::test]
async fn a_list_that_can_not_be_had_says_why() {
    let stage = Stage::new(CONNECTED, Behaviour::Refuses { raw: "remote: Write access to repository not granted." });
    assert!(listed(&stage, Listing::Branches).await.is_err());
    assert_eq!(listed(&stage, Listing::Repositories).await.unwrap_err(), "GIT-LIST-NOT-OFFERED");
    stage.now_behaves(tip("2", &[("readme.md", "no project")]));
    assert_eq!(listed(&stage, Listing::ProjectPaths).await.unwrap_err(), "DBT-PROJECT-PATH");
}
