//! Which variable a name means.

use super::support::{check, names, render_in};
use ebbtide::jinja::Value;

#[test]
fn loops_and_blocks_have_variables_of_their_own() {
    check(&[
        ("{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = 5 %}{{ x }}{% endfor %}{{ x }}", "15151"),
        ("{% for i in [1, 2] %}{% if loop.first %}{% set y = i %}{% endif %}[{{ y }}]{% endfor %}", "[1][]"),
        ("{% set x = 1 %}{% set y %}{% set x = 2 %}{{ x }}{% endset %}{{ x }}{{ y }}", "12"),
        ("{% set x = 1 %}{% filter upper %}{% set x = 'b' %}{{ x }}{% endfilter %}{{ x }}", "B1"),
        ("{% set x = 1 %}{% with x = 2, y = x %}{{ x }}{{ y }}{% endwith %}{{ x }}{{ y }}", "211"),
        ("{% for i in [1] %}{% endfor %}[{{ i }}]", "[]"),
        ("{% for i in [] %}{% set z = 1 %}{% else %}{% set z = 2 %}{{ z }}{% endfor %}[{{ z }}]", "2[]"),
        ("{% set i = 9 %}{% for i in [i, 1] %}{{ i }}{% endfor %}{{ i }}", "919"),
    ]);
}

#[test]
fn conditions_have_none() {
    check(&[
        ("{% if true %}{% set x = 1 %}{% endif %}{{ x }}", "1"),
        ("{% if false %}{% set x = 1 %}{% elif true %}{% set x = 2 %}{% endif %}{{ x }}", "2"),
        ("{% for i in [1, 2] %}{% if i == 1 %}{% set x = i %}{% else %}{{ x }}{% endif %}{% endfor %}", ""),
    ]);
}

#[test]
fn a_name_that_is_set_only_on_some_way_falls_back_to_the_global() {
    let scope = names([("x", Value::from("global"))]);
    let render = |source| render_in(source, &scope).expect("a text");
    assert_eq!(render("{% if false %}{% set x = 1 %}{% endif %}{{ x }}"), "global");
    assert_eq!(render("{{ x }}{% set x = 1 %}{{ x }}"), "global1");
    assert_eq!(render("{% for i in [1, 2] %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}"), "global1global2global");
    assert_eq!(render("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m() }}{{ m(1) }}"), "[][1]");
}

#[test]
fn macros_share_the_variables_around_them() {
    check(&[
        ("{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% set x = 1 %}{{ m() }}{% set x = 2 %}{{ m() }}", "12"),
        ("{% set x = 1 %}{% macro m() %}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}", "21"),
        (
            "{% macro o(x) %}{% macro i() %}{{ x }}{% endmacro %}{% set x = x + 1 %}{{ i() }}{% endmacro %}{{ o(1) }}{{ o(5) }}",
            "26",
        ),
        (
            "{% macro a() %}{% macro b() %}{% macro c() %}{{ v }}{% endmacro %}{{ c() }}{% endmacro %}{{ b() }}{% endmacro %}{% set v = 7 %}{{ a() }}",
            "7",
        ),
        (
            "{% macro mk(n) %}{% macro get() %}{{ n }}{% endmacro %}{{ return(get) }}{% endmacro %}{% set a = mk(1) %}{% set b = mk(2) %}{{ a() }}{{ b() }}",
            "12",
        ),
        ("{% for i in [1, 2] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "12"),
    ]);
}

#[test]
fn loops_tell_where_they_are() {
    check(&[
        (
            "{% for i in [1, 2, 3] if i != 2 %}{{ loop.index }}/{{ loop.length }}{{ loop.last }} {% endfor %}",
            "1/2False 2/2True ",
        ),
        ("{% for i in 'ab' %}{{ loop.nextitem }}{{ loop.previtem is defined }}{% endfor %}", "bFalseTrue"),
        (
            "{% for i in [1, 2] %}{% for j in [1, 2] %}{{ loop.index }}{% endfor %}{{ loop.index }};{% endfor %}",
            "121;122;",
        ),
        (
            "{% for i in [1, 2] %}{% set outer = loop %}{% for j in [1] %}{{ outer.index }}{% endfor %}{% endfor %}",
            "12",
        ),
        (
            "{% for i in [[1, [2, [3]]]] recursive %}{{ loop.depth }}{% if i is sequence %}({{ loop(i) }}){% endif %}{% endfor %}",
            "1(22(33(4)))",
        ),
        (
            "{% for a in [1] %}{{ loop(a) }}{% endfor %}",
            "TypeError: The loop must have the 'recursive' marker to be called recursively.",
        ),
        ("{% for i in [1, 2, 3] %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }}{% endfor %}", "aTruebTrueaFalse"),
        ("{{ loop is defined }}{% for i in [1] %}{{ loop is defined }}{% endfor %}", "FalseTrue"),
        (
            "{% set l = [1, 2] %}{% for i in l %}{% if i == 1 %}{% do l.append(3) %}{% endif %}{{ i }}{% endfor %}",
            "123",
        ),
        (
            "{% set d = {'a': 1} %}{% for k in d %}{% do d.update({'b': 2}) %}{% endfor %}",
            "Exception: dictionary changed size during iteration",
        ),
    ]);
}

#[test]
fn white_space_is_kept_or_taken() {
    check(&[
        ("a \n {{- 1 -}} \n b", "a1b"),
        ("a \n {%- set x = 1 -%} \n b", "ab"),
        ("a {#- c -#} b", "ab"),
        ("a {%+ if true +%} b {% endif %}", "a  b "),
        ("{%- raw -%} {{ x }} {%- endraw -%} c", "{{ x }}c"),
        ("a\n\n", "a\n"),
        ("{% raw %}{% endraw %}", ""),
        ("a{##}b", "ab"),
        ("{{ '}}' }}{{ {'a': {'b': 1}} }}{{ {}}}", "}}{'a': {'b': 1}}{}"),
        ("{ { {% if true %}{{{% endraw", "TemplateSyntaxError: unexpected '%'"),
    ]);
}
