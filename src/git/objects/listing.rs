//! The regular files below a folder of a commit: links inside the tree followed, everything odd left
//! out and counted, bounded whatever the tree looks like.

use git2::{ObjectType, Odb, Oid, Repository};

use super::resolve::{Absent, DEEPEST, Effort, Kind, Lost, Place, resolve};
use super::tree::TreeError;

/// Paths of one kind kept as evidence; more are only counted.
const MOST_EXAMPLES: usize = 50;

/// One regular file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Path from the tree's root, with `/`.
    pub path: String,
    /// Size in bytes; `None` where the object was not fetched because it lies outside of the wanted
    /// folder.
    pub size: Option<u64>,
    pub executable: bool,
    /// A part of the object's id: the same bytes have the same.
    pub stamp: u128,
}

/// What a listing passed over, with the first paths as evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub submodules: Paths,
    /// Links that lead outside the tree, nowhere, or in a circle.
    pub links: Paths,
    /// Names that are not UTF-8 or could not be a file's name; shown with replacement characters.
    pub names: Paths,
    /// Folders outside of the wanted one, whose contents were not fetched.
    pub not_fetched: Paths,
}

/// What the files below a folder come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Stands for all paths and bytes: two commits with equal ids read the same.
    pub id: String,
    /// What is not among the files.
    pub left_out: LeftOut,
}

/// A number of paths and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    pub count: u64,
    pub first: Vec<String>,
}

impl Paths {
    fn add(&mut self, path: String) {
        self.count += 1;
        if self.first.len() < MOST_EXAMPLES {
            self.first.push(path);
        }
    }
}

/// The files below a folder, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub files: Vec<TreeFile>,
    pub left_out: LeftOut,
}

/// Lists the files below `folder`, and the object of each; a folder that is not there has none. More
/// than `limit` entries are an error.
pub(super) fn list(
    repository: &Repository,
    root: Oid,
    folder: &str,
    limit: usize,
) -> Result<(Listing, Vec<Oid>), TreeError> {
    let mut walk = Walk::new(repository, root, limit)?;
    walk.start(folder)?;
    walk.files.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
    let (files, ids) = walk.files.into_iter().unzip();
    Ok((Listing { files, left_out: walk.left_out }, ids))
}

/// What would be needed to read a folder and is not in the object store; sorted, each once.
#[derive(Debug, Default)]
pub(super) struct AbsentObjects {
    /// The folder itself: nothing of it is known.
    pub(super) folder: Option<Oid>,
    /// Trees on the way to it, in it, or that a link leads to.
    pub(super) trees: Vec<Oid>,
    /// Files in it, or that a link leads to, and links.
    pub(super) blobs: Vec<Oid>,
}

/// Looks for all that the files below `folder` need.
pub(super) fn absent(repository: &Repository, root: Oid, folder: &str) -> Result<AbsentObjects, TreeError> {
    let mut walk = Walk::new(repository, root, super::tree::MOST_ENTRIES)?;
    walk.start(folder)?;
    for ids in [&mut walk.absent.trees, &mut walk.absent.blobs] {
        ids.sort_unstable();
        ids.dedup();
    }
    Ok(walk.absent)
}

/// True unless all that is known of the tree says that no file stands at `path`.
pub(super) fn may_have_file(repository: &Repository, root: Oid, path: &str) -> Result<bool, TreeError> {
    match resolve(repository, root, &[], path, &mut Effort::default()) {
        Ok(Place::File { .. }) | Err(Lost::Absent(_)) => Ok(true),
        Ok(Place::Folder { .. }) | Err(Lost::Missing | Lost::Outside | Lost::Submodule | Lost::TooMuch) => Ok(false),
        Err(Lost::Failed(error)) => Err(error.into()),
    }
}

/// Whether a folder stands at `path`, as far as is known.
pub(super) fn is_there(repository: &Repository, root: Oid, path: &str) -> bool {
    matches!(resolve(repository, root, &[], path, &mut Effort::default()), Ok(Place::Folder { .. }))
}

/// What the files below `folder` come to, those that links lead to included.
pub(super) fn contents(repository: &Repository, root: Oid, folder: &str) -> Result<Contents, TreeError> {
    let (listing, ids) = match list(repository, root, folder, super::tree::MOST_ENTRIES) {
        // Too much to look at: the whole tree stands for it.
        Err(TreeError::TooMany { .. }) => {
            return Ok(Contents { id: root.to_string(), left_out: LeftOut::default() });
        }
        listed => listed?,
    };
    let mut lines = Vec::with_capacity(listing.files.len() * 64);
    for (file, id) in listing.files.iter().zip(ids) {
        lines.extend_from_slice(id.as_bytes());
        lines.extend_from_slice(file.path.as_bytes());
        lines.push(0);
    }
    let id = Oid::hash_object(ObjectType::Blob, &lines)?.to_string();
    Ok(Contents { id, left_out: listing.left_out })
}

