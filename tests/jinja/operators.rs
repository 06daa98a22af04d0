//! Operators, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn addition() {
    check(&[
        (
            "{{ 1 + 2 }}{{ 1 + 2.0 }}{{ 'a' + 'b' }}{{ [1] + [2] }}{{ (1,) + (2,) }}{{ true + 1 }}",
            "33.0ab[1, 2](1, 2)2",
        ),
        ("{{ 'a' + 1 }}", "TypeError: can only concatenate str (not \"int\") to str"),
        ("{{ 1 + 'a' }}", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
        ("{{ [1] + (2,) }}", "TypeError: can only concatenate list (not \"tuple\") to list"),
        ("{{ {} + {} }}", "TypeError: unsupported operand type(s) for +: 'dict' and 'dict'"),
        ("{{ none + 1 }}", "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'"),
        ("{{ (1,) + [1] }}", "TypeError: can only concatenate tuple (not \"list\") to tuple"),
    ]);
}

#[test]
fn subtraction() {
    check(&[
        ("{{ 3 - 5 }}{{ 1.5 - 1 }}{{ -3 - -3 }}", "-20.50"),
        ("{{ 'a' - 'b' }}", "TypeError: unsupported operand type(s) for -: 'str' and 'str'"),
        ("{{ [1] - [1] }}", "TypeError: unsupported operand type(s) for -: 'list' and 'list'"),
    ]);
}

#[test]
fn multiplication() {
    check(&[
        (
            "{{ 3 * 4 }}{{ 1.5 * 2 }}{{ 'ab' * 2 }}{{ 2 * [1] }}{{ (1,) * 2 }}{{ 'a' * -1 }}|{{ 'a' * true }}",
            "123.0abab[1, 1](1, 1)|a",
        ),
        ("{{ 'a' * 'b' }}", "TypeError: can't multiply sequence by non-int of type 'str'"),
        ("{{ [1] * 1.5 }}", "TypeError: can't multiply sequence by non-int of type 'float'"),
        ("{{ {} * 2 }}", "TypeError: unsupported operand type(s) for *: 'dict' and 'int'"),
    ]);
}

#[test]
fn division() {
    check(&[
        (
            "{{ 7 / 2 }}{{ 4 / 2 }} {{ 7 // 2 }}{{ -7 // 2 }}{{ 7.5 // 2 }} {{ 7 % 3 }}{{ -7 % 3 }}{{ 7 % -3 }}{{ 5.5 % 2 }} {{ -1 // 1e9 }} {{ 1e300 // 1e-5 }}",
            "3.52.0 3-43.0 12-21.5 -1.0 1e+305",
        ),
        ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero"),
        ("{{ 1 // 0 }}", "ZeroDivisionError: integer division or modulo by zero"),
        ("{{ 1 % 0 }}", "ZeroDivisionError: integer modulo by zero"),
        ("{{ 1.0 // 0 }}", "ZeroDivisionError: float floor division by zero"),
        ("{{ 1.0 % 0 }}", "ZeroDivisionError: float modulo"),
        ("{{ 'a' / 1 }}", "TypeError: unsupported operand type(s) for /: 'str' and 'int'"),
        ("{{ [] // 1 }}", "TypeError: unsupported operand type(s) for //: 'list' and 'int'"),
    ]);
}

#[test]
fn power() {
    check(&[
        (
            "{{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }} {{ (-2) ** 2 }} {{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** 100 }}",
            "1024 0.5 1.4142135623730951 4 64 4 1267650600228229401496703205376",
        ),
        ("{{ 0 ** -1 }}", "ZeroDivisionError: 0.0 cannot be raised to a negative power"),
        ("{{ 'a' ** 2 }}", "TypeError: unsupported operand type(s) for ** or pow(): 'str' and 'int'"),
        ("{{ 2.0 ** 5000 }}", "OverflowError: (34, 'Numerical result out of range')"),
    ]);
}

#[test]
fn signs() {
    check(&[
        (
            "{{ -5 }}{{ +5 }}{{ --5 }}{{ -1.5 }}{{ -true }}{{ +true }}{{ -(10**20) }}{{ - -9223372036854775808 }}",
            "-555-1.5-11-1000000000000000000009223372036854775808",
        ),
        ("{{ -'a' }}", "TypeError: bad operand type for unary -: 'str'"),
        ("{{ +[] }}", "TypeError: bad operand type for unary +: 'list'"),
    ]);
}

#[test]
fn tilde() {
    check(&[(
        "{{ 1 ~ 'a' ~ none ~ [1, 'b'] ~ 1.0 ~ nope }}{{ 1 ~ 2 + 3 }}{{ 2 * 3 ~ 4 }}",
        "TypeError: can only concatenate str (not \"int\") to str",
    )]);
}

#[test]
fn comparison() {
    check(&[
        (
            "{{ 1 < 2 }}{{ 'a' < 'b' }}{{ [1] < [2] }}{{ 1 <= 1.0 }}{{ 2 > 1 }}{{ 2 >= 3 }}{{ 1 == '1' }}{{ 1 != 2 }}{{ none == false }}{{ 'a' == 'a' }}",
            "TrueTrueTrueTrueTrueFalseFalseTrueFalseTrue",
        ),
        ("{{ 1 < 'a' }}", "TypeError: '<' not supported between instances of 'int' and 'str'"),
        ("{{ none < none }}", "TypeError: '<' not supported between instances of 'NoneType' and 'NoneType'"),
        ("{{ {} < {} }}", "TypeError: '<' not supported between instances of 'dict' and 'dict'"),
        ("{{ [1] < ['a'] }}", "TypeError: '<' not supported between instances of 'int' and 'str'"),
        ("{{ 1 < 2 < 3 }}{{ 1 < 3 < 2 }}{{ 3 > 2 == 2 }}{{ 1 == 1 in [1] }}", "TrueFalseTrueTrue"),
    ]);
}

