//! The clipboard: the machine's own where there is one, else the terminal's by OSC 52, which also
//! works through SSH. Never blocks for long, never panics.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::terminal::Facts;

/// Largest sequence that terminals take, in bytes of Base64.
const LARGEST: usize = 74_994;
/// How long a clipboard program may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The programs that may reach this machine's clipboard, the first that works being enough.
fn programs(facts: Facts) -> Vec<(&'static str, &'static [&'static str])> {
    let mut programs: Vec<(&str, &[&str])> = Vec::new();
    if facts.over_ssh {
        // They would reach the clipboard of the other machine.
        return programs;
    }
    if cfg!(target_os = "macos") {
        programs.push(("pbcopy", &[]));
    }
    if facts.wayland {
        programs.push(("wl-copy", &[]));
    }
    if facts.x11 {
        programs.push(("xclip", &["-selection", "clipboard"]));
    }
    programs
}

/// Copies by a program of this machine; false when there is none that works.
pub(crate) async fn copy_here(text: &str, facts: Facts) -> bool {
    for (program, arguments) in programs(facts) {
        if timeout(PATIENCE, feed(program, arguments, text)).await == Ok(Some(true)) {
            return true;
        }
    }
    false
}

async fn feed(program: &str, arguments: &[&str], text: &str) -> Option<bool> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).await.ok()?;
    Some(child.wait().await.ok()?.success())
}

/// The sequence that asks the terminal to copy; an error in words when the text is too large.
///
/// # Errors
/// Says how large the text is and how large it may be.
pub(crate) fn sequence(text: &str, facts: Facts) -> Result<Vec<u8>, String> {
    let encoded = base64(text.as_bytes());
    if encoded.len() > LARGEST {
        let limit = LARGEST / 4 * 3 / 1000;
        return Err(format!("{} kB is more than a terminal copies ({limit} kB)", text.len() / 1000));
    }
    let plain = format!("\x1b]52;c;{encoded}\x1b\\");
    if !facts.in_tmux {
        return Ok(plain.into_bytes());
    }
    // tmux hands on what is wrapped like this, with each escape doubled.
    Ok(format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")).into_bytes())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |six: u32| LETTERS.get((six & 63) as usize).map_or('=', |letter| char::from(*letter));
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            text.push(if place <= chunk.len() { letter(group >> (18 - 6 * place)) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            over_ssh: false,
            in_tmux: false,
            wayland: true,
            x11: true,
            utf8: true,
            colours: true,
            many_colours: true,
        }
    }

    #[test]
    fn base64_is_as_the_standard_says() {
        for (text, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("é→", "w6nihpI=")]
        {
            assert_eq!(base64(text.as_bytes()), encoded, "{text}");
        }
    }

    #[test]
    fn the_sequence_ends_as_all_terminals_understand() {
        assert_eq!(sequence("foo", facts()), Ok(b"\x1b]52;c;Zm9v\x1b\\".to_vec()));
    }

    #[test]
    fn tmux_is_asked_to_hand_it_on() {
        let wrapped = sequence("foo", Facts { in_tmux: true, ..facts() });
        assert_eq!(wrapped, Ok(b"\x1bPtmux;\x1b\x1b]52;c;Zm9v\x1b\x1b\\\x1b\\".to_vec()));
    }

    #[test]
    fn too_much_is_refused_in_words() {
        assert!(sequence(&"x".repeat(56_000), facts()).is_ok());
        assert_eq!(sequence(&"x".repeat(60_000), facts()).unwrap_err(), "60 kB is more than a terminal copies (56 kB)");
    }

    #[test]
    fn over_ssh_only_the_terminal_is_asked() {
        assert!(programs(Facts { over_ssh: true, ..facts() }).is_empty());
        assert!(programs(facts()).iter().any(|(program, _)| *program == "wl-copy"));
    }
}
