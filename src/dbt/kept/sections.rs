//! The kept bytes: a name, then sections with a length and a checksum each, then their number. Nodes stand in
//! many sections, so that all threads write and read them.

use std::collections::HashSet;
use std::fmt::Debug;
use std::io::{Error, ErrorKind, Write};
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

/// Bytes that an earlier load left, read where they are wanted: a whole copy of them would be in nobody's hands
/// for longer than a moment.
pub trait KeptBytes: Sync + Debug {
    /// How many there are.
    fn length(&self) -> u64;

    /// Fills `into` with those from `at` on; fails where there are not so many.
    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<(), Error>;
}

impl KeptBytes for Vec<u8> {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<(), Error> {
        let from = usize::try_from(at).ok().and_then(|at| self.get(at..)?.get(..into.len()));
        from.map(|from| into.copy_from_slice(from)).ok_or_else(|| ErrorKind::UnexpectedEof.into())
    }
}

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
pub(crate) fn read(bytes: &dyn KeptBytes, is_fitting: impl Fn(&Basis) -> bool) -> Option<Kept> {
    let sections = sections(bytes).ok()?;
    let [basis, files, frame, configs, nodes @ ..] = sections.as_slice() else { return None };
    let basis: Basis = basis.value(bytes).ok()?;
    if !is_fitting(&basis) {
        return None;
    }
    let configs: Vec<Config> = configs.value(bytes).ok()?;
    let read_nodes = |buffer: &mut Vec<u8>, section: &Section| section.nodes(bytes, buffer, &configs);
    let ((files, frame), nodes) = rayon::join(
        || (files.value::<Vec<KeptFile>>(bytes), frame.value::<Frame>(bytes)),
        || nodes.par_iter().map_init(Vec::new, read_nodes).collect::<Result<Vec<_>, Damaged>>(),
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

/// Where a section lies.
#[derive(Clone, Copy, Debug)]
struct Section {
    at: u64,
    length: usize,
    checksum: u32,
}

/// The sections, whole in number; they are not looked into yet.
fn sections(bytes: &dyn KeptBytes) -> Result<Vec<Section>, Damaged> {
    let mut at = 0u64;
    let mut name = [0; NAME.len()];
    take(bytes, &mut at, &mut name)?;
    if &name != NAME {
        return Err(Damaged);
    }
    let mut sections = Vec::new();
    loop {
        let length = number(bytes, &mut at)?;
        if length == u64::MAX {
            return if number(bytes, &mut at)? == sections.len() as u64 { Ok(sections) } else { Err(Damaged) };
        }
        let mut checksum = [0; 4];
        take(bytes, &mut at, &mut checksum)?;
        if length > bytes.length().saturating_sub(at) {
            return Err(Damaged);
        }
        let checksum = u32::from_le_bytes(checksum);
        sections.push(Section { at, length: usize::try_from(length).map_err(|_| Damaged)?, checksum });
        at += length;
    }
}

fn number(bytes: &dyn KeptBytes, at: &mut u64) -> Result<u64, Damaged> {
    let mut number = [0; 8];
    take(bytes, at, &mut number)?;
    Ok(u64::from_le_bytes(number))
}

fn take(bytes: &dyn KeptBytes, at: &mut u64, into: &mut [u8]) -> Result<(), Damaged> {
    bytes.read_at(*at, into).map_err(|_| Damaged)?;
    *at += into.len() as u64;
    Ok(())
}

impl Section {
    /// Its bytes, which are what was once written.
    fn read<'b>(&self, bytes: &dyn KeptBytes, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Damaged> {
        buffer.resize(self.length, 0);
        bytes.read_at(self.at, buffer).map_err(|_| Damaged)?;
        if crc32fast::hash(buffer) == self.checksum { Ok(buffer) } else { Err(Damaged) }
    }

    fn value<T: Keep>(&self, bytes: &dyn KeptBytes) -> Result<T, Damaged> {
        T::read(&mut Reader::new(self.read(bytes, &mut Vec::new())?, &[]))
    }

    fn nodes(
        &self,
        bytes: &dyn KeptBytes,
        buffer: &mut Vec<u8>,
        configs: &[Config],
    ) -> Result<Vec<Arc<Node>>, Damaged> {
        let mut reader = Reader::new(self.read(bytes, buffer)?, configs);
        let mut nodes = Vec::with_capacity(NODES);
        while !reader.is_at_end() {
            nodes.push(Arc::new(Node::read(&mut reader)?));
        }
        Ok(nodes)
    }
}
