//! Macros as units of their own, `return`, arguments and their complaints.

use std::rc::Rc;

use ebbtide::jinja::BlockKind;
use ebbtide::jinja::{Args, Error, ErrorKind, Limits, MacroUnit, Scope, Template, UndefinedPolicy, Value, scan_blocks};

use super::support::{check, names, no_names, with};

fn call(source: &str, args: Args) -> Result<Value, Error> {
    call_in(source, args, &no_names())
}

fn call_in(source: &str, args: Args, scope: &Rc<dyn Scope>) -> Result<Value, Error> {
    let unit = MacroUnit::parse("m", "macros/m.sql", source)?;
    with(Limits::default(), UndefinedPolicy::Default, |interpreter| interpreter.call_macro(&unit, scope, args))
}

fn args(positional: &[i64], keyword: &[(&str, i64)]) -> Args {
    Args {
        positional: positional.iter().map(|number| Value::Int(*number)).collect(),
        keyword: keyword.iter().map(|(name, number)| (Rc::from(*name), Value::Int(*number))).collect(),
    }
}

#[test]
fn a_unit_gives_text_or_what_it_returns() {
    assert_eq!(call("{% macro m(a) %} {{ a }} {% endmacro %}", args(&[1], &[])).expect("ok").repr(), "' 1 '");
    assert_eq!(call("{% macro m(a) %}x{{ return([a]) }}y{% endmacro %}", args(&[1], &[])).expect("ok").repr(), "[1]");
    assert_eq!(
        call("{% macro m() %}{% do return() %}{% endmacro %}", args(&[], &[])).expect_err("no").message(),
        "return() missing 1 required positional argument: 'data'"
    );
}

#[test]
fn complaints_about_arguments_are_jinja2s() {
    let source = "{% macro m(a, b=2) %}{% endmacro %}";
    let message = |args| call(source, args).expect_err("an error").message().to_owned();
    assert_eq!(message(args(&[1], &[("zz", 2)])), "macro 'dbt_macro__m' takes no keyword argument 'zz'");
    assert_eq!(message(args(&[1, 2, 3], &[])), "macro 'dbt_macro__m' takes not more than 2 argument(s)");
    assert_eq!(
        message(args(&[], &[("caller", 1)])),
        "macro 'dbt_macro__m' was invoked with two values for the special caller argument. This is most likely a bug."
    );
}

#[test]
fn units_know_their_names_and_parameters() {
    let unit = |source| MacroUnit::parse("m", "m.sql", source).expect("a unit");
    assert_eq!(unit("{% macro m(a, b=1) %}{% endmacro %}").dbt_name(), "dbt_macro__m");
    assert_eq!(unit("{% macro m(a, b=1) %}{% endmacro %}").parameters(), [("a", false), ("b", true)]);
    assert_eq!(unit("{% test t(model) %}{% endtest %}").dbt_name(), "dbt_macro__test_t");
    assert_eq!(
        unit("{% materialization x, default %}{% endmaterialization %}").dbt_name(),
        "dbt_macro__materialization_x_default"
    );
    assert_eq!(
        unit("{% materialization x, adapter='duckdb' %}{% endmaterialization %}").dbt_name(),
        "dbt_macro__materialization_x_duckdb"
    );
}

#[test]
fn a_unit_holds_one_definition() {
    let error = MacroUnit::parse("m", "m.sql", "text").expect_err("none");
    assert_eq!(error.message(), "m is to be one macro, test or materialization");
    MacroUnit::parse("m", "m.sql", "{% macro a() %}{% endmacro %}{% macro b() %}{% endmacro %}").expect_err("two");
    let unknown = "{% materialization x, colour='red' %}{% endmaterialization %}";
    let error = MacroUnit::parse("m", "m.sql", unknown).expect_err("unknown");
    assert_eq!(error.message(), "materialization 'x' received unknown argument 'colour'.");
}

#[test]
fn a_unit_is_parsed_from_a_scanned_block() {
    let file = "{% set hidden = 1 %}\n{% macro m() %}[{{ hidden }}]{% endmacro %}";
    let blocks = scan_blocks(file, &[BlockKind::Macro]).expect("blocks");
    let unit = MacroUnit::from_block("m", "m.sql", &blocks[0]).expect("a unit");
    let text = with(Limits::default(), UndefinedPolicy::Default, |interpreter| {
        interpreter.call_macro(&unit, &no_names(), Args::default())
    });
    assert_eq!(text.expect("a text").to_str(), "[]", "what the file sets outside of the macro is not seen");
}

