//! Versions, against what dbt Core 1.7.20 says of them: `versions.txt`.

use crate::dbt::packages::version::{Range, VersionGrammar};

const CASES: &str = include_str!("versions.txt");

fn rows(kind: &str) -> Vec<Vec<&'static str>> {
    let rows = CASES.lines().map(|line| line.split(" | ").collect::<Vec<_>>());
    rows.filter(|row| row[0] == kind).collect()
}

#[test]
fn a_version_is_read_as_dbt_reads_it() {
    let grammar = VersionGrammar::default();
    let rows = rows("read");
    assert!(rows.len() > 25);
    for row in rows {
        let read = grammar.read(row[1]).map_or_else(|_| "none".to_owned(), |version| version.to_string());
        assert_eq!(read, row[2], "{:?}", row[1]);
    }
}

#[test]
fn requirements_leave_the_range_that_dbt_finds() {
    let grammar = VersionGrammar::default();
    let rows = rows("reduce");
    assert!(rows.len() > 200);
    for row in rows {
        let wanted = grammar.read_all(row[1].split(' ')).unwrap();
        let range = Range::reduce(&wanted).map_or_else(|_| "none".to_owned(), |range| range.to_string());
        assert_eq!(range, row[2], "{:?}", row[1]);
    }
}

#[test]
fn the_same_version_is_chosen_of_those_that_there_are() {
    let grammar = VersionGrammar::default();
    for row in rows("reduce").into_iter().filter(|row| row.len() > 3) {
        let range = Range::reduce(&grammar.read_all(row[1].split(' ')).unwrap()).unwrap();
        let available: Vec<String> = row[3].split(' ').map(str::to_owned).collect();
        let installable = grammar.installable(&available, row[4] == "true").unwrap();
        assert_eq!(installable.join(" "), row[5], "{row:?}");
        let highest = grammar.highest(&range, &installable).unwrap();
        assert_eq!(highest.as_deref().unwrap_or("None"), row[6], "{row:?}");
    }
}
