//! TLS of connections that are no HTTP: whom a server's certificate must be signed by, and what of it is
//! looked at. Weaker modes exist because servers do; none of them is taken unless the settings say so.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::error::SourceError;
use crate::workspace::Secret;

/// What of a server's certificate is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Who signed it, and whether it is for this host.
    Whole,
    /// Who signed it.
    Authority,
    /// Nothing: what is said can't be overheard, and who listens is not known.
    Nothing,
}

/// Files and secrets of one connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Credentials {
    /// Certificates of authorities (PEM) that take the place of the system's.
    pub(super) authorities: Option<PathBuf>,
    /// Our own certificate (PEM) and its key.
    pub(super) certificate: Option<(PathBuf, Secret)>,
}

/// A TLS configuration. Reads the files that it names.
pub(super) fn client(look: Look, credentials: &Credentials) -> Result<ClientConfig, SourceError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let words = |error: &dyn std::fmt::Display| SourceError::Setting { setting: "ca_file", words: error.to_string() };
    let verifier: Arc<dyn ServerCertVerifier> = match (look, &credentials.authorities) {
        (Look::Nothing, _) => Arc::new(Anybody { provider: provider.clone() }),
        (look, Some(file)) => {
            let own = WebPkiServerVerifier::builder_with_provider(Arc::new(roots(file)?), provider.clone());
            let own = own.build().map_err(|error| words(&error))?;
            if look == Look::Authority { Arc::new(AnyName { inner: own }) } else { own }
        }
        (look, None) => {
            let system = Verifier::new(provider.clone()).map_err(|error| words(&error))?;
            if look == Look::Authority { Arc::new(AnyName { inner: Arc::new(system) }) } else { Arc::new(system) }
        }
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| words(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    match &credentials.certificate {
        None => Ok(builder.with_no_client_auth()),
        Some((file, key)) => {
            let chain = certificates(file, "client_certificate")?;
            let bad = |words: String| SourceError::Setting { setting: "client_key", words };
            let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes())
                .map_err(|_| bad("is no private key in PEM form, or is locked with a passphrase".to_owned()))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| bad(format!("does not fit: {error}")))
        }
    }
}

fn roots(file: &Path) -> Result<RootCertStore, SourceError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file, "ca_file")? {
        roots.add(certificate).map_err(|error| SourceError::Setting {
            setting: "ca_file",
            words: format!("{} holds a certificate that can't be used: {error}", file.display()),
        })?;
    }
    Ok(roots)
}

fn certificates(file: &Path, setting: &'static str) -> Result<Vec<CertificateDer<'static>>, SourceError> {
    let bad = |words: String| SourceError::Setting { setting, words: format!("{}: {words}", file.display()) };
    let text = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let certificates = certificates.map_err(|error| bad(error.to_string()))?;
    if certificates.is_empty() {
        return Err(bad("it holds no certificate: one begins with -----BEGIN CERTIFICATE-----".to_owned()));
    }
    Ok(certificates)
}

/// Looks at who signed a certificate and not at whom it is for: libpq's `verify-ca`.
#[derive(Debug)]
struct AnyName {
    inner: Arc<dyn ServerCertVerifier>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.inner.verify_server_cert(certificate, between, name, ocsp, now) {
            // The name is looked at last: whatever else is wrong has been found before.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Takes any certificate whose key the server really has: libpq's `require`.
#[derive(Debug)]
struct Anybody {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _between: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
