//! TLS in front of a server of the tests, with a certificate that nobody has signed.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const CERTIFICATE: &[u8] = include_bytes!("tls/certificate.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");
/// How long one side is listened to before the other has its turn.
const TURN: Duration = Duration::from_millis(2);

/// Passes on what comes to a port of its own to another one, for as long as the process runs.
#[derive(Debug)]
pub struct TlsFront {
    port: u16,
}

impl TlsFront {
    /// In front of the server at `port`.
    pub fn of(port: u16) -> Self {
        let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
        let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let front = Self { port: listener.local_addr().unwrap().port() };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (config, server) = (Arc::clone(&config), TcpStream::connect(("127.0.0.1", port)).unwrap());
                std::thread::spawn(move || pass_on(client, server, config));
            }
        });
        front
    }

    /// The address of `NAME.git`.
    pub fn url(&self, name: &str) -> String {
        format!("https://127.0.0.1:{}/{name}.git", self.port)
    }

    /// A file of an authority that has nothing to do with this certificate.
    pub fn another_certificate() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls/another.pem")
    }

    /// A file that makes whoever reads it trust the certificate.
    pub fn certificate() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls/certificate.pem")
    }
}

/// Both ways in turns, until either side has ended.
fn pass_on(client: TcpStream, mut server: TcpStream, config: Arc<ServerConfig>) {
    for stream in [&client, &server] {
        stream.set_read_timeout(Some(TURN)).unwrap();
    }
    let Ok(connection) = ServerConnection::new(config) else { return };
    let mut client = StreamOwned::new(connection, client);
    let mut piece = vec![0; 64 << 10];
    while carry(&mut client, &mut server, &mut piece) && carry(&mut server, &mut client, &mut piece) {}
}

/// What there is to read now; false at an end.
fn carry(from: &mut impl Read, to: &mut impl Write, piece: &mut [u8]) -> bool {
    match from.read(piece) {
        Ok(0) => false,
        Ok(length) => to.write_all(&piece[..length]).and_then(|()| to.flush()).is_ok(),
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}
