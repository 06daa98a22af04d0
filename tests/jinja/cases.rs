//! Templates with what Jinja2 3.1.6 makes of them, set up as dbt sets it up.

use super::support::outcome;

#[test]
fn every_case_gives_what_jinja2_gives() {
    let cases: Vec<serde_json::Value> = serde_json::from_str(include_str!("cases.json")).expect("the file is JSON");
    assert!(cases.len() >= 129);
    let text = |case: &serde_json::Value, key: &str| case[key].as_str().expect("a text").to_owned();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let got = outcome(&text(case, "t"));
            let expected = text(case, "exp");
            (got != expected)
                .then(|| format!("{}\n    expected {expected:?}\n    got      {got:?}", text(case, "name")))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
