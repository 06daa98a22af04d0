//! Tables of what people paste.

use std::path::Path;

use super::*;

fn parse(text: &str) -> Result<Address, RemoteError> {
    Address::parse(text, Path::new("/srv/space"))
}

/// `remote`, or `remote @branch`, or `remote @branch :path`.
fn told(text: &str) -> String {
    match parse(text) {
        Ok(address) => {
            let branch = address.branch.map(|branch| format!(" @{branch}")).unwrap_or_default();
            let path = address.path.map(|path| format!(" :{path}")).unwrap_or_default();
            format!("{}{branch}{path}", address.remote.display())
        }
        Err(error) => format!("! {error}"),
    }
}

fn table(rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        assert_eq!(told(text), *expected, "{text}");
    }
}

#[test]
fn clone_urls_stay_as_they_are() {
    table(&[
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop.git"),
        (" https://github.com/acme/shop/ ", "https://github.com/acme/shop"),
        ("http://127.0.0.1:8080/shop.git", "http://127.0.0.1:8080/shop.git"),
        ("https://gitlab.com/group/sub/shop.git", "https://gitlab.com/group/sub/shop.git"),
        ("https://git.acme.example/scm/a/b/c/d", "https://git.acme.example/scm/a/b/c/d"),
    ]);
}

#[test]
fn pages_give_branch_and_path() {
    table(&[
        ("https://github.com/acme/shop/tree/main/transform/dbt", "https://github.com/acme/shop @main :transform/dbt"),
        ("https://github.com/acme/shop/tree/main", "https://github.com/acme/shop @main"),
        (
            "https://github.com/acme/shop/blob/dev/dbt_project.yml?plain=1#L3",
            "https://github.com/acme/shop @dev :dbt_project.yml",
        ),
        ("https://gitlab.com/g/sub/shop/-/tree/main/dbt?ref_type=heads", "https://gitlab.com/g/sub/shop @main :dbt"),
        ("https://gitlab.acme.example/g/shop/-/blob/main/a/b.yml", "https://gitlab.acme.example/g/shop @main :a/b.yml"),
        ("https://bitbucket.org/w/shop/src/main/dbt/", "https://bitbucket.org/w/shop @main :dbt"),
        ("https://codeberg.org/o/shop/src/branch/main/dbt", "https://codeberg.org/o/shop @main :dbt"),
        ("github.com/acme/shop/tree/main/a%20b", "https://github.com/acme/shop @main :a b"),
    ]);
}

#[test]
fn other_pages_of_a_repository_name_the_repository() {
    table(&[
        ("https://github.com/acme/shop/pulls", "https://github.com/acme/shop"),
        ("https://github.com/acme/shop?tab=readme-ov-file#readme", "https://github.com/acme/shop"),
        ("https://gitlab.com/g/shop/-/merge_requests/4", "https://gitlab.com/g/shop"),
        ("https://bitbucket.org/w/shop/pull-requests/", "https://bitbucket.org/w/shop"),
    ]);
}

#[test]
fn ssh_in_both_forms() {
    table(&[
        ("git@github.com:acme/shop.git", "git@github.com:acme/shop.git"),
        ("github-work:acme/shop.git", "github-work:acme/shop.git"),
        ("ssh://git@github.com/acme/shop.git", "git@github.com:/acme/shop.git"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "ssh://git@ssh.github.com:443/acme/shop.git"),
        ("ssh://host/~jane/shop.git", "host:~jane/shop.git"),
        ("ssh://git@[::1]:2222/shop.git", "ssh://git@[::1]:2222/shop.git"),
        ("git@[::1]:shop.git", "git@[::1]:shop.git"),
    ]);
}

#[test]
fn paths_are_taken_from_the_base() {
    table(&[
        ("/srv/git/shop.git", "/srv/git/shop.git"),
        ("./repos/shop.git", "/srv/space/repos/shop.git"),
        ("../shop", "/srv/space/../shop"),
        ("repos/shop.git", "/srv/space/repos/shop.git"),
        ("file:///srv/git/shop%20two.git", "/srv/git/shop two.git"),
        ("file://localhost/srv/shop", "/srv/shop"),
        ("odd/name:with-colon", "/srv/space/odd/name:with-colon"),
    ]);
}

