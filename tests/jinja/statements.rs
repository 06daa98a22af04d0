//! Statements, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn set() {
    check(&[
        (
            "{% set a = 1, 2 %}{{ a }}{% set b, c = a %}{{ b }}{{ c }}{% set (d, e) = [3, 4] %}{{ d }}{{ e }}{% set f, (g, h) = 1, (2, 3) %}{{ f }}{{ g }}{{ h }}",
            "(1, 2)1234123",
        ),
        ("{% set a, b = 1 %}", "TypeError: cannot unpack non-iterable int object"),
        ("{% set a, b = {'x': 1, 'y': 2} %}{{ a }}{{ b }}", "xy"),
    ]);
}

#[test]
fn set_block() {
    check(&[(
        "{% set a %}x{{ 1 }}{% endset %}{{ a }}{{ a is string }}{% set b | upper | replace('X', 'y') %}x{{ 1 }}{% endset %}{{ b }}",
        "x1Truey1",
    )]);
}

#[test]
fn namespaces() {
    check(&[
        (
            "{% set ns = namespace(a=1, b=[]) %}{% for i in [1, 2] %}{% set ns.a = ns.a + i %}{% do ns.b.append(i) %}{% endfor %}{{ ns.a }}{{ ns.b }}{{ ns.nope is defined }}",
            "4[1, 2]False",
        ),
        ("{% set ns = namespace({'x': 1}) %}{{ ns.x }}{% set ns.y, z = 2, 3 %}{{ ns.y }}{{ z }}", "123"),
        ("{% set d = {} %}{% set d.x = 1 %}", "Exception: cannot assign attribute on non-namespace object"),
        (
            "{% set ns = namespace() %}{{ ns.x.y }}",
            "UndefinedError: 'jinja2.utils.Namespace object' has no attribute 'x'",
        ),
    ]);
}

#[test]
fn conditions() {
    check(&[(
        "{% if 0 %}a{% elif '' %}b{% elif [1] %}c{% else %}d{% endif %}{% if none %}x{% else %}y{% endif %}{% if 1, 2 %}z{% endif %}",
        "cyz",
    )]);
}

#[test]
fn loops() {
    check(&[
        (
            "{% for i in [1, 2] %}{{ i }}{% else %}none{% endfor %}{% for i in [] %}{{ i }}{% else %}none{% endfor %}{% for i in range(9) if i % 2 %}{{ i }}{% endfor %}{% for c in 'ab' %}{{ c }}{% endfor %}{% for k in {'x': 1} %}{{ k }}{% endfor %}{% for a in 1, 2 %}{{ a }}{% endfor %}",
            "12none1357abx12",
        ),
        ("{% for i in none %}{% endfor %}", "TypeError: 'NoneType' object is not iterable"),
        (
            "{% for i in [1, 2, 3, 4] if i > 1 %}{{ loop.index }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}",
            "13TrueFalse3 22FalseFalse3 31FalseTrue3 ",
        ),
    ]);
}

#[test]
fn loop_control() {
    check(&[
        (
            "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
            "0134",
        ),
        (
            "{% for i in [1, 2] %}{% for j in [1, 2] %}{% if j == 2 %}{% break %}{% endif %}{{ i }}{{ j }}{% endfor %}{% endfor %}",
            "1121",
        ),
        (
            "{% for i in [1, 2] %}{% set x %}{{ i }}{% endset %}{% if x == '1' %}{% continue %}{% endif %}{{ x }}{% endfor %}",
            "2",
        ),
    ]);
}

#[test]
fn recursive_loops() {
    check(&[(
        "{% for n in [{'v': 1, 'c': [{'v': 2, 'c': [{'v': 3}]}, {'v': 4}]}] recursive %}[{{ n.v }}{{ loop.depth0 }}{{ loop(n.c) if n.c }}]{% endfor %}",
        "[10[21[32]][41]]",
    )]);
}

#[test]
fn do_tags() {
    check(&[("{% set l = [] %}{% do l.append(1) %}{% do l.append(2), l.append(3) %}{{ l }}", "[1, 2, 3]")]);
}

#[test]
fn macro_tags() {
    check(&[
        (
            "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}{{ m(1, c=0) }}{{ m() }}",
            "1211314541202",
        ),
        ("{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}{{ m() }}", "(2, 3){'x': 4}(){}"),
        ("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "TypeError: macro 'm' takes not more than 1 argument(s)"),
        ("{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "TypeError: macro 'm' takes no keyword argument 'b'"),
        (
            "{% macro m(a=1) %}{% endmacro %}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}",
            "m('a',)FalseFalseFalse",
        ),
        ("{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}", "TypeError: macro 'm' takes no keyword argument 'a'"),
        ("{{ m() }}{% macro m() %}{% endmacro %}", "UndefinedError: 'm' is undefined"),
    ]);
}

#[test]
fn call_blocks() {
    check(&[
        (
            "{% macro m(x) %}({{ caller(x, 2) }}){% endmacro %}{% call(a, b=3) m(1) %}{{ a }}{{ b }}{% endcall %}",
            "(12)",
        ),
        (
            "{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}",
            "TypeError: macro 'm' was invoked with two values for the special caller argument. This is most likely a bug.",
        ),
        ("{% call 5 %}{% endcall %}", "TemplateSyntaxError: expected call"),
        ("{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}{% call m() %}x{% endcall %}", "xx"),
        ("{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(x=1) }}", "{'x': 1}"),
    ]);
}

#[test]
fn filter_and_with_blocks() {
    check(&[(
        "{% filter upper|replace('A', 'b') %}a{{ 'c' }}{% endfilter %}{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}{% with %}x{% endwith %}",
        "bC12Falsex",
    )]);
}

#[test]
fn raw_and_comments() {
    check(&[(
        "{% raw %}{{ x }}{% if %}{# c #}{% endraw %}a{# {{ x }} {% raw %} #}b{%- raw -%}  x  {%- endraw -%}  c",
        "{{ x }}{% if %}{# c #}abxc",
    )]);
}

#[test]
fn whitespace() {
    check(&[
        (
            "a  {{- 1 -}}  b  {%- set x = 1 %} c {%- set x = 2 -%} d {#- e -#} f {%+ if true +%} g {% endif %}\n",
            "a1b cdf  g ",
        ),
        ("\n\n{{ 1 }}\n\n", "\n\n1\n"),
        ("a\r\nb\rc\n", "a\nb\nc"),
        ("{{ 'a\\r\\nb' }}", "a\r\nb"),
        ("  {%- if true -%}\n x \n{%- endif -%}  \n", "x"),
    ]);
}

#[test]
fn print() {
    check(&[("{% print 1 %}{% print 'a', 2 %}", "1a2")]);
}

#[test]
fn colons() {
    check(&[("{% if true: %}a{% endif %}{% for i in [1]: %}{{ i }}{% endfor %}", "a1")]);
}

#[test]
fn joiners_and_cyclers() {
    check(&[
        (
            "{% set j = joiner('|') %}{{ j() }}a{{ j() }}b{{ j() }}{% set c = cycler('x', 'y') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.next() }}{% do c.reset() %}{{ c.current }}",
            "a|b|xyxxx",
        ),
        ("{{ cycler() }}", "Exception: at least one item has to be provided"),
    ]);
}
