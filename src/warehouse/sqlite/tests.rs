use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::super::value::Kind;
use super::*;
use crate::problem::Catalogue;

/// A database with a schema beside it, in a folder of its own.
async fn database(statements: &[&str]) -> (tempfile::TempDir, SqliteSource) {
    let folder = tempfile::tempdir().unwrap();
    let attach = BTreeMap::from([("raw".to_owned(), folder.path().join("raw.db"))]);
    let source = SqliteSource::new(SqliteConnection { path: folder.path().join("shop.db"), attach });
    for statement in statements {
        source.execute(statement, &bounds()).await.unwrap();
    }
    (folder, source)
}

async fn read(source: &SqliteSource, sql: &str) -> Result<Vec<Vec<Value>>, SourceError> {
    source.read(sql.to_owned(), &bounds()).await
}

fn code(error: &SourceError) -> String {
    let by_words = || Catalogue::builtin().match_text(error.area()?, error.raw()).map(|entry| entry.code.clone());
    error.code().or_else(by_words).map(|code| code.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn values_keep_their_types() {
    let (_folder, source) = database(&[
        "create table t (i integer, b boolean, d decimal(38,10), r real, s text, x blob, day date, at timestamp, o time, j json)",
        "insert into t values (9223372036854775807, 1, '1234.50', 0.1, '', x'00ff',
           '2024-02-29', '2024-02-29 12:34:56.123456', '23:59:59.5', '{\"a\": 1.10}')",
        "insert into t (s) values (null)",
        "insert into t (b, day, d, at) values (7, 'tomorrow', 12, '2024-01-01T00:00:00Z')",
    ])
    .await;
    let rows = source.query("select * from t", &bounds()).await.unwrap();
    let kinds: Vec<Kind> = rows.columns().iter().map(|column| column.kind).collect();
    let expected = [
        Kind::Integer,
        Kind::Bool,
        Kind::Decimal,
        Kind::Float,
        Kind::Text,
        Kind::Binary,
        Kind::Date,
        Kind::Timestamp,
        Kind::Time,
        Kind::Json,
    ];
    assert_eq!(kinds, expected);
    let (batch, _) = rows.first(9).await.unwrap();
    let written: Vec<Vec<String>> = batch.rows().map(|row| row.iter().map(Value::to_string).collect()).collect();
    let first = [
        "9223372036854775807",
        "true",
        "1234.5",
        "0.1",
        "",
        "0x00ff",
        "2024-02-29",
        "2024-02-29 12:34:56.123456",
        "23:59:59.5",
        "{\"a\": 1.10}",
    ];
    assert_eq!(written[0], first);
    assert_eq!(batch.rows().nth(1).unwrap(), vec![Value::Null; 10]);
    // What does not fit its column's word stays what it is.
    assert_eq!((written[2][1].as_str(), written[2][6].as_str(), written[2][2].as_str()), ("7", "tomorrow", "12"));
    assert_eq!(written[2][7], "2024-01-01 00:00:00Z");
}

#[tokio::test]
async fn a_column_without_a_declared_type_is_told_by_its_first_value() {
    let (_folder, source) = database(&["create table t (n int)"]).await;
    let rows = source.query("select 1 as a, 0.5 as b, 'x' as c, x'01' as d, null as e", &bounds()).await.unwrap();
    let told: Vec<(Kind, &str)> = rows.columns().iter().map(|c| (c.kind, c.type_name.as_str())).collect();
    let expected = [
        (Kind::Integer, "integer"),
        (Kind::Float, "float"),
        (Kind::Text, "text"),
        (Kind::Binary, "binary"),
        (Kind::Other, ""),
    ];
    assert_eq!(told, expected);
    let rows = source.query("select n from t", &bounds()).await.unwrap();
    assert_eq!(rows.columns()[0].kind, Kind::Integer, "also where there is no row");
}

#[tokio::test]
async fn schemas_are_files() {
    let (_folder, source) = database(&[
        "create table raw.orders (id int, \"the ü\" text)",
        "create view main_view as select 1 as one",
        "create view sqlitely as select 1 as one",
    ])
    .await;
    assert_eq!(source.schemas(&bounds()).await.unwrap(), ["main", "raw"]);
    let relations = source.relations("main", &bounds()).await.unwrap();
    let names: Vec<(&str, RelationKind)> = relations.iter().map(|found| (found.name.as_str(), found.kind)).collect();
    assert_eq!(names, [("main_view", RelationKind::View), ("sqlitely", RelationKind::View)]);
    assert_eq!(source.relations("raw", &bounds()).await.unwrap().len(), 1);
    assert_eq!(source.relations("no\"where", &bounds()).await.unwrap(), []);
    let columns = source.columns(&RelationName::new("raw", "orders"), &bounds()).await.unwrap();
    assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id", "the ü"]);
    assert_eq!(source.columns(&RelationName::new("raw", "x'y"), &bounds()).await.unwrap(), []);
}

#[tokio::test]
async fn functions_of_dbt_are_there() {
    let (_folder, source) = database(&["create table t (n int)"]).await;
    for (expression, expected) in [
        ("md5('')", "d41d8cd98f00b204e9800998ecf8427e"),
        ("md5(12)", "c20ad4d76fe97759aa27a0c99bff6710"),
        ("coalesce(md5(null), 'null')", "null"),
        ("split_part('a-b-c', '-', 2)", "b"),
        ("split_part('a-b-c', '-', -1)", "c"),
        ("split_part('a-b-c', '-', 9)", ""),
        ("split_part('a-b-c', '-', 0)", ""),
        ("split_part('abc', '', 1)", "abc"),
        ("coalesce(split_part(null, '-', 1), 'null')", "null"),
    ] {
        assert_eq!(
            read(&source, &format!("select {expression}")).await.unwrap()[0][0].to_string(),
            expected,
            "{expression}"
        );
    }
}

#[tokio::test]
async fn reading_changes_nothing_and_creates_no_file() {
    let (folder, source) = database(&["create table t (n int)"]).await;
    for sql in ["insert into t values (1)", "drop table t", "create table raw.x (n int)"] {
        assert!(read(&source, sql).await.is_err(), "{sql}");
    }
    let lost =
        SqliteSource::new(SqliteConnection { path: folder.path().join("lost.db"), ..SqliteConnection::default() });
    let error = read(&lost, "select 1").await.unwrap_err();
    assert_eq!(code(&error), "SOURCE-FILE", "{error:?}");
    assert!(error.to_string().contains("lost.db") && !folder.path().join("lost.db").exists());
    let damaged = folder.path().join("damaged.db");
    std::fs::write(&damaged, "this is no database at all, whatever its name says".repeat(30)).unwrap();
    let damaged = SqliteSource::new(SqliteConnection { path: damaged, ..SqliteConnection::default() });
    assert_eq!(code(&read(&damaged, "select * from t").await.unwrap_err()), "SOURCE-FILE");
}

#[tokio::test]
async fn what_is_refused_has_its_code() {
    let (_folder, source) = database(&["create table t (n int)"]).await;
    for (sql, expected) in [
        ("select * from gone", "SOURCE-NOT-BUILT"),
        ("select email from t", "SOURCE-COLUMN-MISSING"),
        ("selec 1", "SOURCE-SYNTAX"),
        ("select now_or_never()", "SOURCE-SYNTAX"),
        ("select 1; select 2", "RETL-MULTI-STATEMENT"),
        (" -- nothing", "RETL-MULTI-STATEMENT"),
    ] {
        let error = read(&source, sql).await.unwrap_err();
        assert_eq!(code(&error), expected, "{sql}: {error:?}");
    }
    assert_eq!(read(&source, "select 1 as one; -- done").await.unwrap(), [[Value::Integer(1)]]);
}

/// Never ends by itself.
const ENDLESS: &str = "with recursive n(n) as (select 1 union all select n + 1 from n) select count(*) from n";

#[tokio::test(flavor = "multi_thread")]
async fn what_never_ends_is_ended() {
    let (_folder, source) = database(&["create table t (n int)"]).await;
    let within = Duration::from_millis(200);
    let bounds = Bounds::new(within, CancellationToken::new());
    let outcome = source.query(ENDLESS, &bounds).await.map(|_| ());
    assert_eq!(outcome, Err(SourceError::TimedOut { after: within }));
    let bounds = Bounds::new(within, CancellationToken::new());
    let outcome = source.execute(&format!("insert into t {ENDLESS}"), &bounds).await;
    assert_eq!(outcome, Err(SourceError::TimedOut { after: within }));
    let cancel = CancellationToken::new();
    let bounds = Bounds::new(Duration::from_mins(5), cancel.clone());
    let (outcome, ()) = tokio::join!(source.query(ENDLESS, &bounds), async { cancel.cancel() });
    assert_eq!(outcome.map(|_| ()), Err(SourceError::Cancelled));
    // The threads have ended, or this would wait for their locks and their seats.
    assert_eq!(read(&source, "select count(*) from t").await.unwrap(), [[Value::Integer(0)]]);
}

#[tokio::test]
async fn many_rows_come_as_they_are_taken() {
    let (_folder, source) = database(&["create table t (n int)"]).await;
    let numbers = "with recursive n(n) as (select 1 union all select n + 1 from n limit 5000) select n, 'x' from n";
    let mut rows = source.query(numbers, &bounds()).await.unwrap();
    let mut sizes = Vec::new();
    while let Some(batch) = rows.next().await {
        sizes.push(batch.unwrap().len());
    }
    assert_eq!(sizes, [1_024, 1_024, 1_024, 1_024, 904]);
    let endless = ENDLESS.replace("count(*)", "n");
    let (batch, more) = source.query(&endless, &bounds()).await.unwrap().first(10).await.unwrap();
    assert_eq!((batch.len(), more), (10, true));
    let wide: Vec<String> = (0..512).map(|number| number.to_string()).collect();
    let rows =
        read(&source, &format!("select {}, replace(hex(zeroblob(65536)), '0', 'x')", wide.join(", "))).await.unwrap();
    assert_eq!((rows[0].len(), rows[0][512].to_string().len()), (513, 131_072));
}
