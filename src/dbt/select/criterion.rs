//! One criterion: `@`, `2+`, a method with its arguments, a value, `+3`.

use serde_json::Value;

use super::spec::SelectError;

/// Which tests come along with what is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Indirect {
    /// Those of which any parent is selected.
    #[default]
    Eager,
    /// Those of which every parent is selected.
    Cautious,
    /// Those of which every parent is selected or above something selected.
    Buildable,
    /// None; neighbours are not followed either.
    Empty,
}

impl Indirect {
    pub const ALL: [(&'static str, Self); 4] =
        [("eager", Self::Eager), ("cautious", Self::Cautious), ("buildable", Self::Buildable), ("empty", Self::Empty)];

    /// By dbt's word for it.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, mode)| *mode)
    }
}

/// How nodes are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Fqn,
    Tag,
    Group,
    Access,
    Source,
    Path,
    File,
    Package,
    Config,
    TestName,
    TestType,
    ResourceType,
    State,
    Exposure,
    Metric,
    Result,
    SourceStatus,
    Version,
    SemanticModel,
    SavedQuery,
    /// A name that dbt reserves and does nothing with.
    Wildcard,
}

const METHODS: [(&str, Method); 21] = [
    ("fqn", Method::Fqn),
    ("tag", Method::Tag),
    ("group", Method::Group),
    ("access", Method::Access),
    ("source", Method::Source),
    ("path", Method::Path),
    ("file", Method::File),
    ("package", Method::Package),
    ("config", Method::Config),
    ("test_name", Method::TestName),
    ("test_type", Method::TestType),
    ("resource_type", Method::ResourceType),
    ("state", Method::State),
    ("exposure", Method::Exposure),
    ("metric", Method::Metric),
    ("result", Method::Result),
    ("source_status", Method::SourceStatus),
    ("version", Method::Version),
    ("semantic_model", Method::SemanticModel),
    ("saved_query", Method::SavedQuery),
    ("wildcard", Method::Wildcard),
];

impl Method {
    pub(super) fn of(name: &str) -> Result<Self, SelectError> {
        let found = METHODS.iter().find(|(known, _)| *known == name);
        found.map(|(_, method)| *method).ok_or_else(|| SelectError::UnknownMethod { name: name.to_owned() })
    }

    /// What a value without a method means.
    pub(super) fn by_default(value: &str) -> Self {
        let lower = value.to_lowercase();
        if value.contains('/') {
            Self::Path
        } else if [".sql", ".py", ".csv"].iter().any(|ending| lower.ends_with(ending)) {
            Self::File
        } else {
            Self::Fqn
        }
    }

    /// dbt's word for it.
    pub(super) fn name(self) -> &'static str {
        METHODS.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        METHODS.iter().map(|(name, _)| *name)
    }
}

/// How far neighbours are followed: any number of steps, or so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    All,
    Steps(u32),
}

impl Reach {
    /// Whether one step more may be taken after so many.
    pub(super) fn allows_more(self, steps: u32) -> bool {
        match self {
            Self::All => true,
            Self::Steps(most) => steps < most,
        }
    }
}

/// One criterion, read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Criterion {
    pub(super) method: Method,
    /// What stands after the method's name, split at its dots: `config.meta.owner`.
    pub(super) arguments: Vec<String>,
    /// A text, except where `selectors.yml` gives a number or a truth value.
    pub(super) value: Value,
    /// `@`: everything below, and everything that it needs.
    pub(super) childrens_parents: bool,
    pub(super) parents: Option<Reach>,
    pub(super) children: Option<Reach>,
    pub(super) indirect: Indirect,
}

impl Criterion {
    /// The same grammar as dbt's regular expression, whose groups take what they can from the left:
    /// `\A(@)?((\d*)\+)?(([\w.]+):)?(.*?)(\+(\d*))?\Z`.
    pub(super) fn parse(raw: &str, indirect: Indirect) -> Result<Self, SelectError> {
        let invalid = || SelectError::InvalidSpec { raw: raw.to_owned() };
        if raw.contains('\n') {
            return Err(invalid());
        }
        let (childrens_parents, rest) = raw.strip_prefix('@').map_or((false, raw), |rest| (true, rest));
        let (parents, rest) = match leading_reach(rest) {
            Some((reach, rest)) => (Some(reach), rest),
            None => (None, rest),
        };
        let (method, rest) = match rest.split_once(':') {
            Some((name, rest)) if is_method(name) => (Some(name), rest),
            _ => (None, rest),
        };
        let (value, children) = trailing_reach(rest);
        let mut parts = method.into_iter().flat_map(|method| method.split('.'));
        let method = match parts.next() {
            Some(name) => Method::of(name)?,
            None => Method::by_default(value),
        };
        let arguments = parts.map(str::to_owned).collect();
        let value = Value::from(value);
        let criterion = Self { method, arguments, value, childrens_parents, parents, children, indirect };
        criterion.checked(raw)
    }

