"""A grammar that writes Jinja templates as dbt projects have them, and as nobody would.

Pure: a seed and a count give the same templates on every machine. Expressions are typed, so that most
of them mean something; one in a dozen is of the wrong type, because what a mistake says matters too.
"""

import random

NAMES = ["x", "y", "items", "row", "nope"]

ATOMS = {
    "text": ["''", "'abc'", '"A b-c"', "'order_id'", "'  pad '", "'a,b,,c'", "'it\\'s'", "'é ß'", "'10'", "'2.50'",
             "'%s-%s'", "'l1\\nl2\\n'", "'tab\\there'", "'x' 'y'", "'<b>&'", "'{0}/{1}'", "'ǅ ﬁ'", "'SNAKE_case'"],
    "number": ["0", "1", "-3", "7", "10", "2.5", "-0.5", "1e3", "1e16", "1e-7", "10**20", "0.1", "1_000", "0x1f", "true"],
    "truth": ["true", "false", "True", "False", "none", "1 == 1.0", "'a' in 'abc'"],
    "list": ["[]", "[1, 2, 3]", "['b', 'a', 'C']", "[3, 1, 2]", "[none, 1]", "[[1, 2], [3]]", "(1, 'x')", "()", "(5,)",
             "range(4)", "range(5, 0, -2)", "[1.0, 1, true]", "['a', 'B', 'a']", "[{'n': 'x', 'v': 2}, {'n': 'y', 'v': 1}]",
             "[('k', 1), ('l', 2)]", "['id', 'name', 'created_at']", "'a b c'.split()"],
    "dict": ["{}", "{'a': 1}", "{'a': 1, 'b': [2]}", "{1: 2, 'x': none}", "{'a': {'b': 'c'}}", "dict(a=1, z='q')",
             "{'b': 2, 'A': 1, 'c': 3}", "{(1, 2): 'pair'}", "{'x': 1}.copy()"],
}

METHODS = {
    "text": [".upper()", ".lower()", ".strip()", ".title()", ".capitalize()", ".swapcase()", ".replace('a', 'b')",
             ".replace('a', '', 1)", ".zfill(5)", ".center(9, '*')", ".ljust(6)", ".rjust(6, '.')", ".lstrip('a')",
             ".rstrip()", ".expandtabs(4)", ".casefold()", ".removeprefix('a')", ".removesuffix('c')",
             ".format(1, 'z')", ".join(['p', 'q'])", ".translate({97: 'z'})", "[0]", "[-1]", "[1:]", "[::-1]", "[:2]"],
    "number": [".count('a')", ".find('b')", ".rfind('a')", ".index('a')", "|length"],
    "truth": [".startswith('a')", ".startswith(('x', 'a'), 1)", ".endswith('c')", ".isdigit()", ".isalpha()", ".isupper()",
              ".islower()", ".isspace()", ".isidentifier()", ".isalnum()", ".istitle()", ".isnumeric()"],
    "list": [".split()", ".split(',')", ".split(',', 1)", ".rsplit(',', 1)", ".splitlines()", ".splitlines(true)",
             ".partition('b')", ".rpartition('b')"],
}

