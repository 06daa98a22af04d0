//! Small broken projects, and what a load says of them: `tests/dbt/broken.txt`.

#[path = "dbt/support.rs"]
mod support;

use ebbtide::problem::Severity;

/// `CODE file:line:column first line of the sentence`, warnings marked.
fn told(problems: &[ebbtide::problem::Problem]) -> Vec<String> {
    let line = |problem: &ebbtide::problem::Problem| {
        let place = problem
            .place
            .as_ref()
            .map_or_else(String::new, |place| format!("{}:{}:{}", place.file, place.line, place.column));
        let mark = if problem.severity == Severity::Warning && problem.code.as_str() != "DBT-NEEDS-WAREHOUSE" {
            "warning "
        } else {
            ""
        };
        format!("{mark}{} {place} {}", problem.code, problem.summary)
    };
    problems.iter().map(line).collect()
}

#[test]
fn every_broken_project_is_told_in_dbts_words_and_loads_all_the_same() {
    let mut wrong = Vec::new();
    for case in support::cases(include_str!("dbt/broken.txt")) {
        let loaded = support::load(case.files.clone());
        let found = told(&loaded.problems);
        if found != case.expected {
            wrong.push(format!(
                "#### {}\nexpected:\n  {}\nfound:\n  {}",
                case.name,
                case.expected.join("\n  "),
                found.join("\n  ")
            ));
        }
        let project = loaded.project.unwrap_or_else(|| panic!("{}: no project", case.name));
        assert!(
            project.nodes.contains_key(&format!("model.{}.a", project.name)),
            "{}: the sound model is missing",
            case.name
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
