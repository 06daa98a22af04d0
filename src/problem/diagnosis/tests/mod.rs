mod access;
mod project_path;

use super::*;
use crate::problem::{Code, Subject};

#[test]
fn long_evidence_is_cut_and_says_so() {
    assert_eq!(shortened((0..3).map(|n| n.to_string())), ["0", "1", "2"]);
    let cut = shortened((0..25).map(|n| n.to_string()));
    assert_eq!((cut.len(), cut.last().map(String::as_str)), (21, Some("and 5 more")));
}

#[test]
fn a_diagnosis_becomes_part_of_its_problem() {
    let diagnosis = Diagnosis {
        cause: "because".to_owned(),
        evidence: vec![Evidence::new("seen", vec!["it".to_owned()])],
        fixes: vec![Fix::read("Do it")],
    };
    let problem = diagnosis.of(Problem::new(Code::new("GIT-UNKNOWN"), Subject::Workspace, "what"));
    assert_eq!((problem.cause.as_str(), problem.evidence.len(), problem.fixes.len()), ("because", 1, 1));
}
