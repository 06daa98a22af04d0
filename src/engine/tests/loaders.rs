//! The loaders `manifest` and `dbt`: whole syncs, with a command that stands for dbt.

use super::fake::{Behaviour, Stage, tip};
use crate::engine::{EventKind, Outcome, Request};
use crate::problem::Severity;
use crate::store::{Cause, ProblemFilter};

const MANIFEST: &str = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v11.json", "project_name": "shop"},
 "nodes": {"model.shop.a": {"resource_type": "model", "name": "a", "package_name": "shop", "original_file_path": "models/a.sql",
   "path": "a.sql", "fqn": ["shop", "a"], "config": {"enabled": true, "materialized": "table"}, "compiled_code": "select 1"}}}"#;

fn settings(more: &str) -> String {
    format!(
        "[projects.shop]\nrepository = \"https://git.example/shop.git\"\nproject_path = \"transform/dbt_project.yml\"\n{more}\n"
    )
}

async fn sync(settings: &str, behaviour: Behaviour) -> (Stage, Outcome) {
    let mut stage = Stage::new(settings, behaviour);
    stage.engine.submit(Request::SyncProject { project: "shop".to_owned(), cause: Cause::Manual });
    let outcome = match stage.until_finished().await {
        EventKind::SyncFinished { outcome, .. } => outcome,
        other => panic!("{other:?}"),
    };
    (stage, outcome)
}

fn names(stage: &Stage) -> Vec<String> {
    stage.engine.models().unwrap().iter().map(|model| model.name.to_string()).collect()
}

/// Code and words of the open errors.
fn errors(stage: &Stage) -> Vec<(String, String)> {
    let found = stage.engine.problems(&ProblemFilter::default()).unwrap();
    let errors = found.into_iter().map(|record| record.problem).filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| (problem.code.to_string(), format!("{} {}", problem.summary, problem.raw))).collect()
}

#[tokio::test]
async fn a_manifest_in_the_repository_is_the_project() {
    let files = [("transform/dbt_project.yml", "name: shop"), ("transform/target/manifest.json", MANIFEST)];
    let (stage, outcome) = sync(&settings("loader = \"manifest\""), tip("aaaa", &files)).await;
    assert_eq!((outcome, names(&stage)), (Outcome::Succeeded, vec!["a".to_owned()]));
    let model = stage.engine.model("shop", "model.shop.a").unwrap().unwrap();
    assert_eq!(
        (model.record.path.as_str(), model.record.compiled_code.as_deref()),
        ("transform/models/a.sql", Some("select 1"))
    );
}

#[tokio::test]
async fn a_manifest_that_is_not_there_or_none_is_told() {
    for (path, text) in [("transform/other.json", "{}"), ("transform/target/manifest.json", "{\"metadata\": {}}")] {
        let (stage, outcome) = sync(&settings("loader = \"manifest\""), tip("aaaa", &[(path, text)])).await;
        assert_eq!(outcome, Outcome::Failed);
        assert_eq!(errors(&stage).first().map(|error| error.0.as_str()), Some("DBT-MANIFEST"));
    }
}

#[tokio::test]
async fn the_command_is_run_where_the_files_are_and_sees_no_more_than_it_may() {
    let script = "test -f models/a.sql && test \"$ALLOWED\" = yes && test -z \"$TOKEN\" && mkdir -p target && cp manifest.src target/manifest.json";
    let files = [
        ("transform/dbt_project.yml", "name: shop"),
        ("transform/models/a.sql", "select 1"),
        ("transform/manifest.src", MANIFEST),
    ];
    let more = format!("loader = \"dbt\"\ndbt_command = [\"sh\", \"-c\", '{script}']\nenv = {{ ALLOWED = \"yes\" }}");
    let (stage, outcome) = sync(&settings(&more), tip("aaaa", &files)).await;
    assert_eq!((outcome, names(&stage)), (Outcome::Succeeded, vec!["a".to_owned()]), "{:?}", errors(&stage));
}

#[tokio::test]
async fn what_the_command_says_is_told_with_its_code() {
    let table = [
        (
            "[\"sh\", \"-c\", \"echo \\\"Could not find profile named 'x'\\\"; exit 2\"]",
            "DBT-PROFILE-MISSING",
            "exit status: 2",
        ),
        ("[\"sh\", \"-c\", \"echo oh no >&2; exit 1\"]", "DBT-COMMAND", "oh no"),
        ("[\"no-such-program-anywhere\"]", "DBT-COMMAND", "could not be started"),
        ("[]", "DBT-COMMAND", "empty"),
        ("[\"true\"]", "DBT-MANIFEST", "no manifest"),
    ];
    for (command, code, words) in table {
        let more = format!("loader = \"dbt\"\ndbt_command = {command}");
        let (stage, outcome) =
            sync(&settings(&more), tip("aaaa", &[("transform/dbt_project.yml", "name: shop")])).await;
        let told = errors(&stage);
        assert_eq!(outcome, Outcome::Failed, "{command}");
        assert!(told.iter().any(|(found, said)| found == code && said.contains(words)), "{command}: {told:?}");
    }
}

#[tokio::test]
async fn a_command_that_goes_on_is_ended_with_the_sync() {
    let more = "loader = \"dbt\"\ndbt_command = [\"sh\", \"-c\", \"sleep 600 & wait\"]";
    let mut stage = Stage::new(&settings(more), tip("aaaa", &[("transform/dbt_project.yml", "name: shop")]));
    let job = stage.engine.submit(Request::SyncProject { project: "shop".to_owned(), cause: Cause::Manual });
    let parse = |kind: &EventKind| matches!(kind, EventKind::StageStarted { stage, .. } if *stage == crate::store::Stage::Parse);
    stage.until(parse).await;
    stage.engine.cancel(job);
    match stage.until_finished().await {
        EventKind::SyncFinished { outcome, .. } => assert_eq!(outcome, Outcome::Cancelled),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_profile_beside_the_project_decides_its_names() {
    let profiles = "shop: {target: dev, outputs: {dev: {type: snowflake, account: a, database: LAKE, schema: ADA}}}";
    let files = [
        ("transform/dbt_project.yml", "name: shop\nprofile: shop\n"),
        ("transform/models/a.sql", "select 1 as id"),
        ("transform/profiles.yml", profiles),
    ];
    let (stage, outcome) = sync(&settings(""), tip("aaaa", &files)).await;
    assert_eq!((outcome, errors(&stage)), (Outcome::Succeeded, Vec::new()));
    let model = stage.engine.model("shop", "model.shop.a").unwrap().unwrap();
    assert_eq!(model.record.relation.as_deref(), Some("LAKE.ADA.a"));
}
