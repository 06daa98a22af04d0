use proptest::prelude::*;

use super::*;

fn drawn(parents: &[&str], model: &str, children: &[&str], width: usize, height: usize) -> Vec<String> {
    let lines = Lineage { parents, model, children }.lines(width, height, &Glyphs::unicode());
    lines.iter().map(|line| line.text().trim_end().to_owned()).collect()
}

#[test]
fn parents_left_children_right() {
    assert_eq!(
        drawn(&["stg_customers", "stg_orders", "stg_payments"], "dim_customers", &["fct_ltv", "report"], 80, 9),
        [
            "stg_customers ─┐                  ┌─▸ fct_ltv",
            "stg_orders ────┼─▸ dim_customers ─┴─▸ report",
            "stg_payments ──┘",
        ]
    );
}

#[test]
fn one_of_each_is_a_straight_line() {
    assert_eq!(drawn(&["a"], "b", &["c"], 80, 9), ["a ───▸ b ───▸ c"]);
}

#[test]
fn a_model_alone_is_its_name() {
    assert_eq!(drawn(&[], "dim_customers", &[], 80, 9), ["dim_customers"]);
}

#[test]
fn a_model_without_children_ends() {
    assert_eq!(drawn(&["a", "b"], "m", &[], 80, 9), ["a ─┬─▸ m", "b ─┘"]);
}

#[test]
fn a_model_without_parents_begins() {
    assert_eq!(drawn(&[], "m", &["a", "b", "c"], 80, 9), ["   ┌─▸ a", "m ─┼─▸ b", "   └─▸ c"]);
}

#[test]
fn more_than_fits_is_counted() {
    let names: Vec<String> = (0..15).map(|number| format!("parent_{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let lines = drawn(&names, "m", &[], 80, 4);
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[3], "+12 more ─┘");
}

#[test]
fn a_narrow_place_stacks_the_names() {
    assert_eq!(drawn(&["stg_orders"], "dim_customers", &["fct"], 20, 9), ["↑ stg_orders", "● dim_customers", "↓ fct"]);
}

#[test]
fn long_names_lose_their_middle() {
    let lines =
        drawn(&["a_very_long_name_of_a_parent"], "another_very_long_name", &["a_child_with_a_long_name"], 50, 3);
    assert_eq!(lines, ["a_very…arent ───▸ anothe…_name ───▸ a_chil…_name"]);
}

#[test]
fn room_is_shared() {
    assert_eq!(share([10, 10, 10], 60), [10, 10, 10]);
    assert_eq!(share([5, 50, 50], 65), [5, 30, 30]);
    assert_eq!(share([0, 99, 0], 40), [0, 40, 0]);
    assert_eq!(share([9, 9, 9], 0), [0, 0, 0]);
}

proptest! {
    #[test]
    fn a_lineage_fits(
        parents in prop::collection::vec("[a-z漢_]{0,30}", 0..20),
        model in "[a-z漢_]{0,40}",
        children in prop::collection::vec("[a-z漢_]{0,30}", 0..20),
        width in 0_usize..120,
        height in 0_usize..12,
    ) {
        let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
        let children: Vec<&str> = children.iter().map(String::as_str).collect();
        for glyphs in [Glyphs::unicode(), Glyphs::ascii()] {
            let lines = Lineage { parents: &parents, model: &model, children: &children }.lines(width, height, &glyphs);
            prop_assert!(lines.len() <= height);
            prop_assert!(lines.iter().all(|line| line.width() <= width));
        }
    }
}
