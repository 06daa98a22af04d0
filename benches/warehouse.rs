//! How fast the rows of a warehouse are streamed, as a ratio to the warehouse's own client in the same run.
//!
//! Five million rows of five types out of a PostgreSQL that is started here: once by
//! `psql -c "COPY (query) TO STDOUT"` into nothing, once by our source as typed values into nothing. Prints both, the
//! ratio and the memory at its highest; fails where a promise is not kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench fails by panicking")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its figures")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use ebbtide::warehouse::{Bounds, Connection, open};
use support::PostgresServer;
use support::postgres::PASSWORD;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROWS: u64 = 5_000_000;
const ROUNDS: usize = 3;
/// Least share of the client's own speed.
const LEAST_RATIO: f64 = 0.8;
/// Most memory of this process at its highest, in MiB.
const MOST_MEMORY: u64 = 100;

fn main() -> ExitCode {
    let Some(server) = PostgresServer::start("warehouse") else { return ExitCode::SUCCESS };
    server.run(&format!(
        "create table events as select n as id, 'customer ' || n as name, (n * 1.10)::numeric(12, 2) as amount,
           timestamptz '2024-01-01' + n * interval '1 second' as at, n % 2 = 0 as even
         from generate_series(1, {ROWS}) n; analyze events;"
    ));
    let query = "select * from events";
    // Once each, so that both find the table in memory.
    psql(&server, query);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(psql(&server, query));
        ours.push(runtime.block_on(stream(&server, query)));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    let (theirs, ours, memory) = (median(&mut theirs), median(&mut ours), highest_memory());
    let ratio = theirs / ours;
    println!("postgres, {ROWS} rows of 5 columns, median of {ROUNDS}");
    println!("  psql COPY to nothing       {theirs:>6.2} s");
    println!("  ebb, typed, to nothing     {ours:>6.2} s   {ratio:.2} of psql's speed (at least {LEAST_RATIO})");
    println!("  memory at its highest      {memory:>6} MiB (at most {MOST_MEMORY})");
    if ratio >= LEAST_RATIO && memory <= MOST_MEMORY { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn psql(server: &PostgresServer, query: &str) -> Duration {
    let began = Instant::now();
    let status = Command::new(server.psql_path())
        .args(["-X", "-q", "-h", "127.0.0.1", "-p", &server.port.to_string(), "-U", "ebb", "-d", "postgres", "-c"])
        .arg(format!("COPY ({query}) TO STDOUT"))
        .env("PGPASSWORD", PASSWORD)
        .env("PGSSLMODE", "disable")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    began.elapsed()
}

async fn stream(server: &PostgresServer, query: &str) -> Duration {
    let began = Instant::now();
    let source = open(Connection::Postgres(server.connection())).unwrap();
    let bounds = Bounds::new(Duration::from_mins(10), CancellationToken::new());
    let mut rows = source.query(query, &bounds).await.unwrap();
    let mut count = 0_u64;
    while let Some(batch) = rows.next().await {
        let batch = batch.unwrap();
        count += batch.len() as u64;
        std::hint::black_box(&batch);
    }
    assert_eq!(count, ROWS);
    began.elapsed()
}

/// The most memory that this process has had, in MiB, as the kernel counted it.
fn highest_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() / 1_024
}
