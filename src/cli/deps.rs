//! `ebb deps`: the packages of a dbt project in a folder of this machine.

use std::path::{Path, PathBuf};

use crate::engine::{DepsReport, DepsRequest, LockState, NewPackage};

use super::Exit;
use super::arguments::{Deps, PackageKind};
use super::failure::Failure;
use super::print::{Cell, Ink, Output, Table, words};
use super::session::Session;

pub(super) fn run(session: Session, deps: Deps, output: &mut Output) -> Result<Exit, Failure> {
    let folder = project_folder(&session, deps.dir.as_deref())?;
    let add = deps.add_package.as_deref().map(|text| new_package(text, deps.source)).transpose()?;
    let request = DepsRequest {
        upgrade: deps.upgrade,
        only_lock: deps.lock,
        any_dbt_version: deps.no_version_check,
        add,
        vars: deps.vars,
    };
    let opened = session.open_folder(folder)?;
    let project = opened.engine.workspace().settings.projects.keys().next().cloned().unwrap_or_default();
    output.remark("fetching packages ...")?;
    let report = opened.wait(opened.engine.install_packages(&project, request)).map_err(Failure::Work)?;
    if output.json {
        output.json_line(&report)?;
    } else {
        print(&report, output)?;
    }
    Ok(Exit::Done)
}

/// The folder that was named, or the nearest one upwards that holds a project, as dbt looks for it.
fn project_folder(session: &Session, named: Option<&Path>) -> Result<PathBuf, Failure> {
    let here = session.environment.working_directory();
    let start = named.map_or_else(|| here.to_path_buf(), |named| session.environment.resolve_path(named, here));
    let found = match named {
        Some(_) => start.join("dbt_project.yml").is_file().then_some(start.as_path()),
        None => start.ancestors().find(|folder| folder.join("dbt_project.yml").is_file()),
    };
    found.map(Path::to_path_buf).ok_or_else(|| {
        let place = words(&start.display().to_string());
        Failure::wrong_use(format!("there is no dbt_project.yml in {place}"))
    })
}

/// `NAME@VERSION`; the `@` of `git@host:path` is none of ours.
fn new_package(text: &str, kind: PackageKind) -> Result<NewPackage, Failure> {
    let (name, version) = match text.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.contains(['/', ':']) => (name, Some(version.to_owned())),
        _ => (text, None),
    };
    let kind = match kind {
        PackageKind::Hub if version.is_none() => {
            return Err(Failure::wrong_use("a package of the hub needs a version: NAMESPACE/NAME@VERSION"));
        }
        PackageKind::Hub => "package",
        PackageKind::Git => "git",
        PackageKind::Local => "local",
    };
    Ok(NewPackage { kind: kind.to_owned(), name: name.to_owned(), version })
}

fn print(report: &DepsReport, output: &mut Output) -> Result<(), Failure> {
    for note in &report.notes {
        output.remark(&words(note))?;
    }
    let mut table = Table::new();
    for package in &report.packages {
        let newer = package.newer.as_ref().map(|newer| format!("{newer} is the newest")).unwrap_or_default();
        let how = if package.from_cache { "from the cache" } else { "" };
        table.row([
            Cell::new(&package.name).ink(Ink::Name),
            Cell::new(&package.package),
            Cell::new(how).ink(Ink::Dim),
            Cell::new(newer).ink(Ink::Warning),
        ]);
    }
    output.table(&table)?;
    let lock = match report.lock {
        LockState::None => "no packages are asked for",
        LockState::Honoured => "as package-lock.yml says",
        LockState::Written => "package-lock.yml written",
    };
    let count = report.packages.len();
    match &report.folder {
        Some(folder) => {
            let folder = words(&folder.display().to_string());
            output.line(format!("{count} installed into {folder}, {lock}"))?;
        }
        None => output.line(lock)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: PackageKind) -> Option<(String, String, Option<String>)> {
        new_package(text, kind).ok().map(|new| (new.kind, new.name, new.version))
    }

    fn package(kind: &str, name: &str, version: Option<&str>) -> (String, String, Option<String>) {
        (kind.to_owned(), name.to_owned(), version.map(str::to_owned))
    }

    #[test]
    fn a_package_is_named_with_its_version() {
        let hub = read("dbt-labs/dbt_utils@>=1.0.0,<2.0.0", PackageKind::Hub);
        assert_eq!(hub, Some(package("package", "dbt-labs/dbt_utils", Some(">=1.0.0,<2.0.0"))));
        assert_eq!(read("dbt-labs/dbt_utils", PackageKind::Hub), None);
        assert_eq!(read("../shared", PackageKind::Local), Some(package("local", "../shared", None)));
    }

    #[test]
    fn the_at_of_an_address_is_no_version() {
        let cases = [
            ("git@github.com:a/b.git", "git@github.com:a/b.git", None),
            ("git@github.com:a/b.git@v1", "git@github.com:a/b.git", Some("v1")),
            ("https://token@github.com/a/b.git", "https://token@github.com/a/b.git", None),
        ];
        for (text, name, version) in cases {
            assert_eq!(read(text, PackageKind::Git), Some(package("git", name, version)), "{text}");
        }
    }
}
