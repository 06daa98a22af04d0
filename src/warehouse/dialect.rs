//! How a warehouse writes SQL: names and texts in quotes, the types of new tables, the hash of a row, limits.
//! Pure; knows no connection.

use super::error::SourceError;
use super::source::RelationName;
use super::statement;
use super::value::Kind;

/// One warehouse's way of writing SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// As the settings and dbt name it.
    pub name: &'static str,
    quote: char,
    /// Whether a backslash in a text has to be doubled.
    backslash: bool,
    /// Whether the warehouse charges by the bytes that a query reads.
    pub charges_by_bytes: bool,
    /// Longest name, in bytes.
    pub longest_name: usize,
    /// Longest statement, in bytes.
    pub longest_statement: usize,
    /// Most columns of a table.
    pub most_columns: usize,
    types: Types,
    hash: Hash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Types {
    text: &'static str,
    integer: &'static str,
    float: &'static str,
    decimal: &'static str,
    bool: &'static str,
    timestamp: &'static str,
    instant: &'static str,
    binary: &'static str,
    json: &'static str,
    time: &'static str,
}

/// How the MD5 of a text is written, as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Md5,
    ToHexMd5,
}

const POSTGRES_TYPES: Types = Types {
    text: "text",
    integer: "bigint",
    float: "double precision",
    decimal: "numeric",
    bool: "boolean",
    timestamp: "timestamp",
    instant: "timestamptz",
    binary: "bytea",
    json: "jsonb",
    time: "time",
};

pub const POSTGRES: Dialect = Dialect {
    name: "postgres",
    quote: '"',
    backslash: false,
    charges_by_bytes: false,
    longest_name: 63,
    longest_statement: 1 << 30,
    most_columns: 1_600,
    types: POSTGRES_TYPES,
    hash: Hash::Md5,
};

pub const REDSHIFT: Dialect = Dialect {
    name: "redshift",
    longest_name: 127,
    longest_statement: 16 << 20,
    backslash: true,
    types: Types {
        text: "varchar(65535)",
        decimal: "decimal(38, 10)",
        binary: "varbyte",
        json: "super",
        ..POSTGRES_TYPES
    },
    ..POSTGRES
};

pub const SNOWFLAKE: Dialect = Dialect {
    name: "snowflake",
    longest_name: 255,
    longest_statement: 1 << 20,
    most_columns: 2_000,
    backslash: true,
    types: Types {
        text: "varchar",
        float: "float",
        decimal: "number(38, 10)",
        timestamp: "timestamp_ntz",
        instant: "timestamp_tz",
        binary: "binary",
        json: "variant",
        ..POSTGRES_TYPES
    },
    ..POSTGRES
};

pub const BIGQUERY: Dialect = Dialect {
    name: "bigquery",
    quote: '`',
    backslash: true,
    charges_by_bytes: true,
    longest_name: 300,
    longest_statement: 1 << 20,
    most_columns: 10_000,
    types: Types {
        text: "string",
        integer: "int64",
        float: "float64",
        decimal: "bignumeric",
        bool: "bool",
        timestamp: "datetime",
        instant: "timestamp",
        binary: "bytes",
        json: "json",
        time: "time",
    },
    hash: Hash::ToHexMd5,
};

pub const DATABRICKS: Dialect = Dialect {
    name: "databricks",
    quote: '`',
    backslash: true,
    charges_by_bytes: false,
    longest_name: 255,
    longest_statement: 16 << 20,
    most_columns: 10_000,
    types: Types {
        text: "string",
        float: "double",
        decimal: "decimal(38, 10)",
        timestamp: "timestamp_ntz",
        instant: "timestamp",
        binary: "binary",
        json: "string",
        time: "string",
        ..POSTGRES_TYPES
    },
    hash: Hash::Md5,
};

pub const DUCKDB: Dialect = Dialect {
    name: "duckdb",
    longest_name: 1 << 16,
    most_columns: 1 << 16,
    types: Types {
        text: "varchar",
        float: "double",
        decimal: "decimal(38, 10)",
        binary: "blob",
        json: "json",
        ..POSTGRES_TYPES
    },
    ..POSTGRES
};

pub const SQLITE: Dialect = Dialect {
    name: "sqlite",
    longest_name: 1 << 16,
    longest_statement: 1_000_000,
    most_columns: 2_000,
    types: Types {
        text: "text",
        integer: "integer",
        float: "real",
        decimal: "text",
        bool: "boolean",
        timestamp: "timestamp",
        instant: "timestamp",
        binary: "blob",
        json: "text",
        time: "text",
    },
    ..POSTGRES
};