FILTERS = {
    ("text", "text"): ["upper", "lower", "trim", "title", "capitalize", "replace('a', 'zz')", "replace('a', 'z', 1)", "indent",
                       "indent(2, true)", "indent(3, first=true, blank=true)", "center(12)", "default('d')", "d('e', true)",
                       "string", "truncate(5)", "truncate(4, true, '…')", "truncate(5, leeway=0)", "wordwrap(3)", "urlencode",
                       "striptags", "first", "last", "reverse", "trim('a')", "format('q', 2)", "as_text"],
    ("number", "text"): ["length", "count", "int", "int(7)", "int(base=16)", "float", "float(9)", "wordcount"],
    ("list", "text"): ["list", "batch(2)|list", "slice(2)|list", "map('upper')|list", "unique|list", "sort|list",
                       "select('in', ['a', 'b'])|list"],
    ("number", "number"): ["abs", "round", "round(1)", "round(1, 'ceil')", "round(-1)", "round(0, 'floor')", "int", "float",
                           "default(0)"],
    ("text", "number"): ["string", "filesizeformat", "pprint", "round|string"],
    ("list", "list"): ["list", "sort", "sort(reverse=true)", "sort(case_sensitive=true)", "sort(attribute='v')", "unique|list",
                       "reverse|list", "map('string')|list", "map(attribute='n')|list", "map(attribute='n', default='-')|list",
                       "map('default', 'q')|list", "select|list", "select('string')|list", "select('gt', 1)|list",
                       "reject('none')|list", "reject('odd')|list", "selectattr('v', 'ge', 2)|list", "selectattr('n')|list",
                       "rejectattr('v', 'equalto', 1)|list", "batch(2)|list", "batch(2, '-')|list", "slice(2)|list",
                       "slice(2, 'f')|list", "groupby('n')|list", "map('int')|list", "map('length')|list", "map('first')|list",
                       "map('replace', 'a', 'b')|list", "sort(attribute='n,v')", "map(attribute='0')|list", "default([])"],
    ("text", "list"): ["join", "join(', ')", "join('-', attribute='n')", "string", "join('\\n')|indent(2)"],
    ("number", "list"): ["length", "sum", "sum(attribute='v')", "sum(start=10)", "count", "max", "min", "first", "last"],
    ("list", "dict"): ["dictsort", "dictsort(by='value')", "dictsort(true)", "dictsort(reverse=true)", "items|list", "list",
                       "map('upper')|list", "sort"],
    ("text", "dict"): ["string", "join(',')", "urlencode"],
    ("number", "dict"): ["length", "count"],
}

# What gives something else than text is no filter of a block.
TEXT_TO_TEXT = [used for used in FILTERS["text", "text"] if used not in ("first", "last")]

TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "sequence", "iterable",
         "callable", "odd", "even", "divisibleby(3)", "divisibleby 2", "eq 1", "equalto('abc')", "ne 'a'", "gt 1", "lessthan(2)",
         "in [1, 'a']", "sameas none", "sameas(true)", "lower", "upper", "true", "false", "not none", "not string", "ge 1",
         "le 2", "escaped", "filter", "test"]

FORMATS = ["%s", "%r", "%d", "%5.1f", "%-5s|", "%05d", "%x", "%X", "%e", "%g", "%%", "%+d", "%c", "%10s", "%.2s", "%i", "%o",
           "% d", "%#x", "%s %s", "%(a)s", "%*d", "%5%", "%z", "%"]

SPECS = ["{}", "{:>5}", "{:<5}|", "{:^7}", "{:05d}", "{:,}", "{:.2f}", "{:x}", "{:+}", "{:e}", "{:g}", "{!r}", "{!s:>4}", "{:%}",
         "{:*^9}", "{:b}", "{0}{0}", "{:10.3}", "{:_}", "{a}", "{0.n}", "{0[a]}", "{0[0]}", "{:c}", "{:#x}", "{:n}", "{", "}",
         "{{}}", "{:>{}}", "{!z}", "{1}", "{:=+6}", "{: d}", "{:.0f}", "{:,.1f}"]


