//! What changed between two texts, as lines with roles: unified, with the changed part of a changed
//! line emphasised.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};
use unicode_segmentation::UnicodeSegmentation;

use super::role_line::RoleLine;
use crate::tui::text;
use crate::tui::theme::Role;

/// Lines that are compared one by one; of larger texts the whole middle that differs counts as
/// replaced. Bounds the work without a clock.
const MOST_LINES: usize = 4_000;

/// A unified diff, ready to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub lines: Vec<RoleLine>,
    pub added: usize,
    pub removed: usize,
}

impl Diff {
    pub fn is_empty(&self) -> bool {
        self.added == 0 && self.removed == 0
    }
}

/// The difference with `context` unchanged lines around each change.
pub fn unified(old: &str, new: &str, context: usize) -> Diff {
    let old: Vec<_> = text::clean_lines(old).collect();
    let new: Vec<_> = text::clean_lines(new).collect();
    let mut diff = Diff::default();
    for group in group_diff_ops(operations(&old, &new), context) {
        if let (Some(first), Some(last)) = (group.first(), group.last()) {
            let old_range = first.old_range().start..last.old_range().end;
            let new_range = first.new_range().start..last.new_range().end;
            let head = format!(
                "@@ -{},{} +{},{} @@",
                old_range.start + usize::from(!old_range.is_empty()),
                old_range.len(),
                new_range.start + usize::from(!new_range.is_empty()),
                new_range.len()
            );
            diff.lines.push(RoleLine::of(Role::Dim, head));
        }
        for operation in group {
            let removed = old.get(operation.old_range()).unwrap_or_default();
            let added = new.get(operation.new_range()).unwrap_or_default();
            match operation {
                DiffOp::Equal { .. } => {
                    diff.lines.extend(removed.iter().map(|line| RoleLine::of(Role::Text, format!("  {line}"))));
                }
                DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                    replace(&mut diff, removed, added);
                }
            }
        }
    }
    diff
}

fn operations<S: AsRef<str> + Eq + std::hash::Hash + Ord>(old: &[S], new: &[S]) -> Vec<DiffOp> {
    if old.len() + new.len() <= MOST_LINES {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    let head = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let middle_old = old.len() - head - tail;
    let middle_new = new.len() - head - tail;
    if middle_old + middle_new <= MOST_LINES
        && let (Some(one), Some(other)) = (old.get(head..head + middle_old), new.get(head..head + middle_new))
    {
        let mut operations = vec![DiffOp::Equal { old_index: 0, new_index: 0, len: head }];
        operations.extend(capture_diff_slices(Algorithm::Myers, one, other).into_iter().map(|op| moved(op, head)));
        operations.push(DiffOp::Equal { old_index: head + middle_old, new_index: head + middle_new, len: tail });
        return operations;
    }
    vec![
        DiffOp::Equal { old_index: 0, new_index: 0, len: head },
        DiffOp::Replace { old_index: head, old_len: middle_old, new_index: head, new_len: middle_new },
        DiffOp::Equal { old_index: head + middle_old, new_index: head + middle_new, len: tail },
    ]
}

fn moved(operation: DiffOp, by: usize) -> DiffOp {
    match operation {
        DiffOp::Equal { old_index, new_index, len } => {
            DiffOp::Equal { old_index: old_index + by, new_index: new_index + by, len }
        }
        DiffOp::Delete { old_index, old_len, new_index } => {
            DiffOp::Delete { old_index: old_index + by, old_len, new_index: new_index + by }
        }
        DiffOp::Insert { old_index, new_index, new_len } => {
            DiffOp::Insert { old_index: old_index + by, new_index: new_index + by, new_len }
        }
        DiffOp::Replace { old_index, old_len, new_index, new_len } => {
            DiffOp::Replace { old_index: old_index + by, old_len, new_index: new_index + by, new_len }
        }
    }
}

/// Removed lines, then added ones. Where there are as many of both, the first is taken for a change
/// of the first, and so on, and what differs inside is emphasised.
fn replace<S: AsRef<str>>(diff: &mut Diff, removed: &[S], added: &[S]) {
    let paired = removed.len() == added.len();
    let partner = |lines: &[S], index: usize| -> Option<String> {
        lines.get(index).filter(|_| paired).map(|line| line.as_ref().to_owned())
    };
    for (index, line) in removed.iter().enumerate() {
        diff.lines.push(changed("- ", line.as_ref(), partner(added, index).as_deref(), Role::Removed));
    }
    for (index, line) in added.iter().enumerate() {
        diff.lines.push(changed("+ ", line.as_ref(), partner(removed, index).as_deref(), Role::Added));
    }
    diff.removed += removed.len();
    diff.added += added.len();
}

fn changed(sign: &str, line: &str, partner: Option<&str>, role: Role) -> RoleLine {
    let mut out = RoleLine::of(role, sign);
    let (head, tail) = partner.map_or((0, 0), |partner| shared(line, partner));
    // A line that shares nothing, or only a little, with its partner is simply another line.
    if (head + tail) * 3 < line.len() {
        out.push(role, line);
        return out;
    }
    out.push(role, line.get(..head).unwrap_or_default());
    out.push(Role::Emphasis, line.get(head..line.len() - tail).unwrap_or_default());
    out.push(role, line.get(line.len() - tail..).unwrap_or_default());
    out
}

/// Bytes that both lines begin and end with, in whole graphemes and without overlap.
fn shared(line: &str, partner: &str) -> (usize, usize) {
    let head: usize =
        line.graphemes(true).zip(partner.graphemes(true)).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
    let (line, partner) = (line.get(head..).unwrap_or_default(), partner.get(head..).unwrap_or_default());
    let pairs = line.graphemes(true).rev().zip(partner.graphemes(true).rev());
    let tail: usize = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
    (head, tail)
}

/// The lines of a unified diff that somebody else made, with roles.
pub fn from_unified<S: AsRef<str>>(lines: &[S]) -> Vec<RoleLine> {
    let role = |line: &str| match line.as_bytes().first() {
        _ if line.starts_with("+++") || line.starts_with("---") || line.starts_with("@@") => Role::Dim,
        Some(b'+') => Role::Added,
        Some(b'-') => Role::Removed,
        _ => Role::Text,
    };
    lines
        .iter()
        .map(|line| {
            let line = text::clean(line.as_ref());
            RoleLine::of(role(&line), line)
        })
        .collect()
}

#[cfg(test)]
mod tests;
