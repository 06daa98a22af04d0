//! Filters on lists and other sequences, one by one. The answers are Jinja2 3.1.6's own.

use super::support::check;

#[test]
fn attr() {
    check(&[
        ("{{ 'abc'|attr('upper') is callable }}", "True"),
        ("{{ {'a': 1}|attr('a') is defined }}", "False"),
        ("{{ 5|attr('nope') is defined }}", "False"),
    ]);
}

#[test]
fn batch() {
    check(&[
        ("{{ [1,2,3,4,5]|batch(2)|list }}", "[[1, 2], [3, 4], [5]]"),
        ("{{ [1,2,3]|batch(2, 'x')|list }}", "[[1, 2], [3, 'x']]"),
        ("{{ []|batch(2)|list }}", "[]"),
        ("{{ 'abc'|batch(2)|list }}", "[['a', 'b'], ['c']]"),
        ("{{ [1,2]|batch(2, 0)|list }}", "[[1, 2]]"),
    ]);
}

#[test]
fn default() {
    check(&[
        ("{{ nope|default('d') }}", "d"),
        ("{{ ''|default('d') }}|", "|"),
        ("{{ ''|default('d', true) }}", "d"),
        ("{{ 0|d(1, boolean=true) }}", "1"),
        ("{{ nope|default }}|", "|"),
        ("{{ none|default('x') }}", "None"),
        ("{{ {'a': 1}.b|default(2) }}", "2"),
    ]);
}

#[test]
fn dictsort() {
    check(&[
        ("{{ {'b': 1, 'A': 2}|dictsort }}", "[('A', 2), ('b', 1)]"),
        ("{{ {'b': 1, 'A': 2}|dictsort(true) }}", "[('A', 2), ('b', 1)]"),
        ("{{ {'a': 2, 'b': 1}|dictsort(by='value') }}", "[('b', 1), ('a', 2)]"),
        ("{{ {'a': 2, 'b': 1}|dictsort(reverse=true) }}", "[('b', 1), ('a', 2)]"),
        ("{{ {}|dictsort(by='x') }}", "Exception: You can only sort by either \"key\" or \"value\""),
    ]);
}

#[test]
fn first() {
    check(&[
        ("{{ [1,2]|first }}", "1"),
        ("{{ 'ab'|first }}", "a"),
        ("{{ {'x': 1}|first }}", "x"),
        ("{{ []|first }}|", "|"),
        ("{{ 5|first }}", "TypeError: 'int' object is not iterable"),
    ]);
}

#[test]
fn groupby() {
    check(&[
        (
            "{% for k, v in [{'a': 1, 'b': 2}, {'a': 2, 'b': 3}, {'a': 1, 'b': 4}]|groupby('a') %}{{ k }}:{{ v|map(attribute='b')|join(',') }};{% endfor %}",
            "1:2,4;2:3;",
        ),
        ("{{ [{'a': 1}]|groupby('a') }}", "[(1, [{'a': 1}])]"),
        ("{{ ([{'a': 'x'}]|groupby('a'))[0].grouper }}", "x"),
        ("{{ ([{'a': 'x'}]|groupby('a'))[0].list }}", "[{'a': 'x'}]"),
        ("{{ [{'a': 'B'}, {'a': 'b'}]|groupby('a')|length }}", "1"),
        ("{{ [{'a': 'B'}, {'a': 'b'}]|groupby('a', case_sensitive=true)|length }}", "2"),
        ("{{ [{}, {'a': 1}]|groupby('a', default=0)|map('first')|list }}", "[0, 1]"),
        ("{{ ([{'a': 1}]|groupby('a'))[0] == (1, [{'a': 1}]) }}", "True"),
    ]);
}

#[test]
fn items() {
    check(&[
        ("{{ {'a': 1}|items|list }}", "[('a', 1)]"),
        ("{{ nope|items|list }}", "[]"),
        ("{{ [1]|items|list }}", "TypeError: Can only get item pairs from a mapping."),
    ]);
}