class Grammar:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, choices):
        return self.random.choice(choices)

    def chance(self, share):
        return self.random.random() < share

    def expression(self, kind=None, depth=0):
        kind = kind or self.pick(["text", "number", "truth", "list", "dict"])
        if self.chance(0.03):
            kind = self.pick(["text", "number", "truth", "list", "dict"])
        if self.chance(0.04):
            return self.pick(NAMES)
        if depth > 2 or self.chance(0.22):
            return self.pick(ATOMS[kind])
        return getattr(self, kind)(depth + 1)

    def filtered(self, kind, depth):
        given, used = self.pick([(given, used) for (made, given), used in FILTERS.items() if made == kind])
        return f"({self.expression(given, depth)})|{self.pick(used)}"

    def text(self, depth):
        inner = lambda kind=None: self.expression(kind, depth)
        return self.pick([
            lambda: f"{inner('text')} ~ {inner()}",
            lambda: f"({inner('text')} + {inner('text')})",
            lambda: f"({inner('text')} ~ ''){self.pick(METHODS['text'])}",
            lambda: self.filtered("text", depth),
            lambda: self.filtered("text", depth),
            lambda: f"({self.pick(FORMATS)!r} % {self.pick([inner(), f'({inner()}, {inner()})', inner('dict')])})",
            lambda: f"{self.pick(SPECS)!r}.format({inner()}{self.pick(['', ', ' + inner(), ', a=1'])})",
            lambda: f"({inner('text')} * {inner('number')})" if self.chance(0.3) else f"({inner('text')} * 2)",
            lambda: f"({inner('text')} if {inner('truth')} else {inner('text')})",
            lambda: f"({inner('truth')} and {inner('text')})",
            lambda: f"({inner('dict')}).get({self.pick(ATOMS['text'])}, {inner('text')})",
        ])()

    def number(self, depth):
        inner = lambda kind="number": self.expression(kind, depth)
        operator = self.pick(["+", "-", "*", "/", "//", "%"]) if self.chance(0.95) else "**"
        if operator == "**":
            return f"({self.pick(['0', '2', '7', '2.5', '1e3', 'true'])} ** {self.pick(['2', '3', '-1', '0.5', '0'])})"
        return self.pick([
            lambda: f"({inner()} {operator} {inner()})",
            lambda: f"({inner()} {operator} {inner()})",
            lambda: f"-{self.pick(ATOMS['number'])}",
            lambda: self.filtered("number", depth),
            lambda: f"({inner('text')}){self.pick(METHODS['number'])}",
            lambda: f"({inner('list')}).{self.pick(['index', 'count'])}({inner()})",
            lambda: f"({inner('list')})[{self.pick(['0', '-1', '1', '9'])}]",
            lambda: f"({inner() } if {inner('truth')} else {inner()})",
        ])()

    def truth(self, depth):
        inner = lambda kind=None: self.expression(kind, depth)
        same = self.pick(["text", "number", "list"])
        return self.pick([
            lambda: f"({inner(same)} {self.pick(['==', '!=', '<', '<=', '>', '>='])} {inner(same)})",
            lambda: f"({inner('number')} < {inner('number')} {self.pick(['<', '<=', '=='])} {inner('number')})",
            lambda: f"({inner()} {self.pick(['in', 'not in'])} {inner('list')})",
            lambda: f"(({inner()}) is {self.pick(TESTS)})",
            lambda: f"(({inner()}) is {self.pick(TESTS)})",
            lambda: f"(not {inner()})",
            lambda: f"({inner('truth')} {self.pick(['and', 'or'])} {inner()})",
            lambda: f"({inner('text')}){self.pick(METHODS['truth'])}",
        ])()

    def list(self, depth):
        inner = lambda kind=None: self.expression(kind, depth)
        return self.pick([
            lambda: f"[{inner()}, {inner()}]",
            lambda: f"({inner('list')} + {inner('list')})",
            lambda: f"({inner('list')} * 2)",
            lambda: self.filtered("list", depth),
            lambda: self.filtered("list", depth),
            lambda: f"({inner('text')}){self.pick(METHODS['list'])}",
            # A walk of a constant that can't be sliced is one of Jinja2's constants, and so nothing: not asked.
            lambda: f"(({inner('list')})|list)[{self.pick(['1:', ':-1', '::-1', '::2', '1:2', '-2:', ':0', '::0', '3:1:-1'])}]",
            lambda: f"({inner('dict')}).{self.pick(['keys()', 'values()', 'items()'])}|list",
            lambda: f"zip({inner('list')}, {inner('list')})|list",
        ])()

    def dict(self, depth):
        inner = lambda kind=None: self.expression(kind, depth)
        return self.pick([
            # Jinja2 computes constants before it runs: a key that can't be one fails where it is never reached.
            lambda: f"{{{self.pick(ATOMS['text'])}: {inner()}, {self.pick(ATOMS['number'])}: {inner()}}}",
            lambda: f"dict({inner('dict')}, k={inner()})",
            lambda: f"dict(zip({inner('list')}, {inner('list')}))",
            lambda: f"({inner('dict')}).copy()",
            lambda: f"dict(**{inner('dict')})",
        ])()

    def statement(self, depth=0):
        makers = [self.output, self.output, self.set_name, self.change, self.condition, self.whitespace, self.literal]
        if depth < 3:
            makers += [self.loop, self.loop, self.macro, self.call_macro, self.set_block, self.call_block, self.filter_block,
                       self.with_block, self.namespace]
        return self.pick(makers)(depth)

    def body(self, depth):
        return "".join(self.statement(depth + 1) for _ in range(self.random.randint(1, 2)))

    def tag(self, inside):
        return f"{{%{self.pick(['', '', '', '-', '+'])} {inside} {self.pick(['', '', '', '-'])}%}}"

    def output(self, _):
        dash = self.pick(["", "", "", "-"])
        # What these give is Jinja2's `Markup`, which is text here: they stand last.
        last = f"|{self.pick(['tojson', 'tojson(indent=2)', 'e', 'safe'])}" if self.chance(0.08) else ""
        shown = f"({self.expression(depth=1)}){last}" if last else self.expression(depth=1)
        return f"{{{{{dash} {shown} {self.pick(['', '', '-'])}}}}}"

    def set_name(self, _):
        if self.chance(0.15):
            return self.tag(f"set x, y = {self.pick(['1, 2', '[3, 4]', '(5,)', self.expression('list', 1)])}")
        return self.tag(f"set {self.pick(NAMES[:4])} = {self.expression(depth=1)}")

    def change(self, _):
        name = self.pick(["x", "y", "items"])
        start, methods = self.pick([
            (["[3, 1, 2]", "['b', 'a']", "[]"], ["append({})", "extend({})", "extend([{}])", "insert(1, {})", "remove({})", "pop()",
                                                 "pop(0)", "sort()", "sort(reverse=true)", "reverse()", "clear()"]),
            (["{'a': 1}", "{}", "{'z': [1]}"], ["update({{'q': {}}})", "update(k={})", "setdefault('a', {})", "pop('a')", "clear()",
                                                "pop('z', {})", "popitem()", "update({})", "z.append({})", "append({})"]),
        ])
        method = self.pick(methods).format(self.expression(depth=2))
        setting = f"{{% set {name} = {self.pick(start)} %}}" if self.chance(0.9) else ""
        return f"{setting}{{% do {name}.{method} %}}{{{{ {name} }}}}"

    def condition(self, depth):
        text = self.tag(f"if {self.expression('truth', 1)}") + self.body(depth + 1)
        if self.chance(0.3):
            text += self.tag(f"elif {self.expression(depth=2)}") + self.body(depth + 1)
        return text + (self.tag("else") + self.body(depth + 1) if self.chance(0.5) else "") + self.tag("endif")

    def loop(self, depth):
        target = self.pick(["x", "y", "item", "x, y", "(x, y)", "k, v"])
        over = self.pick(["{'a': 1, 'b': 2}.items()", "[(1, 2), (3, 4)]"]) if "," in target else self.expression("list", 2)
        only = self.pick(["", "", "", " if x", " if loop", f" if {self.expression('truth', 2)}"])
        inside = self.pick(["", "{{ loop.index }}", "{{ loop.first }}{{ loop.last }}", "{{ loop.length }}{{ loop.revindex0 }}",
                            "{{ ',' if not loop.last }}", "{{ loop.cycle('a', 'b') }}", "{{ loop.previtem }}|{{ loop.nextitem }}",
                            "{{ loop.changed(x) }}", "{{ loop.depth }}{{ loop.index0 }}", "{{ loop }}", "{{ item }};",
                            "{% if loop.index > 1 %}{% break %}{% endif %}", "{% if loop.first %}{% continue %}{% endif %}"])
        otherwise = self.tag("else") + "none" if self.chance(0.2) else ""
        return self.tag(f"for {target} in {over}{only}") + inside + self.body(depth + 1) + otherwise + self.tag("endfor")

    def macro(self, depth):
        parameters = self.pick(["", "x", "x, y=2", "x=y", "a, b=x", "a, b=a", "x='d', y=none", "rows, name='n'"])
        inside = self.pick(["", "{{ varargs }}", "{{ kwargs }}", "{{ caller }}", "{{ a }}{{ b }}", "{{ caller() if caller }}",
                            "{{ x }}", "{{ caller(1, 2) }}", "{{ name }}{{ rows }}"])
        name = self.pick(["m", "n"])
        return self.tag(f"macro {name}({parameters})") + inside + self.body(depth + 1) + self.tag("endmacro")

    def call_macro(self, _):
        arguments = self.pick(["", "1", "1, 2", "x=3", "1, 2, 3", "q=1", "*[1, 2]", "**{'x': 5}", "1, x=2", "rows=[1]",
                               self.expression(depth=2)])
        return f"{{{{ {self.pick(['m', 'n', 'm', 'n', 'nope', 'm.name', 'n.arguments'])}({arguments}) }}}}"

    def set_block(self, depth):
        return self.tag(f"set {self.pick(['x', 'y|upper', 'x|trim', 'row'])}") + self.body(depth + 1) + self.tag("endset") + "{{ x }}"

    def call_block(self, depth):
        return self.tag(f"call{self.pick(['', '', '(a)', '(a, b=1)'])} {self.pick(['m', 'n'])}({self.pick(['', '1'])})") \
            + self.body(depth + 1) + self.tag("endcall")

    def filter_block(self, depth):
        return self.tag(f"filter {self.pick(TEXT_TO_TEXT)}") + self.body(depth + 1) + self.tag("endfilter")

    def with_block(self, depth):
        return self.tag(f"with x = {self.expression(depth=2)}, y = x") + self.body(depth + 1) + self.tag("endwith")

    def namespace(self, depth):
        over = self.expression("list", 2)
        return f"{{% set ns = namespace(a={self.expression(depth=2)}) %}}{{% for i in {over} %}}" \
               f"{{% set ns.{self.pick(['a', 'b'])} = {self.pick(['i', 'ns.a', '[ns.a, i]', 'loop.index'])} %}}{self.body(depth + 1)}" \
               "{% endfor %}{{ ns.a }}{{ ns.b }}"

    def whitespace(self, _):
        return self.pick(["\n", "  ", " \n  {%- if true %} q {% endif -%} \n ", "{# c #}", " {#- c -#} ", "\n\n", "\t", "\r\n",
                          "{% raw %}{{ r }}{% endraw %}", " {%- raw -%} {% r %} {%- endraw -%} ", "select 1 -- {{ '{{' }}"])

    def literal(self, _):
        return self.pick(["select *\nfrom t\n", "{{ 'a' }}", "$1, %s, { x }", "é", "{", "}}", "where x = '{{ 1 }}'", "# c\n"])

    def broken(self):
        """A sound template with one piece cut out, doubled or put elsewhere."""
        text = self.template()[:160]
        if len(text) < 4:
            return text
        start = self.random.randrange(len(text) - 1)
        end = min(len(text), start + self.random.randint(1, 4))
        piece = text[start:end]
        there = self.random.randrange(len(text))
        return self.pick([text[:start] + text[end:], text[:end] + piece + text[end:], text[:there] + piece + text[there:],
                          text[:start], text[:start] + self.pick(["%}", "}}", "{{", "{%", "(", "]", "|", ".", "=", "!", "'"])
                          + text[start:]])

    def template(self):
        if self.chance(0.4):
            return f"{{{{ {self.expression()} }}}}"
        start = "" if self.chance(0.2) else f"{{% set x = {self.expression(depth=2)} %}}{{% set y = {self.expression(depth=2)} %}}"
        if self.chance(0.6):
            start += self.macro(2).replace("macro n(", "macro m(") + self.macro(2).replace("macro m(", "macro n(")
        return start + "".join(self.statement() for _ in range(self.random.randint(1, 4)))


def templates(seed, count):
    """`count` different templates; one in eight is broken."""
    grammar = Grammar(seed)
    seen = set()
    while len(seen) < count:
        text = grammar.broken() if grammar.chance(0.125) else grammar.template()
        if len(text) < 1500 and text not in seen:
            seen.add(text)
            yield text
