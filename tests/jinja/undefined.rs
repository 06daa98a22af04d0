//! What is not there, at runtime and while dbt parses.

use ebbtide::jinja::{Limits, Template, UndefinedPolicy, Value};

use super::support::{check, names, no_names, with};

#[test]
fn the_sentence_tells_what_is_missing() {
    check(&[
        ("{{ nope.a }}", "UndefinedError: 'nope' is undefined"),
        ("{{ {'a': 1}.b.c }}", "UndefinedError: 'dict object' has no attribute 'b'"),
        ("{{ [1][5].x }}", "UndefinedError: list object has no element 5"),
        ("{{ none.x.y }}", "UndefinedError: 'None' has no attribute 'x'"),
        ("{{ 'a'.nope() }}", "UndefinedError: 'str object' has no attribute 'nope'"),
        ("{% macro m(a) %}{{ a.b }}{% endmacro %}{{ m() }}", "UndefinedError: parameter 'a' was not provided"),
        ("{{ ([]|first).x }}", "UndefinedError: No first item, sequence was empty."),
        ("{{ nope + 1 }}", "UndefinedError: 'nope' is undefined"),
        ("{{ 1 + nope }}", "UndefinedError: 'nope' is undefined"),
        ("{{ nope < 1 }}", "UndefinedError: 'nope' is undefined"),
        ("{{ -nope }}", "UndefinedError: 'nope' is undefined"),
        ("{{ nope|int }}", "UndefinedError: 'nope' is undefined"),
        (
            "{{ ('a' if false).x }}",
            "UndefinedError: the inline if-expression evaluated to false and no else section was defined.",
        ),
    ]);
}

#[test]
fn some_things_can_be_done_with_nothing() {
    check(&[
        ("[{{ nope }}{{ nope|upper }}{{ nope ~ 'a' }}{{ nope|length }}{{ nope|list }}]", "[a0[]]"),
        ("{{ nope == nope }}{{ nope == other }}{{ nope == none }}{{ nope is none }}", "TrueTrueFalseFalse"),
        ("{{ 1 in nope }}{{ nope|default(3) }}{{ not nope }}{{ [nope] }}", "False3True[Undefined]"),
        (
            "{{ nope is iterable }}{{ nope is sequence }}{{ nope is callable }}{{ nope is mapping }}",
            "TrueTrueTrueFalse",
        ),
    ]);
}

fn parsing(source: &str) -> String {
    let template = match Template::parse("t", source) {
        Ok(template) => template,
        Err(error) => return error.message().to_owned(),
    };
    let scope = names([("d", Value::dict(ebbtide::jinja::Dict::new()))]);
    with(Limits::default(), UndefinedPolicy::Parse, |interpreter| {
        interpreter.render(&template, &scope).unwrap_or_else(|error| error.message().to_owned())
    })
}

#[test]
fn while_parsing_attributes_items_and_calls_of_nothing_are_nothing() {
    assert_eq!(parsing("[{{ nope.a.b(1)['c'].d() }}]"), "[]");
    assert_eq!(parsing("[{{ nope_macro(ref) }}{{ d.nope.x() }}{{ d.nope() }}]"), "[]");
    assert_eq!(parsing("{% for x in nope.y() %}{% endfor %}{% if nope().z %}a{% else %}b{% endif %}"), "b");
    assert_eq!(parsing("{{ nope[1:] }}{{ nope.a is defined }}"), "False");
}

#[test]
fn while_parsing_arithmetic_with_nothing_is_still_an_error() {
    assert_eq!(parsing("{{ nope + 1 }}"), "'nope' is undefined");
}

#[test]
fn a_run_keeps_no_text_but_does_everything_else() {
    let template = Template::parse("t", "{{ l.append(1) }}{% for i in range(3) %}{{ i }}{% endfor %}").expect("parses");
    let list = Value::list(vec![]);
    with(Limits { output_bytes: 0, ..Limits::default() }, UndefinedPolicy::Parse, |interpreter| {
        interpreter.run(&template, &names([("l", list.clone())])).expect("no error");
    });
    assert_eq!(list.repr(), "[1]");
}

#[test]
fn text_without_tags_is_plain() {
    assert!(Template::parse("t", "select 1 {# c #}").expect("parses").is_plain());
    let template = Template::parse("t", "{{ x }}").expect("parses");
    assert!(!template.is_plain());
    let text =
        with(Limits::default(), UndefinedPolicy::Default, |interpreter| interpreter.render(&template, &no_names()));
    assert_eq!(text.expect("a text"), "");
}
