//! `package-lock.yml`: what was resolved, and the hash of what was asked for. Written byte by byte as
//! dbt writes it (`task/deps.py`), so that either program honours the other's file.

use sha1::{Digest, Sha1};

use super::asked::rendered;
use super::pinned::{Pinned, Resolved};
use super::requirement::Requirement;
use super::scalar::scalar;
use crate::dbt::problems::{Problems, codes};
use crate::dbt::python;
use crate::dbt::render::NativeRenderer;

/// Name of the file, beside `packages.yml`.
pub const LOCK_FILE: &str = "package-lock.yml";

/// A lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    pub packages: Vec<Pinned>,
    /// Hash of the requirements that it was made for.
    pub hash: String,
}

/// The hash of what a project asks for.
pub fn requirements_hash(requirements: &[Requirement]) -> String {
    let mut lines: Vec<String> = requirements.iter().map(|wanted| python::json(&wanted.hashed, true)).collect();
    lines.sort_unstable();
    hexadecimal(&Sha1::digest(lines.join("\n")))
}

/// SHA-1 as hexadecimal digits: how the hub names its archives.
pub fn sha1_hex(bytes: &[u8]) -> String {
    hexadecimal(&Sha1::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

impl Lock {
    /// The text of the file. `secrets` are replaced wherever an address holds one.
    pub fn write(packages: &[Resolved], hash: &str, secrets: &[&str]) -> String {
        let mut text = String::from("packages:\n");
        for resolved in packages {
            for (index, (key, value)) in keys(&resolved.package, secrets).iter().enumerate() {
                let dash = if index == 0 { "-" } else { " " };
                let value = scalar(value, key.len() + 3, 4);
                text = format!("{text}{dash} {key}: {value}\n");
            }
        }
        if packages.is_empty() {
            "packages: []\n".clone_into(&mut text);
        }
        text + &format!("sha1_hash: {}\n", scalar(hash, "sha1_hash:".len(), 2))
    }

    /// Reads the file at `path`. Nothing comes back, and problems tell why, when it is none.
    pub(super) fn read(path: &str, text: &str, renderer: &dyn NativeRenderer, problems: &mut Problems) -> Option<Self> {
        let root = problems.yaml(path, text)?.root;
        let hash = root.get("sha1_hash").and_then(|hash| hash.as_text()).unwrap_or_default().to_owned();
        let mut lock = Self { packages: Vec::new(), hash };
        for entry in root.get("packages").and_then(|packages| packages.as_list()).unwrap_or_default() {
            let unrendered = entry.to_json();
            let json = rendered(entry, renderer, &mut |at, error| problems.template(path, text, at, error));
            let requirement = Requirement::read(&json, Some(&unrendered), path);
            let Some(pinned) = requirement.ok().and_then(Pinned::of_lock) else {
                let sentence = format!("{} is no entry of a lock file", python::repr(&unrendered));
                problems.at(codes::DEPS_MALFORMED, path, text, entry.at, &sentence);
                return None;
            };
            lock.packages.push(pinned);
        }
        Some(lock)
    }
}

/// Keys and values of one entry, sorted by key.
fn keys(package: &Pinned, secrets: &[&str]) -> Vec<(&'static str, String)> {
    let scrubbed = |text: &str| {
        secrets
            .iter()
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| text.replace(secret, "*****"))
    };
    match package {
        Pinned::Hub { name, version, .. } => vec![("package", name.clone()), ("version", version.clone())],
        Pinned::Git { written, revision, subdirectory, .. } => {
            let mut keys = vec![("git", scrubbed(written)), ("revision", revision.clone().unwrap_or_default())];
            keys.extend(subdirectory.as_ref().map(|folder| ("subdirectory", folder.clone())));
            keys
        }
        Pinned::Local { path } => vec![("local", path.clone())],
        Pinned::Tarball { written, name, .. } => vec![("name", name.clone()), ("tarball", scrubbed(written))],
    }
}
