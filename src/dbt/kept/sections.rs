//! The kept bytes: a name, then sections with a length and a checksum each, then their number. Nodes stand in
//! many sections, so that all threads write and read them.

use std::collections::HashSet;
use std::io::{Error, Write};
use std::sync::Arc;

use indexmap::IndexMap;
use rayon::prelude::*;

use super::Keeping;
use super::basis::Basis;
use super::bytes::{Config, ConfigTable, Damaged, Keep, Reader, Writer, keep_struct};
use super::files::KeptFile;
use crate::dbt::context::Mark;
use crate::dbt::definitions::{DocsDefinition, GroupDefinition, MacroDefinition};
use crate::dbt::node::{Node, Nodes, Project};
use crate::jinja::QuickState;
use crate::problem::Problem;

/// The name of the format. A change of the format changes it; a change of a kept struct changes the program,
/// which [`Basis`] knows.
const NAME: &[u8; 8] = b"ebbkept1";

/// Nodes of one section.
const NODES: usize = 512;

/// Sections that are made side by side before they are written: what is held in memory.
const BATCH: usize = 8;

/// What was kept of an earlier load.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) basis: Basis,
    pub(crate) files: Vec<KeptFile>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) project: Project,
}

impl Kept {
    /// Whether anything looked at one of these.
    pub(crate) fn has_looked_at(&self, marks: &HashSet<Mark>) -> bool {
        !marks.is_empty() && self.files.iter().any(|file| file.uses.has_any(marks))
    }
}

/// A project without its nodes.
struct Frame {
    name: String,
    disabled_twins: Vec<Node>,
    version: Option<String>,
    root: String,
    folders: IndexMap<String, String>,
    macros: usize,
    macro_definitions: Vec<MacroDefinition>,
    docs: Vec<DocsDefinition>,
    groups: Vec<GroupDefinition>,
    /// As JSON.
    problems: String,
}

keep_struct!(Frame { name, disabled_twins, version, root, folders, macros, macro_definitions, docs, groups, problems });

pub(super) fn write(keeping: &Keeping, project: &Project, out: &mut dyn Write) -> Result<(), Error> {
    let mut sections = 0u64;
    let mut section = |bytes: &[u8], out: &mut dyn Write| -> Result<(), Error> {
        sections += 1;
        out.write_all(&(bytes.len() as u64).to_le_bytes())?;
        out.write_all(&crc32fast::hash(bytes).to_le_bytes())?;
        out.write_all(bytes)
    };
    out.write_all(NAME)?;
    section(&written(&keeping.basis), out)?;
    section(&written(&keeping.files), out)?;
    section(&written(&frame(keeping, project)?), out)?;
    let configs = project.nodes.values().flat_map(|node| [&node.config, &node.unrendered_config]);
    let table = ConfigTable::of(configs);
    section(&written(&table.all), out)?;
    let nodes: Vec<&Node> = project.nodes.values().map(Arc::as_ref).collect();
    let chunks: Vec<&[&Node]> = nodes.chunks(NODES).collect();
    for batch in chunks.chunks(BATCH) {
        let made: Vec<Vec<u8>> = batch.par_iter().map(|nodes| written_nodes(nodes, &table)).collect();
        for bytes in made {
            section(&bytes, out)?;
        }
    }
    out.write_all(&u64::MAX.to_le_bytes())?;
    out.write_all(&sections.to_le_bytes())
}

fn written<T: Keep>(value: &T) -> Vec<u8> {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.bytes
}

fn written_nodes(nodes: &[&Node], table: &ConfigTable) -> Vec<u8> {
    let mut writer = Writer::with_configs(table);
    for node in nodes {
        node.write(&mut writer);
    }
    writer.bytes
}

fn frame(keeping: &Keeping, project: &Project) -> Result<Frame, Error> {
    Ok(Frame {
        name: project.name.clone(),
        disabled_twins: project.disabled_twins.clone(),
        version: project.version.clone(),
        root: project.root.clone(),
        folders: project.folders.clone(),
        macros: project.macros,
        macro_definitions: project.macro_definitions.clone(),
        docs: project.docs.clone(),
        groups: project.groups.clone(),
        problems: serde_json::to_string(&keeping.problems)?,
    })
}

/// What was kept; none where the bytes are damaged, or `is_fitting` says no of what they are based on.
pub(crate) fn read(bytes: &[u8], is_fitting: impl Fn(&Basis) -> bool) -> Option<Kept> {
    let sections = sections(bytes).ok()?;
    let [basis, files, frame, configs, nodes @ ..] = sections.as_slice() else { return None };
    let basis: Basis = checked(basis, &[]).ok()?;
    if !is_fitting(&basis) {
        return None;
    }
    let configs: Vec<Config> = checked(configs, &[]).ok()?;
    let ((files, frame), nodes) = rayon::join(
        || (checked::<Vec<KeptFile>>(files, &[]), checked::<Frame>(frame, &[])),
        || nodes.par_iter().map(|section| read_nodes(section, &configs)).collect::<Result<Vec<_>, Damaged>>(),
    );
    let (files, frame, nodes) = (files.ok()?, frame.ok()?, nodes.ok()?);
    let problems = serde_json::from_str(&frame.problems).ok()?;
    let count = nodes.iter().map(Vec::len).sum();
    let mut all = Nodes::with_capacity_and_hasher(count, QuickState::default());
    all.extend(nodes.into_iter().flatten().map(|node| (node.unique_id.clone(), node)));
    let project = Project {
        name: frame.name,
        version: frame.version,
        root: frame.root,
        folders: frame.folders,
        nodes: all,
        disabled_twins: frame.disabled_twins,
        macros: frame.macros,
        macro_definitions: frame.macro_definitions,
        docs: frame.docs,
        groups: frame.groups,
    };
    Some(Kept { basis, files, problems, project })
}

/// One section: its checksum, and its bytes.
type Section<'b> = (u32, &'b [u8]);

/// The sections, whole in number; their checksums are not looked at yet.
fn sections(bytes: &[u8]) -> Result<Vec<Section<'_>>, Damaged> {
    let mut rest = bytes.strip_prefix(NAME).ok_or(Damaged)?;
    let mut take = |length: usize| {
        let (taken, left) = rest.split_at_checked(length).ok_or(Damaged)?;
        rest = left;
        Ok(taken)
    };
    let mut sections = Vec::new();
    loop {
        let length = u64::from_le_bytes(take(8)?.try_into().map_err(|_| Damaged)?);
        if length == u64::MAX {
            let number = u64::from_le_bytes(take(8)?.try_into().map_err(|_| Damaged)?);
            return if number == sections.len() as u64 { Ok(sections) } else { Err(Damaged) };
        }
        let checksum = u32::from_le_bytes(take(4)?.try_into().map_err(|_| Damaged)?);
        sections.push((checksum, take(usize::try_from(length).map_err(|_| Damaged)?)?));
    }
}

fn checked<T: Keep>((checksum, bytes): &Section<'_>, configs: &[Config]) -> Result<T, Damaged> {
    if crc32fast::hash(bytes) != *checksum {
        return Err(Damaged);
    }
    T::read(&mut Reader::new(bytes, configs))
}

fn read_nodes((checksum, bytes): &Section<'_>, configs: &[Config]) -> Result<Vec<Arc<Node>>, Damaged> {
    if crc32fast::hash(bytes) != *checksum {
        return Err(Damaged);
    }
    let mut reader = Reader::new(bytes, configs);
    let mut nodes = Vec::with_capacity(NODES);
    while !reader.is_at_end() {
        nodes.push(Arc::new(Node::read(&mut reader)?));
    }
    Ok(nodes)
}
