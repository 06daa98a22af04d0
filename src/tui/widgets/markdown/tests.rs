use proptest::prelude::*;

use super::*;
use crate::tui::theme::Role;

fn marked(source: &str, width: usize) -> Vec<String> {
    let part = |(role, text): (Role, &str)| {
        if role == Role::Text { text.to_owned() } else { format!("{}[{text}]", role.letter()) }
    };
    let lines = lines(source, width, &Glyphs::ascii());
    lines.iter().map(|line| line.parts(0..line.text().len()).map(part).collect()).collect()
}

/// The lines without their roles.
fn plain(source: &str, width: usize) -> Vec<String> {
    lines(source, width, &Glyphs::ascii()).iter().map(|line| line.text().to_owned()).collect()
}

#[test]
fn what_people_write_in_descriptions() {
    for (source, wanted) in [
        ("plain words", vec!["plain words"]),
        ("# Customers\nOne row each", vec!["T[Customers]", "One row each"]),
        ("Customers\n===\nOne row each", vec!["T[Customers]", "One row each"]),
        ("- first\n- second", vec!["d[* ]first", "d[* ]second"]),
        ("Values:\n* a\n* b", vec!["Values:", "d[* ]a", "d[* ]b"]),
        ("3. three\n4. four", vec!["d[3. ]three", "d[4. ]four"]),
        ("- [x] done\n- [ ] open", vec!["d[* ]A[[x] ]done", "d[* ]A[[ ] ]open"]),
        ("a `code` b", vec!["a \"[code] b"]),
        ("**bold** and *this*", vec!["T[bold] and E[this]"]),
        ("~~gone~~", vec!["z[gone]"]),
        ("see [docs](https://x.y)", vec!["see L[docs]d[ (https://x.y)]"]),
        ("<https://x.y>", vec!["L[https://x.y]"]),
        ("[above](#above)", vec!["L[above]"]),
        ("![a chart](c.png)", vec!["L[a chart]d[ (c.png)]"]),
        ("```\nselect 1\n  2\n```", vec!["  \"[select 1]", "  \"[  2]"]),
        ("```sql\nselect 1\n```", vec!["  K[select] 0[1]"]),
        ("one\ntwo\n\nthree", vec!["one two", "", "three"]),
        ("one<br>two", vec!["one", "two"]),
        ("a <b>c</b>", vec!["a d[<b>]cd[</b>]"]),
        ("> said\n> so", vec!["d[| ]said so"]),
        ("stg_orders * 2 and a_b_c", vec!["stg_orders * 2 and a_b_c"]),
        ("#hashtag", vec!["#hashtag"]),
        ("[x", vec!["[x"]),
        ("**", vec!["**"]),
        ("", vec![]),
        ("\n\n", vec![]),
    ] {
        assert_eq!(marked(source, 40), wanted, "{source:?}");
    }
}

#[test]
fn roles_outlive_wrapping() {
    assert_eq!(marked("a **bold word** b", 8), ["a T[bold]", "T[word] b"]);
    assert_eq!(marked("- one two three", 9), ["d[* ]one two", "d[  ]three"]);
}

#[test]
fn lists_within_lists_are_indented() {
    let source = "1. first\n   - inner\n   - other\n\n     with more\n2. second";
    assert_eq!(plain(source, 40), ["1. first", "   * inner", "   * other", "", "     with more", "2. second"]);
}

#[test]
fn a_table_has_columns() {
    let source = "| status | meaning |\n|---|---|\n| placed | *not* paid |\n| gone | |";
    assert_eq!(marked(source, 40), ["T[status]  T[meaning]", "d[------  --------]", "placed  E[not] paid", "gone"]);
}

#[test]
fn a_table_that_is_too_wide_is_wrapped_and_then_a_list() {
    let source = "| status | meaning |\n|---|---|\n| placed | waits for its payment |";
    assert_eq!(
        plain(source, 20),
        ["status  meaning", "------  ------------", "placed  waits for", "        its payment"]
    );
    assert_eq!(plain(source, 12), ["status:", "placed", "meaning:", "waits for", "its payment"]);
}

#[test]
fn control_characters_of_foreign_text_do_not_pass() {
    for source in ["a\u{1b}[31mred", "`\u{202e}x`", "| a\u{7} |\n|---|\n| b\u{9b}c |"] {
        let whole = plain(source, 40).join("\n");
        assert!(!whole.contains(|c: char| c.is_control() && c != '\n') && !whole.contains('\u{202e}'), "{whole:?}");
    }
}

#[test]
fn hostile_texts_are_bounded() {
    for source in
        ["> ".repeat(20_000), "- ".repeat(20_000), "[".repeat(50_000), "|a".repeat(20_000), "*a_".repeat(30_000)]
    {
        let lines = lines(&source, 40, &Glyphs::ascii());
        assert!(lines.len() < 25_000 && lines.iter().all(|line| line.width() <= 40));
    }
}

proptest! {
    #[test]
    fn lines_fit(source in "[-#*_`\\[\\]()|>a-c 漢\n]{0,80}", width in 2_usize..20) {
        for line in lines(&source, width, &Glyphs::ascii()) {
            prop_assert!(line.width() <= width, "{:?}", line.text());
        }
    }

    #[test]
    fn any_text_has_lines(source in "\\PC{0,80}", width in 0_usize..20) {
        lines(&source, width, &Glyphs::unicode());
    }
}
