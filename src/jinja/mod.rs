//! Jinja2 with Python's values, for dbt. Pure; knows nothing of dbt's files.
