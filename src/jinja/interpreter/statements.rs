//! Runs statements.

use std::rc::Rc;

use super::frame::Frame;
use super::output::Output;
use super::{Interpreter, Items};
use crate::jinja::ast::{Body, Expr, Statement, Target};
use crate::jinja::error::{Error, Span};
use crate::jinja::value::Value;

/// Where to go on after a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl Interpreter<'_> {
    pub(super) fn statements<'f>(
        &mut self,
        frame: &Frame<'f>,
        statements: &'f [Statement],
        out: &mut Output,
    ) -> Result<Flow, Error> {
        for statement in statements {
            self.step()?;
            let flow = match statement {
                Statement::Text(text) => {
                    out.push_text(text)?;
                    Flow::Next
                }
                Statement::Print(printed) => {
                    let value = self.eval(frame, printed)?;
                    if out.keeps_values() && printed.is_constant() {
                        out.push_text(&self.text_of(&value)?)?;
                    } else {
                        self.print(value, printed.span, out)?;
                    }
                    Flow::Next
                }
                _ => self.tag(frame, statement, out)?,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn print(&mut self, value: Value, span: Span, out: &mut Output) -> Result<(), Error> {
        self.charge_digits(&value).map_err(|error| error.at(span))?;
        let bytes = out.push(value).map_err(|error| error.at(span))?;
        self.charge(bytes as u64 / 64).map_err(|error| error.at(span))
    }

    fn tag<'f>(&mut self, frame: &Frame<'f>, statement: &'f Statement, out: &mut Output) -> Result<Flow, Error> {
        match statement {
            Statement::Text(_) | Statement::Print(_) => {}
            Statement::Do(value) => drop(self.eval(frame, value)?),
            Statement::Set(target, value) => {
                let span = value.span;
                let value = self.eval(frame, value)?;
                self.assign(frame, target, value).map_err(|error| error.at(span))?;
            }
            Statement::SetBlock { target, filter, body } => {
                let value = self.filtered(frame, filter.as_ref(), body)?;
                self.assign(frame, target, value)?;
            }
            Statement::FilterBlock { filter, body } => {
                let value = self.filtered(frame, Some(filter), body)?;
                self.print(value, filter.span, out)?;
            }
            Statement::If { branches, otherwise } => {
                for (test, statements) in branches {
                    if self.eval(frame, test)?.truthy() {
                        return self.statements(frame, statements, out);
                    }
                }
                return self.statements(frame, otherwise, out);
            }
            Statement::For(each) => self.for_loop(frame, each, out)?,
            Statement::Macro { target, definition } => {
                let value = self.define(frame, definition);
                self.assign(frame, target, value)?;
            }
            Statement::CallBlock { call, body } => {
                let caller = self.define(frame, body);
                let value = self.call_with_caller(frame, call, caller)?;
                self.print(value, call.span, out)?;
            }
            Statement::With { targets, values, body } => {
                let values = values.iter().map(|value| self.eval(frame, value)).collect::<Result<Vec<_>, _>>()?;
                self.load(frame, body);
                for (target, value) in targets.iter().zip(values) {
                    self.assign(frame, target, value)?;
                }
                return self.statements(frame, &body.statements, out);
            }
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    /// What a block printed, through its filter.
    fn filtered<'f>(&mut self, frame: &Frame<'f>, filter: Option<&'f Expr>, body: &'f Body) -> Result<Value, Error> {
        self.load(frame, body);
        let mut out = Output::text(self.limits.output_bytes);
        self.statements(frame, &body.statements, &mut out)?;
        let text = self.new_text(out.into_text())?;
        let Some(filter) = filter else { return Ok(text) };
        self.block_texts.push(text);
        let result = self.eval(frame, filter);
        self.block_texts.pop();
        result
    }

    pub(super) fn assign(&mut self, frame: &Frame<'_>, target: &Target, value: Value) -> Result<(), Error> {
        match target {
            Target::Name { binding, .. } => {
                self.set(frame, *binding, value);
                Ok(())
            }
            Target::Tuple(targets, span) => self.unpack(frame, targets, &value).map_err(|error| error.at(*span)),
            Target::Attribute { object, binding, attribute, span } => {
                let owner = self.read(frame, *object, *binding);
                let assigned = if let Value::Object(owner) = &owner {
                    owner.set_attr(&frame.text(*attribute), value)
                } else {
                    Err(Error::new(crate::jinja::ErrorKind::Other, "cannot assign attribute on non-namespace object"))
                };
                assigned.map_err(|error| error.at(*span))
            }
        }
    }

    fn unpack(&mut self, frame: &Frame<'_>, targets: &[Target], value: &Value) -> Result<(), Error> {
        let mut items = Items::of(value)
            .map_err(|_| Error::type_error(format!("cannot unpack non-iterable {} object", value.type_name())))?;
        let expected = targets.len();
        let mut values = Vec::with_capacity(expected);
        while let Some(item) = items.next()? {
            if values.len() == expected {
                return Err(Error::value_error(format!("too many values to unpack (expected {expected})")));
            }
            values.push(item);
        }
        if values.len() < expected {
            let got = values.len();
            return Err(Error::value_error(format!("not enough values to unpack (expected {expected}, got {got})")));
        }
        targets.iter().zip(values).try_for_each(|(target, value)| self.assign(frame, target, value))
    }

    /// What a block's statements print, as text.
    pub(super) fn printed<'f>(
        &mut self,
        run: impl FnOnce(&mut Self, &mut Output) -> Result<(), Error> + 'f,
    ) -> Result<Rc<str>, Error> {
        let mut out = Output::text(self.limits.output_bytes);
        run(self, &mut out)?;
        Ok(out.into_text().into())
    }
}
