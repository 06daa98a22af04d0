//! Requests in both versions of the protocol, and version 0's first words. Pure.

use super::super::error::RemoteError;
use super::packet::Message;
use super::refs::{Capabilities, Refs, only_sha1};

/// How we name ourselves.
pub(super) const AGENT: &str = concat!("agent=ebbtide/", env!("CARGO_PKG_VERSION"));

/// What a pack is to hold.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Ask<'a> {
    /// Ids of the objects wanted.
    pub(in crate::git) wants: &'a [String],
    /// Commits that we have, with everything that the server would assume of them. All of them are
    /// shallow: we never have a parent.
    pub(in crate::git) haves: &'a [String],
    /// Only the wanted commits, none of their parents.
    pub(in crate::git) shallow: bool,
    pub(in crate::git) leave_out: LeaveOut,
}

/// What the server is to leave out of what the wanted objects lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum LeaveOut {
    Nothing,
    /// The contents of files.
    Blobs,
    /// Everything: only what is wanted by its id comes.
    All,
}

/// What a server of version 0 can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Features {
    pub(super) shallow: bool,
    pub(super) side_band: bool,
    /// Tells what became of a push.
    pub(super) report: bool,
    pub(super) ofs_delta: bool,
    pub(super) thin_pack: bool,
    pub(super) no_progress: bool,
    pub(super) agent: bool,
}

/// Branches to ask for. HEAD is told in any case.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) enum Which<'a> {
    Head,
    /// This one, and others that begin with its name.
    Branch(&'a str),
    /// The branch and the tag of this name, and others that begin with it.
    Revision(&'a str),
    All,
    /// Every tag, and no branch.
    Tags,
}

/// A list of branches.
pub(super) fn list(capabilities: &Capabilities, which: Which<'_>) -> Message {
    let mut message = Message::default();
    head(&mut message, "ls-refs", capabilities).line("symrefs");
    if matches!(which, Which::Revision(_) | Which::Tags) {
        // The commit of a tag that is an object of its own.
        message.line("peel");
    }
    if capabilities.unborn {
        message.line("unborn");
    }
    message.line("ref-prefix HEAD");
    match which {
        Which::Head => {}
        Which::Branch(name) => _ = message.line(&format!("ref-prefix refs/heads/{name}")),
        Which::Revision(name) => {
            message.line(&format!("ref-prefix refs/tags/{name}")).line(&format!("ref-prefix refs/heads/{name}"));
        }
        Which::All => _ = message.line("ref-prefix refs/heads/"),
        Which::Tags => _ = message.line("ref-prefix refs/tags/"),
    }
    message.flush();
    message
}

fn head<'a>(message: &'a mut Message, command: &str, capabilities: &Capabilities) -> &'a mut Message {
    message.line(&format!("command={command}")).line(AGENT);
    if let Some(format) = &capabilities.format {
        message.line(&format!("object-format={format}"));
    }
    message.delimiter()
}

impl Ask<'_> {
    pub(super) fn version_two(&self, capabilities: &Capabilities) -> Message {
        let mut message = Message::default();
        head(&mut message, "fetch", capabilities).line("ofs-delta").line("no-progress");
        if !self.haves.is_empty() {
            message.line("thin-pack");
        }
        match self.leave_out {
            LeaveOut::Blobs if capabilities.filter => _ = message.line("filter blob:none"),
            LeaveOut::All if capabilities.filter => _ = message.line("filter tree:0"),
            LeaveOut::Nothing | LeaveOut::Blobs | LeaveOut::All => {}
        }
        if capabilities.shallow {
            for have in self.haves {
                message.line(&format!("shallow {have}"));
            }
            if self.shallow {
                message.line("deepen 1");
            }
        }
        self.wants_and_haves(&mut message);
        message.line("done").flush();
        message
    }

    fn wants_and_haves(&self, message: &mut Message) {
        for want in self.wants {
            message.line(&format!("want {want}"));
        }
        for have in self.haves {
            message.line(&format!("have {have}"));
        }
    }

    pub(super) fn version_zero(&self, features: &Features) -> Result<Message, RemoteError> {
        if !features.side_band {
            let raw = "the server offers no side-band-64k; it is too old".to_owned();
            return Err(RemoteError::Refused { status: None, raw });
        }
        let mut words = "side-band-64k".to_owned();
        let offered = [
            (features.ofs_delta, "ofs-delta"),
            (features.no_progress, "no-progress"),
            (features.thin_pack && !self.haves.is_empty(), "thin-pack"),
            (features.agent, AGENT),
        ];
        for (_, word) in offered.iter().filter(|(offered, _)| *offered) {
            words = format!("{words} {word}");
        }
        let mut message = Message::default();
        for (index, want) in self.wants.iter().enumerate() {
            let words = if index == 0 { format!(" {words}") } else { String::new() };
            message.line(&format!("want {want}{words}"));
        }
        if features.shallow {
            for have in self.haves {
                message.line(&format!("shallow {have}"));
            }
            if self.shallow {
                message.line("deepen 1");
            }
        }
        message.flush();
        for have in self.haves {
            message.line(&format!("have {have}"));
        }
        message.line("done");
        Ok(message)
    }
}

/// Version 0's first line: a reference and, behind a NUL, what the server can do.
pub(super) fn first_line(line: &str) -> Result<(Refs, Features), RemoteError> {
    let (first, words) = line.split_once('\0').unwrap_or((line, ""));
    let mut refs = Refs::default();
    let mut features = Features::default();
    for word in words.split(' ') {
        match word.split_once('=').unwrap_or((word, "")) {
            ("shallow", _) => features.shallow = true,
            ("side-band-64k", _) => features.side_band = true,
            ("ofs-delta", _) => features.ofs_delta = true,
            ("thin-pack", _) => features.thin_pack = true,
            ("no-progress", _) => features.no_progress = true,
            ("agent", _) => features.agent = true,
            ("report-status", _) => features.report = true,
            ("object-format", format) => only_sha1(format)?,
            ("symref", target) => {
                if let Some(branch) = target.strip_prefix("HEAD:refs/heads/") {
                    refs.head = Some(branch.to_owned());
                }
            }
            _ => {}
        }
    }
    reference(&mut refs, first)?;
    Ok((refs, features))
}

