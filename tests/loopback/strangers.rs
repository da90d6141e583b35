//! Who is not the user's browser is answered in a few words, and does not end the waiting.

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};
use tripod::ErrorKind;

use crate::support::*;

/// Lets strangers in while a flow waits, then the user. The flow must be granted all the same.
async fn while_waiting<F: Future<Output = ()>>(strangers: impl FnOnce(Url) -> F) {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let visit = async {
        strangers(back.clone()).await;
        back.visit().await
    };
    let (authorized, page) = tokio::join!(loopback.wait(issued), visit);
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.unwrap().exchange().await.is_ok());
}

/// What is no callback gets this status and a short text.
#[track_caller]
fn check(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert!(reply.body().len() < 100, "{}", reply.text);
}

#[tokio::test]
async fn other_paths_are_not_found() {
    while_waiting(|back| async move {
        let path = back.path().to_owned();
        for target in [
            "/".to_owned(),
            "/favicon.ico".to_owned(),
            "/callback".to_owned(),
            "/callback/".to_owned(),
            "/callback/0123456789abcdef0123456789abcdef?oauth_token=t&oauth_verifier=v".to_owned(),
            "/start/0123456789abcdef0123456789abcdef".to_owned(),
            path[..path.len() - 1].to_owned(),
            format!("{path}/"),
            format!("{path}/."),
            format!("{path}/grante"),
            format!("{path}0"),
            format!("/{path}"),
            path.to_uppercase(),
            "/é".to_owned(),
            "*".to_owned(),
        ] {
            let reply = back.with_target(&target).get().await;
            assert!([400, 404].contains(&reply.status), "{target}: {}", reply.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_callback_is_a_get() {
    while_waiting(|back| async move {
        for method in ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "X"] {
            let reply = back.send(&back.request_as(method, &back.authority)).await;
            assert_eq!(reply.status, 405, "{method}: {}", reply.text);
            assert_eq!(reply.header("allow"), Some("GET"), "{method}");
        }
        let page = back.with_target(format!("{}/granted", back.path()));
        check(&page.send(&page.request_as("POST", &page.authority)).await, 405);
    })
    .await;
}

/// Another name for this machine is one that a stranger's DNS has brought here.
#[tokio::test]
async fn other_hosts_are_refused() {
    while_waiting(|back| async move {
        let port = back.authority.rsplit(':').next().unwrap().to_owned();
        for host in [
            format!("rebound.example:{port}"),
            format!("localhost:{port}"),
            format!("127.0.0.1.example:{port}"),
            format!("127.0.0.1:{}", port.parse::<u16>().unwrap() ^ 1),
            "127.0.0.1".to_owned(),
            format!("x@127.0.0.1:{port}"),
            String::new(),
        ] {
            check(&back.send(&back.request_as("GET", &host)).await, 421);
        }
        let target = &back.target;
        check(&back.send(&format!("GET {target} HTTP/1.1\r\n\r\n")).await, 421);
        check(&back.send(&format!("GET {target} HTTP/1.0\r\n\r\n")).await, 421);
        let host = &back.authority;
        let twice = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n");
        check(&back.send(&twice).await, 421);
        let absolute =
            format!("GET http://rebound.example{target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        check(&back.send(&absolute).await, 421);
    })
    .await;
}

#[tokio::test]
async fn another_flows_callback_is_the_wrong_link() {
    let scene = scene().await;
    let (back, other) = (scene.approve(), scene.approve_another().await);
    let Scene { mut loopback, issued, .. } = scene;
    let visits = async {
        let page = other.visit().await;
        assert_eq!((page.status, page.title()), (400, "This is the wrong link"));
        // Damaged on the way: the right token, and no verifier that could be read.
        for target in [
            back.target.replace("oauth_verifier=", "oauth_verifier=&x="),
            back.target.replace("oauth_token=", "oauth_token=x&oauth_token="),
            format!("{}&oauth_verifier=again", back.target),
            format!("{}%FF", back.target),
        ] {
            let page = back.with_target(target).visit().await;
            assert_eq!((page.status, page.title()), (400, "This is the wrong link"));
        }
        back.visit().await
    };
    let (authorized, page) = tokio::join!(loopback.wait(issued), visits);
    assert_eq!((page.status, page.title()), (200, "You allowed access"));
    assert!(authorized.unwrap().exchange().await.is_ok());
}

#[tokio::test]
async fn slow_clients_do_not_hold_up_the_browser() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let slow_request = back.with_target("/slow").request();
    let mut slow = back.connect().await;
    let visit = async {
        let (first, last) = slow_request.as_bytes().split_at(slow_request.len() - 1);
        for byte in first {
            slow.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        let page = back.visit().await;
        slow.write_all(last).await.unwrap();
        page
    };
    let (authorized, page) = tokio::join!(loopback.wait(issued), visit);
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.is_ok());
    // It was merely slow, so it is answered as well.
    check(&read(&mut slow).await, 404);
}

#[tokio::test]
async fn a_megabyte_of_headers_is_not_read() {
    while_waiting(|back| async move {
        let host = &back.authority;
        let mut request = format!("GET {} HTTP/1.1\r\nHost: {host}\r\n", back.target);
        let line = format!("X-Filler: {}\r\n", "f".repeat(1000));
        request.push_str(&line.repeat(1000));
        let (mut reader, mut writer) = back.connect().await.into_split();
        // It is cut off while it is still sending.
        let send = async { writer.write_all(request.as_bytes()).await };
        let mut reply = Vec::new();
        let (_, _) =
            tokio::join!(send, tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut reply));
        // A reset may overtake the answer.
        let reply = String::from_utf8(reply).unwrap();
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 431"), "{reply}");
    })
    .await;
}

#[tokio::test]
async fn bodies_are_not_read() {
    while_waiting(|back| async move {
        let (host, target) = (&back.authority, &back.target);
        let head = format!("POST {target} HTTP/1.1\r\nHost: {host}\r\n");
        let long = format!("{head}Content-Length: 1000000000\r\n\r\nabc");
        assert_eq!(back.send(&long).await.status, 405);
        let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n3b9aca00\r\nabc");
        assert_eq!(back.send(&chunked).await.status, 405);
        let waits = format!("{head}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n");
        assert_eq!(back.send(&waits).await.status, 405);
    })
    .await;
}

#[tokio::test]
async fn garbage_is_sent_away() {
    while_waiting(|back| async move {
        let tls = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];
        for garbage in [
            &tls[..],
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\0\0\0\0\0\0\0\0",
            b"\r\n\r\n\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost\r\n\r\n",
            b"SSH-2.0-scan\r\n",
            "GET /é HTTP/1.1\r\nHöst: x\r\n\r\n".as_bytes(),
        ] {
            let mut stream = back.connect().await;
            stream.write_all(garbage).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut reply = Vec::new();
            // A reset is an answer as well.
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut reply).await;
            assert!(reply.is_empty() || reply.starts_with(b"HTTP/1."), "{reply:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_hundred_idle_connections_do_not_keep_the_browser_out() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let mut idle = Vec::new();
    let visit = async {
        for _ in 0..200 {
            idle.push(back.connect().await);
        }
        back.visit().await
    };
    let (authorized, page) = tokio::join!(loopback.wait(issued), visit);
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.is_ok());
    // Of all connections 32 are kept, the newest; the others were closed to make room.
    // First the newest, which is closed as well if nothing comes for long.
    let newest = idle.last().unwrap().try_read(&mut [0]).unwrap_err();
    assert_eq!(newest.kind(), std::io::ErrorKind::WouldBlock);
    for stream in &mut idle[..168] {
        assert!(is_closed(stream).await);
    }
}

#[tokio::test]
async fn port_scans_are_not_noticed() {
    while_waiting(|back| async move {
        for round in 0..500 {
            let stream = back.connect().await;
            if round % 2 == 0 {
                // A reset in place of a farewell.
                stream.set_zero_linger().unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_asks_twice_is_told_the_same() {
    let scene = scene().await;
    let (back, other) = (scene.approve(), scene.approve_another().await);
    let Scene { mut loopback, issued, .. } = scene;
    // A double click: both are on their way before either is answered.
    let visits = async { tokio::join!(back.visit(), back.visit()) };
    let (authorized, (one, two)) = tokio::join!(loopback.wait(issued), visits);
    assert_eq!((one.title(), two.title()), ("You allowed access", "You allowed access"));
    // Later, while the exchange is made.
    assert_eq!(back.visit().await.title(), "You allowed access");
    assert_eq!(other.visit().await.title(), "This is the wrong link");
    assert!(authorized.unwrap().exchange().await.is_ok());
}

#[tokio::test]
async fn a_refusal_does_not_take_the_place_of_a_later_flow() {
    let scene = scene().await;
    let denied = scene.deny();
    let Scene { sandbox, client, mut loopback, issued } = scene;
    let (failed, page) = tokio::join!(loopback.wait(issued), denied.visit());
    assert_eq!(page.title(), "You did not allow access");
    assert!(matches!(failed.unwrap_err().error().kind(), ErrorKind::Denied { .. }));

    // The user thinks again, at the same listener. The old link comes once more.
    let issued = client.begin(loopback.callback()).request_token().await.unwrap();
    let back = Url::parse(approve(&sandbox, &issued));
    let has_token = denied.target.contains("oauth_token=");
    let visits = async {
        if has_token {
            assert_eq!(denied.visit().await.title(), "This is the wrong link");
        }
        back.visit().await
    };
    let (authorized, page) = tokio::join!(loopback.wait(issued), visits);
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.is_ok());
}

#[tokio::test]
async fn nobody_else_can_have_the_port() {
    let Scene { loopback, .. } = scene().await;
    for host in ["127.0.0.1", "::1"] {
        let taken = TcpListener::bind((host, loopback.port())).await;
        assert!(taken.is_err(), "{host}");
    }
    assert!(TcpStream::connect(("127.0.0.1", loopback.port())).await.is_ok());
}

/// What another user of this machine gets from `url`, or none where the test cannot be one.
fn as_another_user(url: &Url, address: &str) -> Option<String> {
    let me = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if !me.lines().any(|line| line.starts_with("Uid:\t0\t0\t")) {
        not_run("only the superuser can be another user");
        return None;
    }
    let (_, port) = url.authority.rsplit_once(':').unwrap();
    let script =
        format!("exec 3<>/dev/tcp/{address}/{port} || exit 9; printf %s \"$1\" >&3; cat <&3");
    let done = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", &script, "bash"])
        .arg(url.request())
        .current_dir("/")
        .output();
    match done {
        Ok(done) if done.status.success() => Some(String::from_utf8(done.stdout).unwrap()),
        why => {
            not_run(&format!("setpriv and bash cannot connect to {address}: {why:?}"));
            None
        }
    }
}

/// On a shared machine the start address stands in the list of processes.
#[tokio::test(flavor = "multi_thread")]
async fn another_user_of_this_machine_is_refused() {
    let Scene { sandbox, loopback, issued, .. } = scene().await;
    let (sender, opened) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let mut loopback =
        loopback.with_browser(move |url| sender.lock().unwrap().send(url.to_owned()).is_ok());
    assert!(loopback.open(&issued).await);
    let start = Url::parse(opened.recv().unwrap());
    let provider_page = issued.authorization_url();
    let back = Url::parse(approve(&sandbox, &issued));
    let stranger = async |url: &Url, address: &'static str| {
        let url = url.clone();
        tokio::task::spawn_blocking(move || as_another_user(&url, address)).await.unwrap()
    };
    let visits = async {
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            for url in [&start, &back] {
                let Some(reply) = stranger(url, address).await else { continue };
                assert!(reply.starts_with("HTTP/1.1 403"), "{address}: {reply}");
                assert!(!reply.to_lowercase().contains("location"), "{reply}");
            }
        }
        // The user comes later, and finds everything as it was.
        let forwarded = start.get().await;
        assert_eq!(forwarded.header("location"), Some(&*provider_page));
        back.visit().await
    };
    let (authorized, page) = tokio::join!(loopback.wait(issued), visits);
    assert_eq!(page.title(), "You allowed access");
    assert!(authorized.unwrap().exchange().await.is_ok());
}

/// A page that the user has open elsewhere can name this address in an image, a frame or a script. Browsers say so.
#[tokio::test]
async fn what_another_site_embeds_does_not_end_the_login() {
    while_waiting(|back| async move {
        let denial = back.with_target(format!("{}?error=access_denied", back.path()));
        for (mode, dest) in
            [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe"), ("no-cors", "script")]
        {
            let said = format!("\r\nSec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\n\r\n");
            check(&denial.send(&denial.request().replacen("\r\n\r\n", &said, 1)).await, 403);
        }
    })
    .await;
}
