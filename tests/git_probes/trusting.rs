//! Hosts that nobody has met: asked about by `ebb git test` and `ebb git trust`, never trusted by themselves, and
//! told apart from a jump host on the way.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{SshAgent, SshGitServer, repositories};
use crate::terminal::{Start, Terminal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ebb");

struct Place {
    home: TempDir,
    server: SshGitServer,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    /// A connection with this credential to a real `sshd` that nobody has met; `None` where this machine has none.
    fn new(test: &str, auth: impl FnOnce(&SshGitServer) -> String) -> Option<Self> {
        let server = SshGitServer::start(test, true)?;
        let home = tempfile::tempdir().unwrap();
        let shop = repositories::shop(home.path(), true);
        let settings = format!(
            "[git.inside]\nprovider = \"git\"\nauth = {}\n[projects.shop]\ngit = \"inside\"\n\
             repository = \"{}\"\nproject_path = \"transform/dbt_project.yml\"\n",
            auth(&server),
            server.url(&shop),
        );
        fs::write(home.path().join("ebb.toml"), settings).unwrap();
        let variables = vec![("PATH", std::env::var("PATH").unwrap())];
        Some(Self { home, server, variables })
    }

    fn with_key(test: &str) -> Option<Self> {
        Self::new(test, |server| format!("{{ ssh_key = \"{}\" }}", server.key().display()))
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value));
    }

    fn git(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.home.path()).env_clear().arg("git").args(arguments);
        command.envs(self.variables.iter().cloned()).env("HOME", self.home.path());
        command.env("XDG_DATA_HOME", self.home.path().join("data")).output().unwrap()
    }

    fn on_a_terminal(&self, arguments: &[&str]) -> Terminal {
        let start = Start::new(PROGRAM, self.home.path()).arguments(arguments).size(100, 40);
        self.variables.iter().fold(start, |start, (name, value)| start.set(name, value)).run()
    }

    fn accepted(&self) -> PathBuf {
        self.home.path().join("data/ebb/known_hosts")
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.server.port())
    }

    /// The problem that `ebb git test` ends with; null where all is well.
    fn problem(&self) -> Value {
        let output = self.git(&["test", "--json"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.find(|probe| probe["event"] == "problem_found").map_or(Value::Null, |probe| probe["problem"].clone())
    }

    /// Every connection goes over this host from now on, as `ProxyJump` of an ssh_config makes it.
    fn jump_over(&mut self, jump: &SshGitServer) {
        let ssh = crate::support::program("ssh", "jump_over").unwrap();
        let folder = self.home.path().join("bin");
        fs::create_dir_all(&folder).unwrap();
        let script = format!("#!/bin/sh\nexec {} -o ProxyJump={} \"$@\"\n", ssh.display(), jump.jump());
        fs::write(folder.join("ssh"), script).unwrap();
        fs::set_permissions(folder.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
        self.set("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_test_asks_about_an_unknown_host_and_goes_on_once_it_is_trusted() {
    let Some(place) = Place::with_key("a_test_asks_about_an_unknown_host_and_goes_on_once_it_is_trusted") else {
        return;
    };
    let mut refused = place.on_a_terminal(&["git", "test"]);
    refused.wait_for("Trust 127.0.0.1 by this key from now on? [y/N]");
    refused.send("\r");
    assert_eq!(refused.wait().exit_code(), 1, "{}", refused.text());
    assert!(!place.accepted().exists(), "nobody is trusted without a yes");
    let mut agreed = place.on_a_terminal(&["git", "test"]);
    agreed.wait_for(&place.server.fingerprint("host_key"));
    agreed.wait_for("[y/N]");
    agreed.send("y\r");
    assert!(agreed.wait().success(), "{}", agreed.text());
    assert!(agreed.text().contains("the host's key is a known one"), "{}", agreed.text());
    assert!(place.problem().is_null());
}

#[test]
fn without_a_person_nothing_is_trusted_but_a_fingerprint_that_was_given() {
    let test = "without_a_person_nothing_is_trusted_but_a_fingerprint_that_was_given";
    let Some(place) = Place::with_key(test) else { return };
    let fingerprint = place.server.fingerprint("host_key");
    let shown = place.git(&["trust", &place.host()]);
    assert_eq!(shown.status.code(), Some(1), "{}", told(&shown));
    assert!(told(&shown).contains(&format!("--fingerprint {fingerprint}")), "{}", told(&shown));
    let other = place.server.fingerprint("other_key");
    let wrong = place.git(&["trust", &place.host(), "--fingerprint", &other]);
    assert_eq!(wrong.status.code(), Some(1), "{}", told(&wrong));
    assert!(!place.accepted().exists());
    let right = place.git(&["trust", &place.host(), "--fingerprint", &fingerprint, "--json"]);
    assert_eq!(right.status.code(), Some(0), "{}", told(&right));
    assert!(told(&right).contains("host_trusted"), "{}", told(&right));
    assert!(place.problem().is_null());
    let again = place.git(&["trust", &place.host()]);
    assert!(again.status.success() && told(&again).contains("trusted already"), "{}", told(&again));
    assert_eq!(fs::read_to_string(place.accepted()).unwrap().lines().count(), 1);
}

#[test]
fn a_person_is_asked_by_the_command_itself() {
    let Some(place) = Place::with_key("a_person_is_asked_by_the_command_itself") else { return };
    let mut shell = place.on_a_terminal(&["git", "trust", &place.host()]);
    shell.wait_for(&place.server.fingerprint("host_key"));
    shell.wait_for("no published key");
    shell.wait_for("[y/N]");
    shell.send("y\r");
    assert!(shell.wait().success(), "{}", shell.text());
    assert!(place.problem().is_null());
}

#[test]
fn a_host_that_is_known_by_another_key_is_refused_with_both() {
    let Some(place) = Place::with_key("a_host_that_is_known_by_another_key_is_refused_with_both") else { return };
    place.server.be_known_wrongly(place.accepted().parent().unwrap());
    let before = fs::read_to_string(place.accepted()).unwrap();
    let fingerprint = place.server.fingerprint("host_key");
    let refused = place.git(&["trust", &place.host(), "--fingerprint", &fingerprint]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    for words in ["GIT-SSH-HOSTKEY-CHANGED", &fingerprint, &place.server.fingerprint("other_key")] {
        assert!(told(&refused).contains(words), "{words} is not in {}", told(&refused));
    }
    assert_eq!(fs::read_to_string(place.accepted()).unwrap(), before);
}

#[test]
fn a_host_where_nobody_listens_is_told() {
    let Some(place) = Place::with_key("a_host_where_nobody_listens_is_told") else { return };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (host, code) in [(format!("127.0.0.1:{free}"), "GIT-NET"), ("https://x.example/y".to_owned(), "GIT-UNKNOWN")] {
        let output = place.git(&["trust", &host]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains(code), "{}", told(&output));
    }
}

#[test]
fn the_users_own_agent_opens_the_repository() {
    let test = "the_users_own_agent_opens_the_repository";
    let Some(mut place) = Place::new(test, |_| "\"ssh_agent\"".to_owned()) else { return };
    place.server.be_known(place.accepted().parent().unwrap());
    let Some(wrong) = SshAgent::holding(test, &[place.server.other_key()]) else { return };
    place.set("SSH_AUTH_SOCK", wrong.socket());
    assert_eq!(place.problem()["code"], "GIT-SSH-PUBKEY");
    let Some(right) = SshAgent::holding(test, &[place.server.key()]) else { return };
    place.set("SSH_AUTH_SOCK", right.socket());
    assert!(place.problem().is_null(), "{:#}", place.problem());
}

#[test]
fn a_jump_host_is_told_apart_from_the_repositorys_and_trusted_the_same_way() {
    let test = "a_jump_host_is_told_apart_from_the_repositorys_and_trusted_the_same_way";
    let (Some(mut place), Some(jump)) = (Place::with_key(test), SshGitServer::start(test, true)) else { return };
    let Some(agent) = SshAgent::holding(test, &[jump.key()]) else { return };
    place.set("SSH_AUTH_SOCK", agent.socket());
    place.jump_over(&jump);
    let hosts = [(&jump, format!("[127.0.0.1]:{}", jump.port())), (&place.server, "127.0.0.1".to_owned())];
    for (server, name) in hosts {
        let problem = place.problem();
        assert_eq!(problem["code"], "GIT-SSH-HOSTKEY-UNKNOWN", "{problem:#}");
        let cause = problem["cause"].as_str().unwrap();
        assert!(cause.contains(&format!("connected to {name}")), "{cause}");
        assert_eq!(cause.contains("the jump host on the way to 127.0.0.1"), name.starts_with('['), "{cause}");
        assert!(problem["evidence"].to_string().contains(&server.fingerprint("host_key")), "{problem:#}");
        let mut shell = place.on_a_terminal(&["git", "test"]);
        shell.wait_for(&format!("Trust {name} by this key"));
        shell.send("y\r");
        if name.starts_with('[') {
            // Only now the host behind it shows its key.
            shell.wait_for("Trust 127.0.0.1 by this key");
            shell.send("n\r");
        }
        shell.wait();
    }
    let told = told(&place.git(&["test"]));
    assert_eq!(told.matches("TLS or host key").count(), 1, "each step is told once: {told}");
    assert!(told.contains("the host's key is a known one"), "{told}");
    assert_eq!(fs::read_to_string(place.accepted()).unwrap().lines().count(), 2);
}

#[test]
fn a_jump_host_with_another_key_is_refused() {
    let test = "a_jump_host_with_another_key_is_refused";
    let (Some(mut place), Some(jump)) = (Place::with_key(test), SshGitServer::start(test, true)) else { return };
    jump.be_known_wrongly(place.accepted().parent().unwrap());
    place.jump_over(&jump);
    let problem = place.problem();
    assert_eq!(problem["code"], "GIT-SSH-HOSTKEY-CHANGED", "{problem:#}");
    assert!(problem["cause"].as_str().unwrap().contains(&format!("[127.0.0.1]:{} showed another key", jump.port())));
}

#[test]
fn the_screen_asks_after_a_test_and_tests_again() {
    let Some(place) = Place::with_key("the_screen_asks_after_a_test_and_tests_again") else { return };
    let mut screen = place.on_a_terminal(&["--fresh"]);
    screen.wait_for("Connections");
    screen.send("1");
    screen.wait_for("inside");
    screen.send("Gt");
    screen.wait_for("t trusts it");
    screen.send("t");
    screen.wait_for("Trust it, and test again");
    assert!(screen.text().contains(&place.server.fingerprint("host_key")), "{}", screen.text());
    screen.send("y");
    screen.wait_for("all is well");
    screen.send("qq");
    screen.wait();
}
