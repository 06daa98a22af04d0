//! dbt's native rendering, and Python's literals.

use ebbtide::jinja::{Error, Limits, Template, UndefinedPolicy, Value};

use super::support::{names, with};

fn native(source: &str) -> Result<Value, Error> {
    let scope = names([("n", Value::Int(5)), ("t", Value::from("7")), ("l", Value::list(vec![Value::None]))]);
    let template = Template::parse("dbt_project.yml", source)?;
    with(Limits::default(), UndefinedPolicy::Default, |interpreter| interpreter.render_native(&template, &scope))
}

#[test]
fn a_lone_expression_stays_a_value() {
    for (source, expected) in [
        ("{{ n }}", "5"),
        ("{{ l }}", "[None]"),
        ("{{ t }}", "'7'"),
        ("{{ n }}{{ n }}", "'55'"),
        ("a{{ n }}", "'a5'"),
        ("", "''"),
        ("text", "'text'"),
        // Jinja2 computes constants before it runs, as text.
        ("{{ 1 }}", "'1'"),
        ("{{ true }}", "'True'"),
        ("{{ n == 5 }}", "True"),
    ] {
        assert_eq!(native(source).expect(source).repr(), expected, "{source}");
    }
}

#[test]
fn wishes_are_granted_or_refused() {
    for (source, expected) in [
        ("{{ t|as_number }}", "7"),
        ("{{ t|as_native }}", "7"),
        ("{{ t|as_text }}", "'7'"),
        ("{{ n|as_text }}", "'5'"),
        ("{{ (n == 5)|as_bool }}", "True"),
        ("{{ 'a' in ['a', 'b']|as_bool }}", "True"),
        ("{{ 'c' in ['a', 'b']|as_bool }}", "False"),
        ("{{ 'abc'|as_native }}", "'abc'"),
    ] {
        assert_eq!(native(source).expect(source).repr(), expected, "{source}");
    }
    let message = |source| native(source).expect_err("refused").message().to_owned();
    assert_eq!(message("{{ n|as_bool }}"), "Could not convert value '5' into type 'bool'");
    assert_eq!(message("{{ 'x'|as_number }}"), "Could not convert value 'x' into type 'number'");
}

#[test]
fn wishes_change_nothing_in_text() {
    super::support::check(&[("{{ 1|as_bool }}{{ 'a'|as_native }}{{ [1]|as_text }}{{ 2|as_number + 1 }}", "1a[1]3")]);
}

#[test]
fn literals_are_read_as_python_reads_them() {
    for (text, expected) in [
        ("1", "1"),
        (" -1.5e3", "-1500.0"),
        ("'a' \"b\"", "'ab'"),
        ("[1, 'x', None, True,]", "[1, 'x', None, True]"),
        ("{'a': (1,), 2: {}}", "{'a': (1,), 2: {}}"),
        ("{1, 2}", "{1, 2}"),
        ("1, 2", "(1, 2)"),
        ("()", "()"),
        ("set()", "set()"),
        ("0x10", "16"),
        ("1_000", "1000"),
        ("99999999999999999999", "99999999999999999999"),
        ("'\\n'", "'\\n'"),
        ("(1)", "1"),
        ("-9223372036854775808", "-9223372036854775808"),
    ] {
        assert_eq!(Value::parse_literal(text).map(|value| value.repr()).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_literal_is_none() {
    for text in
        ["", "abc", "true", "1 +", "[1", "'a", "f(1)", "007", "1 2", "{1: }", "{[]: 1}", "--", "null", "2020-01-01"]
    {
        assert!(Value::parse_literal(text).is_none(), "{text}");
    }
    assert!(Value::parse_literal(&"[".repeat(100_000)).is_none());
}
