//! The rows of a model: asked for by a key, shown as a grid, kept, stopped.

use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::{CellKind, CellValue, Preview, PreviewOrigin, ResultColumn};
use crate::problem::{Code, Fix, Problem, Subject};
use crate::tui::effect::{Effect, Query};
use crate::tui::message::Message;
use crate::tui::panes::fixtures::Screen;
use crate::tui::panes::model_fixtures::models;
use crate::tui::state::Tab;

const MODEL: &str = "model.shop.dim_customers";

fn query() -> Query {
    Query::Preview { project: "shop".to_owned(), unique_id: MODEL.to_owned() }
}

fn on_dim_customers(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::new(Tab::Models, columns, rows);
    screen.load_models(models());
    screen.state.pane_mut().0.select("shop#model.shop.dim_customers");
    screen.load_dim_customers();
    screen.take();
    screen
}

fn rows(count: i64) -> Preview {
    let row = |number: i64| {
        let note = match number % 3 {
            0 => CellValue::Null,
            1 => CellValue::text(""),
            _ => CellValue::text(format!("note\n\u{1b}[31m{number}")),
        };
        vec![
            CellValue::text(format!("customer {number}")),
            CellValue::Integer(number),
            CellValue::Decimal(format!("{number}.50").parse().unwrap()),
            note,
            CellValue::text("a long text that goes on and on beyond its column".repeat(2)),
        ]
    };
    let columns: [ResultColumn; 5] = [
        ResultColumn::new("name", CellKind::Text, "text"),
        ResultColumn::new("customer_id", CellKind::Integer, "int8"),
        ResultColumn::new("total", CellKind::Decimal, "numeric(12,2)"),
        ResultColumn::new("note", CellKind::Text, "text"),
        ResultColumn::new("story", CellKind::Text, "text"),
    ];
    Preview {
        project: "shop".to_owned(),
        unique_id: MODEL.to_owned(),
        origin: PreviewOrigin::Relation { relation: "\"db\".\"analytics\".\"dim_customers\"".to_owned() },
        columns: Arc::from(columns),
        rows: (1..=count).map(row).collect(),
        more: true,
        sql: String::new(),
        as_of: Timestamp::UNIX_EPOCH,
        elapsed_ms: 31,
    }
}

fn answered(screen: &mut Screen, count: i64) {
    let generation = screen.asked(&query()).expect("rows are asked for");
    screen.send(Message::PreviewLoaded { generation, preview: Box::new(rows(count)) });
}

#[test]
fn rows_are_read_when_they_are_asked_for_and_not_before() {
    let mut screen = on_dim_customers(120, 40);
    screen.press("enter");
    while !screen.text().contains("▌Preview") {
        screen.press(".");
    }
    assert!(screen.text().contains("p reads the first rows from the warehouse"), "{}", screen.text());
    assert!(screen.asked(&query()).is_none());
    screen.press("p");
    assert!(screen.text().contains("reading rows; x stops it"), "{}", screen.text());
    answered(&mut screen, 3);
    let text = screen.text();
    for wanted in ["3 rows of more", "from \"db\".\"analytics\".\"dim_customers\"", "numeric(12,2)", "1.50", "null"] {
        assert!(text.contains(wanted), "{wanted} in:\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn a_second_look_reads_nothing_and_a_second_press_reads_anew() {
    let mut screen = on_dim_customers(120, 40);
    screen.press("p");
    answered(&mut screen, 3);
    screen.press("enter");
    screen.press(",");
    assert!(!screen.text().contains("▌Preview"));
    screen.take();
    screen.press("p");
    assert!(screen.asked(&query()).is_none(), "they are there already");
    assert!(screen.text().contains("customer 3"), "{}", screen.text());
    screen.press("p");
    assert!(screen.asked(&query()).is_some());
    assert!(screen.text().contains("customer 3"), "the old rows stay until the new ones are there");
    answered(&mut screen, 1);
    assert!(!screen.text().contains("customer 3"), "{}", screen.text());
}

#[test]
fn names_and_key_stay_in_sight() {
    let mut screen = on_dim_customers(80, 24);
    screen.press("p");
    answered(&mut screen, 60);
    screen.press("enter");
    screen.press("G");
    let text = screen.text();
    for wanted in ["customer_id", "customer 60", "numeric"] {
        assert!(text.contains(wanted), "{wanted} in:\n{text}");
    }
    assert!(!text.contains("customer 7 "), "{text}");
    (0..12).for_each(|_| screen.press("L"));
    let text = screen.text();
    assert!(text.contains("on beyond"), "{text}");
    assert!(text.contains("customer_id") && text.contains(" 60"), "the key has not gone:\n{text}");
}

#[test]
fn x_stops_the_reading() {
    let mut screen = on_dim_customers(120, 40);
    screen.press("p");
    screen.take();
    screen.press("x");
    assert!(screen.take().contains(&Effect::StopPreview));
}

#[test]
fn what_went_wrong_stands_where_the_rows_would_be() {
    let mut screen = on_dim_customers(120, 40);
    screen.press("p");
    let generation = screen.asked(&query()).unwrap();
    let subject = Subject::Model { project: "shop".to_owned(), model: MODEL.to_owned() };
    let problem = Problem::new(Code::new("PG-PERMISSION"), subject, "permission denied for table dim_customers")
        .with_raw("ERROR: permission denied for table dim_customers (SQLSTATE 42501)")
        .with_cause("The user may connect and may not do this")
        .with_fix(Fix::copy("Have an administrator run this", "GRANT SELECT ON t TO ebb;"));
    screen.send(Message::QueryFailed { query: query(), generation, problem: Box::new(problem) });
    let text = screen.text();
    for wanted in ["PG-PERMISSION", "SQLSTATE 42501", "may not do this", "GRANT SELECT ON t TO ebb;", "p tries again"] {
        assert!(text.contains(wanted), "{wanted} in:\n{text}");
    }
}

#[test]
fn an_answer_that_comes_too_late_is_dropped() {
    let mut screen = on_dim_customers(120, 40);
    screen.press("p");
    let late = screen.asked(&query()).unwrap();
    screen.take();
    screen.press("p");
    screen.send(Message::PreviewLoaded { generation: late, preview: Box::new(rows(9)) });
    assert!(!screen.text().contains("customer 9"), "{}", screen.text());
    answered(&mut screen, 2);
    assert!(screen.text().contains("customer 2"));
}
