//! What a walk over a value costs. Counts only: what is too much is the interpreter's to say.

use super::Value;

/// Deeper than anything that turns a value into text or JSON goes.
const DEPTH: usize = 200;

/// Steps for one item: it becomes text or JSON of its own.
const ITEM: u64 = 4;

/// Bytes of text that one step stands for.
const BYTES: u64 = 8;

/// Bits of an integer that one step stands for: its digits take far longer to find than to write.
const BITS: u64 = 4;

impl Value {
    /// Takes from `left` what the large integers that a container holds add to writing it: `bits / 4` steps each.
    /// A step is 8 of `left`, and an item 1.
    pub(in crate::jinja) fn weigh_digits(&self, depth: usize, left: &mut u64) {
        let itself = if let Self::BigInt(number) = self { number.bits() / BITS * 8 } else { 1 };
        *left = left.saturating_sub(itself);
        if depth >= DEPTH || *left == 0 {
            return;
        }
        let each = |items: &mut dyn Iterator<Item = &Self>, left: &mut u64| {
            for item in items {
                if *left == 0 {
                    return;
                }
                item.weigh_digits(depth + 1, left);
            }
        };
        match self {
            Self::List(items) => each(&mut items.borrow().iter(), left),
            Self::Tuple(items) => each(&mut items.iter(), left),
            Self::Set(items) => each(&mut items.borrow().iter(), left),
            Self::Dict(dict) => each(&mut dict.borrow().iter().flat_map(|(key, value)| [key, value]), left),
            Self::View(view) => each(&mut view.dict.borrow().iter().flat_map(|(key, value)| [key, value]), left),
            _ => {}
        }
    }

    /// Takes from `left` what a walk over the value costs; ends when nothing is left.
    pub(in crate::jinja) fn weigh(&self, depth: usize, left: &mut u64) {
        let itself = ITEM
            + match self {
                Self::Str(text) => text.len() as u64 / BYTES,
                Self::BigInt(number) => number.bits() / BITS,
                _ => 0,
            };
        *left = left.saturating_sub(itself);
        if depth >= DEPTH || *left == 0 {
            return;
        }
        match self {
            Self::List(items) => weigh_all(items.borrow().iter(), depth, left),
            Self::Tuple(items) => weigh_all(items.iter(), depth, left),
            Self::Set(items) => weigh_all(items.borrow().iter(), depth, left),
            Self::Dict(dict) => weigh_all(dict.borrow().iter().flat_map(|(key, value)| [key, value]), depth, left),
            Self::View(view) => weigh_all(view.dict.borrow().iter().flat_map(|(key, value)| [key, value]), depth, left),
            Self::Object(object) => {
                if let Some((_, value, _)) = object.stand_in() {
                    value.weigh(depth + 1, left);
                }
            }
            _ => {}
        }
    }
}

fn weigh_all<'v>(items: impl Iterator<Item = &'v Value>, depth: usize, left: &mut u64) {
    for item in items {
        if *left == 0 {
            return;
        }
        item.weigh(depth + 1, left);
    }
}
