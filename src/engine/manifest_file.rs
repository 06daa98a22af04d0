//! `manifest.json` in a target folder: written beside the old one, made durable, then renamed over it. Whoever
//! reads meanwhile sees the old manifest or the new one, never a part.

use std::fs::{self, File};
use std::io::{BufWriter, Error, Write};
use std::path::{Path, PathBuf};

use crate::dbt::{ManifestFacts, Project, write_manifest};
use crate::problem::{Code, Problem, Subject};

const NAME: &str = "manifest.json";

/// Bytes gathered for one write.
const BUFFER: usize = 1 << 18;

/// Writes the project's manifest into `target`, which is made where it is not there; gives its path.
pub(super) fn write(project: &Project, facts: &ManifestFacts, target: &Path) -> Result<PathBuf, Problem> {
    let place = target.join(NAME);
    let failed = |error: Error| {
        let subject = Subject::Project { name: project.name.clone() };
        let summary = format!("{} could not be written: {error}", place.display());
        Problem::new(Code::new("DBT-TARGET-UNWRITABLE"), subject, summary)
    };
    fs::create_dir_all(target).map_err(failed)?;
    let beside = target.join(format!(".{NAME}.{}.new", std::process::id()));
    let written = write_to(project, facts, &beside).and_then(|()| fs::rename(&beside, &place));
    if let Err(error) = written {
        // What is left of it is of no use; that it was never made is no further failure.
        drop(fs::remove_file(&beside));
        return Err(failed(error));
    }
    File::open(target).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(place)
}

fn write_to(project: &Project, facts: &ManifestFacts, path: &Path) -> Result<(), Error> {
    let mut out = BufWriter::with_capacity(BUFFER, File::create(path)?);
    write_manifest(project, facts, &mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dbt::Adapter;

    fn facts() -> ManifestFacts {
        ManifestFacts {
            dbt_version: "1.7.20".to_owned(),
            generated_at: jiff::Timestamp::UNIX_EPOCH,
            invocation_id: "one".to_owned(),
            adapter: Adapter::Postgres,
            env: BTreeMap::new(),
            root_path: String::new(),
            selectors: serde_json::Map::new(),
        }
    }

    #[test]
    fn the_new_manifest_takes_the_place_of_the_old() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("deep/target");
        fs::create_dir_all(&target).unwrap();
        fs::write(target.join(NAME), "old").unwrap();
        let path = write(&Project::default(), &facts(), &target).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(manifest["metadata"]["adapter_type"], "postgres");
        assert_eq!(fs::read_dir(&target).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_cannot_be_written_leaves_the_old_one() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join(NAME)).unwrap();
        let problem = write(&Project::default(), &facts(), place.path()).unwrap_err();
        assert_eq!(problem.code.as_str(), "DBT-TARGET-UNWRITABLE");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
