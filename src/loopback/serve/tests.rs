//! What the listener answers, over a pipe and a paused clock.

use proptest::prelude::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    time::Instant,
};

use super::*;

/// Sends bytes, and gives what comes back and after how many seconds of a paused clock.
async fn exchange(sent: &[u8]) -> (String, u64) {
    let (mut client, server) = duplex(64);
    let begun = Instant::now();
    let task = tokio::spawn(serve_alone(server));
    client.write_all(sent).await.unwrap();
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    task.await.unwrap();
    (reply, begun.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn whoever_says_nothing_is_cut_off() {
    assert_eq!(exchange(b"").await, (String::new(), HEAD_TIME.as_secs()));
    let half = b"GET /callback/0 HTTP/1.1\r\nHost: 127";
    assert_eq!(exchange(half).await, (String::new(), HEAD_TIME.as_secs()));
}

#[tokio::test(start_paused = true)]
async fn whoever_sends_a_byte_each_second_is_cut_off() {
    let (mut client, server) = duplex(64);
    let begun = Instant::now();
    let task = tokio::spawn(serve_alone(server));
    while client.write_all(b"G").await.is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(task.await.unwrap(), 0);
    assert!(begun.elapsed() <= HEAD_TIME + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_read_is_cut_off() {
    let (mut client, server) = duplex(64);
    let begun = Instant::now();
    let task = tokio::spawn(serve_alone(server));
    let request = b"GET /callback/0/granted HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n";
    client.write_all(request).await.unwrap();
    assert_eq!(task.await.unwrap(), 0);
    assert_eq!(begun.elapsed(), CONNECTION_TIME);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_nobody_takes_is_answered_in_time() {
    let (arrivals, _queue) = mpsc::channel(1);
    let shared = Arc::new(Shared::new(1));
    let desk = Desk { shared, arrivals };
    let begun = Instant::now();
    // The first waits its time out; for the second there is no room.
    for waited in [TAKE_TIME, TAKE_TIME] {
        let reply = desk.callback("oauth_token=t&oauth_verifier=v").await;
        assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(begun.elapsed(), waited);
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_may_be_large_and_not_huge() {
    let ask = |bytes| {
        let cookie = "c".repeat(bytes);
        let head = "GET /callback/0?oauth_token=t HTTP/1.1\r\nHost: 127.0.0.1:1\r\nCookie: ";
        format!("{head}{cookie}\r\n\r\n")
    };
    let (reply, _) = exchange(ask(HEAD / 2).as_bytes()).await;
    assert!(reply.starts_with("HTTP/1.1 303"), "{reply}");

    let (client, server) = duplex(1024);
    let task = tokio::spawn(serve_alone(server));
    let (mut reader, mut writer) = tokio::io::split(client);
    // It may be cut off while it is still sending.
    let writing = async { writer.write_all(ask(1 << 20).as_bytes()).await };
    let mut reply = String::new();
    let (_, read) = tokio::join!(writing, reader.read_to_string(&mut reply));
    read.unwrap();
    assert!(reply.starts_with("HTTP/1.1 431"), "{reply}");
    assert_eq!(task.await.unwrap(), 0);
}

/// Whatever is sent, whole or in pieces, there is one answer or none, and an end.
fn check_any(sent: &[u8]) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let (reply, arrived) = runtime.block_on(async {
        let (client, server) = duplex(16);
        let task = tokio::spawn(serve_alone(server));
        let (mut reader, mut writer) = tokio::io::split(client);
        let writing = async {
            // It may be sent away before it is done.
            let _ = writer.write_all(sent).await;
            writer.shutdown().await
        };
        let mut reply = Vec::new();
        let _ = tokio::join!(writing, reader.read_to_end(&mut reply));
        (String::from_utf8_lossy(&reply).into_owned(), task.await.unwrap())
    });
    assert!(reply.is_empty() || reply.starts_with("HTTP/1."), "{reply}");
    assert_eq!(reply.matches("\r\n\r\n").count(), usize::from(!reply.is_empty()), "{reply}");
    assert_eq!(arrived, usize::from(reply.contains("/callback/0/wrong-link")), "{reply}");
}

proptest! {
    #[test]
    fn any_bytes_are_answered_or_not(sent in prop::collection::vec(any::<u8>(), 0..300)) {
        check_any(&sent);
    }

    #[test]
    fn any_damage_to_a_callback_is_answered_or_not(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in any::<prop::sample::Index>(),
    ) {
        let request = b"GET /callback/0?oauth_token=t&oauth_verifier=v HTTP/1.1\r\n\
            Host: 127.0.0.1:1\r\nAccept: text/html\r\nContent-Length: 0\r\n\r\nGET / ";
        let mut sent = request.to_vec();
        for (at, byte) in damage {
            let at = at.index(sent.len());
            sent[at] = byte;
        }
        check_any(&sent);
        sent.truncate(end.index(sent.len()));
        check_any(&sent);
    }
}

#[test]
fn each_listener_has_paths_of_its_own() {
    let (one, other) = (Shared::new(1), Shared::new(1));
    for path in [&one.callback_path, &one.start_path] {
        assert_eq!(path.rsplit('/').next().map(str::len), Some(32), "{path}");
    }
    assert_ne!(one.callback_path, other.callback_path);
    assert_ne!(one.start_path, other.start_path);
    assert!(!one.start_path.ends_with(one.callback_path.rsplit('/').next().unwrap()));
}

#[test]
fn the_usual_port_can_be_left_out_of_a_host() {
    for (one, other, expected) in [
        ("127.0.0.1", "127.0.0.1:80", true),
        ("LOCALHOST:80", "localhost", true),
        ("127.0.0.1:8080", "127.0.0.1", false),
        ("127.0.0.1:8080", "127.0.0.1:80", false),
        ("127.0.0.1:80.evil.example", "127.0.0.1", false),
    ] {
        assert_eq!(is_same(one.as_bytes(), other.as_bytes()), expected, "{one} {other}");
    }
}
