//! The loader `dbt`: the repository's files laid out in a folder of their own, and the user's own dbt run
//! in it. The folder stays between syncs, so that dbt finds its packages and what it parsed before.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use walkdir::WalkDir;

use crate::dbt::FileTree;
use crate::problem::{Area, Catalogue, Code, Problem};

use super::target::Target;

/// Folders of dbt's own, which no commit holds.
const DBTS_OWN: [&str; 3] = ["target", "dbt_packages", "logs"];
/// Longest run of the command.
const LONGEST_RUN: Duration = Duration::from_mins(30);
/// How much of what it said is kept, from the end.
const LAST_WORDS: u64 = 16 << 10;
/// What it says goes here.
const LOG: &str = ".ebb-dbt-output";
/// Variables of this machine that the command sees besides the project's own.
const PASSED_ON: [&str; 8] =
    ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE", "DBT_PROFILES_DIR"];

/// Makes `folder` hold the files of `tree` and no others but dbt's own.
pub(super) fn lay_out(tree: &dyn FileTree, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let root = fs::canonicalize(folder)?;
    let files = tree.list("").map_err(io::Error::other)?;
    let wanted: HashSet<PathBuf> = files.iter().map(|file| root.join(&file.path)).collect();
    let is_kept = |entry: &walkdir::DirEntry| entry.file_name().to_str().is_none_or(|name| !DBTS_OWN.contains(&name));
    for entry in WalkDir::new(&root).into_iter().filter_entry(|entry| entry.depth() == 0 || is_kept(entry)) {
        let entry = entry.map_err(io::Error::other)?;
        let is_wanted = wanted.contains(entry.path()) && entry.file_type().is_file();
        if !entry.file_type().is_dir() && !is_wanted {
            fs::remove_file(entry.path())?;
        }
    }
    for file in files {
        let bytes = tree.read(&file.path).map_err(io::Error::other)?;
        let place = root.join(&file.path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
            // A link that dbt or a package left there must not lead our writing elsewhere.
            if !fs::canonicalize(parent)?.starts_with(&root) {
                return Err(io::Error::other(format!("{} leads out of its folder", file.path)));
            }
        }
        // An unchanged file keeps its time, by which dbt knows it.
        if fs::read(&place).ok().as_deref() != Some(bytes.as_slice()) {
            fs::write(&place, bytes)?;
        }
    }
    Ok(())
}

/// Runs the project's command in its folder below `place`, without a terminal, until it ends, is
/// cancelled, or takes too long.
pub(super) async fn run(target: &Target, place: &Path, cancel: &CancellationToken) -> Result<(), Problem> {
    let Some((program, arguments)) = target.settings.dbt_command.split_first() else {
        return Err(problem(target, "DBT-COMMAND", "dbt_command is empty"));
    };
    let project = Path::new(&target.settings.project_path).parent().unwrap_or(Path::new(""));
    let folder = place.join(project);
    let log = folder.join(LOG);
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&folder).env_clear().stdin(Stdio::null()).process_group(0).kill_on_drop(true);
    let passed_on = PASSED_ON.iter().filter_map(|name| Some((*name, target.environment.variable(name)?)));
    command.envs(passed_on).env("DBT_SEND_ANONYMOUS_USAGE_STATS", "False").env("NO_COLOR", "1");
    command.envs(&target.settings.env);
    let started = fs::File::create(&log).and_then(|file| {
        command.stderr(Stdio::from(file.try_clone()?)).stdout(Stdio::from(file));
        command.spawn()
    });
    let mut child =
        started.map_err(|error| problem(target, "DBT-COMMAND", &format!("{program} could not be started: {error}")))?;
    let status = tokio::select! {
        status = child.wait() => status,
        () = cancel.cancelled() => {
            end(&mut child).await;
            return Ok(());
        }
        () = tokio::time::sleep(LONGEST_RUN) => {
            end(&mut child).await;
            let minutes = LONGEST_RUN.as_secs() / 60;
            return Err(problem(target, "DBT-COMMAND", &format!("{program} took longer than {minutes} minutes")));
        }
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(said(target, &format!("{program} ended with {status}"), &last_words(&log))),
        Err(error) => Err(problem(target, "DBT-COMMAND", &format!("{program} was lost: {error}"))),
    }
}

/// Ends the command and whatever it started.
async fn end(child: &mut Child) {
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
        // A group that is gone already is what is wanted.
        let _gone = kill_process_group(pid, Signal::KILL);
    }
    let _ended = child.wait().await;
}

/// The end of what the command printed.
fn last_words(log: &Path) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LAST_WORDS)))?;
        let mut bytes = Vec::new();
        file.take(LAST_WORDS).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// A problem with what dbt said: its own code where the words are known.
fn said(target: &Target, summary: &str, words: &str) -> Problem {
    let catalogue = Catalogue::builtin();
    let code = catalogue.match_text(Area::Dbt, words).map(|entry| entry.code.clone());
    Problem::new(code.unwrap_or(Code::new("DBT-COMMAND")), target.subject(), summary).with_raw(words)
}

fn problem(target: &Target, code: &'static str, summary: &str) -> Problem {
    Problem::new(Code::new(code), target.subject(), summary)
}

/// The files could not be laid out.
pub(super) fn unwritable(target: &Target, error: &io::Error) -> Problem {
    problem(target, "DBT-COMMAND", &format!("The project's files could not be laid out for dbt: {error}"))
}
