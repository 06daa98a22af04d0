//! The parts that panes are made of. Each draws itself from values that it is given into a part of a
//! buffer, and is total: any area, also 0x0, and any text.
//!
//! No widget does I/O, knows a clock, names a colour or holds more than what is needed to draw and to
//! move. Drawing a list of 100 000 rows costs what its visible rows cost.

pub mod diff;
pub mod filter;
pub mod frame;
pub mod highlight;
pub mod input;
pub mod lineage;
pub mod list;
pub mod markdown;
pub mod popup;
pub mod progress;
pub mod role_line;
pub mod scroll;
pub mod sparkline;
pub mod table;
pub mod textview;
pub mod tree;