impl Dialect {
    /// A name in quotes, whatever stands in it.
    pub fn quoted(&self, name: &str) -> String {
        let quote = self.quote;
        // A doubled quote stands for one; BigQuery and Databricks take a backslash before it instead.
        let escaped = match (quote, self.name) {
            ('`', "bigquery") => name.replace('\\', "\\\\").replace('`', "\\`"),
            _ => name.replace(quote, &format!("{quote}{quote}")),
        };
        format!("{quote}{escaped}{quote}")
    }

    /// A text as a literal.
    pub fn text(&self, text: &str) -> String {
        let text = if self.backslash { text.replace('\\', "\\\\") } else { text.to_owned() };
        let escaped = if self.quote == '`' { text.replace('\'', "\\'") } else { text.replace('\'', "''") };
        format!("'{escaped}'")
    }

    /// A relation's name with all of its parts in quotes.
    pub fn relation(&self, relation: &RelationName) -> String {
        let parts = [relation.database.as_deref(), relation.schema.as_deref(), Some(relation.name.as_str())];
        let parts: Vec<String> = parts.into_iter().flatten().map(|part| self.quoted(part)).collect();
        parts.join(".")
    }

    /// The only statement of a text, without the `;` at its end and comments behind it.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub fn single<'a>(&self, sql: &'a str) -> Result<&'a str, SourceError> {
        statement::single(sql, self.backslash)
    }

    /// A query that gives at most `most` rows of another one. The other one must be a single statement
    /// without a `;` at its end.
    pub fn limited(&self, sql: &str, most: u64) -> String {
        // On a line of its own: a comment may end the query.
        format!("select * from (\n{sql}\n) as ebb_query limit {most}")
    }

    /// The type of a column in a new table.
    pub const fn type_of(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Bool => self.types.bool,
            Kind::Integer => self.types.integer,
            Kind::Float => self.types.float,
            Kind::Decimal => self.types.decimal,
            Kind::Date => "date",
            Kind::Time => self.types.time,
            Kind::Timestamp => self.types.timestamp,
            Kind::Instant => self.types.instant,
            Kind::Binary => self.types.binary,
            Kind::Json | Kind::Array | Kind::Record => self.types.json,
            Kind::Text | Kind::Uuid | Kind::Interval | Kind::Other => self.types.text,
        }
    }

    /// An expression for the MD5 of a text expression, as 32 hexadecimal digits in lower case.
    pub fn hash(&self, text: &str) -> String {
        match self.hash {
            Hash::Md5 => format!("md5({text})"),
            Hash::ToHexMd5 => format!("to_hex(md5({text}))"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_can_not_leave_their_quotes() {
        for (dialect, name, text) in [
            (POSTGRES, r#""a""b\`""#, r"'it''s \'"),
            (REDSHIFT, r#""a""b\`""#, r"'it''s \\'"),
            (SNOWFLAKE, r#""a""b\`""#, r"'it''s \\'"),
            (BIGQUERY, r#"`a"b\\\``"#, r"'it\'s \\'"),
            (DATABRICKS, r#"`a"b\```"#, r"'it\'s \\'"),
            (DUCKDB, r#""a""b\`""#, r"'it''s \'"),
            (SQLITE, r#""a""b\`""#, r"'it''s \'"),
        ] {
            assert_eq!(
                (dialect.quoted(r#"a"b\`"#), dialect.text(r"it's \")),
                (name.into(), text.into()),
                "{}",
                dialect.name
            );
        }
    }

    #[test]
    fn a_relation_has_the_parts_that_are_there() {
        let whole = RelationName { database: Some("db".into()), schema: Some("a b".into()), name: "t".into() };
        assert_eq!(POSTGRES.relation(&whole), r#""db"."a b"."t""#);
        assert_eq!(BIGQUERY.relation(&RelationName::new("s", "t")), "`s`.`t`");
        assert_eq!(SQLITE.relation(&RelationName { name: "t".into(), ..RelationName::default() }), r#""t""#);
    }

    #[test]
    fn a_comment_at_the_end_does_not_swallow_the_limit() {
        assert_eq!(
            POSTGRES.limited("select 1 -- one", 10),
            "select * from (\nselect 1 -- one\n) as ebb_query limit 10"
        );
    }

    #[test]
    fn every_kind_has_a_type_everywhere() {
        for dialect in [POSTGRES, REDSHIFT, SNOWFLAKE, BIGQUERY, DATABRICKS, DUCKDB, SQLITE] {
            for kind in [Kind::Bool, Kind::Integer, Kind::Decimal, Kind::Text, Kind::Json, Kind::Instant, Kind::Other] {
                assert!(!dialect.type_of(kind).is_empty(), "{} {kind:?}", dialect.name);
            }
        }
        assert_eq!((BIGQUERY.type_of(Kind::Text), REDSHIFT.type_of(Kind::Json)), ("string", "super"));
        assert_eq!((BIGQUERY.hash("x"), POSTGRES.hash("x")), ("to_hex(md5(x))".to_owned(), "md5(x)".to_owned()));
    }
}
