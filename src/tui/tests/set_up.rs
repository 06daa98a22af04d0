//! Pictures of a repository being connected, in both sizes: scripts of keys into the form.

use std::fmt::Write as _;

use crate::engine::{ListedThing, Tried};
use crate::problem::{Catalogue, Code, Problem, Subject};
use crate::tui::effect::{Effect, Generation};
use crate::tui::message::Message;
use crate::tui::panes::fixtures::Screen;
use crate::tui::panes::model_fixtures::connected;
use crate::tui::state::Tab;

/// Keys as in `ebb.toml`, and what is pasted in quotes.
const SCRIPTS: [(&str, &str); 9] = [
    ("empty", "a"),
    ("an SSH address", "a 'git@github.com:acme/other.git' tab"),
    ("a token", "a 'https://github.com/acme/shop' tab tab tab right right right tab tab 'glpat-secret'"),
    ("a token in a variable", "a 'https://gitlab.com/a/b' tab tab tab right right right tab right tab '$TOKEN'"),
    ("a key with a passphrase", "a 'git@github.com:acme/x' tab tab tab right right tab tab tab right tab 'sesame'"),
    ("a GitHub App", "a 'https://github.com/acme/x' tab tab tab left tab '47x' enter"),
    ("a connection to the same host", "a 'https://git.example/acme/other' tab"),
    ("nothing typed", "a enter"),
    ("another credential", "c"),
];

fn screen(size: (u16, u16), script: &str) -> Screen {
    let mut screen = Screen::new(Tab::Connections, size.0, size.1);
    screen.load(connected());
    screen.press("j");
    for word in script.split(' ') {
        match word.strip_prefix('\'').and_then(|word| word.strip_suffix('\'')) {
            Some(pasted) => screen.send(Message::Pasted(pasted.to_owned())),
            None => screen.press(word),
        }
    }
    screen
}

fn picture(text: &mut String, size: (u16, u16), name: &str, screen: &Screen) {
    let drawn = screen.text();
    assert!(!drawn.contains("glpat-secret") && !drawn.contains("sesame"), "{drawn}");
    write!(text, "== {}x{} {name}\n{drawn}", size.0, size.1).unwrap();
}

#[test]
fn the_form() {
    for size in [(80, 24), (120, 40)] {
        let mut text = String::new();
        for (name, script) in SCRIPTS {
            picture(&mut text, size, name, &screen(size, script));
        }
        insta::assert_snapshot!(format!("set_up_{}x{}", size.0, size.1), text);
    }
}

fn generation(screen: &mut Screen) -> Generation {
    match screen.take().pop() {
        Some(Effect::List { generation, .. } | Effect::TryProject { generation, .. }) => generation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_lists_and_the_test() {
    let thing = |name: &str, about: &str| ListedThing {
        value: name.to_owned(),
        name: name.to_owned(),
        about: about.to_owned(),
    };
    let mut text = String::new();
    for size in [(80, 24), (120, 40)] {
        let mut list = screen(size, "a ctrl-l");
        let asked = generation(&mut list);
        picture(&mut text, size, "asking", &list);
        let found = vec![thing("acme/shop", "main"), thing("acme/shop-archive", "trunk"), thing("acme/web", "main")];
        list.send(Message::ListGrew { generation: asked, found });
        list.press("s h");
        picture(&mut text, size, "filtered while more come", &list);
        let mut problem = Problem::new(
            Code::new("GIT-LIST-NOT-OFFERED"),
            Subject::Workspace,
            "Repositories can't be listed: an SSH key opens no list: type the address, or choose a token",
        );
        Catalogue::builtin().describe(&mut problem);
        list.send(Message::ListEnded { generation: asked, result: Err(Box::new(problem.clone())) });
        picture(&mut text, size, "the rest did not come", &list);
        let mut none = screen(size, "a ctrl-l");
        let asked = generation(&mut none);
        none.send(Message::ListEnded { generation: asked, result: Err(Box::new(problem)) });
        picture(&mut text, size, "no list", &none);
        let mut test = screen(size, "a 'https://github.com/acme/shop' enter");
        let Some(Effect::TryProject { new, generation }) = test.take().pop() else { panic!("nothing is tried") };
        test.send(Message::ProjectTried {
            generation,
            result: Ok(Box::new(Tried { is_well: false, new: *new, choose: Vec::new() })),
        });
        picture(&mut text, size, "something is missing", &test);
    }
    insta::assert_snapshot!("set_up_lists", text);
}
