//! Templates that a grammar made, with what Jinja2 makes of them: a sample kept beside this file, and
//! as many as asked for, side by side, where a Python with Jinja2 is at hand.
//!
//! The sample is `python3 tests/jinja/judge/judge.py --seed 1 --count 1500 >tests/jinja/judge/sample.jsonl`.

#![expect(clippy::expect_used, reason = "a test")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use ebbtide::jinja::ErrorKind;

use super::support::render;

/// As the judge writes answers: a syntax error tells its line.
fn answer(template: &str) -> String {
    render(template).unwrap_or_else(|error| match error.kind() {
        ErrorKind::Syntax => format!("TemplateSyntaxError: {} (line {})", error.message(), error.line()),
        kind => format!("{}: {}", kind.python_name(), error.message()),
    })
}

/// Checks lines of `["template", "answer"]`; gives their number.
#[track_caller]
pub(crate) fn check(lines: &str) -> usize {
    let cases: Vec<(String, String)> = lines
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(|line| serde_json::from_str(line).expect("a template and its answer"))
        .collect();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(template, expected)| {
            let got = answer(template);
            (got != *expected).then(|| format!("{template}\n    expected {expected:?}\n    got      {got:?}"))
        })
        .collect();
    let shown = wrong.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} differ:\n{shown}", wrong.len(), cases.len());
    cases.len()
}

#[test]
fn the_kept_sample_gives_what_jinja2_gives() {
    assert!(check(include_str!("judge/sample.jsonl")) >= 1_000);
}

/// `EBB_JUDGE_PYTHON` names the Python; `EBB_JUDGE_SEED` and `EBB_JUDGE_COUNT` ask for other templates, or more.
#[test]
fn templates_give_side_by_side_what_jinja2_gives() {
    let asked = |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    let python = asked("EBB_JUDGE_PYTHON", "python3");
    let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "jinja", "judge", "judge.py"].iter().collect();
    let judged = Command::new(&python)
        .arg(script)
        .args(["--seed", &asked("EBB_JUDGE_SEED", "2"), "--count", &asked("EBB_JUDGE_COUNT", "2000")])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .output();
    match judged {
        Ok(judged) if judged.status.success() => {
            check(&String::from_utf8(judged.stdout).expect("the judge writes UTF-8"));
        }
        Ok(judged) if judged.status.code() == Some(3) => skipped(&python, &String::from_utf8_lossy(&judged.stderr)),
        Ok(judged) => panic!("the judge failed: {}", String::from_utf8_lossy(&judged.stderr)),
        Err(error) => skipped(&python, &error.to_string()),
    }
}

#[expect(clippy::print_stderr, reason = "what was not tested is to be seen")]
fn skipped(python: &str, why: &str) {
    eprintln!("SKIPPED: nothing was compared with Jinja2 side by side ({python}: {})", why.trim());
}