/// One line of version 0's list: `ID NAME`. The line of an empty repository and `shallow ID` are no
/// references.
pub(super) fn reference(refs: &mut Refs, line: &str) -> Result<(), RemoteError> {
    match line.split_once(' ') {
        Some(("shallow", _) | (_, "capabilities^{}")) => Ok(()),
        // The commit of the tag that was named on the line before.
        Some((id, name)) => match name.strip_suffix("^{}") {
            Some(tag) => refs.peeled(id, tag),
            None => refs.named(id, name),
        },
        None => Err(RemoteError::Broken { raw: format!("unexpected line in the list of branches: {line:?}") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn shown(message: Message) -> String {
        let mut decoder = super::super::Decoder::default();
        decoder.push(&message.into_bytes());
        let mut shown = Vec::new();
        while let Some(packet) = decoder.next().unwrap() {
            shown.push(match packet {
                super::super::Packet::Data(line) => String::from_utf8(line).unwrap().trim_end().to_owned(),
                other => format!("{other:?}").to_uppercase(),
            });
        }
        shown.join("|").replace(ONE, "ONE").replace(TWO, "TWO").replace(AGENT, "AGENT")
    }

    fn ask<'a>(wants: &'a [String], haves: &'a [String], leave_out: LeaveOut) -> Ask<'a> {
        Ask { wants, haves, shallow: true, leave_out }
    }

    #[test]
    fn branches_are_asked_for_by_prefix() {
        let capabilities = Capabilities { unborn: true, format: Some("sha1".to_owned()), ..Capabilities::default() };
        assert_eq!(
            shown(list(&capabilities, Which::Branch("main"))),
            "command=ls-refs|AGENT|object-format=sha1|DELIMITER|symrefs|unborn|ref-prefix HEAD|ref-prefix refs/heads/main|FLUSH"
        );
    }

    #[test]
    fn a_revision_is_asked_for_as_tag_and_as_branch() {
        assert_eq!(
            shown(list(&Capabilities::default(), Which::Revision("v1"))),
            "command=ls-refs|AGENT|DELIMITER|symrefs|peel|ref-prefix HEAD|ref-prefix refs/tags/v1|ref-prefix refs/heads/v1|FLUSH"
        );
    }

    #[test]
    fn a_first_fetch_in_version_two() {
        let capabilities = Capabilities { filter: true, shallow: true, ..Capabilities::default() };
        let wants = [ONE.to_owned()];
        assert_eq!(
            shown(ask(&wants, &[], LeaveOut::Blobs).version_two(&capabilities)),
            "command=fetch|AGENT|DELIMITER|ofs-delta|no-progress|filter blob:none|deepen 1|want ONE|done|FLUSH"
        );
        assert!(shown(ask(&wants, &[], LeaveOut::All).version_two(&capabilities)).contains("|filter tree:0|"));
        assert!(!shown(ask(&wants, &[], LeaveOut::Nothing).version_two(&capabilities)).contains("filter"));
    }

    #[test]
    fn a_later_fetch_in_version_two() {
        let capabilities = Capabilities { shallow: true, ..Capabilities::default() };
        let (wants, haves) = ([ONE.to_owned()], [TWO.to_owned()]);
        assert_eq!(
            shown(ask(&wants, &haves, LeaveOut::Blobs).version_two(&capabilities)),
            "command=fetch|AGENT|DELIMITER|ofs-delta|no-progress|thin-pack|shallow TWO|deepen 1|want ONE|have TWO|done|FLUSH"
        );
    }

    #[test]
    fn version_zero_is_read_and_asked() {
        let line = format!("{ONE} HEAD\0side-band-64k shallow thin-pack symref=HEAD:refs/heads/main agent=git/2");
        let (mut refs, features) = first_line(&line).unwrap();
        reference(&mut refs, &format!("{ONE} refs/heads/main")).unwrap();
        reference(&mut refs, &format!("{TWO} refs/tags/v1^{{}}")).unwrap();
        assert_eq!((refs.default_branch(), refs.tip("main")), (Some("main"), Some(ONE)));
        let (wants, haves) = ([ONE.to_owned()], [TWO.to_owned()]);
        assert_eq!(
            shown(ask(&wants, &haves, LeaveOut::Blobs).version_zero(&features).unwrap()),
            "want ONE side-band-64k thin-pack AGENT|shallow TWO|deepen 1|FLUSH|have TWO|done"
        );
    }

    #[test]
    fn an_empty_repository_in_version_zero_has_no_branches() {
        let line = format!("{} capabilities^{{}}\0side-band-64k", "0".repeat(40));
        assert_eq!(first_line(&line).unwrap().0, Refs::default());
    }

    #[test]
    fn a_server_without_bands_is_refused_with_words() {
        let error = ask(&[], &[], LeaveOut::Nothing).version_zero(&Features::default()).unwrap_err();
        assert!(error.raw().contains("side-band-64k"), "{error}");
    }

    #[test]
    fn what_is_no_git_server_is_refused() {
        assert!(matches!(first_line("SSH-2.0-OpenSSH"), Err(RemoteError::Broken { .. })));
        assert!(matches!(first_line("Welcome to the machine"), Err(RemoteError::Broken { .. })));
    }
}
