//! `ebb fix`: shows a problem whole, and carries out one of its fixes.

use std::io::{self, BufRead};

use crate::engine::{Engine, Request};
use crate::problem::{Action, Code, Fix as Remedy, Grade, Problem};
use crate::store::{ProblemFilter, ProblemId, ProblemRecord, ProblemState};

use super::Exit;
use super::arguments::Fix;
use super::failure::Failure;
use super::follow;
use super::print::{self, Ink, Output};
use super::session::{Opened, Session};
use super::sync::{self, Follower};

pub(super) fn run(session: &Session, fix: &Fix, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    let found = find(&opened.engine, &fix.problem)?;
    if !output.json {
        let page = print::problem_whole(&found.problem, Some(found.id), output.width(), output.colors());
        output.line(page)?;
    }
    if let ProblemState::Mended { how, .. } = &found.state {
        if output.json {
            output.json_line(&found)?;
        }
        output.remark(&format!("It is mended already: {}", print::words(how)))?;
        return Ok(Exit::Done);
    }
    let Some((index, remedy)) = chosen(&found.problem, fix.number)? else {
        if output.json {
            output.json_line(&found)?;
        }
        output.remark("there is no fix that ebb could apply by itself")?;
        return Ok(Exit::WorkFailed);
    };
    if !is_applicable(remedy) {
        return by_hand(&found, remedy, output);
    }
    if !agreed(&opened, &found, index, fix, output)? {
        return Ok(Exit::WorkFailed);
    }
    apply(session, &opened, found.id, index, output)
}

/// The problem of a number (`3`, `#3`), or the only open one of a code.
fn find(engine: &Engine, wanted: &str) -> Result<ProblemRecord, Failure> {
    let word = wanted.trim().trim_start_matches('#');
    if let Ok(number) = word.parse::<i64>() {
        let found = engine.problem(ProblemId(number))?;
        return found.ok_or_else(|| Failure::wrong_use(format!("there is no problem {number}: see `ebb problems`")));
    }
    let code = Code::from_text(word.to_ascii_uppercase());
    let mut open = engine.problems(&ProblemFilter { open_only: true, ..ProblemFilter::default() })?;
    open.retain(|found| found.problem.code == code);
    match open.len() {
        0 => Err(Failure::wrong_use(format!("no problem with the code {code} is open: see `ebb problems`"))),
        1 => Ok(open.remove(0)),
        _ => {
            let numbers: Vec<String> = open.iter().map(|found| found.id.0.to_string()).collect();
            let numbers = numbers.join(", ");
            Err(Failure::wrong_use(format!("several problems have the code {code}; name one by its number: {numbers}")))
        }
    }
}

/// The fixes that ebb can carry out, with their places in the list.
pub(super) fn applicable(problem: &Problem) -> impl Iterator<Item = (usize, &Remedy)> {
    problem.fixes.iter().enumerate().filter(|(_, remedy)| is_applicable(remedy))
}

fn is_applicable(remedy: &Remedy) -> bool {
    remedy.grade != Grade::Show
        && matches!(
            remedy.action,
            Action::Set { .. } | Action::Sync { .. } | Action::InstallPackages { .. } | Action::TrustHost { .. }
        )
}

/// The fix that was asked for, else the first that can be applied.
fn chosen(problem: &Problem, number: Option<usize>) -> Result<Option<(usize, &Remedy)>, Failure> {
    let Some(number) = number else { return Ok(applicable(problem).next()) };
    let chosen = number.checked_sub(1).and_then(|index| Some((index, problem.fixes.get(index)?)));
    let count = problem.fixes.len();
    chosen.map(Some).ok_or_else(|| Failure::wrong_use(format!("there is no fix {number}: it has {count}")))
}

/// A fix for a person's own hands: its words have been shown, for a program they are the answer.
fn by_hand(found: &ProblemRecord, remedy: &Remedy, output: &mut Output) -> Result<Exit, Failure> {
    if output.json {
        output.json_line(remedy)?;
    }
    let what = match &remedy.action {
        Action::Copy { .. } => "Run or send what is shown above",
        Action::Open { .. } => "Open the file that is shown above",
        Action::Set { .. }
        | Action::Sync { .. }
        | Action::InstallPackages { .. }
        | Action::TrustHost { .. }
        | Action::Read => "Do what is said above",
    };
    output.remark(&format!("{what}, then sync again: problem {} is mended when it is met no more", found.id.0))?;
    Ok(Exit::Done)
}

/// Shows what will change. A safe fix that is the only one, or was named, needs no question; where
/// nobody can be asked, only `--yes` is an answer.
fn agreed(
    opened: &Opened,
    found: &ProblemRecord,
    index: usize,
    fix: &Fix,
    output: &mut Output,
) -> Result<bool, Failure> {
    let preview = opened.wait(opened.engine.preview_fix(found.id, index))?;
    if !output.json {
        output.line("")?;
        for line in &preview.lines {
            let ink = match line.as_bytes().first() {
                Some(b'+') => Ink::Good,
                Some(b'-') => Ink::Bad,
                _ => Ink::Plain,
            };
            let line = output.ink(ink, &crate::problem::clean_columns(line));
            output.line(format!("  {line}"))?;
        }
    }
    let safe = found.problem.fixes.get(index).is_some_and(|remedy| remedy.grade == Grade::Safe);
    let plain = fix.number.is_some() || applicable(&found.problem).count() == 1;
    if fix.yes || (safe && plain) {
        return Ok(true);
    }
    if !output.can_ask {
        output.remark(&format!(
            "Nothing was changed. Apply it with: ebb fix {} --fix {} --yes",
            found.id.0,
            index + 1
        ))?;
        return Ok(false);
    }
    ask(&format!("Apply fix {}?", index + 1), output)
}

/// Nothing, and everything but a yes, is a no.
fn ask(question: &str, output: &mut Output) -> Result<bool, Failure> {
    output.remark(&format!("{question} [y/N]"))?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn apply(
    session: &Session,
    opened: &Opened,
    problem: ProblemId,
    index: usize,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let request = Request::ApplyFix { problem, fix: index };
    let endings = {
        let mut follower = Follower::new(output);
        opened.wait(follow::until_done(&opened.engine, vec![request], &mut follower))?
    };
    if let Some(error) = &endings.not_fixed {
        output.remark(&format!("The fix could not be applied: {}", print::words(error)))?;
        return Ok(Exit::WorkFailed);
    }
    sync::report(session, &opened.engine, &endings, output)
}
