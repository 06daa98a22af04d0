//! Methods of text, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn case_methods() {
    check(&[
        (
            "{{ 'aBc'.upper() }}{{ 'aBc'.lower() }}{{ 'aBc d'.swapcase() }}{{ 'hello wORLD'.capitalize() }}{{ \"they're bill's\".title() }}{{ 'Straße'.casefold() }}",
            "ABCabcAbC DHello worldThey'Re Bill'Sstrasse",
        ),
        ("{{ 'a'.upper(1) }}", "TypeError: str.upper() takes no arguments (1 given)"),
    ]);
}

#[test]
fn strip_methods() {
    check(&[
        (
            "[{{ '  a '.strip() }}][{{ '  a '.lstrip() }}][{{ '  a '.rstrip() }}]{{ 'xxaxx'.strip('x') }}{{ 'abcab'.lstrip('ab') }}{{ 'abc'.rstrip('cb') }}{{ 'a'.strip(none) }}",
            "[a][a ][  a]acabaa",
        ),
        ("{{ 'a'.strip(1) }}", "TypeError: strip arg must be None or str"),
    ]);
}

#[test]
fn split() {
    check(&[
        (
            "{{ ' a  b '.split() }}{{ 'a,b,,c'.split(',') }}{{ 'a,b,c'.split(',', 1) }}{{ 'a b c'.split(none, 1) }}{{ ''.split() }}{{ ''.split(',') }}{{ 'a b'.split(maxsplit=0) }}",
            "['a', 'b']['a', 'b', '', 'c']['a', 'b,c']['a', 'b c'][]['']['a b']",
        ),
        ("{{ 'a'.split('') }}", "ValueError: empty separator"),
        ("{{ 'a'.split(1) }}", "TypeError: must be str or None, not int"),
    ]);
}

#[test]
fn rsplit() {
    check(&[(
        "{{ 'a,b,c'.rsplit(',', 1) }}{{ ' a b c '.rsplit(none, 1) }}{{ 'a b'.rsplit() }}{{ 'abc'.rsplit(',') }}",
        "['a,b', 'c'][' a b', 'c']['a', 'b']['abc']",
    )]);
}

#[test]
fn splitlines() {
    check(&[(
        "{{ 'a\\nb\\r\\nc\\n'.splitlines() }}{{ 'a\\nb'.splitlines(true) }}{{ ''.splitlines() }}{{ 'a\\n\\nb'.splitlines() }}",
        "['a', 'b', 'c']['a\\n', 'b'][]['a', '', 'b']",
    )]);
}

#[test]
fn partition() {
    check(&[
        (
            "{{ 'a=b=c'.partition('=') }}{{ 'a=b=c'.rpartition('=') }}{{ 'abc'.partition('=') }}{{ 'abc'.rpartition('=') }}",
            "('a', '=', 'b=c')('a=b', '=', 'c')('abc', '', '')('', '', 'abc')",
        ),
        ("{{ 'a'.partition('') }}", "ValueError: empty separator"),
    ]);
}

#[test]
fn find_and_index() {
    check(&[
        (
            "{{ 'abcabc'.find('c') }}{{ 'abcabc'.rfind('c') }}{{ 'abc'.find('x') }}{{ 'abcabc'.find('c', 3) }}{{ 'abcabc'.find('c', 0, 2) }}{{ 'abc'.find('') }}{{ 'abc'.find('', 9) }}{{ 'abc'.index('b') }}{{ 'abcb'.rindex('b') }}{{ 'abc'.find('c', -1) }}",
            "25-15-10-1132",
        ),
        ("{{ 'abc'.index('x') }}", "ValueError: substring not found"),
        ("{{ 'abc'.find(1) }}", "TypeError: must be str, not int"),
    ]);
}

#[test]
fn count() {
    check(&[(
        "{{ 'aaa'.count('a') }}{{ 'aaa'.count('aa') }}{{ 'abc'.count('') }}{{ 'abcabc'.count('a', 1) }}",
        "3141",
    )]);
}

#[test]
fn startswith_and_endswith() {
    check(&[
        (
            "{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith('bc') }}{{ 'abc'.startswith(('x', 'a')) }}{{ 'abc'.startswith('b', 1) }}{{ 'abc'.endswith('') }}",
            "TrueTrueTrueTrueTrue",
        ),
        ("{{ 'abc'.startswith(1) }}", "TypeError: startswith first arg must be str or a tuple of str, not int"),
        ("{{ 'abc'.startswith(['a']) }}", "TypeError: startswith first arg must be str or a tuple of str, not list"),
    ]);
}

