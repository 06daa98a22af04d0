//! Python's values: equality and hash, numbers, text, containers, JSON.

use ebbtide::jinja::{Dict, JsonStyle, Key, Value};

use super::support::check;

#[test]
fn equal_keys_are_one_key() {
    let mut dict = Dict::new();
    for (key, value) in [(Value::Int(1), "int"), (Value::Float(1.0), "float"), (Value::Bool(true), "bool")] {
        dict.insert(Key::new(key).expect("hashable"), value);
    }
    assert_eq!(Value::dict(dict).repr(), "{1: 'bool'}");
    let error = Key::new(Value::tuple(vec![Value::list(vec![])])).expect_err("unhashable");
    assert_eq!(error.message(), "unhashable type: 'list'");
}

#[test]
fn containers_compare_by_their_items() {
    check(&[
        ("{{ [1, 'a'] == [1.0, 'a'] }}{{ (1,) == [1] }}{{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }}", "TrueFalseTrue"),
        ("{{ [1, 2] < [1, 3] }}{{ (1,) < (1, 0) }}{{ 'a' < 'b' }}{{ [1, 'a'] < [2, 3] }}", "TrueTrueTrueTrue"),
        ("{{ [1] < (1,) }}", "TypeError: '<' not supported between instances of 'list' and 'tuple'"),
        ("{{ {} < {} }}", "TypeError: '<' not supported between instances of 'dict' and 'dict'"),
        ("{{ none < 1 }}", "TypeError: '<' not supported between instances of 'NoneType' and 'int'"),
        ("{{ range(3) == range(3) }}{{ range(0) == range(2, 2) }}", "TrueTrue"),
        ("{{ 2**53 + 1 > 2.0**53 }}{{ 10**400 > 1e308 }}{{ 2**64 == 2.0**64 }}", "TrueTrueTrue"),
        ("{{ set([1, 2]) == set([2, 1]) }}{{ set([1]) < set([1, 2]) }}{{ set([1]) <= set([2]) }}", "TrueTrueFalse"),
    ]);
}

#[test]
fn integers_have_any_size() {
    check(&[
        ("{{ 9223372036854775807 + 1 }}", "9223372036854775808"),
        ("{{ -9223372036854775808 - 1 }}", "-9223372036854775809"),
        ("{{ 3037000500 * 3037000500 }}", "9223372037000250000"),
        ("{{ (2**64) // 3 }} {{ -(2**64) // 3 }} {{ (2**64) % -7 }}", "6148914691236517205 -6148914691236517206 -5"),
        ("{{ 2**64 - 2**64 + 5 }}{{ (2**64 - 2**64) is integer }}", "5True"),
        ("{{ 10**20 / 10**19 }} {{ 7 // -2 }} {{ 7 % -3 }} {{ -7.5 // 2 }} {{ -7.5 % 2 }}", "10.0 -4 -2 -4.0 0.5"),
        ("{{ 1 // 0 }}", "ZeroDivisionError: integer division or modulo by zero"),
        ("{{ 1 % 0 }}", "ZeroDivisionError: integer modulo by zero"),
        ("{{ 1.0 / 0 }}", "ZeroDivisionError: float division by zero"),
        ("{{ true + true }}{{ -true }}{{ true * 3 }}", "2-13"),
        (
            "{{ 2 ** 0.5 }} {{ 0 ** 0 }} {{ (-2) ** 3 }} {{ 1 ** 10**30 }} {{ (-1) ** (10**30 + 1) }}",
            "1.4142135623730951 1 -8 1 -1",
        ),
    ]);
}

#[test]
fn floats_print_their_shortest_digits() {
    check(&[
        (
            "{{ 1e15 }} {{ 1e16 }} {{ 0.0001 }} {{ 0.00001 }} {{ 123456789.125 }}",
            "1000000000000000.0 1e+16 0.0001 1e-05 123456789.125",
        ),
        ("{{ 1e308 * 10 }} {{ -1e308 * 10 }} {{ 1e308 * 10 - 1e308 * 10 }} {{ -0.0 }}", "inf -inf nan -0.0"),
        ("{{ 5e-324 }} {{ 1.7976931348623157e308 }}", "5e-324 1.7976931348623157e+308"),
    ]);
}

#[test]
fn text_is_shown_as_python_shows_it() {
    check(&[
        (
            "{{ ['\\n\\t\\\\', \"'\", '\\'\"', '\\x07', 'é', '\\u200b', '\\U0001f600'] }}",
            "['\\n\\t\\\\', \"'\", '\\'\"', '\\x07', 'é', '\\u200b', '😀']",
        ),
        ("{{ 'ß'.upper() }}{{ 'İ'.lower()|length }}", "SS2"),
        ("{{ 'äöü'[1] }}{{ 'äöü'[::-1] }}{{ 'äöü'.find('ü') }}{{ 'äöü'[1:] }}{{ 'äöü'|length }}", "öüöä2öü3"),
    ]);
}

