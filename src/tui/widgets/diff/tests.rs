use proptest::prelude::*;

use super::*;

fn shown(diff: &Diff) -> Vec<String> {
    diff.lines
        .iter()
        .map(|line| {
            line.parts(0..line.text().len())
                .map(|(role, text)| if role == Role::Emphasis { format!("[{text}]") } else { text.to_owned() })
                .collect()
        })
        .collect()
}

#[test]
fn a_changed_line_shows_what_changed() {
    let diff = unified("select a\nfrom old_orders\n", "select a\nfrom new_orders\n", 3);
    assert_eq!(shown(&diff), ["@@ -1,2 +1,2 @@", "  select a", "- from [old]_orders", "+ from [new]_orders"]);
    assert_eq!((diff.added, diff.removed), (1, 1));
}

#[test]
fn equal_texts_have_no_difference() {
    let diff = unified("a\nb", "a\nb\n", 3);
    assert!(diff.is_empty());
    assert_eq!(diff.lines, []);
}

#[test]
fn only_the_neighbourhood_is_shown() {
    let old: String = (0..50).map(|line| format!("line {line}\n")).collect::<Vec<_>>().concat();
    let new = old.replace("line 25\n", "");
    assert_eq!(shown(&unified(&old, &new, 1)), ["@@ -25,3 +25,2 @@", "  line 24", "- line 25", "  line 26"]);
}

#[test]
fn a_new_text_is_all_added() {
    let diff = unified("", "a\nb", 3);
    assert_eq!(shown(&diff), ["@@ -0,0 +1,2 @@", "+ a", "+ b"]);
}

#[test]
fn lines_with_little_in_common_are_not_emphasised() {
    assert_eq!(shown(&unified("abcdefghi", "azzzzzzzz", 0)), ["@@ -1,1 +1,1 @@", "- abcdefghi", "+ azzzzzzzz"]);
}

#[test]
fn a_huge_difference_is_bounded() {
    let text = |from: usize| (from..from + 60_000).map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
    let diff = unified(&text(0), &text(1_000_000), 3);
    assert_eq!((diff.added, diff.removed), (60_000, 60_000));
}

#[test]
fn a_small_change_in_a_huge_text_is_found() {
    let old: String = (0..60_000).map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
    let new = old.replace("\n30000\n", "\nx\n");
    assert_eq!(shown(&unified(&old, &new, 1)), ["@@ -30000,3 +30000,3 @@", "  29999", "- 30000", "+ x", "  30001"]);
}

#[test]
fn a_foreign_diff_gets_its_roles() {
    let lines = from_unified(&["--- ebb.toml", "@@ -1 +1 @@", "-a", "+b\u{1b}[1m", " c"]);
    let roles: Vec<_> = lines.iter().filter_map(|line| line.parts(0..99).next()).map(|(role, _)| role).collect();
    assert_eq!(roles, [Role::Dim, Role::Dim, Role::Removed, Role::Added, Role::Text]);
    assert_eq!(lines[3].text(), "+b");
}

proptest! {
    #[test]
    fn old_and_new_can_be_read_off(old in "([ab ]{0,4}\n){0,12}", new in "([ab ]{0,4}\n){0,12}") {
        let diff = unified(&old, &new, 100);
        let side = |sign: &str| -> String {
            let kept = diff.lines.iter().map(RoleLine::text).filter(|line| line.starts_with(sign) || line.starts_with("  "));
            kept.map(|line| format!("{}\n", &line[2..])).collect::<Vec<_>>().concat()
        };
        if old != new {
            prop_assert_eq!(side("- "), old);
            prop_assert_eq!(side("+ "), new);
        }
    }

    #[test]
    fn any_two_texts_have_a_difference(old in "\\PC{0,40}", new in "\\PC{0,40}") {
        unified(&old, &new, 3);
    }
}