#[test]
fn replace() {
    check(&[
        (
            "{{ 'aaa'.replace('a', 'b') }}{{ 'aaa'.replace('a', 'b', 2) }}{{ 'ab'.replace('', '-') }}{{ 'aaa'.replace('a', 'b', 0) }}",
            "bbbbba-a-b-aaa",
        ),
        ("{{ 'a'.replace('a') }}", "TypeError: replace expected at least 2 arguments, got 1"),
        ("{{ 'a'.replace('a', 1) }}", "TypeError: replace() argument 2 must be str, not int"),
    ]);
}

#[test]
fn join() {
    check(&[
        ("{{ ', '.join(['a', 'b']) }}{{ '-'.join('abc') }}{{ ''.join([]) }}{{ ','.join({'a': 1}) }}", "a, ba-b-ca"),
        ("{{ ','.join([1]) }}", "TypeError: sequence item 0: expected str instance, int found"),
        ("{{ ','.join(5) }}", "TypeError: can only join an iterable"),
    ]);
}

#[test]
fn padding() {
    check(&[
        (
            "[{{ 'a'.ljust(3) }}][{{ 'a'.rjust(3, '.') }}][{{ 'a'.center(4) }}][{{ 'ab'.center(5, '*') }}][{{ '7'.zfill(3) }}][{{ '-7'.zfill(4) }}][{{ 'abc'.zfill(2) }}][{{ 'a'.ljust(0) }}]",
            "[a  ][..a][ a  ][**ab*][007][-007][abc][a]",
        ),
        ("{{ 'a'.ljust(3, 'xy') }}", "TypeError: The fill character must be exactly one character long"),
    ]);
}

#[test]
fn questions() {
    check(&[(
        "{{ 'ab1'.isalnum() }}{{ 'ab'.isalpha() }}{{ '12'.isdigit() }}{{ ''.isdigit() }}{{ '1.5'.isdigit() }}{{ 'ab'.islower() }}{{ 'AB1'.isupper() }}{{ ' \\t'.isspace() }}{{ 'a_1'.isidentifier() }}{{ '1a'.isidentifier() }}{{ 'é'.isascii() }}{{ '12'.isdecimal() }}{{ '½'.isnumeric() }}",
        "TrueTrueTrueFalseFalseTrueTrueTrueTrueFalseFalseTrueTrue",
    )]);
}

#[test]
fn prefixes() {
    check(&[(
        "{{ 'abc'.removeprefix('ab') }}{{ 'abc'.removeprefix('x') }}{{ 'abc'.removesuffix('bc') }}{{ 'abc'.removesuffix('') }}",
        "cabcaabc",
    )]);
}

#[test]
fn tabs() {
    check(&[(
        "[{{ 'a\\tb'.expandtabs() }}][{{ 'a\\tb\\n\\tc'.expandtabs(4) }}][{{ '\\t'.expandtabs(0) }}]",
        "[a       b][a   b\n    c][]",
    )]);
}

#[test]
fn unknown_methods() {
    check(&[
        ("{{ 'a'.nope }}|", "|"),
        ("{{ 'a'.nope() }}", "UndefinedError: 'str object' has no attribute 'nope'"),
        ("{{ 'a'.__class__ }}|", "|"),
    ]);
}

#[test]
fn format_fields() {
    check(&[
        (
            "{{ '{} {}'.format(1, 'a') }}{{ '{1}{0}'.format('a', 'b') }}{{ '{x}'.format(x=1) }}{{ '{{}}'.format() }}{{ '{0[a]} {0.b}'.format({'a': 1, 'b': 2}) }}{{ '{0[1]}'.format([5, 6]) }}",
            "1 aba1{}1 26",
        ),
        (
            "{{ '{} {0}'.format(1) }}",
            "ValueError: cannot switch from manual field specification to automatic field numbering",
        ),
        ("{{ '{}'.format() }}", "IndexError: tuple index out of range"),
        ("{{ '{x}'.format() }}", "KeyError: 'x'"),
        ("{{ '{'.format(1) }}", "ValueError: Single '{' encountered in format string"),
        ("{{ '}'.format(1) }}", "ValueError: Single '}' encountered in format string"),
        ("{{ '{a:{w}}|'.format(a=1, w=4) }}", "   1|"),
        ("{{ '{!r} {!s}'.format('a', 'b') }}", "'a' b"),
        ("{{ '{!x}'.format(1) }}", "ValueError: Unknown conversion specifier x"),
        ("{{ '{a}'.format_map({'a': 1}) }}", "1"),
    ]);
}

