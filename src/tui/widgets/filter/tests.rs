use proptest::prelude::*;

use super::*;

fn hits<'n>(query: &str, names: &[&'n str]) -> Vec<&'n str> {
    let mut filter = Filter::default();
    filter.apply(query, names, 0);
    filter.hits().iter().map(|index| names[*index as usize]).collect()
}

const NAMES: [&str; 6] =
    ["stg_customers", "stg_orders", "dim_customers", "fct_orders", "customer_segments", "int_orders_pivoted"];

#[test]
fn syntax() {
    for (query, wanted) in [
        ("^dim", vec!["dim_customers"]),
        ("orders$", vec!["stg_orders", "fct_orders"]),
        ("'pivot", vec!["int_orders_pivoted"]),
        ("orders !stg", vec!["fct_orders", "int_orders_pivoted"]),
        ("stg ord", vec!["stg_orders"]),
        ("stord", vec!["stg_orders"]),
        ("zebra", vec![]),
        ("ORD", vec![]),
    ] {
        let mut found = hits(query, &NAMES);
        let mut wanted = wanted;
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{query}");
    }
}

#[test]
fn an_empty_query_keeps_all_in_order() {
    assert_eq!(hits("", &NAMES), NAMES);
    assert_eq!(hits("   ", &NAMES), NAMES);
}

#[test]
fn the_best_hit_comes_first() {
    assert_eq!(hits("cust", &NAMES)[0], "customer_segments");
    assert_eq!(hits("orders", &["reorders_old", "orders", "orders_new"])[0], "orders");
}

#[test]
fn refining_tests_the_previous_hits_only() {
    let mut filter = Filter::default();
    filter.apply("o", &NAMES[..], 0);
    assert_eq!(filter.tested, 6);
    let before = filter.hits().len();
    assert!(filter.apply("ord", &NAMES[..], 0));
    assert_eq!(filter.tested, before);
    assert!(filter.apply("ord !stg", &NAMES[..], 0));
    assert_eq!(filter.tested, 6);
}

#[test]
fn the_same_query_is_no_work() {
    let mut filter = Filter::default();
    assert!(filter.apply("ord", &NAMES[..], 0));
    assert!(!filter.apply("ord", &NAMES[..], 0));
    assert!(filter.apply("ord", &NAMES[..], 1));
}

#[test]
fn new_rows_are_all_tested() {
    let mut filter = Filter::default();
    filter.apply("new", &["new_one"][..], 0);
    filter.apply("new_", &["old", "new_one", "new_two"][..], 1);
    assert_eq!(filter.hits(), [1, 2]);
}

#[test]
fn deleting_a_letter_widens_again() {
    let mut filter = Filter::default();
    filter.apply("stg_o", &NAMES[..], 0);
    filter.apply("stg_", &NAMES[..], 0);
    assert_eq!(filter.hits().len(), 2);
}

#[test]
fn matched_characters_are_found() {
    let mut filter = Filter::default();
    filter.apply("dcust", &NAMES[..], 0);
    let mut highlighter = filter.highlighter().unwrap();
    assert_eq!(highlighter.positions("dim_customers"), [0, 4, 5, 6, 7]);
    let plain = Style::new();
    let spans = highlighter.spans("dim_customers", plain, plain.bold());
    let texts: Vec<_> = spans.iter().map(|span| span.content.as_ref()).collect();
    assert_eq!(texts, ["d", "im_", "cust", "omers"]);
}

#[test]
fn nothing_is_highlighted_without_words() {
    let mut filter = Filter::default();
    filter.apply("", &NAMES[..], 0);
    assert!(filter.highlighter().is_none());
}

struct Tagged(Vec<(&'static str, Vec<&'static str>)>);

impl Candidates for Tagged {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        self.0[index].0.into()
    }

    fn fields(&self) -> &[&str] {
        &["tag"]
    }

    fn each_value(&self, index: usize, _field: &str, take: &mut dyn FnMut(&str)) {
        self.0[index].1.iter().copied().for_each(take);
    }
}

#[test]
fn fields() {
    let candidates =
        Tagged(vec![("orders", vec!["nightly"]), ("customers", vec!["Nightly", "core"]), ("payments", vec![])]);
    for (query, wanted) in [
        ("tag:nightly", vec![0, 1]),
        ("tag:core", vec![1]),
        ("tag:nightly !tag:core", vec![0]),
        ("!tag:nightly", vec![2]),
        ("tag:nightly cust", vec![1]),
        ("tag:", vec![0, 1, 2]),
        ("tag:none", vec![]),
        ("color:red", vec![]),
    ] {
        let mut filter = Filter::default();
        filter.apply(query, &candidates, 0);
        assert_eq!(filter.hits(), wanted, "{query}");
    }
}

#[test]
fn a_changed_field_is_no_refinement() {
    let candidates = Tagged(vec![("orders", vec!["nightly"]), ("customers", vec!["core"])]);
    let mut filter = Filter::default();
    filter.apply("tag:n", &candidates, 0);
    filter.apply("tag:nx", &candidates, 0);
    filter.apply("tag:n", &candidates, 0);
    assert_eq!(filter.hits(), [0]);
}

#[test]
fn a_query_is_taken_apart() {
    let query = Query::parse("state:failed ^shop  !cause:push x:y", &["state", "cause"]);
    assert_eq!(query.words, "^shop x:y");
    assert_eq!(query.fields.len(), 2);
    assert!(query.fields[1].negated);
}

#[test]
fn a_very_long_query_is_cut() {
    let mut filter = Filter::default();
    filter.apply(&"漢".repeat(10_000), &NAMES[..], 0);
    assert!(filter.text.len() <= LONGEST);
}

proptest! {
    #[test]
    fn typing_finds_what_pasting_finds(query in "[a-c !^$'\\\\]{0,8}", names in prop::collection::vec("[a-d_]{0,8}", 0..30)) {
        let mut typed = Filter::default();
        for end in 0..=query.len() {
            typed.apply(&query[..end], names.as_slice(), 0);
        }
        let mut pasted = Filter::default();
        pasted.apply(&query, names.as_slice(), 0);
        prop_assert_eq!(typed.hits(), pasted.hits());
    }

    #[test]
    fn a_filter_takes_any_text(query in "\\PC{0,20}", name in "\\PC{0,20}") {
        let mut filter = Filter::default();
        filter.apply(&query, &[name.as_str()][..], 0);
        if let Some(mut highlighter) = filter.highlighter() {
            let spans = highlighter.spans(&name, Style::new(), Style::new());
            prop_assert_eq!(spans.iter().map(|span| span.content.as_ref()).collect::<String>(), name);
        }
    }
}
