//! Evaluates expressions.

use std::rc::Rc;

use super::Interpreter;
use super::frame::Frame;
use crate::jinja::ast::{CompareOperator, Expr, ExprKind, FilterExpr, TestExpr};
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::value::{BinaryOperator, Dict, Key, Undefined, Value, repr};

impl Interpreter<'_> {
    pub(super) fn eval<'f>(&mut self, frame: &Frame<'f>, node: &'f Expr) -> Result<Value, Error> {
        match &node.kind {
            ExprKind::Text(text) => Ok(Value::Str(frame.text(*text))),
            ExprKind::Name { name, binding } => Ok(self.read(frame, *name, *binding)),
            kind => {
                let ready = self.step().and_then(|()| self.check_stack());
                ready.and_then(|()| self.eval_kind(frame, kind)).map_err(|error| error.at(node.span))
            }
        }
    }

    fn eval_kind<'f>(&mut self, frame: &Frame<'f>, kind: &'f ExprKind) -> Result<Value, Error> {
        match kind {
            ExprKind::None => Ok(Value::None),
            ExprKind::Bool(flag) => Ok(Value::Bool(*flag)),
            ExprKind::Int(number) => Ok(Value::Int(*number)),
            ExprKind::Float(number) => Ok(Value::Float(*number)),
            ExprKind::BigInt(number) => Ok(Value::BigInt(Rc::new(number.as_ref().clone()))),
            ExprKind::Text(text) => Ok(Value::Str(frame.text(*text))),
            ExprKind::Name { name, binding } => Ok(self.read(frame, *name, *binding)),
            ExprKind::BlockText => Ok(self.block_texts.last().cloned().unwrap_or_default()),
            ExprKind::List(items) => {
                // A list of its own takes as much as several items of another.
                self.charge(4)?;
                Ok(Value::list(self.eval_all(frame, items)?))
            }
            ExprKind::Tuple(items) => Ok(Value::tuple(self.eval_all(frame, items)?)),
            ExprKind::Dict(entries) => self.dict_literal(frame, entries),
            ExprKind::Attribute(owner, name) => {
                let owner = self.eval(frame, owner)?;
                self.get_attr(&owner, &frame.text(*name))
            }
            ExprKind::Item(owner, key) => self.item(frame, owner, key),
            ExprKind::Slice(_) => Err(Error::type_error("a slice stands only alone between brackets")),
            ExprKind::Call(call) => self.eval_call(frame, call, None),
            ExprKind::Filter(filter) => self.filter(frame, filter),
            ExprKind::Test(test) => self.test(frame, test),
            ExprKind::Not(operand) => Ok(Value::Bool(!self.eval(frame, operand)?.truthy())),
            ExprKind::Negate(operand) => {
                let operand = self.eval(frame, operand)?;
                self.negate(&operand)
            }
            ExprKind::Plus(operand) => {
                let operand = self.eval(frame, operand)?;
                self.plus(operand)
            }
            ExprKind::And(both) => {
                let [left, right] = both.as_ref();
                let left = self.eval(frame, left)?;
                if left.truthy() { self.eval(frame, right) } else { Ok(left) }
            }
            ExprKind::Or(both) => {
                let [left, right] = both.as_ref();
                let left = self.eval(frame, left)?;
                if left.truthy() { Ok(left) } else { self.eval(frame, right) }
            }
            ExprKind::Binary(operator, both) => self.eval_binary(frame, *operator, both),
            ExprKind::Concat(parts) => self.concat(frame, parts),
            ExprKind::Compare(first, rest) => self.compare_chain(frame, first, rest),
            ExprKind::Conditional { test, then, otherwise } => {
                if self.eval(frame, test)?.truthy() {
                    return self.eval(frame, then);
                }
                match otherwise {
                    Some(otherwise) => self.eval(frame, otherwise),
                    None => Ok(Value::Undefined(Rc::new(Undefined::Sentence(
                        "the inline if-expression evaluated to false and no else section was defined.".into(),
                    )))),
                }
            }
        }
    }

    fn eval_all<'f>(&mut self, frame: &Frame<'f>, items: &'f [Expr]) -> Result<Vec<Value>, Error> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.eval(frame, item)?);
        }
        Ok(values)
    }

    fn dict_literal<'f>(&mut self, frame: &Frame<'f>, entries: &'f [(Expr, Expr)]) -> Result<Value, Error> {
        self.charge_dict(entries.len())?;
        let mut dict = Dict::with_capacity(entries.len());
        for (key, value) in entries {
            let span = key.span;
            let key = self.eval(frame, key)?;
            let key = self.charge_read(&key).and_then(|()| Key::new(key)).map_err(|error| error.at(span))?;
            let value = self.eval(frame, value)?;
            dict.insert(key, value);
        }
        Ok(Value::dict(dict))
    }

    fn item<'f>(&mut self, frame: &Frame<'f>, owner: &'f Expr, key: &'f Expr) -> Result<Value, Error> {
        let owner = self.eval(frame, owner)?;
        if let ExprKind::Slice(parts) = &key.kind {
            let mut bounds = [Value::None, Value::None, Value::None];
            for (bound, part) in bounds.iter_mut().zip(parts.iter()) {
                if let Some(part) = part {
                    *bound = self.eval(frame, part)?;
                }
            }
            return self.slice(&owner, &bounds);
        }
        let key = self.eval(frame, key)?;
        self.get_item(&owner, &key)
    }

    fn filter<'f>(&mut self, frame: &Frame<'f>, filter: &'f FilterExpr) -> Result<Value, Error> {
        let input = self.eval(frame, &filter.input)?;
        let args = self.args(frame, &filter.args)?;
        match filter.filter {
            Some(call) => self.charge_reads(&input, &args).and_then(|()| call(self, &input, args)),
            None => Err(no_such("filter", &frame.text(filter.name))),
        }
    }

    fn test<'f>(&mut self, frame: &Frame<'f>, test: &'f TestExpr) -> Result<Value, Error> {
        let input = self.eval(frame, &test.input)?;
        let args = self.args(frame, &test.args)?;
        match test.test {
            Some(call) => self.charge_reads(&input, &args).and_then(|()| call(self, &input, args)).map(Value::Bool),
            None => Err(no_such("test", &frame.text(test.name))),
        }
    }

    fn eval_binary<'f>(
        &mut self,
        frame: &Frame<'f>,
        operator: BinaryOperator,
        both: &'f [Expr; 2],
    ) -> Result<Value, Error> {
        let [left, right] = both;
        let left = self.eval(frame, left)?;
        let right = self.eval(frame, right)?;
        self.binary(operator, &left, &right)
    }

    fn concat<'f>(&mut self, frame: &Frame<'f>, parts: &'f [Expr]) -> Result<Value, Error> {
        let mut text = String::new();
        for part in parts {
            let value = self.eval(frame, part)?;
            self.charge_digits(&value)?;
            value.write_within(&mut text, self.limits.string_bytes);
            if text.len() > self.limits.string_bytes {
                break;
            }
        }
        self.new_text(text)
    }

    fn compare_chain<'f>(
        &mut self,
        frame: &Frame<'f>,
        first: &'f Expr,
        rest: &'f [(CompareOperator, Expr)],
    ) -> Result<Value, Error> {
        let mut left = self.eval(frame, first)?;
        let mut answer = true;
        for (operator, right) in rest {
            let right = self.eval(frame, right)?;
            answer = self.compare(*operator, &left, &right)?;
            if !answer {
                break;
            }
            left = right;
        }
        Ok(Value::Bool(answer))
    }
}

fn no_such(what: &str, name: &str) -> Error {
    Error::new(ErrorKind::Other, format!("No {what} named {} found.", repr::of_str(name)))
}
