//! On the way in: names, ports, TLS, passwords. Each failure names its step.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use ebbtide::warehouse::{
    Connection, PostgresConnection, SourceError, StepEvent, StepOutcome, Steps, TlsMode, Value, open,
};
use ebbtide::workspace::Secret;

use super::support::{PostgresServer, TlsFront};
use super::{bounds, code, read};

/// The steps that a test tells, `step: outcome`, and its outcome's code.
async fn tested(connection: PostgresConnection, redshift: bool) -> (Vec<String>, String) {
    let connection = if redshift { Connection::Redshift(connection) } else { Connection::Postgres(connection) };
    let source = open(connection).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let steps = Steps::new({
        let told = Arc::clone(&told);
        move |event| {
            if let StepEvent::StepEnded { step, outcome, .. } = event {
                let mark = match outcome {
                    StepOutcome::Passed => "passed",
                    StepOutcome::Failed => "FAILED",
                    StepOutcome::Skipped => "skipped",
                };
                told.lock().unwrap().push(format!("{}: {mark}", step.title()));
            }
        }
    });
    let outcome = source.test(&steps, &bounds()).await;
    let told = told.lock().unwrap().clone();
    (told, outcome.err().map(|error| code(&error)).unwrap_or_default())
}

fn encrypted(server: &PostgresServer, tls: TlsMode, authorities: Option<PathBuf>) -> PostgresConnection {
    PostgresConnection { tls, authorities, ..server.connection() }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_steps_pass_over_every_road() {
    let Some(server) = PostgresServer::start("all_steps_pass_over_every_road") else { return };
    let socket = PostgresConnection {
        host: server.socket().display().to_string(),
        tls: TlsMode::VerifyFull,
        ..server.connection()
    };
    for (connection, tls) in [
        (server.connection(), "skipped"),
        (socket, "skipped"),
        (encrypted(&server, TlsMode::Require, None), "passed"),
        (encrypted(&server, TlsMode::VerifyCa, Some(TlsFront::certificate())), "passed"),
        (encrypted(&server, TlsMode::VerifyFull, Some(TlsFront::certificate())), "passed"),
    ] {
        let (mut told, outcome) = tested(connection.clone(), false).await;
        told.sort();
        let mut expected = [
            "host name: passed".to_owned(),
            "connection: passed".to_owned(),
            format!("TLS: {tls}"),
            "authentication: passed".to_owned(),
            "database: passed".to_owned(),
            "compute: skipped".to_owned(),
            "read: passed".to_owned(),
        ];
        expected.sort();
        assert_eq!((told.as_slice(), outcome.as_str()), (expected.as_slice(), ""), "{connection:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_step_that_fails_is_the_last_and_has_its_code() {
    let Some(server) = PostgresServer::start("the_step_that_fails_is_the_last_and_has_its_code") else { return };
    server.run(
        "create role sleeper nologin password 'sleeper'; create role encrypted login password 'encrypted';
         create role certified login password 'certified';",
    );
    let plain = server.connection();
    let user = |name: &str| PostgresConnection {
        user: name.to_owned(),
        password: Some(Secret::new(name)),
        ..server.connection()
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hangs_up = silent.local_addr().unwrap().port();
    std::thread::spawn(move || silent.incoming().for_each(drop));
    let wrong_name = "127.0.0.2".to_owned();
    for (connection, step, expected) in [
        (PostgresConnection { host: "no.such.host.invalid".to_owned(), ..plain.clone() }, "host name", "SOURCE-DNS"),
        (PostgresConnection { port: free, ..plain.clone() }, "connection", "SOURCE-CONNECT"),
        (PostgresConnection { port: hangs_up, ..plain.clone() }, "authentication", "SOURCE-CUT"),
        (PostgresConnection { host: "/no/such/folder".to_owned(), ..plain.clone() }, "connection", "SOURCE-CONNECT"),
        (encrypted(&server, TlsMode::VerifyFull, None), "TLS", "SOURCE-TLS"),
        (encrypted(&server, TlsMode::VerifyCa, None), "TLS", "SOURCE-TLS"),
        (encrypted(&server, TlsMode::VerifyCa, Some(TlsFront::another_certificate())), "TLS", "SOURCE-TLS"),
        (
            PostgresConnection {
                host: wrong_name,
                ..encrypted(&server, TlsMode::VerifyFull, Some(TlsFront::certificate()))
            },
            "TLS",
            "SOURCE-TLS",
        ),
        (PostgresConnection { password: Some(Secret::new("wrong")), ..plain.clone() }, "authentication", "PG-AUTH"),
        (PostgresConnection { password: None, ..plain.clone() }, "authentication", "SOURCE-SETTING"),
        (user("nobody"), "authentication", "PG-AUTH"),
        (user("sleeper"), "authentication", "PG-ROLE-LOGIN"),
        (user("encrypted"), "authentication", "PG-HBA"),
        (PostgresConnection { tls: TlsMode::Require, ..user("certified") }, "authentication", "PG-CLIENT-CERTIFICATE"),
        (PostgresConnection { database: "prd".to_owned(), ..plain.clone() }, "database", "PG-DB-MISSING"),
    ] {
        let (told, outcome) = tested(connection.clone(), false).await;
        let last = told.last().cloned().unwrap_or_default();
        let failed: Vec<&String> = told.iter().filter(|line| line.ends_with("FAILED")).collect();
        assert_eq!((last, outcome.as_str()), (format!("{step}: FAILED"), expected), "{connection:?}");
        assert_eq!(failed.len(), 1, "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_ours_lets_us_in() {
    let Some(server) = PostgresServer::start("a_certificate_of_ours_lets_us_in") else { return };
    server.run("create role certified login password 'certified'");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls");
    let key = std::fs::read_to_string(folder.join("key.pem")).unwrap();
    let connection = PostgresConnection {
        user: "certified".to_owned(),
        password: Some(Secret::new("certified")),
        tls: TlsMode::VerifyFull,
        authorities: Some(TlsFront::certificate()),
        certificate: Some((TlsFront::certificate(), Secret::new(key))),
        ..server.connection()
    };
    let source = open(Connection::Postgres(connection.clone())).unwrap();
    assert_eq!(read(&*source, "select current_user::text").await.unwrap(), [[Value::text("certified")]]);
    let locked = Some((TlsFront::certificate(), Secret::new("no key at all")));
    let error = open(Connection::Postgres(PostgresConnection { certificate: locked, ..connection })).unwrap_err();
    assert!(matches!(error, SourceError::Setting { setting: "client_key", .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_authorities_that_can_not_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing here").unwrap();
    for file in [folder.path().join("missing.pem"), empty] {
        let connection = PostgresConnection {
            host: "127.0.0.1".to_owned(),
            port: 1,
            user: "ebb".to_owned(),
            password: None,
            database: "postgres".to_owned(),
            tls: TlsMode::VerifyFull,
            authorities: Some(file.clone()),
            certificate: None,
        };
        let error = open(Connection::Postgres(connection)).unwrap_err();
        assert!(error.to_string().contains(&file.display().to_string()), "{error}");
        assert_eq!(code(&error), "SOURCE-SETTING");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_was_set_up_as_redshift_is_seen() {
    let Some(server) = PostgresServer::start("a_postgres_that_was_set_up_as_redshift_is_seen") else { return };
    let (told, outcome) = tested(server.connection(), true).await;
    assert_eq!((told.last().unwrap().as_str(), outcome.as_str()), ("database: FAILED", "RS-ENCODE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_error_holds_the_password() {
    let Some(server) = PostgresServer::start("no_error_holds_the_password") else { return };
    let secret = "tellnobody4711";
    let connection = PostgresConnection { password: Some(Secret::new(secret)), ..server.connection() };
    let source = open(Connection::Postgres(connection)).unwrap();
    let error = read(&*source, "select 1").await.unwrap_err();
    assert!(!format!("{error:?} {error} {source:?}").contains(secret), "{error:?}");
}
