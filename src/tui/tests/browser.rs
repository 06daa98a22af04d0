//! The model browser: what the detail follows, and where one gets from there.

use crate::tui::effect::Query;
use crate::tui::panes::fixtures::Screen;
use crate::tui::panes::model_fixtures::models;
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
