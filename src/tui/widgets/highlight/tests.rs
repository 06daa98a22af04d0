use proptest::prelude::*;

use super::*;
use crate::tui::theme::Role;

/// The lines with each part as `letter[text]`, plain text as it is.
fn marked(source: &str) -> String {
    let lines: Vec<String> = sql(source)
        .iter()
        .map(|line| {
            line.parts(0..line.text().len())
                .map(|(role, text)| match role {
                    Role::Text => text.to_owned(),
                    role => format!("{}[{text}]", role.letter()),
                })
                .collect()
        })
        .collect();
    lines.join("\n")
}

#[test]
fn sql_and_jinja() {
    for (source, wanted) in [
        ("select 1", "K[select] 0[1]"),
        ("SELECT a.selected FROM t", "K[SELECT] a.selected K[FROM] t"),
        ("x1 = 1.5e3", "x1 = 0[1.5e3]"),
        ("'it''s' x", "\"['it''s'] x"),
        ("\"Order\" `select`", "\"Order\" `select`"),
        ("a -- select\nfrom", "a -[-- select]\nK[from]"),
        ("/* a /* b */ c */ d", "-[/* a /* b */ c */] d"),
        ("$$ select $$ x", "\"[$$ select $$] x"),
        ("$f$ $$ $f$ x", "\"[$f$ $$ $f$] x"),
        ("$1 $2", "$0[1] $0[2]"),
        ("{{ ref('orders') }}", "j[{{ ]J[ref]j[(]\"['orders']j[) }}]"),
        ("{%- if x -%}a{% endif %}", "j[{%- if ]J[x]j[ -%}]aj[{% endif %}]"),
        ("{# note #}select", "-[{# note #}]K[select]"),
        ("'{{ x }}' y", "\"[']j[{{ ]J[x]j[ }}]\"['] y"),
        ("-- {{ x }} z", "-[-- ]j[{{ ]J[x]j[ }}]-[ z]"),
        ("{{ {'a': {'b': 1}} }}x", "j[{{ {]\"['a']j[: {]\"['b']j[: ]0[1]j[}} }}]x"),
        ("{{ 'a\\'}}' }}b", "j[{{ ]\"['a\\'}}']j[ }}]b"),
        ("{{ never ends", "j[{{ ]J[never]j[ ]J[ends]"),
        ("'never ends\nselect", "\"['never ends]\n\"[select]"),
        ("{# never ends", "-[{# never ends]"),
        ("größe from t", "größe K[from] t"),
        ("\tfrom\r\nx", "    K[from]\nx"),
        ("", ""),
        ("a\n\nb\n", "a\n\nb"),
    ] {
        assert_eq!(marked(source), wanted, "{source:?}");
    }
}

#[test]
fn escape_sequences_do_not_reach_the_screen() {
    assert_eq!(marked("\u{1b}[31mselect\u{1b}[0m"), "K[select]");
}

#[test]
fn hostile_text_costs_linear_work() {
    for unit in ["$a", "{{", "{#", "{%'", "'", "/*", "$$ $", "\\"] {
        let source = unit.repeat(200_000);
        let shown: usize = sql(&source).iter().map(|line| line.text().len()).sum();
        assert_eq!(shown, source.len(), "{unit}");
    }
}

proptest! {
    #[test]
    fn no_text_is_lost(source in "[a-z{}%#'\"$*/\\-\\\\ \n1ä漢]{0,80}") {
        let shown: Vec<String> = sql(&source).iter().map(|line| line.text().to_owned()).collect();
        let wanted: Vec<String> = source.lines().map(str::to_owned).collect();
        prop_assert_eq!(shown, wanted);
    }

    #[test]
    fn any_text_is_highlighted(source in "\\PC{0,80}") {
        sql(&source);
    }
}
