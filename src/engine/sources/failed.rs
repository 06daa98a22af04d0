//! Errors of warehouses made problems: the code (typed first, then the catalogue's match on the raw words), where
//! in the query, and the exact GRANT for this user where a right is missing.

use crate::problem::{Area, Code, Fix, Problem, Subject};
use crate::warehouse::SourceError;
use crate::workspace::{Source, SourceType};

use super::super::handle::Core;
use super::Chosen;

/// The problem of a source as such.
pub(super) fn of_source(core: &Core, chosen: &Chosen, error: &SourceError) -> Problem {
    problem(core, chosen, Subject::Source { name: chosen.name.clone() }, error)
}

/// The problem of one model that was to be read.
pub(super) fn of_model(core: &Core, chosen: &Chosen, subject: Subject, sql: &str, error: &SourceError) -> Problem {
    let problem = problem(core, chosen, subject, error);
    match error {
        SourceError::Refused(refusal) => match refusal.position.and_then(|position| line_at(sql, position)) {
            Some(line) => problem.with_evidence("Where reading stopped", vec![line]),
            None => problem,
        },
        _ => problem,
    }
}

fn problem(core: &Core, chosen: &Chosen, subject: Subject, error: &SourceError) -> Problem {
    let catalogue = &core.world.catalogue;
    let by_words = || catalogue.match_text(error.area()?, error.raw()).map(|entry| entry.code.clone());
    let unknown = || error.area().unwrap_or(Area::Source).unknown();
    let code = error.code().or_else(by_words).or_else(unknown).unwrap_or(Code::new("SOURCE-UNKNOWN"));
    let summary = error.to_string();
    let mut problem = Problem::new(code, subject, summary).with_raw(error.raw());
    let source = &chosen.settings;
    problem = problem.with_evidence("Source", vec![in_words(&chosen.name, source)]);
    if let Some(grant) = grants(source, problem.code.as_str()) {
        problem = problem.with_fix(Fix::copy("Have an administrator run this for our user", grant));
    }
    catalogue.describe(&mut problem);
    problem
}

fn in_words(name: &str, source: &Source) -> String {
    let place = source.host.as_ref().or(source.account.as_ref()).or(source.database.as_ref());
    let user = source.user.as_ref().map(|user| format!(", as {user}")).unwrap_or_default();
    let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
    format!("{name}: {}{place}{user}", source.kind.title())
}

/// The statements that let our user read, for the codes of a missing right. The schema is the administrator's to
/// fill in where the message does not name it.
fn grants(source: &Source, code: &str) -> Option<String> {
    let user = source.user.as_deref().unwrap_or("USER");
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let role = source.role.as_deref().or(source.user.as_deref()).unwrap_or("ROLE");
    let database = source.database.as_deref().unwrap_or("DATABASE");
    Some(match (source.kind, code) {
        (SourceType::Postgres | SourceType::Redshift, "PG-PERMISSION") => {
            let user = quoted(user);
            format!(
                "GRANT USAGE ON SCHEMA schema_name TO {user};\n\
                 GRANT SELECT ON ALL TABLES IN SCHEMA schema_name TO {user};\n\
                 ALTER DEFAULT PRIVILEGES IN SCHEMA schema_name GRANT SELECT ON TABLES TO {user};"
            )
        }
        (SourceType::Snowflake, "SF-PRIVILEGES" | "SF-NOT-EXIST" | "SF-NO-WAREHOUSE") => {
            let warehouse = source.warehouse.as_deref().unwrap_or("WAREHOUSE");
            format!(
                "GRANT USAGE ON WAREHOUSE {warehouse} TO ROLE {role};\nGRANT USAGE ON DATABASE {database} TO ROLE {role};\n\
                 GRANT USAGE ON SCHEMA {database}.schema_name TO ROLE {role};\n\
                 GRANT SELECT ON ALL TABLES IN SCHEMA {database}.schema_name TO ROLE {role};\n\
                 GRANT SELECT ON ALL VIEWS IN SCHEMA {database}.schema_name TO ROLE {role};"
            )
        }
        (SourceType::Bigquery, "BQ-JOBS-CREATE" | "BQ-ACCESS") => format!(
            "gcloud projects add-iam-policy-binding {database} --member=serviceAccount:EMAIL --role=roles/bigquery.user\n\
             gcloud projects add-iam-policy-binding {database} --member=serviceAccount:EMAIL --role=roles/bigquery.dataViewer"
        ),
        (SourceType::Databricks, "DBX-PERMISSION") => {
            let principal = source.client_id.as_deref().unwrap_or("PRINCIPAL");
            format!(
                "GRANT USE CATALOG ON CATALOG {database} TO `{principal}`;\n\
                 GRANT USE SCHEMA, SELECT ON SCHEMA {database}.schema_name TO `{principal}`;"
            )
        }
        _ => return None,
    })
}

/// The line of a query that a position (in characters, from 1) lies on, with its number.
fn line_at(sql: &str, position: usize) -> Option<String> {
    let before: String = sql.chars().take(position.checked_sub(1)?).collect();
    let number = before.matches('\n').count();
    let line = sql.lines().nth(number)?;
    Some(format!("line {}: {}", number + 1, line.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_found_in_its_line() {
        let sql = "select\n  emial,\n  id\nfrom t";
        assert_eq!(line_at(sql, 10).as_deref(), Some("line 2: emial,"));
        assert_eq!(line_at(sql, 1).as_deref(), Some("line 1: select"));
        assert_eq!((line_at(sql, 0), line_at("", 1)), (None, None));
    }

    #[test]
    fn a_missing_right_names_our_user() {
        let source = |kind| Source {
            kind,
            user: Some("e\"b".to_owned()),
            role: Some("EBB".to_owned()),
            client_id: Some("42".to_owned()),
            database: Some("db".to_owned()),
            ..Source::default()
        };
        for (kind, code, part) in [
            (SourceType::Postgres, "PG-PERMISSION", "GRANT USAGE ON SCHEMA schema_name TO \"e\"\"b\";"),
            (SourceType::Snowflake, "SF-PRIVILEGES", "GRANT USAGE ON DATABASE db TO ROLE EBB;"),
            (SourceType::Bigquery, "BQ-ACCESS", "roles/bigquery.dataViewer"),
            (SourceType::Databricks, "DBX-PERMISSION", "GRANT USE CATALOG ON CATALOG db TO `42`;"),
        ] {
            assert!(grants(&source(kind), code).unwrap().contains(part), "{code}");
        }
        assert_eq!(grants(&source(SourceType::Postgres), "PG-AUTH"), None);
    }
}
