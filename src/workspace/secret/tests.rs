//! Secrets: where they come from, what is refused, and that no text shows them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::workspace::environment::Environment;

/// A home with programs of our own in its `bin`, in front of the system's.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("bin")).unwrap();
        Self(home)
    }

    fn file(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn environment(&self, path: &str) -> Environment {
        let path = format!("{}{path}", self.0.path().join("bin").display());
        let variables = [("PATH", path.as_str()), ("TOKEN", "hunter22"), ("GPG_TTY", "/dev/pts/0")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Environment::new(variables, self.0.path(), self.0.path())
    }

    fn resolve(&self, reference: &SecretRef) -> Result<String, SecretError> {
        let environment = self.environment(":/usr/bin:/bin");
        let secret = reference.resolve_within(self.0.path(), &environment, Duration::from_mins(1))?;
        Ok(secret.expose().to_owned())
    }
}

fn command(line: &str) -> SecretRef {
    SecretRef::Command(line.to_owned())
}

#[test]
fn a_secret_can_not_be_printed() {
    assert_eq!(
        format!("{:?} {:#?}", Secret::new("hunter22"), Some(Secret::new("hunter22"))).matches("hunter").count(),
        0
    );
}

#[test]
fn variables_are_read() {
    let home = Home::new();
    assert_eq!(home.resolve(&SecretRef::Env("TOKEN".into())), Ok("hunter22".into()));
    let error = home.resolve(&SecretRef::Env("TOKE".into())).unwrap_err();
    assert_eq!(error, SecretError::VariableMissing { name: "TOKE".into() });
}

#[test]
fn files_are_read_without_their_last_line_break() {
    let home = Home::new();
    for (text, secret) in
        [("hunter22\n", "hunter22"), ("hunter22\r\n", "hunter22"), ("hunter22", "hunter22"), (" a b ", " a b ")]
    {
        home.file("token", text, 0o600);
        assert_eq!(home.resolve(&SecretRef::File("token".into())).as_deref(), Ok(secret), "{text:?}");
        assert_eq!(home.resolve(&SecretRef::File("~/token".into())).as_deref(), Ok(secret), "{text:?}");
    }
}

#[test]
fn a_file_that_others_may_read_is_refused_with_the_way_out() {
    let home = Home::new();
    for mode in [0o640, 0o604, 0o660, 0o644] {
        let path = home.file("to ken", "hunter22", mode);
        let error = home.resolve(&SecretRef::File("to ken".into())).unwrap_err();
        assert_eq!(error, SecretError::FileOpenToOthers { path: path.clone(), mode });
        assert_eq!(error.fix(), format!("Run: chmod 600 '{}'", path.display()));
    }
}

#[test]
fn what_is_no_secret_is_refused() {
    let home = Home::new();
    home.file("empty", "\n", 0o600);
    home.file("two", "hunter22\nhunter23\n", 0o600);
    home.file("binary", "", 0o600);
    fs::write(home.0.path().join("binary"), [0xff, 0xfe]).unwrap();
    let kind = |name: &str| format!("{:?}", home.resolve(&SecretRef::File(name.into())).unwrap_err());
    assert!(kind("empty").starts_with("Empty"));
    assert!(kind("two").starts_with("ManyLines"));
    assert!(kind("binary").starts_with("File {"));
    assert!(kind("bin").contains("not a regular file"));
    assert!(kind("gone").starts_with("File {"));
    assert!(!kind("two").contains("hunter"));
}

#[test]
fn a_private_key_may_have_many_lines() {
    let home = Home::new();
    let key = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----";
    home.file("key", &format!("{key}\n"), 0o600);
    assert_eq!(home.resolve(&SecretRef::File("key".into())).as_deref(), Ok(key));
}

#[test]
fn a_command_runs_where_the_configuration_is_and_sees_its_variables() {
    let home = Home::new();
    assert_eq!(home.resolve(&command("echo $TOKEN")).as_deref(), Ok("hunter22"));
    assert_eq!(home.resolve(&command("pwd -P")).unwrap(), home.0.path().canonicalize().unwrap().to_string_lossy());
    assert_eq!(home.resolve(&command("echo \"[$GPG_TTY]\"")).as_deref(), Ok("[]"));
    assert_eq!(home.resolve(&command("cat; echo x")).as_deref(), Ok("x"), "its input is empty");
}

#[test]
fn a_command_has_no_terminal() {
    let home = Home::new();
    let error = home.resolve(&command("exec 2>&1; (exec </dev/tty) || exit 3")).unwrap_err();
    assert!(matches!(error, SecretError::Command { .. }), "{error:?}");
}

#[test]
fn a_failing_command_is_quoted_without_control_characters() {
    let home = Home::new();
    let error = home.resolve(&command("printf 'not\\nsigned \\033[31min' >&2; exit 1")).unwrap_err();
    let SecretError::Command { raw, .. } = &error else { panic!("{error:?}") };
    assert_eq!(raw, "not signed [31min");
    let silent = home.resolve(&command("exit 7")).unwrap_err();
    assert!(silent.to_string().contains('7'), "{silent}");
}

#[test]
fn a_command_that_hangs_is_ended_with_its_children() {
    let home = Home::new();
    let environment = home.environment(":/usr/bin:/bin");
    let line = "sleep 600 & echo $! >child; wait";
    let error = command(line).resolve_within(home.0.path(), &environment, Duration::from_secs(3)).unwrap_err();
    assert!(matches!(error, SecretError::CommandTimedOut { .. }), "{error:?}");
    let child = fs::read_to_string(home.0.path().join("child")).unwrap();
    let state = || fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
    // The kernel ends a killed process when it next gets its turn, which on a busy machine is later.
    for _ in 0..600 {
        if state().is_empty() || state().contains(") Z ") {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it still runs: {}", state());
}

#[test]
fn a_background_process_with_our_pipe_does_not_hold_us() {
    let home = Home::new();
    assert_eq!(home.resolve(&command("sleep 600 & echo x")).as_deref(), Ok("x"));
}

#[test]
fn a_command_that_writes_without_end_is_refused() {
    let home = Home::new();
    let error = home.resolve(&command("yes hunter22")).unwrap_err();
    assert!(matches!(&error, SecretError::Command { raw, .. } if raw.contains("65536")), "{error:?}");
    assert!(!error.to_string().contains("hunter22\n"));
}

#[test]
fn the_keyring_is_asked_through_its_program() {
    let home = Home::new();
    home.file(
        "bin/secret-tool",
        "#!/bin/sh\n[ \"$*\" = 'lookup service ebb account my entry' ] && echo hunter22\n",
        0o755,
    );
    assert_eq!(home.resolve(&SecretRef::Keyring("my entry".into())).as_deref(), Ok("hunter22"));
    let error = home.resolve(&SecretRef::Keyring("other".into())).unwrap_err();
    assert!(matches!(error, SecretError::KeyringEntry { .. }), "{error:?}");
}

#[test]
fn without_a_keyring_program_that_is_said() {
    let home = Home::new();
    let reference = SecretRef::Keyring("x".into());
    let error = reference.resolve_within(home.0.path(), &home.environment(""), Duration::from_mins(1)).unwrap_err();
    assert_eq!(error, SecretError::KeyringMissing);
}

#[test]
fn errors_become_problems_with_a_fix() {
    let errors = [
        SecretError::VariableMissing { name: "T".into() },
        SecretError::FileOpenToOthers { path: "/t".into(), mode: 0o644 },
        SecretError::KeyringMissing,
    ];
    let codes = errors.map(|error| {
        let problem = error.to_problem(crate::problem::Subject::Workspace);
        assert_eq!(problem.fixes.len(), 1);
        problem.code.to_string()
    });
    assert_eq!(codes, ["SECRET-MISSING", "SECRET-FILE-OPEN", "SECRET-KEYRING"]);
}

#[test]
fn a_known_secret_is_taken_out_in_every_spelling() {
    let scrubber = Scrubber::new();
    let elsewhere = scrubber.clone();
    scrubber.add(&Secret::new("hunter/22+x?"));
    let cases = [
        ("denied for hunter/22+x?", "denied for [secret]"),
        ("q=hunter%2F22%2Bx%3F&b", "q=[secret]&b"),
        ("nothing here", "nothing here"),
        ("hunter/22", "hunter/22"),
    ];
    for (text, clean) in cases {
        assert_eq!(elsewhere.scrub(text), clean, "{text}");
    }
}

#[test]
fn base64_is_found_wherever_the_secret_stands_in_it() {
    let scrubber = Scrubber::new();
    scrubber.add(&Secret::new("hunter22-hunter22"));
    // base64 of "hunter22-hunter22", "a:hunter22-hunter22" and "ab:hunter22-hunter22!".
    for encoded in ["aHVudGVyMjItaHVudGVyMjI=", "YTpodW50ZXIyMi1odW50ZXIyMg==", "YWI6aHVudGVyMjItaHVudGVyMjIh"] {
        let text = format!("Authorization: Basic {encoded}");
        let clean = scrubber.scrub(&text).into_owned();
        assert!(clean.contains("[secret]") && clean.len() < text.len() - 8, "{text} -> {clean}");
    }
}

#[test]
fn credentials_in_urls_are_taken_out_though_nobody_knew_them() {
    let scrubber = Scrubber::new();
    let cases = [
        ("fatal: https://ada:pw@host/x.git: 403", "fatal: https://[secret]@host/x.git: 403"),
        ("https://token@host:8443/x and http://a:b@h", "https://[secret]@host:8443/x and http://[secret]@h"),
        ("ssh://git@host/x", "ssh://git@host/x"),
        ("ssh://git:pw@host/x", "ssh://[secret]@host/x"),
        ("git@github.com:acme/shop.git", "git@github.com:acme/shop.git"),
        ("https://host/a@b", "https://host/a@b"),
        ("https://a:p@q@host/", "https://[secret]@host/"),
        ("'https://a:b@host'", "'https://[secret]@host'"),
        ("://", "://"),
        ("https://潮:流@host", "https://[secret]@host"),
    ];
    for (text, clean) in cases {
        assert_eq!(scrubber.scrub(text), clean, "{text}");
    }
}

#[test]
fn the_longer_secret_goes_first_and_tiny_ones_are_left() {
    let scrubber = Scrubber::new();
    for secret in ["abcd", "abcdefgh", "e", ""] {
        scrubber.add(&Secret::new(secret));
    }
    assert_eq!(scrubber.scrub("abcdefgh abcd e"), "[secret] [secret] e");
    assert_eq!(format!("{scrubber:?}"), "Scrubber(…)");
}
