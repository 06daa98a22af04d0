//! Walks that only read: which names a part of a template reads and sets.

use crate::jinja::ast::{CallArgs, Expr, ExprKind, Statement, Target, TextId};

/// A name in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Read(TextId),
    Set(TextId),
}

/// Whether the statements (with all blocks and macros in them) read a name before they set it.
pub(super) fn reads(statements: &[Statement], wanted: TextId) -> bool {
    let mut found = None;
    let mut visit = |used: Use| {
        if let (Use::Read(name) | Use::Set(name), None) = (used, found)
            && name == wanted
        {
            found = Some(matches!(used, Use::Read(_)));
        }
    };
    for statement in statements {
        walk_all(statement, &mut visit);
    }
    found == Some(true)
}

fn walk_all(statement: &Statement, visit: &mut dyn FnMut(Use)) {
    let all = |statements: &[Statement], visit: &mut dyn FnMut(Use)| {
        for statement in statements {
            walk_all(statement, visit);
        }
    };
    match statement {
        Statement::Text(_) | Statement::Break | Statement::Continue => {}
        Statement::Print(value) | Statement::Do(value) => walk(value, visit),
        Statement::Set(target, value) => {
            walk_target(target, visit);
            walk(value, visit);
        }
        Statement::SetBlock { target, filter, body } => {
            walk_target(target, visit);
            if let Some(filter) = filter {
                walk(filter, visit);
            }
            all(&body.statements, visit);
        }
        Statement::FilterBlock { filter, body } => {
            all(&body.statements, visit);
            walk(filter, visit);
        }
        Statement::If { branches, otherwise } => {
            for (test, statements) in branches {
                walk(test, visit);
                all(statements, visit);
            }
            all(otherwise, visit);
        }
        Statement::For(each) => {
            walk_target(&each.target, visit);
            walk(&each.items, visit);
            all(&each.body.statements, visit);
            all(&each.otherwise.statements, visit);
            if let Some(test) = &each.test {
                walk(test, visit);
            }
        }
        Statement::Macro { definition, .. } => walk_definition(definition, visit),
        Statement::CallBlock { call, body } => {
            walk(call, visit);
            walk_definition(body, visit);
        }
        Statement::With { targets, values, body } => {
            for target in targets {
                walk_target(target, visit);
            }
            for value in values {
                walk(value, visit);
            }
            all(&body.statements, visit);
        }
    }
}

fn walk_definition(definition: &crate::jinja::ast::MacroDefinition, visit: &mut dyn FnMut(Use)) {
    for parameter in &definition.parameters {
        visit(Use::Set(parameter.name));
        if let Some(default) = &parameter.default {
            walk(default, visit);
        }
    }
    for statement in &definition.function.body.statements {
        walk_all(statement, visit);
    }
}

pub(super) fn walk_target(target: &Target, visit: &mut dyn FnMut(Use)) {
    match target {
        Target::Name { name, .. } => visit(Use::Set(*name)),
        Target::Tuple(targets, _) => targets.iter().for_each(|target| walk_target(target, visit)),
        Target::Attribute { object, .. } => visit(Use::Read(*object)),
    }
}

/// The names of an expression.
pub(super) fn walk(node: &Expr, visit: &mut dyn FnMut(Use)) {
    match &node.kind {
        ExprKind::Name { name, .. } => visit(Use::Read(*name)),
        ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::BigInt(_)
        | ExprKind::Float(_)
        | ExprKind::Text(_)
        | ExprKind::BlockText => {}
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Concat(items) => {
            for item in items {
                walk(item, visit);
            }
        }
        ExprKind::Dict(entries) => entries.iter().for_each(|(key, value)| {
            walk(key, visit);
            walk(value, visit);
        }),
        ExprKind::Attribute(operand, _)
        | ExprKind::Not(operand)
        | ExprKind::Negate(operand)
        | ExprKind::Plus(operand) => walk(operand, visit),
        ExprKind::Item(owner, key) => {
            walk(owner, visit);
            walk(key, visit);
        }
        ExprKind::Slice(parts) => parts.iter().flatten().for_each(|part| walk(part, visit)),
        ExprKind::Call(call) => {
            walk(&call.callee, visit);
            walk_args(&call.args, visit);
        }
        ExprKind::Filter(filter) => {
            walk(&filter.input, visit);
            walk_args(&filter.args, visit);
        }
        ExprKind::Test(test) => {
            walk(&test.input, visit);
            walk_args(&test.args, visit);
        }
        ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Binary(_, both) => {
            for operand in both.iter() {
                walk(operand, visit);
            }
        }
        ExprKind::Compare(first, rest) => {
            walk(first, visit);
            for (_, item) in rest {
                walk(item, visit);
            }
        }
        ExprKind::Conditional { test, then, otherwise } => {
            walk(test, visit);
            walk(then, visit);
            if let Some(otherwise) = otherwise {
                walk(otherwise, visit);
            }
        }
    }
}

fn walk_args(args: &CallArgs, visit: &mut dyn FnMut(Use)) {
    for argument in args.iter() {
        walk(argument, visit);
    }
}
