use super::*;
use crate::dbt::tree::MemoryTree;

fn files(folder: &str, paths: &[&str], ignore: &str) -> ProjectFiles {
    let project = ProjectFile { folder: folder.to_owned(), ..ProjectFile::default() };
    let entries =
        paths.iter().map(|path| (*path, "x")).chain([(".dbtignore", ignore), ("transform/.dbtignore", ignore)]);
    ProjectFiles::list(&MemoryTree::new(entries), &project, &mut Problems::default())
}

#[test]
fn files_are_found_by_folder_and_ending_in_any_case() {
    let files = files("", &["models/a.sql", "models/b/C.SQL", "models/b.yml", "macros/m.sql", "modelsx/no.sql"], "");
    let found = files.search(&["models".into()], &[".sql"]);
    assert_eq!(found.iter().map(ProjectPath::original).collect::<Vec<_>>(), ["models/a.sql", "models/b/C.SQL"]);
    assert_eq!(found[1].stem(), "C");
}

#[test]
fn a_project_in_a_folder_finds_its_own_files() {
    let files = files("transform", &["models/a.sql", "transform/models/b.sql"], "");
    for searched in ["models", "models/", "./models"] {
        let found = files.search(&[searched.to_owned()], &[".sql"]);
        assert_eq!(found.len(), 1, "{searched}");
        assert_eq!((found[0].path.as_str(), found[0].relative.as_str()), ("transform/models/b.sql", "b.sql"));
    }
}

#[test]
fn ignored_files_are_not_found() {
    let table = [
        ("a.sql", "models/a.sql", true),
        ("models/a.sql", "models/a.sql", true),
        ("/a.sql", "models/a.sql", false),
        ("scratch/", "models/scratch/x/a.sql", true),
        ("models/*.sql", "models/deep/a.sql", false),
        ("models/**/a.sql", "models/deep/er/a.sql", true),
        ("*.sql\n!a.sql", "models/a.sql", false),
        ("# a.sql", "models/a.sql", false),
    ];
    for (rules, path, expected) in table {
        assert_eq!(IgnoreRules::parse(rules).matches(path), expected, "{rules} on {path}");
    }
    let files = files("transform", &["transform/models/a.sql", "transform/models/b.sql"], "models/a.sql");
    assert_eq!(files.search(&["models".into()], &[".sql"]).len(), 1);
}

fn read(bytes: &[u8], size: Option<u64>) -> Result<(String, u32), Box<Problem>> {
    let tree = MemoryTree::new([("a.sql", bytes)]);
    let file = ProjectPath {
        path: "a.sql".into(),
        searched: String::new(),
        relative: "a.sql".into(),
        size: size.unwrap_or(bytes.len() as u64),
    };
    read_text(&tree, &file, || crate::problem::Subject::Workspace)
}

#[test]
fn text_is_stripped_and_has_one_kind_of_line_end() {
    assert_eq!(read(b"\n  select 1\r\nfrom x\r\n\n", None).unwrap(), ("select 1\r\nfrom x".to_owned(), 1));
}

#[test]
fn what_can_not_be_read_is_told() {
    let problem = read(b"select\n'\xe9'", None).unwrap_err();
    assert_eq!(problem.code.as_str(), "DBT-ENCODING");
    assert_eq!(problem.summary, "'utf-8' codec can't decode byte 0xe9 in position 8: invalid continuation byte");
    assert_eq!(problem.place.unwrap().line, 2);
    assert_eq!(read(b"x", Some(LARGEST_FILE + 1)).unwrap_err().code.as_str(), "DBT-FILE-TOO-LARGE");
    assert_eq!(read(&[0xff, 0xfe, 0, 1], None).unwrap_err().code.as_str(), "DBT-ENCODING");
}
