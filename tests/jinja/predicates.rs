//! What stands after `is`, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn boolean() {
    check(&[("{{ true is boolean }}{{ 1 is boolean }}{{ none is boolean }}", "TrueFalseFalse")]);
}

#[test]
fn callable() {
    check(&[(
        "{{ range is callable }}{{ 'a'.upper is callable }}{{ 5 is callable }}{{ nope is callable }}{% macro m() %}{% endmacro %}{{ m is callable }}",
        "TrueTrueFalseTrueTrue",
    )]);
}

#[test]
fn comparisons() {
    check(&[
        (
            "{{ 1 is eq 1.0 }}{{ 1 is equalto 2 }}{{ 1 is ne 2 }}{{ 2 is gt 1 }}{{ 2 is greaterthan 3 }}{{ 1 is lt 2 }}{{ 1 is lessthan 1 }}{{ 1 is ge 1 }}{{ 1 is le 0 }}",
            "TrueFalseTrueTrueFalseTrueFalseTrueFalse",
        ),
        (
            "{{ [1]|select('==', 1)|list }}{{ [1]|select('!=', 1)|list }}{{ [1]|select('>=', 1)|list }}{{ [1]|select('<', 1)|list }}{{ [1]|select('<=', 1)|list }}{{ [1]|select('>', 1)|list }}",
            "[1][][1][][1][]",
        ),
        ("{{ 1 is eq }}", "TypeError: eq expected 2 arguments, got 1"),
        ("{{ 'a' is lt 1 }}", "TypeError: '<' not supported between instances of 'str' and 'int'"),
    ]);
}

#[test]
fn defined() {
    check(&[(
        "{{ x is defined }}{{ x is undefined }}{{ {}.a is defined }}{{ none is defined }}{% set x = 1 %}{{ x is defined }}",
        "FalseTrueFalseTrueTrue",
    )]);
}

#[test]
fn divisibleby() {
    check(&[
        ("{{ 9 is divisibleby 3 }}{{ 10 is divisibleby(3) }}", "TrueFalse"),
        ("{{ 1 is divisibleby 0 }}", "ZeroDivisionError: integer modulo by zero"),
        ("{{ 'a' is divisibleby 2 }}", "TypeError: not all arguments converted during string formatting"),
    ]);
}

#[test]
fn even_and_odd() {
    check(&[("{{ 2 is even }}{{ 2 is odd }}{{ 3 is odd }}{{ 2.0 is even }}{{ -1 is odd }}", "TrueFalseTrueTrueTrue")]);
}

#[test]
fn filter_and_test() {
    check(&[(
        "{{ 'upper' is filter }}{{ 'nope' is filter }}{{ 'odd' is test }}{{ 'nope' is test }}",
        "TrueFalseTrueFalse",
    )]);
}

#[test]
fn identity() {
    check(&[(
        "{{ none is sameas none }}{{ 1 is sameas true }}{{ [] is sameas [] }}{% set l = [] %}{% set k = l %}{{ l is sameas k }}",
        "TrueFalseFalseTrue",
    )]);
}

#[test]
fn in_a_container() {
    check(&[(
        "{{ 1 is in [1] }}{{ 'b' is in 'abc' }}{{ 'k' is in {'k': 1} }}{{ 2 is not in [1] }}",
        "TrueTrueTrueTrue",
    )]);
}

#[test]
fn kinds() {
    check(&[
        (
            "{{ 1 is integer }}{{ true is integer }}{{ 1.0 is integer }}{{ 10**30 is integer }}{{ 1.0 is float }}{{ 1 is float }}{{ true is number }}{{ '1' is number }}{{ 'a' is string }}{{ 1 is string }}{{ {} is mapping }}{{ [] is mapping }}",
            "TrueFalseFalse10TrueFalseTrueFalseTrueFalseTrueFalse",
        ),
        (
            "{{ [] is sequence }}{{ 'a' is sequence }}{{ {} is sequence }}{{ 1 is sequence }}{{ range(1) is sequence }}{{ [1]|map('int') is sequence }}{{ [] is iterable }}{{ 1 is iterable }}{{ ([1]|map('int')) is iterable }}{{ none is none }}{{ 0 is none }}",
            "TrueTrueTrueFalseTrueFalseTrueFalseTrueTrueFalse",
        ),
    ]);
}

#[test]
fn letter_case() {
    check(&[(
        "{{ 'ab1' is lower }}{{ 'aB' is lower }}{{ 'AB' is upper }}{{ '12' is upper }}{{ 5 is lower }}",
        "TrueFalseTrueFalseFalse",
    )]);
}

#[test]
fn negation() {
    check(&[("{{ 1 is not none }}{{ not 1 is none }}{{ 1 is not divisibleby 2 }}", "TrueTrueTrue")]);
}

#[test]
fn precedence() {
    check(&[
        (
            "{{ 1 is number and 2 is string }}{{ 'a' ~ 'b' is string }}{{ [1, 2] is iterable and true }}{{ 3 is odd == true }}",
            "FalseaTrueTrueTrue",
        ),
        ("{{ x is defined and x.y is defined }}", "False"),
        ("{{ 1 is none is none }}", "TemplateSyntaxError: You cannot chain multiple tests with is"),
        ("{{ 2 + 3 is odd }}", "3"),
    ]);
}

#[test]
fn truth() {
    check(&[("{{ true is true }}{{ 1 is true }}{{ false is false }}{{ 0 is false }}", "TrueFalseTrueFalse")]);
}