#[test]
fn the_home_folder_is_known() {
    let Ok(Address { remote: Remote::Local { path }, .. }) = parse("~/shop") else { panic!("not a path") };
    assert!(path.is_absolute() && path.ends_with("shop") && !path.starts_with("/srv/space"));
}

#[test]
fn a_folder_that_exists_wins_over_an_address() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("host:shop")).unwrap();
    let address = Address::parse("host:shop", folder.path()).unwrap();
    assert_eq!(address.remote, Remote::Local { path: folder.path().join("host:shop") });
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        "   ",
        "htps://github.com/acme/shop",
        "git://github.com/acme/shop",
        "https://",
        "https://github.com",
        "ssh://git@github.com",
        "ssh://git@github.com:port/a",
        "ssh://github.com/",
        "file://other.example/srv/git",
        "git@github.com:",
        "https://github.com/a\nb",
    ] {
        assert!(matches!(parse(text), Err(RemoteError::Address { .. })), "{text:?} gave {:?}", parse(text));
    }
    assert!(matches!(parse(&"a".repeat(5000)), Err(RemoteError::Address { .. })));
}

#[test]
fn nothing_that_ssh_could_take_for_an_option_passes() {
    for text in ["-oProxyCommand=x:y", "ssh://-oProxyCommand=x/y", "git@-x:y", "-l@host:y", "git@host:-y"] {
        assert!(matches!(parse(text), Err(RemoteError::Address { .. })), "{text:?} gave {:?}", parse(text));
    }
}

#[test]
fn a_secret_in_an_address_is_refused_and_not_repeated() {
    for text in [
        "https://jane:hunter2@github.com/acme/shop.git",
        "https://ghp_hunter2@github.com/acme/shop.git",
        "https://x-access-token:hunter2@github.com/acme/shop.git",
        "https://hunter2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@git.example/acme/shop.git",
        "ssh://git:hunter2@github.com/acme/shop.git",
    ] {
        let error = parse(text).unwrap_err();
        assert!(matches!(error, RemoteError::SecretInAddress { .. }), "{text}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    let odd = parse("htps://jane:hunter2@github.com/acme").unwrap_err();
    assert!(!format!("{odd} {odd:?}").contains("hunter2"), "{odd:?}");
}

#[test]
fn a_username_alone_is_no_secret_and_is_left_out() {
    table(&[("https://jane@bitbucket.org/acme/shop.git", "https://bitbucket.org/acme/shop.git")]);
}

#[test]
fn pages_of_bitbucket_data_center_lead_to_the_clone_address() {
    table(&[
        (
            "https://bb.acme.example/projects/DATA/repos/shop/browse/dbt/dbt_project.yml?at=refs%2Fheads%2Frelease%2F1",
            "https://bb.acme.example/scm/DATA/shop.git @release/1 :dbt/dbt_project.yml",
        ),
        ("https://bb.acme.example/projects/DATA/repos/shop/browse", "https://bb.acme.example/scm/DATA/shop.git"),
        ("https://acme.example/bb/users/jane/repos/shop?at=dev", "https://acme.example/bb/scm/~jane/shop.git @dev"),
    ]);
}

#[test]
fn branches_with_slashes_are_told_by_those_that_there_are() {
    let branches = ["main", "release", "release/2026", "release/2026/hotfix", "dev"].map(str::to_owned);
    for (page, branch, path) in [
        ("https://github.com/a/b/tree/release/2026/transform", Some("release/2026"), Some("transform")),
        ("https://github.com/a/b/tree/release/2026/hotfix", Some("release/2026/hotfix"), None),
        ("https://github.com/a/b/tree/release/transform/dbt", Some("release"), Some("transform/dbt")),
        (
            "https://gitlab.com/a/b/-/blob/release/2026/x/dbt_project.yml",
            Some("release/2026"),
            Some("x/dbt_project.yml"),
        ),
        ("https://github.com/a/b/tree/releases/x", Some("releases"), Some("x")),
        ("https://github.com/a/b/tree/develop", Some("develop"), None),
        ("https://github.com/a/b", None, None),
    ] {
        let address = parse(page).unwrap().among(&branches);
        assert_eq!((address.branch.as_deref(), address.path.as_deref()), (branch, path), "{page}");
    }
}
