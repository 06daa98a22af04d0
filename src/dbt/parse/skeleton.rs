//! A node as its file alone tells it: ids, paths, fqn, text. Configuration and names come after.

use sha2::{Digest, Sha256};

use crate::dbt::node::{Node, NodeKind};
use crate::dbt::read::ProjectPath;

/// A file that holds one node (a snapshot file may hold several, by `block_name`).
#[derive(Clone, Debug)]
pub(crate) struct NodeFile<'a> {
    pub(crate) kind: NodeKind,
    pub(crate) package: &'a str,
    pub(crate) file: &'a ProjectPath,
    pub(crate) name: String,
    pub(crate) raw_code: String,
    /// Of the whole file.
    pub(crate) checksum: String,
}

/// Hex SHA-256 of a stripped text.
pub(crate) fn checksum(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The node without configuration.
pub(crate) fn skeleton(source: NodeFile<'_>) -> Node {
    let path = if source.kind == NodeKind::Analysis {
        format!("analysis/{}", source.file.relative)
    } else {
        source.file.relative.clone()
    };
    Node {
        unique_id: format!("{}.{}.{}", source.kind.resource_type(), source.package, source.name),
        fqn: fqn(source.kind, source.package, &path, &source.name),
        alias: source.name.clone(),
        name: source.name,
        package_name: source.package.to_owned(),
        original_file_path: source.file.original(),
        path,
        raw_code: source.raw_code,
        checksum: source.checksum,
        ..Node::new(source.kind)
    }
}

/// The package, the folders, for snapshots the file too, and the name.
fn fqn(kind: NodeKind, package: &str, path: &str, name: &str) -> Vec<String> {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let mut parts: Vec<&str> = stem.split('/').filter(|part| !part.is_empty()).collect();
    if kind != NodeKind::Snapshot {
        parts.pop();
    }
    std::iter::once(package).chain(parts).chain([name]).map(str::to_owned).collect()
}
