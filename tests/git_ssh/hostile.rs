//! Repositories that hold what nobody can read, and servers that play false, over SSH: what is said of them is what
//! is said over HTTP.

use std::time::Duration;

use ebbtide::git::{FetchLimits, FetchRequest, RemoteError, branches};
use tokio_util::sync::CancellationToken;

use crate::scene::{LIMITS, Scene, code, run};
use crate::support::repositories::{boasting_pack, crowd, noise, odd_shop, push};

const ID: &str = "1111111111111111111111111111111111111111";

/// Lines as Git sends them.
fn packets(lines: &[&[u8]]) -> Vec<u8> {
    let packet = |line: &&[u8]| [format!("{:04x}", line.len() + 4).as_bytes(), line].concat();
    lines.iter().flat_map(packet).collect()
}

/// The greeting of a server that can leave nothing out.
fn greeting() -> Vec<u8> {
    [packets(&[b"version 2\n", b"ls-refs=unborn\n", b"fetch=shallow\n", b"object-format=sha1\n"]), b"0000".to_vec()]
        .concat()
}

/// Where the branch stands.
fn main_branch() -> Vec<u8> {
    [packets(&[format!("{ID} refs/heads/main\n").as_bytes()]), b"0000".to_vec()].concat()
}

/// What comes before a pack.
fn before_pack() -> Vec<u8> {
    [packets(&[b"shallow-info\n", format!("shallow {ID}\n").as_bytes()]), b"0001".to_vec(), packets(&[b"packfile\n"])]
        .concat()
}

/// The server says this, whatever it is asked, and goes on with a script.
fn says(scene: &Scene, parts: &[Vec<u8>], then: &str) {
    let file = scene.folder.path().join("said");
    std::fs::write(&file, parts.concat()).unwrap();
    scene.server.run_instead(&format!("cat '{}'; {then}", file.display()));
}

/// A script that says the same packet for ever.
fn without_end(scene: &Scene, packet: &[u8]) -> String {
    let file = scene.folder.path().join("endless");
    // Many at once: a process for each would be the slowest part.
    std::fs::write(&file, packets(&vec![packet; (1 << 20) / (packet.len() + 4) + 1])).unwrap();
    format!("while cat '{}'; do :; done", file.display())
}

