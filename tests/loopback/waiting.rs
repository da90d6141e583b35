//! Waiting ends in time, can be given up and taken up again, and closes when the page is out.

use std::time::Duration;

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};
use tripod::{
    AccessGranted, Callback, Client, ErrorKind, Flow, ListenerError, PendingFlow, TokenLife,
    UnsupportedError,
    loopback::{Loopback, Pages, Wait},
};
use tripod_sandbox::Sandbox;

use crate::kind::Kind;
use crate::support::*;

/// Short enough that nobody waits for it, in tests where nothing else can happen.
const AT_ONCE: Duration = Duration::from_millis(1);

fn is<T: Send + Sync + 'static>() {}
fn is_unpin<T: Unpin + Send>() {}

#[test]
fn its_types_go_where_futures_go() {
    is::<Loopback>();
    is::<Pages>();
    is_unpin::<Wait<'_>>();
    is_unpin::<Loopback>();
}

#[tokio::test]
async fn a_time_out_gives_the_flow_back_and_it_can_wait_again() {
    let Scene { sandbox, loopback, issued, .. } = scene().await;
    let mut loopback = loopback.with_timeout(AT_ONCE);
    let token = issued.oauth_token().to_owned();
    let failed = loopback.wait(issued).await.unwrap_err();
    assert_eq!(*failed.error().kind(), Kind::callback_timeout(AT_ONCE));
    assert!(!failed.error().is_retryable());
    let text = failed.error().to_string();
    assert_eq!(
        text,
        "approval: the browser did not come back within 0.001 seconds; wait again, or begin again"
    );
    let issued = failed.into_flow();
    assert_eq!(issued.oauth_token(), token);

    let mut loopback = loopback.with_timeout(BOUND);
    let back = Url::parse(approve(&sandbox, &issued));
    let (authorized, _) = tokio::join!(loopback.wait(issued), back.visit());
    assert!(authorized.unwrap().exchange().await.is_ok());
}

#[tokio::test]
async fn nobody_waits_longer_than_the_request_token_lives() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider =
        sandbox.provider().with_token_life(TokenLife::new().with_request_token(AT_ONCE)).unwrap();
    let client = Client::new(provider, sandbox.consumer()).unwrap();
    let mut loopback = Loopback::bind().await.unwrap();
    let issued = client.begin(loopback.callback()).request_token().await.unwrap();
    let back = Url::parse(approve(&sandbox, &issued));
    let failed = loopback.wait(issued).await.unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::RequestTokenExpired);

    // The user comes after all, and is told.
    assert!(back.visit().await.body().contains("That took too long"));

    // Waiting for what has expired ends at once.
    let issued = failed.into_flow();
    assert!(issued.is_expired());
    let visit = tokio::spawn(async move { back.visit().await });
    let failed = loopback.wait(issued).await.unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::RequestTokenExpired);
    // Whether the waiting or the browser was first; neither may hang.
    drop((loopback, visit));
}

/// A program may give up at any moment, and go on with the same flow.
#[tokio::test]
async fn giving_up_gives_the_flow_back() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let token = issued.oauth_token().to_owned();
    let back = Url::parse(approve(&sandbox, &issued));

    // Never polled.
    let issued = loopback.wait(issued).into_flow().unwrap();
    // Polled, and given up.
    let mut wait = loopback.wait(issued);
    assert!(tokio::time::timeout(AT_ONCE, &mut wait).await.is_err());
    assert!(!format!("{wait:?}").contains(&token));
    let issued = wait.into_flow().unwrap();
    assert_eq!(issued.oauth_token(), token);

    // Polled in two pieces.
    let mut wait = loopback.wait(issued);
    assert!(tokio::time::timeout(AT_ONCE, &mut wait).await.is_err());
    let (authorized, page) = tokio::join!(&mut wait, back.visit());
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.unwrap().exchange().await.is_ok());
    // It has ended: the result had the flow, and another poll does no harm.
    assert!(tokio::time::timeout(AT_ONCE, &mut wait).await.is_err());
    assert!(wait.into_flow().is_none());
}

/// The browser comes back before the program waits for it.
async fn call_back_early(sandbox: &Sandbox, issued: &PendingFlow) -> TcpStream {
    let back = Url::parse(approve(sandbox, issued));
    let mut browser = back.connect().await;
    browser.write_all(back.request().as_bytes()).await.unwrap();
    // The listener is on this thread, so it has taken the callback by then.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    browser
}

