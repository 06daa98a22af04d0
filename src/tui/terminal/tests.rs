//! A panic in a real pseudo-terminal: this test starts itself in one, takes it, and panics there.

use std::io::Read;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::Guard;

const INSIDE: &str = "EBB_TEST_INSIDE_A_TERMINAL";

#[test]
fn a_panic_gives_the_terminal_back_and_is_reported_after() {
    if std::env::var_os(INSIDE).is_some() {
        let _guard = Guard::take(true).unwrap();
        panic!("a planted mistake");
    }
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    let name = "tui::terminal::tests::a_panic_gives_the_terminal_back_and_is_reported_after";
    command.args(["--exact", name, "--nocapture"]);
    command.env(INSIDE, "1");
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut output, mut buffer) = (Vec::new(), [0; 4096]);
    // The end of a pseudo-terminal reads as an error.
    while let Ok(read @ 1..) = reader.read(&mut buffer) {
        output.extend_from_slice(&buffer[..read]);
    }
    assert!(!child.wait().unwrap().success(), "it has panicked");
    let output = String::from_utf8_lossy(&output);
    let entered = output.find("\x1b[?1049h").expect("the screen was entered");
    let left = output.find("\x1b[?1049l").expect("the screen was left");
    let reported = output.rfind("a planted mistake").expect("the panic was reported");
    assert!(entered < left && left < reported, "{output:?}");
    assert!(output.rfind("\x1b[?25h") > output.rfind("\x1b[?25l"), "the cursor shows again: {output:?}");
    assert!(output.rfind("\x1b[?2004l") > output.rfind("\x1b[?2004h"), "pasting is as before: {output:?}");
}
