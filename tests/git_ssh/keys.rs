//! Every kind of key, in a file and as a secret, locked and not; and the keys that do not open.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use ebbtide::git::{Credential, FetchRequest, RemoteError};
use ebbtide::workspace::Secret;

use crate::scene::{Scene, code, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_known_is_refused_in_the_servers_words() {
    let Some(scene) = Scene::new("a_key_that_is_not_known_is_refused_in_the_servers_words", true) else { return };
    for path in [scene.server.other_key(), scene.folder.path().join("missing")] {
        let error = run(FetchRequest { credential: Credential::SshKey { path }, ..scene.request() }).await.unwrap_err();
        assert!(matches!(error, RemoteError::Refused { .. }), "{error:?}");
        assert!(error.raw().contains("Permission denied (publickey"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_a_passphrase_asks_nobody() {
    let Some(scene) = Scene::new("a_key_with_a_passphrase_asks_nobody", true) else { return };
    let mut lock = Command::new("ssh-keygen");
    lock.args(["-q", "-p", "-P", "", "-N", "hunter2", "-f"]).arg(scene.server.key());
    assert!(lock.status().unwrap().success());
    let error = run(scene.request()).await.unwrap_err();
    assert_eq!(code(&error), "GIT-SSH-KEY-PASSPHRASE", "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_that_does_not_open_has_a_code_of_its_own() {
    let Some(scene) = Scene::new("every_key_that_does_not_open_has_a_code_of_its_own", true) else { return };
    let open = scene.folder.path().join("open_key");
    std::fs::copy(scene.server.key(), &open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    let rubbish = scene.folder.path().join("rubbish_key");
    std::fs::write(&rubbish, "-----BEGIN OPENSSH PRIVATE KEY-----\nrubbish\n").unwrap();
    std::fs::set_permissions(&rubbish, std::fs::Permissions::from_mode(0o600)).unwrap();
    for (path, expected) in [
        (scene.server.other_key(), "GIT-SSH-PUBKEY"),
        (scene.folder.path().join("missing"), "GIT-SSH-KEY-MISSING"),
        (open, "GIT-SSH-KEY-PERMS"),
        (rubbish, "GIT-SSH-KEY-FORMAT"),
    ] {
        let credential = Credential::SshKey { path: path.clone() };
        let error = run(FetchRequest { credential, ..scene.request() }).await.unwrap_err();
        assert_eq!(code(&error), expected, "{error:?}");
    }
}

/// The text of a new key that the server lets in.
fn key(scene: &Scene, kind: &[&str], passphrase: &str) -> String {
    let path = scene.folder.path().join(kind.concat() + passphrase);
    let mut make = Command::new("ssh-keygen");
    make.args(["-q", "-N", passphrase, "-C", "test", "-t"]).args(kind).arg("-f").arg(&path);
    assert!(make.status().unwrap().success());
    scene.server.let_in(&path.with_extension("pub"));
    std::fs::read_to_string(&path).unwrap()
}

fn secret_key(key: &str, passphrase: Option<&str>) -> Credential {
    Credential::SshPrivateKey { key: Secret::new(key), passphrase: passphrase.map(Secret::new) }
}

/// Agents, and folders of agents, of this process.
fn agents_left() -> usize {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| Path::new(folder).is_dir());
    let folder = folder.map_or_else(std::env::temp_dir, Into::into);
    let ours = format!("ebb-ssh-{}-", std::process::id());
    let is_ours = |words: &[u8]| String::from_utf8_lossy(words).contains(&ours);
    let folders = std::fs::read_dir(folder).unwrap().flatten();
    let folders = folders.filter(|entry| is_ours(entry.file_name().as_encoded_bytes())).count();
    let Ok(processes) = std::fs::read_dir("/proc") else { return folders };
    let lines = processes.flatten().filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    folders + lines.filter(|line| is_ours(line)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_gets_in_as_a_secret_locked_or_not() {
    let test = "every_kind_of_key_gets_in_as_a_secret_locked_or_not";
    let Some(scene) = Scene::new(test, true) else { return };
    let kinds: [&[&str]; 5] = [
        &["ed25519"],
        &["rsa", "-b", "2048"],
        &["rsa", "-b", "2048", "-m", "PEM"],
        &["ecdsa", "-b", "256"],
        &["ecdsa", "-b", "521", "-m", "PKCS8"],
    ];
    for kind in kinds {
        for passphrase in ["", "correct horse's \"battery\""] {
            let key = key(&scene, kind, passphrase);
            let credential = secret_key(&key, Some(passphrase).filter(|passphrase| !passphrase.is_empty()));
            let cache = scene.caches().join(kind.concat() + passphrase);
            let fetched = run(FetchRequest { credential, cache, ..scene.request() }).await;
            assert!(fetched.is_ok(), "{kind:?} {passphrase}: {fetched:?}");
        }
    }
    // Line breaks of Windows, and none at all, come through forms and variables.
    let key = key(&scene, &["ed25519", "-a", "1"], "");
    for mangled in [key.replace('\n', "\r\n"), key.trim().replace('\n', "\\n")] {
        run(FetchRequest { credential: secret_key(&mangled, None), ..scene.request() }).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_that_is_wrong_or_missing_is_told_and_never_shown() {
    let test = "a_passphrase_that_is_wrong_or_missing_is_told_and_never_shown";
    let Some(scene) = Scene::new(test, true) else { return };
    for kind in [&["ed25519"][..], &["rsa", "-b", "2048", "-m", "PEM"], &["ecdsa"]] {
        let key = key(&scene, kind, "hunter2");
        for (passphrase, expected) in [(Some("hunter3"), "GIT-SSH-PASSPHRASE-WRONG"), (None, "GIT-SSH-KEY-PASSPHRASE")]
        {
            let credential = secret_key(&key, passphrase);
            let error = run(FetchRequest { credential, ..scene.request() }).await.unwrap_err();
            assert_eq!(code(&error), expected, "{kind:?}: {error:?}");
            assert!(!format!("{error:?} {error}").contains("hunter"), "{error:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_no_key_is_told_by_what_it_is() {
    let Some(scene) = Scene::new("a_secret_that_is_no_key_is_told_by_what_it_is", true) else { return };
    let whole = key(&scene, &["ed25519"], "");
    let middle = whole.lines().nth(2).unwrap();
    for text in ["ssh-ed25519 AAAA ada", "PuTTY-User-Key-File-3: ssh-rsa", "ghp_token", &whole.replace(middle, "AAAA")]
    {
        let error = run(FetchRequest { credential: secret_key(text, None), ..scene.request() }).await.unwrap_err();
        assert_eq!(code(&error), "GIT-SSH-KEY-FORMAT", "{text}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_gone_with_its_connection() {
    let Some(scene) = Scene::new("an_agent_is_gone_with_its_connection", true) else { return };
    let known = key(&scene, &["ed25519"], "hunter2");
    let unknown = std::fs::read_to_string(scene.server.other_key()).unwrap();
    run(FetchRequest { credential: secret_key(&known, Some("hunter2")), ..scene.request() }).await.unwrap();
    let error = run(FetchRequest { credential: secret_key(&unknown, None), ..scene.request() }).await.unwrap_err();
    assert_eq!(code(&error), "GIT-SSH-PUBKEY", "{error:?}");
    run(FetchRequest { credential: secret_key(&known, None), ..scene.request() }).await.unwrap_err();
    for _ in 0..2000 {
        if agents_left() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{} agents or folders are left", agents_left());
}
