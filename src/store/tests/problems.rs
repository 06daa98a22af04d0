//! Problems: opened once, counted, mended by what was really seen.

use super::*;

/// A failed or good sync that met these problems.
fn sync(store: &Store, examined: Examined, problems: &[Problem]) -> SyncId {
    let id = begin(store, "shop");
    let problems = problems.to_vec();
    let at = at(id.0 * 100);
    store.finish_sync(SyncFinish { at, problems, examined, ..finish(id, SyncState::Partial) }).unwrap();
    id
}

fn open(store: &Store) -> Vec<String> {
    let filter = ProblemFilter { open_only: true, ..ProblemFilter::default() };
    let mut open: Vec<_> = store.problems(&filter).unwrap().iter().map(|found| found.problem.key()).collect();
    open.sort();
    open
}

fn git(code: &'static str) -> Problem {
    Problem::new(Code::new(code), Subject::Project { name: "shop".to_owned() }, "refused")
}

#[test]
fn the_same_problem_met_again_is_counted() {
    let store = Store::in_memory().unwrap();
    let first = sync(&store, Examined::All, &[problem("DBT-REF", "a").with_raw("old words")]);
    let second = sync(&store, Examined::All, &[problem("DBT-REF", "a").with_raw("new words")]);
    let [found]: [ProblemRecord; 1] = store.problems(&ProblemFilter::default()).unwrap().try_into().unwrap();
    assert_eq!((found.occurrences, found.first_at, found.last_at), (2, at(first.0 * 100), at(second.0 * 100)));
    assert_eq!(
        (found.problem.raw.as_str(), found.sync, &found.state),
        ("new words", Some(second), &ProblemState::Open)
    );
    assert_eq!(store.problem(found.id).unwrap(), Some(found));
}

#[test]
fn a_sync_that_meets_it_twice_counts_once() {
    let store = Store::in_memory().unwrap();
    sync(&store, Examined::All, &[problem("DBT-REF", "a"), problem("DBT-REF", "a"), problem("DBT-REF", "b")]);
    let counts: Vec<_> =
        store.problems(&ProblemFilter::default()).unwrap().iter().map(|found| found.occurrences).collect();
    assert_eq!(counts, [1, 1]);
}

#[test]
fn what_a_whole_load_no_longer_meets_is_mended() {
    let store = Store::in_memory().unwrap();
    sync(&store, Examined::All, &[problem("DBT-REF", "a"), problem("DBT-REF", "b")]);
    let second = sync(&store, Examined::All, &[problem("DBT-REF", "b")]);
    assert_eq!(open(&store), [problem("DBT-REF", "b").key()]);
    let mended = store.problems(&ProblemFilter::default()).unwrap().pop().unwrap();
    assert_eq!(mended.state, ProblemState::Mended { at: at(second.0 * 100), how: "no longer met".to_owned() });
}

#[test]
fn a_sync_mends_only_what_it_could_have_seen() {
    let (model, refused, dns) = (problem("DBT-REF", "a"), git("GIT-AUTH-FAILED"), git("GIT-DNS"));
    let all = [model.clone(), refused.clone(), dns.clone()];
    let keys = |problems: &[&Problem]| {
        let mut keys: Vec<String> = problems.iter().map(|problem| problem.key()).collect();
        keys.sort();
        keys
    };
    let table = [
        (Examined::Nothing, vec![], keys(&[&model, &refused, &dns])),
        (Examined::Connection, vec![], keys(&[&model])),
        (Examined::Connection, vec![refused.clone()], keys(&[&model, &refused])),
        (Examined::All, vec![], keys(&[])),
        (Examined::All, vec![model.clone()], keys(&[&model])),
    ];
    for (examined, met, expected) in table {
        let store = Store::in_memory().unwrap();
        sync(&store, Examined::Nothing, &all);
        sync(&store, examined, &met);
        assert_eq!(open(&store), expected, "{examined:?} {}", met.len());
    }
}

#[test]
fn a_connection_is_mended_by_reaching_it() {
    let store = Store::in_memory().unwrap();
    let subject = Subject::Connection { name: "acme".to_owned() };
    sync(&store, Examined::Connection, &[Problem::new(Code::new("CFG-SECRET"), subject, "no token")]);
    sync(&store, Examined::Connection, &[]);
    assert_eq!(open(&store), [""; 0]);
}

#[test]
fn one_project_never_mends_another_ones() {
    let store = Store::in_memory().unwrap();
    sync(&store, Examined::All, &[problem("DBT-REF", "a")]);
    good_sync(&store, "bank", &[model("x", "1")]);
    assert_eq!(open(&store).len(), 1);
}

#[test]
fn a_problem_that_comes_back_is_a_new_one() {
    let store = Store::in_memory().unwrap();
    for met in [true, false, true] {
        let problems = if met { vec![problem("DBT-REF", "a")] } else { vec![] };
        sync(&store, Examined::All, &problems);
    }
    let found = store.problems(&ProblemFilter::default()).unwrap();
    assert_eq!(
        found.iter().map(|one| (one.state == ProblemState::Open, one.occurrences)).collect::<Vec<_>>(),
        [(true, 1), (false, 1)]
    );
}

#[test]
fn a_fix_mends_once() {
    let store = Store::in_memory().unwrap();
    sync(&store, Examined::All, &[problem("DBT-REF", "a")]);
    let id = store.problems(&ProblemFilter::default()).unwrap()[0].id;
    assert!(store.mend(id, "set project_path", at(900)).unwrap());
    assert!(!store.mend(id, "again", at(901)).unwrap());
    assert!(!store.mend(ProblemId(99), "nobody", at(901)).unwrap());
    let mended = store.problem(id).unwrap().unwrap();
    assert_eq!(mended.state, ProblemState::Mended { at: at(900), how: "set project_path".to_owned() });
}

#[test]
fn problems_are_found_by_project_model_and_sync() {
    let store = Store::in_memory().unwrap();
    let first = sync(&store, Examined::All, &[problem("DBT-REF", "a"), problem("DBT-YAML", "b")]);
    let second = sync(&store, Examined::All, &[problem("DBT-REF", "a")]);
    let all = ProblemFilter::default;
    let codes = |filter: ProblemFilter| -> Vec<String> {
        let found = store.problems(&filter).unwrap();
        let mut codes: Vec<_> = found.iter().map(|found| found.problem.code.to_string()).collect();
        codes.sort();
        codes
    };
    assert_eq!(codes(all()), ["DBT-REF", "DBT-YAML"]);
    assert_eq!(codes(ProblemFilter { project: Some("bank".into()), ..all() }), [""; 0]);
    assert_eq!(codes(ProblemFilter { model: Some("model.shop.b".into()), ..all() }), ["DBT-YAML"]);
    assert_eq!(codes(ProblemFilter { sync: Some(first), ..all() }), ["DBT-REF", "DBT-YAML"]);
    assert_eq!(codes(ProblemFilter { sync: Some(second), ..all() }), ["DBT-REF"]);
    assert_eq!(codes(ProblemFilter { limit: Some(1), ..all() }).len(), 1);
    assert_eq!(store.open_problems().unwrap(), [("shop".to_owned(), 1)]);
}
