//! Filters on numbers, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn abs() {
    check(&[
        ("{{ -1|abs }} {{ -1.5|abs }} {{ (-10**20)|abs }} {{ true|abs }}", "1 1.5 100000000000000000000 1"),
        ("{{ 'a'|abs }}", "TypeError: bad operand type for abs(): 'str'"),
    ]);
}

#[test]
fn float() {
    check(&[
        (
            "{{ '1.5'|float }} {{ '1e3'|float }} {{ ' 2 '|float }} {{ 'x'|float }} {{ 'x'|float(9) }} {{ '1_0.5'|float }}",
            "1.5 1000.0 2.0 0.0 9 10.5",
        ),
        (
            "{{ none|float }} {{ []|float(default=1) }} {{ 3|float }} {{ 'inf'|float }} {{ 'nan'|float }} {{ '-.5'|float }}",
            "0.0 1 3.0 inf nan -0.5",
        ),
    ]);
}

#[test]
fn int() {
    check(&[
        (
            "{{ '12'|int }} {{ ' 7 '|int }} {{ '1.9'|int }} {{ -1.9|int }} {{ 'x'|int }} {{ 'x'|int(5) }} {{ true|int }}",
            "12 7 1 -1 0 5 1",
        ),
        (
            "{{ 'ff'|int(base=16) }} {{ '0x1f'|int(0, 16) }} {{ '0b11'|int(0, 0) }} {{ '1_000'|int }} {{ none|int }} {{ '1e3'|int }} {{ ''|int }}",
            "255 31 3 1000 0 1000 0",
        ),
        (
            "{{ '99999999999999999999'|int }} {{ '+5'|int }} {{ '--5'|int }} {{ '0o17'|int(base=8) }}",
            "99999999999999999999 5 0 15",
        ),
    ]);
}

#[test]
fn round() {
    check(&[
        (
            "{{ 2.5|round }} {{ 3.5|round }} {{ -2.5|round }} {{ 2.675|round(2) }} {{ 1234.5|round(-2) }} {{ 7|round }} {{ 15|round(-1) }} {{ 25|round(-1) }}",
            "2.0 4.0 -2.0 2.67 1200.0 7 20 20",
        ),
        (
            "{{ 2.1|round(0, 'ceil') }} {{ 2.19|round(1, 'floor') }} {{ 42.55|round(1) }} {{ 1e20|round }}",
            "3.0 2.1 42.5 1e+20",
        ),
        ("{{ 1|round(0, 'x') }}", "Exception: method must be common, ceil or floor"),
        ("{{ 'a'|round }}", "TypeError: type str doesn't define __round__ method"),
    ]);
}
