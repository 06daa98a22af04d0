//! What is wrong within a dbt project, as `ebb ls`, `ebb parse` and `ebb compile` say it once they are done: where,
//! the sentence, the line with a caret. The whole problem, with its cause and fixes, is the business of `print`.

use crate::problem::{Excerpt, Place, Problem};

use super::Exit;
use super::failure::Failure;
use super::print::{Output, count, words};

/// More would push the first ones out of sight.
const MOST_ERRORS: usize = 20;

/// Most lines that one message is given.
const MOST_LINES: usize = 8;

/// Says what is wrong. Any of it may be why a node is not there.
pub(super) fn tell(errors: &[&Problem], output: &mut Output) -> Result<Exit, Failure> {
    for problem in errors.iter().take(MOST_ERRORS) {
        let place = problem.place.as_ref().map(position).unwrap_or_default();
        output.remark(&format!("{} {place}{}", problem.code, problem.summary))?;
        let excerpt = problem.place.as_ref().and_then(|place| place.excerpt.as_ref());
        for line in further(problem).chain(excerpt.into_iter().flat_map(pointed)) {
            output.remark(&format!("    {line}"))?;
        }
    }
    if errors.len() > MOST_ERRORS {
        output.remark(&format!("and {}", count(errors.len() as u64 - MOST_ERRORS as u64, "more error")))?;
    }
    Ok(if errors.is_empty() { Exit::Done } else { Exit::WorkFailed })
}

/// `models/a.sql:1:8: `, as far as it is known.
fn position(place: &Place) -> String {
    let file = words(&place.file);
    match (place.line, place.column) {
        (0, _) => format!("{file}: "),
        (line, 0) => format!("{file}:{line}: "),
        (line, column) => format!("{file}:{line}:{column}: "),
    }
}

/// What dbt's own message says beyond the summary; its heading and its excerpt are left out, as ours have
/// the place and a caret.
fn further(problem: &Problem) -> impl Iterator<Item = String> {
    let is_excerpt = |line: &&str| line.trim_start().starts_with("line ") || line.starts_with("Syntax error near");
    let lines = problem.raw.lines().take_while(move |line| !is_excerpt(line));
    let said = problem.summary.clone();
    let is_said = move |line: &str| line.trim().trim_end_matches('.').ends_with(said.as_str());
    let is_heading = |line: &str| line.trim().is_empty() || line.starts_with("Compilation Error in ");
    let is_new = move |line: &&str| !is_heading(line) && !is_said(line);
    lines.filter(is_new).take(MOST_LINES).map(words)
}

/// The line that is meant, and the caret below it.
fn pointed(excerpt: &Excerpt) -> Vec<String> {
    let Some(line) = excerpt.lines.get(excerpt.line.saturating_sub(excerpt.first_line) as usize) else {
        return Vec::new();
    };
    let number = excerpt.line.to_string();
    let mut lines = vec![format!("{number} | {line}")];
    if excerpt.column > 0 && excerpt.width > 0 {
        let before = " ".repeat(number.len());
        let indent = " ".repeat(excerpt.column as usize - 1);
        lines.push(format!("{before} | {indent}{}", "^".repeat(excerpt.width as usize)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use crate::problem::{Code, Subject};

    use super::*;

    fn problem(raw: &str) -> Problem {
        Problem::new(Code::new("DBT-VAR-MISSING"), Subject::Workspace, "Required var 'n' not found in config:")
            .with_raw(raw)
    }

    #[test]
    fn a_position_is_told_as_far_as_it_is_known() {
        let told = |line, column| position(&Place::at("models/a.sql", line, column));
        assert_eq!(told(3, 7), "models/a.sql:3:7: ");
        assert_eq!(told(3, 0), "models/a.sql:3: ");
        assert_eq!(told(0, 0), "models/a.sql: ");
    }

    #[test]
    fn what_the_summary_leaves_out_is_told() {
        let told = |raw: &str| further(&problem(raw)).collect::<Vec<_>>().join("|");
        assert_eq!(told("Required var 'n' not found in config:\nVars supplied to a = {}"), "Vars supplied to a = {}");
        assert_eq!(told("Required var 'n' not found in config:\n  line 1\n    {{ var('n') }}"), "");
        assert_eq!(told(&"more\n".repeat(50)).matches("more").count(), MOST_LINES);
    }

    #[test]
    fn the_caret_stands_below_what_is_meant() {
        let excerpt = Excerpt::around("a\nselect {{ n }}\n", 2, 11, 1);
        let told = excerpt.as_ref().map(pointed).unwrap_or_default();
        assert_eq!(told, ["2 | select {{ n }}", "  |           ^"]);
        assert_eq!(Excerpt::around("a", 1, 0, 0).as_ref().map(pointed).unwrap_or_default(), ["1 | a"]);
    }
}