#[test]
fn join() {
    check(&[
        ("{{ [1, none, 'a', true]|join('-') }}", "1-None-a-True"),
        ("{{ ['a','b']|join }}", "ab"),
        ("{{ [{'n': {'m': 1}}]|join(',', attribute='n.m') }}", "1"),
        ("{{ 'abc'|join(' ') }}", "a b c"),
        ("{{ []|join(',') }}|", "|"),
        ("{{ 5|join }}", "TypeError: 'int' object is not iterable"),
        ("{{ ['a', 'b']|join(1) }}", "a1b"),
    ]);
}

#[test]
fn last() {
    check(&[
        ("{{ [1,2]|last }}", "2"),
        ("{{ 'ab'|last }}", "b"),
        ("{{ []|last }}|", "|"),
        ("{{ range(4)|last }}", "3"),
        ("{{ {'a': 1, 'b': 2}|last }}", "b"),
    ]);
}

#[test]
fn length() {
    check(&[
        ("{{ [1,2]|length }}", "2"),
        ("{{ 'äö'|count }}", "2"),
        ("{{ {'a': 1}|length }}", "1"),
        ("{{ 5|length }}", "TypeError: object of type 'int' has no len()"),
        ("{{ nope|length }}", "0"),
        ("{{ none|length }}", "TypeError: object of type 'NoneType' has no len()"),
        ("{{ range(7)|length }}", "7"),
    ]);
}

#[test]
fn list() {
    check(&[
        ("{{ 'abc'|list }}", "['a', 'b', 'c']"),
        ("{{ {'a': 1}|list }}", "['a']"),
        ("{{ (1, 2)|list }}", "[1, 2]"),
        ("{{ nope|list }}", "[]"),
        ("{{ 5|list }}", "TypeError: 'int' object is not iterable"),
    ]);
}

#[test]
fn map() {
    check(&[
        ("{{ ['a', 'b']|map('upper')|list }}", "['A', 'B']"),
        ("{{ [{'a': {'b': 1}}, {}]|map(attribute='a.b', default='x')|list }}", "[1, 'x']"),
        ("{{ [[1, 2], [3]]|map(attribute=0)|list }}", "[1, 3]"),
        ("{{ ['a-b']|map('replace', '-', '_')|list }}", "['a_b']"),
        ("{{ [1]|map('nofilter')|list }}", "Exception: No filter named 'nofilter'."),
        ("{{ [1]|map|list }}", "Exception: map requires a filter argument"),
        ("{{ [{'a': 1}]|map(attribute='a', x=1)|list }}", "Exception: Unexpected keyword argument 'x'"),
        ("{{ [{}]|map(attribute='a.b')|list }}", "UndefinedError: 'dict object' has no attribute 'a'"),
        ("{{ ['3']|map('int')|sum }}", "3"),
        ("{{ none|map('upper')|list }}", "[]"),
    ]);
}

#[test]
fn max_and_min() {
    check(&[
        ("{{ [1, 3, 2]|max }}{{ [1, 3, 0]|min }}", "30"),
        ("{{ ['a', 'B']|max }}{{ ['a', 'B']|min }}", "Ba"),
        ("{{ ['a', 'B']|max(case_sensitive=true) }}", "a"),
        ("{{ [{'a': 2}, {'a': 1}]|min(attribute='a') }}", "{'a': 1}"),
        ("{{ []|max }}|", "|"),
        ("{{ [1, 'a']|max }}", "TypeError: '>' not supported between instances of 'str' and 'int'"),
        ("{{ [1, 1.0]|max }}{{ [1.0, 1]|max }}", "11.0"),
    ]);
}

#[test]
fn reverse() {
    check(&[
        ("{{ 'abc'|reverse }}", "cba"),
        ("{{ [1,2]|reverse|list }}", "[2, 1]"),
        ("{{ {'a': 1, 'b': 2}|reverse|list }}", "['b', 'a']"),
        ("{{ 5|reverse }}", "Exception: argument must be iterable"),
    ]);
}

#[test]
fn select_and_reject() {
    check(&[
        ("{{ [0, 1, '', 'a']|select|list }}", "[1, 'a']"),
        ("{{ [0, 1, '', 'a']|reject|list }}", "[0, '']"),
        ("{{ [1, 2, 3]|select('odd')|list }}", "[1, 3]"),
        ("{{ [1, 2, 3]|reject('gt', 1)|list }}", "[1]"),
        ("{{ ['a', none]|reject('none')|list }}", "['a']"),
        ("{{ [1]|select('notest')|list }}", "Exception: No test named 'notest'."),
        ("{{ [1, 5]|select('in', [5])|list }}", "[5]"),
    ]);
}

