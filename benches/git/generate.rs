//! Makes what is fetched: a large repository in which the dbt project is one folder, and a repository
//! that is one dbt project. Written by `git fast-import`, the same bytes every time.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Files and bytes of the large repository, the project included.
pub const FILES: usize = 50_000;
pub const BYTES: usize = 150_000_000;
/// Where the project lies in it, and its models.
pub const PROJECT: &str = "data/dbt";
pub const MODELS: usize = 400;

/// A bare repository at `path` with one commit on `main`.
pub fn monorepo(path: &Path) {
    let (others, size) = (FILES - MODELS - 1, BYTES / FILES);
    let project = project(PROJECT);
    let files = (0..others).map(|number| {
        let path = format!("service{:02}/package{:02}/file{number:05}.ts", number % 40, number / 40 % 50);
        (path, source(number as u64, size))
    });
    import(path, files.chain(project));
}

/// A bare repository at `path` that holds the project and nothing else.
pub fn single(path: &Path) {
    import(path, project("").into_iter());
}

/// A dbt project of models that look like models, in a folder or, for `""`, at the root.
fn project(folder: &str) -> Vec<(String, Vec<u8>)> {
    let at = |file: String| if folder.is_empty() { file } else { format!("{folder}/{file}") };
    let mut files = vec![(at("dbt_project.yml".to_owned()), b"name: shop\nversion: '1.0'\nprofile: shop\n".to_vec())];
    for number in 0..MODELS {
        let mut text = format!("-- model {number}\nselect\n");
        for column in 0..40 {
            let _ =
                writeln!(text, "    source_{}.column_{} as field_{column},", number % 7, number * 31 % (column + 3));
        }
        let _ = writeln!(text, "    {number} as id");
        files.push((at(format!("models/area{:02}/model_{number}.sql", number % 20)), text.into_bytes()));
    }
    files
}

/// Text that packs about as source code does, to two fifths: words of a vocabulary and noise.
fn source(seed: u64, length: usize) -> Vec<u8> {
    const WORDS: [&str; 8] = ["export ", "const ", "return ", "function ", "import ", "=> {\n", "}\n", "await "];
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = Vec::with_capacity(length + 32);
    while text.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.extend_from_slice(WORDS[(state & 7) as usize].as_bytes());
        text.extend_from_slice(format!("v{:08x} ", state >> 32).as_bytes());
    }
    text.truncate(length);
    text
}

fn import(path: &Path, files: impl Iterator<Item = (String, Vec<u8>)>) {
    git(&["init", "-q", "--bare", "--initial-branch=main"], path);
    for setting in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant", "http.receivepack"] {
        git(&["-C", path.to_str().unwrap(), "config", setting, "true"], Path::new("."));
    }
    let mut import = Command::new("git");
    import.arg("-C").arg(path).args(["fast-import", "--quiet", "--depth=0"]).stdin(Stdio::piped());
    let mut import = import.spawn().unwrap();
    let mut stream = std::io::BufWriter::new(import.stdin.take().unwrap());
    write!(stream, "commit refs/heads/main\ncommitter Ada <ada@acme.example> 1767600000 +0000\ndata 5\nStart\n")
        .unwrap();
    for (name, bytes) in files {
        write!(stream, "M 100644 inline {name}\ndata {}\n", bytes.len()).unwrap();
        stream.write_all(&bytes).unwrap();
        stream.write_all(b"\n").unwrap();
    }
    drop(stream);
    assert!(import.wait().unwrap().success());
    git(&["-C", path.to_str().unwrap(), "repack", "-adq", "--window=0"], Path::new("."));
}

fn git(arguments: &[&str], path: &Path) {
    let mut command = Command::new("git");
    command.args(arguments);
    if path != Path::new(".") {
        command.arg(path);
    }
    assert!(command.status().unwrap().success(), "git {arguments:?}");
}