/// One listing under way.
struct Walk<'a> {
    repository: &'a Repository,
    objects: Odb<'a>,
    root: Oid,
    files: Vec<(TreeFile, Oid)>,
    left_out: LeftOut,
    /// Entries met, listed or not.
    seen: usize,
    limit: usize,
    /// Folders that we are inside of; meeting one of them again through a link is a circle.
    entered: Vec<Oid>,
    absent: AbsentObjects,
    effort: Effort,
}

impl<'a> Walk<'a> {
    fn new(repository: &'a Repository, root: Oid, limit: usize) -> Result<Self, TreeError> {
        Ok(Self {
            repository,
            objects: repository.odb()?,
            root,
            files: Vec::new(),
            left_out: LeftOut::default(),
            seen: 0,
            limit,
            entered: Vec::new(),
            absent: AbsentObjects::default(),
            effort: Effort::default(),
        })
    }

    fn start(&mut self, folder: &str) -> Result<(), TreeError> {
        match resolve(self.repository, self.root, &[], folder, &mut self.effort) {
            Ok(Place::Folder { id, path }) => {
                if !self.effort.is_present(&self.objects, id)? {
                    self.absent.folder = Some(id);
                    return Ok(());
                }
                let parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
                self.folder(id, &parts.join("/"), &path)
            }
            Err(Lost::Failed(error)) => Err(error.into()),
            Err(Lost::TooMuch) => Err(TreeError::TooMany { limit: self.limit }),
            Err(Lost::Absent(absent)) => {
                self.misses(absent);
                Ok(())
            }
            Ok(Place::File { .. }) | Err(Lost::Missing | Lost::Outside | Lost::Submodule) => Ok(()),
        }
    }

    /// `shown` is the path by which the folder was reached, `real` its own.
    fn folder(&mut self, id: Oid, shown: &str, real: &[String]) -> Result<(), TreeError> {
        if !self.effort.is_present(&self.objects, id)? {
            self.misses(Absent::Tree(id));
            self.left_out.not_fetched.add(shown.to_owned());
            return Ok(());
        }
        let tree = self.repository.find_tree(id)?;
        self.entered.push(id);
        for entry in &tree {
            self.seen += 1;
            if self.seen > self.limit {
                return Err(TreeError::TooMany { limit: self.limit });
            }
            let name = std::str::from_utf8(entry.name_bytes()).ok().filter(|name| is_file_name(name));
            let Some(name) = name else {
                self.left_out.names.add(joined(shown, &String::from_utf8_lossy(entry.name_bytes())));
                continue;
            };
            let path = joined(shown, name);
            match Kind::of(&entry) {
                Some(Kind::File { executable }) => self.file(path, entry.id(), executable)?,
                Some(Kind::Folder) => {
                    let real: Vec<String> = real.iter().cloned().chain([name.to_owned()]).collect();
                    self.inner_folder(entry.id(), path, &real)?;
                }
                Some(Kind::Link) => self.link(name, path, real)?,
                Some(Kind::Submodule) => self.left_out.submodules.add(path),
                None => self.left_out.names.add(path),
            }
        }
        self.entered.pop();
        Ok(())
    }

    fn inner_folder(&mut self, id: Oid, path: String, real: &[String]) -> Result<(), TreeError> {
        // The same tree twice on one way down needs a link: no tree can hold itself.
        if self.entered.contains(&id) && !self.is_empty_tree(id) || self.entered.len() >= DEEPEST {
            self.left_out.links.add(path);
            return Ok(());
        }
        self.folder(id, &path, real)
    }

    fn is_empty_tree(&self, id: Oid) -> bool {
        self.repository.find_tree(id).is_ok_and(|tree| tree.is_empty())
    }

    fn link(&mut self, name: &str, path: String, real: &[String]) -> Result<(), TreeError> {
        match resolve(self.repository, self.root, real, name, &mut self.effort) {
            Ok(Place::File { id, executable }) => self.file(path, id, executable),
            Ok(Place::Folder { id, path: real }) => self.inner_folder(id, path, &real),
            Err(Lost::Failed(error)) => Err(error.into()),
            Err(Lost::TooMuch) => Err(TreeError::TooMany { limit: self.limit }),
            Err(lost) => {
                if let Lost::Absent(absent) = lost {
                    self.misses(absent);
                }
                self.left_out.links.add(path);
                Ok(())
            }
        }
    }

    fn misses(&mut self, absent: Absent) {
        match absent {
            Absent::Tree(id) => self.absent.trees.push(id),
            Absent::Blob(id) => self.absent.blobs.push(id),
        }
    }

    fn file(&mut self, path: String, id: Oid, executable: bool) -> Result<(), TreeError> {
        let present = self.effort.is_present(&self.objects, id)?;
        let size = if present { Some(self.objects.read_header(id)?.0 as u64) } else { None };
        if !present {
            self.misses(Absent::Blob(id));
        }
        let stamp = id.as_bytes().first_chunk().map_or(0, |part| u128::from_le_bytes(*part));
        self.files.push((TreeFile { path, size, executable, stamp }, id));
        Ok(())
    }
}

pub(super) fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Names that a file system could not hold, or that would lead elsewhere, come from forged trees.
pub(super) fn is_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\0'])
}
