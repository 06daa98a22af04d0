#!/usr/bin/env python3
"""Asks dbt Core 1.7.20 what each change of changes.txt changes for `state:`, and writes its answers to dbt.txt.

    regenerate.py            with a Python that has dbt-core 1.7.20 and dbt-postgres 1.7.20

A line of an answer is a node; `! ` is the reason why dbt refused. A question that no node answers is
left out. Where dbt is missing, the script says so and changes nothing.
"""

import contextlib
import io
import os
import pathlib
import shutil
import sys
import tempfile

try:
    from dbt.cli.main import dbtRunner
    from dbt.version import __version__
except ImportError:
    sys.exit("SKIPPED: this Python has no dbt; install dbt-core==1.7.20 and dbt-postgres==1.7.20")

HERE = pathlib.Path(__file__).resolve().parent
QUIET = ["--quiet", "--no-version-check", "--no-use-colors", "--log-level-file", "none"]
QUESTIONS = ["new", "modified"] + [
    "modified." + part for part in ["body", "configs", "persisted_descriptions", "relation", "macros", "contract"]
]


def run(*arguments, manifest=None):
    with contextlib.redirect_stdout(io.StringIO()):
        return dbtRunner(manifest=manifest).invoke([*arguments, *QUIET])


def cases():
    for block in (HERE / "changes.txt").read_text().split("\n#### ")[1:]:
        name, text = block.split("\n", 1)
        parts = ("\n" + text).split("\n--- ")[1:]
        yield name.strip(), dict(part.split("\n", 1) if "\n" in part else (part, "") for part in parts)


def changed(place, files):
    project = pathlib.Path(place) / "project"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(HERE / "project", project)
    for path, text in files.items():
        path = project / path.strip()
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.strip():
            path.write_text(text.rstrip("\n") + "\n")
        else:
            path.unlink()
    os.chdir(project)


def main():
    if __version__ != "1.7.20":
        sys.exit(f"SKIPPED: this Python has dbt {__version__}, the answers are those of 1.7.20")
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "False"
    lines = [f"# What dbt Core {__version__} answers; written by regenerate.py.\n"]
    with tempfile.TemporaryDirectory() as place:
        changed(place, {})
        assert run("parse").success
        state = pathlib.Path(place) / "state"
        shutil.copytree("target", state)
        for name, files in cases():
            changed(place, files)
            parsed = run("parse")
            assert parsed.success, (name, parsed.exception)
            lines.append(f"\n## {name}\n")
            for question in QUESTIONS:
                result = run("ls", "--select", f"state:{question}", "--indirect-selection", "empty", "--resource-type", "all", "--state", str(state), manifest=parsed.result)
                answer = ["! " + str(result.exception).split("\n")[0]] if result.exception else list(result.result or [])
                if answer:
                    lines += [f"\n$ {question}\n", *(line + "\n" for line in answer)]
    (HERE / "dbt.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
