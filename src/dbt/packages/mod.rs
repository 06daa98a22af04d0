//! The packages of a project: what `packages.yml` or `dependencies.yml` asks for, which versions that
//! comes to, what a lock file holds, and which packages are there. dbt's rules throughout.
//!
//! Nothing is fetched here: the resolver asks a [`PackageSources`], and whoever implements it reaches
//! the hub and the repositories.

mod add;
mod asked;
mod error;
mod hub;
mod installed;
mod lock;
mod pinned;
mod requirement;
mod resolve;
mod scalar;
#[cfg(test)]
mod tests;
mod version;
mod wanted;

pub use add::{NewPackage, add_package};
pub use error::ResolveError;
pub use hub::{HubPackage, HubVersion, read_index};
pub(crate) use installed::read_packages;
pub use installed::resolve_local;
pub use lock::{LOCK_FILE, Lock, requirements_hash, sha1_hex};
pub use pinned::{Pinned, Resolved};
pub use requirement::{Package, Requirement};
pub use resolve::{PackageSources, SharedTree, is_folder_name};
pub use wanted::{WantedPackages, package_name, read_lock, read_vars, resolve_packages, wanted_packages};