#[test]
fn lists_are_shared_and_copied_as_in_python() {
    check(&[
        ("{% set a = [1] %}{% set b = a + [2] %}{% do b.append(3) %}{{ a }}{{ b }}", "[1][1, 2, 3]"),
        ("{% set a = [[0]] * 2 %}{% do a[0].append(1) %}{{ a }}", "[[0, 1], [0, 1]]"),
        ("{% set a = [1] %}{% set b = a.copy() %}{% do b.append(2) %}{{ a }}", "[1]"),
        ("{% set a = [1] %}{% set b = a|list %}{% do b.append(2) %}{{ a }}", "[1]"),
        ("{% set a = [3, 1] %}{% set b = a|sort %}{{ a }}{{ b }}{{ a.sort() }}{{ a }}", "[3, 1][1, 3]None[1, 3]"),
        ("{% set add = [].append %}{{ add(1) }}{{ add is callable }}", "NoneTrue"),
        ("{% set l = ['b', 'A'] %}{% do l.sort(key=none, reverse=true) %}{{ l }}", "['b', 'A']"),
        ("{{ [1, 2, 3].pop(0) }}{{ [].pop() }}", "IndexError: pop from empty list"),
    ]);
}

#[test]
fn dicts_have_live_views() {
    check(&[
        (
            "{% set d = {'a': 1} %}{% set k = d.keys() %}{% do d.update(b=2) %}{{ k }}{{ k|length }}",
            "dict_keys(['a', 'b'])2",
        ),
        ("{{ {'a': 1}.items() }}{{ {'a': 1}.values() }}", "dict_items([('a', 1)])dict_values([1])"),
        (
            "{{ {'a': 1}.items()[0] is defined }}{{ 'a' in {'a': 1}.keys() }}{{ {'a': 1}.keys() == {'a': 2}.keys() }}",
            "FalseTrueTrue",
        ),
        ("{% set d = {'a': 1, 'b': 2} %}{{ d.pop('a') }}{{ d.popitem() }}{{ d }}{{ d.get('x') }}", "1('b', 2){}None"),
        ("{% set d = {} %}{{ d.setdefault('a', []).append(1) }}{{ d }}", "None{'a': [1]}"),
        ("{{ dict([('a', 1)], b=2) }}{{ dict({'x': 1}, **{'y': 2}) }}", "{'a': 1, 'b': 2}{'x': 1, 'y': 2}"),
        (
            "{{ {'a': 1, 'a': 2} }}{{ {1: 'x'}[1.0] }}{{ {'a': 1}.update([('b',)]) }}",
            "ValueError: dictionary update sequence element #0 has length 1; 2 is required",
        ),
        ("{{ {[]: 1} }}", "TypeError: unhashable type: 'list'"),
    ]);
}

#[test]
fn generators_are_walked_once() {
    check(&[
        ("{% set g = [1, 2]|map('string') %}{{ g|list }}{{ g|list }}", "['1', '2'][]"),
        ("{{ 'yes' if []|select else 'no' }}", "yes"),
        ("{{ ([1]|select)|length }}", "TypeError: object of type 'generator' has no len()"),
        ("{{ zip([1, 2], 'ab')|list }}{{ zip(1) }}{{ zip(1, default=2) }}", "[(1, 'a'), (2, 'b')]None2"),
        ("{{ zip_strict(1) }}", "TypeError: 'int' object is not iterable"),
        ("{{ set([1, 1, 'a'])|list }}{{ set(1) }}{{ set(1, 'd') }}", "[1, 'a']Noned"),
        ("{{ set_strict(1) }}", "TypeError: 'int' object is not iterable"),
    ]);
}

#[test]
fn json_keeps_order_and_kinds() {
    let json: serde_json::Value =
        serde_json::from_str(r#"{"z": [1, 2.5, null, true], "a": {"k": "v"}, "big": 18446744073709551615}"#)
            .expect("JSON");
    let value = Value::from_json(&json);
    assert_eq!(value.repr(), "{'z': [1, 2.5, None, True], 'a': {'k': 'v'}, 'big': 18446744073709551615}");
    assert_eq!(value.to_json().expect("JSON"), json);
    let error = Value::function("f", |_, _| Ok(Value::None)).to_json().expect_err("no JSON");
    assert_eq!(error.message(), "Object of type function is not JSON serializable");
}

#[test]
fn json_text_is_pythons() {
    let value =
        Value::parse_literal("{'b': [1, 2.0, None, True, 'é\"'], 'a': {}, 1: (), 'c': [[]]}").expect("a literal");
    let text = |style| value.json_text(style, 10_000).expect("JSON");
    assert_eq!(text(JsonStyle::default()), r#"{"b": [1, 2.0, null, true, "\u00e9\""], "a": {}, "1": [], "c": [[]]}"#);
    let value = Value::parse_literal("{'b': [1], 'a': {}}").expect("a literal");
    let style = JsonStyle { sort_keys: true, indent: Some(2) };
    assert_eq!(value.json_text(style, 10_000).expect("JSON"), "{\n  \"a\": {},\n  \"b\": [\n    1\n  ]\n}");
    assert_eq!(value.json_text(style, 3).expect_err("too long").message(), "the JSON text is longer than 3 bytes");
}

#[test]
fn the_hosts_conversions() {
    assert_eq!(Value::from(Some("a")).repr(), "'a'");
    assert_eq!(Value::from(None::<i64>).repr(), "None");
    assert_eq!(Value::from(vec![Value::from(true), Value::from(1.5)]).repr(), "[True, 1.5]");
    assert_eq!(Value::from("a".to_owned()).as_str(), Some("a"));
    assert_eq!(Value::Bool(true).as_int(), Some(1));
    assert!(Value::undefined("x").is_undefined() && !Value::undefined("x").truthy());
}
