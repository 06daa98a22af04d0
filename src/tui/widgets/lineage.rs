//! Parents at the left, a model in the middle, children at the right, drawn with lines. Never wider
//! nor higher than asked; what does not fit is counted.

use super::role_line::RoleLine;
use crate::tui::glyphs::{Glyphs, Joints};
use crate::tui::text;
use crate::tui::theme::Role;

/// Cells between two columns of names: a gap, a line, the joint, a line, the arrow and a gap.
const GAP: usize = 6;
/// Fewest cells in which a name is still worth showing beside others.
const NARROWEST: usize = 10;

/// A model and its neighbours by name.
#[derive(Clone, Copy, Debug)]
pub struct Lineage<'a> {
    pub parents: &'a [&'a str],
    pub model: &'a str,
    pub children: &'a [&'a str],
}

impl Lineage<'_> {
    /// The drawing, within so many cells and rows.
    pub fn lines(&self, width: usize, height: usize, glyphs: &Glyphs) -> Vec<RoleLine> {
        if width == 0 || height == 0 {
            return Vec::new();
        }
        let columns = 1 + usize::from(!self.parents.is_empty()) + usize::from(!self.children.is_empty());
        if width < columns * NARROWEST + (columns - 1) * GAP {
            return self.stacked(width, height, glyphs);
        }
        self.side_by_side(width, height, glyphs)
    }

    fn side_by_side(&self, width: usize, height: usize, glyphs: &Glyphs) -> Vec<RoleLine> {
        let parents = named(self.parents, height);
        let children = named(self.children, height);
        let gaps = GAP * (usize::from(!parents.is_empty()) + usize::from(!children.is_empty()));
        let wanted = [widest(&parents), text::width(self.model), widest(&children)];
        let [left, middle, right] = share(wanted, width.saturating_sub(gaps));
        let rows = parents.len().max(children.len()).max(1);
        let trunk = (rows - 1) / 2;
        let mut lines = vec![RoleLine::new(); rows];
        for (row, line) in lines.iter_mut().enumerate() {
            let at = |names: &[String]| row.checked_sub((rows - names.len()) / 2).filter(|index| *index < names.len());
            if !parents.is_empty() {
                left_half(line, &parents, at(&parents), left, row == trunk, glyphs);
            }
            let model =
                if row == trunk { text::truncate_middle(self.model, middle, glyphs.ellipsis) } else { "".into() };
            // What follows the name is a line to the children, so only other rows are filled up.
            line.push(Role::Title, &model);
            if !children.is_empty() {
                let fill = middle - text::width(&model);
                right_half(line, &children, at(&children), (right, fill), row == trunk, glyphs);
            }
        }
        lines
    }

    /// For narrow places: one name on a line.
    fn stacked(&self, width: usize, height: usize, glyphs: &Glyphs) -> Vec<RoleLine> {
        let each = height.saturating_sub(1) / 2;
        let entry = |role: Role, indent: usize, mark: &str, name: &str| {
            let name = text::truncate_middle(name, width.saturating_sub(indent + 2), glyphs.ellipsis).into_owned();
            let line = RoleLine::of(Role::Border, format!("{:indent$}{mark} ", "")).with(role, name);
            if line.width() <= width { line } else { RoleLine::new() }
        };
        let mut lines: Vec<RoleLine> = Vec::new();
        lines.extend(named(self.parents, each).iter().map(|name| entry(Role::Text, 0, glyphs.up, name)));
        lines.push(entry(Role::Title, 0, glyphs.dot, self.model));
        lines.extend(named(self.children, each).iter().map(|name| entry(Role::Text, 0, glyphs.down, name)));
        lines
    }
}

/// At most `rows` names; the last one counts those that are left out.
fn named(names: &[&str], rows: usize) -> Vec<String> {
    if names.len() <= rows {
        return names.iter().map(|name| (*name).to_owned()).collect();
    }
    let shown = rows.saturating_sub(1);
    let mut kept: Vec<String> = names.iter().take(shown).map(|name| (*name).to_owned()).collect();
    if rows > 0 {
        kept.push(format!("+{} more", text::number((names.len() - shown) as u64)));
    }
    kept
}

fn widest(names: &[String]) -> usize {
    names.iter().map(|name| text::width(name)).max().unwrap_or(0)
}

/// Gives each column what it wants, or an even part of what is there; what one does not need goes to
/// the others.
fn share(wanted: [usize; 3], room: usize) -> [usize; 3] {
    let mut given = [0; 3];
    let mut rest = room;
    let mut open: Vec<usize> = vec![0, 1, 2];
    while !open.is_empty() {
        let even = rest / open.len();
        let wants = |index: &usize| wanted.get(*index).copied().unwrap_or(0);
        let small: Vec<usize> = open.iter().copied().filter(|index| wants(index) <= even).collect();
        let settled = if small.is_empty() { open.clone() } else { small };
        for index in &settled {
            let cells = wants(index).min(even);
            if let Some(slot) = given.get_mut(*index) {
                *slot = cells;
            }
            rest -= cells;
        }
        open.retain(|index| !settled.contains(index));
    }
    given
}

/// The piece where a line from a name and the trunk meet, on the row of the `index`th of `count`.
fn joint(joints: Joints, index: usize, count: usize, trunk: bool, glyphs: &Glyphs) -> &'static str {
    match (index, trunk) {
        _ if count == 1 => glyphs.horizontal,
        (0, true) => joints.trunk_first,
        (0, false) => joints.first,
        (index, true) if index + 1 == count => joints.trunk_last,
        (index, false) if index + 1 == count => joints.last,
        (_, true) => joints.trunk_middle,
        (_, false) => joints.middle,
    }
}

/// `name ───┼─▸ `, or as many spaces.
fn left_half(line: &mut RoleLine, names: &[String], at: Option<usize>, width: usize, trunk: bool, glyphs: &Glyphs) {
    let Some((index, name)) = at.and_then(|index| Some((index, names.get(index)?))) else {
        return line.push(Role::Text, &" ".repeat(width + GAP));
    };
    let name = text::truncate_middle(name, width, glyphs.ellipsis);
    line.push(Role::Text, &name);
    line.push(Role::Border, " ");
    line.push(Role::Border, &glyphs.horizontal.repeat(width - text::width(&name) + 1));
    line.push(Role::Border, joint(glyphs.join, index, names.len(), trunk, glyphs));
    if trunk {
        line.push(Role::Border, glyphs.horizontal);
        line.push(Role::Border, glyphs.arrow_head);
        line.push(Role::Border, " ");
    } else {
        line.push(Role::Text, "   ");
    }
}

/// ` ─┬─▸ name`; on the trunk's row the line begins at the model's name.
fn right_half(
    line: &mut RoleLine,
    names: &[String],
    at: Option<usize>,
    (width, fill): (usize, usize),
    trunk: bool,
    glyphs: &Glyphs,
) {
    let Some((index, name)) = at.and_then(|index| Some((index, names.get(index)?))) else { return };
    if trunk {
        line.push(Role::Border, " ");
        line.push(Role::Border, &glyphs.horizontal.repeat(fill + 1));
    } else {
        line.push(Role::Text, &" ".repeat(fill + 2));
    }
    line.push(Role::Border, joint(glyphs.split, index, names.len(), trunk, glyphs));
    line.push(Role::Border, glyphs.horizontal);
    line.push(Role::Border, glyphs.arrow_head);
    line.push(Role::Border, " ");
    line.push(Role::Text, &text::truncate_middle(name, width, glyphs.ellipsis));
}

#[cfg(test)]
mod tests;
