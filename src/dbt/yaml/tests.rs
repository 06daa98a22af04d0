use serde_json::json;

use super::tree::DuplicateKey;
use super::*;

fn value(text: &str) -> serde_json::Value {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}")).root.to_json()
}

#[test]
fn plain_scalars_are_what_pyyaml_makes_of_them() {
    let table = [
        ("010", json!(8)),
        ("08", json!("08")),
        ("0o10", json!("0o10")),
        ("0x1F", json!(31)),
        ("12:30:45", json!(45045)),
        ("1e3", json!("1e3")),
        ("1.5e3", json!("1.5e3")),
        ("1.5e+3", json!(1500.0)),
        ("y", json!("y")),
        ("n", json!("n")),
        ("yes", json!(true)),
        ("Off", json!(false)),
        (".5", json!(0.5)),
        ("1_000", json!(1000)),
        ("685_230.15", json!(685_230.15)),
        ("-3", json!(-3)),
        ("-1.5", json!(-1.5)),
        ("2020-01-01", json!("2020-01-01")),
        ("2020-01-01 02:03:04.5", json!("2020-01-01 02:03:04.500000")),
        ("2020-01-01T02:03:04Z", json!("2020-01-01 02:03:04+00:00")),
        ("~", json!(null)),
        ("", json!(null)),
        ("'010'", json!("010")),
        ("\"yes\"", json!("yes")),
        ("1.0", json!(1.0)),
        ("1.2.3", json!("1.2.3")),
    ];
    for (text, expected) in table {
        assert_eq!(value(&format!("a: {text}\n"))["a"], expected, "{text}");
        if text.is_empty() {
            continue;
        }
        assert_eq!(value(&format!("b: [{text}, x]"))["b"][0], expected, "in a list: {text}");
    }
}

#[test]
fn the_later_of_two_equal_keys_holds_and_both_places_are_told() {
    let document = parse("a: 1\nb: 2\na: 3\n").unwrap();
    assert_eq!(document.root.to_json(), json!({"a": 3, "b": 2}));
    let expected =
        DuplicateKey { key: "a".into(), first: Mark { line: 1, column: 1 }, second: Mark { line: 3, column: 1 } };
    assert_eq!(document.duplicates, [expected]);
}

#[test]
fn merge_keys_stand_first_and_lose() {
    let text = "base: &b {x: 1, y: 2}\nother: &o {y: 9, z: 3}\nmine:\n  y: 5\n  <<: [*b, *o]\n";
    assert_eq!(value(text)["mine"].to_string(), r#"{"y":5,"z":3,"x":1}"#);
}

#[test]
fn every_value_knows_its_place() {
    let document = parse("models:\n  - name: a\n    columns:\n      - {name: é, tags: [x]}\n").unwrap();
    let model = &document.root.get("models").unwrap().as_list().unwrap()[0];
    assert_eq!(model.get("name").unwrap().at, Mark { line: 2, column: 11 });
    let column = &model.get("columns").unwrap().as_list().unwrap()[0];
    assert_eq!(column.get("tags").unwrap().as_list().unwrap()[0].at, Mark { line: 4, column: 26 });
    assert_eq!(model.as_map().unwrap()["columns"].key_at, Mark { line: 3, column: 5 });
}

#[test]
fn a_block_that_ends_the_file_without_a_newline_gets_none() {
    assert_eq!(value("a: |\n  text"), json!({"a": "text"}));
    assert_eq!(value("a: |\n  text\n"), json!({"a": "text\n"}));
}

#[test]
fn syntax_errors_are_told_as_dbt_tells_them() {
    let text = "name: p\n version: '1.0'";
    let error = parse(text).unwrap_err();
    assert_eq!((error.line, error.column), (2, 9));
    insta::assert_snapshot!(error.dbt_message(text), @r#"
    Syntax error near line 2
    ------------------------------
    1  | name: p
    2  |  version: '1.0'

    Raw Error:
    ------------------------------
    mapping values are not allowed in this context
      in "<unicode string>", line 2, column 9
    "#);
}

#[test]
fn an_error_has_its_context_too() {
    let text = "version: 2\nmodels:\n  - name: a\n    columns:\n      - name: id\n       description: x\n";
    insta::assert_snapshot!(parse(text).unwrap_err().dbt_message(text), @r#"
    Syntax error near line 6
    ------------------------------
    3  |   - name: a
    4  |     columns:
    5  |       - name: id
    6  |        description: x

    Raw Error:
    ------------------------------
    while parsing a block collection
      in "<unicode string>", line 5, column 7
    did not find expected '-' indicator
      in "<unicode string>", line 6, column 8
    "#);
}

#[test]
fn unquoted_jinja_is_a_mapping_used_as_a_key() {
    let error = parse("a: {{ x }}\n").unwrap_err();
    assert_eq!((error.line, error.sentence.as_str()), (1, "found unhashable key"));
}

#[test]
fn foreign_tags_and_second_documents_are_refused() {
    assert_eq!(parse("a: !thing x\n").unwrap_err().sentence, "could not determine a constructor for the tag '!thing'");
    assert_eq!(parse("a: 1\n---\nb: 2\n").unwrap_err().sentence, "expected a single document in the stream");
    assert!(parse("a: *nowhere\n").is_err());
    assert!(parse("\ta: 1\n").is_err());
}

#[test]
fn a_billion_laughs_are_not_laughed() {
    let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for n in 1..12 {
        let row = vec![format!("*a{}", n - 1); 10].join(",");
        text.extend([format!("a{n}: &a{n} [{row}]\n")]);
    }
    assert_eq!(parse(&text).unwrap_err().kind, YamlErrorKind::Bomb);
}

#[test]
fn one_long_text_many_times_is_a_bomb_too() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 1000].join(","));
    assert_eq!(parse(&text).unwrap_err().kind, YamlErrorKind::Bomb);
}

#[test]
fn a_bottomless_nesting_is_refused() {
    assert_eq!(parse(&"[".repeat(100_000)).unwrap_err().kind, YamlErrorKind::Bomb);
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(parse(&deep).unwrap_err().kind, YamlErrorKind::Bomb);
}

#[test]
fn one_long_line_of_values_is_walked_once() {
    let text = format!("[{}]", vec!["010"; 100_000].join(", "));
    let list = parse(&text).unwrap().root;
    assert!(list.as_list().unwrap().iter().all(|item| item.value == YamlValue::Int(8)));
}

#[test]
fn the_expansion_limit_leaves_room_for_real_files() {
    let row = "- {name: column, description: some words about it, tests: [unique, not_null]}\n";
    assert!(row.repeat(20_000).len() * 2 < parse::EXPANSION_LIMIT);
    assert_eq!(parse(&row.repeat(20_000)).unwrap().root.as_list().unwrap().len(), 20_000);
}
