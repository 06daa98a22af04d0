#!/usr/bin/env python3
"""Writes what the tests hold as the inputs that an attack starts with: `seeds.py FOLDER` fills FOLDER/jinja,
FOLDER/yaml and FOLDER/loader."""

import hashlib
import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests"


def templates():
    for name in ("subjects", "sample"):
        for line in (TESTS / f"jinja/judge/{name}.jsonl").read_text().splitlines():
            if not line.startswith("# "):
                yield json.loads(line)[0]
    for case in json.loads((TESTS / "jinja/cases.json").read_text()):
        yield case["t"]


def projects():
    """The files of each case, the first without its name: `PATH\\nTEXT\\n--- PATH\\nTEXT`."""
    for name in ("projects", "broken"):
        for case in (TESTS / f"dbt/{name}.txt").read_text().split("\n#### ")[1:]:
            yield case.split("\n====")[0].partition("\n--- ")[2]


def files(project):
    return (part.partition("\n")[::2] for part in project.split("\n--- "))


def yaml_files():
    for project in projects():
        yield from (text for path, text in files(project) if path.endswith((".yml", ".yaml")))
    for path in (*TESTS.rglob("*.yml"), *TESTS.rglob("*/definitions.txt")):
        yield path.read_text()


def write(folder, inputs):
    folder.mkdir(parents=True, exist_ok=True)
    for text in inputs:
        name = hashlib.sha1(text.encode()).hexdigest()[:16]
        (folder / name).write_text(text)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    write(folder / "jinja", templates())
    write(folder / "yaml", yaml_files())
    write(folder / "loader", ("select 1 as id\n--- " + project for project in projects()))
    macros = (path.read_text() for path in (TESTS.parent / "assets").rglob("*.sql"))
    write(folder / "loader", (f"select 1 as id\n--- macros/m.sql\n{text}" for text in macros))


main()
