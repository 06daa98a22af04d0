//! `{% for %}` and its `loop`.

use std::cell::RefCell;
use std::rc::Rc;

use super::frame::{Frame, Slot};
use super::output::Output;
use super::statements::Flow;
use super::{Interpreter, Items};
use crate::jinja::ast::For;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::value::{Args, Object, Undefined, Value, release};

impl Interpreter<'_> {
    pub(super) fn for_loop<'f>(&mut self, frame: &Frame<'f>, each: &'f For, out: &mut Output) -> Result<(), Error> {
        let items = self.eval(frame, &each.items)?;
        let frame = if each.recursive { Frame { recursion: Some(each), ..*frame } } else { *frame };
        self.run_loop(&frame, each, &items, 0, out)
    }

    /// `loop(items)` in a recursive loop: the same body over other items, as text.
    pub(super) fn recurse<'f>(&mut self, frame: &Frame<'f>, each: &'f For, args: Args) -> Result<Value, Error> {
        let [items] = args.bind("loop", ["iterable"], 1)?;
        if self.depth >= self.limits.depth {
            return Err(Error::limit(format!("a loop calls itself more than {} deep", self.limits.depth)));
        }
        let state = each.loop_slot.and_then(|slot| match self.slots.get(frame.base + slot as usize) {
            Some(Slot::Value(value)) => value.downcast::<LoopState>(),
            _ => None,
        });
        let depth0 = state.map_or(1, |state| state.0.borrow().depth0 + 1);
        let saved: Vec<Slot> = self.slots.iter().skip(frame.base).cloned().collect();
        self.charge_items(saved.len())?;
        self.depth += 1;
        let text =
            self.printed(|interpreter, out| interpreter.run_loop(frame, each, &items.unwrap_or_default(), depth0, out));
        self.depth -= 1;
        self.slots.truncate(frame.base);
        self.slots.extend(saved);
        text.map(Value::Str)
    }

    fn run_loop<'f>(
        &mut self,
        frame: &Frame<'f>,
        each: &'f For,
        value: &Value,
        depth0: usize,
        out: &mut Output,
    ) -> Result<(), Error> {
        let span = each.items.span;
        let items = Items::of(value).map_err(|error| error.at(span))?;
        let any = match each.loop_slot {
            Some(slot) => self.run_with_state(frame, each, (items, value.len(), depth0), slot, out)?,
            None => self.run_plain(frame, each, items, out)?,
        };
        if !any {
            self.load(frame, &each.otherwise);
            self.statements(frame, &each.otherwise.statements, out)?;
        }
        Ok(())
    }

    /// A loop whose body does not look at `loop`. Returns whether a turn came to its end: as in Jinja2, a
    /// loop of which every turn ended early, by `continue` or `break`, goes on to its `else`.
    fn run_plain<'f>(
        &mut self,
        frame: &Frame<'f>,
        each: &'f For,
        mut items: Items,
        out: &mut Output,
    ) -> Result<bool, Error> {
        let mut any = false;
        while let Some(item) = items.next().map_err(|error| error.at(each.items.span))? {
            if !self.enter_turn(frame, each, item)? {
                continue;
            }
            match self.statements(frame, &each.body.statements, out)? {
                Flow::Next => any = true,
                Flow::Continue => {}
                Flow::Break => break,
            }
        }
        Ok(any)
    }

    /// Sets the loop's variables; whether the item passes the loop's `if`.
    fn enter_turn<'f>(&mut self, frame: &Frame<'f>, each: &'f For, item: Value) -> Result<bool, Error> {
        self.step().map_err(|error| error.at(each.span))?;
        self.load(frame, &each.body);
        self.assign(frame, &each.target, item).map_err(|error| error.at(each.span))?;
        match &each.test {
            Some(test) => Ok(self.eval(frame, test)?.truthy()),
            None => Ok(true),
        }
    }

    fn run_with_state<'f>(
        &mut self,
        frame: &Frame<'f>,
        each: &'f For,
        (items, mut length, depth0): (Items, Option<usize>, usize),
        slot: u32,
        out: &mut Output,
    ) -> Result<bool, Error> {
        let mut items = items;
        if each.test.is_some() {
            let mut passed = Vec::new();
            while let Some(item) = items.next().map_err(|error| error.at(each.items.span))? {
                if self.enter_turn(frame, each, item.clone())? {
                    passed.push(item);
                }
            }
            items = Items::Fixed(passed.into_iter());
            length = None;
        }
        let state = Rc::new(LoopState(RefCell::new(Turn { items, length, depth0, ..Turn::default() })));
        let mut any = false;
        while let Some(item) = state.advance().map_err(|error| error.at(each.items.span))? {
            self.step().map_err(|error| error.at(each.span))?;
            self.load(frame, &each.body);
            self.assign(frame, &each.target, item).map_err(|error| error.at(each.span))?;
            let state: Rc<dyn Object> = Rc::clone(&state) as Rc<dyn Object>;
            self.set_slot(frame, slot, Value::Object(state));
            match self.statements(frame, &each.body.statements, out)? {
                Flow::Next => any = true,
                Flow::Continue => {}
                Flow::Break => break,
            }
        }
        Ok(any)
    }
}