#[test]
fn format_numbers() {
    check(&[
        (
            "{{ '{:5d}|{:<5d}|{:^5d}|{:05d}|{:+d}|{: d}|{:=+5d}'.format(42, 42, 42, 42, 42, 42, 42) }}",
            "   42|42   | 42  |00042|+42| 42|+  42",
        ),
        (
            "{{ '{:,} {:_} {:x} {:X} {:#x} {:o} {:b} {:c}'.format(1234567, 1234567, 255, 255, 255, 8, 5, 65) }}",
            "1,234,567 1_234_567 ff FF 0xff 10 101 A",
        ),
        (
            "{{ '{:.2f} {:8.3f}| {:e} {:.1E} {:g} {:g} {:%} {:.1%}'.format(3.14159, 3.14159, 12345.678, 12345.678, 0.0001, 1e10, 0.25, 0.256) }}",
            "3.14    3.142| 1.234568e+04 1.2E+04 0.0001 1e+10 25.000000% 25.6%",
        ),
        (
            "{{ '{:.3} {:10.4} {} {:,.2f}'.format(3.14159, 2.0, 1e16, 1234567.891) }}",
            "3.14        2.0 1e+16 1,234,567.89",
        ),
        ("{{ '{:d}'.format(1.5) }}", "ValueError: Unknown format code 'd' for object of type 'float'"),
        ("{{ '{:.2d}'.format(5) }}", "ValueError: Precision not allowed in integer format specifier"),
        ("{{ '{:f}'.format(10**20) }}", "100000000000000000000.000000"),
        ("{{ '{:d} {}'.format(true, true) }}", "1 True"),
        ("{{ '{:012,d}'.format(1234567) }}", "0,001,234,567"),
    ]);
}

#[test]
fn format_text() {
    check(&[
        (
            "[{{ '{:5}'.format('ab') }}][{{ '{:>5}'.format('ab') }}][{{ '{:^6}'.format('ab') }}][{{ '{:*<5}'.format('ab') }}][{{ '{:.1}'.format('ab') }}][{{ '{:s}'.format('ab') }}]",
            "[ab   ][   ab][  ab  ][ab***][a][ab]",
        ),
        ("{{ '{:d}'.format('a') }}", "ValueError: Unknown format code 'd' for object of type 'str'"),
        ("{{ '{:=5}'.format('a') }}", "ValueError: '=' alignment not allowed in string format specifier"),
        ("{{ '{:+}'.format('a') }}", "ValueError: Sign not allowed in string format specifier"),
        ("{{ '{:5}'.format([1]) }}", "TypeError: unsupported format string passed to list.__format__"),
        ("{{ '{:5}'.format(none) }}", "TypeError: unsupported format string passed to NoneType.__format__"),
    ]);
}

#[test]
fn percent_fields() {
    check(&[
        (
            "{{ '%s %r %d %i %u' % ('a', 'a', 1.9, 2, 3) }}{{ '%5s|%-5s|%.2s|%5.1s|' % ('a', 'a', 'abc', 'abc') }}",
            "a 'a' 1 2 3    a|a    |ab|    a|",
        ),
        (
            "{{ '%05d|%+d|% d|%-5d|%x|%X|%#x|%o|%c|%c' % (42, 42, 42, 42, 255, 255, 255, 8, 65, 'z') }}",
            "00042|+42| 42|42   |ff|FF|0xff|10|A|z",
        ),
        (
            "{{ '%f %.2f %8.3f %e %g %G %.3g %F' % (1.5, 1.005, 3.14159, 12345.678, 0.00001, 1e20, 1234567, 2) }}",
            "1.500000 1.00    3.142 1.234568e+04 1e-05 1E+20 1.23e+06 2.000000",
        ),
        ("{{ '%(a)s %(b)05.1f' % {'a': 1, 'b': 2} }}", "1 002.0"),
        ("{{ '%*d|%-*d|%.*f' % (5, 1, 5, 1, 2, 1.234) }}", "    1|1    |1.23"),
        (
            "{{ '%%' % () }}{{ '%s' % [1, 2] }}{{ '%s' % {'a': 1} }}{{ 'plain' % {} }}{{ '%s' % none }}",
            "%[1, 2]{'a': 1}plainNone",
        ),
    ]);
}

#[test]
fn percent_complaints() {
    check(&[
        ("{{ '%d' % 'a' }}", "TypeError: %d format: a real number is required, not str"),
        ("{{ '%s %s' % 'a' }}", "TypeError: not enough arguments for format string"),
        ("{{ '%s' % (1, 2) }}", "TypeError: not all arguments converted during string formatting"),
        ("{{ '%y' % 1 }}", "ValueError: unsupported format character 'y' (0x79) at index 1"),
        ("{{ '%' % 1 }}", "ValueError: incomplete format"),
        ("{{ '%(a)s' % 1 }}", "TypeError: format requires a mapping"),
        ("{{ '%(a)s' % {} }}", "KeyError: 'a'"),
        ("{{ 'a' % 1 }}", "TypeError: not all arguments converted during string formatting"),
        ("{{ '%x' % 1.5 }}", "TypeError: %x format: an integer is required, not float"),
        ("{{ '%c' % 'ab' }}", "TypeError: %c requires int or char"),
        ("{{ '%f' % 'a' }}", "TypeError: must be real number, not str"),
        ("{{ '%(a' % {} }}", "ValueError: incomplete format key"),
    ]);
}
