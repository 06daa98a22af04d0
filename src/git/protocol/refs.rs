//! What a server says of itself and of its branches. Pure: lines in, values out.

use super::super::error::RemoteError;
use super::super::fetch::Branches;

/// Branches kept of one repository; servers with more are told of with these.
const MOST_BRANCHES: usize = 20_000;
/// Longest name of a branch that is kept, in bytes: a file's path on no system is longer.
const LONGEST_NAME: usize = 4096;

/// What a server can do, in protocol version 2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    /// `fetch=… filter`: objects can be left out.
    pub(super) filter: bool,
    /// `fetch=… shallow`: history can be cut.
    pub(super) shallow: bool,
    /// `ls-refs=unborn`: HEAD is told even where it points at nothing.
    pub(super) unborn: bool,
    /// `object-format=sha1`; the request must repeat it where it was said.
    pub(super) format: Option<String>,
}

impl Capabilities {
    /// What of them a question for branches needs, as lines that [`Capabilities::line`] takes in. What the server
    /// can do beyond that is heard anew where a pack is wanted.
    pub(super) fn for_questions(&self) -> String {
        let unborn = if self.unborn { "ls-refs=unborn\n" } else { "ls-refs\n" };
        let format = self.format.as_ref().map_or_else(String::new, |format| format!("object-format={format}\n"));
        format!("version 2\n{unborn}{format}")
    }

    /// The same from a text that was remembered; none where it is another one.
    pub(super) fn remembered(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut capabilities = (lines.next()? == "version 2").then(Self::default)?;
        lines.try_for_each(|line| capabilities.line(line)).ok()?;
        Some(capabilities)
    }

    /// Takes in one line after `version 2`.
    pub(super) fn line(&mut self, line: &str) -> Result<(), RemoteError> {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        match key {
            "fetch" => {
                self.filter = value.split(' ').any(|feature| feature == "filter");
                self.shallow = value.split(' ').any(|feature| feature == "shallow");
            }
            "ls-refs" => self.unborn = value.split(' ').any(|feature| feature == "unborn"),
            "object-format" => {
                only_sha1(value)?;
                self.format = Some(value.to_owned());
            }
            _ => {}
        }
        Ok(())
    }
}

/// Repositories of another hash can't be kept in our object store.
pub(super) fn only_sha1(format: &str) -> Result<(), RemoteError> {
    if format == "sha1" {
        return Ok(());
    }
    let raw = format!("the repository's object format is {format}; only sha1 can be read");
    Err(RemoteError::Refused { status: None, raw })
}

/// Branches and HEAD of a repository, as far as they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::git) struct Refs {
    /// `(name without refs/heads/, object id)`.
    pub(in crate::git) branches: Vec<(String, String)>,
    /// `(name without refs/tags/, id of the commit)`.
    pub(in crate::git) tags: Vec<(String, String)>,
    /// Branch that HEAD points at, whether it exists or not.
    pub(in crate::git) head: Option<String>,
    /// Object that HEAD stands for.
    pub(in crate::git) head_id: Option<String>,
}

impl Refs {
    /// Takes in one answer to `ls-refs`: `ID NAME [symref-target:NAME] …` or `unborn HEAD …`.
    pub(super) fn line(&mut self, line: &str) -> Result<(), RemoteError> {
        let mut words = line.split(' ').fuse();
        let (Some(id), Some(name)) = (words.next(), words.next()) else {
            return Err(RemoteError::Broken { raw: format!("unexpected line in the list of branches: {line:?}") });
        };
        if name == "HEAD" {
            let target = words.find_map(|word| word.strip_prefix("symref-target:refs/heads/"));
            self.head = target.map(str::to_owned).or(self.head.take());
        }
        if id == "unborn" {
            return Ok(());
        }
        let peeled = words.find_map(|word| word.strip_prefix("peeled:"));
        self.named(id, name)?;
        peeled.map_or(Ok(()), |commit| self.peeled(commit, name))
    }

    /// Takes in one reference by its full name; those that are no branch are passed over.
    pub(super) fn named(&mut self, id: &str, name: &str) -> Result<(), RemoteError> {
        check_id(id)?;
        if name.len() > LONGEST_NAME {
            return Ok(());
        }
        if name == "HEAD" {
            self.head_id = Some(id.to_owned());
        } else if let Some(branch) = name.strip_prefix("refs/heads/")
            && self.branches.len() < MOST_BRANCHES
        {
            self.branches.push((branch.to_owned(), id.to_owned()));
        } else if let Some(tag) = name.strip_prefix("refs/tags/")
            && self.tags.len() < MOST_BRANCHES
        {
            self.tags.push((tag.to_owned(), id.to_owned()));
        }
        Ok(())
    }

    /// Takes in the commit that the tag of this full name stands for, which is an object of its own.
    pub(super) fn peeled(&mut self, commit: &str, name: &str) -> Result<(), RemoteError> {
        check_id(commit)?;
        let tag =
            name.strip_prefix("refs/tags/").and_then(|tag| self.tags.iter_mut().rev().find(|(known, _)| known == tag));
        if let Some((_, id)) = tag {
            commit.clone_into(id);
        }
        Ok(())
    }