#[tokio::test]
async fn a_callback_that_is_early_is_kept() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let mut browser = call_back_early(&sandbox, &issued).await;
    let authorized = loopback.wait(issued).await.unwrap();
    assert!(read(&mut browser).await.header("location").unwrap().ends_with("/granted"));
    assert!(authorized.exchange().await.is_ok());
}

/// The first flow was refused, and a provider that remembers the user answers for the second one at
/// once.
#[tokio::test]
async fn a_callback_that_is_early_is_kept_for_a_second_flow_too() {
    let loopback = Loopback::bind().await.unwrap().with_browser(|_| true).with_timeout(BOUND);
    let scene = scene_at(loopback).await;
    let denial = scene.deny();
    let Scene { sandbox, mut loopback, issued, client } = scene;
    let (denied, _) = tokio::join!(loopback.wait(issued), denial.visit());
    assert!(denied.unwrap_err().error().is_denied());

    let issued = client.begin(loopback.callback()).request_token().await.unwrap();
    assert!(loopback.open(&issued).await);
    let mut browser = call_back_early(&sandbox, &issued).await;
    let authorized = loopback.wait(issued).await.unwrap();
    assert!(read(&mut browser).await.header("location").unwrap().ends_with("/granted"));
    assert!(authorized.exchange().await.is_ok());
}

#[tokio::test]
async fn closing_waits_for_the_page_and_frees_the_port() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let port = loopback.port();
    let (authorized, redirect) = tokio::join!(loopback.wait(issued), back.get());
    assert_eq!(redirect.status, 303);
    let page = back.with_target(redirect.header("location").unwrap());

    // The browser has not followed yet.
    let mut close = std::pin::pin!(loopback.close());
    assert!(tokio::time::timeout(AT_ONCE, &mut close).await.is_err());
    let ((), page) = tokio::join!(close, page.get());
    assert_eq!(page.title(), "You allowed access");
    assert!(TcpListener::bind(("127.0.0.1", port)).await.is_ok());
    assert!(authorized.unwrap().exchange().await.is_ok());
}

#[tokio::test]
async fn dropping_closes_in_the_background_once_the_page_is_out() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let (_authorized, redirect) = tokio::join!(loopback.wait(issued), back.get());
    drop(loopback);
    let page = back.with_target(redirect.header("location").unwrap()).get().await;
    assert_eq!(page.title(), "You allowed access");
}

#[tokio::test]
async fn closing_does_not_wait_for_strangers() {
    let Scene { loopback, .. } = scene().await;
    let port = loopback.port();
    let mut idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    loopback.close().await;
    assert!(is_closed(&mut idle).await);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[test]
fn outside_a_runtime_there_is_a_typed_error() {
    let bind = std::pin::pin!(Loopback::bind());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = bind.poll(&mut context) else {
        panic!("there is no runtime to wait for");
    };
    assert_eq!(*error.kind(), ErrorKind::Unsupported(UnsupportedError::NoRuntime));
}

#[test]
fn a_listener_whose_runtime_has_ended_does_not_hang() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let Scene { sandbox, mut loopback, issued, .. } = first.block_on(scene());
    drop(first);
    let failed = runtime().block_on(loopback.wait(issued)).unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Listener(ListenerError::NoPort));
    assert!(failed.into_flow().authorization_url().starts_with(&sandbox.authorize_url()));
}

/// Nothing that is shown tells the path or a token.
#[tokio::test]
async fn debug_shows_the_port_and_no_path() {
    let Scene { mut loopback, issued, .. } = scene().await;
    let shown = format!("{loopback:?}");
    assert!(shown.contains(&format!("port: {}", loopback.port())), "{shown}");
    assert!(!shown.contains("callback/"), "{shown}");
    let token = issued.oauth_token().to_owned();
    let shown = format!("{:?}", loopback.wait(issued));
    assert!(!shown.contains(&token) && !shown.contains("callback/"), "{shown}");
}

/// The pieces fit a struct that goes through the states.
#[expect(dead_code, reason = "it is there to be compiled")]
async fn steps(client: &Client) -> Result<Flow<AccessGranted>, tripod::Error> {
    let mut loopback = Loopback::bind().await?.with_host("localhost")?;
    let callback: Callback = loopback.callback();
    let issued: PendingFlow = client.begin(callback).request_token().await?;
    loopback.open(&issued).await;
    let session = loopback.wait(issued).await?.exchange().await?;
    loopback.close().await;
    Ok(session)
}
