//! Text for the screen: foreign text made harmless, text fitted into cells, figures made readable.
//!
//! Everything is total: any text, any width, also 0. Widths are terminal cells.

mod clean;
mod figures;
mod fit;

pub use clean::{clean, clean_lines};
pub use figures::{ago, bytes, count_of, date_time, duration, number, plural, rate, seconds};
pub use fit::{break_points, pad, pad_left, shorten_path, skip_cells, truncate, truncate_middle, width, wrap};

#[cfg(test)]
mod tests;
