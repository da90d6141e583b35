//! TLS for what comes with the crate: rustls with ring, and the system's root certificates.

// The trap: a machine without root certificates. Making a client must not fail there, since a
// sandbox on the loopback interface needs none; an HTTPS call must, and say why.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, Error as TlsError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{self, CryptoProvider},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, kind::ErrorKind};

/// The configuration with the system's root certificates.
pub(crate) fn config() -> Result<ClientConfig, Error> {
    config_with(Vec::new())
}

/// The configuration; a cryptography provider that the program installed wins over ring. `roots` are
/// trusted beside the system's.
pub(crate) fn config_with(roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(crypto::ring::default_provider()));
    let verifier: Arc<dyn ServerCertVerifier> = match verifier(&provider, roots) {
        Ok(verifier) => Arc::new(verifier),
        Err(reason) => Arc::new(NobodyIsTrusted { reason }),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            let reason = "TLS cannot be set up";
            Error::setup(ErrorKind::InvalidSetting { reason }).with_source(error)
        })?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(not(target_os = "android"))]
fn verifier(
    provider: &Arc<CryptoProvider>,
    roots: Vec<CertificateDer<'static>>,
) -> Result<Verifier, TlsError> {
    if roots.is_empty() {
        return Verifier::new(Arc::clone(provider));
    }
    Verifier::new_with_extra_roots(roots, Arc::clone(provider))
}

#[cfg(target_os = "android")]
fn verifier(
    provider: &Arc<CryptoProvider>,
    roots: Vec<CertificateDer<'static>>,
) -> Result<Verifier, TlsError> {
    if roots.is_empty() {
        return Verifier::new(Arc::clone(provider));
    }
    Err(TlsError::General("Android takes no other root certificates than its own".to_owned()))
}

/// Refuses every certificate, and says why the real verifier could not be made.
#[derive(Debug)]
struct NobodyIsTrusted {
    reason: TlsError,
}

impl ServerCertVerifier for NobodyIsTrusted {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Err(self.reason.clone())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Err(self.reason.clone())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Err(self.reason.clone())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_root_certificates_nobody_is_trusted() {
        let nobody = NobodyIsTrusted { reason: TlsError::General("no roots".into()) };
        let refused = nobody.verify_server_cert(
            &CertificateDer::from(vec![]),
            &[],
            &ServerName::try_from("provider.example").unwrap(),
            &[],
            UnixTime::now(),
        );
        assert_eq!(refused.unwrap_err(), TlsError::General("no roots".into()));
        assert!(!nobody.supported_verify_schemes().is_empty());
    }
}
