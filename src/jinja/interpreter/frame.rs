//! The variables of a running template or macro.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::{Interpreter, Scope, Texts};
use crate::jinja::ast::{Binding, Body, For, Function, Load, TextId};
use crate::jinja::error::Error;
use crate::jinja::template::Unit;
use crate::jinja::value::{Undefined, Value};

use super::output::Output;

/// What a variable is at the moment.
#[derive(Clone, Debug, Default)]
pub(in crate::jinja) enum Slot {
    /// Not set.
    #[default]
    Missing,
    /// The global of that name; looked up when it is read.
    Global,
    Value(Value),
    /// Shared with a macro or call block that was defined in this function.
    Shared(Cell),
}

/// A variable that a function shares with the functions in it.
pub(in crate::jinja) type Cell = Rc<RefCell<Slot>>;

/// One running function: a template's top level, a macro, or the body of a call block.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f> {
    pub(super) unit: &'f Arc<Unit>,
    pub(super) texts: &'f Texts,
    pub(super) scope: &'f Rc<dyn Scope>,
    /// Where its slots start.
    pub(super) base: usize,
    pub(super) captures: &'f [Cell],
    /// The recursive loop around the current statement.
    pub(super) recursion: Option<&'f For>,
}

impl Frame<'_> {
    pub(super) fn text(&self, id: TextId) -> Rc<str> {
        self.texts.get(id.0 as usize).cloned().unwrap_or_else(|| "".into())
    }
}

impl Interpreter<'_> {
    /// Runs a function's body in a new frame; `prepare` sets the parameters.
    pub(super) fn run_function<'f>(
        &mut self,
        frame: &Frame<'f>,
        function: &'f Function,
        prepare: impl FnOnce(&mut Self, &Frame<'f>) -> Result<(), Error>,
        out: &mut Output,
    ) -> Result<(), Error> {
        if frame.base == 0 && self.depth <= 1 {
            self.mark_stack();
        }
        self.slots.resize_with(frame.base + function.slots as usize, Slot::default);
        self.load(frame, &function.body);
        let result = prepare(self, frame).and_then(|()| self.statements(frame, &function.body.statements, out));
        self.slots.truncate(frame.base);
        result.map(drop)
    }

    /// Enters a scope: its variables take their first values.
    pub(super) fn load(&mut self, frame: &Frame<'_>, body: &Body) {
        for (slot, load) in &body.loads {
            let value = match load {
                Load::Missing => Slot::Missing,
                Load::Global => Slot::Global,
                Load::Copy(outer) => self.copy(frame, *outer),
            };
            self.write_slot(frame, *slot, value);
        }
    }

    fn copy(&self, frame: &Frame<'_>, binding: Binding) -> Slot {
        let slot = match binding {
            Binding::Global => return Slot::Global,
            Binding::Slot(slot) => self.slots.get(frame.base + slot as usize),
            Binding::Captured(capture) => return frame.captures.get(capture as usize).map(open).unwrap_or_default(),
        };
        match slot {
            Some(Slot::Shared(cell)) => open(cell),
            Some(slot) => slot.clone(),
            None => Slot::Missing,
        }
    }

    fn write_slot(&mut self, frame: &Frame<'_>, slot: u32, value: Slot) {
        match self.slots.get_mut(frame.base + slot as usize) {
            Some(Slot::Shared(cell)) => *cell.borrow_mut() = value,
            Some(place) => *place = value,
            None => {}
        }
    }

    pub(super) fn set_slot(&mut self, frame: &Frame<'_>, slot: u32, value: Value) {
        self.write_slot(frame, slot, Slot::Value(value));
    }

    pub(super) fn set(&mut self, frame: &Frame<'_>, binding: Binding, value: Value) {
        match binding {
            Binding::Slot(slot) => self.set_slot(frame, slot, value),
            Binding::Captured(capture) => {
                if let Some(cell) = frame.captures.get(capture as usize) {
                    *cell.borrow_mut() = Slot::Value(value);
                }
            }
            // The resolver gives a slot to whatever is set.
            Binding::Global => {}
        }
    }

    /// The value of a name.
    pub(super) fn read(&self, frame: &Frame<'_>, name: TextId, binding: Binding) -> Value {
        if let Binding::Slot(slot) = binding
            && let Some(Slot::Value(value)) = self.slots.get(frame.base + slot as usize)
        {
            return value.clone();
        }
        match self.copy(frame, binding) {
            Slot::Value(value) => value,
            Slot::Global => self.global(frame.scope, &frame.text(name)),
            Slot::Missing | Slot::Shared(_) => Value::Undefined(Rc::new(Undefined::Name(frame.text(name)))),
        }
    }

    /// The cells that a macro takes over from the function that defines it.
    pub(super) fn share(&mut self, frame: &Frame<'_>, captures: &[Binding]) -> Rc<[Cell]> {
        captures.iter().map(|binding| self.share_one(frame, *binding)).collect()
    }

    fn share_one(&mut self, frame: &Frame<'_>, binding: Binding) -> Cell {
        match binding {
            Binding::Slot(slot) => {
                let place = self.slots.get_mut(frame.base + slot as usize);
                let Some(place) = place else { return Cell::default() };
                if let Slot::Shared(cell) = place {
                    return Rc::clone(cell);
                }
                let cell = Rc::new(RefCell::new(std::mem::take(place)));
                *place = Slot::Shared(Rc::clone(&cell));
                self.cells.push(Rc::downgrade(&cell));
                cell
            }
            Binding::Captured(capture) => frame.captures.get(capture as usize).cloned().unwrap_or_default(),
            Binding::Global => Cell::default(),
        }
    }

    /// A macro that names itself lives in a cell that it holds. When nothing runs any more, such
    /// circles are cut.
    pub(super) fn forget_cells(&mut self) {
        for cell in self.cells.drain(..).filter_map(|cell| cell.upgrade()) {
            cell.replace(Slot::Missing);
        }
    }
}

fn open(cell: &Cell) -> Slot {
    cell.borrow().clone()
}
