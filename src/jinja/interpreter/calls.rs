//! Calls of all kinds of values.

use std::rc::Rc;

use super::Interpreter;
use super::frame::Frame;
use crate::jinja::ast::{Binding, CallExpr, Expr, ExprKind};
use crate::jinja::error::Error;
use crate::jinja::methods;
use crate::jinja::value::{Args, Value};

impl Interpreter<'_> {
    /// `caller` is the body of the call block, when the call is one's.
    pub(super) fn eval_call<'f>(
        &mut self,
        frame: &Frame<'f>,
        call: &'f CallExpr,
        caller: Option<Value>,
    ) -> Result<Value, Error> {
        if let ExprKind::Attribute(owner, name) = &call.callee.kind {
            let owner = self.eval(frame, owner)?;
            if let Value::Undefined(undefined) = &owner {
                // The attribute is asked for before the arguments are computed.
                self.use_undefined(undefined)?;
            }
            let args = self.args_with_caller(frame, call, caller)?;
            return self.call_method(&owner, &frame.text(*name), args);
        }
        if let (ExprKind::Name { binding: Binding::Slot(slot), .. }, Some(each)) = (&call.callee.kind, frame.recursion)
            && each.loop_slot == Some(*slot)
        {
            let args = self.args(frame, &call.args)?;
            return self.recurse(frame, each, args);
        }
        let callee = self.eval(frame, &call.callee)?;
        let args = self.args_with_caller(frame, call, caller)?;
        self.call(&callee, args)
    }

    /// `{% call callee(...) %}`
    pub(super) fn call_with_caller<'f>(
        &mut self,
        frame: &Frame<'f>,
        node: &'f Expr,
        caller: Value,
    ) -> Result<Value, Error> {
        let ExprKind::Call(call) = &node.kind else { return self.eval(frame, node) };
        self.step().and_then(|()| self.eval_call(frame, call, Some(caller))).map_err(|error| error.at(node.span))
    }

    fn args_with_caller<'f>(
        &mut self,
        frame: &Frame<'f>,
        call: &'f CallExpr,
        caller: Option<Value>,
    ) -> Result<Args, Error> {
        let mut args = self.args(frame, &call.args)?;
        args.keyword.extend(caller.map(|caller| (Rc::from("caller"), caller)));
        Ok(args)
    }

    /// Calls any value.
    pub fn call(&mut self, callee: &Value, args: Args) -> Result<Value, Error> {
        match callee {
            Value::Function(function) => (function.call)(self, args),
            Value::Macro(called) => self.call_defined(called, args),
            Value::Method(method) => {
                self.charge_reads(&method.receiver, &args)?;
                (method.call)(self, &method.receiver, args)
            }
            Value::Object(object) => object.call(self, args),
            Value::Undefined(undefined) => self.use_undefined(undefined),
            _ => Err(Error::type_error(format!("'{}' object is not callable", callee.type_name()))),
        }
    }

    /// Calls a method of a value, or what its attribute of that name holds.
    pub fn call_method(&mut self, owner: &Value, name: &str, args: Args) -> Result<Value, Error> {
        if let Value::Object(object) = owner {
            if let Some(result) = object.call_method(self, name, &args) {
                return result;
            }
        } else if let Some((_, method)) = methods::find(owner, name) {
            self.charge_reads(owner, &args)?;
            return method(self, owner, args);
        }
        let callee = self.get_attr(owner, name)?;
        self.call(&callee, args)
    }
}
