//! A template can't take the machine: each of these ends with a clear error, and none with a crash.

use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use ebbtide::jinja::{Error, ErrorKind, Interpreter, Limits, MacroNaming, Template, UndefinedPolicy};

use super::support::{no_names, with};

/// Limits that debug builds reach soon.
fn small() -> Limits {
    Limits { steps: 300_000, ..Limits::default() }
}

fn error_of(source: &str, limits: Limits) -> Error {
    let rendered = Template::parse_with("t.sql", source, MacroNaming::AsWritten).and_then(|template| {
        with(limits, UndefinedPolicy::Default, |interpreter| interpreter.render(&template, &no_names()))
    });
    let no_error = |text: String| Error::new(ErrorKind::Other, format!("no error but {} bytes of text", text.len()));
    rendered.map_or_else(|error| error, no_error)
}

fn check(source: &str, kind: ErrorKind, part: &str) {
    let error = error_of(source, small());
    assert!(error.kind() == kind && error.message().contains(part), "{source}\n{error:?}");
}

#[test]
fn a_range_is_no_longer_than_jinjas_sandbox_allows() {
    let message = "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).";
    check("{% for i in range(10**9) %}{% endfor %}", ErrorKind::Overflow, message);
    check("{% for i in range(10**30) %}{% endfor %}", ErrorKind::Overflow, message);
}

#[test]
fn loops_end() {
    check("{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}", ErrorKind::Limit, "steps");
    check("{% set l = [1] %}{% for i in l %}{% do l.append(i) %}{% endfor %}", ErrorKind::Limit, "steps");
    check("{{ range(99999)|map('string')|list }}{{ range(99999)|list }}", ErrorKind::Limit, "steps");
}

#[test]
fn texts_and_lists_do_not_grow_without_end() {
    let doubling = "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}";
    check(doubling, ErrorKind::Limit, "");
    check(&doubling.replace("ns.s + ns.s", "ns.s ~ ns.s"), ErrorKind::Limit, "");
    check(&doubling.replace("ns.s + ns.s", "ns.s.replace('x', 'xx')"), ErrorKind::Limit, "");
    check(&doubling.replace("ns.s + ns.s", "'%s%s' % (ns.s, ns.s)"), ErrorKind::Limit, "");
    check(&doubling.replace("ns.s + ns.s", "'{0}{0}'.format(ns.s)"), ErrorKind::Limit, "");
    check(&doubling.replace("'x'", "[1]"), ErrorKind::Limit, "");
    check("{{ 'x' * 10**12 }}", ErrorKind::Limit, "longer than");
    check("{{ [0] * 10**12 }}", ErrorKind::Limit, "items");
    check("{{ 'x'.ljust(10**12) }}", ErrorKind::Limit, "longer than");
    check("{{ '%*d' % (10**12, 1) }}", ErrorKind::Limit, "wider");
    check("{{ '{:999999999999}'.format(1) }}", ErrorKind::Limit, "wider");
    check("{{ 'a'|indent(10**12) }}", ErrorKind::Limit, "longer than");
}

#[test]
fn nothing_repeated_however_often_is_nothing() {
    super::support::check(&[
        ("{{ [] * 1333333333333333020 }}", "[]"),
        ("{{ 1333333333333333020 * () }}", "()"),
        ("{{ '' * 9223372036854775807 }}|", "|"),
        ("{{ [1] * -9223372036854775807 }}", "[]"),
    ]);
}

#[test]
fn growing_a_list_or_a_set_bit_by_bit_is_no_endless_work() {
    super::support::check(&[
        ("{% set l = [] %}{% for i in range(9000) %}{% do l.extend([i]) %}{% endfor %}{{ l|length }}", "9000"),
        ("{% set s = set([]) %}{% for i in range(9000) %}{% do s.update([i]) %}{% endfor %}{{ s|length }}", "9000"),
    ]);
}

#[test]
fn containers_are_counted_for_what_they_take() {
    for made in ["{}", "{1: 1}", "dict(a=1)", "namespace(a=1)", "{}.copy()", "[[], [], []]"] {
        let source =
            format!("{{% set l = [] %}}{{% for i in range(20000) %}}{{% do l.append({made}) %}}{{% endfor %}}");
        check(&source, ErrorKind::Limit, "steps");
    }
}

