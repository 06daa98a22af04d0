#!/usr/bin/env python3
"""What dbt Core 1.7 makes of versions, scalars and hashes: writes the tables that the unit tests of
`src/dbt/packages` hold ours against. Run it with the Python of an environment that has dbt-core 1.7:

    python tests/deps/ask_dbt.py
"""

import json
import pathlib
import random
from argparse import Namespace

import yaml

import dbt.flags

dbt.flags.set_flags(
    Namespace(MACRO_DEBUGGING=False, VERSION_CHECK=True, WARN_ERROR=False, WARN_ERROR_OPTIONS=None, USE_COLORS=False)
)

from dbt.clients.yaml_helper import load_yaml_text  # noqa: E402
from dbt.config.project import package_config_from_data  # noqa: E402
from dbt.config.renderer import PackageRenderer  # noqa: E402
from dbt.exceptions import SemverError, VersionsNotCompatibleError  # noqa: E402
from dbt.semver import (  # noqa: E402
    VersionSpecifier,
    filter_installable,
    reduce_versions,
    resolve_to_specific_version,
)
from dbt.task.deps import _create_sha1_hash  # noqa: E402

TABLES = pathlib.Path(__file__).parents[2] / "src/dbt/packages/tests"

TEXTS = """1.0.0|1.0|v1.0.0|>=1.0.0| >=1.0.0|>= 1.0.0|1.0.0b1|1.0.0-b1|1.2.3.4|1.2.34.4|1.0.01|01.0.0|=1.0.0|==1.0.0|!=1.0.0
~1.0.0|^1.0.0|1.0.0-|1.0.0+|1.0.0+a..b|1.0.0-rc.01|>=1.0.0,<2.0.0|1.0.x|*||1.0.0-β|99999999999999999999999.0.0|1.0.0-a.
<=1.0.0-b1+z|1.0.0--|1.0.0-01a""".replace("\n", "|").split("|")

VERSIONS = """1.0.0 1.0.0-b1 1.0.0-b2 1.0.0b10 1.0.0-rc.1 1.0.0-rc.2 1.0.0-1 1.0.1 1.1.0 0.9.9 2.0.0 2.0.0-a 1.10.0 1.9.0
10.0.0 1.0.0+x.1 1.2.10.5 1.0.01 0.0.0 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta""".split()

SCALARS = [
    "1.1.1", "1.0", "123", "0123", "1e5", "1234567e12", "abc", "0x1f", "12:30", "null", "yes", "~", "=", "<<",
    "2020-01-01", "a: b", "a #b", "#a", "- a", "-a", "a:", "@x", "git@github.com:a/b.git", "https://x/y.git",
    "{{ env_var('X') }}/a", "é", "a'b", 'a"b', "a b", " a", "a ", "", "a\tb", "../x", "/abs/p", ">=1.0.0", "!x", "%x",
    "&x", "*x", "|", "?x", "? x", "-", "---", "...", "--- a", "[a]", "a,b", "v1.0", "0.1.0", "1_000", "0b11", "0o17",
    "017", "09", ".5", "5.", ".", "1.5e+3", "x" * 100, "word " * 30, ".inf", "-.INF", "+1", "`a", "N", "y", "on",
    "a\x07", "a: ", "::", "1:2", "1:70", "a\u00a0b", "0123456789" * 4, "00e1", "1e1", "12e03", "123.456e+7", "1.e+1",
    "😀",
    "https://{{ env_var('DBT_ENV_SECRET_GIT_CREDENTIAL') }}@github.com/some-organisation/a-very-long-name.git",
    "https://{{ env_var('DBT_ENV_SECRET_OF_SOME_LENGTH') }}@{{ env_var('GIT_HOST_NAME') }}/{{ var('organisation') }}/x.git",
    "a  b", "'a'", "a 'b' c", "word  " * 20 + "x", "it is: " + "long " * 25 + "end",
    "git@github.com:acme/" + "x" * 70 + " y z",
]  # fmt: skip

HASHED = [
    "packages: [{package: dbt-labs/dbt_utils, version: 1.1.1}]",
    "packages:\n  - package: a/b\n    version: ['>=1.0.0', '<2.0.0']\n    install_prerelease: true",
    "packages:\n  - {package: a/c, version: '1.0'}\n  - {package: a/d, version: 1.0, install_prerelease: null}",
    "packages:\n  - git: \"https://x/{{ 'y' }}.git\"\n    revision: 1234567\n    warn-unpinned: false",
    "packages:\n  - {git: https://x/z.git, revision: '0123456', subdirectory: sub}\n  - {git: https://x/w.git, warn-unpinned: null}",
    "packages:\n  - local: ../é\n  - {tarball: https://x/t.tgz, name: t}",
    "packages:\n  - {package: b/b, version: 1.0.0}\n  - {package: a/a, version: 1.0.0}",
    "packages:\n  - {package: a/a, version: 1.0.0}\n  - {package: b/b, version: 1.0.0}",
    "packages:\n  - package: \"{{ 'a/' ~ 'a' }}\"\n    version: \"{{ var('version', '1.0.0') }}\"",
    "packages:\n  - {package: a/a, version: [0.5, 1.5]}",
    "packages: []",
]


def read(text):
    try:
        return str(VersionSpecifier.from_version_string(text))
    except SemverError:
        return "none"


def versions():
    random.seed(3)
    rows = [f"read | {text} | {read(text)}" for text in TEXTS]
    seen = set()
    while len(seen) < 260:
        wanted = [random.choice(["", ">=", ">", "<", "<=", "="]) + random.choice(VERSIONS) for _ in range(random.randint(1, 4))]
        row = f"reduce | {' '.join(wanted)} | "
        if row in seen:
            continue
        try:
            found = reduce_versions(*[VersionSpecifier.from_version_string(text) for text in wanted])
        except VersionsNotCompatibleError:
            if random.random() < 0.4:
                seen.add(row)
                rows.append(row + "none")
            continue
        seen.add(row)
        available = random.sample(VERSIONS, 8)
        prereleases = random.random() < 0.5
        installable = filter_installable(available, prereleases)
        chosen = resolve_to_specific_version(found, installable)
        rows.append(f"{row}{found} | {' '.join(available)} | {str(prereleases).lower()} | {' '.join(installable)} | {chosen}")
    return "\n".join(rows) + "\n"


def scalars():
    head = len("packages:\n- git: ")
    written = [yaml.safe_dump({"packages": [{"git": text}]})[head:-1] for text in SCALARS]
    return "".join(f"{json.dumps(text)} => {json.dumps(as_written)}\n" for text, as_written in zip(SCALARS, written))


def hashes():
    rows = []
    for text in HASHED:
        unrendered = load_yaml_text(text)
        rendered = PackageRenderer({}).render_data(unrendered)
        rows.append(json.dumps([text, _create_sha1_hash(package_config_from_data(rendered, unrendered).packages)]))
    return "[\n" + ",\n".join(rows) + "\n]\n"


for name, table in [("versions.txt", versions()), ("scalars.txt", scalars()), ("hashes.json", hashes())]:
    (TABLES / name).write_text(table)
    print(name, len(table.splitlines()), "lines")
