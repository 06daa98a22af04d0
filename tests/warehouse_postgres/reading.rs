//! Reading: as a stream, within bounds, and stopped on the server when it is given up.

use std::time::{Duration, Instant};

use ebbtide::warehouse::{Bounds, SourceError, Value};
use tokio_util::sync::CancellationToken;

use super::support::PostgresServer;
use super::{bounds, code, read, source};

/// What runs on the server, besides the question itself.
const RUNNING: &str = "select count(*) from pg_stat_activity where state = 'active' and application_name = 'ebb'";

/// Waits until nothing of ours runs on the server any more.
fn quiet(server: &PostgresServer) {
    let began = Instant::now();
    while server.run(RUNNING) != "0" {
        assert!(began.elapsed() < Duration::from_secs(20), "the query still runs");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until something of ours runs there.
async fn busy(server: &PostgresServer) {
    let began = Instant::now();
    while server.run(RUNNING) == "0" {
        assert!(began.elapsed() < Duration::from_secs(20), "the query does not begin");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_query_is_stopped_on_the_server() {
    let Some(server) = PostgresServer::start("a_cancelled_query_is_stopped_on_the_server") else { return };
    let (source, cancel) = (source(&server), CancellationToken::new());
    let bounds = Bounds::new(Duration::from_mins(5), cancel.clone());
    let waiting = async {
        let (batch, _) = source.query("select pg_sleep(600)", &bounds).await?.first(1).await?;
        Ok(batch.len())
    };
    let stopping = async {
        busy(&server).await;
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(waiting, stopping);
    assert_eq!(outcome, Err(SourceError::Cancelled));
    quiet(&server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_takes_too_long_is_stopped_on_the_server() {
    let Some(server) = PostgresServer::start("a_query_that_takes_too_long_is_stopped_on_the_server") else { return };
    let source = source(&server);
    let within = Duration::from_millis(300);
    let bounds = Bounds::new(within, CancellationToken::new());
    let outcome = match source.query("select pg_sleep(600)", &bounds).await {
        Ok(rows) => rows.first(1).await.map(|_| ()),
        Err(error) => Err(error),
    };
    assert_eq!(outcome, Err(SourceError::TimedOut { after: within }));
    quiet(&server);
    let bounds = Bounds::new(within, CancellationToken::new());
    assert_eq!(source.execute("select pg_sleep(600)", &bounds).await, Err(SourceError::TimedOut { after: within }));
    quiet(&server);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_nobody_wants_any_more_are_stopped_on_the_server() {
    let Some(server) = PostgresServer::start("rows_that_nobody_wants_any_more_are_stopped_on_the_server") else {
        return;
    };
    let (source, bounds) = (source(&server), bounds());
    // Fifty million of them, and the first ten are enough.
    let rows = source.query("select n, repeat('x', 200) from generate_series(1, 50000000) n", &bounds).await.unwrap();
    let (batch, more) = rows.first(10).await.unwrap();
    assert_eq!((batch.len(), more), (10, true));
    quiet(&server);
    assert_eq!(read(&*source, "select 7").await.unwrap(), [[Value::Integer(7)]], "the source is as good as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn wide_rows_and_long_cells_are_whole() {
    let Some(server) = PostgresServer::start("wide_rows_and_long_cells_are_whole") else { return };
    let source = source(&server);
    let columns: Vec<String> = (0..512).map(|number| format!("{number} as c{number}")).collect();
    let rows = read(&*source, &format!("select {}", columns.join(", "))).await.unwrap();
    assert_eq!(rows[0].len(), 512);
    assert_eq!(rows[0][511], Value::Integer(511));
    let rows = read(&*source, "select repeat('ü', 65536), repeat('x', 8388608)").await.unwrap();
    assert_eq!(rows[0].iter().map(|cell| cell.to_string().len()).collect::<Vec<_>>(), [131_072, 8_388_608]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_statement_is_run() {
    let Some(server) = PostgresServer::start("only_one_statement_is_run") else { return };
    server.run("create table t (n int)");
    let source = source(&server);
    for sql in ["select 1;", "select 1 ; -- done", "select 1 /* ; */;;"] {
        assert_eq!(read(&*source, sql).await.unwrap(), [[Value::Integer(1)]], "{sql}");
    }
    for sql in ["select 1; drop table t", "select 1; select 2"] {
        let error = read(&*source, sql).await.unwrap_err();
        assert_eq!((code(&error).as_str(), &error), ("RETL-MULTI-STATEMENT", &SourceError::ManyStatements));
    }
    assert_eq!(server.run("select count(*) from t"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_changes_nothing_and_a_statement_does() {
    let Some(server) = PostgresServer::start("a_query_changes_nothing_and_a_statement_does") else { return };
    server.run("create table t (n int); create sequence s;");
    let (source, bounds) = (source(&server), bounds());
    for sql in ["insert into t values (1) returning n", "select nextval('s')", "drop table t"] {
        assert_eq!(code(&read(&*source, sql).await.unwrap_err()), "PG-READ-ONLY", "{sql}");
    }
    assert_eq!(source.execute("insert into t select generate_series(1, 3);", &bounds).await, Ok(Some(3)));
    assert_eq!(read(&*source, "select count(*) from t").await.unwrap(), [[Value::Integer(3)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_estimated_and_not_run() {
    let Some(server) = PostgresServer::start("a_query_is_estimated_and_not_run") else { return };
    server.run("create table t as select n from generate_series(1, 1000) n; analyze t;");
    let (source, bounds) = (source(&server), bounds());
    let estimate = source.estimate("select * from t;", &bounds).await.unwrap();
    assert_eq!((estimate.rows, estimate.bytes, estimate.charged), (Some(1_000), Some(4_000), false));
    let slow = source.estimate("select pg_sleep(600)", &bounds).await.unwrap();
    assert_eq!(slow.rows, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_in_the_middle_is_told_and_the_next_query_works() {
    let Some(server) = PostgresServer::start("a_connection_cut_in_the_middle") else { return };
    let (source, bounds) = (source(&server), bounds());
    let sql = "select n, repeat('x', 1000) from generate_series(1, 5000000) n";
    let mut rows = source.query(sql, &bounds).await.unwrap();
    assert!(!rows.next().await.unwrap().unwrap().is_empty());
    server.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ebb'");
    let error = loop {
        match rows.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("the rows ended as if they were whole"),
        }
    };
    assert_eq!(code(&error), "SOURCE-CUT", "{error:?}");
    assert!(rows.next().await.is_none());
    // A session that was kept and has ended meanwhile is not the next query's misfortune.
    assert_eq!(read(&*source, "select 1").await.unwrap(), [[Value::Integer(1)]]);
    server.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ebb'");
    assert_eq!(read(&*source, "select 2").await.unwrap(), [[Value::Integer(2)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_has_its_code() {
    let Some(server) = PostgresServer::start("what_the_server_refuses_has_its_code") else { return };
    server.run("create schema finance; create table finance.t (n int); create role reader login password 'reader';");
    let reader = {
        let mut connection = server.connection();
        connection.user = "reader".to_owned();
        connection.password = Some(ebbtide::workspace::Secret::new("reader"));
        ebbtide::warehouse::open(ebbtide::warehouse::Connection::Postgres(connection)).unwrap()
    };
    for (sql, expected) in [
        ("select * from customers", "PG-RELATION-MISSING"),
        ("select * from nowhere.customers", "PG-RELATION-MISSING"),
        ("create table nowhere.t (n int)", "PG-READ-ONLY"),
        ("select email from pg_class", "PG-COLUMN-MISSING"),
        ("select * from finance.t", "PG-PERMISSION"),
        ("selec 1", "PG-SYNTAX"),
        ("select convert_from('\\x00', 'UTF8')", "PG-ENCODING"),
        ("select 1/0", "PG-UNKNOWN"),
        ("", "RETL-MULTI-STATEMENT"),
    ] {
        let error = read(&*reader, sql).await.unwrap_err();
        assert_eq!(code(&error), expected, "{sql}: {error:?}");
    }
    let bounds = bounds();
    let missing = reader.execute("create table nowhere.t (n int)", &bounds).await.unwrap_err();
    assert_eq!(code(&missing), "PG-SCHEMA-MISSING");
    let error = read(&*reader, "select\n  emial from finance.t").await.unwrap_err();
    let SourceError::Refused(refusal) = error else { panic!("{error:?}") };
    assert!(refusal.raw.starts_with("ERROR: ") && refusal.raw.contains("SQLSTATE"), "{}", refusal.raw);
}
