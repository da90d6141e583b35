//! A process that may open few files, and strangers who take them all.

#[cfg(unix)]
#[test]
fn the_browser_gets_through_when_the_process_is_out_of_sockets() {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::TcpStream,
        process::{Command, Stdio},
    };

    use crate::support::{BOUND, Url};

    let ask = |url: &Url| {
        let mut stream = TcpStream::connect(&url.authority).unwrap();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        stream.write_all(url.request().as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    };

    // The strangers are in this process, so that the limit is not theirs.
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 40 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "files::child", "--nocapture"])
        .env("TRIPOD_TEST_FEW_FILES", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let back = loop {
        let line = lines.next().expect("the child says where it listens").unwrap();
        if let Some((_, url)) = line.split_once("back ") {
            break Url::parse(url);
        }
    };
    let idle: Vec<_> = (0..100).map(|_| TcpStream::connect(&back.authority).unwrap()).collect();
    let reply = ask(&back);
    assert!(reply.starts_with("HTTP/1.1 303"), "{reply}");
    let (_, rest) = reply.split_once("location: ").unwrap();
    let page = ask(&back.with_target(rest.lines().next().unwrap()));
    assert!(page.contains("<h1>You allowed access</h1>"), "{page}");
    drop(idle);
    let said: String = lines.map(|line| line.unwrap() + "\n").collect();
    assert!(child.wait().unwrap().success(), "{said}");
    assert!(said.contains("the child has run"), "{said}");
}

/// Does nothing but in the process that the other test starts.
#[tokio::test]
async fn child() {
    use crate::support::*;

    if std::env::var_os("TRIPOD_TEST_FEW_FILES").is_none() {
        return;
    }
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    println!("back {}", approve(&sandbox, &issued));
    let authorized = loopback.wait(issued).await;
    loopback.close().await;
    // It needs a socket, of which there are some again.
    assert!(authorized.unwrap().exchange().await.is_ok());
    println!("the child has run");
}
