//! Whole flows without a network: the engine over a world in memory.

mod browser;
mod connections;
mod fake;
mod loaders;
mod polling;

use crate::problem::Action;
use crate::store::{Cause, EventFilter, ProblemFilter, ProblemState, Stage as SyncStage, SyncFilter, SyncState};

use super::{Event, EventKind, Outcome, Request};
use fake::{Behaviour, GOOD, SETTINGS, Stage, tip};

fn sync(stage: &Stage) -> super::JobId {
    stage.engine.submit(Request::SyncProject { project: "shop".to_owned(), cause: Cause::Manual })
}

fn outcome(kind: &EventKind) -> Outcome {
    match kind {
        EventKind::SyncFinished { outcome, .. } => *outcome,
        other => panic!("{other:?} is no end of a sync"),
    }
}

#[tokio::test]
async fn a_sync_records_models_stages_and_commit() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    sync(&stage);
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Succeeded);
    let models = stage.engine.models().unwrap();
    let names: Vec<&str> = models.iter().map(|model| &*model.name).collect();
    assert_eq!(names, ["a", "b"]);
    let last = stage.store.last_sync("shop").unwrap().unwrap();
    assert_eq!((last.commit.unwrap().id.as_str(), last.branch.as_str()), ("aaaa", "main"));
    let stages: Vec<SyncStage> = last.stages.iter().map(|record| record.stage).collect();
    assert_eq!(stages, [SyncStage::Connect, SyncStage::Fetch, SyncStage::Parse, SyncStage::Compile]);
    let view = stage.engine.model("shop", "model.shop.b").unwrap().unwrap();
    assert_eq!(view.record.parents, ["model.shop.a"]);
    assert!(view.record.compiled_code.as_deref().unwrap_or_default().contains("\"analytics\".\"a\""));
}

#[tokio::test]
async fn models_and_sources_stand_in_the_folders_of_their_files() {
    let files = [
        GOOD[0],
        ("models/marts/core/dim_customers.sql", "select 1 as id"),
        ("models/staging/web.yml", "sources: [{name: web, tables: [{name: views}]}]"),
        ("models/top.sql", "select 1 as id"),
    ];
    let mut stage = Stage::new(SETTINGS, tip("aaaa", &files));
    sync(&stage);
    stage.until_finished().await;
    let models = stage.engine.models().unwrap();
    let mut places: Vec<(&str, &str)> = models.iter().map(|model| (&*model.folder, &*model.name)).collect();
    places.sort_unstable();
    assert_eq!(places, [("", "top"), ("marts/core", "dim_customers"), ("staging", "web.views")]);
}

#[tokio::test]
async fn events_tell_the_stages_in_their_order() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    sync(&stage);
    let told = stage.until(|kind| matches!(kind, EventKind::SyncFinished { .. })).await;
    let begun: Vec<SyncStage> = told
        .iter()
        .filter_map(|kind| match kind {
            EventKind::StageStarted { stage, .. } => Some(*stage),
            _ => None,
        })
        .collect();
    assert_eq!(begun, SyncStage::ALL);
    assert!(matches!(told.first(), Some(EventKind::SyncStarted { .. })));
}

fn logged(stage: &Stage) -> Vec<EventKind> {
    let events = stage.engine.events(&EventFilter::default()).unwrap();
    events.iter().map(|event| serde_json::from_str::<Event>(&event.body).unwrap().kind).collect()
}

#[tokio::test]
async fn what_is_told_is_in_the_log_in_its_order() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    stage.engine.reload().await.unwrap();
    sync(&stage);
    let told = stage.until(|kind| matches!(kind, EventKind::SyncFinished { .. })).await;
    stage.engine.shut_down().await;
    assert_eq!(told.first(), Some(&EventKind::WorkspaceChanged), "of no interest to other processes");
    assert_eq!(logged(&stage), told[1..]);
}

#[tokio::test]
async fn a_shutdown_writes_the_ends_of_what_it_cancelled() {
    let mut stage = Stage::new(SETTINGS, Behaviour::Hangs);
    let job = sync(&stage);
    stage.until(|kind| matches!(kind, EventKind::StageStarted { .. })).await;
    stage.engine.cancel(job);
    stage.engine.shut_down().await;
    let logged = logged(&stage);
    assert!(logged.iter().any(|kind| matches!(kind, EventKind::CancelRequested { .. })), "{logged:#?}");
    assert_eq!(outcome(logged.last().unwrap()), Outcome::Cancelled);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    let other = rusqlite::Connection::open(stage.store.path()).unwrap();
    other.execute_batch("DROP TABLE events").unwrap();
    sync(&stage);
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Succeeded);
    stage.engine.shut_down().await;
    assert!(stage.engine.events(&EventFilter::default()).is_err());
}

#[tokio::test]
async fn the_same_commit_is_not_loaded_twice() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    sync(&stage);
    stage.until_finished().await;
    sync(&stage);
    match stage.until_finished().await {
        EventKind::SyncFinished { unchanged, counts, .. } => assert!(unchanged && counts.models == 2),
        other => panic!("{other:?}"),
    }
    let changed = [GOOD[0], ("models/a.sql", "select 2 as id")];
    stage.now_behaves(tip("aaaa", &changed));
    sync(&stage);
    assert!(matches!(stage.until_finished().await, EventKind::SyncFinished { unchanged: false, .. }));
}