    /// The commit of a tag.
    pub(in crate::git) fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(known, _)| known == name).map(|(_, id)| id.as_str())
    }

    /// A branch's object id.
    pub(in crate::git) fn tip(&self, branch: &str) -> Option<&str> {
        self.branches.iter().find(|(name, _)| name == branch).map(|(_, id)| id.as_str())
    }

    /// The branch that HEAD points at; where the server does not say, the one that stands where HEAD
    /// stands, `main` and `master` first.
    pub(in crate::git) fn default_branch(&self) -> Option<&str> {
        if let Some(head) = &self.head {
            return self.tip(head).map(|_| head.as_str());
        }
        let head_id = self.head_id.as_deref()?;
        let usual = ["main", "master"].into_iter().find(|name| self.tip(name) == Some(head_id));
        usual.or_else(|| self.branches.iter().find(|(_, id)| id == head_id).map(|(name, _)| name.as_str()))
    }

    pub(in crate::git) fn to_branches(&self) -> Branches {
        let mut names: Vec<String> = self.branches.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        Branches { names, default: self.default_branch().map(str::to_owned) }
    }
}

fn check_id(id: &str) -> Result<(), RemoteError> {
    if id.len() == 40 && id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(RemoteError::Broken { raw: format!("not an object id: {id:?}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn refs(lines: &[String]) -> Refs {
        let mut refs = Refs::default();
        for line in lines {
            refs.line(line).unwrap();
        }
        refs
    }

    #[test]
    fn capabilities_are_read() {
        let mut capabilities = Capabilities::default();
        for line in ["agent=git/2.47.3", "ls-refs=unborn", "fetch=shallow wait-for-done filter", "object-format=sha1"] {
            capabilities.line(line).unwrap();
        }
        let format = Some("sha1".to_owned());
        assert_eq!(capabilities, Capabilities { filter: true, shallow: true, unborn: true, format });
    }

    #[test]
    fn what_questions_need_is_remembered_and_nothing_else() {
        let said = Capabilities { filter: true, shallow: true, unborn: true, format: Some("sha1".to_owned()) };
        let kept = Capabilities::remembered(&said.for_questions());
        assert_eq!(kept, Some(Capabilities { filter: false, shallow: false, ..said }));
        assert_eq!(Capabilities::remembered(&Capabilities::default().for_questions()), Some(Capabilities::default()));
        for text in ["", "version 1\n", "version 2\nobject-format=sha256\n", "rubbish"] {
            assert_eq!(Capabilities::remembered(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_offered_is_not_used() {
        let mut capabilities = Capabilities::default();
        capabilities.line("fetch").unwrap();
        capabilities.line("ls-refs").unwrap();
        assert_eq!(capabilities, Capabilities::default());
    }

    #[test]
    fn another_hash_is_refused_with_words() {
        let error = Capabilities::default().line("object-format=sha256").unwrap_err();
        assert!(error.raw().contains("sha256"), "{error}");
    }

    #[test]
    fn branches_and_head_are_read() {
        let refs = refs(&[
            format!("{ONE} HEAD symref-target:refs/heads/trunk"),
            format!("{TWO} refs/heads/dev"),
            format!("{ONE} refs/heads/trunk"),
            format!("{TWO} refs/tags/v1 peeled:{ONE}"),
        ]);
        assert_eq!(refs.tip("dev"), Some(TWO));
        assert_eq!(refs.tip("v1"), None);
        let names = vec!["dev".to_owned(), "trunk".to_owned()];
        assert_eq!(refs.to_branches(), Branches { names, default: Some("trunk".to_owned()) });
    }

    #[test]
    fn a_tag_stands_for_its_commit() {
        let mut refs = refs(&[format!("{TWO} refs/tags/v1 peeled:{ONE}"), format!("{TWO} refs/tags/v2")]);
        assert_eq!((refs.tag("v1"), refs.tag("v2"), refs.tag("v3")), (Some(ONE), Some(TWO), None));
        refs.peeled(ONE, "refs/tags/v2").unwrap();
        assert_eq!(refs.tag("v2"), Some(ONE));
        assert!(refs.line(&format!("{TWO} refs/tags/v3 peeled:zz")).is_err());
    }

    #[test]
    fn a_head_without_a_name_is_guessed() {
        let refs = refs(&[
            format!("{ONE} HEAD"),
            format!("{ONE} refs/heads/a"),
            format!("{ONE} refs/heads/main"),
            format!("{TWO} refs/heads/master"),
        ]);
        assert_eq!(refs.default_branch(), Some("main"));
    }

    #[test]
    fn an_unborn_head_is_no_branch() {
        let refs = refs(&["unborn HEAD symref-target:refs/heads/main".to_owned()]);
        assert_eq!((refs.head.as_deref(), refs.default_branch()), (Some("main"), None));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in ["", "x", "zz HEAD", "1111 refs/heads/main"] {
            assert!(matches!(Refs::default().line(line), Err(RemoteError::Broken { .. })), "{line:?}");
        }
    }
}
