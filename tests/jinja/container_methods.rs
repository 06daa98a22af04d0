//! Methods of lists, tuples, dicts and sets, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn list_append_and_extend() {
    check(&[
        (
            "{% set l = [] %}{{ l.append(1) }}{% do l.extend((2, 3)) %}{% do l.extend('ab') %}{{ l }}",
            "None[1, 2, 3, 'a', 'b']",
        ),
        ("{% set l = [] %}{{ l.append() }}", "TypeError: list.append() takes exactly one argument (0 given)"),
        ("{% set l = [] %}{{ l.append(1, 2) }}", "TypeError: list.append() takes exactly one argument (2 given)"),
        ("{% set l = [] %}{{ l.extend(5) }}", "TypeError: 'int' object is not iterable"),
    ]);
}

#[test]
fn list_insert() {
    check(&[
        (
            "{% set l = [1, 2] %}{% do l.insert(0, 'a') %}{% do l.insert(99, 'z') %}{% do l.insert(-1, 'm') %}{{ l }}",
            "['a', 1, 2, 'm', 'z']",
        ),
        ("{% set l = [] %}{{ l.insert(1) }}", "TypeError: insert expected 2 arguments, got 1"),
    ]);
}

#[test]
fn list_pop() {
    check(&[
        ("{% set l = [1, 2, 3, 4] %}{{ l.pop() }}{{ l.pop(0) }}{{ l.pop(-1) }}{{ l }}", "413[2]"),
        ("{% set l = [1] %}{{ l.pop(5) }}", "IndexError: pop index out of range"),
        ("{% set l = [] %}{{ l.pop() }}", "IndexError: pop from empty list"),
        ("{% set l = [1] %}{{ l.pop('a') }}", "TypeError: 'str' object cannot be interpreted as an integer"),
    ]);
}

#[test]
fn list_remove_and_clear() {
    check(&[
        ("{% set l = [1, 2, 1] %}{% do l.remove(1) %}{{ l }}{% do l.clear() %}{{ l }}", "[2, 1][]"),
        ("{% set l = [1] %}{% do l.remove(5) %}", "ValueError: list.remove(x): x not in list"),
    ]);
}

#[test]
fn list_index_and_count() {
    check(&[
        (
            "{{ [1, 2, 1].index(1) }}{{ [1, 2, 1].index(1, 1) }}{{ [1, 2, 1].count(1) }}{{ (1, 2).index(2) }}{{ (1, 1).count(1) }}",
            "02212",
        ),
        ("{{ [1].index('a') }}", "ValueError: 'a' is not in list"),
        ("{{ (1,).index(5) }}", "ValueError: tuple.index(x): x not in tuple"),
    ]);
}

#[test]
fn list_sort_and_reverse() {
    check(&[
        (
            "{% set l = [3, 1, 2] %}{{ l.sort() }}{{ l }}{% do l.reverse() %}{{ l }}{% do l.sort(reverse=true) %}{{ l }}",
            "None[1, 2, 3][3, 2, 1][3, 2, 1]",
        ),
        ("{% set l = ['b', 'A'] %}{% do l.sort() %}{{ l }}", "['A', 'b']"),
        (
            "{% set l = [1, 'a'] %}{% do l.sort() %}",
            "TypeError: '<' not supported between instances of 'str' and 'int'",
        ),
    ]);
}

#[test]
fn list_copy() {
    check(&[(
        "{% set l = [[1]] %}{% set c = l.copy() %}{% do c.append(2) %}{% do c[0].append(9) %}{{ l }}{{ c }}",
        "[[1, 9]][[1, 9], 2]",
    )]);
}

#[test]
fn dict_get_and_setdefault() {
    check(&[
        (
            "{% set d = {'a': 1} %}{{ d.get('a') }}{{ d.get('b') }}{{ d.get('b', 2) }}{{ d.setdefault('c', 3) }}{{ d.setdefault('a', 9) }}{{ d.setdefault('n') }}{{ d }}",
            "1None231None{'a': 1, 'c': 3, 'n': None}",
        ),
        ("{{ {}.get() }}", "TypeError: get expected at least 1 argument, got 0"),
        ("{{ {}.get([]) }}", "TypeError: unhashable type: 'list'"),
    ]);
}

#[test]
fn dict_update() {
    check(&[
        (
            "{% set d = {'a': 1} %}{% do d.update({'b': 2}, c=3) %}{% do d.update([('d', 4)]) %}{% do d.update(a=0) %}{{ d }}",
            "{'a': 0, 'b': 2, 'c': 3, 'd': 4}",
        ),
        ("{{ {}.update(5) }}", "TypeError: 'int' object is not iterable"),
        ("{{ {}.update([1]) }}", "TypeError: cannot convert dictionary update sequence element #0 to a sequence"),
        ("{{ {}.update(['abc']) }}", "ValueError: dictionary update sequence element #0 has length 3; 2 is required"),
    ]);
}

