//! The flow over TLS, with rustls's own log; with the feature `http2`, over HTTP/2 with h2's events.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tripod::{
    Callback, Client, Consumer, Endpoints, ErrorKind, Provider, Signing, Transmission,
    transport::ReqwestTransport,
};

use super::{
    ACCESS_SECRET, ACCESS_TOKEN, CALLBACK, CONSUMER_SECRET, REQUEST_SECRET, REQUEST_TOKEN,
    VERIFIER,
    flows::Spy,
    hearing::{chain, debug},
};
use crate::{naive::encode, support::OnThread, tls::TlsServer};

/// What both sides offer, the best first.
fn protocols() -> Vec<Vec<u8>> {
    let all: &[&[u8]] =
        if cfg!(feature = "http2") { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
    all.iter().map(|name| name.to_vec()).collect()
}

pub(super) async fn flow() {
    let server = TlsServer::start("localhost", protocols(), serve).await;
    let port = server.port;
    let at = |path: &str| format!("https://localhost:{port}{path}");
    let transport = Spy(server.trusting());
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
