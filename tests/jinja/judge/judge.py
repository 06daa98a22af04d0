#!/usr/bin/env python3
"""What Jinja2, set up as dbt Core 1.7 sets it up, makes of templates: one `["template", "answer"]` a line.

  judge.py --seed 1 --count 3000          templates of the grammar
  judge.py --templates FILE               those of a file that has such lines, answered anew; lines with # stay

`answer` is the text, or `Kind: message`; a syntax error tells its line. Exits with 3 and says why when
this Python can't be the judge.
"""

import argparse
import json
import re
import signal
import sys

import grammar


def refuse(why):
    print(why, file=sys.stderr)
    sys.exit(3)


if sys.version_info[:2] != (3, 11):
    refuse(f"this is Python {sys.version_info[0]}.{sys.version_info[1]}; the words of its errors differ from those of 3.11")
try:
    import jinja2
    import jinja2.sandbox
except ImportError:
    refuse("Jinja2 is not installed")
if not jinja2.__version__.startswith("3.1."):
    refuse(f"this is Jinja2 {jinja2.__version__}, not 3.1")


def environment():
    """dbt's environment for SQL: the sandbox, `do`, `break` and `continue`, and what of dbt's context needs no project."""
    made = jinja2.sandbox.SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    for name in ("as_text", "as_bool", "as_native", "as_number"):
        made.filters[name] = lambda value: value
    made.globals["zip"] = zip_or_default
    made.globals["set"] = set
    return made


def zip_or_default(*lists, default=None):
    try:
        return zip(*lists)
    except TypeError:
        return default


class Endless(Exception):
    pass


# Kinds of errors that templates can't tell apart.
NAMELESS = (jinja2.exceptions.FilterArgumentError, jinja2.TemplateRuntimeError, RuntimeError, AssertionError)
NAMED = (jinja2.UndefinedError, jinja2.exceptions.SecurityError)


def stop(*_):
    raise Endless


def answer(env, template):
    """The answer, or nothing when it can't be compared: addresses, what takes too long, what is too large."""
    signal.alarm(2)
    try:
        text = env.from_string(template).render()
    except Endless:
        return None
    except jinja2.TemplateSyntaxError as error:
        text = f"TemplateSyntaxError: {error.message} (line {error.lineno})"
    except (MemoryError, RecursionError, SyntaxError):
        return None
    except Exception as error:
        kind = "Exception" if isinstance(error, NAMELESS) and not isinstance(error, NAMED) else type(error).__name__
        text = f"{kind}: {error}"
    finally:
        signal.alarm(0)
    # Addresses, and names in the Python that Jinja2 makes, are nobody's answer.
    return None if len(text) > 4000 or re.search(r" at 0x[0-9a-f]+|root\.<locals>", text) else text


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=3000)
    arguments.add_argument("--templates")
    asked = arguments.parse_args()
    if asked.templates:
        with open(asked.templates, encoding="utf-8") as file:
            sources = [line.rstrip("\n") if line.startswith("#") else json.loads(line)[0] for line in file]
    else:
        sources = grammar.templates(asked.seed, asked.count)
    signal.signal(signal.SIGALRM, stop)
    env = environment()
    for template in sources:
        if asked.templates and template.startswith("# "):
            print(template)
            continue
        text = answer(env, template)
        if text is not None:
            print(json.dumps([template, text], ensure_ascii=False))


main()
