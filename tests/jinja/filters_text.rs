//! Filters on text, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn capitalize() {
    check(&[
        ("{{ 'hELLO wORLD'|capitalize }}", "Hello world"),
        ("{{ ''|capitalize }}", ""),
        ("{{ 5|capitalize }}", "5"),
        ("{{ 'éa'|capitalize }}", "Éa"),
        ("{{ 'a'|capitalize(1) }}", "TypeError: do_capitalize() takes 1 positional argument but 2 were given"),
    ]);
}

#[test]
fn center() {
    check(&[
        ("[{{ 'ab'|center(5) }}]", "[  ab ]"),
        ("[{{ 'abc'|center(6) }}]", "[ abc  ]"),
        ("[{{ 'abcdef'|center(3) }}]", "[abcdef]"),
        ("{{ 'a'|center|length }}", "80"),
    ]);
}

#[test]
fn escape() {
    check(&[
        ("{{ '<a href=\"x\">&\\'</a>'|e }}", "&lt;a href=&#34;x&#34;&gt;&amp;&#39;&lt;/a&gt;"),
        ("{{ 1|escape }}", "1"),
        ("{{ 'plain'|forceescape }}", "plain"),
    ]);
}

#[test]
fn format() {
    check(&[
        ("{{ '%s-%d'|format('a', 2) }}", "a-2"),
        ("{{ '%(x)s'|format(x=1) }}", "1"),
        ("{{ 'a%%'|format }}", "a%"),
        ("{{ '%s'|format }}", "TypeError: not enough arguments for format string"),
        ("{{ '%s'|format(1, 2) }}", "TypeError: not all arguments converted during string formatting"),
        ("{{ '%s'|format(1, x=2) }}", "Exception: can't handle positional and keyword arguments at the same time"),
    ]);
}

#[test]
fn indent() {
    check(&[
        ("{{ 'a\\nb\\n\\nc'|indent }}|", "a\n    b\n\n    c|"),
        ("{{ 'a\\nb'|indent(2, true) }}", "  a\n  b"),
        ("{{ 'a\\n\\nb'|indent(1, blank=true) }}", "a\n \n b"),
        ("{{ 'a\\nb'|indent('> ') }}", "a\n> b"),
        ("{{ 'a\\n'|indent }}|", "a\n|"),
        ("{{ ''|indent(2, first=true) }}|", "  |"),
        ("{{ 'a\\r\\nb'|indent(2) }}", "a\n  b"),
    ]);
}

#[test]
fn lower() {
    check(&[("{{ 'ABC ÄÖ'|lower }}", "abc äö"), ("{{ none|lower }}", "none"), ("{{ nope|lower }}|", "|")]);
}

#[test]
fn replace() {
    check(&[
        ("{{ 'aaaa'|replace('a', 'b') }}", "bbbb"),
        ("{{ 'aaaa'|replace('a', 'b', 2) }}", "bbaa"),
        ("{{ 'abc'|replace('', '-') }}", "-a-b-c-"),
        ("{{ 123|replace(2, 'x') }}", "1x3"),
        ("{{ 'a'|replace('a') }}", "TypeError: do_replace() missing 1 required positional argument: 'new'"),
        ("{{ 'a.b.c'|replace('.', '') }}", "abc"),
    ]);
}

#[test]
fn striptags() {
    check(&[
        ("{{ '<p>a  <b>b</b>\\n c</p>'|striptags }}", "a b c"),
        ("{{ 'a <!-- x > y --> b'|striptags }}", "a b"),
        ("{{ '1 &lt; 2'|striptags }}", "1 < 2"),
    ]);
}

#[test]
fn title() {
    check(&[
        ("{{ 'hello WORLD foo-bar (baz)'|title }}", "Hello World Foo-Bar (Baz)"),
        ("{{ \"it's\"|title }}", "It's"),
        ("{{ 'a_b'|title }}", "A_b"),
    ]);
}

#[test]
fn trim() {
    check(&[
        ("[{{ '  a b\\n'|trim }}]", "[a b]"),
        ("{{ 'xxaxx'|trim('x') }}", "a"),
        ("{{ 'abcba'|trim('ab') }}", "c"),
        ("[{{ 5|trim }}]", "[5]"),
    ]);
}

