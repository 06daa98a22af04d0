//! `ebb explain`: what is known of a problem code. Needs no workspace.

use serde_json::json;

use crate::problem::{Catalogue, Code, Entry};

use super::Exit;
use super::arguments::Explain;
use super::failure::Failure;
use super::print::{self, Output};

pub(super) fn run(explain: &Explain, output: &mut Output) -> Result<Exit, Failure> {
    let catalogue = Catalogue::builtin();
    let wanted = explain.code.join(" ");
    let code = wanted.trim().replace(['_', ' '], "-").to_ascii_uppercase();
    let Some(entry) = catalogue.entry(&Code::from_text(code)) else { return Err(unknown(&catalogue, &wanted)) };
    if output.json {
        output.json_line(&as_json(entry))?;
        return Ok(Exit::Done);
    }
    let page = print::entry_whole(entry, output.width(), output.colors());
    output.line(page)?;
    Ok(Exit::Done)
}

fn unknown(catalogue: &Catalogue, wanted: &str) -> Failure {
    let summary = format!("there is no code {wanted:?}");
    let mut near: Vec<&Entry> = catalogue.nearest(wanted).into_iter().collect();
    near.extend(catalogue.search(wanted).into_iter().take(8));
    near.dedup_by(|one, other| one.code == other.code);
    let hints = near.iter().map(|entry| format!("{}: {}", entry.code, entry.title)).collect();
    Failure::WrongUse { summary, hints }
}

fn as_json(entry: &Entry) -> serde_json::Value {
    let fixes: Vec<_> = entry
        .fixes
        .iter()
        .map(|advice| json!({ "text": advice.text, "grade": advice.grade, "copy": advice.copy }))
        .collect();
    json!({
        "code": entry.code,
        "title": entry.title,
        "severity": entry.severity,
        "sample": entry.sample,
        "cause": entry.cause,
        "see": entry.see,
        "fixes": fixes,
    })
}
