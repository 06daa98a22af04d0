//! Descriptions in Markdown, as far as people write it in dbt: headings, lists, code, emphasis, links.
//! What is not known stays as it was written.

use super::role_line::RoleLine;
use crate::tui::glyphs::Glyphs;
use crate::tui::text;
use crate::tui::theme::Role;

/// A text in lines of at most `width` cells.
pub fn lines(source: &str, width: usize, glyphs: &Glyphs) -> Vec<RoleLine> {
    if width == 0 {
        return Vec::new();
    }
    let mut lines: Vec<RoleLine> = Vec::new();
    let mut paragraph = String::new();
    let mut code = false;
    for line in text::clean_lines(source) {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            flush(&mut lines, &mut paragraph, width);
            code = !code;
        } else if code {
            lines.push(RoleLine::of(Role::SqlString, text::truncate(&format!("  {line}"), width, glyphs.ellipsis)));
        } else if trimmed.is_empty() {
            flush(&mut lines, &mut paragraph, width);
            if lines.last().is_some_and(|line| !line.text().is_empty()) {
                lines.push(RoleLine::new());
            }
        } else if let Some(heading) = heading(trimmed) {
            flush(&mut lines, &mut paragraph, width);
            lines.extend(text::wrap(heading, width).iter().map(|line| RoleLine::of(Role::Title, line)));
        } else if let Some(item) = item(trimmed) {
            flush(&mut lines, &mut paragraph, width);
            list_item(&mut lines, item, width, glyphs);
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    flush(&mut lines, &mut paragraph, width);
    while lines.last().is_some_and(|line| line.text().is_empty()) {
        lines.pop();
    }
    lines
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len() && line.len() - text.len() <= 6).then(|| text.strip_prefix(' '))?
}

fn item(line: &str) -> Option<&str> {
    ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark))
}

fn flush(lines: &mut Vec<RoleLine>, paragraph: &mut String, width: usize) {
    if !paragraph.is_empty() {
        lines.extend(wrapped(&inline(&std::mem::take(paragraph)), width));
    }
}

fn list_item(lines: &mut Vec<RoleLine>, item: &str, width: usize, glyphs: &Glyphs) {
    if width < 4 {
        return lines.extend(wrapped(&inline(item), width));
    }
    for (index, line) in wrapped(&inline(item), width - 2).iter().enumerate() {
        let mark = if index == 0 { glyphs.bullet } else { " " };
        let mut out = RoleLine::of(Role::Dim, format!("{mark} "));
        out.append(line);
        lines.push(out);
    }
}

/// Code, strong, emphasis and links within a paragraph; a sign without its partner is a sign.
fn inline(paragraph: &str) -> RoleLine {
    const SIGNS: [(&str, Role); 5] =
        [("`", Role::SqlString), ("**", Role::Title), ("__", Role::Title), ("*", Role::Emphasis), ("[", Role::Link)];
    let mut line = RoleLine::new();
    let mut rest = paragraph;
    while let Some(at) = rest.find(['`', '*', '_', '[']) {
        let (before, sign) = rest.split_at(at);
        line.push(Role::Text, before);
        let span = SIGNS.iter().find_map(|(mark, role)| {
            let inside = sign.strip_prefix(mark)?;
            let (text, after) = if *mark == "[" { link(inside)? } else { inside.split_once(mark)? };
            (!text.is_empty() && !text.starts_with(' ')).then_some((text, *role, after))
        });
        if let Some((text, role, after)) = span {
            line.push(role, text);
            rest = after;
        } else {
            let (sign, after) = sign.split_at(1);
            line.push(Role::Text, sign);
            rest = after;
        }
    }
    line.push(Role::Text, rest);
    line
}

/// `text](address)` gives the text, and what follows.
fn link(inside: &str) -> Option<(&str, &str)> {
    let (text, rest) = inside.split_once("](")?;
    let (_, after) = rest.split_once(')')?;
    Some((text, after))
}

/// Broken between words; roles stay.
fn wrapped(line: &RoleLine, width: usize) -> Vec<RoleLine> {
    let mut lines = Vec::new();
    let mut from = 0;
    for row in text::wrap(line.text(), width) {
        let mut out = RoleLine::new();
        // Wrapping drops spaces and nothing else: walk along the source to find the roles again.
        for word in row.split_inclusive(' ') {
            let bare = word.trim_end_matches(' ');
            let Some(start) = line.text().get(from..).and_then(|rest| rest.find(bare)).map(|at| from + at) else {
                out.push(Role::Text, word);
                continue;
            };
            for (role, text) in line.parts(start..start + bare.len()) {
                out.push(role, text);
            }
            from = start + bare.len();
            let space = word.get(bare.len()..).unwrap_or_default();
            let role = line.parts(from..from + 1).next().map_or(Role::Text, |(role, _)| role);
            out.push(role, space);
        }
        lines.push(out);
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(source: &str, width: usize) -> Vec<String> {
        lines(source, width, &Glyphs::ascii())
            .iter()
            .map(|line| {
                line.parts(0..line.text().len())
                    .map(
                        |(role, text)| {
                            if role == Role::Text { text.to_owned() } else { format!("{}[{text}]", role.letter()) }
                        },
                    )
                    .collect()
            })
            .collect()
    }

    #[test]
    fn what_people_write_in_descriptions() {
        for (source, wanted) in [
            ("plain words", vec!["plain words"]),
            ("# Customers\nOne row each", vec!["T[Customers]", "One row each"]),
            ("- first\n- second", vec!["d[* ]first", "d[* ]second"]),
            ("a `code` b", vec!["a \"[code] b"]),
            ("**bold** and *this*", vec!["T[bold] and E[this]"]),
            ("see [docs](https://x.y)", vec!["see L[docs]"]),
            ("```sql\nselect 1\n```", vec!["\"[  select 1]"]),
            ("one\ntwo\n\nthree", vec!["one two", "", "three"]),
            ("stg_orders * 2 and a_b_c", vec!["stg_orders * 2 and a_b_c"]),
            ("#hashtag", vec!["#hashtag"]),
            ("[x", vec!["[x"]),
            ("**", vec!["**"]),
            ("", vec![]),
            ("\n\n", vec![]),
        ] {
            assert_eq!(marked(source, 40), wanted, "{source:?}");
        }
    }

    #[test]
    fn roles_outlive_wrapping() {
        assert_eq!(marked("a **bold word** b", 8), ["a T[bold]", "T[word] b"]);
        assert_eq!(marked("- one two three", 9), ["d[* ]one two", "d[  ]three"]);
    }

    proptest! {
        #[test]
        fn lines_fit(source in "[-#*_`\\[\\]()a-c 漢\n]{0,80}", width in 2_usize..20) {
            for line in lines(&source, width, &Glyphs::ascii()) {
                prop_assert!(line.width() <= width);
            }
        }

        #[test]
        fn any_text_has_lines(source in "\\PC{0,80}", width in 0_usize..20) {
            lines(&source, width, &Glyphs::unicode());
        }
    }
}
