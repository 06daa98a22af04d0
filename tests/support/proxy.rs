//! A small HTTP proxy that tunnels (CONNECT), asks for a password where it is told to, and counts.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Passes on whoever comes with the right password, for as long as the process runs.
#[derive(Debug)]
pub struct ConnectProxy {
    port: u16,
    targets: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    /// `login` is `user:password` in base64, as it stands in the header; none lets everybody through.
    pub fn start(login: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let targets = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&targets);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || serve(&client, login, &seen));
            }
        });
        Self { port, targets }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where clients were let through to since this was asked last.
    pub fn targets(&self) -> Vec<String> {
        std::mem::take(&mut self.targets.lock().unwrap())
    }
}

fn serve(client: &TcpStream, login: Option<&str>, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let shown = head.iter().find(|line| line.to_lowercase().starts_with("proxy-authorization:"));
    let is_right = login.is_none_or(|login| shown.is_some_and(|line| line.ends_with(&format!("Basic {login}"))));
    if !is_right {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\
                        Content-Length: 0\r\n\r\n";
        return (&mut &*client).write_all(refusal).ok();
    }
    let target = head.first()?.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
    let server = TcpStream::connect(&target).ok()?;
    seen.lock().unwrap().push(target);
    (&mut &*client).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").ok()?;
    let (up, down) = (server.try_clone().ok()?, client.try_clone().ok()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut reader, &mut &up);
        let _ = up.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut &server, &mut &down);
    let _ = down.shutdown(Shutdown::Both);
    Some(())
}
