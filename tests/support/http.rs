//! `git http-backend` behind a small HTTP server: counts, asks for a password, misbehaves.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use futures_util::stream;
use tokio::io::AsyncWriteExt as _;

use super::background::{Background, Port};

/// What the server does with the next requests.
#[derive(Clone, Debug)]
pub enum Answer {
    Serve,
    /// Serves as a server that has never heard of version 2.
    ServeVersionZero,
    /// `(status, content type, body)`.
    Refuse(u16, &'static str, &'static str),
    /// Sends to another address: what comes behind the repository's path is kept.
    Redirect(String),
    /// Sends exactly there.
    RedirectTo(String),
    /// Says nothing at all.
    Hang,
    /// Serves this many bytes of each answer that holds a pack and is longer, and then nothing more.
    HangAfter(usize),
    /// Serves this many bytes of each list of branches, and then nothing more.
    HangInRefs(usize),
    /// Serves these bytes in place of every pack.
    Pack(Vec<u8>),
    /// Serves this many bytes of each answer that holds a pack, and closes.
    CutAfter(usize),
    /// Turns over the bits of one byte of the pack: so many bytes before its end.
    Corrupt(usize),
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub authorization: Option<String>,
    /// Bytes of the request's and of the answer's body.
    pub bytes_in: usize,
    pub bytes_out: usize,
}

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    answer: Mutex<Answer>,
    password: Mutex<Option<(String, String)>>,
    /// `(old name, new name)`: the old one redirects.
    renamed: Mutex<Option<(String, String)>>,
    seen: Mutex<Vec<Seen>>,
    after_refs: Mutex<Option<Later>>,
}

/// Something to be done once, later.
struct Later(Box<dyn FnOnce() + Send>);

impl std::fmt::Debug for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Later")
    }
}

/// Serves every bare repository below a folder until it is dropped.
#[derive(Debug)]
pub struct HttpGitServer {
    shared: Arc<Shared>,
    server: Background,
}

impl HttpGitServer {
    /// Starts on a free port of this machine.
    pub fn start(root: &Path) -> Self {
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            answer: Mutex::new(Answer::Serve),
            password: Mutex::new(None),
            renamed: Mutex::new(None),
            seen: Mutex::new(Vec::new()),
            after_refs: Mutex::new(None),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Self { shared, server: Port::take().serve(router) }
    }

    /// The address of `NAME.git`.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}.git", self.server.address)
    }

    pub fn port(&self) -> u16 {
        self.server.address.port()
    }

    /// From now on only this user and password get in.
    pub fn require(&self, user: &str, password: &str) {
        *self.shared.password.lock().unwrap() = Some((user.to_owned(), password.to_owned()));
    }

    /// From now on `old.git` redirects to `new.git`, as forges do after a rename.
    pub fn rename(&self, old: &str, new: &str) {
        *self.shared.renamed.lock().unwrap() = Some((format!("/{old}.git"), format!("/{new}.git")));
    }

    pub fn answer(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    /// Does this once, after the next list of branches was made and before it is sent.
    pub fn after_refs(&self, work: impl FnOnce() + Send + 'static) {
        *self.shared.after_refs.lock().unwrap() = Some(Later(Box::new(work)));
    }

    /// The requests since the last call.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let seen = Seen {
        method: parts.method.to_string(),
        path: target.clone(),
        authorization: header("authorization"),
        bytes_in: body.len(),
        bytes_out: 0,
    };
    let number = shared.see(seen.clone());
    let plan = shared.answer.lock().unwrap().clone();
    if let Some(instead) = shared.instead(&seen, &plan) {
        return instead;
    }
    let protocol = if matches!(plan, Answer::ServeVersionZero) { None } else { header("git-protocol") };
    if matches!(plan, Answer::Hang) {
        std::future::pending::<()>().await;
    }
    let (status, kind, mut answer) = backend(&shared.root, &parts, &body, protocol).await;
    let mut builder = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    let mut after = None;
    if body.windows(7).any(|bytes| bytes == b"ls-refs") {
        let work = shared.after_refs.lock().unwrap().take();
        if let Some(Later(work)) = work {
            tokio::task::spawn_blocking(work).await.unwrap();
        }
        if let Answer::HangInRefs(bytes) = plan {
            answer.truncate(bytes);
            after = Some(Duration::from_hours(1));
        }
    }
    let is_push = target.ends_with("/git-receive-pack") && matches!(plan, Answer::HangAfter(_));
    if is_push || answer.windows(4).any(|bytes| bytes == b"PACK") {
        let whole = answer.len();
        after = spoil(&mut answer, &plan);
        let length = if after.is_some() { whole } else { answer.len() };
        builder = builder.header(header::CONTENT_LENGTH, length);
    }
    if let Some(seen) = shared.seen.lock().unwrap().get_mut(number) {
        seen.bytes_out = answer.len();
    }
    builder.body(body_of(answer, after)).unwrap()
}

