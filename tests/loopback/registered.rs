//! A callback that is registered with the provider: its host, its port and its path stay.

use tokio::net::TcpListener;
use tripod::{
    Approval, Ask, Callback, CallbackError, Client, ErrorKind, ListenerError, loopback::Loopback,
};
use tripod_sandbox::Sandbox;

use crate::kind::Kind;
use crate::support::*;

/// A listener at the last of these callbacks, in which `PORT` stands for a port that is free. Gives that callback, too.
async fn at_one_of(callbacks: &[&str]) -> (String, Loopback) {
    // Another test may get the port between the two bindings.
    for _ in 0..64 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        drop(listener);
        let callbacks: Vec<String> =
            callbacks.iter().map(|callback| callback.replace("PORT", &port)).collect();
        let urls: Vec<&str> = callbacks.iter().map(String::as_str).collect();
        match Loopback::at_one_of(&urls).await {
            Ok(loopback) => return (callbacks.last().unwrap().clone(), loopback),
            Err(error) => assert!(
                matches!(error.kind(), ErrorKind::Listener(ListenerError::PortsTaken { .. })),
                "{error}"
            ),
        }
    }
    panic!("no port stays free");
}

#[tokio::test]
async fn a_registered_callback_is_served_where_it_is_registered() {
    let (callback, loopback) = at_one_of(&["http://127.0.0.1:PORT/back/here"]).await;
    let Scene { sandbox, mut loopback, issued, .. } = scene_at(loopback).await;
    assert_eq!(loopback.callback(), Callback::url(&callback).unwrap());
    let back = Url::parse(approve(&sandbox, &issued));
    assert_eq!(back.path(), "/back/here");
    let (authorized, page) = tokio::join!(loopback.wait(issued), back.visit());
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.unwrap().exchange().await.is_ok());
    // Its neighbours are not served.
    for path in ["/", "/back", "/back/here/", "/back/here/granted"] {
        assert_eq!(back.with_target(path).get().await.status, 404, "{path}");
    }
    assert!(loopback.with_host("localhost").is_err());
}

#[tokio::test]
async fn a_callback_may_be_the_root() {
    let (callback, loopback) = at_one_of(&["http://localhost:PORT"]).await;
    let Scene { mut loopback, issued, sandbox, .. } = scene_at(loopback).await;
    assert_eq!(loopback.callback(), Callback::url(&callback).unwrap());
    // A browser writes the slash.
    let back = Url::parse(approve(&sandbox, &issued).replacen('?', "/?", 1));
    let (authorized, page) = tokio::join!(loopback.wait(issued), back.visit());
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.is_ok());
}

#[tokio::test]
async fn the_next_registered_callback_is_taken_where_a_port_is_not_free() {
    let other = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let taken = other.local_addr().unwrap().port();
    let first = format!("http://127.0.0.1:{taken}/callback");
    let (second, loopback) = at_one_of(&[&first, "http://127.0.0.1:PORT/callback"]).await;
    assert_eq!(loopback.callback(), Callback::url(&second).unwrap());
    drop(loopback);
    let error = Loopback::at(&first).await.unwrap_err();
    let ErrorKind::Listener(ListenerError::PortsTaken { ports, .. }) = error.kind() else {
        panic!("{error}");
    };
    assert_eq!(*ports, [taken]);
    let error = Loopback::at("http://127.0.0.1:8765/callback?tab=3").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Callback(CallbackError::Unreadable { .. })));
}

#[tokio::test]
async fn a_visit_without_an_answer_does_not_end_the_waiting() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let path = back.path().to_owned();
    let visits = async {
        for query in ["", "?", "?utm_source=mail", "?state=1#oauth_token=x"] {
            let visit = back.with_target(format!("{path}{query}"));
            let redirect = visit.get().await;
            let page = visit.with_target(redirect.header("location").unwrap()).get().await;
            assert_eq!(page.title(), "This is the wrong link", "{query}");
        }
        back.visit().await
    };
    let (authorized, page) = tokio::join!(loopback.wait(issued), visits);
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.is_ok());
}

#[tokio::test]
async fn a_denial_without_oauths_own_names_ends_it_all_the_same() {
    for denial in ["?denied=", "?error=access_denied"] {
        let Scene { sandbox, mut loopback, issued, .. } = scene().await;
        let back = Url::parse(approve(&sandbox, &issued));
        let token = if denial == "?denied=" { issued.oauth_token() } else { "" };
        let denial = back.with_target(format!("{}{denial}{token}", back.path()));
        let (authorized, _) = tokio::join!(loopback.wait(issued), denial.visit());
        let failed = authorized.unwrap_err();
        assert!(matches!(failed.error().kind(), ErrorKind::Denied { .. }), "{failed}");
    }
}

#[tokio::test]
async fn a_provider_whose_callback_names_no_token_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider =
        sandbox.provider().with_approval(Approval::new().tolerate_callback_without_token());
    let client = Client::new(provider, sandbox.consumer()).unwrap();
    let setting = |error: &tripod::Error| {
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }), "{error}");
    };
    setting(
        &Loopback::bind().await.unwrap().without_browser().authorize(&client).await.unwrap_err(),
    );
    let mut loopback = Loopback::bind().await.unwrap();
    let issued = client.begin(loopback.callback()).request_token().await.unwrap();
    let failed = loopback.wait(issued).await.unwrap_err();
    setting(failed.error());
    // The code can still be typed.
    assert!(failed.into_flow().authorize("1234567").is_ok());
}

#[tokio::test]
async fn what_the_flow_asks_for_is_on_the_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let (send, mut told) = tokio::sync::mpsc::unbounded_channel();
    let loopback = Loopback::bind()
        .await
        .unwrap()
        .without_browser()
        .with_timeout(std::time::Duration::from_millis(1))
        .with_ask(Ask::new().with_page_parameter("perms", "write & delete"))
        .with_notice(move |page, _| send.send(page.to_owned()).unwrap());
    let error = loopback.authorize(&client).await.unwrap_err();
    assert_eq!(*error.kind(), Kind::callback_timeout(std::time::Duration::from_millis(1)));
    assert!(told.recv().await.unwrap().contains("?perms=write%20%26%20delete&oauth_token="));
}
