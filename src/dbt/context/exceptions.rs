//! `exceptions`: errors that macros raise on purpose.

use std::rc::Rc;

use super::{Context, Record};
use crate::dbt::problems::codes;
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// `exceptions`.
pub(super) fn exceptions(context: &Context) -> Value {
    Value::object(Exceptions { record: Rc::clone(&context.record) })
}

struct Exceptions {
    record: Rc<Record>,
}

const RAISED: &[&str] = &[
    "raise_compiler_error",
    "raise_not_implemented",
    "raise_database_error",
    "raise_parsing_error",
    "raise_dependency_error",
    "raise_invalid_property_yml_version",
    "raise_fail_fast_error",
    "raise_contract_error",
    "raise_duplicate_alias",
    "raise_ambiguous_alias",
    "raise_ambiguous_catalog_match",
    "raise_cache_inconsistent",
    "raise_dataclass_not_dict",
    "missing_config",
    "missing_materialization",
    "missing_relation",
    "relation_wrong_type",
    "column_type_missing",
    "ref_target_not_found",
    "ref_bad_context",
    "invalid_ref_args",
];

impl Object for Exceptions {
    fn type_name(&self) -> &'static str {
        "module"
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        let first = args.positional.first().cloned().or_else(|| args.keyword.first().map(|(_, value)| value.clone()));
        let sentence = first.map(|value| value.to_str()).unwrap_or_default();
        match name {
            "warn" => Some(Ok(Value::str(""))),
            "column_type_missing" => {
                let message = format!(
                    "Contracted models require data_type to be defined for each column. Please ensure that the column name and data_type are defined within the YAML configuration for the {sentence} column(s)."
                );
                Some(Err(self.record.raise(codes::COMPILE, message)))
            }
            _ => RAISED.contains(&name).then(|| Err(self.record.raise(codes::COMPILE, sentence))),
        }
    }
}
