use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

#[test]
fn plain_text_is_borrowed() {
    assert!(matches!(clean("stg_orders"), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn clean_is_harmless() {
    for (given, wanted) in [
        ("a\u{1b}[31mred\u{1b}[0m", "ared"),
        ("\u{1b}]0;title\u{7}x", "x"),
        ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
        ("\u{1b}Pq\u{1b}\\y", "y"),
        ("\u{1b}]never ends", "never ends"),
        ("\u{1b}", ""),
        ("\u{1b}[", ""),
        ("\u{1b}[12;", ""),
        ("\u{1b}(Bz", "z"),
        ("\u{9b}1mx", "x"),
        ("a\u{0}b\u{7}c\u{7f}d\u{85}e", "a·b·c·d·e"),
        ("user\u{202e}gpj.sql", "user·gpj.sql"),
        ("a\u{2066}b\u{2069}", "a·b·"),
        ("a\u{200b}b\u{feff}c", "abc"),
        ("a\tb", "a   b"),
        ("\tb", "    b"),
        ("äö\tb", "äö  b"),
        ("a\r\nb", "a b"),
        ("a\rb", "a b"),
        ("end\r", "end"),
        ("naïve café 漢字 👩‍💻", "naïve café 漢字 👩‍💻"),
    ] {
        assert_eq!(clean(given), wanted, "{given:?}");
    }
}

#[test]
fn a_tower_of_accents_is_cut() {
    let tower: String = std::iter::once('e').chain(std::iter::repeat_n('\u{301}', 5_000)).collect();
    assert_eq!(clean(&tower).chars().count(), 9);
}

#[test]
fn many_unended_control_strings_cost_little() {
    // Quadratic work on a megabyte would not end within the test's patience.
    let text = "\u{1b}]".repeat(500_000);
    assert_eq!(clean(&text), "");
}

#[test]
fn lines_are_cleaned_one_by_one() {
    let lines: Vec<_> = clean_lines("a\u{1b}[1m\r\nb\n\nc\n").collect();
    assert_eq!(lines, ["a", "b", "", "c"]);
}

#[test]
fn truncation() {
    for (text, cells, wanted) in [
        ("customers", 9, "customers"),
        ("customers", 8, "custome…"),
        ("customers", 1, "…"),
        ("customers", 0, ""),
        ("漢字漢字", 5, "漢字…"),
        ("漢字漢字", 4, "漢…"),
        ("👩‍💻👩‍💻", 3, "👩‍💻…"),
        ("", 0, ""),
    ] {
        assert_eq!(truncate(text, cells, "…"), wanted, "{text} in {cells}");
    }
}

#[test]
fn middle_truncation_keeps_both_ends() {
    assert_eq!(truncate_middle("int_orders_pivoted", 9, "…"), "int_…oted");
    assert_eq!(truncate_middle("int_orders_pivoted", 2, "…"), "i…");
    assert_eq!(truncate_middle("int_orders_pivoted", 1, "…"), "…");
    assert_eq!(truncate_middle("short", 9, "…"), "short");
}

#[test]
fn paths_lose_their_middle_folders_first() {
    let path = "models/marts/core/dim_customers.sql";
    for (cells, wanted) in [
        (35, path),
        (34, "models/…/core/dim_customers.sql"),
        (30, "models/…/dim_customers.sql"),
        (25, "…/core/dim_customers.sql"),
        (22, "…/dim_customers.sql"),
        (10, "model….sql"),
    ] {
        assert_eq!(shorten_path(path, cells, "…"), wanted, "in {cells}");
    }
    assert_eq!(shorten_path("a_file_without_folders.yml", 9, "…"), "a_fi….yml");
}

#[test]
fn padding_is_exact() {
    assert_eq!(pad("ab", 4, "…"), "ab  ");
    assert_eq!(pad("abcdef", 4, "…"), "abc…");
    assert_eq!(pad("漢字", 3, "…"), "漢…");
    assert_eq!(pad("漢字漢", 4, "…"), "漢… ");
    assert_eq!(pad_left("12", 4, "…"), "  12");
    assert_eq!(pad_left("12345", 4, "…"), "123…");
}

#[test]
fn prose_wraps_between_words() {
    assert_eq!(wrap("the quick brown fox", 9), ["the quick", "brown fox"]);
    assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
    assert_eq!(wrap("incomprehensible", 6), ["incomp", "rehens", "ible"]);
    assert_eq!(wrap("an incomprehensible word", 6), ["an", "incomp", "rehens", "ible", "word"]);
    assert_eq!(wrap("漢", 1), [""]);
    assert_eq!(wrap("anything", 0), Vec::<String>::new());
}

#[test]
fn long_lines_break_at_cells() {
    assert_eq!(break_points("abcdef", 4), [0, 4]);
    assert_eq!(break_points("漢字漢", 3), [0, 3, 6]);
    assert_eq!(break_points("ab cd ef", 5), [0, 3]);
    assert_eq!(break_points("ab cdefgh i", 4), [0, 3, 7]);
    assert_eq!(break_points("a    b", 3), [0, 3]);
    assert_eq!(break_points("", 4), [0]);
    assert_eq!(break_points("abc", 0), [0]);
}

#[test]
fn skipping_cells() {
    assert_eq!(skip_cells("abcdef", 2), "cdef");
    assert_eq!(skip_cells("漢字", 1), "字");
    assert_eq!(skip_cells("ab", 9), "");
}

#[test]
fn counts_have_thin_separators() {
    for (value, wanted) in [(0, "0"), (999, "999"), (1_000, "1 000"), (10_000, "10 000"), (1_234_567, "1 234 567")] {
        assert_eq!(number(value), wanted);
    }
    assert_eq!(number(u64::MAX), "18 446 744 073 709 551 615");
    assert_eq!(count_of(6_312, 10_000), "6 312/10 000");
    assert_eq!(plural(1, "model", "models"), "1 model");
    assert_eq!(plural(1_204, "model", "models"), "1 204 models");
}

#[test]
fn bytes_have_one_decimal_below_ten() {
    for (value, wanted) in [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (9_990, "9.9 kB"),
        (14_000_000, "14 MB"),
        (1_250_000, "1.2 MB"),
        (999_999_999, "999 MB"),
        (2_000_000_000_000_000, "2 000 TB"),
    ] {
        assert_eq!(bytes(value), wanted);
    }
}

#[test]
fn rates_wait_for_something_to_tell() {
    assert_eq!(rate(3_100_000, 1_000).as_deref(), Some("3.1 MB/s"));
    assert_eq!(rate(3_100_000, 10), None);
    assert_eq!(rate(0, 10_000), None);
    assert_eq!(rate(u64::MAX, 200).as_deref(), Some("18 446 744 TB/s"));
}

#[test]
fn durations() {
    for (milliseconds, wanted) in [
        (0, "0 ms"),
        (340, "340 ms"),
        (2_449, "2.4 s"),
        (23_900, "23 s"),
        (200_000, "3 min 20 s"),
        (180_000, "3 min"),
        (3_900_000, "1 h 5 min"),
        (183_600_000, "2 d 3 h"),
    ] {
        assert_eq!(duration(milliseconds), wanted);
    }
    assert_eq!(seconds(2_900), "2 s");
}

#[test]
fn ages() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    for (then, wanted) in [
        ("2026-11-23T12:00:09Z", "just now"),
        ("2026-11-23T11:59:55Z", "just now"),
        ("2026-11-23T11:59:37Z", "23 s ago"),
        ("2026-11-23T11:57:00Z", "3 min ago"),
        ("2026-11-23T07:00:00Z", "5 h ago"),
        ("2026-11-21T07:00:00Z", "2 d ago"),
        ("2026-01-02T07:00:00Z", "2026-01-02"),
    ] {
        assert_eq!(ago(then.parse().unwrap(), now), wanted);
    }
    assert_eq!(ago(Timestamp::MAX, Timestamp::MIN), "just now");
}

#[test]
fn dates_are_iso_in_the_zone_given() {
    let at: Timestamp = "2026-11-23T12:41:11Z".parse().unwrap();
    assert_eq!(date_time(at, &TimeZone::UTC), "2026-11-23 12:41:11");
    assert_eq!(date_time(at, &TimeZone::fixed(jiff::tz::offset(2))), "2026-11-23 14:41:11");
}

proptest! {
    #[test]
    fn clean_text_has_no_control_characters(text in "\\PC*|[\\x00-\\x9f\\u{1b}\\[\\]a-z;]*") {
        let cleaned = clean(&text);
        prop_assert!(!cleaned.chars().any(char::is_control));
        prop_assert_eq!(clean(&cleaned).into_owned(), cleaned.into_owned());
    }

    #[test]
    fn fitted_text_fits(text in "\\PC{0,40}", cells in 0_usize..30) {
        prop_assert!(width(&truncate(&text, cells, "…")) <= cells);
        prop_assert!(width(&truncate_middle(&text, cells, "…")) <= cells);
        prop_assert!(width(&shorten_path(&text, cells, "…")) <= cells);
        prop_assert!(wrap(&text, cells).iter().all(|line| width(line) <= cells));
    }

    #[test]
    fn padded_text_fills_its_cells(text in "\\PC{0,40}", cells in 0_usize..30) {
        prop_assert_eq!(width(&pad(&text, cells, "…")), cells);
        prop_assert_eq!(width(&pad_left(&text, cells, "…")), cells);
    }

    #[test]
    fn wrapping_loses_no_word(text in "[a-z漢 ]{0,60}", cells in 2_usize..30) {
        let wrapped: String = wrap(&text, cells).concat();
        prop_assert_eq!(wrapped.replace(' ', ""), text.replace(' ', ""));
    }

    #[test]
    fn broken_rows_fit_and_lose_nothing(text in "[a-z漢 ]{0,60}", cells in 2_usize..30) {
        let points = break_points(&text, cells);
        let ends = points.iter().skip(1).copied().chain([text.len()]);
        let rows: Vec<&str> = points.iter().copied().zip(ends).map(|(start, end)| &text[start..end]).collect();
        prop_assert_eq!(rows.concat(), text.clone());
        prop_assert!(rows.iter().all(|row| width(row) <= cells), "{:?}", rows);
    }

    #[test]
    fn figures_are_total(value: u64, other: u64) {
        for text in [number(value), bytes(value), count_of(value, other), duration(value), seconds(value)] {
            prop_assert!(!text.is_empty());
        }
        prop_assert!(rate(value, other).is_none_or(|text| text.ends_with("/s")));
    }
}
