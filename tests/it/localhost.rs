//! `localhost` may be called over plain HTTP, so it has to be this machine, whatever a resolver says.

use std::{
    future::ready,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tripod::{
    Callback, Client, Consumer, ErrorKind, Provider,
    providers::fatsecret::{DATA, HANDSHAKE},
    transport::ReqwestTransport,
};

use crate::{proxy::issuing, support::*};

/// Says that every name is another address, at which nobody listens, and counts how often it is asked.
#[derive(Clone, Default)]
struct Elsewhere(Arc<AtomicUsize>);

const NOBODY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

impl Resolve for Elsewhere {
    fn resolve(&self, _: Name) -> Resolving {
        self.0.fetch_add(1, Ordering::Relaxed);
        let addresses: Addrs = Box::new(std::iter::once(SocketAddr::from((NOBODY, 0))));
        Box::pin(ready(Ok(addresses)))
    }
}

#[tokio::test]
async fn localhost_is_this_machine_whatever_the_builder_says() {
    let origin = issuing("here").await;
    let port = origin.rsplit(':').next().unwrap();
    let resolver = Elsewhere::default();
    let builder = ReqwestTransport::builder()
        .unwrap()
        .dns_resolver(resolver.clone())
        .resolve("localhost", SocketAddr::from((NOBODY, 0)));
    let transport = ReqwestTransport::from_builder(builder).unwrap();
    let client = |origin: &str| {
        let provider =
            Provider::fatsecret().moved_to(&[(HANDSHAKE, origin), (DATA, origin)]).unwrap();
        Client::from_transport(provider, Consumer::new("key", "secret"), transport.clone())
    };
    for name in ["localhost", "LocalHost"] {
        let local = client(&format!("http://{name}:{port}"));
        let issued = local.begin(Callback::out_of_band()).request_token().await.unwrap();
        assert_eq!(issued.oauth_token(), "here");
    }
    assert_eq!(resolver.0.load(Ordering::Relaxed), 0);

    // Every other name is looked up as the program wants it.
    let other = client(&format!("https://provider.example:{port}"));
    let failed = other.begin(Callback::out_of_band()).request_token().await.unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Connect);
    assert_eq!(resolver.0.load(Ordering::Relaxed), 1);
}

/// Refuses the first timestamp with a `Date` two hours later, on whatever address a client reaches.
async fn refusing_once() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let issued = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
        let refused = "oauth_problem=timestamp_refused";
        for (status, body) in [(401, refused), (200, issued)] {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(connection.read_u8().await.unwrap());
            }
            let reply = format!(
                "HTTP/1.1 {status} X\r\ndate: Thu, 01 Jan 2026 02:00:00 GMT\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            connection.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    port
}

#[tokio::test]
async fn a_date_from_localhost_is_believed_where_it_is_known_to_be_this_machine() {
    let port = refusing_once().await;
    let origin = format!("http://localhost:{port}");
    let provider =
        Provider::fatsecret().moved_to(&[(HANDSHAKE, &origin), (DATA, &origin)]).unwrap();
    let consumer = Consumer::new("key", "secret");
    let own = ReqwestTransport::new().unwrap();
    let client =
        Client::from_transport(provider.clone(), consumer.clone(), own).with_clock(Hands::at(NOW));
    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    assert_eq!(issued.oauth_token(), "t");

    // The same reply through a transport that may ask any resolver.
    let script = Script::default();
    let mut refused = reply(401, "oauth_problem=timestamp_refused");
    let later = "Thu, 01 Jan 2026 02:00:00 GMT";
    refused.headers_mut().insert("date", later.parse().unwrap());
    script.answer(refused.clone());
    let client =
        Client::from_transport(provider, consumer, script.clone()).with_clock(Hands::at(NOW));
    let begin = || client.begin(Callback::out_of_band());
    let refusal = Kind::timestamp_refused(http::StatusCode::UNAUTHORIZED);
    let failed = begin().request_token().await.unwrap_err();
    assert_eq!(*failed.error().kind(), refusal);
    assert_eq!(script.sent().len(), 1, "there is nothing to learn");
    // Nor do the halves believe it.
    let failed = begin().build().unwrap().1.receive(&refused).unwrap_err();
    assert_eq!(*failed.error().kind(), refusal);
    let next = failed.into_flow().build().unwrap().0.uri().to_string();
    assert!(next.contains(&format!("oauth_timestamp={NOW}")), "{next}");
}
