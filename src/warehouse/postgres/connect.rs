//! From a connection's settings to an open session: the host's address, the stream, TLS, the password. Each step
//! by itself, so that a failure names the one it belongs to.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::{CancelToken, Config};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::either::Either;

use super::super::error::SourceError;
use super::super::source::Bounds;
use super::super::trust::{self, Credentials, Look};
use super::refusal;
use super::session::Session;
use super::{PostgresConnection, TlsMode};

/// How long a server may take to be reached and to let us in.
const ENTER: Duration = Duration::from_secs(20);

/// A stream to a server, whatever it goes over.
pub(super) type Stream = Either<TcpStream, UnixStream>;

/// Where the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Hosts(Vec<SocketAddr>),
    Socket(PathBuf),
}

/// The way to one server, known and not yet gone.
#[derive(Clone)]
pub(super) struct Road {
    settings: PostgresConnection,
    config: Config,
    /// None where nothing is encrypted.
    tls: Option<MakeRustlsConnect>,
    redshift: bool,
}

impl fmt::Debug for Road {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Road").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Road {
    /// # Errors
    /// A file of certificates can't be used.
    pub(super) fn new(settings: PostgresConnection, redshift: bool) -> Result<Self, SourceError> {
        let mut config = Config::new();
        config.user(&settings.user).dbname(&settings.database).application_name("ebb");
        if let Some(password) = &settings.password {
            config.password(password.expose());
        }
        let look = match settings.tls {
            _ if settings.host.starts_with('/') => None,
            TlsMode::VerifyFull => Some(Look::Whole),
            TlsMode::VerifyCa => Some(Look::Authority),
            TlsMode::Require => Some(Look::Nothing),
            TlsMode::Disable => None,
        };
        config.ssl_mode(if look.is_some() { SslMode::Require } else { SslMode::Disable });
        let (authorities, certificate) = (settings.authorities.clone(), settings.certificate.clone());
        let tls = look.map(|look| trust::client(look, &Credentials { authorities, certificate })).transpose()?;
        Ok(Self { settings, config, tls: tls.map(MakeRustlsConnect::new), redshift })
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    pub(super) fn is_redshift(&self) -> bool {
        self.redshift
    }

    pub(super) fn database(&self) -> &str {
        &self.settings.database
    }

    /// Why there is no TLS.
    pub(super) fn why_open(&self) -> &'static str {
        if self.settings.host.starts_with('/') { "a socket of this machine" } else { "tls = \"disable\"" }
    }

    pub(super) fn security_in_words(&self) -> String {
        let words = match self.settings.tls {
            TlsMode::VerifyFull => "encrypted, the server's certificate is for this host",
            TlsMode::VerifyCa => "encrypted, the server's certificate is of a known authority",
            TlsMode::Require => "encrypted; who the server is was not looked at",
            TlsMode::Disable => "in the clear",
        };
        words.to_owned()
    }

    pub(super) fn user_in_words(&self) -> String {
        format!("as {}", self.settings.user)
    }

    fn place(&self) -> String {
        format!("{}:{}", self.settings.host, self.settings.port)
    }

    /// The addresses of the host.
    pub(super) async fn resolve(&self, bounds: &Bounds) -> Result<(Address, String), SourceError> {
        let (host, port) = (self.settings.host.as_str(), self.settings.port);
        if host.starts_with('/') {
            let socket = Path::new(host).join(format!(".s.PGSQL.{port}"));
            let words = socket.display().to_string();
            return Ok((Address::Socket(socket), words));
        }
        let unknown = |raw: String| SourceError::UnknownHost { host: host.to_owned(), raw };
        let found = bounds.keep(tokio::net::lookup_host((host, port))).await?;
        let found: Vec<SocketAddr> = found.map_err(|error| unknown(error.to_string()))?.collect();
        let Some(first) = found.first() else { return Err(unknown("no address".to_owned())) };
        let words = first.ip().to_string();
        Ok((Address::Hosts(found), words))
    }

