//! No proxy is taken from the environment: it would see what travels over plain HTTP, and whoever can
//! set a variable could read along. The environment cannot be changed in a running test, so the test
//! starts itself once more.

use std::{process::Command, sync::Arc};

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tripod::{
    Callback, Client, Consumer, Provider,
    providers::fatsecret::{DATA, HANDSHAKE},
    transport::ReqwestTransport,
};

use crate::support::OnThread;

const NAME: &str = "proxy::no_proxy_is_taken_from_the_environment";
/// Where the provider is; set for the second process alone.
const ORIGIN: &str = "TRIPOD_TEST_ORIGIN";

/// Answers whatever is asked with a request token of this name. Gives its origin.
pub(crate) async fn issuing(token: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(connection.read_u8().await.unwrap());
            }
            let body =
                format!("oauth_token={token}&oauth_token_secret=s&oauth_callback_confirmed=true");
            let length = body.len();
            let reply = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            connection.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    origin
}

async fn token(client: &Client) -> String {
    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    issued.oauth_token().to_owned()
}

/// In the second process, whose environment names a proxy.
async fn beside_a_proxy(origin: &str) {
    let provider = Provider::fatsecret().moved_to(&[(HANDSHAKE, origin), (DATA, origin)]).unwrap();
    let client = Client::new(provider, Consumer::new("key", "secret")).unwrap();
    assert_eq!(token(&client).await, "direct");

    let over_ureq = client.clone().with_transport(OnThread::default());
    assert_eq!(token(&over_ureq).await, "direct");

    // A builder of reqwest's own obeys the environment, so there was something to resist.
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let obedient = reqwest::Client::builder().tls_backend_preconfigured(config);
    let client = client.with_transport(ReqwestTransport::from_builder(obedient).unwrap());
    assert_eq!(token(&client).await, "proxied");
}

#[tokio::test]
async fn no_proxy_is_taken_from_the_environment() {
    if let Ok(origin) = std::env::var(ORIGIN) {
        return beside_a_proxy(&origin).await;
    }
    let (provider, proxy) = (issuing("direct").await, issuing("proxied").await);
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([NAME, "--exact", "--nocapture"]).env(ORIGIN, provider);
    for name in ["no_proxy", "NO_PROXY", "REQUEST_METHOD"] {
        again.env_remove(name);
    }
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        again.env(name, &proxy);
    }
    let done = tokio::task::spawn_blocking(move || again.output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}
