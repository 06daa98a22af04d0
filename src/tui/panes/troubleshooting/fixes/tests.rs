use super::*;
use crate::tui::panes::fixtures::{mended, wrong_path};

fn fix(grade: Grade, action: Action) -> Fix {
    Fix::new("do it", grade, action)
}

fn sync() -> Action {
    Action::Sync { project: "shop".to_owned() }
}

#[test]
fn the_fix_that_goes_furthest_is_best() {
    let copy = Action::Copy { text: "x".to_owned() };
    for (fixes, wanted) in [
        (vec![], 0),
        (vec![fix(Grade::Show, Action::Read), fix(Grade::Ask, sync()), fix(Grade::Safe, sync())], 2),
        (vec![fix(Grade::Show, Action::Read), fix(Grade::Show, copy.clone())], 1),
        (vec![fix(Grade::Safe, sync()), fix(Grade::Safe, sync())], 0),
        (vec![fix(Grade::Show, copy), fix(Grade::Ask, sync())], 1),
    ] {
        assert_eq!(best(&fixes), wanted, "{fixes:?}");
    }
}

#[test]
fn what_can_not_be_applied_says_why() {
    let open = wrong_path(1);
    assert_eq!(can_apply(&open, 1, false), Ok(()));
    for (record, index, syncing, wanted) in [
        (&open, 9, false, "there is no fix 10"),
        (&open, 0, false, "for you to do"),
        (&open, 1, true, "syncing now"),
        (&mended(wrong_path(1)), 1, false, "it is mended"),
    ] {
        let reason = can_apply(record, index, syncing).unwrap_err();
        assert!(reason.contains(wanted), "{reason}");
    }
    assert_eq!(can_apply(&open, 3, true), Ok(()), "copying disturbs no sync");
}

#[test]
fn only_a_safe_fix_is_applied_without_a_question() {
    let id = ProblemId(1);
    assert_eq!(apply(id, 0, &fix(Grade::Safe, sync())), [Effect::ApplyFix { problem: id, fix: 0 }]);
    for grade in [Grade::Ask, Grade::Show] {
        let effects = apply(id, 0, &fix(grade, sync()));
        assert!(matches!(effects.as_slice(), [Effect::Load { query: Query::FixPreview { .. }, .. }]));
    }
}
