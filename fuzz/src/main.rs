//! Attacks without libFuzzer: cuts, doubles and mixes what the tests hold, for as long as asked.
//!
//! `mutate TARGET SECONDS [SEED]`; TARGET is `jinja`, `yaml` or `loader`. An input that panics ends the program; one
//! that takes long is kept. Either stands in `fuzz/artifacts`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longer than this an input may not take on a slow machine.
const LONG: Duration = Duration::from_secs(5);

/// Pieces that mean something to the parsers.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%- ",
    " -%}",
    "{{ ref('a') }}",
    "{% for x in range(9) %}",
    "{% endfor %}",
    "{% macro m(x) %}",
    "{% endmacro %}",
    "{% set x = [x, x] %}",
    "{% do x.append(x) %}",
    "{{ m(m) }}",
    "|",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "  ",
    "- ",
    ": ",
    "&a ",
    "*a",
    "<<: *a\n",
    "? ",
    "| \n",
    ">-\n",
    "!!binary ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\u{0}",
    "\u{feff}",
    "\u{1F600}",
    "é",
    "\n--- models/b.sql\n",
    "\n--- models/s.yml\n",
    "\n--- macros/m.sql\n",
    "\n--- dbt_project.yml\n",
    "models:\n",
    "- name: a\n",
    "tests: [unique]\n",
    "config(materialized='ephemeral')",
    "9999999999999999999",
    "-1",
    "0x",
    "1e999",
    "* 99999",
    "** 9",
    "~ x",
    "[::-1]",
    ".format(x)",
    "|tojson",
    "is defined",
    "loop.index",
    "caller()",
    "varargs",
    "kwargs",
    "namespace(a=x)",
    "recursive",
];

/// Xorshift: the same inputs for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }

    /// Once or twice, and now and then very often.
    fn times(&mut self, often: usize) -> usize {
        let most = if self.below(20) == 0 { often } else { 2 };
        1 + self.below(most)
    }
}

/// What the tests hold, cut into inputs.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let read = |path: &str| std::fs::read_to_string(tests.join(path)).expect("a file of the tests");
    let cut = |text: String, at: &str| text.split(at).map(|part| part.as_bytes().to_vec()).collect::<Vec<_>>();
    let projects = || [cut(read("dbt/projects.txt"), "\n#### "), cut(read("dbt/broken.txt"), "\n#### ")].concat();
    match target {
        "jinja" => {
            let unescape = |line: &str| line.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
            let lines = [read("jinja/judge/subjects.jsonl"), read("jinja/judge/sample.jsonl")].concat();
            lines.lines().map(|line| unescape(line).into_bytes()).collect()
        }
        "yaml" => {
            let text = [read("dbt/projects.txt"), read("dbt/broken.txt")].concat();
            text.split("\n--- ")
                .filter(|part| part.lines().next().is_some_and(|path| path.ends_with(".yml")))
                .filter_map(|part| part.split_once('\n'))
                .map(|(_, text)| text.split("\n====").next().unwrap_or(text).as_bytes().to_vec())
                .collect()
        }
        _ => projects(),
    }
}

fn mutated(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds[dice.below(seeds.len())].clone();
    for _ in 0..1 + dice.below(6) {
        let at = dice.below(input.len() + 1);
        let end = at + dice.below((input.len() - at).min(40) + 1);
        match dice.below(6) {
            0 => drop(input.drain(at..end)),
            1 => {
                let piece = input[at..end].to_vec();
                let there = dice.below(input.len() + 1);
                for _ in 0..dice.times(2000) {
                    input.splice(there..there, piece.iter().copied());
                }
            }
            2 | 3 => {
                let piece = PIECES[dice.below(PIECES.len())].as_bytes();
                for _ in 0..dice.times(3000) {
                    input.splice(at..at, piece.iter().copied());
                }
            }
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len() + 1);
                let to = from + dice.below((other.len() - from).min(200) + 1);
                input.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = dice.below(256) as u8;
                }
            }
        }
        input.truncate(200_000);
    }
    input
}

fn keep(name: &str, input: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("artifacts");
    let _made = std::fs::create_dir_all(&folder);
    let _written = std::fs::write(folder.join(name), input);
}

/// The most memory that the process has had, in KiB.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim().to_owned()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let target = arguments.first().map_or("jinja", String::as_str);
    let attack: fn(&[u8]) = match target {
        "jinja" => hostile::jinja,
        "yaml" => hostile::yaml,
        "loader" => hostile::loader,
        other => return eprintln!("no target {other}: jinja, yaml or loader"),
    };
    let number = |at: usize, otherwise: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (seconds, seed) = (number(1, 60), number(2, 1));
    let seeds = seeds(target);
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (started, mut inputs, mut longest) = (Instant::now(), 0_u64, Duration::ZERO);
    while started.elapsed() < Duration::from_secs(seconds) {
        let input = mutated(&mut dice, &seeds);
        keep(&format!("{target}-last"), &input);
        let began = Instant::now();
        attack(&input);
        let took = began.elapsed();
        if took > LONG {
            keep(&format!("{target}-slow-{inputs}"), &input);
            println!("input {inputs} took {took:?}");
        }
        longest = longest.max(took);
        inputs += 1;
    }
    println!("{target}: {inputs} inputs in {seconds} s, the longest {longest:?}, peak memory {}", peak());
}