#[test]
fn membership() {
    check(&[
        (
            "{{ 1 in [1] }}{{ 'b' in 'abc' }}{{ '' in 'a' }}{{ 'k' in {'k': 1} }}{{ 1 not in (2,) }}{{ 3 in range(5) }}{{ 'a' in nope }}{{ 1.0 in [1] }}",
            "TrueTrueTrueTrueTrueTrueFalseTrue",
        ),
        ("{{ 1 in 'a' }}", "TypeError: 'in <string>' requires string as left operand, not int"),
        ("{{ 1 in 5 }}", "TypeError: argument of type 'int' is not iterable"),
        ("{{ [] in {} }}", "TypeError: unhashable type: 'list'"),
        ("{{ nope in 'a' }}", "TypeError: 'in <string>' requires string as left operand, not Undefined"),
    ]);
}

#[test]
fn logic() {
    check(&[
        (
            "{{ 1 and 2 }}{{ 0 and 2 }}{{ 0 or 3 }}{{ 1 or 3 }}{{ not 1 }}{{ not '' }}{{ '' or none or 'x' }}{{ not not 1 }}{{ [] and 1 }}",
            "2031FalseTruexTrue[]",
        ),
        ("{{ true or nope.x }}{{ false and nope.x }}", "TrueFalse"),
        ("{{ not 1 == 2 }}{{ 1 if 2 or 3 and 0 else 4 }}", "True1"),
    ]);
}

#[test]
fn conditional() {
    check(&[(
        "{{ 1 if true else 2 }}{{ 1 if false else 2 }}{{ 1 if false }}|{{ 'a' if 0 else 'b' if 0 else 'c' }}{{ (1 if false) is defined }}{{ 1 + 2 if true else 9 }}{{ [1 if true else 2, 3] }}",
        "12|cFalse3[1, 3]",
    )]);
}

#[test]
fn precedence() {
    check(&[(
        "{{ 1 + 2 * 3 }}{{ (1 + 2) * 3 }}{{ 10 - 2 - 3 }}{{ 2 + 3|string|length }}{{ -1|abs }}{{ 'a' ~ 1 + 1 }}{{ 7 // 2 * 2 }}{{ not 1 in [2] }}{{ 1 < 2 and 2 < 3 }}{{ 2 ** 2|string|length }}",
        "TypeError: can only concatenate str (not \"int\") to str",
    )]);
}

#[test]
fn literals() {
    check(&[
        (
            "{{ 1_000 }}{{ 0x1F }}{{ 0b101 }}{{ 0o17 }}{{ 1.5e3 }}{{ 1e-3 }} {{ 'a' 'b' \"c\" }}{{ '\\x41\\u00e9\\101\\n\\q' }}{{ [1, 2,] }}{{ {'a': 1,} }}{{ () }}{{ (1,) }}{{ 1, 2 }}{{ (1) }}{{ True }}{{ None }}{{ none }}",
            "1000315151500.00.001 abcAéA\n\\q[1, 2]{'a': 1}()(1,)(1, 2)1TrueNoneNone",
        ),
        ("{{ '\\x4' }}", "TemplateSyntaxError: truncated \\xXX escape"),
        ("{{ '\\u12' }}", "TemplateSyntaxError: truncated \\uXXXX escape"),
        ("{{ 012 }}", "TemplateSyntaxError: expected token 'end of print statement', got 'integer'"),
        ("{{ 1.e }}", ""),
        ("{{ .5 }}", "TemplateSyntaxError: unexpected '.'"),
    ]);
}

#[test]
fn calls() {
    check(&[
        (
            "{{ dict(a=1, **{'b': 2}) }}{{ range(*[1, 4])|list }}{{ range(*[1], *[2]) }}",
            "TemplateSyntaxError: invalid syntax for function call expression",
        ),
        ("{{ range(*5) }}", "TypeError: Value after * must be an iterable, not int"),
        ("{{ 5() }}", "TypeError: 'int' object is not callable"),
        ("{{ 'a'() }}", "TypeError: 'str' object is not callable"),
        ("{{ dict(**{1: 2}) }}", "TypeError: keywords must be strings"),
    ]);
}

#[test]
fn ranges() {
    check(&[
        (
            "{{ range(3) }}{{ range(1, 4)|list }}{{ range(5, 0, -2)|list }}{{ range(0) }}{{ range(1, 10, 3) }}{{ range(0)|list }}{{ 2 in range(3) }}{{ range(3)[1] }}{{ range(3)|last }}",
            "range(0, 3)[1, 2, 3][5, 3, 1]range(0, 0)range(1, 10, 3)[]True12",
        ),
        ("{{ range() }}", "TypeError: range expected at least 1 argument, got 0"),
        ("{{ range('a') }}", "TypeError: 'str' object cannot be interpreted as an integer"),
        ("{{ range(1, 2, 0) }}", "ValueError: range() arg 3 must not be zero"),
        ("{{ range(1.5) }}", "TypeError: 'float' object cannot be interpreted as an integer"),
        ("{{ range(nope) }}", "TypeError: 'Undefined' object cannot be interpreted as an integer"),
    ]);
}
