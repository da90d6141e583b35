//! The whole flow through a browser that is played: from the page that is opened to the one it ends on.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::net::TcpListener;
use tripod::{Client, ErrorKind, loopback::Loopback};
use tripod_sandbox::{Endpoint, Fault, Sandbox};

use crate::support::*;

/// A browser that does what the user would, as soon as it is opened. What it ends on is kept.
#[derive(Clone, Default)]
struct Browser(Arc<Mutex<Option<Visit>>>);

type Visit = tokio::task::JoinHandle<(String, String)>;

impl Browser {
    /// Opens pages on the runtime of the caller.
    fn opener(&self, answer: &'static str) -> impl Fn(&str) -> bool + Send + Sync + 'static {
        let (browser, runtime) = (self.clone(), tokio::runtime::Handle::current());
        move |page: &str| {
            let page = page.to_owned();
            let visit = runtime.spawn(async move { browse(page, answer).await.unwrap() });
            *browser.0.lock().unwrap() = Some(visit);
            true
        }
    }

    /// The address and the text of the page that the user is left with.
    async fn ended_on(&self) -> (String, String) {
        let visit = self.0.lock().unwrap().take().unwrap();
        visit.await.unwrap()
    }
}

async fn provider() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn one_call_grants_access() {
    let (sandbox, client) = provider().await;
    let (browser, told) = (Browser::default(), Arc::new(Mutex::new(None)));
    let tells = Arc::clone(&told);
    let loopback =
        Loopback::bind().await.unwrap().with_browser(browser.opener("allow")).with_notice(
            move |page, opened| {
                *tells.lock().unwrap() = Some((page.to_owned(), opened));
            },
        );
    let port = loopback.port();
    let session = loopback.authorize(&client).await.unwrap();

    let reply = session.get(sandbox.data_url("echo/v1")).send().await.unwrap();
    assert!(reply.error_for_status().unwrap().text().unwrap().contains("ada"));
    let (address, text) = browser.ended_on().await;
    assert!(text.contains("<h1>You allowed access</h1>"), "{text}");
    assert!(!address.contains("oauth"), "the verifier is still in {address}");
    let (page, opened) = told.lock().unwrap().take().unwrap();
    assert!(opened && page.starts_with(&sandbox.authorize_url()));
    // It has closed.
    assert!(TcpListener::bind(("127.0.0.1", port)).await.is_ok());
}

#[tokio::test]
async fn a_refusal_ends_it() {
    let (_sandbox, client) = provider().await;
    let browser = Browser::default();
    let loopback = Loopback::bind().await.unwrap().with_browser(browser.opener("deny"));
    let error = loopback.authorize(&client).await.unwrap_err();
    assert!(error.is_denied(), "{error:?}");
    let (address, text) = browser.ended_on().await;
    assert!(text.contains("<h1>You did not allow access</h1>"), "{text}");
    assert!(address.ends_with("/denied"), "{address}");
}

#[tokio::test]
async fn a_refusal_gives_the_flow_back() {
    let scene = scene().await;
    let denied = scene.deny();
    let Scene { mut loopback, issued, .. } = scene;
    let token = issued.oauth_token().to_owned();
    let (outcome, page) = tokio::join!(loopback.wait(issued), denied.visit());
    assert_eq!((page.status, page.title()), (200, "You did not allow access"));
    let failed = outcome.unwrap_err();
    assert!(failed.error().is_denied());
    assert_eq!(failed.into_flow().oauth_token(), token);
}

#[tokio::test]
async fn each_host_and_both_families_serve() {
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let (_sandbox, client) = provider().await;
        let browser = Browser::default();
        let loopback = Loopback::bind().await.unwrap().with_browser(browser.opener("allow"));
        let loopback = match loopback.with_host(host) {
            Ok(loopback) => loopback,
            Err(error) => {
                assert_eq!(host, "[::1]");
                not_run(&error.to_string());
                continue;
            }
        };
        let shown = format!("{:?}", loopback.callback());
        assert!(shown.contains(&format!("http://{host}:{}/callback/", loopback.port())), "{shown}");
        assert!(loopback.authorize(&client).await.is_ok());
        let (address, _) = browser.ended_on().await;
        assert!(address.starts_with(&format!("http://{host}:")), "{address}");
    }
}

