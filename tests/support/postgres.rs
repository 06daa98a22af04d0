//! A real PostgreSQL server, started for one test and ended with it. It never runs as root.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ebbtide::warehouse::{PostgresConnection, TlsMode};
use ebbtide::workspace::Secret;

/// Not the one that the server would take without a password.
pub const PASSWORD: &str = "ebb and flow";

/// A running server. Its superuser is `ebb`, its database `postgres`.
#[derive(Debug)]
pub struct PostgresServer {
    folder: tempfile::TempDir,
    server: Child,
    pub port: u16,
}

impl PostgresServer {
    /// Started, or none with a loud word where PostgreSQL is not installed.
    pub fn start(test: &str) -> Option<Self> {
        Self::start_with(test, &[])
    }

    /// With further lines of `postgresql.conf`.
    pub fn start_with(test: &str, settings: &[&str]) -> Option<Self> {
        let programs = programs(test)?;
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (data, secret) = (folder.path().join("data"), folder.path().join("password"));
        fs::write(&secret, PASSWORD).unwrap();
        fs::create_dir(&data).unwrap();
        for (file, text) in
            [("server.pem", include_str!("tls/certificate.pem")), ("server.key", include_str!("tls/key.pem"))]
        {
            fs::write(folder.path().join(file), text).unwrap();
            fs::set_permissions(folder.path().join(file), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let user = user();
        if let Some((id, group)) = user {
            for path in ["data", "password", "server.pem", "server.key", "."] {
                chown(folder.path().join(path), Some(id), Some(group)).unwrap();
            }
        }
        let mut command = Command::new(programs.join("initdb"));
        command.args(["-A", "scram-sha-256", "-U", "ebb", "-E", "UTF8", "--locale=C", "--no-sync", "--pwfile"]);
        command.arg(&secret).arg("-D").arg(&data);
        let made = as_user(&mut command, user).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        configure(&data, folder.path(), settings);
        let mut command = Command::new(programs.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-p", &port.to_string()]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let server = as_user(&mut command, user).spawn().unwrap();
        let server = Self { folder, server, port };
        server.wait();
        Some(server)
    }

    fn wait(&self) {
        let began = Instant::now();
        while self.psql("select 1").is_err() {
            assert!(began.elapsed() < Duration::from_mins(1), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Runs statements with the server's own client.
    pub fn psql(&self, statements: &str) -> Result<String, String> {
        let mut command = Command::new(self.psql_path());
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "ebb", "-d", "postgres", "-h"]);
        command.arg(self.folder.path()).args(["-p", &self.port.to_string()]).env("PGPASSWORD", PASSWORD);
        let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A client that can't connect ends before it has read them.
        let _ = running.stdin.take().unwrap().write_all(statements.as_bytes());
        let output = running.wait_with_output().unwrap();
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(words(&output.stdout)) } else { Err(words(&output.stderr)) }
    }

    /// As [`PostgresServer::psql`] for what a test needs to go on.
    pub fn run(&self, statements: &str) -> String {
        self.psql(statements).unwrap()
    }

    /// The server's own client.
    pub fn psql_path(&self) -> PathBuf {
        programs("").unwrap().join("psql")
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// How `ebb` connects, in the clear.
    pub fn connection(&self) -> PostgresConnection {
        PostgresConnection {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: "ebb".to_owned(),
            password: Some(Secret::new(PASSWORD)),
            database: "postgres".to_owned(),
            tls: TlsMode::Disable,
            authorities: None,
            certificate: None,
        }
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // At once: what it holds goes away with its folder.
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

fn configure(data: &Path, folder: &Path, settings: &[&str]) {
    let mut file = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).unwrap();
    let file_of = |name: &str| folder.join(name).display().to_string();
    writeln!(file, "listen_addresses = '127.0.0.1,127.0.0.2'\nfsync = off\nssl = on").unwrap();
    writeln!(file, "ssl_cert_file = '{}'\nssl_key_file = '{}'", file_of("server.pem"), file_of("server.key")).unwrap();
    writeln!(file, "ssl_ca_file = '{}'", file_of("server.pem")).unwrap();
    for line in settings {
        writeln!(file, "{line}").unwrap();
    }
    let rules = "local all all scram-sha-256\nhostssl all certified 127.0.0.0/8 scram-sha-256 clientcert=verify-ca\n\
                 hostssl all encrypted 127.0.0.0/8 scram-sha-256\nhostnossl all encrypted 127.0.0.0/8 reject\n\
                 host all all 127.0.0.0/8 scram-sha-256\n";
    fs::write(data.join("pg_hba.conf"), rules).unwrap();
}

/// The folder of the server's programs.
fn programs(test: &str) -> Option<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = installed.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    let places = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&places));
    let whole = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|program| folder.join(program).is_file());
    let found = folders.into_iter().find(whole);
    if found.is_none() {
        eprintln!("SKIPPED {test}: PostgreSQL's server is not installed (Debian: postgresql)");
    }
    found
}

/// The user and group that the server runs as, where the tests run as root.
fn user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
}

fn as_user(command: &mut Command, user: Option<(u32, u32)>) -> &mut Command {
    command.current_dir("/");
    match user {
        Some((id, group)) => command.uid(id).gid(group),
        None => command,
    }
}