#[test]
fn dict_pop() {
    check(&[
        (
            "{% set d = {'a': 1, 'b': 2} %}{{ d.pop('a') }}{{ d.pop('x', 'no') }}{{ d.popitem() }}{{ d }}",
            "1no('b', 2){}",
        ),
        ("{{ {}.pop('x') }}", "KeyError: 'x'"),
        ("{{ {}.popitem() }}", "KeyError: 'popitem(): dictionary is empty'"),
    ]);
}

#[test]
fn dict_views() {
    check(&[
        (
            "{% set d = {'a': 1, 'b': 2} %}{{ d.keys() }}{{ d.values() }}{{ d.items() }}{{ d.keys()|list }}{{ 2 in d.values() }}{{ ('a', 1) in d.items() }}{{ 'a' in d.keys() }}{{ d.items()|length }}",
            "dict_keys(['a', 'b'])dict_values([1, 2])dict_items([('a', 1), ('b', 2)])['a', 'b']TrueTrueTrue2",
        ),
        ("{{ {'a': 1}.keys()[0] }}|", "|"),
    ]);
}

#[test]
fn dict_copy_and_clear() {
    check(&[(
        "{% set d = {'a': [1]} %}{% set c = d.copy() %}{% do c.update(b=1) %}{% do d.clear() %}{{ d }}{{ c }}",
        "{}{'a': [1], 'b': 1}",
    )]);
}

#[test]
fn dict_items_and_attributes() {
    check(&[
        (
            "{% set d = {'a': 1, 'get': 2, 'b c': 3} %}{{ d.a }}{{ d['a'] }}{{ d['get'] }}{{ d.get is callable }}{{ d['b c'] }}{{ d.x is defined }}{{ d['x'] is defined }}",
            "112True3FalseFalse",
        ),
        ("{{ {1: 'a', (1, 2): 'b'}[1] }}{{ {(1, 2): 'b'}[(1, 2)] }}{{ {none: 1}[none] }}{{ {true: 1}[1] }}", "ab11"),
    ]);
}

#[test]
fn list_items_and_slices() {
    check(&[
        (
            "{% set l = [1, 2, 3] %}{{ l[0] }}{{ l[-1] }}{{ l[5] }}{{ l.0 }}{{ l['x'] is defined }}{{ l[true] }}",
            "131False2",
        ),
        (
            "{% set l = [1, 2, 3, 4, 5] %}{{ l[1:3] }}{{ l[:2] }}{{ l[-2:] }}{{ l[::2] }}{{ l[::-1] }}{{ l[4:1:-2] }}{{ l[9:] }}{{ l[:-9] }}{{ (1, 2, 3)[1:] }}{{ 'abcde'[1:4] }}{{ 'abcde'[::-2] }}{{ l[none:2] }}",
            "[2, 3][1, 2][4, 5][1, 3, 5][5, 4, 3, 2, 1][5, 3][][](2, 3)bcdeca[1, 2]",
        ),
        ("{% set l = [1] %}{{ l[::0] }}", "ValueError: slice step cannot be zero"),
        (
            "{% set l = [1] %}{{ l['a':] }}",
            "TypeError: slice indices must be integers or None or have an __index__ method",
        ),
        ("{% set n = 5 %}{{ n[1:] }}", "TypeError: 'int' object is not subscriptable"),
        ("{% set d = {} %}{{ d[1:] }}", "TypeError: unhashable type: 'slice'"),
        ("{{ range(10)[2:5]|list }}{{ range(10)[-1] }}", "[2, 3, 4]9"),
    ]);
}

#[test]
fn loop_unpacking() {
    check(&[
        ("{% for a, b in {'x': 1}.items() %}{{ a }}{{ b }}{% endfor %}", "x1"),
        ("{% for a, b in ['xy'] %}{{ a }}{{ b }}{% endfor %}", "xy"),
        ("{% for a, b in [(1, 2, 3)] %}{% endfor %}", "ValueError: too many values to unpack (expected 2)"),
        ("{% for a, b in [(1,)] %}{% endfor %}", "ValueError: not enough values to unpack (expected 2, got 1)"),
        ("{% for a, (b, c) in [(1, [2, 3])] %}{{ a + b + c }}{% endfor %}", "6"),
    ]);
}