/// Something done 500 times to large values: 20,000 letters (`s`, and `t` beside it), 4,000 numbers in a list, a dict,
/// a set; 3,000 digits. It costs more than the 300,000 steps, or it is not counted.
#[track_caller]
fn check_counted(operations: &[&str]) {
    let values = "{% set s, t = 'x' * 20000, 'x' * 19999 ~ 'x' %}{% set l, m = range(4000)|list, range(4000)|list %}\
                  {% set d, e = dict(zip(l, m)), dict(zip(m, l)) %}{% set n = 7 ** 5000 %}\
                  {% set k = dict(zip(range(1000)|map('string'), m)) %}{% macro f() %}{{ kwargs|length }}{% endmacro %}";
    let free: Vec<&str> = operations
        .iter()
        .filter(|operation| {
            let source = format!("{values}{{% for i in range(500) %}}{{% set x = {operation} %}}{{% endfor %}}");
            error_of(&source, small()).kind() != ErrorKind::Limit
        })
        .copied()
        .collect();
    assert!(free.is_empty(), "done for nothing: {free:?}");
}

#[test]
fn reading_a_long_text_is_counted() {
    check_counted(&[
        "s|length",
        "s|trim",
        "s|int",
        "s|float",
        "s|truncate(5)",
        "s|first",
        "s|wordcount",
        "s is lower",
        "s is upper",
        "s.isdigit()",
        "s.startswith(t)",
        "s.startswith(('y', 'x'))",
        "s.strip()",
        "s.count('y')",
        "s.find('y')",
        "'abc'.strip(s)",
        "s[5]",
        "s[1:2]",
        "[s]|map('length')|list",
        "[s]|select('lower')|list",
        "s.isalpha and s.upper()",
    ]);
}

#[test]
fn comparing_long_values_is_counted() {
    check_counted(&[
        "l == m",
        "d == e",
        "d.keys() == e.keys()",
        "set(l) == set(m)",
        "l < m",
        "(l, 1) < (m, 2)",
        "[l, m]|sort",
        "[l, m]|max",
        "[s, t]|unique|list",
    ]);
    for compared in ["s == t", "s != t", "s in [t]", "[s] == [t]", "{'a': s} == {'a': t}", "[s] in [[t]]", "s < t"] {
        let source = format!(
            "{{% set s, t = 'x' * 500000, 'x' * 499999 ~ 'x' %}}{{% for i in range(300) %}}{{% set x = {compared} %}}{{% endfor %}}"
        );
        check(&source, ErrorKind::Limit, "steps");
    }
}

#[test]
fn long_keys_are_counted() {
    check_counted(&[
        "d[s]",
        "{s: 1}",
        "s in d",
        "s in set([1])",
        "d.get(s)",
        "set([s])",
        "dict([(s, 1)])",
        "s in d.keys()",
    ]);
}

#[test]
fn keywords_from_a_mapping_are_counted() {
    check_counted(&["f(**k)", "dict(**k)", "namespace(**k)", "f(a=1, **k)"]);
}

#[test]
fn large_integers_are_counted() {
    check_counted(&[
        "n // 3 ** 3000",
        "n % 3 ** 3000",
        "n * n // n",
        "n ~ ''",
        "'%d' % n",
        "'{:,}'.format(n)",
        "n|abs",
        "-n",
        "n|string",
    ]);
}

#[test]
fn writing_lists_of_large_integers_is_counted() {
    let list = "{% set l = [21 ** 2411] * 400 %}";
    for written in [
        "{{ l }}",
        "{% set x = l ~ '' %}",
        "{% set x = l|string %}",
        "{% set x = l|join %}",
        "{% set x = '%s' % [l] %}",
    ] {
        check(&format!("{list}{written}"), ErrorKind::Limit, "steps");
    }
    check(&format!("{list}{{{{ l|tojson }}}}"), ErrorKind::Limit, "steps");
}

#[test]
fn integers_end_where_pythons_digits_do() {
    check("{{ 10 ** 4299 * 10 }}", ErrorKind::Limit, "bits");
    check(
        "{% set ns = namespace(n=7 ** 5000) %}{% for i in range(400) %}{% set ns.n = ns.n + ns.n %}{% endfor %}",
        ErrorKind::Limit,
        "bits",
    );
    assert_eq!(super::support::outcome("{{ (10 ** 4299)|string|length }}"), "4300");
}

#[test]
fn keys_that_are_equal_to_themselves_alone_are_found_at_once() {
    let made = ["range(i)", "namespace()", "joiner()", "cycler(1)", "'a'.upper", "[]|select"];
    for made in made {
        let adding = format!(
            "{{% set s = set([]) %}}{{% for i in range(6000) %}}{{% do s.add({made}) %}}{{% endfor %}}{{{{ s|length }}}}"
        );
        let limits = Limits { steps: 2_000_000, ..Limits::default() };
        let template = Template::parse_with("t.sql", &adding, MacroNaming::AsWritten).expect("a template");
        let text = with(limits, UndefinedPolicy::Default, |interpreter| interpreter.render(&template, &no_names()));
        assert_eq!(text.expect("within the steps"), "6000", "{made}");
    }
}

