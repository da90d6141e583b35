//! Replies that will be no better another time, and URLs that cannot be sent: the error says what is wrong.

use http::{Request, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tripod::{
    Callback, Client, Consumer, Error, ErrorKind, Provider, ReplyError,
    providers::fatsecret::{DATA, HANDSHAKE},
};

use crate::support::*;

/// What comes of a request-token call whose reply is these bytes and then the end of the connection, with each of the
/// two transports.
async fn answered_with(bytes: &[u8]) -> [Error; 2] {
    [answered(bytes.to_vec(), false).await, answered(bytes.to_vec(), true).await]
}

async fn answered(bytes: Vec<u8>, over_ureq: bool) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        // The client may hang up in the middle of a head that is too long for it.
        let _ = connection.write_all(&bytes).await;
        let _ = connection.shutdown().await;
    });
    let provider =
        Provider::fatsecret().moved_to(&[(HANDSHAKE, &origin), (DATA, &origin)]).unwrap();
    let mut client = Client::new(provider, Consumer::new(KEY, SECRET)).unwrap();
    if over_ureq {
        client = client.with_transport(OnThread::default());
    }
    client.begin(Callback::out_of_band()).request_token().await.unwrap_err().into_error()
}

#[tokio::test]
async fn what_is_not_http_is_not_worth_another_try() {
    let oversized = format!("HTTP/1.1 200 OK\r\nX-Filler: {}\r\n\r\n", "f".repeat(1 << 20));
    for reply in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello",
        &oversized,
    ] {
        let begin = &reply[..reply.len().min(100)];
        for error in answered_with(reply.as_bytes()).await {
            assert_eq!(*error.kind(), ErrorKind::Reply(ReplyError::NotHttp), "{begin}: {error:?}");
            assert!(!error.is_retryable(), "{begin}");
            let text = "request token: the reply is not valid HTTP; check the endpoint's scheme, host and port [";
            assert!(error.to_string().starts_with(text), "{error}");
            quiet(&error);
        }
    }
}

#[tokio::test]
async fn a_line_that_breaks_is_worth_another_try() {
    for reply in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        for error in answered_with(reply.as_bytes()).await {
            assert_eq!(*error.kind(), ErrorKind::Interrupted, "{reply:?}: {error:?}");
            assert!(error.is_retryable());
        }
    }
}

#[tokio::test]
async fn a_redirect_names_where_it_points_to_and_no_secret() {
    let long = format!("https://a.example/{}", "b".repeat(300));
    for (location, expected) in [
        ("https://user:canary@a.example/b?canary#canary", Some("https://a.example/b")),
        ("/login?oauth_token=canary", Some("/login")),
        (&*long, Some(&long[..200])),
        // A secret that the provider has put into the path.
        ("/canary/consumer&secret/1", None),
    ] {
        let scenario = Scenario::photos();
        let mut moved = reply(302, "");
        moved.headers_mut().insert(header::LOCATION, location.parse().unwrap());
        scenario.script.answer(moved);
        let error = scenario.unauthorized().request_token().await.unwrap_err().into_error();
        let said = expected.map(|to| format!("; it points to {to}")).unwrap_or_default();
        let text = "request token: the provider answered with a redirect (HTTP 302), which is not \
                    followed; check the endpoint [https://photos.example.net/initiate]";
        assert_eq!(error.to_string(), format!("{text}{said}"));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn a_url_that_cannot_be_sent_names_the_character() {
    let session = Scenario::photos().to_granted();
    for (url, named) in [
        ("https://photos.example.net/a b", "it has a \" \", which is written \"%20\""),
        (
            "https://photos.example.net/?q=\u{fc}",
            "it has a \"\u{fc}\", which is written \"%C3%BC\"",
        ),
        ("https://photos.example.net/a?b=<c>", "it has a \"<\", which is written \"%3C\""),
        ("https://photos.example.net/a>b", "it has a \">\", which is written \"%3E\""),
    ] {
        let error = session.get(url).build().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{url}: {error:?}");
        assert!(error.to_string().ends_with(&format!("; {named}")), "{url}: {error}");
    }
    let mut fine = Request::get("https://photos.example.net/a?b=%3Cc%3E").body("").unwrap();
    session.sign(&mut fine).unwrap();
}
