//! The variables of one scope, and how scopes and functions find each other's.

use super::Resolver;
use super::uses::{self, Use};
use crate::jinja::ast::{Binding, Expr, Function, Load, Statement, TextId};
use crate::jinja::quick::{QuickIndexMap, QuickMap, QuickSet};

/// One variable of a scope.
#[derive(Clone, Copy, Debug)]
struct Symbol {
    /// Missing for a name that the scope only reads and nobody sets: the scope's caller has it.
    slot: Option<u32>,
    /// Missing for parameters.
    load: Option<Load>,
}

#[derive(Debug)]
pub(super) struct Symbols {
    /// Index of the function that the scope belongs to.
    function: usize,
    variables: QuickIndexMap<TextId, Symbol>,
    stores: QuickSet<TextId>,
}

#[derive(Debug, Default)]
pub(super) struct FunctionState {
    slots: u32,
    /// What it takes over from the enclosing function.
    captures: Vec<Binding>,
    /// The capture of each outer function's slot.
    known: QuickMap<(usize, u32), u32>,
}

impl Resolver {
    pub(super) fn open_function(&mut self) {
        self.functions.push(FunctionState::default());
    }

    pub(super) fn close_function(&mut self, function: &mut Function) {
        let state = self.functions.pop().unwrap_or_default();
        function.slots = state.slots;
        function.captures = state.captures;
    }

    pub(super) fn open_scope(&mut self) {
        let function = self.functions.len() - 1;
        self.scopes.push(Symbols { function, variables: QuickIndexMap::default(), stores: QuickSet::default() });
    }

    /// What is to be done when the scope is entered.
    pub(super) fn close_scope(&mut self) -> Vec<(u32, Load)> {
        let symbols = self.scopes.pop().map(|scope| scope.variables).unwrap_or_default();
        symbols.values().filter_map(|symbol| symbol.slot.zip(symbol.load)).collect()
    }

    fn new_slot(&mut self) -> u32 {
        self.functions.last_mut().map_or(0, |function| {
            function.slots += 1;
            function.slots - 1
        })
    }

    /// A variable that is set from outside: a parameter, a loop's target.
    pub(super) fn declare(&mut self, name: TextId) {
        if self.own_slot(name).is_some() {
            return;
        }
        let slot = Some(self.new_slot());
        if let Some(scope) = self.scopes.last_mut() {
            scope.variables.insert(name, Symbol { slot, load: None });
            scope.stores.insert(name);
        }
    }

    /// The slot of a name in the innermost scope alone.
    pub(super) fn own_slot(&self, name: TextId) -> Option<u32> {
        self.scopes.last().and_then(|scope| scope.variables.get(&name)).and_then(|symbol| symbol.slot)
    }

    fn is_known(&self, name: TextId) -> bool {
        self.scopes.iter().any(|scope| scope.variables.contains_key(&name))
    }

    /// Notes what a statement reads and sets in this scope; inner scopes speak for themselves.
    /// `conditional`: it may not be reached.
    pub(super) fn note_statement(&mut self, statement: &Statement, conditional: bool) {
        match statement {
            Statement::Text(_) | Statement::Break | Statement::Continue | Statement::FilterBlock { .. } => {}
            Statement::Print(value) | Statement::Do(value) => self.note(value),
            Statement::Set(target, value) => {
                self.note(value);
                self.note_target(target, conditional);
            }
            Statement::SetBlock { target, .. } | Statement::Macro { target, .. } => {
                self.note_target(target, conditional);
            }
            Statement::If { branches, otherwise } => {
                for (test, statements) in branches {
                    self.note(test);
                    for statement in statements {
                        self.note_statement(statement, true);
                    }
                }
                for statement in otherwise {
                    self.note_statement(statement, true);
                }
            }
            Statement::For(each) => self.note(&each.items),
            Statement::CallBlock { call, .. } => self.note(call),
            Statement::With { values, .. } => values.iter().for_each(|value| self.note(value)),
        }
    }

    fn note(&mut self, node: &Expr) {
        uses::walk(node, &mut |used| self.note_use(used, false));
    }

    fn note_target(&mut self, target: &crate::jinja::ast::Target, conditional: bool) {
        uses::walk_target(target, &mut |used| self.note_use(used, conditional));
    }

    fn note_use(&mut self, used: Use, conditional: bool) {
        match used {
            Use::Read(name) => {
                if !self.is_known(name) {
                    self.define(name, Load::Global);
                }
            }
            Use::Set(name) => {
                let known = self.scopes.last().is_some_and(|scope| scope.variables.contains_key(&name));
                if !known {
                    let load = match self.outer(name) {
                        Some(Binding::Global) => Load::Global,
                        Some(outer) => Load::Copy(outer),
                        None if conditional => Load::Global,
                        None => Load::Missing,
                    };
                    self.define(name, load);
                }
                if let Some(scope) = self.scopes.last_mut() {
                    scope.stores.insert(name);
                }
            }
        }
    }

    fn define(&mut self, name: TextId, load: Load) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.variables.insert(name, Symbol { slot: None, load: Some(load) });
        }
    }

    /// After all was noted: what the scope sets gets a slot.
    pub(super) fn settle(&mut self) {
        let Some(scope) = self.scopes.last() else { return };
        let stored = |(name, symbol): (&TextId, &Symbol)| {
            (symbol.slot.is_none() && scope.stores.contains(name)).then_some(*name)
        };
        let names: Vec<TextId> = scope.variables.iter().filter_map(stored).collect();
        for name in names {
            let slot = Some(self.new_slot());
            if let Some(symbol) = self.scopes.last_mut().and_then(|scope| scope.variables.get_mut(&name)) {
                symbol.slot = slot;
            }
        }
    }

    /// Where a name is, seen from the innermost scope.
    pub(super) fn lookup(&mut self, name: TextId) -> Binding {
        let found = if self.hidden == Some(name) { self.outer(name) } else { self.find(name, self.scopes.len()) };
        found.unwrap_or(Binding::Global)
    }

    /// As [`Resolver::lookup`], the innermost scope left out; `None` when no scope knows the name.
    fn outer(&mut self, name: TextId) -> Option<Binding> {
        self.find(name, self.scopes.len().saturating_sub(1))
    }

    fn find(&mut self, name: TextId, scopes: usize) -> Option<Binding> {
        let found = self
            .scopes
            .iter()
            .take(scopes)
            .rev()
            .find_map(|scope| scope.variables.get(&name).map(|symbol| (scope.function, symbol.slot)));
        let (owner, slot) = found?;
        let Some(slot) = slot else { return Some(Binding::Global) };
        Some(self.reach(owner, slot))
    }

    /// The binding of another function's slot in the innermost function: each function between takes
    /// the cell over from the one around it.
    fn reach(&mut self, owner: usize, slot: u32) -> Binding {
        let mut binding = Binding::Slot(slot);
        for function in self.functions.iter_mut().skip(owner + 1) {
            let capture = *function.known.entry((owner, slot)).or_insert_with(|| {
                function.captures.push(binding);
                function.captures.len() as u32 - 1
            });
            binding = Binding::Captured(capture);
        }
        binding
    }
}
