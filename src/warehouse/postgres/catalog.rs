//! What a database holds: the questions to its catalogue, and their answers. Redshift's own views also know of
//! what lies outside of the cluster.

use super::super::dialect::POSTGRES;
use super::super::source::{Estimate, Relation, RelationKind, RelationName};
use super::super::value::{Column, Value};
use super::decode::kind_named;

pub(super) fn schemas(redshift: bool) -> &'static str {
    if redshift {
        "select schema_name::text from svv_all_schemas where database_name = current_database() \
         and schema_name not in ('information_schema', 'catalog_history') and schema_name !~ '^pg_' order by 1"
    } else {
        "select nspname::text from pg_catalog.pg_namespace where nspname <> 'information_schema' \
         and nspname !~ '^pg_' and has_schema_privilege(oid, 'usage') order by 1"
    }
}

pub(super) fn relations(schema: &str, redshift: bool) -> String {
    let schema = POSTGRES.text(schema);
    if redshift {
        format!("select table_name::text, table_type::text from svv_tables where table_schema = {schema} order by 1")
    } else {
        format!(
            "select c.relname::text, c.relkind::text from pg_catalog.pg_class c \
             join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = {schema} and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1"
        )
    }
}

pub(super) fn relation(row: &[Value]) -> Option<Relation> {
    let [name, kind] = row else { return None };
    let kind = match kind.to_string().as_str() {
        "v" | "VIEW" => RelationKind::View,
        "m" | "MATERIALIZED VIEW" => RelationKind::MaterializedView,
        "f" | "EXTERNAL TABLE" => RelationKind::External,
        _ => RelationKind::Table,
    };
    Some(Relation { name: name.to_string(), kind })
}

pub(super) fn columns(relation: &RelationName, redshift: bool) -> String {
    let name = POSTGRES.text(&relation.name);
    let schema =
        relation.schema.as_deref().map_or_else(|| "current_schema()".to_owned(), |schema| POSTGRES.text(schema));
    if redshift {
        format!(
            "select column_name::text, data_type::text, data_type::text from svv_columns \
             where table_schema = {schema} and table_name = {name} order by ordinal_position"
        )
    } else {
        format!(
            "select a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod)::text, \
             pg_catalog.format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), null)::text \
             from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid \
             join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
             join pg_catalog.pg_type t on t.oid = a.atttypid \
             where n.nspname = {schema} and c.relname = {name} and a.attnum > 0 and not a.attisdropped \
             order by a.attnum"
        )
    }
}

pub(super) fn column(row: &[Value]) -> Option<Column> {
    let [name, type_name, base] = row else { return None };
    Some(Column::new(name.to_string(), kind_named(&base.to_string()), type_name.to_string()))
}

/// What the first line of a plan says: `Seq Scan on t  (cost=0.00..35.50 rows=2550 width=4)`. Nobody is charged
/// by it; the bytes are those of the rows that come out.
pub(super) fn estimate(line: &str) -> Estimate {
    let number = |label: &str| -> Option<u64> {
        let rest = line.split_once(label)?.1;
        let digits = rest.split(|character: char| !character.is_ascii_digit()).next()?;
        digits.parse().ok()
    };
    let (rows, width) = (number(" rows="), number(" width="));
    Estimate { rows, bytes: rows.zip(width).map(|(rows, width)| rows.saturating_mul(width)), charged: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_tells_rows_and_bytes() {
        let found = estimate("Seq Scan on t  (cost=0.00..35.50 rows=2550 width=4)");
        assert_eq!(found, Estimate { rows: Some(2_550), bytes: Some(10_200), charged: false });
        assert_eq!(estimate("XN Seq Scan on t  (cost=0.00..1.00 rows=100 width=8)").rows, Some(100));
        assert_eq!(estimate("Result"), Estimate::default());
    }

    #[test]
    fn names_stay_in_their_quotes() {
        let hostile = RelationName::new("a'; drop", "b' or '1'='1");
        assert!(columns(&hostile, false).contains("'a''; drop'"), "{}", columns(&hostile, false));
        assert!(columns(&hostile, true).contains("'b'' or ''1''=''1'"));
        assert!(relations("it's", true).contains("'it''s'"));
    }

    #[test]
    fn kinds_of_relations_are_told_apart() {
        for (kind, expected) in [
            ("r", RelationKind::Table),
            ("p", RelationKind::Table),
            ("v", RelationKind::View),
            ("m", RelationKind::MaterializedView),
            ("EXTERNAL TABLE", RelationKind::External),
            ("BASE TABLE", RelationKind::Table),
        ] {
            let row = [Value::text("t"), Value::text(kind)];
            assert_eq!(relation(&row), Some(Relation { name: "t".to_owned(), kind: expected }));
        }
        assert_eq!(relation(&[Value::Null]), None);
    }
}