impl Shared {
    /// Notes a request and gives its number.
    fn see(&self, request: Seen) -> usize {
        let mut seen = self.seen.lock().unwrap();
        seen.push(request);
        seen.len() - 1
    }

    /// What is answered without asking Git.
    fn instead(&self, seen: &Seen, plan: &Answer) -> Option<Response<Body>> {
        let password = self.password.lock().unwrap().clone();
        let expected = password.map(|(user, word)| format!("Basic {}", base64(format!("{user}:{word}").as_bytes())));
        if expected.is_some() && seen.authorization != expected {
            let said = "HTTP Basic: Access denied. The provided password or token is incorrect.\n";
            let builder = Response::builder().status(StatusCode::UNAUTHORIZED);
            let builder = builder.header(header::CONTENT_TYPE, "text/plain");
            return Some(builder.header(header::WWW_AUTHENTICATE, "Basic realm=\"Git\"").body(said.into()).unwrap());
        }
        let renamed = self.renamed.lock().unwrap().clone();
        if let Some((old, new)) = renamed
            && let Some(rest) = seen.path.strip_prefix(&old)
        {
            return Some(redirect(&format!("{new}{rest}")));
        }
        match plan {
            Answer::Refuse(status, kind, said) => {
                let builder = Response::builder().status(*status).header(header::CONTENT_TYPE, *kind);
                Some(builder.body(Body::from(*said)).unwrap())
            }
            Answer::Redirect(to) => {
                let rest = seen.path.split_once(".git").map(|(_, rest)| rest).unwrap_or_default();
                Some(redirect(&format!("{to}{rest}")))
            }
            Answer::RedirectTo(to) => Some(redirect(to)),
            _ => None,
        }
    }
}

/// Does to an answer with a pack what is planned; gives how long to wait before breaking off, where it
/// is to break off.
fn spoil(answer: &mut Vec<u8>, plan: &Answer) -> Option<Duration> {
    match plan {
        // One that is sent whole must end: a client may ask again on the same connection.
        Answer::HangAfter(bytes) if *bytes < answer.len() => {
            answer.truncate(*bytes);
            Some(Duration::from_hours(1))
        }
        Answer::Pack(pack) => {
            let mut packets = b"000dpackfile\n".to_vec();
            for piece in pack.chunks(60_000) {
                packets.extend(format!("{:04x}\x01", piece.len() + 5).into_bytes());
                packets.extend(piece);
            }
            packets.extend(b"0000");
            *answer = packets;
            None
        }
        Answer::CutAfter(bytes) => {
            answer.truncate(*bytes);
            Some(Duration::ZERO)
        }
        Answer::Corrupt(before_end) => {
            let at = answer.len() - before_end;
            answer[at] = !answer[at];
            None
        }
        _ => None,
    }
}

fn redirect(to: &str) -> Response<Body> {
    Response::builder().status(301).header(header::LOCATION, to).body(Body::empty()).unwrap()
}

/// The bytes, and then either the end or a long silence followed by an error.
fn body_of(bytes: Vec<u8>, after: Option<Duration>) -> Body {
    let Some(after) = after else { return Body::from(bytes) };
    let rest = async move {
        tokio::time::sleep(after).await;
        Err(std::io::Error::other("cut"))
    };
    let first = Ok::<_, std::io::Error>(Bytes::from(bytes));
    Body::from_stream(futures_util::StreamExt::chain(stream::iter([first]), stream::once(rest)))
}

/// Runs the program as a web server would.
async fn backend(
    root: &Path,
    parts: &axum::http::request::Parts,
    body: &[u8],
    protocol: Option<String>,
) -> (u16, String, Vec<u8>) {
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        // `git` itself compresses its longer requests.
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", protocol.unwrap_or_default())
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("git http-backend runs");
    let mut stdin = child.stdin.take().unwrap();
    let body = body.to_vec();
    tokio::spawn(async move {
        let _ = stdin.write_all(&body).await;
    });
    let output = child.wait_with_output().await.unwrap().stdout;
    let end = output.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("headers of a CGI program");
    let (mut status, mut kind) = (200, String::new());
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        match line.split_once(": ") {
            Some(("Status", value)) => status = value.split(' ').next().unwrap().parse().unwrap(),
            Some(("Content-Type", value)) => value.clone_into(&mut kind),
            _ => {}
        }
    }
    (status, kind, output[end + 4..].to_vec())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63] as char;
            text.push(if place <= three.len() { letter } else { '=' });
        }
    }
    text
}
