//! The flow over TLS, with rustls's own log; with the feature `http2`, over HTTP/2 with h2's events.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tripod::{
    Callback, Client, Consumer, Endpoints, ErrorKind, Provider, Signing, Transmission,
    transport::{ReqwestSettings, ReqwestTransport},
};

use super::{
    ACCESS_SECRET, ACCESS_TOKEN, CALLBACK, CONSUMER_SECRET, REQUEST_SECRET, REQUEST_TOKEN,
    VERIFIER,
    flows::Spy,
    hearing::{chain, debug},
};
use crate::{
    naive::{self, encode},
    support::OnThread,
};

/// What both sides offer, the best first.
fn protocols() -> Vec<Vec<u8>> {
    let all: &[&[u8]] =
        if cfg!(feature = "http2") { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
    all.iter().map(|name| name.to_vec()).collect()
}

pub(super) async fn flow() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = cert.der().clone();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    config.alpn_protocols = protocols();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            if let Ok(tls) = acceptor.accept(socket).await {
                tokio::spawn(serve(tls));
            }
        }
    });

    let at = |path: &str| format!("https://localhost:{port}{path}");
    let transport = Spy(trusting(&certificate));
    for transmission in [Transmission::Header, Transmission::Query] {
        let provider = Provider::new(Endpoints {
            request_token: &at("/request"),
            authorize: &at("/authorize"),
            access_token: &at("/access"),
        })
        .and_then(|p| p.with_request_token_call(http::Method::POST, transmission))
        .and_then(|p| p.with_access_token_call(http::Method::POST, transmission))
        .unwrap()
        .with_signing(Signing::default().with_transmission(transmission));
        let client = Client::from_transport(
            provider,
            Consumer::new("the key", CONSUMER_SECRET),
            transport.clone(),
        );
        let issued = client.begin(Callback::url(CALLBACK).unwrap()).request_token().await.unwrap();
        let session = issued.authorize(VERIFIER).unwrap().exchange().await.unwrap();
        let reply = session.get(at("/data?q=1")).send().await.unwrap();
        debug(&reply);
        chain(&reply.error_for_status().unwrap_err());
        // Nobody vouches for the certificate; the handshake fails, and rustls says why.
        let mut strict = vec![client.clone().with_transport(ReqwestTransport::new().unwrap())];
        // ureq's own records of the level `trace` show the query; `docs/security.md` says so.
        if transmission == Transmission::Header {
            strict.push(client.with_transport(OnThread::default()));
        }
        for strict in strict {
            let begin = strict.begin(Callback::url(CALLBACK).unwrap());
            let failed = begin.request_token().await.unwrap_err();
            assert_eq!(*failed.error().kind(), ErrorKind::Connect);
            chain(&failed);
        }
    }
}

fn trusting(certificate: &CertificateDer<'static>) -> ReqwestTransport {
    let base64 = naive::base64(certificate);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    ReqwestSettings::new().with_root_certificates(pem).build().unwrap()
}

async fn serve(tls: TlsStream<TcpStream>) {
    #[cfg(feature = "http2")]
    if tls.get_ref().1.alpn_protocol() == Some(b"h2") {
        let executor = hyper_util::rt::TokioExecutor::new();
        let server = hyper::server::conn::http2::Builder::new(executor);
        let _ = server.serve_connection(TokioIo::new(tls), service_fn(answer)).await;
        return;
    }
    let server = hyper::server::conn::http1::Builder::new();
    let _ = server.serve_connection(TokioIo::new(tls), service_fn(answer)).await;
}

async fn answer(
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let token = |token, secret| {
        format!("oauth_token={}&oauth_token_secret={}", encode(token), encode(secret))
    };
    let (status, body) = match request.uri().path() {
        "/request" => {
            (200, token(REQUEST_TOKEN, REQUEST_SECRET) + "&oauth_callback_confirmed=true")
        }
        "/access" => (200, token(ACCESS_TOKEN, ACCESS_SECRET)),
        _ => (401, format!("who is oauth_token={}?", encode(ACCESS_TOKEN))),
    };
    Ok(Response::builder().status(status).body(Full::from(body)).unwrap())
}
