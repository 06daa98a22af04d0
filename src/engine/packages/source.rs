//! The real source of packages: the hub and archives over HTTP, repositories over our own Git, folders.
//! What was fetched once is taken from the cache; every answer is remembered for as long as one run takes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::archive::{ArchiveError, Bounds, unpack};
use super::download::{DownloadError, DownloadRequest, without_secrets};
use super::overlay::Below;
use super::shelf::{Kept, Shelf};
use super::source_error::SourceError;
use crate::dbt::MemoryTree;
use crate::dbt::packages::{
    HubPackage, HubVersion, PackageSources, Pinned, SharedTree, package_name, read_index, resolve_local, sha1_hex,
};
use crate::engine::folder::Folder;
use crate::engine::target::Target;
use crate::engine::world::World;
use crate::git::{Address, Credential, Remote, RemoteError};
use crate::workspace::Secret;

/// The public hub; `DBT_PACKAGE_HUB_URL` names another one, as for dbt.
const HUB: &str = "https://hub.getdbt.com/";
/// Largest answer of the hub, and largest archive, in bytes.
const LARGEST_ANSWER: u64 = 64 << 20;
const LARGEST_ARCHIVE: u64 = 64 << 20;
/// What all archives of one run may unpack to, in bytes.
const LARGEST_SUM: u64 = 256 << 20;

/// Whose packages are fetched, which decides what they may ask for.
pub(super) enum Owner {
    /// A person's own folder: everything that dbt would do.
    Folder(PathBuf),
    /// A repository whose authors need not be those who run us: nothing of this machine, nothing in
    /// the clear.
    Repository { tree: SharedTree, project_folder: String },
}

/// A package that is there.
pub(super) struct Fetched {
    /// Its project's name.
    pub(super) name: String,
    pub(super) tree: SharedTree,
    /// Whether it came out of the cache.
    pub(super) was_kept: bool,
}

/// Where packages come from, for one run.
pub(super) struct Source {
    world: World,
    target: Target,
    owner: Owner,
    /// Credential of the project's own connection; sent to that connection's host alone.
    credential: Credential,
    hub: String,
    shelf: Shelf,
    cancel: CancellationToken,
    memory: Mutex<Memory>,
    /// Bytes that archives may still unpack to.
    left: AtomicU64,
}

#[derive(Default)]
struct Memory {
    index: Option<Arc<Vec<String>>>,
    hub: HashMap<String, Arc<HubPackage>>,
    git: HashMap<(String, String, String), (String, SharedTree)>,
    /// Packages that were renamed: old and new name.
    moved: Vec<(String, String)>,
}

impl Source {
    pub(super) fn new(
        world: World,
        target: Target,
        owner: Owner,
        credential: Credential,
        cancel: CancellationToken,
    ) -> Self {
        let hub = world.environment.variable("DBT_PACKAGE_HUB_URL").unwrap_or(HUB);
        let hub = format!("{}/", hub.trim_end_matches('/'));
        let shelf = Shelf::new(&world.paths.cache_dir);
        Self {
            world,
            target,
            owner,
            credential,
            hub,
            shelf,
            cancel,
            memory: Mutex::default(),
            left: AtomicU64::new(LARGEST_SUM),
        }
    }

    pub(super) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The hub's address, with a slash at its end.
    pub(super) fn hub_address(&self) -> &str {
        &self.hub
    }

