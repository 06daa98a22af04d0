//! A package whose version is settled: what a lock file holds, and what is installed.

use super::requirement::{Package, Requirement};

/// A package in one version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pinned {
    Hub {
        name: String,
        version: String,
        /// The highest version that could have been taken, where that is known.
        latest: Option<String>,
    },
    Git {
        address: String,
        /// The address as it may be written down.
        written: String,
        /// The commit, once the repository was looked at.
        revision: Option<String>,
        subdirectory: Option<String>,
        /// Whether to tell that what was asked for moves.
        warn_unpinned: bool,
    },
    Local {
        path: String,
    },
    Tarball {
        address: String,
        written: String,
        name: String,
    },
}

/// A package in one version, and the name of its project, which is the folder that it is installed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub name: String,
    pub package: Pinned,
}

impl Pinned {
    /// `dbt-labs/dbt_utils 1.1.1`: one line for a person.
    pub fn in_words(&self) -> String {
        match self {
            Self::Hub { name, version, .. } => format!("{name} {version}"),
            Self::Git { written, revision, subdirectory, .. } => {
                let folder = subdirectory.as_ref().map(|folder| format!("/{folder}")).unwrap_or_default();
                format!("{written}{folder} {}", revision.as_deref().unwrap_or("HEAD"))
            }
            Self::Local { path } => format!("local {path}"),
            Self::Tarball { written, .. } => written.clone(),
        }
    }

    /// What a line of a lock file asks for; nothing for a range of versions, which pins nothing.
    pub(super) fn of_lock(requirement: Requirement) -> Option<Self> {
        match requirement.package {
            Package::Hub { name, versions, .. } => match <[String; 1]>::try_from(versions) {
                Ok([version]) => Some(Self::Hub { name, version, latest: None }),
                Err(_) => None,
            },
            // What stands in a lock does not move.
            Package::Git { address, written, revision, subdirectory, .. } => {
                Some(Self::Git { address, written, revision, subdirectory, warn_unpinned: false })
            }
            Package::Local { path } => Some(Self::Local { path }),
            Package::Tarball { address, written, name } => Some(Self::Tarball { address, written, name }),
        }
    }
}