#[tokio::test]
async fn another_commit_with_the_same_files_is_not_loaded() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    sync(&stage);
    stage.until_finished().await;
    for id in ["bbbb", "cccc"] {
        stage.now_behaves(tip(id, GOOD));
        sync(&stage);
        match stage.until_finished().await {
            EventKind::SyncFinished { unchanged, summary, .. } => assert!(unchanged && summary == "no change"),
            other => panic!("{other:?}"),
        }
        let newest = stage.store.last_sync("shop").unwrap().unwrap();
        assert_eq!(newest.commit.unwrap().id, id);
    }
}

#[tokio::test]
async fn what_changed_is_counted_and_listed() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    sync(&stage);
    stage.until_finished().await;
    let changed = [GOOD[0], ("models/a.sql", "select 2 as id"), ("models/c.sql", "select 3 as id")];
    stage.now_behaves(tip("bbbb", &changed));
    sync(&stage);
    stage.until_finished().await;
    let newest = stage.store.last_sync("shop").unwrap().unwrap();
    let view = stage.engine.sync_view(newest.id).unwrap().unwrap();
    assert_eq!(view.added, ["model.shop.c"]);
    assert_eq!(view.removed, ["model.shop.b"]);
    assert!(view.changed.contains(&"model.shop.a".to_owned()));
}

#[tokio::test]
async fn a_second_request_joins_the_running_sync() {
    let mut stage = Stage::new(SETTINGS, Behaviour::Hangs);
    let first = sync(&stage);
    stage.until(|kind| matches!(kind, EventKind::StageStarted { .. })).await;
    assert_eq!(sync(&stage), first);
    assert!(stage.engine.cancel(first));
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Cancelled);
    assert_eq!(stage.store.last_sync("shop").unwrap().unwrap().state, SyncState::Cancelled);
    assert!(!stage.engine.cancel(first), "it is over");
}

#[tokio::test]
async fn a_sync_that_is_cancelled_while_it_waits_says_so_and_leaves_no_record() {
    let mut stage = Stage::new(SETTINGS, Behaviour::Hangs);
    let lease = stage.store.lease("project/shop").unwrap().unwrap();
    let job = sync(&stage);
    assert!(stage.engine.cancel(job));
    let told = stage.until(|kind| matches!(kind, EventKind::SyncWithdrawn { .. })).await;
    assert_eq!(told.last(), Some(&EventKind::SyncWithdrawn { job, project: "shop".to_owned() }));
    assert_eq!(stage.store.last_sync("shop").unwrap(), None);
    drop(lease);
}

#[tokio::test]
async fn a_failed_sync_keeps_the_models_of_the_last_good_one() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    sync(&stage);
    stage.until_finished().await;
    stage.now_behaves(Behaviour::Refuses { raw: "remote: Repository not found." });
    sync(&stage);
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Failed);
    assert_eq!(stage.engine.models().unwrap().len(), 2);
    let problems = stage.engine.problems(&ProblemFilter::default()).unwrap();
    let codes: Vec<&str> = problems.iter().map(|record| record.problem.code.as_str()).collect();
    assert_eq!(codes, ["GIT-GH-NOT-FOUND"]);
}

#[tokio::test]
async fn a_wrong_path_is_explained_fixed_and_tried_again() {
    let wrong = SETTINGS.replace("dbt_project.yml\"", "main/transform/dbt_project.yml\"");
    let files: Vec<(&str, &str)> = vec![
        ("README.md", "hello"),
        ("transform/dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n"),
        ("transform/models/a.sql", "select 1 as id"),
    ];
    let mut stage = Stage::new(&wrong, tip("aaaa", &files));
    sync(&stage);
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Failed);
    let record = stage.engine.problems(&ProblemFilter::default()).unwrap().remove(0);
    assert_eq!(record.problem.code.as_str(), "DBT-PROJECT-PATH");
    let evidence: Vec<String> = record.problem.evidence.iter().flat_map(|evidence| evidence.lines.clone()).collect();
    assert!(evidence.iter().any(|line| line.contains("transform/dbt_project.yml")), "{evidence:?}");
    let fix = record.problem.fixes.iter().position(|fix| matches!(fix.action, Action::Set { .. })).unwrap();
    let preview = stage.engine.preview_fix(record.id, fix).await.unwrap();
    assert!(preview.lines.iter().any(|line| line == "+project_path = \"transform/dbt_project.yml\""), "{preview:?}");
    stage.engine.submit(Request::ApplyFix { problem: record.id, fix });
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Succeeded);
    assert!(std::fs::read_to_string(&stage.file).unwrap().contains("# kept"));
    let mended = stage.engine.problem(record.id).unwrap().unwrap();
    assert!(matches!(&mended.state, ProblemState::Mended { how, .. } if how.contains("project_path")), "{mended:?}");
    assert_eq!(stage.engine.models().unwrap().len(), 1);
}

