//! What can be typed: commands, their arguments, the global options. Their texts are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::workspace::Assignment;

use super::compile::Compile;
use super::git_arguments::GitCommand;
use super::ls::Ls;
use super::parse::Parse;
use super::preview::Preview;
use super::source::SourceCommand;

/// dbt models out of Git, shown live in a terminal, and carried back to where people work.
///
/// Without a command, ebb opens its full screen: the workspace of ebb.toml, the dbt project of this
/// folder, or a choice where to begin. When standard output is no terminal it prints a short overview.
#[derive(Clone, Debug, Parser)]
#[command(name = "ebb", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    /// Begin the full screen as on a first day, not where it was left
    #[arg(long)]
    pub(super) fresh: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 the work failed, 2 wrong use or configuration; \
    128 + N when signal N ended it.";

/// Options of every command.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Global {
    /// The workspace: an ebb.toml, a folder that holds one, or a dbt project's folder [env: EBB_WORKSPACE]
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) workspace: Option<PathBuf>,
    /// Set a key of ebb.toml for this run only, e.g. projects.shop.branch=release; may be repeated
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = assignment)]
    pub(super) assignments: Vec<Assignment>,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// No colours, whatever the terminal can do [env: NO_COLOR]
    #[arg(long, global = true)]
    pub(super) no_color: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Command {
    /// A workspace to try: two Git repositories on this machine, one of them with a common mistake
    Demo(Demo),
    /// Bring projects up to date: fetch the branch, load the dbt project, record its models
    Sync(Sync),
    /// Add a repository with a dbt project, or test Git connections
    #[command(subcommand)]
    Git(GitCommand),
    /// List warehouses, test them step by step, look at what they hold
    #[command(subcommand)]
    Source(SourceCommand),
    /// Show the first rows of a model
    Preview(Preview),
    /// Fetch the packages of a dbt project in a folder, as dbt deps does
    Deps(Deps),
    /// List models, seeds, snapshots, sources and exposures as of the last good sync
    Models(Models),
    /// List the nodes of a dbt project's folder, selected as dbt selects them
    Ls(Box<Ls>),
    /// Write the manifest.json of a dbt project's folder, for dbt docs and other tools
    Parse(Box<Parse>),
    /// Write the compiled SQL of a dbt project's folder, as dbt writes it
    Compile(Box<Compile>),
    /// Show one model: relation, columns, lineage, configuration, SQL
    Show(Show),
    /// List model syncs, the newest first
    History(History),
    /// Print what syncs and fixes of every process told, and with --follow what they tell next
    Events(Events),
    /// List open problems
    Problems(Problems),
    /// Show a problem whole, and apply one of its fixes
    Fix(Fix),
    /// Say what a problem code means, why it happens and what mends it
    Explain(Explain),
    /// Check ebb.toml, or print its JSON Schema
    Config(Config),
    /// Print the completions for a shell
    Completions(Completions),
}

#[derive(Args, Clone, Debug)]
pub(super) struct Demo {
    /// Where to write it; one that is there already is used as it is [default: in the user's data directory]
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Sync {
    /// Names of projects [default: all]
    #[arg(value_name = "PROJECT")]
    pub(super) projects: Vec<String>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Deps {
    /// The dbt project's folder [default: the one around the working directory]
    #[arg(value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
    /// Choose the versions anew, whatever package-lock.yml says
    #[arg(long)]
    pub(super) upgrade: bool,
    /// Write package-lock.yml and install nothing
    #[arg(long)]
    pub(super) lock: bool,
    /// Ask for one more package from now on, e.g. dbt-labs/dbt_utils@1.1.1
    #[arg(long, value_name = "NAME@VERSION")]
    pub(super) add_package: Option<String>,
    /// What --add-package names
    #[arg(long, value_name = "KIND", value_enum, default_value_t, requires = "add_package")]
    pub(super) source: PackageKind,
    /// Variables for templates in packages.yml, as YAML
    #[arg(long, value_name = "YAML")]
    pub(super) vars: Option<String>,
    /// Take versions that do not allow this dbt, too
    #[arg(long)]
    pub(super) no_version_check: bool,
}

/// Where a package comes from.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum PackageKind {
    /// The package hub
    #[default]
    Hub,
    /// A Git repository
    Git,
    /// A folder of this machine
    Local,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Models {
    /// Only those of this project
    #[arg(long, value_name = "PROJECT")]
    pub(super) project: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Show {
    /// Name or unique_id
    #[arg(value_name = "MODEL")]
    pub(super) model: String,
    /// The project that it is in
    #[arg(long, value_name = "PROJECT")]
    pub(super) project: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct History {
    /// Only those of this project
    #[arg(long, value_name = "PROJECT")]
    pub(super) project: Option<String>,
    /// How many, at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) limit: u32,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Events {
    /// Only those of this project
    #[arg(long, value_name = "PROJECT")]
    pub(super) project: Option<String>,
    /// How many of the past, at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) limit: u32,
    /// Go on with what happens, until interrupted
    #[arg(long)]
    pub(super) follow: bool,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Problems {
    /// Only those of this project
    #[arg(long, value_name = "PROJECT")]
    pub(super) project: Option<String>,
    /// Mended ones as well
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Fix {
    /// Number of a problem, or the code of the only open problem of its kind
    #[arg(value_name = "PROBLEM")]
    pub(super) problem: String,
    /// Which fix, by its number [default: the first that ebb can apply]
    #[arg(long = "fix", value_name = "N")]
    pub(super) number: Option<usize>,
    /// Apply it without asking
    #[arg(long)]
    pub(super) yes: bool,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Explain {
    /// A code such as DBT-PROJECT-PATH, or words to look for
    #[arg(value_name = "CODE", required = true)]
    pub(super) code: Vec<String>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Config {
    #[command(subcommand)]
    pub(super) command: ConfigCommand,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Read ebb.toml and say every mistake in it
    Check,
    /// Print the JSON Schema of ebb.toml, for editors
    Schema,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Completions {
    pub(super) shell: Shell,
}

fn assignment(text: &str) -> Result<Assignment, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok(Assignment { key: key.trim().to_owned(), value: value.to_owned() })
        }
        _ => Err("expected KEY=VALUE, e.g. projects.shop.branch=release".to_owned()),
    }
}
