//! `ebb git trust`: shows the key of an SSH host and writes it down when a person says so; and the same question
//! after a test that met an unknown host.

use std::io::BufRead as _;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::git_arguments::GitTrust;
use crate::cli::print::{Ink, Output, words};
use crate::cli::session::{Opened, Session};
use crate::engine::{MetHost, Published, TrustedKey};
use crate::problem::{Action, Problem};

pub(super) fn run(session: &Session, wanted: &GitTrust, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open_or_begin()?;
    let met = opened.wait(opened.engine.meet_host(&wanted.host, CancellationToken::new()))?;
    show(&met, output)?;
    if let Some(expected) = &wanted.fingerprint
        && *expected != met.fingerprint
    {
        output.remark("that is not the fingerprint that was given: nothing was written")?;
        return Ok(Exit::WorkFailed);
    }
    if met.is_trusted {
        output.remark("it is trusted already: nothing was written")?;
        return Ok(Exit::Done);
    }
    let is_agreed = match &wanted.fingerprint {
        Some(_) => true,
        None if output.can_ask => ask(&met.key.host, output)?,
        None => {
            let command = format!("git trust {} --fingerprint {}", words(&wanted.host), words(&met.fingerprint));
            let command = session.typed(&command);
            output.remark(&format!("nothing was written. If that is the fingerprint that it publishes: {command}"))?;
            false
        }
    };
    if !is_agreed {
        return Ok(Exit::WorkFailed);
    }
    trust(&opened, met.key, output)?;
    Ok(Exit::Done)
}

fn show(met: &MetHost, output: &mut Output) -> Result<(), Failure> {
    let published = match &met.published {
        Published::By(host) => format!("{host} publishes this key"),
        Published::Otherwise => "its provider publishes ANOTHER key: somebody may sit between".to_owned(),
        Published::Unknown => "ebb knows of no published key: ask the host's owner, and compare".to_owned(),
    };
    if output.json {
        let MetHost { key, kind, fingerprint, is_trusted, .. } = met;
        let line = json!({
            "event": "host_met", "host": key.host, "kind": kind, "fingerprint": fingerprint,
            "published": published, "is_trusted": is_trusted, "line": key.line,
        });
        return Ok(output.json_line(&line)?);
    }
    let host = output.ink(Ink::Bold, &words(&met.key.host));
    output.line(format!("{host} shows this key:"))?;
    output.line(format!("  {} {}", words(&met.kind), words(&met.fingerprint)))?;
    let ink = if met.published == Published::Otherwise { Ink::Bad } else { Ink::Dim };
    let published = output.ink(ink, &words(&published));
    output.line(format!("  {published}"))?;
    Ok(output.flush()?)
}

/// The host that a problem offers to trust, with its fingerprint.
pub(super) fn offered(problem: &Problem) -> Option<(TrustedKey, String)> {
    problem.fixes.iter().find_map(|fix| match &fix.action {
        Action::TrustHost { host, key, fingerprint, .. } => {
            Some((TrustedKey { host: host.clone(), line: key.clone() }, fingerprint.clone()))
        }
        _ => None,
    })
}

/// Asks whether to trust the host that a test has met, and does. True when it is worth testing again.
pub(super) fn asked(
    opened: &Opened,
    offered: Option<(TrustedKey, String)>,
    output: &mut Output,
) -> Result<bool, Failure> {
    let Some((key, fingerprint)) = offered.filter(|_| output.can_ask) else { return Ok(false) };
    output.line(format!("\n{} shows the key {}", words(&key.host), words(&fingerprint)))?;
    if !ask(&key.host, output)? {
        return Ok(false);
    }
    trust(opened, key, output)?;
    Ok(true)
}

/// Nothing, and everything but a yes, is a no.
fn ask(host: &str, output: &mut Output) -> Result<bool, Failure> {
    output.remark(&format!("Trust {} by this key from now on? [y/N]", words(host)))?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn trust(opened: &Opened, key: TrustedKey, output: &mut Output) -> Result<(), Failure> {
    let host = words(&key.host);
    opened.wait(opened.engine.trust_host(key))?;
    if output.json {
        return Ok(output.json_line(&json!({ "event": "host_trusted", "host": host }))?);
    }
    Ok(output.remark(&format!("{host} is trusted"))?)
}