#[tokio::test]
async fn a_missing_branch_offers_those_that_exist() {
    let wrong = SETTINGS.replace("branch = \"main\"", "branch = \"mian\"");
    let mut stage = Stage::new(&wrong, Behaviour::BranchMissing);
    sync(&stage);
    stage.until_finished().await;
    let record = stage.engine.problems(&ProblemFilter::default()).unwrap().remove(0);
    assert_eq!(record.problem.code.as_str(), "GIT-BRANCH-MISSING");
    let offers_main = |action: &Action| matches!(action, Action::Set { key, value, .. } if key == "projects.shop.branch" && value == "\"main\"");
    assert!(record.problem.fixes.iter().any(|fix| offers_main(&fix.action)), "{:?}", record.problem.fixes);
}

#[tokio::test]
async fn the_server_s_own_words_are_kept_and_explained() {
    let raw = "remote: Write access to repository not granted.\nfatal: unable to access: The requested URL returned error: 403";
    let mut stage = Stage::new(SETTINGS, Behaviour::Refuses { raw });
    sync(&stage);
    stage.until_finished().await;
    let record = stage.engine.problems(&ProblemFilter::default()).unwrap().remove(0);
    assert_eq!(record.problem.code.as_str(), "GIT-GH-NOT-GRANTED");
    assert_eq!(record.problem.raw, raw);
    assert!(!record.problem.cause.is_empty() && !record.problem.fixes.is_empty());
}

#[tokio::test]
async fn a_panic_in_a_sync_is_a_problem_and_the_engine_lives() {
    let mut stage = Stage::new(SETTINGS, Behaviour::Panics);
    sync(&stage);
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Failed);
    let codes: Vec<String> = stage
        .engine
        .problems(&ProblemFilter::default())
        .unwrap()
        .iter()
        .map(|record| record.problem.code.to_string())
        .collect();
    assert_eq!(codes, ["SYNC-PANIC"]);
    stage.now_behaves(tip("aaaa", GOOD));
    sync(&stage);
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Succeeded);
}

#[tokio::test]
async fn a_broken_model_does_not_stop_the_others() {
    let files = [
        GOOD[0],
        GOOD[1],
        ("models/broken.sql", "select {{ ref('nowhere') }"),
        ("models/lost.sql", "select * from {{ ref('nowhere') }}"),
    ];
    let mut stage = Stage::new(SETTINGS, tip("aaaa", &files));
    sync(&stage);
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Partial);
    let models = stage.engine.models().unwrap();
    let broken: Vec<(&str, bool)> = models.iter().map(|model| (&*model.name, model.broken)).collect();
    assert_eq!(broken, [("a", false), ("broken", true), ("lost", true)]);
    let mut codes: Vec<String> = stage
        .engine
        .problems(&ProblemFilter::default())
        .unwrap()
        .iter()
        .map(|record| record.problem.code.to_string())
        .collect();
    codes.sort();
    assert_eq!(codes, ["DBT-JINJA-SYNTAX", "DBT-REF-MISSING"]);
}

#[tokio::test]
async fn problems_that_are_gone_are_mended_by_the_next_good_sync() {
    let files = [GOOD[0], ("models/lost.sql", "select * from {{ ref('nowhere') }}")];
    let mut stage = Stage::new(SETTINGS, tip("aaaa", &files));
    sync(&stage);
    stage.until_finished().await;
    stage.now_behaves(tip("bbbb", GOOD));
    sync(&stage);
    stage.until_finished().await;
    let open = ProblemFilter { open_only: true, ..ProblemFilter::default() };
    assert!(stage.engine.problems(&open).unwrap().is_empty());
    assert_eq!(stage.engine.problems(&ProblemFilter::default()).unwrap().len(), 1);
}

#[tokio::test]
async fn an_unknown_project_is_refused_with_the_known_ones() {
    let stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    let problem = stage.engine.known_project("shp").unwrap_err();
    assert_eq!(problem.evidence[0].lines, ["shop"]);
    assert!(stage.engine.known_project("shop").is_ok());
}

#[tokio::test]
async fn opening_a_workspace_syncs_what_was_never_synced() {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    assert_eq!(stage.engine.begin().await.unwrap().len(), 1);
    stage.until_finished().await;
    assert_eq!(stage.store.last_sync("shop").unwrap().unwrap().cause, Cause::Initial);
    assert!(stage.engine.begin().await.unwrap().is_empty());
}

#[tokio::test]
async fn shutting_down_ends_what_runs() {
    let mut stage = Stage::new(SETTINGS, Behaviour::Hangs);
    sync(&stage);
    stage.until(|kind| matches!(kind, EventKind::StageStarted { .. })).await;
    stage.engine.shut_down().await;
    let syncs = stage.engine.syncs(&SyncFilter::default()).unwrap();
    assert_eq!(syncs[0].state, SyncState::Cancelled);
}

#[tokio::test]
async fn a_settings_file_that_broke_leaves_the_running_workspace() {
    let stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    std::fs::write(&stage.file, "[projects.shop\n").unwrap();
    assert!(stage.engine.reload().await.is_err());
    assert!(stage.engine.known_project("shop").is_ok());
}
