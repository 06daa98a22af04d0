//! The model browser: what the detail follows, and where one gets from there.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::problem::{Code, Fix, Problem, Subject};
use crate::store::ModelRecord;
use crate::tui::effect::Query;
use crate::tui::layout::Focus;
use crate::tui::message::Message;
use crate::tui::panes::fixtures::{Screen, record};
use crate::tui::panes::model_fixtures::{dim_customers, dim_customers_view, models, star_view};
use crate::tui::state::Tab;

use super::keys::browsing;

#[test]
fn a_folder_selected_first_says_what_to_do_where_a_model_would_be_shown() {
    let mut screen = browsing();
    assert!(screen.text().contains("enter folds and unfolds it"), "{}", screen.text());
    screen.press("j");
    screen.press("j");
    assert!(!screen.text().contains("enter folds"), "{}", screen.text());
}

#[test]
fn a_folder_selected_after_a_model_leaves_nothing_of_the_model_in_the_detail() {
    let mut screen = Screen::new(Tab::Models, 120, 40);
    screen.load_models(models());
    screen.state.pane_mut().0.select("shop#model.shop.dim_customers");
    screen.load_dim_customers();
    assert!(screen.text().contains("One row for each customer"));
    screen.press("k");
    screen.wait(100);
    let text = screen.text();
    assert!(!text.contains("One row for each customer"), "{text}");
    for wanted in ["╮╭ core ─", "Models        3: 1 incremental, 2 table", "✗ fct_orders", "~ dim_customers"] {
        assert!(text.contains(wanted), "{wanted} in:\n{text}");
    }
    screen.press("j");
    screen.load_dim_customers();
    assert!(screen.text().contains("One row for each customer"));
}

#[test]
fn the_first_step_is_followed_at_once_and_quick_ones_when_they_rest() {
    let mut screen = Screen::new(Tab::Models, 120, 40);
    screen.load_models(models());
    screen.state.pane_mut().0.select("shop#model.shop.dim_customers");
    screen.load_dim_customers();
    screen.take();
    let asked = |screen: &Screen, name: &str| {
        let query = Query::Model { project: "shop".to_owned(), unique_id: format!("model.shop.{name}") };
        screen.asked(&query).is_some()
    };
    screen.press("j");
    assert!(asked(&screen, "dim_products"), "the first step");
    screen.press("j k j");
    assert!(!asked(&screen, "fct_orders"), "while it moves");
    screen.wait(100);
    assert!(asked(&screen, "fct_orders"), "at rest");
}

/// `dim_customers` whole, with the focus in the given view.
fn in_view(view: &str) -> Screen {
    let mut screen = Screen::new(Tab::Models, 120, 40);
    screen.load_models(models());
    screen.state.pane_mut().0.select("shop#model.shop.dim_customers");
    screen.load_dim_customers();
    screen.press("enter");
    while !screen.text().contains(&format!("▌{view}")) {
        screen.press(".");
    }
    screen
}

fn load_star(screen: &mut Screen) {
    let query = Query::Macro { project: "shop".to_owned(), unique_id: "macro.dbt_utils.star".to_owned() };
    let generation = screen.asked(&query).unwrap();
    screen.send(Message::MacroLoaded { generation, one: Some(Box::new(star_view())) });
}

#[test]
fn a_macro_is_opened_from_the_model_that_uses_it_and_leads_to_the_others() {
    let mut screen = in_view("Macros");
    assert!(screen.text().contains("dbt_utils.star(from, relation_alias=False, except=[])"), "{}", screen.text());
    screen.press("enter");
    load_star(&mut screen);
    let text = screen.text();
    for wanted in ["╭ star ─", "▌Definition  Used by", "{% macro star(from", "dbt_utils · macros/sql/star.sql"] {
        assert!(text.contains(wanted), "{wanted} in:\n{text}");
    }
    screen.press(".");
    assert!(screen.text().contains("Used by (2)"), "{}", screen.text());
    screen.press("down");
    screen.press("enter");
    assert_eq!(screen.state.pane().0.selected().as_deref(), Some("shop#model.shop.dim_products"));
    screen.press("[");
    assert_eq!(screen.state.pane().0.selected().as_deref(), Some("shop#macro.dbt_utils.star"));
    screen.press("[");
    assert_eq!(screen.state.pane().0.selected().as_deref(), Some("shop#model.shop.dim_customers"));
    assert_eq!(screen.state.focus, Focus::Detail, "where the link was");
}

