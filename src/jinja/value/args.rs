//! The arguments of a call, and complaints about them in Python's words.

use std::rc::Rc;

use super::Value;
use crate::jinja::error::Error;

/// Positional and keyword arguments, in the order written.
#[derive(Clone, Debug, Default)]
pub struct Args {
    pub positional: Vec<Value>,
    pub keyword: Vec<(Rc<str>, Value)>,
}

impl Args {
    pub fn positional(positional: Vec<Value>) -> Self {
        Self { positional, keyword: Vec::new() }
    }

    /// Takes a keyword argument out.
    pub fn take_keyword(&mut self, name: &str) -> Option<Value> {
        let index = self.keyword.iter().position(|(key, _)| key.as_ref() == name)?;
        Some(self.keyword.remove(index).1)
    }

    /// Binds the arguments to a function's parameters, of which the first `required` must be given.
    pub fn bind<const N: usize>(
        self,
        function: &str,
        names: [&str; N],
        required: usize,
    ) -> Result<[Option<Value>; N], Error> {
        let given = self.positional.len();
        if given > N {
            let before = before_the_arguments(function);
            return Err(too_many(function, required + before, N + before, given + before));
        }
        let mut bound = [const { None }; N];
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = Some(value);
        }
        for (key, value) in self.keyword {
            let place = names.iter().position(|name| *name == key.as_ref()).and_then(|index| bound.get_mut(index));
            let Some(slot) = place else {
                return Err(Error::type_error(format!("{function}() got an unexpected keyword argument '{key}'")));
            };
            if slot.is_some() {
                return Err(Error::type_error(format!("{function}() got multiple values for argument '{key}'")));
            }
            *slot = Some(value);
        }
        let missing: Vec<&str> =
            names.iter().zip(&bound).take(required).filter(|(_, slot)| slot.is_none()).map(|(name, _)| *name).collect();
        if missing.is_empty() { Ok(bound) } else { Err(missing_arguments(function, &missing)) }
    }

    /// For filters and tests that take nothing but the value they are applied to.
    pub(in crate::jinja) fn none(self, function: &str) -> Result<(), Error> {
        if let Some((key, _)) = self.keyword.first() {
            return Err(Error::type_error(format!("{function}() got an unexpected keyword argument '{key}'")));
        }
        match self.positional.len() {
            0 => Ok(()),
            given => Err(too_many(function, 1, 1, given + 1)),
        }
    }

    /// For functions that take from `least` to `most` arguments and none by name.
    pub fn only_positional(self, function: &str, least: usize, most: usize) -> Result<Vec<Value>, Error> {
        if !self.keyword.is_empty() {
            return Err(Error::type_error(format!("{function}() takes no keyword arguments")));
        }
        let given = self.positional.len();
        if (least..=most).contains(&given) {
            return Ok(self.positional);
        }
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        Err(Error::type_error(match (least, most) {
            (0, 0) => format!("{function}() takes no arguments ({given} given)"),
            (1, 1) => format!("{function}() takes exactly one argument ({given} given)"),
            _ if least == most => format!("{function} expected {least} arguments, got {given}"),
            _ if given < least => {
                format!("{function} expected at least {least} argument{}, got {given}", plural(least))
            }
            _ => format!("{function} expected at most {most} argument{}, got {given}", plural(most)),
        }))
    }
}

/// What Jinja2 hands a filter or a test before the arguments that were written: the value, and for some
/// the environment.
fn before_the_arguments(function: &str) -> usize {
    match function {
        "do_attr" | "do_max" | "do_min" | "do_replace" | "do_sort" | "do_tojson" | "do_truncate" | "do_wordwrap"
        | "sync_do_first" | "sync_do_groupby" | "sync_do_join" | "sync_do_sum" | "sync_do_unique" => 2,
        _ if function.starts_with("do_") || function.starts_with("test_") || function.starts_with("sync_do_") => 1,
        _ => 0,
    }
}

fn too_many(function: &str, required: usize, most: usize, given: usize) -> Error {
    let plural = if most == 1 { "" } else { "s" };
    let verb = if given == 1 { "was" } else { "were" };
    Error::type_error(if required == most {
        format!("{function}() takes {most} positional argument{plural} but {given} {verb} given")
    } else {
        format!("{function}() takes from {required} to {most} positional arguments but {given} {verb} given")
    })
}

fn missing_arguments(function: &str, missing: &[&str]) -> Error {
    let quoted: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
    let listed = match quoted.as_slice() {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
        [] => String::new(),
    };
    let plural = if missing.len() == 1 { "" } else { "s" };
    Error::type_error(format!("{function}() missing {} required positional argument{plural}: {listed}", missing.len()))
}