    /// A stream to the first address that answers.
    pub(super) async fn reach(&self, address: &Address, bounds: &Bounds) -> Result<(Stream, String), SourceError> {
        let unreachable = |raw: String| SourceError::Unreachable { place: self.place(), raw };
        match address {
            Address::Socket(path) => {
                let stream = bounds.keep(UnixStream::connect(path)).await?;
                let stream = stream.map_err(|error| unreachable(error.to_string()))?;
                Ok((Either::Right(stream), path.display().to_string()))
            }
            Address::Hosts(hosts) => {
                let mut raw = String::new();
                for host in hosts {
                    let within = ENTER.min(bounds.left());
                    match bounds.keep(tokio::time::timeout(within, TcpStream::connect(host))).await? {
                        Ok(Ok(stream)) => {
                            // Without it small messages wait for others to go with.
                            let _ = stream.set_nodelay(true);
                            return Ok((Either::Left(stream), format!("port {}", host.port())));
                        }
                        Ok(Err(error)) => raw = error.to_string(),
                        Err(_) => raw = format!("no answer within {} s", within.as_secs()),
                    }
                }
                Err(unreachable(raw))
            }
        }
    }

    /// Sets up TLS, shows who we are and opens the database.
    pub(super) async fn enter(&self, stream: Stream) -> Result<Session, SourceError> {
        let entered = tokio::time::timeout(ENTER, self.enter_slowly(stream)).await;
        entered.unwrap_or(Err(SourceError::TimedOut { after: ENTER }))
    }

    async fn enter_slowly(&self, stream: Stream) -> Result<Session, SourceError> {
        let failed = |error: &tokio_postgres::Error| refusal::of_entry(error, &self.place());
        // The task ends with the connection, which ends with its client.
        let client = match self.tls.clone() {
            None => {
                let entered = self.config.connect_raw(stream, NoTls).await;
                let (client, connection) = entered.map_err(|error| failed(&error))?;
                tokio::spawn(connection);
                client
            }
            Some(mut tls) => {
                let entered = self.config.connect_raw(stream, self.tls_of(&mut tls)?).await;
                let (client, connection) = entered.map_err(|error| failed(&error))?;
                tokio::spawn(connection);
                client
            }
        };
        if !self.redshift {
            // What is run to be read must not change anything, whatever the query calls.
            client.batch_execute("set default_transaction_read_only = on").await.map_err(|error| failed(&error))?;
        }
        Ok(Session::new(client))
    }

    fn tls_of(
        &self,
        tls: &mut MakeRustlsConnect,
    ) -> Result<<MakeRustlsConnect as MakeTlsConnect<Stream>>::TlsConnect, SourceError> {
        <MakeRustlsConnect as MakeTlsConnect<Stream>>::make_tls_connect(tls, &self.settings.host)
            .map_err(|error| SourceError::Setting { setting: "host", words: format!("is no name for TLS: {error}") })
    }

    /// Goes the whole way.
    pub(super) async fn open(&self, bounds: &Bounds) -> Result<Session, SourceError> {
        let (address, _) = self.resolve(bounds).await?;
        let (stream, _) = self.reach(&address, bounds).await?;
        bounds.keep(self.enter(stream)).await?
    }

    /// Asks the server to stop what runs in a session. A connection of its own, as the protocol has it; ends
    /// within some seconds, whatever the server does.
    pub(super) async fn stop(&self, token: CancelToken) -> Result<(), SourceError> {
        let bounds = Bounds::new(Duration::from_secs(5), tokio_util::sync::CancellationToken::new());
        let (address, _) = self.resolve(&bounds).await?;
        let (stream, _) = self.reach(&address, &bounds).await?;
        let asked = async {
            match self.tls.clone() {
                None => token.cancel_query_raw(stream, NoTls).await,
                Some(mut tls) => match self.tls_of(&mut tls) {
                    Ok(tls) => token.cancel_query_raw(stream, tls).await,
                    Err(error) => return Err(error),
                },
            }
            .map_err(|error| SourceError::Cut { raw: error.to_string() })
        };
        bounds.keep(asked).await?
    }
}