#[test]
fn units_call_each_other_through_the_scope() {
    let inner =
        MacroUnit::parse("inner", "i.sql", "{% macro inner(x) %}{{ return(x * 2) }}{% endmacro %}").expect("ok");
    let function = Value::function("inner", move |interpreter, args| interpreter.call_macro(&inner, &no_names(), args));
    let scope = names([("inner", function)]);
    let outer = "{% macro outer(x) %}{{ return(inner(x) + inner(x=1)) }}never{% endmacro %}";
    assert_eq!(call_in(outer, args(&[5], &[]), &scope).expect("ok").repr(), "12");
}

#[test]
fn a_unit_that_names_itself_calls_itself() {
    let source = "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ dbt_macro__m(n - 1) }}{% endif %}{% endmacro %}";
    assert_eq!(call(source, args(&[3], &[])).expect("ok").to_str(), "3210");
}

#[test]
fn frames_name_the_macros_and_the_template() {
    let unit =
        MacroUnit::parse("bad", "macros/bad.sql", "{% macro bad() %}\n  {{ nope.x }}{% endmacro %}").expect("ok");
    let function = Value::function("bad", move |interpreter, args| interpreter.call_macro(&unit, &no_names(), args));
    let template = Template::parse("models/m.sql", "\n\n{{ bad() }}").expect("a template");
    let error = with(Limits::default(), UndefinedPolicy::Default, |interpreter| {
        interpreter.render(&template, &names([("bad", function)])).expect_err("undefined")
    });
    let frames: Vec<_> =
        error.frames().iter().map(|frame| (frame.name.as_str(), frame.path.as_str(), frame.span.line)).collect();
    assert_eq!(frames, [("bad", "macros/bad.sql", 2), ("models/m.sql", "models/m.sql", 3)]);
}

#[test]
fn the_depth_is_seen_by_functions() {
    let depth = Value::function("depth", |interpreter, _| Ok(Value::Int(interpreter.depth() as i64)));
    let scope = names([("depth", depth)]);
    assert_eq!(
        call_in("{% macro m() %}{{ depth() }}{% endmacro %}", Args::default(), &scope).expect("ok").to_str(),
        "1"
    );
    let template = Template::parse("t", "{{ depth() }}").expect("a template");
    let text = with(Limits::default(), UndefinedPolicy::Default, |interpreter| interpreter.render(&template, &scope));
    assert_eq!(text.expect("a text"), "0");
}

#[test]
fn return_outside_of_a_macro_is_an_error() {
    let template = Template::parse("t", "{{ return(1) }}").expect("a template");
    let error = with(Limits::default(), UndefinedPolicy::Default, |interpreter| {
        interpreter.render(&template, &no_names()).expect_err("an error")
    });
    assert_eq!((error.kind(), error.message()), (ErrorKind::Other, "return() outside of a macro"));
}

#[test]
fn macros_of_a_dbt_template_are_renamed() {
    let source = "{% macro x() %}X{% endmacro %}[{{ dbt_macro__x() }}]{{ x is defined }}";
    let template = Template::parse("t", source).expect("a template");
    let text =
        with(Limits::default(), UndefinedPolicy::Default, |interpreter| interpreter.render(&template, &no_names()));
    assert_eq!(text.expect("a text"), "[X]False");
}

#[test]
fn callers_and_their_arguments() {
    check(&[
        ("{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "False"),
        ("{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}", "UndefinedError: No caller defined"),
        ("{% macro m() %}{{ caller(1) }}{% endmacro %}{% call(a, b=a) m() %}{{ a }}{{ b }}{% endcall %}", "11"),
        (
            "{% macro m(caller=none) %}{{ caller() if caller else 'no' }}{% endmacro %}{{ m() }}{% call m() %}C{% endcall %}",
            "noC",
        ),
        (
            "{% set x = 1 %}{% macro m() %}{% set x = 2 %}{{ caller() }}{% endmacro %}{% call m() %}{{ x }}{% endcall %}",
            "1",
        ),
        ("{% macro m() %}a{{ caller() }}b{% endmacro %}{% call m() %}{{ return('R') }}{% endcall %}", "R"),
        (
            "{% macro m(caller) %}{{ caller() }}{% endmacro %}",
            "TemplateSyntaxError: When defining macros or call blocks \
          the special \"caller\" argument must be omitted or be given a default.",
        ),
    ]);
}
