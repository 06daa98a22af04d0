//! Compiled SQL as files, where dbt writes it: `target/compiled/PACKAGE/PATH`.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use indexmap::IndexSet;

use crate::dbt::{Node, NodeKind, Project};
use crate::problem::{Code, Problem, Subject};

/// A node's SQL and the file that holds it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledFile {
    pub unique_id: String,
    /// Below the target folder: `compiled/shop/models/orders.sql`.
    pub path: PathBuf,
}

/// Writes the SQL of the nodes `ids`, and of the ephemeral models in it, below `target`. What has no
/// SQL is passed over; seeds have none, and of snapshots dbt writes none either.
pub(super) fn write(project: &Project, ids: &[String], target: &Path) -> Result<Vec<CompiledFile>, Problem> {
    let chosen = ids.iter().filter_map(|id| project.nodes.get(id));
    let with_ephemeral = chosen.flat_map(|node| std::iter::once(&node.unique_id).chain(&node.extra_ctes));
    let all: IndexSet<&String> = with_ephemeral.collect();
    let mut written = Vec::new();
    for node in all.into_iter().filter_map(|id| project.nodes.get(id)) {
        let Some(sql) = node.compiled_code.as_ref().filter(|_| is_written(node.kind)) else { continue };
        let Some(path) = path(node) else {
            return Err(failed(project, &node.path, "it leads out of the target folder"));
        };
        let place = target.join(&path);
        write_file(&place, sql).map_err(|error| failed(project, &place.display().to_string(), &error.to_string()))?;
        written.push(CompiledFile { unique_id: node.unique_id.clone(), path });
    }
    Ok(written)
}

fn is_written(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Model | NodeKind::Test | NodeKind::Analysis)
}

/// The node's own file, or for one of several in a file a path below it. None for a name that would
/// lead elsewhere: names come from the repository.
fn path(node: &Node) -> Option<PathBuf> {
    let file = Path::new(&node.original_file_path);
    let own = Path::new(&node.path);
    let below = if own.file_name() == file.file_name() { file.to_path_buf() } else { file.join(own) };
    let path = Path::new("compiled").join(&node.package_name).join(below);
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

fn write_file(place: &Path, sql: &str) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(place, sql)
}

fn failed(project: &Project, path: &str, reason: &str) -> Problem {
    let subject = Subject::Project { name: project.name.clone() };
    Problem::new(Code::new("DBT-TARGET-UNWRITABLE"), subject, format!("{path} could not be written: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(nodes: &[(&str, &str, &str)]) -> (Project, Vec<String>) {
        let mut project = Project { name: "shop".to_owned(), ..Project::default() };
        for (name, file, path) in nodes {
            let node = Node {
                unique_id: (*name).to_owned(),
                package_name: "shop".to_owned(),
                original_file_path: (*file).to_owned(),
                path: (*path).to_owned(),
                compiled_code: Some(format!("select '{name}'")),
                ..Node::new(NodeKind::Model)
            };
            project.nodes.insert((*name).to_owned(), node.into());
        }
        let ids = project.nodes.keys().cloned().collect();
        (project, ids)
    }

    #[test]
    fn each_node_has_the_file_that_dbt_gives_it() {
        let (project, ids) =
            project(&[("a", "models/core/a.sql", "core/a.sql"), ("t", "models/core/core.yml", "unique_a_id.sql")]);
        let target = tempfile::tempdir().unwrap();
        let written = write(&project, &ids, target.path()).unwrap();
        let paths: Vec<&str> = written.iter().filter_map(|file| file.path.to_str()).collect();
        assert_eq!(paths, ["compiled/shop/models/core/a.sql", "compiled/shop/models/core/core.yml/unique_a_id.sql"]);
        assert_eq!(fs::read_to_string(target.path().join(paths[0])).unwrap(), "select 'a'");
    }

    #[test]
    fn no_name_leads_out_of_the_target_folder() {
        for path in ["../../../../escaped.sql", "/tmp/escaped.sql"] {
            let (project, ids) = project(&[("t", "models/core.yml", path)]);
            let place = tempfile::tempdir().unwrap();
            let problem = write(&project, &ids, &place.path().join("target")).unwrap_err();
            assert_eq!(problem.code.as_str(), "DBT-TARGET-UNWRITABLE");
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn a_target_that_cannot_be_written_is_a_problem() {
        let (project, ids) = project(&[("a", "models/a.sql", "a.sql")]);
        let place = tempfile::NamedTempFile::new().unwrap();
        assert!(write(&project, &ids, place.path()).is_err());
    }
}
