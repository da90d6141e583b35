//! The crate's transport over real TLS, on loopback: whom it trusts, and whom it does not.

use std::{error::Error as _, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tripod::{
    Callback, Client, Consumer, ErrorKind, Provider, Stage,
    providers::fatsecret::{DATA, HANDSHAKE},
    transport::{ReqwestSettings, ReqwestTransport},
};

use crate::naive;

/// A server on loopback with a certificate of its own making.
pub(crate) struct TlsServer {
    pub(crate) port: u16,
    certificate: CertificateDer<'static>,
}

impl TlsServer {
    /// `host` is whom the certificate is for, and `protocols` are those that it offers, the best first.
    pub(crate) async fn start<F: Future<Output = ()> + Send + 'static>(
        host: &str,
        protocols: Vec<Vec<u8>>,
        serve: impl Fn(TlsStream<TcpStream>) -> F + Send + 'static,
    ) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([host.to_owned()]).unwrap();
        let certificate = cert.der().clone();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        config.alpn_protocols = protocols;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                // A client that does not trust us hangs up in the handshake.
                if let Ok(tls) = acceptor.accept(socket).await {
                    tokio::spawn(serve(tls));
                }
            }
        });
        Self { port, certificate }
    }

    /// A client that trusts this server's certificate and no other.
    pub(crate) fn trusting(&self) -> ReqwestTransport {
        let base64 = naive::base64(&self.certificate);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        ReqwestSettings::new().with_root_certificates(pem).build().unwrap()
    }
}

/// A provider that issues one request token.
async fn start(host: &str) -> (TlsServer, Provider) {
    let server = TlsServer::start(host, Vec::new(), issue).await;
    let origin = format!("https://localhost:{}", server.port);
    let provider =
        Provider::fatsecret().moved_to(&[(HANDSHAKE, &origin), (DATA, &origin)]).unwrap();
    (server, provider)
}

async fn issue(mut tls: TlsStream<TcpStream>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = tls.read_u8().await else { return };
        head.push(byte);
    }
    let body = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
    let reply = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = tls.write_all(reply.as_bytes()).await;
    let _ = tls.shutdown().await;
}

fn consumer() -> Consumer {
    Consumer::new("key", "consumer-secret-canary")
}

#[track_caller]
fn check_refused(error: &tripod::Error) {
    assert_eq!(*error.kind(), ErrorKind::Connect);
    assert_eq!(error.stage(), Stage::RequestToken);
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&cause.to_string());
        source = cause.source();
    }
    assert!(shown.contains("certificate"), "the cause is told: {shown}");
    assert!(!shown.contains("oauth_") && !shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_the_flow_comes_back() {
    let (_server, provider) = start("localhost").await;
    let client = Client::new(provider, consumer()).unwrap();
    let failed = client.begin(Callback::out_of_band()).request_token().await.unwrap_err();
    check_refused(failed.error());
    assert!(failed.error().is_retryable());
    assert!(failed.into_flow().build().is_ok());
}

#[tokio::test]
async fn a_certificate_that_the_program_trusts_is_taken() {
    let (server, provider) = start("localhost").await;
    let client = Client::from_transport(provider, consumer(), server.trusting());
    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    assert_eq!(issued.oauth_token(), "t");
}

#[tokio::test]
async fn a_trusted_certificate_for_another_host_is_refused() {
    let (server, provider) = start("provider.example").await;
    let client = Client::from_transport(provider, consumer(), server.trusting());
    let failed = client.begin(Callback::out_of_band()).request_token().await.unwrap_err();
    check_refused(failed.error());
}
