#!/usr/bin/env python3
"""What dbt Core 1.7 makes of the small projects of `../projects.txt`: the facts of every node, one project a line.

  judge.py                    all of them, to the standard output
  judge.py NAME...            these

Needs a Python with dbt-core 1.7.20, dbt-postgres and dbt-duckdb 1.7; exits with 3 and says why when it can't be
the judge. No warehouse is asked: there is none, and what would ask one fails for its node alone.
"""

import contextlib
import datetime
import io
import json
import os
import pathlib
import shutil
import sys
import tempfile


def refuse(why):
    print(why, file=sys.stderr)
    sys.exit(3)


try:
    import dbt.adapters.base.impl
    import dbt.context.base
    import dbt.task.compile
    import dbt.tracking
    import pytz
    import yaml
    from dbt.adapters.base.meta import available
    from dbt.cli.main import dbtRunner
    from dbt.exceptions import DbtRuntimeError
    from dbt.task.runnable import GraphRunnableTask
    from dbt.version import __version__
except ImportError as error:
    refuse(f"dbt is not installed ({error})")
if __version__ != "1.7.20":
    refuse(f"this is dbt {__version__}, not 1.7.20")
try:
    import dbt.adapters.duckdb
    import dbt.adapters.postgres
except ImportError as error:
    refuse(f"an adapter is not installed ({error})")

HERE = pathlib.Path(__file__).resolve().parent
STARTED = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=pytz.utc)
PROFILES = {
    "postgres": {"type": "postgres", "host": "localhost", "port": 5432, "user": "u", "password": "p", "dbname": "analytics"},
    "duckdb": {"type": "duckdb", "path": "analytics.duckdb"},
}


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return STARTED.astimezone(tz) if tz else STARTED.replace(tzinfo=None)


def stand_still():
    """One time and one run for everybody."""
    make = dbt.tracking.User.__init__

    def made(self, *args, **kwargs):
        make(self, *args, **kwargs)
        self.run_started_at = STARTED

    dbt.tracking.User.__init__ = made
    modules = dbt.context.base.get_context_modules

    def fixed():
        found = modules()
        return {**found, "datetime": {**found["datetime"], "datetime": FixedTime}}

    dbt.context.base.get_context_modules = fixed


def without_a_warehouse():
    """Nothing is there; a query fails for its node, and the other nodes are compiled all the same."""
    dbt.task.compile.CompileTask.raise_on_first_error = lambda self: False
    GraphRunnableTask._mark_dependent_errors = lambda self, *args, **kwargs: None

    def asks(self, *args, **kwargs):
        raise DbtRuntimeError("there is no warehouse")

    dbt.adapters.base.impl.BaseAdapter.set_relations_cache = lambda *_, **__: None
    answers = {"get_relation": lambda *_, **__: None, "check_schema_exists": lambda *_, **__: False}
    answers |= {name: lambda *_, **__: [] for name in ("list_relations", "list_schemas", "list_relations_without_caching")}
    answers |= {name: asks for name in ("execute", "add_query", "get_columns_in_relation", "get_missing_columns",
                                        "get_column_schema_from_query")}
    classes = [dbt.adapters.base.impl.BaseAdapter]
    while classes:
        one = classes.pop()
        classes += one.__subclasses__()
        for name, answer in answers.items():
            if name in vars(one):
                stands_in = lambda self, *args, answer=answer, **kwargs: answer(self, *args, **kwargs)
                stands_in.__name__ = name
                setattr(one, name, available(stands_in) if getattr(vars(one)[name], "_is_available_", False) else stands_in)


def cases():
    """The projects of the file: name and files."""
    for block in (HERE.parent / "projects.txt").read_text().split("\n#### ")[1:]:
        name, rest = block.split("\n", 1)
        written = ("\n" + rest).split("\n====")[0]
        files = {"dbt_project.yml": "name: p\nversion: '1.0'\n", "models/a.sql": "select 1 as id"}
        for part in written.split("\n--- ")[1:]:
            path, _, text = part.partition("\n")
            files[path.strip()] = text
        yield name.strip(), files