    /// `@` and a final `+` contradict each other.
    pub(super) fn checked(self, raw: &str) -> Result<Self, SelectError> {
        if self.childrens_parents && self.children.is_some() {
            return Err(SelectError::Incompatible { raw: raw.to_owned() });
        }
        Ok(self)
    }

    /// The value as a text; what is no text matches nothing but a configuration.
    pub(super) fn text(&self) -> &str {
        self.value.as_str().unwrap_or_default()
    }
}

pub(super) fn is_method(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

pub(super) fn leading_reach(text: &str) -> Option<(Reach, &str)> {
    leading_digits(text).map(|(number, rest)| (reach(number), rest))
}

/// `2+a` -> `2` and `a`; the number may be empty.
pub(super) fn leading_digits(text: &str) -> Option<(&str, &str)> {
    let (number, rest) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    Some((number, rest.strip_prefix('+')?))
}

pub(super) fn trailing_reach(text: &str) -> (&str, Option<Reach>) {
    match text.rsplit_once('+') {
        Some((value, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => (value, Some(reach(number))),
        _ => (text, None),
    }
}

/// No number is no limit; one beyond all projects is none either.
pub(super) fn reach(number: &str) -> Reach {
    if number.is_empty() { Reach::All } else { Reach::Steps(number.parse().unwrap_or(u32::MAX)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: &str) -> Criterion {
        Criterion::parse(raw, Indirect::Eager).unwrap()
    }

    #[test]
    fn signs_stand_around_the_value() {
        let all = Some(Reach::All);
        let steps = |number| Some(Reach::Steps(number));
        let table = [
            ("a", "a", false, None, None),
            ("+a", "a", false, all, None),
            ("a+", "a", false, None, all),
            ("2+a+13", "a", false, steps(2), steps(13)),
            ("0+a", "a", false, steps(0), None),
            ("@a", "a", true, None, None),
            ("@+a", "a", true, all, None),
            ("a+b+", "a+b", false, None, all),
            ("a++", "a+", false, None, all),
            ("a+b", "a+b", false, None, None),
            ("+", "", false, all, None),
            ("1a+", "1a", false, None, all),
            ("", "", false, None, None),
        ];
        for (raw, value, childrens_parents, parents, children) in table {
            let found = parse(raw);
            assert_eq!(found.text(), value, "{raw}");
            assert_eq!(
                (found.childrens_parents, found.parents, found.children),
                (childrens_parents, parents, children),
                "{raw}"
            );
        }
    }

    #[test]
    fn methods_have_arguments_and_a_default() {
        let table = [
            ("tag:nightly", Method::Tag, "", "nightly"),
            ("config.meta.owner:ada:b", Method::Config, "meta.owner", "ada:b"),
            ("marts/core", Method::Path, "", "marts/core"),
            ("a.SQL", Method::File, "", "a.SQL"),
            ("a.csv", Method::File, "", "a.csv"),
            ("shop.marts.*", Method::Fqn, "", "shop.marts.*"),
            ("not-a-method:x", Method::Fqn, "", "not-a-method:x"),
            ("+source:raw.orders+1", Method::Source, "", "raw.orders"),
        ];
        for (raw, method, arguments, value) in table {
            let found = parse(raw);
            assert_eq!(
                (found.method, found.arguments.join(".").as_str(), found.text()),
                (method, arguments, value),
                "{raw}"
            );
        }
    }

    #[test]
    fn what_dbt_refuses() {
        for raw in ["nope:x", "@a+", "a\nb"] {
            assert!(Criterion::parse(raw, Indirect::Eager).is_err(), "{raw}");
        }
    }
}