#[test]
fn a_set_that_grows_while_it_is_walked_is_an_error_as_in_python() {
    let growing = "{% set s = set([1, 2]) %}{% for i in s %}{% do s.add(i + 5) %}{% endfor %}";
    check(growing, ErrorKind::Other, "Set changed size during iteration");
}

/// What native rendering prints of constants stays one text; it is joined once.
#[test]
fn native_output_of_constants_is_bounded() {
    let native = |source: &str, limits: Limits| {
        let template = Template::parse_with("t.sql", source, MacroNaming::AsWritten).expect("a template");
        with(limits, UndefinedPolicy::Default, |interpreter| interpreter.render_native(&template, &no_names()))
    };
    let text = native(
        "{% for i in range(100000) %}some text, {{ 'again' }} {% endfor %}",
        Limits { steps: 3_000_000, ..Limits::default() },
    );
    assert_eq!(text.expect("a text").len(), Some(1_700_000));
    let limits = Limits { output_bytes: 100, ..small() };
    let error = native("{% for i in range(99) %}abc{% endfor %}", limits).expect_err("too long");
    assert_eq!(error.message(), "the output is longer than 100 bytes");
    let shared = "{% set x = 'x' * 100000 %}{% for i in range(1000) %}{{ x }}{% endfor %}";
    let error = native(shared, Limits { string_bytes: 1 << 20, ..Limits::default() }).expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn taking_items_out_of_a_large_set_is_counted() {
    let limits = Limits { steps: 3_000_000, ..Limits::default() };
    let source = "{% set s = set(range(90000)) %}{% for i in range(90000) %}{% do s.pop() %}{% endfor %}";
    assert_eq!(error_of(source, limits).kind(), ErrorKind::Limit);
}

#[test]
fn integers_do_not_grow_without_end() {
    check("{{ 9 ** (10 ** 9) }}", ErrorKind::Limit, "bits");
    check(
        "{% set ns = namespace(n=3) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
        ErrorKind::Limit,
        "bits",
    );
}

#[test]
fn the_output_is_bounded() {
    let limits = Limits { output_bytes: 100, ..small() };
    assert_eq!(
        error_of("{% for i in range(99) %}{{ 'abc' }}{% endfor %}", limits).message(),
        "the output is longer than 100 bytes"
    );
    assert_eq!(
        error_of("{% macro m() %}{{ 'x' * 101 }}{% endmacro %}{% set x = m() %}", limits).kind(),
        ErrorKind::Limit
    );
}

#[test]
fn recursion_ends() {
    check("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ErrorKind::Limit, "100 deep");
    check("{% macro m() %}{% call m() %}{% endcall %}{{ caller() }}{% endmacro %}{{ m() }}", ErrorKind::Limit, "deep");
    check(
        "{% set l = [] %}{% do l.append(l) %}{% for i in l recursive %}{{ loop(l) }}{% endfor %}",
        ErrorKind::Limit,
        "deep",
    );
}

#[test]
fn deep_sources_are_refused() {
    for source in [
        format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(100_000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(100_000)),
        format!("{{{{ 1{} }}}}", " + 1".repeat(100_000)),
        format!("{{{{ a{} }}}}", ".b".repeat(100_000)),
        format!("{{{{ a{} }}}}", "|string".repeat(100_000)),
        format!("{{{{ {}1 }}}}", "1 if 1 else ".repeat(100_000)),
        "{% if a %}".repeat(100_000),
        format!("{{{{ {}", "[".repeat(100_000)),
    ] {
        let error = error_of(&source, small());
        assert_eq!(error.kind(), ErrorKind::Syntax, "{error:?}");
    }
}

#[test]
fn nesting_that_is_allowed_does_not_exhaust_the_stack() {
    let inner = format!("{{{{ {}1{} }}}}", "(".repeat(90), ")".repeat(90));
    let source = format!("{{% macro m() %}}{inner}{{{{ [[m()]] }}}}{{% endmacro %}}{{{{ m() }}}}");
    assert_eq!(error_of(&source, small()).kind(), ErrorKind::Limit);
    let source = format!(
        "{}{}{{{{ nope.x }}}}{}",
        "{% if true %}".repeat(90),
        "{% for i in [1] %}".repeat(8),
        "{% endfor %}".repeat(8)
    ) + &"{% endif %}".repeat(90);
    assert_eq!(error_of(&source, small()).kind(), ErrorKind::Undefined);
}

#[test]
fn high_expressions_in_deep_macros_do_not_exhaust_the_stack() {
    for nest in ["(1 + ", "[1, ", "dict(a=", "(not ", "(0 if 0 else "] {
        let close = if nest.starts_with('[') { "]" } else { ")" };
        let nested = format!("{}m(){}", nest.repeat(45), close.repeat(45));
        let source = format!("{{% macro m() %}}{{{{ {nested} }}}}{{% endmacro %}}{{{{ m() }}}}");
        assert_eq!(error_of(&source, small()).kind(), ErrorKind::Limit, "{nest}");
    }
}

#[test]
fn deep_values_are_dropped_printed_and_compared_without_exhausting_the_stack() {
    for wrap in [
        "[ns.v]",
        "(ns.v,)",
        "{'a': ns.v}",
        "namespace(v=ns.v)",
        "[ns.v]|select",
        "[ns.v].append",
        "{'a': ns.v}.items()",
    ] {
        let source = format!(
            "{{% set ns = namespace(v=1) %}}{{% for i in range(30000) %}}{{% set ns.v = {wrap} %}}{{% endfor %}}\
             {{% set other = ns.v %}}{{{{ (ns.v|string|length) < 0 }}}}{{{{ ns.v == other }}}}{{{{ nope.x }}}}"
        );
        let limits = Limits { steps: 5_000_000, ..Limits::default() };
        assert_eq!(error_of(&source, limits).kind(), ErrorKind::Undefined, "{wrap}");
    }
}

#[test]
fn lists_that_share_their_items_are_not_printed_or_compared_for_ever() {
    let shared = "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}\
                  {% set ns.b = [ns.b, ns.b] %}{% endfor %}";
    check(&format!("{shared}{{{{ ns.a }}}}"), ErrorKind::Limit, "");
    check(&format!("{shared}{{{{ ns.a|tojson }}}}"), ErrorKind::Limit, "");
    check(&format!("{shared}{{{{ ns.a == ns.b }}}}"), ErrorKind::Limit, "");
    let tuples = shared.replace("[ns.a, ns.a]", "(ns.a, ns.a)").replace("[1]", "(1,)");
    check(&format!("{tuples}{{{{ {{ns.a: 1}} }}}}"), ErrorKind::Limit, "");
}

#[test]
fn a_list_that_holds_itself_is_printed() {
    let template = Template::parse("t", "{% set l = [] %}{% do l.append(l) %}{{ (l|string)[-3:] }}").expect("parses");
    let text = with(small(), UndefinedPolicy::Default, |interpreter| interpreter.render(&template, &no_names()));
    assert_eq!(text.expect("a text"), ".]]");
}

#[test]
fn cancelling_ends_a_render() {
    let cancelled = AtomicBool::new(true);
    let mut interpreter = Interpreter::new(Limits::default(), &cancelled);
    let source = "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}";
    let template = Template::parse("t", source).expect("parses");
    let error = interpreter.render(&template, &no_names()).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn steps_are_counted_from_the_last_reset() {
    let template = Template::parse("t", "{% for i in range(60) %}{{ i + 1 }}{% endfor %}").expect("parses");
    with(Limits { steps: 400, ..Limits::default() }, UndefinedPolicy::Default, |interpreter| {
        for _ in 0..9 {
            interpreter.reset();
            interpreter.render(&template, &no_names()).expect("within the limit");
        }
        interpreter.render(&template, &no_names()).expect_err("twice is too much");
    });
}

#[test]
fn an_interpreter_goes_on_after_an_error() {
    with(Limits::default(), UndefinedPolicy::Default, |interpreter| {
        let bad =
            Template::parse_with("t", "{% macro m(a) %}{{ a.b.c }}{% endmacro %}{{ m() }}", MacroNaming::AsWritten);
        interpreter.render(&bad.expect("parses"), &no_names()).expect_err("undefined");
        assert_eq!(interpreter.depth(), 0);
        let good = Template::parse("t", "{% set a = 1 %}{{ a }}").expect("parses");
        assert_eq!(interpreter.render(&good, &no_names()).expect("a text"), "1");
    });
}

#[test]
fn macros_do_not_keep_themselves_alive() {
    let value = Rc::new(());
    let held = Rc::clone(&value);
    let scope = super::support::names([(
        "f",
        ebbtide::jinja::Value::function("f", move |_, _| {
            assert!(Rc::strong_count(&held) > 0);
            Ok(ebbtide::jinja::Value::None)
        }),
    )]);
    let source = "{% set g = f %}{% macro a() %}{{ a }}{{ g }}{% endmacro %}{% set keep = [a] %}{{ a() is string }}";
    let template = Template::parse_with("t", source, MacroNaming::AsWritten).expect("parses");
    with(Limits::default(), UndefinedPolicy::Default, |interpreter| {
        assert_eq!(interpreter.render(&template, &scope).expect("a text"), "True");
    });
    drop(scope);
    assert_eq!(Rc::strong_count(&value), 1);
}
