//! `api.Column`: data types in the adapter's words.

use crate::dbt::options::Adapter;
use crate::dbt::relation::quote;
use crate::jinja::{Args, Error, Interpreter, Object, Value};

use super::Context;

/// `api.Column`.
pub(super) fn column_class(context: &Context) -> Value {
    Value::object(ColumnClass { adapter: context.shared.target.adapter })
}

/// What an adapter calls a type that dbt names in general.
pub(super) fn translate_type(adapter: Adapter, name: &str) -> String {
    let upper = name.to_uppercase();
    let own = match (adapter, upper.as_str()) {
        (Adapter::Databricks, "LONG") => Some("bigint"),
        (Adapter::Databricks, _) => return name.to_lowercase(),
        (Adapter::Trino, "STRING") => Some("VARCHAR"),
        (Adapter::Trino, "FLOAT") => Some("DOUBLE"),
        (Adapter::BigQuery, "TEXT") => Some("STRING"),
        (Adapter::BigQuery, "FLOAT") => Some("FLOAT64"),
        (Adapter::BigQuery, "INTEGER") => Some("INT64"),
        (Adapter::BigQuery, _) => None,
        (_, "STRING") => Some("TEXT"),
        _ => None,
    };
    own.map_or_else(|| name.to_owned(), str::to_owned)
}

struct ColumnClass {
    adapter: Adapter,
}

impl ColumnClass {
    fn column(&self, args: Args, translate: bool) -> Result<Value, Error> {
        let names = ["column", "dtype", "char_size", "numeric_precision", "numeric_scale"];
        let [column, dtype, char_size, precision, scale] = args.bind("Column", names, 1)?;
        let dtype = dtype.map(|dtype| dtype.to_str()).unwrap_or_default();
        Ok(Value::object(ColumnObject {
            adapter: self.adapter,
            name: column.map(|name| name.to_str()).unwrap_or_default(),
            dtype: if translate { translate_type(self.adapter, &dtype) } else { dtype },
            char_size: char_size.unwrap_or_default(),
            precision: precision.unwrap_or_default(),
            scale: scale.unwrap_or_default(),
        }))
    }
}

/// `numeric(28,6)`. Spark knows neither `numeric` nor `number`, only `decimal`.
pub(super) fn numeric_type(adapter: Adapter, dtype: &str, precision: &Value, scale: &Value) -> String {
    let dtype = if adapter == Adapter::Databricks { "decimal" } else { dtype };
    if adapter == Adapter::BigQuery || precision.is_none() || scale.is_none() {
        return dtype.to_owned();
    }
    format!("{dtype}({},{})", precision.to_str(), scale.to_str())
}

fn string_type(adapter: Adapter, size: &str) -> String {
    match adapter {
        Adapter::BigQuery | Adapter::Databricks => "string".to_owned(),
        Adapter::Trino => format!("varchar({size})"),
        _ => format!("character varying({size})"),
    }
}

impl Object for ColumnClass {
    fn type_name(&self) -> &'static str {
        "type"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        self.column(args, false)
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        let text = |index: usize| args.positional.get(index).map(Value::to_str).unwrap_or_default();
        let value = |index: usize| args.positional.get(index).cloned().unwrap_or_default();
        Some(match name {
            "translate_type" => Ok(translate_type(self.adapter, &text(0)).into()),
            "numeric_type" => Ok(numeric_type(self.adapter, &text(0), &value(1), &value(2)).into()),
            "string_type" => Ok(string_type(self.adapter, &text(0)).into()),
            "create" => self.column(args.clone(), true),
            _ => return None,
        })
    }
}

struct ColumnObject {
    adapter: Adapter,
    name: String,
    dtype: String,
    char_size: Value,
    precision: Value,
    scale: Value,
}

impl ColumnObject {
    fn is_one_of(&self, types: &[&str]) -> bool {
        types.contains(&self.dtype.to_lowercase().as_str())
    }

    fn is_string(&self) -> bool {
        match self.adapter {
            Adapter::BigQuery => self.is_one_of(&["string"]),
            _ => self.is_one_of(&["text", "character varying", "character", "varchar", "string"]),
        }
    }

    fn is_numeric(&self) -> bool {
        self.is_one_of(&["numeric", "decimal", "number", "bignumeric"])
    }

    fn is_integer(&self) -> bool {
        self.is_one_of(&[
            "smallint",
            "integer",
            "bigint",
            "smallserial",
            "serial",
            "bigserial",
            "int2",
            "int4",
            "int8",
            "serial2",
            "serial4",
            "serial8",
            "int64",
            "int",
        ])
    }

    fn is_float(&self) -> bool {
        self.is_one_of(&["real", "float4", "float", "double precision", "float8", "double", "float64"])
    }

    fn data_type(&self) -> String {
        let sized = !self.char_size.is_none();
        if self.adapter == Adapter::Postgres
            && (self.is_one_of(&["text"]) || self.is_one_of(&["character varying"]) && !sized)
        {
            return self.dtype.clone();
        }
        if self.is_string() && self.adapter != Adapter::BigQuery {
            let size = if self.dtype == "text" || self.char_size.is_none() {
                "256".to_owned()
            } else {
                self.char_size.to_str()
            };
            return string_type(self.adapter, &size);
        }
        if self.is_numeric() {
            return numeric_type(self.adapter, &self.dtype, &self.precision, &self.scale);
        }
        self.dtype.clone()
    }
}

impl Object for ColumnObject {
    fn type_name(&self) -> &'static str {
        "Column"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "name" | "column" => self.name.as_str().into(),
            "quoted" => quote(self.adapter, &self.name).into(),
            "dtype" => self.dtype.as_str().into(),
            "data_type" => self.data_type().into(),
            "char_size" => self.char_size.clone(),
            "numeric_precision" => self.precision.clone(),
            "numeric_scale" => self.scale.clone(),
            _ => return None,
        })
    }

    fn call_method(
        &self,
        _interpreter: &mut Interpreter<'_>,
        name: &str,
        _args: &Args,
    ) -> Option<Result<Value, Error>> {
        Some(Ok(Value::Bool(match name {
            "is_string" => self.is_string(),
            "is_number" => self.is_numeric() || self.is_integer() || self.is_float(),
            "is_numeric" => self.is_numeric(),
            "is_integer" => self.is_integer(),
            "is_float" => self.is_float(),
            _ => return None,
        })))
    }

    fn repr(&self) -> String {
        format!("<Column {} ({})>", self.name, self.data_type())
    }
}