#[test]
fn truncate() {
    check(&[
        ("{{ 'foo bar baz qux'|truncate(9) }}", "foo..."),
        ("{{ 'foo bar baz qux'|truncate(9, true) }}", "foo ba..."),
        ("{{ 'foo bar baz qux'|truncate(11) }}", "foo bar baz qux"),
        ("{{ 'foo bar baz qux'|truncate(11, false, '...', 0) }}", "foo bar..."),
        ("{{ 'abc'|truncate(2, end='....') }}", "Exception: expected length >= 4, got 2"),
        ("{{ 'foo bar baz'|truncate(5, true, '!', 0) }}", "foo !"),
    ]);
}

#[test]
fn upper() {
    check(&[
        ("{{ 'straße é'|upper }}", "STRASSE É"),
        ("{{ true|upper }}", "TRUE"),
        ("{{ 'a'|upper('b') }}", "TypeError: do_upper() takes 1 positional argument but 2 were given"),
    ]);
}

#[test]
fn urlencode() {
    check(&[
        ("{{ 'a b/c?d=é&'|urlencode }}", "a%20b/c%3Fd%3D%C3%A9%26"),
        ("{{ {'a b': 'c/d', 'e': 1}|urlencode }}", "a+b=c%2Fd&e=1"),
        ("{{ [('x', 1), ('y', 'z w')]|urlencode }}", "x=1&y=z+w"),
        ("{{ 5|urlencode }}", "5"),
    ]);
}

#[test]
fn wordcount() {
    check(&[("{{ 'a b  c-d_e, f'|wordcount }}", "5"), ("{{ ''|wordcount }}", "0")]);
}

#[test]
fn wordwrap() {
    check(&[
        ("{{ 'the quick brown fox'|wordwrap(10) }}", "the quick\nbrown fox"),
        ("{{ 'aaaaaaaaaa bb'|wordwrap(4) }}", "aaaa\naaaa\naa\nbb"),
        ("{{ 'aaaaaaaaaa bb'|wordwrap(4, false) }}", "aaaaaaaaaa\nbb"),
        ("{{ 'a b\\n\\nc d'|wordwrap(2) }}", "a\nb\n\nc\nd"),
        ("{{ 'foo-bar baz'|wordwrap(5) }}", "foo-\nbar\nbaz"),
        ("{{ 'foo bar'|wordwrap(3, wrapstring='|') }}", "foo|bar"),
    ]);
}

#[test]
fn string_and_safe() {
    check(&[
        ("{{ 1|string + '2' }}", "12"),
        ("{{ [1]|string }}", "[1]"),
        ("{{ none|string }}", "None"),
        ("{{ '<'|safe }}", "<"),
    ]);
}

#[test]
fn tojson() {
    check(&[
        ("{{ {'b': 1, 'a': [true, none, 1.5]}|tojson }}", "{\"a\": [true, null, 1.5], \"b\": 1}"),
        ("{{ \"<'&>\"|tojson }}", "\"\\u003c\\u0027\\u0026\\u003e\""),
        ("{{ 'é\\u2028'|tojson }}", "\"\\u00e9\\u2028\""),
        ("{{ [1, {'a': 2}]|tojson(indent=2) }}", "[\n  1,\n  {\n    \"a\": 2\n  }\n]"),
        ("{{ {1: 'x', none: 'y'}|tojson }}", "TypeError: '<' not supported between instances of 'NoneType' and 'int'"),
        ("{{ (1, 2)|tojson }}", "[1, 2]"),
        ("{{ range(2)|tojson }}", "TypeError: Object of type range is not JSON serializable"),
    ]);
}

#[test]
fn filesizeformat() {
    check(&[
        ("{{ 1|filesizeformat }}", "1 Byte"),
        ("{{ 100|filesizeformat }}", "100 Bytes"),
        ("{{ 1000|filesizeformat }}", "1.0 kB"),
        ("{{ 1234567|filesizeformat }}", "1.2 MB"),
        ("{{ 1024|filesizeformat(true) }}", "1.0 KiB"),
        ("{{ '12000'|filesizeformat }}", "12.0 kB"),
        ("{{ 10**25|filesizeformat }}", "TypeError: unsupported operand type(s) for ** or pow(): 'int' and 'str'"),
    ]);
}
