//! The packages of dbt projects, fetched: by hand into a folder (`deps`), and for a synced repository that
//! does not hold them (`for_sync`). Which ones is the business of `dbt::packages`; here they are reached.
//!
//! ```text
//! deps, for_sync      the two use cases
//! run                 resolve, fetch all
//! source              the hub, archives, repositories, folders; remembers, and asks the shelf first
//! download, archive   HTTP, and what comes in by it
//! shelf               the cache
//! overlay, install    packages in their place: in a tree, on a disk
//! ```

mod archive;
mod deps;
mod download;
mod for_sync;
mod install;
mod overlay;
mod run;
mod shelf;
mod source;
mod source_error;

pub use deps::{DepsReport, DepsRequest, InstalledPackage, LockState};
pub use download::{DownloadError, DownloadRequest, Downloads, HttpDownloads};
pub(super) use for_sync::{ForSync, Placed};
