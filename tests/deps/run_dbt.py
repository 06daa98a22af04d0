#!/usr/bin/env python3
"""Runs `dbt deps` of dbt Core 1.7 on every case of `cases.json`, against a hub and repositories of our own,
and writes what came of it to `expected/`: the lock file and the installed folders, or the error.

    python tests/deps/run_dbt.py            (with the Python of an environment that has dbt-core 1.7)
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import serve

DBT = pathlib.Path(sys.executable).with_name("dbt")
OWN_HASH = re.compile("HASH")


def run(project, arguments, variables):
    command = [DBT, "--no-use-colors", "--no-send-anonymous-usage-stats", *[a for a in arguments if a == "--no-version-check"]]
    command += ["deps", *[a for a in arguments if a != "--no-version-check"]]
    return subprocess.run(command, cwd=project, text=True, capture_output=True, env=os.environ | variables)


def told(output, replaced):
    """The sentence of dbt's error, without the words around it and without what changes from run to run."""
    lines = [re.sub(r"^\d\d:\d\d:\d\d +", "", line).strip() for line in output.splitlines()]
    lines = [line for line in lines if line]
    heads = ["Validator Error:", "Encountered an error:", "Runtime Error", "Internal Error"]
    start = next((lines.index(head) + 1 for head in heads if head in lines), len(lines) - 1)
    if any(line.startswith("Traceback") for line in lines):
        return f"dbt crashes: {lines[-1]}"
    passed_over = ("Error encountered in", "Runtime Error", "Internal Error")
    text = "\n".join(line for line in lines[start:] if not line.startswith(passed_over))
    for value, name in replaced.items():
        text = text.replace(value, name)
    text = re.sub(r"/\S*dbt-downloads-\S*/", "<download>/", text)
    text = re.sub(r", 'unrendered': \{.*?\}\}", "}", text)
    # A set of Python has no order.
    return re.sub(r"\{('[^}:]*')\}", lambda found: "{" + ", ".join(sorted(found[1].split(", "))) + "}", text)


def main():
    hub = serve.hub()
    place = pathlib.Path(tempfile.mkdtemp(prefix="deps-"))
    repositories = place / "repositories"
    repositories.mkdir()
    commits = serve.repositories(repositories)
    variables = {
        "DBT_PACKAGE_HUB_URL": hub,
        "HUB": hub,
        "REPOSITORIES": str(repositories),
        "COMMIT": next(commit for commit, label in commits.items() if label == "tools one"),
    }
    for case in json.loads((serve.HERE / "cases.json").read_text()):
        project = place / case["name"]
        files = {"dbt_project.yml": "name: shop\nversion: '1.0'\n"} | case["files"]
        for path, text in files.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text)
        lock = project / "package-lock.yml"
        if "HASH" in case["files"].get("package-lock.yml", ""):
            kept = lock.read_text()
            lock.unlink()
            run(project, ["--lock"], variables)
            own = re.search(r"sha1_hash: (\w+)", lock.read_text()).group(1)
            lock.write_text(OWN_HASH.sub(own, kept))
        done = run(project, case.get("arguments", []), variables)
        if done.returncode == 0:
            text = lock.read_text() if lock.exists() else "no lock\n"
            for commit, label in commits.items():
                text = text.replace(commit, f"<{label}>")
            if "env_var" in case["files"].get("packages.yml", ""):
                # It is made of where the repositories lie.
                text = re.sub("sha1_hash: .*", "sha1_hash: <hash>", text)
            folders = sorted(path.parent.relative_to(project) for path in project.glob("**/dbt_project.yml"))
            installed = [str(folder) for folder in folders if "packages" in str(folder)]
            text += "".join(f"installed {folder}\n" for folder in installed)
        else:
            text = told(done.stdout + done.stderr, {str(project): "<project>", str(repositories): "<repositories>"}) + "\n"
        (serve.HERE / "expected" / f"{case['name']}.txt").write_text(text)
        print(case["name"], "ok" if done.returncode == 0 else "error")


main()
