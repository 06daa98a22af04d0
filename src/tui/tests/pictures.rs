//! Pictures of every pane in every size, state and set of glyphs.

use std::fmt::Write as _;

use crate::engine::Overview;
use crate::tui::effect::Query;
use crate::tui::panes::fixtures::{Screen, problems, syncs};
use crate::tui::panes::model_fixtures::{connected, models};
use crate::tui::state::Tab;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

/// What a pane has to show.
#[derive(Clone, Copy, Debug)]
enum Filled {
    Empty,
    Loading,
    Full,
    Failed,
}

fn screen(tab: Tab, (columns, rows): (u16, u16), filled: Filled, ascii: bool) -> Screen {
    let mut screen = Screen::new(tab, columns, rows);
    if ascii {
        screen = screen.ascii();
    }
    match filled {
        Filled::Loading => screen.wait(1_500),
        Filled::Empty => {
            let file = Some("/home/ann/acme/ebb.toml".to_owned());
            screen.load(Overview { workspace: "acme".to_owned(), file, ..Overview::default() });
            screen.load_models([].into());
            screen.load_syncs(Vec::new());
            screen.load_problems(Vec::new());
        }
        Filled::Full => {
            screen.load(connected());
            screen.load_models(models());
            screen.load_syncs(syncs());
            screen.load_problems(problems());
            settle_on_something(&mut screen, tab);
        }
        Filled::Failed => {
            for query in [Query::Overview, Query::Models, Query::Syncs, Query::Problems] {
                screen.fail(query);
            }
        }
    }
    screen
}

fn settle_on_something(screen: &mut Screen, tab: Tab) {
    match tab {
        Tab::Connections => screen.press("j"),
        Tab::Models => {
            screen.state.pane_mut().0.select("shop#model.shop.dim_customers");
            screen.wait(1);
            screen.load_dim_customers();
        }
        Tab::History | Tab::Troubleshooting => screen.wait(100),
    }
}

/// One picture file for a pane, with each size and state under a heading.
fn picture(tab: Tab, ascii: bool) -> String {
    let mut text = String::new();
    for size in SIZES {
        for filled in [Filled::Empty, Filled::Loading, Filled::Full, Filled::Failed] {
            let screen = screen(tab, size, filled, ascii);
            write!(text, "== {}x{} {filled:?}\n{}", size.0, size.1, screen.text()).unwrap();
        }
    }
    text
}

fn holds(tab: Tab) {
    insta::assert_snapshot!(format!("{}_unicode", tab.title().to_lowercase()), picture(tab, false));
    let ascii = picture(tab, true);
    assert!(ascii.is_ascii(), "{ascii}");
    insta::assert_snapshot!(format!("{}_ascii", tab.title().to_lowercase()), ascii);
}

#[test]
fn connections() {
    holds(Tab::Connections);
}

#[test]
fn models_pane() {
    holds(Tab::Models);
}

#[test]
fn history() {
    holds(Tab::History);
}

#[test]
fn troubleshooting() {
    holds(Tab::Troubleshooting);
}

#[test]
fn the_views_of_a_model() {
    let mut text = String::new();
    for size in [(80, 24), (120, 40)] {
        let mut screen = screen(Tab::Models, size, Filled::Full, false);
        for _ in 0..8 {
            write!(text, "== {}x{}\n{}", size.0, size.1, screen.text()).unwrap();
            screen.press(".");
        }
        screen.press("c");
        for form in ["compiled", "diff"] {
            screen.press("c");
            write!(text, "== {form}\n{}", screen.text()).unwrap();
        }
    }
    insta::assert_snapshot!("model_views", text);
}

#[test]
fn overlays() {
    let mut text = String::new();
    for size in SIZES {
        for key in ["?", ":", "a", "T"] {
            let mut screen = screen(Tab::Models, size, Filled::Full, false);
            screen.press(key);
            write!(text, "== {}x{} {key}\n{}", size.0, size.1, screen.text()).unwrap();
        }
    }
    insta::assert_snapshot!("overlays", text);
}

#[test]
fn where_to_begin() {
    let mut text = String::new();
    for size in SIZES {
        let mut screen = Screen::new(Tab::Connections, size.0, size.1);
        screen.state.surroundings.folder = Some("/home/ann/jaffle_shop".into());
        screen.load(Overview::default());
        write!(text, "== {}x{}\n{}", size.0, size.1, screen.text()).unwrap();
    }
    insta::assert_snapshot!("begin", text);
}

#[test]
fn too_small() {
    let mut text = String::new();
    for (columns, rows) in [(59, 15), (60, 14), (20, 5), (5, 3), (1, 1)] {
        let screen = Screen::new(Tab::Models, columns, rows);
        write!(text, "== {columns}x{rows}\n{}", screen.text()).unwrap();
    }
    insta::assert_snapshot!("too_small", text);
}

/// One letter for the role of each cell: state is seen without it, but colours must not wander.
#[test]
fn roles() {
    let mut text = String::new();
    for tab in Tab::ALL {
        let screen = screen(tab, (80, 24), Filled::Full, false);
        write!(text, "== {}\n{}", tab.title(), screen.roles()).unwrap();
    }
    insta::assert_snapshot!("roles", text);
}