    /// The packages that the hub has under another name now.
    pub(super) fn moved(&self) -> Vec<(String, String)> {
        self.memory().moved.clone()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Every change under the lock is whole by itself, so a panic elsewhere leaves it usable.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The files of a package in its version. With `anew`, an archive that may have changed at its
    /// address is fetched again.
    pub(super) fn fetch(&self, pinned: &Pinned, anew: bool) -> Result<Fetched, SourceError> {
        let package = pinned.in_words();
        match pinned {
            Pinned::Hub { name, version, .. } => {
                let key = format!("hub {} {name} {version}", self.hub);
                match self.kept(&key) {
                    Some(fetched) => Ok(fetched),
                    None => self.hub_version(name, version, &key),
                }
            }
            Pinned::Tarball { address, name, .. } => {
                let key = format!("tarball {address}");
                if let Some(fetched) = (!anew).then(|| self.kept(&key)).flatten() {
                    return Ok(Fetched { name: name.clone(), ..fetched });
                }
                let archive = self.download(address, LARGEST_ARCHIVE)?;
                self.unpacked(&package, address, &key, Kept { name: name.clone(), archive })
            }
            Pinned::Git { address, revision, subdirectory, .. } => {
                let (_, tree) = self.git(address, revision.as_deref(), subdirectory.as_deref())?;
                named(&package, tree)
            }
            Pinned::Local { path } => named(&package, self.local(path)?),
        }
    }

    /// A package out of the cache; none when it is not there whole.
    fn kept(&self, key: &str) -> Option<Fetched> {
        let kept = self.shelf.find(key)?;
        let tree = self.unpack(&kept.archive).ok()?;
        Some(Fetched { name: kept.name, tree, was_kept: true })
    }

    fn hub_version(&self, name: &str, version: &str, key: &str) -> Result<Fetched, SourceError> {
        let package = self.hub(name)?;
        let Some(found) = package.versions.get(version) else {
            let known = package.versions.keys().cloned().collect();
            return Err(SourceError::NoVersion { name: name.to_owned(), version: version.to_owned(), known });
        };
        let package = format!("{name} {version}");
        let archive = self.checked(&package, found)?;
        self.unpacked(&package, &found.tarball, key, Kept { name: found.name.clone(), archive })
    }

    /// The archive of a version, with the checksum that the hub tells. One that came in wrong is fetched
    /// once more.
    fn checked(&self, package: &str, version: &HubVersion) -> Result<Vec<u8>, SourceError> {
        let archive = self.download(&version.tarball, LARGEST_ARCHIVE)?;
        let Some(wanted) = version.sha1.as_ref().filter(|sum| **sum != sha1_hex(&archive)) else { return Ok(archive) };
        let archive = self.download(&version.tarball, LARGEST_ARCHIVE)?;
        let found = sha1_hex(&archive);
        if found == *wanted {
            return Ok(archive);
        }
        let url = without_secrets(&version.tarball);
        Err(SourceError::Checksum { package: package.to_owned(), url, wanted: wanted.clone(), found })
    }

    fn unpacked(&self, package: &str, url: &str, key: &str, kept: Kept) -> Result<Fetched, SourceError> {
        let (package, url) = (package.to_owned(), without_secrets(url));
        let tree = self.unpack(&kept.archive).map_err(|error| SourceError::Archive {
            package: package.clone(),
            url,
            error,
        })?;
        package_name(&*tree).map_err(|found| SourceError::NoProject { package, found })?;
        // A cache that cannot be written costs the next run a download, this one nothing.
        let _kept = self.shelf.keep(key, &kept);
        Ok(Fetched { name: kept.name, tree, was_kept: false })
    }

    /// The files of an archive, bounded alone and together with those before it.
    fn unpack(&self, archive: &[u8]) -> Result<SharedTree, ArchiveError> {
        let left = self.left.load(Ordering::Relaxed);
        let files = unpack(archive, Bounds { bytes: Bounds::USUAL.bytes.min(left), ..Bounds::USUAL })?;
        let taken: usize = files.values().map(Vec::len).sum();
        self.left.store(left.saturating_sub(taken as u64), Ordering::Relaxed);
        Ok(Arc::new(MemoryTree::new(files)))
    }

    fn download(&self, url: &str, most_bytes: u64) -> Result<Vec<u8>, SourceError> {
        let is_hubs = url.starts_with(&self.hub);
        // The hub is chosen by whoever runs us; what a repository's authors write must not go in the clear.
        let only_https = matches!(self.owner, Owner::Repository { .. }) && !is_hubs && !self.hub.starts_with("http://");
        let request = DownloadRequest { url: url.to_owned(), most_bytes, only_https };
        let downloaded = Handle::current().block_on(self.world.downloads.get(request, self.cancel.clone()));
        downloaded.map_err(SourceError::from)
    }

    fn answer<T>(&self, path: &str, read: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, SourceError> {
        let url = format!("{}api/v1/{path}.json", self.hub);
        let bytes = self.download(&url, LARGEST_ANSWER)?;
        read(&bytes).map_err(|reason| SourceError::Answer { url: without_secrets(&url), reason })
    }
}

/// A package whose name only its own project file says.
fn named(package: &str, tree: SharedTree) -> Result<Fetched, SourceError> {
    match package_name(&*tree) {
        Ok(name) => Ok(Fetched { name, tree, was_kept: false }),
        Err(found) => Err(SourceError::NoProject { package: package.to_owned(), found }),
    }
}

impl PackageSources for Source {
    type Error = SourceError;

    fn index(&self) -> Result<Arc<Vec<String>>, SourceError> {
        if let Some(index) = self.memory().index.clone() {
            return Ok(index);
        }
        let index = Arc::new(self.answer("index", read_index)?);
        self.memory().index = Some(Arc::clone(&index));
        Ok(index)
    }

    fn hub(&self, name: &str) -> Result<Arc<HubPackage>, SourceError> {
        if let Some(package) = self.memory().hub.get(name) {
            return Ok(Arc::clone(package));
        }
        let part = |part: &str| {
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
                && !part.starts_with('.')
        };
        if !name.split_once('/').is_some_and(|(namespace, name)| part(namespace) && part(name)) {
            return Err(SourceError::Download(DownloadError::Address { url: format!("{name:?}") }));
        }
        let package = Arc::new(self.answer(name, HubPackage::read)?);
        let mut memory = self.memory();
        if let Some(new) = &package.moved_to {
            memory.moved.push((name.to_owned(), new.clone()));
        }
        memory.hub.insert(name.to_owned(), Arc::clone(&package));
        Ok(package)
    }

    fn git(
        &self,
        address: &str,
        revision: Option<&str>,
        subdirectory: Option<&str>,
    ) -> Result<(String, SharedTree), SourceError> {
        let (revision, folder) = (revision.unwrap_or_default(), subdirectory.unwrap_or_default());
        let key = (address.to_owned(), revision.to_owned(), folder.to_owned());
        if let Some((commit, tree)) = self.memory().git.get(&key) {
            return Ok((commit.clone(), Arc::clone(tree)));
        }
        let found = self.repository(address, revision, folder)?;
        self.memory().git.insert(key, found.clone());
        Ok(found)
    }

    fn local(&self, path: &str) -> Result<SharedTree, SourceError> {
        match &self.owner {
            Owner::Folder(root) => {
                let place = self.world.environment.resolve_path(Path::new(path), root);
                let folder = Folder::open(&place)
                    .map_err(|error| SourceError::Local { path: path.to_owned(), reason: error.to_string() })?;
                Ok(Arc::new(folder))
            }
            Owner::Repository { tree, project_folder } => match resolve_local(project_folder, path) {
                Some(folder) => Ok(Below::of(Arc::clone(tree), &folder)),
                None => Err(SourceError::Refused {
                    what: format!("The local package {path} lies outside of the repository"),
                }),
            },
        }
    }
}

impl Source {
    fn repository(&self, address: &str, revision: &str, folder: &str) -> Result<(String, SharedTree), SourceError> {
        let shown = without_secrets(address);
        let failed = |error: RemoteError| match error {
            RemoteError::Cancelled => SourceError::Cancelled,
            error => SourceError::Git { address: shown.clone(), revision: revision.to_owned(), error },
        };
        let (plain, login) = split_login(address);
        let base = match &self.owner {
            Owner::Folder(root) => root.as_path(),
            Owner::Repository { .. } => Path::new("/"),
        };
        let remote = Address::parse(&plain, base).map_err(failed)?.remote;
        let credential = login.map_or_else(|| self.credential_for(&remote), Ok)?;
        // dbt's own word for the default branch.
        let branch = if revision == "HEAD" { "" } else { revision };
        let request = self.target.package_request(remote, credential, branch, folder);
        let (repositories, cancel) = (&self.world.repositories, self.cancel.clone());
        let progress = Arc::new(|_| {});
        let fetched =
            Handle::current().block_on(repositories.fetch(request.clone(), progress, cancel)).map_err(failed)?;
        let tree = repositories.tree(&request.remote, &request.cache, &fetched.commit.id).map_err(failed)?;
        Ok((fetched.commit.id, Below::of(tree, folder)))
    }

    /// What to show to a package's server, or that it is none of ours.
    fn credential_for(&self, remote: &Remote) -> Result<Credential, SourceError> {
        let own = self.target.remote().ok();
        let is_foreign = matches!(self.owner, Owner::Repository { .. });
        let own_host = own.as_ref().and_then(Remote::host);
        let host = remote.host();
        let refused = |what: String| Err(SourceError::Refused { what });
        match remote {
            _ if host.is_some() && host == own_host => Ok(self.credential.clone()),
            Remote::Local { path } if is_foreign && !matches!(own, Some(Remote::Local { .. })) => {
                refused(format!("The package at {} lies on this machine", path.display()))
            }
            Remote::Http { url } if is_foreign && !url.starts_with("https://") => {
                refused(format!("The package at {} is fetched in the clear", without_secrets(url)))
            }
            Remote::Ssh { host, .. } if is_foreign => {
                refused(format!("The package at {host} is fetched with the SSH keys of another host's connection"))
            }
            Remote::Ssh { .. } => Ok(Credential::SshAgent),
            Remote::Http { .. } | Remote::Local { .. } => Ok(Credential::Anonymous),
        }
    }
}

/// An http address without its login, and the login: `https://TOKEN@host/…`, as dbt's documentation has
/// it, or `https://user:password@host/…`.
fn split_login(address: &str) -> (String, Option<Credential>) {
    let plain = || (address.to_owned(), None);
    let Some((scheme, rest)) = address.split_once("://").filter(|(scheme, _)| scheme.starts_with("http")) else {
        return plain();
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let Some((login, host)) = authority.rsplit_once('@') else { return plain() };
    let credential = match login.split_once(':') {
        Some((user, password)) if !password.is_empty() => {
            Credential::Login { user: user.to_owned(), password: Secret::new(password) }
        }
        _ => Credential::Token { provider: None, token: Secret::new(login.trim_end_matches(':')) },
    };
    (format!("{scheme}://{host}{path}"), Some(credential))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_taken_out_of_an_address() {
        let (plain, login) = split_login("https://hunter22@github.com/acme/x.git");
        assert_eq!(plain, "https://github.com/acme/x.git");
        assert!(matches!(login, Some(Credential::Token { token, .. }) if token.expose() == "hunter22"));
        let (plain, login) = split_login("https://ada:pass@word@git.example:8443/x");
        assert_eq!(plain, "https://git.example:8443/x");
        assert!(
            matches!(login, Some(Credential::Login { user, password }) if user == "ada" && password.expose() == "pass@word")
        );
    }

    #[test]
    fn other_addresses_stay_as_they_are() {
        for address in
            ["https://github.com/a@b/x.git", "git@github.com:acme/x.git", "ssh://git@host/x", "../x", "/srv/a@b"]
        {
            let (plain, login) = split_login(address);
            assert!(login.is_none() && plain == address, "{address}");
        }
    }
}
