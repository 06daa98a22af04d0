#!/usr/bin/env python3
"""Asks dbt Core 1.7.20 what each case selects, and writes its answers beside the cases.

    regenerate.py            with a Python that has dbt-core 1.7.20, dbt-postgres 1.7.20 and dbt-duckdb 1.7.5

A line of an answer is a node; `? ` begins a warning, `! ` the reason why dbt refused. Where dbt is
missing, the script says so and changes nothing.
"""

import contextlib
import io
import os
import pathlib
import shlex
import shutil
import sys
import tempfile

try:
    from dbt.cli.main import dbtRunner
    from dbt.version import __version__
except ImportError:
    sys.exit("SKIPPED: this Python has no dbt; install dbt-core==1.7.20, dbt-postgres==1.7.20 and dbt-duckdb==1.7.5")

HERE = pathlib.Path(__file__).resolve().parent
QUIET = ["--quiet", "--no-version-check", "--no-use-colors", "--log-level-file", "none"]


def sentence(error):
    return " ".join(str(error).split())


def answer(arguments, manifest):
    remarks = []

    def hear(event):
        if event.info.name == "NoNodesForSelectionCriteria":
            remarks.append("? " + event.info.msg)

    with contextlib.redirect_stdout(io.StringIO()):
        result = dbtRunner(manifest=manifest, callbacks=[hear]).invoke(["ls", *QUIET, *arguments])
    if result.exception is not None:
        return ["! " + sentence(result.exception)]
    return remarks + list(result.result or [])


def selections():
    manifest = dbtRunner().invoke(["parse", *QUIET])
    assert manifest.success, manifest.exception
    section = ""
    for line in (HERE / "cases.txt").read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line and not line.startswith("# "):
            yield section, line, answer(shlex.split(line), manifest.result)


def definitions(project):
    """Each selectors.yml of definitions.txt in the place of the project's own."""
    for block in (HERE / "definitions.txt").read_text().split("\n#### ")[1:]:
        name, text = block.split("\n", 1)
        (project / "selectors.yml").write_text(text)
        yield name, "--selector wanted", answer(["--selector", "wanted"], None)


def compiled():
    """Every file that `dbt compile` writes for an in-memory DuckDB, with its text."""
    pathlib.Path("profiles.yml").write_text(
        "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:', schema: dev}}}"
    )
    result = dbtRunner().invoke(["compile", *QUIET])
    assert result.success, result.exception
    root = pathlib.Path("target/compiled")
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return "".join(f"\n--- {path.relative_to(root)}\n{path.read_text()}\n" for path in files)


def write(name, answers):
    lines = [f"# What dbt Core {__version__} answers; written by regenerate.py.\n"]
    last = None
    for section, asked, answered in answers:
        if section != last:
            lines.append(f"\n## {section}\n")
            last = section
        lines += [f"\n$ {asked}\n", *(line + "\n" for line in answered)]
    (HERE / name).write_text("".join(lines))


def main():
    if __version__ != "1.7.20":
        sys.exit(f"SKIPPED: this Python has dbt {__version__}, the answers are those of 1.7.20")
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "False"
    with tempfile.TemporaryDirectory() as place:
        project = pathlib.Path(place) / "project"
        shutil.copytree(HERE / "project", project)
        os.chdir(project)
        deps = dbtRunner().invoke(["deps", *QUIET])
        assert deps.success, deps.exception
        write("dbt.txt", list(selections()))
        own = (project / "selectors.yml").read_text()
        write("definitions.dbt.txt", list(definitions(project)))
        (project / "selectors.yml").write_text(own)
        head = f"# What dbt Core {__version__} compiles; written by regenerate.py.\n"
        (HERE / "compiled.dbt.txt").write_text(head + compiled())


if __name__ == "__main__":
    main()