async fn works_again(scene: &Scene) {
    scene.server.run_instead("exec sh -c \"$SSH_ORIGINAL_COMMAND\"");
    run(scene.request()).await.unwrap();
    scene.no_process_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_would_fill_the_memory_is_refused() {
    let Some(scene) = Scene::new("a_pack_that_would_fill_the_memory_is_refused", true) else { return };
    let pack = packets(&[&[&[1], boasting_pack(100_000).as_slice()].concat()]);
    says(&scene, &[greeting(), main_branch(), before_pack(), pack, b"0000".to_vec()], "cat >/dev/null");
    let error = run(scene.request()).await.unwrap_err();
    assert!(matches!(error, RemoteError::Inflates { bytes } if bytes == 100_000 << 20), "{error:?}");
    let packs = std::fs::read_dir(scene.request().cache.join("objects/pack")).unwrap();
    assert_eq!(packs.count(), 0);
    works_again(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_words_and_a_pack_without_an_end_are_ended() {
    let Some(scene) = Scene::new("a_list_words_and_a_pack_without_an_end_are_ended", true) else { return };
    let long = [
        format!("{ID} refs/heads/").as_bytes(),
        &noise(60_000).iter().map(|byte| b'a' + byte % 26).collect::<Vec<u8>>(),
        b"\n",
    ]
    .concat();
    let data = [&[1], noise(60_000).as_slice()].concat();
    let pack_begins = packets(&[&[&[1], boasting_pack(0).get(..12).unwrap()].concat()]);
    let before = [greeting(), main_branch(), before_pack()].concat();
    let cases = [
        ("the greeting", Vec::new(), packets(&[b"version 2\n"]), b"agent=x\n".to_vec(), "GIT-TRANSFER-CUT"),
        ("branches with long names", greeting(), Vec::new(), long, "GIT-TRANSFER-CUT"),
        (
            "words beside the pack",
            before.clone(),
            Vec::new(),
            [&[2], noise(60_000).as_slice()].concat(),
            "GIT-TRANSFER-CUT",
        ),
        ("the pack", before, pack_begins, data, "GIT-TOO-LARGE GIT-TRANSFER-CUT"),
    ];
    for (what, first, second, endless, expected) in cases {
        says(&scene, &[first, second], &without_end(&scene, &endless));
        let limits = FetchLimits { pack_bytes: 20 << 20, ..LIMITS };
        let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
        assert!(expected.contains(&code(&error)), "{what}: {error:?}");
        assert!(error.raw().len() < 20_000, "{what}");
    }
    works_again(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_shell_before_the_greeting_are_no_answer() {
    let Some(scene) = Scene::new("words_of_a_shell_before_the_greeting_are_no_answer", true) else { return };
    for said in [
        "echo Welcome to the jungle",
        "printf '0003'",
        "printf 'zzzz'",
        "printf 'ffff'; cat",
        "yes >&2 | head -c 9999999",
        ":",
    ] {
        scene.server.run_instead(said);
        let limits = FetchLimits { stall: Duration::from_secs(2), ..LIMITS };
        let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
        assert!(error.raw().len() < 20_000, "{said}: {error:?}");
    }
    works_again(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_branches_that_mean_harm_are_names_only() {
    let Some(scene) = Scene::new("names_of_branches_that_mean_harm_are_names_only", true) else { return };
    let names = ["../../../etc/x", "-oProxyCommand=touch x", "a\u{1b}[2J", "main\0x", "HEAD"];
    let lines: Vec<Vec<u8>> = names.iter().map(|name| format!("{ID} refs/heads/{name}\n").into_bytes()).collect();
    let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    let list = [packets(&lines), b"0000".to_vec()].concat();
    // Whoever misses a branch asks for all of them.
    says(&scene, &[greeting(), list.clone(), list], "cat >/dev/null");
    let all = branches(scene.request(), CancellationToken::new()).await.unwrap();
    assert_eq!(all.names.len(), names.len(), "{:?}", all.names);
    let error = run(scene.request()).await.unwrap_err();
    assert_eq!(code(&error), "GIT-BRANCH-MISSING", "{error:?}");
    for line in [&b"xyz refs/heads/main\n"[..], b"refs/heads/main\n", b"1111 refs/heads/main\n"] {
        says(&scene, &[greeting(), packets(&[line]), b"0000".to_vec()], "cat >/dev/null");
        let error = run(scene.request()).await.unwrap_err();
        assert_eq!(code(&error), "GIT-TRANSFER-CUT", "{error:?}");
    }
    works_again(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let Some(scene) = Scene::new("what_cannot_be_read_is_named_and_the_rest_is_read", true) else { return };
    odd_shop(scene.folder.path(), &scene.folder.path().join("shop.git"));
    let fetched = run(scene.request()).await.unwrap();
    let left_out = &fetched.contents.left_out;
    assert_eq!(left_out.submodules.first, ["transform/dbt_packages/shared"]);
    assert_eq!(left_out.links.first, ["transform/models/secret.sql"]);
    assert_eq!(left_out.names.count, 1);
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(scene.read(&fetched, "transform/models/secret.sql").is_err());
    assert!(scene.read(&fetched, "transform/models/large.sql").unwrap_err().to_string().contains("Git LFS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_with_more_files_than_anybody_reads_is_told() {
    let Some(scene) = Scene::new("a_folder_with_more_files_than_anybody_reads_is_told", true) else { return };
    crowd(&scene.folder.path().join("shop.git"), 200_001);
    let fetched = run(scene.request()).await.unwrap();
    let request = scene.request();
    let repository = ebbtide::git::Repository::of(&request.remote, &request.cache).unwrap();
    let error = repository.reader(&fetched.commit.id).unwrap().list("transform").unwrap_err();
    assert!(matches!(error, ebbtide::git::TreeError::TooMany { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_after_any_number_of_bytes_ends_in_a_time_out() {
    let test = "a_server_that_hangs_after_any_number_of_bytes_ends_in_a_time_out";
    let Some(scene) = Scene::new(test, true) else { return };
    push(&scene.folder.path().join("shop.git"), "main", &[("transform/models/big.sql", &noise(100_000))]);
    let limits = FetchLimits { stall: Duration::from_secs(2), ..LIMITS };
    for bytes in [0, 40, 5_000, 80_000] {
        scene.server.run_instead(&format!(
            "exec 3<&0\nsh -c \"$SSH_ORIGINAL_COMMAND\" <&3 | {{ dd bs=1 count={bytes} status=none; cat <&3 >/dev/null; }}"
        ));
        let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
        assert_eq!(code(&error), "GIT-TIMEOUT", "{bytes}: {error:?}");
    }
    works_again(&scene).await;
}
