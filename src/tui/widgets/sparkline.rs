//! A row of bars for a series of numbers, one cell each: the newest at the right.

use crate::tui::glyphs::Glyphs;

/// The last `width` values as bars, scaled to the largest of them; zero is the lowest bar.
pub fn sparkline(values: &[u64], width: usize, glyphs: &Glyphs) -> String {
    let shown = values.get(values.len().saturating_sub(width)..).unwrap_or_default();
    let most = shown.iter().copied().max().unwrap_or(0).max(1);
    let highest = glyphs.levels.len() - 1;
    let level = |value: u64| (u128::from(value) * highest as u128 / u128::from(most)) as usize;
    shown.iter().filter_map(|value| glyphs.levels.get(level(*value))).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_scale_to_the_largest() {
        let glyphs = Glyphs::unicode();
        for (values, width, wanted) in [
            (vec![0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"),
            (vec![0, 0, 0], 8, "▁▁▁"),
            (vec![7, 700], 8, "▁█"),
            (vec![9, 9, 0, u64::MAX], 2, "▁█"),
            (vec![], 8, ""),
            (vec![1, 2], 0, ""),
        ] {
            assert_eq!(sparkline(&values, width, &glyphs), wanted, "{values:?}");
        }
    }

    #[test]
    fn bars_are_ascii_where_they_must() {
        assert_eq!(sparkline(&[0, 7], 8, &Glyphs::ascii()), "_#");
    }
}
