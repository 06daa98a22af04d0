//! The catalogue as a document: `docs/problems.md` is generated from it, and a test fails when the
//! file is stale.

use std::fmt::Write as _;

use super::catalogue::{Area, Catalogue, Entry};
use super::fix::Grade;
use super::text::severity_word;
use super::value::Severity;

/// The whole reference as Markdown.
pub fn reference(catalogue: &Catalogue) -> String {
    let mut page = String::from(
        "# Problems\n\n\
         Every failure that Ebbtide shows has a code. Codes never change their meaning and are never used again; \
         `ebb explain CODE` prints the same text.\n\n\
         Fixes marked *safe* and *ask* are offered by the program as soon as it knows the values: a safe one is applied \
         with one key, the other shows what it will change and asks. The rest is for a person.\n\n\
         This file is generated from `assets/problems/`.\n",
    );
    for area in Area::ALL {
        let entries = catalogue.area(area);
        // writing to a String cannot fail
        let _ = write!(page, "\n## {area}\n\n| Code | Problem |\n|---|---|\n");
        for entry in entries {
            let anchor = entry.code.as_str().to_ascii_lowercase();
            let _ = writeln!(page, "| [{}](#{anchor}) | {} |", entry.code, entry.title);
        }
        for entry in entries {
            write_entry(&mut page, entry);
        }
    }
    page
}

fn write_entry(page: &mut String, entry: &Entry) {
    let severity = match entry.severity {
        Severity::Error => String::new(),
        other => format!(" ({})", severity_word(other)),
    };
    let _ = write!(page, "\n### {}\n\n**{}**{severity}\n", entry.code, entry.title);
    if !entry.sample.is_empty() {
        let _ = write!(page, "\n```text\n{}\n```\n", entry.sample.trim_end());
    }
    let _ = write!(page, "\n{}\n", entry.cause);
    if !entry.see.is_empty() {
        let _ = write!(page, "\nSee it: {}\n", entry.see);
    }
    page.push('\n');
    for (index, advice) in entry.fixes.iter().enumerate() {
        let grade = match advice.grade {
            Grade::Safe => " *(safe)*",
            Grade::Ask => " *(ask)*",
            Grade::Show => "",
        };
        let _ = writeln!(page, "{}. {}{grade}", index + 1, advice.text);
        if let Some(copy) = &advice.copy {
            let _ = writeln!(page, "\n   ```text\n   {}\n   ```", copy.replace('\n', "\n   "));
        }
    }
}
