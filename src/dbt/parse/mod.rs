//! From files to nodes.

mod skeleton;

pub(crate) use skeleton::{NodeFile, checksum, skeleton};