/// Where `localhost` is the other family, the browser still comes here.
#[tokio::test]
async fn a_name_is_served_on_both_addresses() {
    let loopback = Loopback::bind().await.unwrap().with_host("localhost").unwrap();
    let Scene { sandbox, mut loopback, issued, .. } = scene_at(loopback).await;
    let back = Url::parse(approve(&sandbox, &issued));
    let request = back.request();
    let port = loopback.port();
    let visits = async {
        for address in [format!("127.0.0.1:{port}"), format!("[::1]:{port}")] {
            if tokio::net::TcpStream::connect(&address).await.is_err() {
                not_run(&format!("there is no {address} here"));
                continue;
            }
            let at = Url { authority: address, target: String::new() };
            assert_eq!(at.send(&request).await.status, 303);
        }
    };
    let (authorized, ()) = tokio::join!(loopback.wait(issued), visits);
    assert!(authorized.is_ok());
}

#[tokio::test]
async fn other_hosts_cannot_be_named() {
    for host in ["", "127.0.0.2", "LOCALHOST", "localhost:80", "app.example", "::1", "127.0.0.1/x"]
    {
        let error = Loopback::bind().await.unwrap().with_host(host).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }), "{host}: {error}");
    }
}

/// A provider that asks for a pause is not asked again a second later.
#[tokio::test]
async fn an_exchange_is_not_tried_again_where_the_provider_asks_for_a_pause() {
    let (sandbox, client) = provider().await;
    sandbox.inject_at(Endpoint::AccessToken, Fault::Status(503));
    let browser = Browser::default();
    let loopback = Loopback::bind().await.unwrap().with_browser(browser.opener("allow"));
    let error = loopback.authorize(&client).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)), "{error:?}");
    let exchanges =
        sandbox.log().into_iter().filter(|seen| seen.endpoint == Some(Endpoint::AccessToken));
    assert_eq!(exchanges.count(), 1);
}

/// This takes a second: on a paused clock, the sockets would time out.
#[tokio::test]
async fn an_exchange_that_breaks_is_tried_again_by_the_one_call() {
    let (sandbox, client) = provider().await;
    sandbox.inject_at(Endpoint::AccessToken, Fault::CutOff);
    let browser = Browser::default();
    let loopback = Loopback::bind().await.unwrap().with_browser(browser.opener("allow"));
    assert!(loopback.authorize(&client).await.is_ok());
    assert_eq!(sandbox.faults_waiting(), 0);
}

#[tokio::test]
async fn the_provider_refusing_the_first_step_ends_the_one_call() {
    let (sandbox, client) = provider().await;
    sandbox.inject(Fault::ServerError);
    let loopback = Loopback::bind().await.unwrap().without_browser();
    let port = loopback.port();
    let error = loopback.authorize(&client).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Rejected { .. }), "{error:?}");
    assert!(TcpListener::bind(("127.0.0.1", port)).await.is_ok());
}

/// Some desktops ask for the head of an address before they open it.
#[tokio::test]
async fn the_address_to_open_forwards_once() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let asks = Arc::clone(&asked);
    let loopback = Loopback::bind().await.unwrap().with_browser(move |url| {
        asks.lock().unwrap().push(url.to_owned());
        true
    });
    let Scene { sandbox, mut loopback, issued, .. } = scene_at(loopback).await;
    let page = issued.authorization_url();
    assert!(loopback.open(&issued).await);
    let start = Url::parse(asked.lock().unwrap().remove(0));
    assert_eq!(start.send(&start.request_as("POST", &start.authority)).await.status, 405);
    let reply = start.send(&start.request_as("HEAD", &start.authority)).await;
    assert_eq!((reply.status, reply.header("location")), (200, None));
    let reply = start.get().await;
    assert_eq!((reply.status, reply.header("location")), (303, Some(&*page)));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    // Somebody else on this machine, who has read the address, comes too late.
    assert_eq!((start.get().await.status, start.get().await.header("location")), (404, None));

    let back = Url::parse(approve(&sandbox, &issued));
    assert_ne!(start.target.split('/').nth(2), back.path().split('/').nth(2));
    let (authorized, _) = tokio::join!(loopback.wait(issued), back.visit());
    assert!(authorized.is_ok());
}

#[tokio::test]
async fn a_browser_that_cannot_be_opened_fails_nothing() {
    for loopback in [
        Loopback::bind().await.unwrap().without_browser(),
        Loopback::bind().await.unwrap().with_browser(|_| false),
        Loopback::bind().await.unwrap().with_browser(|_| panic!("this one is broken")),
    ] {
        let Scene { sandbox, mut loopback, issued, .. } = scene_at(loopback).await;
        assert!(!loopback.open(&issued).await);
        let back = Url::parse(approve(&sandbox, &issued));
        let (authorized, _) = tokio::join!(loopback.wait(issued), back.visit());
        assert!(authorized.is_ok());
    }
}