/// What `loop` knows.
#[derive(Debug)]
struct Turn {
    items: Items,
    /// Number of the current item, from 1; 0 before the first.
    index: usize,
    length: Option<usize>,
    before: Option<Value>,
    current: Option<Value>,
    /// An item that was looked at ahead of its turn.
    after: Option<Value>,
    changed: Option<Vec<Value>>,
    depth0: usize,
}

impl Default for Turn {
    fn default() -> Self {
        Self {
            items: Items::Empty,
            index: 0,
            length: None,
            before: None,
            current: None,
            after: None,
            changed: None,
            depth0: 0,
        }
    }
}

impl Turn {
    fn peek(&mut self) -> Option<Value> {
        if self.after.is_none() {
            self.after = self.items.next().ok().flatten();
        }
        self.after.clone()
    }

    /// What can't tell its length is walked to its end.
    fn length(&mut self) -> usize {
        if let Some(length) = self.length {
            return length;
        }
        let mut rest = Vec::new();
        while let Ok(Some(item)) = self.items.next() {
            rest.push(item);
        }
        let length = rest.len() + self.index + usize::from(self.after.is_some());
        self.items = Items::Fixed(rest.into_iter());
        self.length = Some(length);
        length
    }
}

/// The `loop` of a template.
#[derive(Debug)]
struct LoopState(RefCell<Turn>);

impl LoopState {
    fn advance(&self) -> Result<Option<Value>, Error> {
        let mut turn = self.0.borrow_mut();
        let next = match turn.after.take() {
            Some(item) => Some(item),
            None => turn.items.next()?,
        };
        if let Some(item) = &next {
            turn.index += 1;
            turn.before = turn.current.take();
            turn.current = Some(item.clone());
        }
        Ok(next)
    }
}

impl Drop for LoopState {
    fn drop(&mut self) {
        let mut values = Vec::new();
        self.take_values(&mut values);
        release(values.into_iter());
    }
}

fn absent(sentence: &str) -> Value {
    Value::Undefined(Rc::new(Undefined::Sentence(sentence.into())))
}

impl Object for LoopState {
    fn type_name(&self) -> &'static str {
        "LoopContext"
    }

    fn has_identity(&self) -> bool {
        true
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let mut turn = self.0.borrow_mut();
        let number = |number: usize| Some(Value::Int(number as i64));
        match name {
            "index" => number(turn.index),
            "index0" => number(turn.index.saturating_sub(1)),
            "revindex" => number((turn.length() + 1).saturating_sub(turn.index)),
            "revindex0" => number(turn.length().saturating_sub(turn.index)),
            "first" => Some(Value::Bool(turn.index == 1)),
            "last" => Some(Value::Bool(turn.peek().is_none())),
            "length" => number(turn.length()),
            "depth" => number(turn.depth0 + 1),
            "depth0" => number(turn.depth0),
            "previtem" => Some(turn.before.clone().unwrap_or_else(|| absent("there is no previous item"))),
            "nextitem" => Some(turn.peek().unwrap_or_else(|| absent("there is no next item"))),
            _ => None,
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        args.bind("LoopContext.__call__", ["iterable"], 1)?;
        Err(Error::type_error("The loop must have the 'recursive' marker to be called recursively."))
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let values = &args.positional;
        match name {
            "cycle" => {
                let index = self.0.borrow().index.saturating_sub(1);
                let chosen = index.checked_rem(values.len()).and_then(|index| values.get(index)).cloned();
                Some(chosen.ok_or_else(|| Error::type_error("no items for cycling given")))
            }
            "changed" => {
                let same = match &self.0.borrow().changed {
                    Some(last) if last.len() == values.len() => {
                        let pairs: Result<Vec<bool>, Error> =
                            last.iter().zip(values).map(|(a, b)| interpreter.equal(a, b)).collect();
                        match pairs {
                            Ok(pairs) => pairs.into_iter().all(|same| same),
                            Err(error) => return Some(Err(error)),
                        }
                    }
                    _ => false,
                };
                if !same {
                    self.0.borrow_mut().changed = Some(values.clone());
                }
                Some(Ok(Value::Bool(!same)))
            }
            _ => None,
        }
    }

    fn len(&self) -> Option<usize> {
        Some(self.0.borrow_mut().length())
    }

    fn set_attr(&self, _name: &str, _value: Value) -> Result<(), Error> {
        Err(Error::new(ErrorKind::Other, "cannot assign attribute on non-namespace object"))
    }

    fn repr(&self) -> String {
        let mut turn = self.0.borrow_mut();
        let length = turn.length();
        format!("<LoopContext {}/{length}>", turn.index)
    }

    fn take_values(&mut self, values: &mut Vec<Value>) {
        let turn = self.0.take();
        values.extend([turn.before, turn.current, turn.after].into_iter().flatten());
        values.extend(turn.changed.into_iter().flatten());
        if let Items::Fixed(items) = turn.items {
            values.extend(items);
        }
    }
}
