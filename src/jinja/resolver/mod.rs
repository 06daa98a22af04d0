//! Gives every name its place: a slot of the function's frame, a cell shared with an enclosing
//! function, or the scope. The rules are those of Jinja2's `idtracking`: a name that a scope sets
//! anywhere is that scope's own everywhere in it, and starts as the enclosing variable's value.

mod symbols;
mod uses;

use std::sync::Arc;

use super::ast::{Body, CallArgs, Expr, ExprKind, For, Function, MacroDefinition, Statement, Target, TextId};
use super::error::{Error, ErrorKind};

use symbols::{FunctionState, Symbols};

/// Resolves a whole template; its top level is a function too.
pub(super) fn resolve(statements: Vec<Statement>, texts: &[Arc<str>]) -> Result<Function, Error> {
    let special = Special {
        looping: find(texts, "loop"),
        caller: find(texts, "caller"),
        kwargs: find(texts, "kwargs"),
        varargs: find(texts, "varargs"),
    };
    let mut resolver = Resolver { functions: Vec::new(), scopes: Vec::new(), special, hidden: None };
    let mut function = Function { body: Body { loads: Vec::new(), statements }, ..Function::default() };
    resolver.open_function();
    resolver.body(&mut function.body, &[], |_, _| Ok(()))?;
    resolver.close_function(&mut function);
    Ok(function)
}

fn find(texts: &[Arc<str>], name: &str) -> Option<TextId> {
    texts.iter().position(|text| text.as_ref() == name).map(|index| TextId(index as u32))
}

/// Names that mean something by themselves, where the template has them at all.
#[derive(Clone, Copy, Debug)]
struct Special {
    looping: Option<TextId>,
    caller: Option<TextId>,
    kwargs: Option<TextId>,
    varargs: Option<TextId>,
}

#[derive(Debug)]
struct Resolver {
    functions: Vec<FunctionState>,
    scopes: Vec<Symbols>,
    special: Special,
    /// A name that the innermost scope's variable does not answer to.
    hidden: Option<TextId>,
}

