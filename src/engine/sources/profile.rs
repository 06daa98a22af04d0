//! What the values of each column of a model are like: nulls, distinct ones, the least and the greatest. One query
//! over all rows, on request: it may cost.

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;
use crate::warehouse::{Column, Dialect, Kind, Value};

use super::super::handle::Engine;
use super::preview::{Looking, PreviewRequest};

/// One column's values.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnProfile {
    pub column: Column,
    pub rows: u64,
    pub nulls: u64,
    /// None for types that can't be compared.
    pub distinct: Option<u64>,
    pub least: Value,
    pub greatest: Value,
}

/// What of a column can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Asked {
    /// Counted, compared, ordered.
    All,
    Distinct,
    Nulls,
}

fn asked(kind: Kind) -> Asked {
    match kind {
        Kind::Integer | Kind::Float | Kind::Decimal | Kind::Text | Kind::Date | Kind::Timestamp | Kind::Instant => {
            Asked::All
        }
        Kind::Bool | Kind::Uuid | Kind::Time | Kind::Interval | Kind::Binary => Asked::Distinct,
        Kind::Json | Kind::Array | Kind::Record | Kind::Other => Asked::Nulls,
    }
}

impl Engine {
    /// The profile of every column of a model, over all of its rows. The request's limit plays no part.
    pub async fn column_profiles(
        &self,
        request: &PreviewRequest,
        cancel: &CancellationToken,
    ) -> Result<Vec<ColumnProfile>, Problem> {
        let looking = Looking::begin(&self.core, request, cancel).await?;
        let dialect = looking.dialect();
        let profiles = looking.tried(|sql| {
            let looking = &looking;
            async move {
                let single = dialect.single(&sql)?.to_owned();
                let columns = looking.query(&dialect.limited(&single, 0)).await?;
                let columns = columns.columns().to_vec();
                let rows = looking.query(&question(dialect, &single, &columns)).await?;
                let (batch, _) = rows.first(1).await?;
                Ok((columns, batch.into_values()))
            }
        });
        let (_, (columns, cells)) = profiles.await?;
        Ok(answer(columns, cells))
    }
}

fn question(dialect: &Dialect, sql: &str, columns: &[Column]) -> String {
    let mut cells = vec!["count(*)".to_owned()];
    for column in columns {
        let name = dialect.quoted(&column.name);
        cells.push(format!("count({name})"));
        let asked = asked(column.kind);
        if asked != Asked::Nulls {
            cells.push(format!("count(distinct {name})"));
        }
        if asked == Asked::All {
            cells.extend([format!("min({name})"), format!("max({name})")]);
        }
    }
    let cells: Vec<String> = cells.iter().enumerate().map(|(at, cell)| format!("{cell} as c{at}")).collect();
    format!("select {} from (\n{sql}\n) as ebb_query", cells.join(", "))
}

fn answer(columns: Vec<Column>, cells: Vec<Value>) -> Vec<ColumnProfile> {
    let mut cells = cells.into_iter();
    let mut next = || cells.next().unwrap_or(Value::Null);
    let rows = count(&next());
    let profile = |column: Column| {
        let (asked, filled) = (asked(column.kind), count(&next()));
        let distinct = (asked != Asked::Nulls).then(|| count(&next()));
        let (least, greatest) = if asked == Asked::All { (next(), next()) } else { (Value::Null, Value::Null) };
        ColumnProfile { column, rows, nulls: rows.saturating_sub(filled), distinct, least, greatest }
    };
    columns.into_iter().map(profile).collect()
}

/// Warehouses count in integers, and some in decimals.
fn count(value: &Value) -> u64 {
    value.to_string().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouse::POSTGRES;

    fn columns() -> Vec<Column> {
        vec![
            Column::new("id", Kind::Integer, "int8"),
            Column::new("a \"b", Kind::Bool, "bool"),
            Column::new("raw", Kind::Json, "jsonb"),
        ]
    }

    #[test]
    fn each_column_is_asked_what_its_type_can_tell() {
        let sql = question(&POSTGRES, "select 1 -- x", &columns());
        let expected = "select count(*) as c0, count(\"id\") as c1, count(distinct \"id\") as c2, min(\"id\") as c3, \
                        max(\"id\") as c4, count(\"a \"\"b\") as c5, count(distinct \"a \"\"b\") as c6, \
                        count(\"raw\") as c7 from (\nselect 1 -- x\n) as ebb_query";
        assert_eq!(sql, expected);
    }

    #[test]
    fn the_answer_is_read_in_the_same_order() {
        let cells = [10, 10, 9, 1, 99, 7, 2, 4].map(Value::Integer).to_vec();
        let profiles = answer(columns(), cells);
        let told: Vec<_> = profiles.iter().map(|found| (found.nulls, found.distinct)).collect();
        assert_eq!(told, [(0, Some(9)), (3, Some(2)), (6, None)]);
        assert_eq!((&profiles[0].least, &profiles[0].greatest), (&Value::Integer(1), &Value::Integer(99)));
        assert_eq!(profiles[1].least, Value::Null);
    }
}
