#!/usr/bin/env python3
"""The native engine beside dbt Core 1.7, on the same generated projects and on this machine.

    cargo build --release --bench dbt
    benches/dbt_core.py BENCH_BINARY [MODELS ...]

BENCH_BINARY is target/release/deps/dbt-*. dbt Core comes from the virtual environment in $DBT_CORE_VENV; without
one a new environment is made and filled by pip (dbt-core and dbt-postgres 1.7), for this run alone.

Printed is processor time, user and system, as the peer works on one thread and wall time says more about what else
the machine does; for the native engine the best of three loads, for dbt Core one run of each command. dbt Core's
compile wants a warehouse, so its adapter's questions are answered here as if the warehouse were empty.
"""
import json, os, resource, subprocess, sys, tempfile, venv
from pathlib import Path

REQUIREMENTS = ["dbt-core~=1.7.0", "dbt-postgres~=1.7.0"]
FLAGS = ["--no-version-check", "--no-send-anonymous-usage-stats", "--quiet"]
# dbt's own command line with an adapter that finds an empty warehouse.
OFFLINE = """
import sys
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.sql.impl import SQLAdapter
import dbt.adapters.postgres
ANSWERS = [("get_relation", None), ("list_relations", []), ("list_relations_without_caching", []), ("list_schemas", []),
           ("check_schema_exists", False)]
def replace(kind):
    for name, answer in ANSWERS:
        if name in kind.__dict__:
            stand_in = lambda self, *given, answer=answer, **more: answer
            stand_in.__name__ = name
            stand_in._is_available_ = True
            setattr(kind, name, stand_in)
    for below in kind.__subclasses__():
        replace(below)
replace(BaseAdapter)
from dbt.cli.main import dbtRunner
sys.exit(0 if dbtRunner().invoke(sys.argv[1:]).success else 1)
"""


def processor_seconds(command, **more):
    """Runs a command; its processor time and how it ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(command, capture_output=True, text=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime), ended


def dbt_python(place):
    """The Python of an environment that has dbt Core 1.7."""
    if given := os.environ.get("DBT_CORE_VENV"):
        return Path(given) / "bin" / "python"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    return python


def peer(python, project, *command):
    script = ["-c", OFFLINE] if command[0] == "compile" else ["-c", "from dbt.cli.main import cli; cli()"]
    seconds, ended = processor_seconds([python, *script, *FLAGS, *command], cwd=project)
    if ended.returncode != 0:
        sys.exit(f"dbt {' '.join(command)} ended with {ended.returncode}:\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return seconds


def ours(bench, project):
    """Processor time of a load with everything compiled, and the share of the parse by the clock."""
    best = None
    for _ in range(3):
        seconds, ended = processor_seconds([bench, "load", project])
        ended.check_returncode()
        figures = json.loads(ended.stdout)
        if best is None or seconds < best[0]:
            best = (seconds, seconds * figures["parse"] / figures["whole"])
    return best


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    bench, sizes = sys.argv[1], sys.argv[2:] or ["100", "1000"]
    with tempfile.TemporaryDirectory() as place:
        python = dbt_python(Path(place) / "venv")
        print("| models | work | dbt Core | ebb | ratio |\n|---|---|---|---|---|")
        for models in sizes:
            project = Path(place) / models
            subprocess.run([bench, "write", project, models], check=True)
            whole, parse = ours(bench, project)
            cold = peer(python, project, "parse", "--profiles-dir", ".", "--no-partial-parse")
            compiled = peer(python, project, "compile", "--profiles-dir", ".", "--no-populate-cache")
            for work, theirs, own in (("parse, cold", cold, parse), ("parse and compile, cold", cold + compiled, whole)):
                print(f"| {models} | {work} | {theirs:.1f} s | {own:.3f} s | {theirs / own:.0f}x |", flush=True)


if __name__ == "__main__":
    main()