#[test]
fn esc_leads_from_a_macro_to_where_the_link_was() {
    let mut screen = in_view("Macros");
    screen.press("enter");
    load_star(&mut screen);
    screen.press("esc");
    assert_eq!(screen.state.pane().0.selected().as_deref(), Some("shop#model.shop.dim_customers"));
    assert_eq!(screen.state.focus, Focus::Detail);
    screen.load_dim_customers();
    assert!(screen.text().contains("▌Macros"), "{}", screen.text());
}

#[test]
fn a_step_in_the_list_closes_what_a_link_has_opened() {
    let mut screen = in_view("Macros");
    screen.press("enter");
    load_star(&mut screen);
    screen.press("h");
    screen.state.focus = Focus::List;
    screen.press("j");
    assert_eq!(screen.state.pane().0.selected().as_deref(), Some("shop#model.shop.dim_products"));
}

#[test]
fn a_test_of_a_column_is_opened_from_there() {
    let mut screen = in_view("Columns");
    screen.press("down");
    screen.press("enter");
    let id = "test.shop.unique_dim_customers.0123456789";
    assert_eq!(screen.state.pane().0.selected(), Some(format!("shop#{id}")));
    assert!(screen.asked(&Query::Model { project: "shop".to_owned(), unique_id: id.to_owned() }).is_some());
}

#[test]
fn the_sql_is_raw_compiled_and_both_against_each_other() {
    let mut screen = in_view("SQL raw");
    assert!(screen.text().contains("{{ ref('stg_customers') }}"));
    screen.press("c");
    assert!(screen.text().contains("▌SQL compiled") && screen.text().contains("\"stg_customers\" c"));
    screen.press("c");
    let text = screen.text();
    assert!(text.contains("▌SQL diff") && text.contains("- from {{ ref('stg_customers') }} c"), "{text}");
    screen.press("c");
    assert!(screen.text().contains("▌SQL raw"));
}

#[test]
fn what_needs_the_warehouse_is_explained_where_the_sql_would_be() {
    let mut screen = in_view("SQL raw");
    let mut view = dim_customers_view();
    view.record = Arc::new(ModelRecord { compiled_code: None, ..dim_customers() });
    let subject = Subject::Model { project: "shop".to_owned(), model: "model.shop.dim_customers".to_owned() };
    let problem = Problem::new(Code::new("DBT-NEEDS-WAREHOUSE"), subject, "run_query asks the warehouse")
        .with_cause("The template runs a query.")
        .with_fix(Fix::read("Guard the query"));
    view.problems = vec![record(9, problem, 5)];
    screen.press("r");
    let query = Query::Model { project: "shop".to_owned(), unique_id: "model.shop.dim_customers".to_owned() };
    screen.load_models(models());
    let generation = screen.asked(&query).unwrap();
    screen.send(Message::ModelLoaded { generation, model: Some(Box::new(view)) });
    screen.press("c");
    let text = screen.text();
    for wanted in
        ["not compiled: DBT-NEEDS-WAREHOUSE", "run_query asks", "The template runs a query.", "→ Guard the query"]
    {
        assert!(text.contains(wanted), "{wanted} in:\n{text}");
    }
}

#[test]
fn pictures_of_a_macro_and_of_links() {
    let mut text = String::new();
    for (columns, rows) in [(60, 15), (80, 24), (120, 40)] {
        let mut screen = in_view("Macros");
        screen.send(Message::Resized { columns, rows });
        write!(text, "== {columns}x{rows} macros\n{}", screen.text()).unwrap();
        screen.press("enter");
        load_star(&mut screen);
        write!(text, "== {columns}x{rows} a macro\n{}", screen.text()).unwrap();
        screen.press(".");
        write!(text, "== {columns}x{rows} used by\n{}", screen.text()).unwrap();
    }
    let mut screen = in_view("Columns");
    screen.send(Message::Resized { columns: 80, rows: 24 });
    write!(text, "== roles of links\n{}", screen.roles()).unwrap();
    insta::assert_snapshot!("macros", text);
}
