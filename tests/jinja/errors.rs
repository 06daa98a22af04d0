//! Errors: Jinja2's words, and where.

use ebbtide::jinja::{ErrorKind, Template};

use super::support::render;

/// `line:column message`
fn at(source: &str) -> String {
    match render(source) {
        Ok(text) => format!("no error but {text:?}"),
        Err(error) => format!("{}:{} {}", error.line(), error.column(), error.message()),
    }
}

fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        assert_eq!(at(source), *expected, "{source}");
    }
}

#[test]
fn syntax_errors_are_jinja2s_with_a_column() {
    check(&[
        ("select *\nfrom {{ ref('a') customers }}", "2:18 expected token 'end of print statement', got 'customers'"),
        ("{{ a } }}", "1:6 unexpected '}'"),
        ("{{ (1 ] }}", "1:7 unexpected ']', expected ')'"),
        (
            "{% if a %}",
            "1:9 Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or \
          'endif'. The innermost block that needs to be closed is 'if'.",
        ),
        ("{% endif %}", "1:4 Encountered unknown tag 'endif'."),
        ("{% snapshot x %}{% endsnapshot %}", "1:4 Encountered unknown tag 'snapshot'."),
        (
            "{% for a in b %}{% endif %}",
            "1:20 Encountered unknown tag 'endif'. Jinja was looking for the following tags: \
          'endfor' or 'else'. The innermost block that needs to be closed is 'for'.",
        ),
        ("{{ 'abc }}", "1:4 unexpected char \"'\" at 3"),
        ("{{ a", "1:4 unexpected end of template, expected 'end of print statement'."),
        ("{{ ", "1:1 unexpected 'end of template'"),
        ("é {# a", "1:3 Missing end of comment tag"),
        ("{% raw %} a", "1:1 Missing end of raw directive"),
        ("{{ x|nofilter }}", "1:6 No filter named 'nofilter'."),
        ("{{ x is nosuch }}", "1:9 No test named 'nosuch'."),
        ("{% set 1 = 2 %}", "1:8 can't assign to 'const'"),
        ("{% break %}", "1:4 'break' outside loop"),
        ("{{ f(a=1, a=2) }}", "1:11 keyword argument repeated: a"),
        ("{% include 'x' %}", "1:4 the tag 'include' is not for dbt: it knows no template but the one it renders"),
    ]);
}

#[test]
fn unknown_filters_in_conditions_fail_only_when_reached() {
    check(&[
        ("{% if false %}{{ x|nofilter }}{% endif %}ok", "no error but \"ok\""),
        ("{{ 'a' if true else x|nofilter }}", "no error but \"a\""),
        ("{% if true %}{{ x|nofilter }}{% endif %}", "1:17 No filter named 'nofilter' found."),
    ]);
}

#[test]
fn runtime_errors_have_the_place_of_the_innermost_expression() {
    check(&[
        ("a\n  {{ 1 + nope.attr }}", "2:10 'nope' is undefined"),
        ("{{ [1, 2,\n 3 + 'a'] }}", "2:2 unsupported operand type(s) for +: 'int' and 'str'"),
        ("{% set a, b = [1] %}", "1:8 not enough values to unpack (expected 2, got 1)"),
        ("{% for a in 5 %}{% endfor %}", "1:13 'int' object is not iterable"),
        ("{{ none() }}", "1:4 'NoneType' object is not callable"),
        ("{{ [1].index(7) }}", "1:4 7 is not in list"),
        ("{{ {}.pop('a') }}", "1:4 'a'"),
        ("{{ 1 / 0 }}", "1:4 division by zero"),
        ("{% set ns.a = 1 %}", "1:8 cannot assign attribute on non-namespace object"),
    ]);
}

#[test]
fn an_error_in_a_macro_tells_the_way_there() {
    let source = "{% macro a() %}\n{{ b() }}{% endmacro %}{% macro b() %}{{ nope.x }}{% endmacro %}\n\n{{ a() }}";
    let error = render(source).expect_err("an error");
    let frames: Vec<_> = error.frames().iter().map(|frame| (frame.name.as_str(), frame.span.line)).collect();
    assert_eq!(frames, [("b", 2), ("a", 2), ("t.sql", 4)]);
    assert_eq!(error.kind(), ErrorKind::Undefined);
    assert_eq!(error.template(), Some("b"));
}

#[test]
fn a_syntax_error_names_its_file() {
    let error = Template::parse("models/a.sql", "{{").expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::Syntax);
    assert_eq!(error.template(), Some("models/a.sql"));
}

#[test]
fn errors_can_be_sent_to_another_thread() {
    fn needs_send<T: Send + Sync + 'static>(_: &T) {}
    needs_send(&render("{{ nope.x }}").expect_err("an error"));
    needs_send(&Template::parse("a", "{{ a }}").expect("a template"));
}

#[test]
fn lines_count_the_same_whatever_ends_them() {
    check(&[("a\r\nb\r\n{{ nope.x }}", "3:4 'nope' is undefined"), ("a\rb {{ nope.x }}", "2:6 'nope' is undefined")]);
}
