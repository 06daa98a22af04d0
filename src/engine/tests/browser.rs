//! What the model browser asks: macros with their users, tests as nodes, selections on the graph.

use super::fake::{SETTINGS, Stage, tip};
use super::sync;
use crate::store::Kind;

const FILES: &[(&str, &str)] = &[
    ("dbt_project.yml", "name: shop\nversion: '1.0'\n"),
    ("models/staging/stg_a.sql", "{{ config(tags=['nightly']) }} select {{ one() }} as id"),
    ("models/marts/a.sql", "select * from {{ ref('stg_a') }}"),
    ("models/marts/b.sql", "{{ config(materialized='table') }} select * from {{ ref('a') }}"),
    ("models/all.yml", "models: [{name: a, columns: [{name: id, tests: [unique]}]}]"),
    ("analyses/look.sql", "select count(*) from {{ ref('b') }}"),
    ("macros/one.sql", "{% macro one(a, b=2) %}{{ two() }}{% endmacro %}{% macro two() %}1{% endmacro %}"),
];

async fn synced(files: &[(&'static str, &'static str)]) -> Stage {
    let mut stage = Stage::new(SETTINGS, tip("aaaa", files));
    sync(&stage);
    stage.until_finished().await;
    stage
}

/// Names of what a selection means.
fn selected(stage: &Stage, words: &str) -> Vec<String> {
    let selection = stage.engine.select(words).unwrap();
    selection.ids.iter().map(|(_, id)| id.split('.').nth(2).unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_macro_tells_who_uses_it_and_what_it_calls() {
    let stage = synced(FILES).await;
    let one = stage.engine.one_macro("shop", "macro.shop.one").unwrap().unwrap();
    assert_eq!((one.record.parameters.as_str(), one.record.path.as_str()), ("a, b=2", "macros/one.sql"));
    assert_eq!(
        (one.used_by, one.record.calls.clone()),
        (vec!["model.shop.stg_a".to_owned()], vec!["macro.shop.two".to_owned()])
    );
    let two = stage.engine.one_macro("shop", "macro.shop.two").unwrap().unwrap();
    assert_eq!((two.used_by.len(), two.called_by), (0, vec!["macro.shop.one".to_owned()]));
    let model = stage.engine.model("shop", "model.shop.stg_a").unwrap().unwrap();
    assert_eq!(model.macros.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["one"]);
    assert!(stage.engine.one_macro("shop", "macro.shop.none").unwrap().is_none());
}

#[tokio::test]
async fn tests_and_analyses_have_compiled_sql_and_do_not_count_as_models() {
    let stage = synced(FILES).await;
    let models = stage.engine.models().unwrap();
    let of_kind = |kind: Kind| models.iter().filter(|model| model.kind == kind).collect::<Vec<_>>();
    assert_eq!((of_kind(Kind::Model).len(), of_kind(Kind::Analysis).len(), of_kind(Kind::Test).len()), (3, 1, 1));
    for model in of_kind(Kind::Test).into_iter().chain(of_kind(Kind::Analysis)) {
        let view = stage.engine.model("shop", &model.unique_id).unwrap().unwrap();
        assert!(view.record.compiled_code.as_deref().unwrap_or_default().contains("\"analytics\""), "{view:?}");
    }
    let last = stage.store.last_sync("shop").unwrap().unwrap();
    assert_eq!((last.counts.models, last.counts.tests, last.counts.added), (3, 1, 4), "tests are not among the added");
    let a = stage.engine.model("shop", "model.shop.a").unwrap().unwrap();
    assert_eq!(a.record.children, ["model.shop.b"], "nor among the children");
}

#[tokio::test]
async fn selections_mean_what_they_mean_to_dbt() {
    let stage = synced(FILES).await;
    for (words, wanted) in [
        ("+a", vec!["a", "stg_a"]),
        ("stg_a+1", vec!["a", "stg_a"]),
        ("@stg_a", vec!["look", "a", "b", "stg_a"]),
        ("tag:nightly", vec!["stg_a"]),
        ("path:models/marts,config.materialized:table", vec!["b"]),
        ("path:models/marts tag:nightly", vec!["a", "b", "stg_a"]),
        ("test_name:unique", vec!["unique_a_id"]),
        ("resource_type:analysis", vec!["look"]),
        ("+nothing", vec![]),
    ] {
        assert_eq!(selected(&stage, words), wanted, "{words}");
    }
    let nothing = stage.engine.select("+nothing").unwrap();
    assert_eq!(nothing.remarks, ["The selection criterion '+nothing' does not match any nodes"]);
    assert_eq!(stage.engine.select("nope:x+").unwrap().refused.as_deref(), Some("'nope' is not a valid method name"));
}

#[tokio::test]
async fn state_compares_with_what_the_project_was_before() {
    let mut stage = synced(FILES).await;
    assert!(stage.engine.select("state:modified").unwrap().refused.is_some(), "there is nothing to compare with yet");
    let mut files = FILES.to_vec();
    files[1].1 = "{{ config(tags=['nightly']) }} select {{ one() }} as key";
    files.push(("models/marts/c.sql", "select 1 as id"));
    stage.now_behaves(tip("bbbb", &files));
    sync(&stage);
    stage.until_finished().await;
    assert_eq!(selected(&stage, "state:modified"), ["c", "stg_a"]);
    assert_eq!(selected(&stage, "state:new"), ["c"]);
    assert_eq!(selected(&stage, "state:modified.body+"), ["look", "a", "b", "c", "stg_a"]);
    let mut files = files.clone();
    files[6].1 = "{% macro one(a, b=2) %}{{ two() }}{% endmacro %}{% macro two() %}2{% endmacro %}";
    stage.now_behaves(tip("cccc", &files));
    sync(&stage);
    stage.until_finished().await;
    assert_eq!(selected(&stage, "state:modified.macros"), ["stg_a"]);
}
