"""A package hub and repositories out of `hub.json`, for `dbt deps`: what the Rust tests serve as well."""

import hashlib
import http.server
import io
import json
import os
import pathlib
import subprocess
import tarfile
import threading

HERE = pathlib.Path(__file__).parent
PACKAGES = json.loads((HERE / "hub.json").read_text())


def project(name):
    return f"name: {name}\nversion: '1.0'\n"


def archive(name, version):
    """A `.tar.gz` as a forge makes it: everything in one folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path, text in {"dbt_project.yml": project(name), "macros/m.sql": f"-- {version}\n"}.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


ARCHIVES = {
    f"/tarballs/{package}/{version}.tgz": archive(package.split("/")[1], version)
    for package, versions in PACKAGES.items()
    for version in versions
    if version != "redirect"
}


def answer(package, base):
    namespace, name = package.split("/")
    versions = {}
    for version, facts in PACKAGES[package].items():
        if version != "redirect":
            path = f"/tarballs/{package}/{version}.tgz"
            downloads = {"tarball": base + path, "format": "tgz", "sha1": hashlib.sha1(ARCHIVES[path]).hexdigest()}
            versions[version] = {"id": f"{package}/{version}", "name": name, "version": version, "packages": [], "downloads": downloads} | facts
    redirect = PACKAGES[package].get("redirect", {})
    return {"name": name, "namespace": namespace, "description": "", "latest": "", "versions": versions} | redirect


class Hub(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        base = f"http://{self.headers['Host']}"
        names = {f"/api/v1/{package}.json": package for package in PACKAGES}
        if self.path == "/api/v1/index.json":
            body = json.dumps(sorted(PACKAGES)).encode()
        elif self.path in names:
            body = json.dumps(answer(names[self.path], base)).encode()
        else:
            body = ARCHIVES.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


def hub():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def repositories(root):
    """`tools`, `many` and `asking`; gives the ids of their commits by name."""
    commits = {}

    def git(repository, *arguments, text=None):
        who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in
               (("NAME", "Ada"), ("EMAIL", "ada@acme.example"), ("DATE", "2026-01-05T09:00:00Z"))}
        run = subprocess.run(["git", "-C", repository, *arguments], input=text, text=True, check=True, capture_output=True, env=os.environ | who)
        return run.stdout.strip()

    def commit(name, branch, files, label):
        work = root / f"{name}.git"
        if not work.exists():
            work.mkdir()
            git(work, "init", "-q", "-b", "main")
        git(work, "checkout", "-q", "-B", branch)
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        git(work, "add", "-A")
        git(work, "commit", "-qm", label)
        commits[git(work, "rev-parse", "HEAD")] = label
        return work

    tools = commit("tools", "main", {"dbt_project.yml": project("tools"), "macros/m.sql": "one"}, "tools one")
    git(tools, "tag", "v1.0.0")
    commit("tools", "main", {"macros/m.sql": "two"}, "tools two")
    git(tools, "tag", "-a", "-m", "second", "v2.0.0")
    git(tools, "tag", "both", "v1.0.0")
    git(tools, "branch", "both")
    commit("tools", "release/one", {"macros/m.sql": "three"}, "tools three")
    git(tools, "checkout", "-q", "main")
    commit("many", "main", {"packages/inner/dbt_project.yml": project("inner")}, "many one")
    asks = "packages:\n  - package: acme/utils\n    version: 1.0.0\n"
    commit("asking", "main", {"dbt_project.yml": project("asking"), "packages.yml": asks}, "asking one")
    return commits