#[test]
fn selectattr_and_rejectattr() {
    check(&[
        ("{{ [{'a': 1}, {'a': 2}, {}]|selectattr('a')|list }}", "[{'a': 1}, {'a': 2}]"),
        ("{{ [{'a': 1}, {'a': 2}, {}]|rejectattr('a')|list }}", "[{}]"),
        ("{{ [{'a': 1}, {'a': 2}]|selectattr('a', 'equalto', 2)|list }}", "[{'a': 2}]"),
        ("{{ [{'a': {'b': 0}}]|rejectattr('a.b')|list }}", "[{'a': {'b': 0}}]"),
        ("{{ [{'a': 1}]|selectattr|list }}", "Exception: Missing parameter for attribute name"),
        ("{{ [{'a': 1}, {}]|selectattr('a', 'defined')|list }}", "[{'a': 1}]"),
    ]);
}

#[test]
fn slice() {
    check(&[
        ("{{ [1,2,3,4,5]|slice(2)|list }}", "[[1, 2, 3], [4, 5]]"),
        ("{{ [1,2,3]|slice(2, 'x')|list }}", "[[1, 2], [3, 'x']]"),
        ("{{ [1]|slice(3)|list }}", "[[1], [], []]"),
    ]);
}

#[test]
fn sort() {
    check(&[
        ("{{ [3, 1, 2]|sort }}", "[1, 2, 3]"),
        ("{{ ['b', 'A', 'a']|sort }}", "['A', 'a', 'b']"),
        ("{{ ['b', 'A', 'a']|sort(case_sensitive=true) }}", "['A', 'a', 'b']"),
        ("{{ [3, 1, 2]|sort(reverse=true) }}", "[3, 2, 1]"),
        ("{{ [{'a': 2, 'b': 1}, {'a': 1, 'b': 2}]|sort(attribute='a')|map(attribute='b')|list }}", "[2, 1]"),
        ("{{ [{'a': 1, 'b': 2}, {'a': 1, 'b': 1}]|sort(attribute='a,b')|map(attribute='b')|list }}", "[1, 2]"),
        ("{{ [1, 'a']|sort }}", "TypeError: '<' not supported between instances of 'str' and 'int'"),
        ("{{ {'b': 1, 'a': 2}|sort }}", "['a', 'b']"),
        ("{{ [(1, 'b'), (1, 'a')]|sort }}", "[(1, 'a'), (1, 'b')]"),
        (
            "{{ [{'a': 1, 'n': 1}, {'a': 1, 'n': 2}]|sort(attribute='a', reverse=true)|map(attribute='n')|list }}",
            "[1, 2]",
        ),
        ("{{ [true, 0, 1.5]|sort }}", "[0, True, 1.5]"),
    ]);
}

#[test]
fn sum() {
    check(&[
        ("{{ [1, 2.5]|sum }}", "3.5"),
        ("{{ [{'a': 1}, {'a': 2}]|sum(attribute='a') }}", "3"),
        ("{{ [[1], [2]]|sum(start=[]) }}", "[1, 2]"),
        ("{{ []|sum }}", "0"),
        ("{{ ['a']|sum }}", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
        ("{{ ['a']|sum(start='') }}", "TypeError: sum() can't sum strings [use ''.join(seq) instead]"),
    ]);
}

#[test]
fn unique() {
    check(&[
        ("{{ [1, 1, 2, 1.0]|unique|list }}", "[1, 2]"),
        ("{{ ['a', 'A', 'b']|unique|list }}", "['a', 'b']"),
        ("{{ ['a', 'A']|unique(case_sensitive=true)|list }}", "['a', 'A']"),
        ("{{ [{'a': 1, 'b': 1}, {'a': 1, 'b': 2}]|unique(attribute='a')|list }}", "[{'a': 1, 'b': 1}]"),
        ("{{ [[1]]|unique|list }}", "TypeError: unhashable type: 'list'"),
    ]);
}
