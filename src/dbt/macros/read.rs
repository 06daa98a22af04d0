//! From the text of a macro file to its macros.

use super::Macro;
use crate::jinja::{Block, BlockKind, Error, MacroUnit, scan_blocks};

const KINDS: &[BlockKind] = &[BlockKind::Macro, BlockKind::Test, BlockKind::Materialization];

/// The macros of one file; fails when its blocks can't be told apart.
pub(crate) fn read_macros(package: &str, path: &str, text: &str) -> Result<Vec<Macro>, Error> {
    let blocks = scan_blocks(text, KINDS)?;
    Ok(blocks.into_iter().filter_map(|block| read_macro(package, path, block)).collect())
}

fn read_macro(package: &str, path: &str, block: Block) -> Option<Macro> {
    let given = block.name?;
    let name = match block.kind {
        BlockKind::Test => format!("test_{given}"),
        BlockKind::Materialization => format!("materialization_{given}_{}", materialization_adapter(&block.args)),
        BlockKind::Macro | BlockKind::Snapshot | BlockKind::Docs => given,
    };
    let unit = MacroUnit::parse(&name, path, &block.full).map_err(|error| {
        // The unit knows lines from its block's start: those of the file are wanted.
        let mut span = error.span();
        if span.line > 0 {
            span.line += block.span.line.saturating_sub(1);
        }
        Error::new(error.kind(), error.message()).at(span)
    });
    Some(Macro {
        unique_id: format!("macro.{package}.{name}"),
        name,
        package: package.to_owned(),
        path: path.to_owned(),
        unit,
    })
}

/// `, adapter='postgres'` -> `postgres`.
fn materialization_adapter(args: &str) -> &str {
    let named = args.split_once("adapter").and_then(|(_, rest)| rest.split(['\'', '"']).nth(1));
    named.unwrap_or("default")
}
