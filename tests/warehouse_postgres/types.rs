//! Every type of Postgres: what went in comes out, to the last digit.

use ebbtide::warehouse::{Kind, RelationName, Value};

use super::support::PostgresServer;
use super::{bounds, read, source};

/// A literal, the column's kind and type, and the value as people read it.
const CELLS: [(&str, Kind, &str, &str); 66] = [
    ("true", Kind::Bool, "bool", "true"),
    ("null::bool", Kind::Bool, "bool", ""),
    ("'-32768'::int2", Kind::Integer, "int2", "-32768"),
    ("2147483647", Kind::Integer, "int4", "2147483647"),
    ("'-9223372036854775808'::int8", Kind::Integer, "int8", "-9223372036854775808"),
    ("4294967295::oid", Kind::Integer, "oid", "4294967295"),
    ("0.1::float4", Kind::Float, "float4", "0.1"),
    ("'NaN'::float4", Kind::Float, "float4", "NaN"),
    ("0.1::float8", Kind::Float, "float8", "0.1"),
    ("1.7976931348623157e308::float8", Kind::Float, "float8", "1.7976931348623157e308"),
    ("5e-324::float8", Kind::Float, "float8", "5e-324"),
    ("'NaN'::float8", Kind::Float, "float8", "NaN"),
    ("'-Infinity'::float8", Kind::Float, "float8", "-Infinity"),
    ("0.00::numeric", Kind::Decimal, "numeric", "0.00"),
    ("1.50::numeric(10,2)", Kind::Decimal, "numeric(10,2)", "1.50"),
    (
        "12345678901234567890123456789012345678::numeric(38,0)",
        Kind::Decimal,
        "numeric(38,0)",
        "12345678901234567890123456789012345678",
    ),
    (
        "0.12345678901234567890123456789012345678::numeric(38,38)",
        Kind::Decimal,
        "numeric(38,38)",
        "0.12345678901234567890123456789012345678",
    ),
    (
        "'-1234567890123456789012345678.9012345678'::numeric(38,10)",
        Kind::Decimal,
        "numeric(38,10)",
        "-1234567890123456789012345678.9012345678",
    ),
    ("1e30::numeric", Kind::Decimal, "numeric", "1000000000000000000000000000000"),
    ("1e-30::numeric", Kind::Decimal, "numeric", "0.000000000000000000000000000001"),
    ("12345::numeric(3,-2)", Kind::Decimal, "numeric(3,-2)", "12300"),
    ("'NaN'::numeric", Kind::Decimal, "numeric", "NaN"),
    ("'Infinity'::numeric", Kind::Decimal, "numeric", "Infinity"),
    ("'-Infinity'::numeric", Kind::Decimal, "numeric", "-Infinity"),
    ("''::text", Kind::Text, "text", ""),
    ("'ü日本🦀'::text", Kind::Text, "text", "ü日本🦀"),
    ("'ab'::char(4)", Kind::Text, "char(4)", "ab  "),
    ("'ab'::varchar(20)", Kind::Text, "varchar(20)", "ab"),
    ("'x'::\"char\"", Kind::Text, "char", "x"),
    ("'pg_class'::name", Kind::Text, "name", "pg_class"),
    ("'\\x00ff'::bytea", Kind::Binary, "bytea", "0x00ff"),
    ("''::bytea", Kind::Binary, "bytea", "0x"),
    ("'2024-02-29'::date", Kind::Date, "date", "2024-02-29"),
    ("'0044-03-15 BC'::date", Kind::Date, "date", "0044-03-15 BC"),
    ("'infinity'::date", Kind::Date, "date", "infinity"),
    ("'-infinity'::date", Kind::Date, "date", "-infinity"),
    ("'23:59:59.999999'::time", Kind::Time, "time", "23:59:59.999999"),
    ("'24:00'::time", Kind::Time, "time", "24:00:00"),
    ("'12:00:00.5+05:30'::timetz", Kind::Time, "timetz", "12:00:00.5+05:30"),
    ("'12:00:00-08'::timetz", Kind::Time, "timetz", "12:00:00-08:00"),
    ("'2024-02-29 12:34:56.123456'::timestamp", Kind::Timestamp, "timestamp", "2024-02-29 12:34:56.123456"),
    ("'1969-07-20 20:17:40.000001'::timestamp", Kind::Timestamp, "timestamp", "1969-07-20 20:17:40.000001"),
    ("'4714-11-24 BC'::timestamp", Kind::Timestamp, "timestamp", "4714-11-24 00:00:00 BC"),
    ("'294276-12-31 23:59:59.999999'::timestamp", Kind::Timestamp, "timestamp", "294276-12-31 23:59:59.999999"),
    ("'infinity'::timestamp", Kind::Timestamp, "timestamp", "infinity"),
    ("'2024-02-29 12:00+02'::timestamptz", Kind::Instant, "timestamptz", "2024-02-29 10:00:00Z"),
    ("'-infinity'::timestamptz", Kind::Instant, "timestamptz", "-infinity"),
    ("'1 year 2 months 3 days 4:05:06.7'::interval", Kind::Interval, "interval", "P1Y2M3DT4H5M6.7S"),
    ("'-1 day'::interval", Kind::Interval, "interval", "P-1D"),
    ("'123e4567-e89b-12d3-a456-426614174000'::uuid", Kind::Uuid, "uuid", "123e4567-e89b-12d3-a456-426614174000"),
    ("'{\"b\": 1, \"a\":[null]}'::json", Kind::Json, "json", "{\"b\": 1, \"a\":[null]}"),
    (
        "'{\"n\": 12345678901234567890.123456789}'::jsonb",
        Kind::Json,
        "jsonb",
        "{\"n\": 12345678901234567890.123456789}",
    ),
    ("array[1,null,3]", Kind::Array, "int4[]", "[1,null,3]"),
    ("array[[1,2],[3,4]]", Kind::Array, "int4[]", "[[1,2],[3,4]]"),
    ("array['a','','ü',null]::text[]", Kind::Array, "text[]", "[\"a\",\"\",\"ü\",null]"),
    ("array[1.50, 0.1]::numeric[]", Kind::Array, "numeric[]", "[\"1.50\",\"0.1\"]"),
    ("'{}'::int4[]", Kind::Array, "int4[]", "[]"),
    ("'12.34'::money", Kind::Other, "money", "$12.34"),
    ("'10.0.0.1/8'::inet", Kind::Other, "inet", "10.0.0.1/8"),
    ("'(1,2)'::point", Kind::Other, "point", "(1,2)"),
    ("int4range(1,5)", Kind::Other, "int4range", "[1,5)"),
    ("b'1010'::bit(4)", Kind::Other, "bit", "1010"),
    ("row(1,'a b')", Kind::Other, "record", "(1,\"a b\")"),
    ("'<a>b</a>'::xml", Kind::Other, "xml", "<a>b</a>"),
    ("'good'::mood", Kind::Text, "mood", "good"),
    ("7::year", Kind::Integer, "int4", "7"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_type_comes_out_as_it_went_in() {
    let Some(server) = PostgresServer::start("every_type_comes_out_as_it_went_in") else { return };
    server.run("create type mood as enum ('good', 'bad'); create domain year as int check (value > 0);");
    let source = source(&server);
    // Each alone, so that one that fails is named, and all at once, so that they stand beside each other.
    let bounds = bounds();
    for (literal, kind, type_name, written) in CELLS {
        let rows = source.query(&format!("select {literal} as cell"), &bounds).await;
        let rows = rows.unwrap_or_else(|error| panic!("{literal}: {error}"));
        let column = rows.columns()[0].clone();
        let (batch, _) = rows.first(9).await.unwrap_or_else(|error| panic!("{literal}: {error}"));
        let cell = batch.rows().next().unwrap()[0].to_string();
        let found = (column.kind, column.type_name.as_str(), cell.as_str());
        assert_eq!(found, (kind, type_name, written), "{literal}");
    }
    let all: Vec<String> = CELLS.iter().map(|(literal, ..)| (*literal).to_owned()).collect();
    let rows = read(&*source, &format!("select {}", all.join(", "))).await.unwrap();
    let written: Vec<String> = rows[0].iter().map(Value::to_string).collect();
    assert_eq!(written, CELLS.map(|(.., written)| written));
}

#[tokio::test(flavor = "multi_thread")]
async fn null_is_not_the_empty_text() {
    let Some(server) = PostgresServer::start("null_is_not_the_empty_text") else { return };
    let rows = read(&*source(&server), "select null::text, ''").await.unwrap();
    assert_eq!(rows, [[Value::Null, Value::text("")]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_listed_with_types() {
    let Some(server) = PostgresServer::start("the_catalogue_is_listed_with_types") else { return };
    server.run(
        "create schema shop; create table shop.\"Orders ü\" (id bigint, amount numeric(38,10), tags text[], gone int);
         alter table shop.\"Orders ü\" drop column gone;
         create view shop.a_view as select 1 as one; create materialized view shop.b_view as select 2 as two;",
    );
    let (source, bounds) = (source(&server), bounds());
    assert_eq!(source.schemas(&bounds).await.unwrap(), ["public", "shop"]);
    let relations = source.relations("shop", &bounds).await.unwrap();
    let relations: Vec<String> = relations.iter().map(|found| format!("{} {:?}", found.name, found.kind)).collect();
    assert_eq!(relations, ["Orders ü Table", "a_view View", "b_view MaterializedView"]);
    let columns = source.columns(&RelationName::new("shop", "Orders ü"), &bounds).await.unwrap();
    let columns: Vec<String> =
        columns.iter().map(|found| format!("{} {:?} {}", found.name, found.kind, found.type_name)).collect();
    assert_eq!(columns, ["id Integer bigint", "amount Decimal numeric(38,10)", "tags Array text[]"]);
    assert_eq!(source.columns(&RelationName::new("shop", "nothing"), &bounds).await.unwrap(), []);
}