def lay_out(files, project):
    for path, text in files.items():
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    packages = yaml.safe_load(files.get("packages.yml", "")) or {}
    for package in packages.get("packages", []):
        if "local" in package:
            shutil.copytree(project / package["local"], project / "dbt_packages" / package["local"])


def kept(values):
    """Without what says nothing."""
    return {key: value for key, value in values.items() if value not in (None, [], {}, "")}


def facts(node):
    config = node.get("config") or {}
    depends = node.get("depends_on") or {}
    refs = [[ref.get("package"), ref["name"], ref.get("version")] for ref in node.get("refs") or []]
    columns = [kept({key: column.get(key) for key in ("name", "description", "data_type", "meta", "tags", "quote")})
               for column in (node.get("columns") or {}).values()]
    told = {key: node.get(key) for key in ("alias", "database", "schema", "fqn", "path", "description", "meta", "group", "access",
                                           "version", "latest_version", "patch_path", "language", "column_name",
                                           "attached_node", "tags")}
    return kept({
        "type": node["resource_type"], "package": node["package_name"], "file": node["original_file_path"], **told,
        "relation": node.get("relation_name"), "nodes": sorted(depends.get("nodes") or []),
        "macros": sorted(depends.get("macros") or []), "refs": sorted(map(json.dumps, refs)),
        "sources": sorted(map(json.dumps, node.get("sources") or [])), "config": kept(config), "columns": columns,
        "raw": node.get("raw_code"), "compiled": node.get("compiled_code") if node.get("compiled") else None,
        "ctes": [cte["id"] for cte in node.get("extra_ctes") or []],
    })


def judge(files):
    """The facts of every node by its id; of a disabled one, that it is; or why dbt refuses the project."""
    adapter = files.pop("@adapter", "postgres").strip()
    variables = files.pop("@vars", "{}").strip()
    # Of another dbt's syntax, this one is no judge.
    if adapter not in PROFILES or not files.pop("@version", "1.7").strip().startswith("1.7"):
        return None
    with tempfile.TemporaryDirectory() as place:
        project = pathlib.Path(place) / "project"
        lay_out(files, project)
        output = {**PROFILES[adapter], "schema": "dev", "threads": 1}
        profile = {"judge": {"target": "dev", "outputs": {"dev": output}}}
        (pathlib.Path(place) / "profiles.yml").write_text(yaml.safe_dump(profile))
        os.chdir(project)
        options = ["--quiet", "--no-version-check", "--no-use-colors", "--no-partial-parse", "--log-level-file", "none",
                   "--profile", "judge", "--profiles-dir", place, "--vars", variables]
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            result = dbtRunner().invoke(["compile", *options])
        written = project / "target" / "manifest.json"
        if not written.exists():
            return {"refused": " ".join(str(result.exception).split())}
        manifest = json.loads(written.read_text())
        os.chdir("/")
    nodes = {node["unique_id"]: facts(node) for group in ("nodes", "sources", "exposures") for node in manifest[group].values()}
    for id, disabled in manifest["disabled"].items():
        twins = len(disabled) if id in nodes else len(disabled) - 1
        nodes[id] = {**nodes.get(id, {"enabled": False}), **({"disabled_twins": twins} if twins else {})}
    return dict(sorted(nodes.items()))


def main():
    os.environ.pop("HOME", None)
    os.environ |= {"KNOWN": "known value", "DBT_SEND_ANONYMOUS_USAGE_STATS": "False"}
    stand_still()
    without_a_warehouse()
    for name, files in cases():
        if len(sys.argv) == 1 or name in sys.argv[1:]:
            nodes = judge(files)
            if nodes is not None:
                print(json.dumps({"project": name, "nodes": nodes}, ensure_ascii=False), flush=True)


main()
