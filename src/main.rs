//! The program: parse the command line, hand over, exit code. Nothing else.

use std::process::ExitCode;

use ebbtide::cli;

/// A load makes and drops tens of millions of small values on all threads; the system's allocator took a quarter
/// of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> color_eyre::Result<ExitCode> {
    // Before anything may open a connection. It fails only when it has been done already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    color_eyre::install()?;
    Ok(cli::run(std::env::args_os()))
}