impl Resolver {
    /// A scope with variables of its own: `parameters` are set from outside. `also` binds what
    /// belongs to the scope but stands before its statements.
    fn body(
        &mut self,
        body: &mut Body,
        parameters: &[TextId],
        also: impl FnOnce(&mut Self, &mut Vec<Statement>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.open_scope();
        for name in parameters {
            self.declare(*name);
        }
        for statement in &body.statements {
            self.note_statement(statement, false);
        }
        self.settle();
        also(self, &mut body.statements)?;
        self.bind_statements(&mut body.statements)?;
        body.loads = self.close_scope();
        Ok(())
    }

    fn bind_statements(&mut self, statements: &mut [Statement]) -> Result<(), Error> {
        statements.iter_mut().try_for_each(|statement| self.bind_statement(statement))
    }

    fn bind_statement(&mut self, statement: &mut Statement) -> Result<(), Error> {
        match statement {
            Statement::Text(_) | Statement::Break | Statement::Continue => {}
            Statement::Print(value) | Statement::Do(value) => self.bind(value),
            Statement::Set(target, value) => {
                self.bind(value);
                self.bind_target(target);
            }
            Statement::SetBlock { target, filter, body } => {
                self.bind_target(target);
                self.filtered_body(filter.as_mut(), body)?;
            }
            Statement::FilterBlock { filter, body } => self.filtered_body(Some(filter), body)?,
            Statement::If { branches, otherwise } => {
                for (test, statements) in branches {
                    self.bind(test);
                    self.bind_statements(statements)?;
                }
                self.bind_statements(otherwise)?;
            }
            Statement::For(each) => self.bind_for(each)?,
            Statement::Macro { target, definition } => {
                self.bind_target(target);
                self.definition(definition)?;
            }
            Statement::CallBlock { call, body } => {
                self.bind(call);
                self.definition(body)?;
            }
            Statement::With { targets, values, body } => {
                for value in values.iter_mut() {
                    self.bind(value);
                }
                let names: Vec<TextId> = targets.iter().flat_map(target_names).collect();
                self.body(body, &names, |resolver, _| {
                    for target in targets.iter_mut() {
                        resolver.bind_target(target);
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// A block that prints into a filter; the filter's arguments belong to the block's scope.
    fn filtered_body(&mut self, filter: Option<&mut Expr>, body: &mut Body) -> Result<(), Error> {
        self.body(body, &[], |resolver, _| {
            if let Some(filter) = filter {
                resolver.bind(filter);
            }
            Ok(())
        })
    }

    fn bind_for(&mut self, each: &mut For) -> Result<(), Error> {
        self.bind(&mut each.items);
        let looping = self.special.looping.filter(|name| uses::reads(&each.body.statements, *name) || each.recursive);
        let mut parameters = target_names(&each.target);
        parameters.extend(looping);
        let For { target, test, loop_slot, body, otherwise, .. } = each;
        self.body(body, &parameters, |resolver, _| {
            resolver.bind_target(target);
            if let Some(test) = test {
                // The loop's own `loop` is not there yet: the test sees the one around.
                resolver.hidden = looping;
                resolver.bind(test);
                resolver.hidden = None;
            }
            *loop_slot = looping.and_then(|name| resolver.own_slot(name));
            Ok(())
        })?;
        self.body(otherwise, &[], |_, _| Ok(()))
    }

    /// A macro, or the body of a call block.
    fn definition(&mut self, definition: &mut Arc<MacroDefinition>) -> Result<(), Error> {
        let Some(definition) = Arc::get_mut(definition) else {
            return Err(Error::new(ErrorKind::Other, "a macro was resolved twice"));
        };
        let mut names: Vec<TextId> = definition.parameters.iter().map(|parameter| parameter.name).collect();
        let body = &definition.function.body.statements;
        let extra = |name: Option<TextId>| name.filter(|name| !names.contains(name) && uses::reads(body, *name));
        let (caller, kwargs, varargs) =
            (extra(self.special.caller), extra(self.special.kwargs), extra(self.special.varargs));
        names.extend([caller, kwargs, varargs].into_iter().flatten());
        self.open_function();
        let MacroDefinition { parameters, function, .. } = definition;
        let mut slots = [None; 3];
        self.body(&mut function.body, &names, |resolver, _| {
            parameters
                .iter_mut()
                .filter_map(|parameter| parameter.default.as_mut())
                .for_each(|default| resolver.bind(default));
            slots = [caller, kwargs, varargs].map(|name| name.and_then(|name| resolver.own_slot(name)));
            Ok(())
        })?;
        [definition.caller, definition.kwargs, definition.varargs] = slots;
        self.close_function(&mut definition.function);
        Ok(())
    }

    fn bind_target(&mut self, target: &mut Target) {
        match target {
            Target::Name { name, binding } | Target::Attribute { object: name, binding, .. } => {
                *binding = self.lookup(*name);
            }
            Target::Tuple(targets, _) => targets.iter_mut().for_each(|target| self.bind_target(target)),
        }
    }

    fn bind(&mut self, node: &mut Expr) {
        match &mut node.kind {
            ExprKind::Name { name, binding } => *binding = self.lookup(*name),
            ExprKind::Call(call) => {
                self.bind(&mut call.callee);
                self.bind_args(&mut call.args);
            }
            ExprKind::Filter(filter) => {
                self.bind(&mut filter.input);
                self.bind_args(&mut filter.args);
            }
            ExprKind::Test(test) => {
                self.bind(&mut test.input);
                self.bind_args(&mut test.args);
            }
            kind => for_each_child(kind, &mut |child| self.bind(child)),
        }
    }

    fn bind_args(&mut self, args: &mut CallArgs) {
        for argument in &mut args.positional {
            self.bind(argument);
        }
        for (_, argument) in &mut args.keyword {
            self.bind(argument);
        }
        if let Some(argument) = &mut args.star {
            self.bind(argument);
        }
        if let Some(argument) = &mut args.double_star {
            self.bind(argument);
        }
    }
}

/// The direct children of a node that is no call, filter or test.
fn for_each_child(kind: &mut ExprKind, visit: &mut impl FnMut(&mut Expr)) {
    match kind {
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Concat(items) => items.iter_mut().for_each(visit),
        ExprKind::Dict(entries) => entries.iter_mut().for_each(|(key, value)| {
            visit(key);
            visit(value);
        }),
        ExprKind::Attribute(operand, _)
        | ExprKind::Not(operand)
        | ExprKind::Negate(operand)
        | ExprKind::Plus(operand) => visit(operand),
        ExprKind::Item(owner, key) => {
            visit(owner);
            visit(key);
        }
        ExprKind::Slice(parts) => parts.iter_mut().flatten().for_each(visit),
        ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Binary(_, both) => both.iter_mut().for_each(visit),
        ExprKind::Compare(first, rest) => {
            visit(first);
            for (_, item) in rest.iter_mut() {
                visit(item);
            }
        }
        ExprKind::Conditional { test, then, otherwise } => {
            visit(test);
            visit(then);
            for otherwise in otherwise.iter_mut() {
                visit(otherwise);
            }
        }
        _ => {}
    }
}

/// The names that a target sets.
fn target_names(target: &Target) -> Vec<TextId> {
    match target {
        Target::Name { name, .. } => vec![*name],
        Target::Tuple(targets, _) => targets.iter().flat_map(target_names).collect(),
        Target::Attribute { .. } => Vec::new(),
    }
}
