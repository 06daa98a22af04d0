use std::path::PathBuf;

use notify::event::{CreateKind, DataChange, ModifyKind, RemoveKind};

use super::*;

fn hint(kind: EventKind, path: &str) -> Option<Hint> {
    hint_of(&Event::new(kind).add_path(PathBuf::from(path)), Some(OsStr::new("ebb.sqlite-wal")))
}

#[test]
fn what_the_kernel_says_is_told_apart() {
    let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
    let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
    let table = [
        (written, "/s/ebb.sqlite-wal", Some(Hint::Written)),
        (EventKind::Create(CreateKind::File), "/s/ebb.sqlite-wal", Some(Hint::Written)),
        (written, "/s/ebb.sqlite", None),
        (written, "/s/other-wal", None),
        (opened, "/s/ebb.sqlite-wal", None),
        (closed, "/s/ebb.sqlite-wal", None),
        (closed, "/s/processes/1-2-0.lock", Some(Hint::ProcessEnded)),
        (EventKind::Remove(RemoveKind::File), "/s/processes/1-2-0.lock", Some(Hint::ProcessEnded)),
        (opened, "/s/processes/1-2-0.lock", None),
    ];
    for (kind, path, expected) in table {
        assert_eq!(hint(kind, path), expected, "{kind:?} {path}");
    }
}

#[test]
fn a_lost_message_is_taken_for_every_change() {
    let lost = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
    assert_eq!(hint_of(&lost, None), Some(Hint::ProcessEnded));
}
