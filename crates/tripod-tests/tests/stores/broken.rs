//! Servers that are not there, say odd things or nothing, and what errors tell of the URL.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use libtest_mimic::Trial;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::mpsc,
};
use tokio_rustls::rustls::{self, ServerConfig, pki_types::PrivateKeyDer};
use tripod::vault::store::{
    Claim, PostgresStore, RedisStore, Store, StoreError, StoreErrorKind, Taken, Value,
};

use crate::{
    backend::{key, texts},
    trial,
};

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("redis::odd_replies_are_errors".into(), redis_odd_replies_are_errors),
        trial("redis::a_full_or_loading_server".into(), refusals_of_redis),
        trial("redis::a_server_that_became_a_replica_is_left".into(), left_when_read_only),
        trial("redis::a_reply_that_is_too_long_is_refused".into(), too_long_replies_of_redis),
        Trial::test("servers::outside_a_runtime_there_is_an_error", || {
            outside_a_runtime();
            Ok(())
        }),
        trial("postgres::odd_replies_are_errors".into(), odd_replies_of_postgres),
        trial("postgres::tls_is_not_given_up".into(), tls_is_not_given_up),
        trial("postgres::a_certificate_by_nobody_is_refused".into(), forged_postgres),
        trial("redis::a_certificate_by_nobody_is_refused".into(), forged_redis),
        trial("servers::no_url_shows_its_password".into(), no_url_shows_its_password),
        Trial::test("servers::a_call_ends_though_nobody_answers", || {
            // Time passes at once where there is nothing else to do.
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime
                .enable_all()
                .start_paused(true)
                .build()?
                .block_on(a_call_ends_though_nobody_answers());
            Ok(())
        }),
    ]
}

pub(crate) fn wrong_password(url: &str) -> Trial {
    let host = url.rsplit('@').next().unwrap().to_owned();
    trial("redis::a_wrong_password_is_refused".into(), || async move {
        let error = RedisStore::connect(&format!("redis://:hunter2@{host}")).await.unwrap_err();
        assert!(!error.is_retryable(), "{}", texts(&error));
        assert!(!texts(&error).contains("hunter2"), "{}", texts(&error));
        let error = RedisStore::connect(&format!("redis://{host}")).await.unwrap_err();
        assert!(!error.is_retryable(), "{}", texts(&error));
    })
}

/// A server that hands each connection to `serve`.
async fn server<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Speaks Redis' protocol as far as the handshake, and answers each of the store's commands with
/// `reply`.
async fn redis(stream: TcpStream, reply: &[u8]) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let count: usize = line.trim_start_matches('*').trim().parse().unwrap_or(0);
        let mut verb = Vec::new();
        for part in 0..count {
            line.clear();
            stream.read_line(&mut line).await?;
            let mut text = vec![0; line.trim_start_matches('$').trim().parse().unwrap_or(0)];
            stream.read_exact(&mut text).await?;
            stream.read_exact(&mut [0; 2]).await?;
            if part == 0 {
                verb = text;
            }
        }
        let reply = match verb.as_slice() {
            b"PING" => b"+PONG\r\n",
            b"CLIENT" | b"AUTH" | b"SELECT" => &b"+OK\r\n"[..],
            _ => reply,
        };
        stream.write_all(reply).await?;
    }
}

async fn redis_that_says(reply: &'static [u8]) -> RedisStore {
    let address = server(move |stream| redis(stream, reply)).await;
    RedisStore::connect(&format!("redis://{address}")).await.unwrap()
}

async fn redis_odd_replies_are_errors() {
    // What a script that takes gives may be any text, since the seal tells whether it is an entry.
    let replies: [(&[u8], Option<&[u8]>); 13] = [
        (b"*0\r\n", None),
        (b"*1\r\n*1\r\n*-1\r\n", None),
        (b":-9223372036854775808\r\n", None),
        (b":7\r\n", None),
        (b"$0\r\n\r\n", Some(b"")),
        (b"$3\r\nabc\r\n", Some(b"abc")),
        (b"$17\r\n\x02................\r\n", Some(b"\x02................")),
        (b"$16\r\n\0...............\r\n", Some(b"\0...............")),
        (b"+QUEUED\r\n", None),
        (b"+1\r\n", None),
        (b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n", None),
        (b"-ERR\r\n", None),
        (b"!!\r\n\r\n", None),
    ];
    for (reply, taken) in replies {
        let store = redis_that_says(reply).await;
        let name = String::from_utf8_lossy(reply);
        let got = store.get(&key("a")).await;
        // An empty string says that there is no entry.
        let is_empty = taken == Some(b"");
        assert!(if is_empty { matches!(got, Ok(None)) } else { got.is_err() }, "{name}");
        let took = store.take(&key("a"), &Claim::new()).await;
        match (taken, took) {
            (None, took) => assert!(took.is_err(), "{name}"),
            (Some(value), Ok(Taken::Value(took))) => assert_eq!(took, value, "{name}"),
            (Some(_), took) => panic!("{name}: {:?}", took.err()),
        }
        assert!(store.put(&key("a"), b"1".into(), MINUTE).await.is_err(), "{name}");
        assert!(store.put(&key("a"), b"1".into(), Some(Duration::ZERO)).await.is_err(), "{name}");
        assert!(store.delete(&key("a")).await.is_err(), "{name}");
        assert!(store.replace(&key("a"), b"1".into(), b"2".into()).await.is_err(), "{name}");
    }
    // The connection ends in the middle of a reply.
    let address = server(|mut stream| async move {
        stream.write_all(b"+OK\r\n+OK\r\n+PONG\r\n$10\r\nabc").await?;
        stream.shutdown().await
    })
    .await;
    assert!(RedisStore::connect(&format!("redis://{address}")).await.is_err());
}

async fn refusals_of_redis() {
    let cases: [(&[u8], bool); 7] = [
        (b"-OOM command not allowed when used memory > 'maxmemory'.\r\n", false),
        (b"-READONLY You can't write against a read only replica.\r\n", true),
        (b"-NOPERM this user has no permissions\r\n", false),
        (b"-MISCONF Redis is configured to save RDB snapshots\r\n", false),
        (b"-LOADING Redis is loading the dataset in memory\r\n", true),
        (b"-MASTERDOWN Link with MASTER is down\r\n", true),
        (b"-CLUSTERDOWN The cluster is down\r\n", true),
    ];
    for (reply, retryable) in cases {
        let store = redis_that_says(reply).await;
        let error = store.put(&key("a"), b"1".into(), MINUTE).await.unwrap_err();
        assert_eq!(error.is_retryable(), retryable, "{}", texts(&error));
    }
}

async fn left_when_read_only() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let address = server(move |stream| {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        redis(stream, if number == 0 { b"-READONLY You can't write\r\n" } else { b"+OK\r\n" })
    })
    .await;
    let store = RedisStore::connect(&format!("redis://{address}")).await.unwrap();
    store.put(&key("a"), b"1".into(), MINUTE).await.unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

async fn too_long_replies_of_redis() {
    let entry = |length: usize| -> &'static [u8] {
        let mut reply = format!("${length}\r\n").into_bytes();
        reply.resize(reply.len() + length, 0);
        reply.extend_from_slice(b"\r\n");
        reply.leak()
    };
    let (largest, larger) = (entry(17 + Value::MAX), entry(17 + Value::MAX + 1));
    let got = redis_that_says(largest).await.get(&key("a")).await.unwrap();
    assert_eq!(got.map(|value| value.len()), Some(Value::MAX));
    let store = redis_that_says(larger).await;
    let got = store.get(&key("a")).await.unwrap_err();
    let taken = store.take(&key("a"), &Claim::new()).await.unwrap_err();
    for error in [got, taken] {
        assert!(!error.is_retryable());
        assert!(texts(&error).contains("larger than 64 KiB"), "{}", texts(&error));
    }
}

fn outside_a_runtime() {
    fn now<T>(future: impl Future<Output = Result<T, StoreError>>) -> StoreErrorKind {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(error)) => error.kind(),
            _ => panic!("an error was expected, at once"),
        }
    }
    let postgres = now(PostgresStore::connect("postgres://a:b@127.0.0.1:1/c"));
    let redis = now(RedisStore::connect("rediss://:b@127.0.0.1:1"));
    assert_eq!([postgres, redis], [StoreErrorKind::NoRuntime; 2]);
}

async fn odd_replies_of_postgres() {
    let replies: [&[u8]; 6] = [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"R\0\0\0\x04",
        b"R\xff\xff\xff\xff\0\0\0\0",
        b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05",
        b"E\0\0\0\x05\0",
    ];
    for reply in replies {
        let address = server(move |mut stream| async move {
            let mut buffer = [0; 512];
            let _ = stream.read(&mut buffer).await?;
            stream.write_all(reply).await?;
            stream.shutdown().await
        })
        .await;
        PostgresStore::connect(&format!("postgres://a:b@{address}/c")).await.unwrap_err();
    }
}

async fn tls_is_not_given_up() {
    // It says that it has no TLS, and would be content with a password in plain.
    let (tell, mut told) = mpsc::unbounded_channel();
    let address = server(move |mut stream| {
        let tell = tell.clone();
        async move {
            let mut request = [0; 8];
            stream.read_exact(&mut request).await?;
            stream.write_all(b"N").await?;
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await?;
            tell.send(rest).map_err(io::Error::other)
        }
    })
    .await;
    let url = format!("postgres://a:b@{address}/c?sslmode=require");
    let error = PostgresStore::connect(&url).await.unwrap_err();
    assert!(!error.is_retryable());
    assert!(texts(&error).contains("server does not support TLS"), "{}", texts(&error));
    assert_eq!(told.recv().await.unwrap(), b"", "nothing more may be sent");
}

fn forged() -> tokio_rustls::TlsAcceptor {
    let forged = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(forged.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![forged.cert.der().clone()], key)
        .unwrap();
    Arc::new(config).into()
}

async fn forged_postgres() {
    let acceptor = forged();
    let (tell, mut told) = mpsc::unbounded_channel();
    let address = server(move |mut stream| {
        let (acceptor, tell) = (acceptor.clone(), tell.clone());
        async move {
            let mut request = [0; 8];
            stream.read_exact(&mut request).await?;
            stream.write_all(b"S").await?;
            let mut rest = Vec::new();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read_to_end(&mut rest).await;
            }
            tell.send(rest).map_err(io::Error::other)
        }
    })
    .await;
    let url = format!("postgres://a:b@localhost:{}/c?sslmode=require", address.port());
    let error = PostgresStore::connect(&url).await.unwrap_err();
    assert!(!error.is_retryable(), "{}", texts(&error));
    assert!(texts(&error).contains("certificate"), "{}", texts(&error));
    assert_eq!(told.recv().await.unwrap(), b"", "nothing may be sent");
}

async fn forged_redis() {
    let acceptor = forged();
    let (tell, mut told) = mpsc::unbounded_channel();
    let address = server(move |stream| {
        let (acceptor, tell) = (acceptor.clone(), tell.clone());
        async move {
            let mut rest = Vec::new();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read_to_end(&mut rest).await;
            }
            tell.send(rest).map_err(io::Error::other)
        }
    })
    .await;
    let url = format!("rediss://:b@localhost:{}", address.port());
    let error = RedisStore::connect(&url).await.unwrap_err();
    assert!(!error.is_retryable(), "{}", texts(&error));
    assert!(texts(&error).contains("certificate"), "{}", texts(&error));
    // Which provider of cryptography a process has is for its program to say.
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    assert_eq!(told.recv().await.unwrap(), b"", "nothing may be sent");
}

/// Where nobody listens, for as long as the socket is held.
fn nowhere() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

async fn no_url_shows_its_password() {
    let (_held, nowhere) = nowhere();
    let unavailable = [
        PostgresStore::connect(&format!("postgres://u:hunter2@{nowhere}/d")).await.unwrap_err(),
        RedisStore::connect(&format!("redis://u:hunter2@{nowhere}")).await.unwrap_err(),
    ];
    for error in &unavailable {
        assert!(error.is_retryable(), "{}", texts(error));
    }
    let mut errors: Vec<StoreError> = unavailable.into();
    for url in [
        "postgres://u:hunter2@host:port/d",
        "postgres://u:hunter2@host/d?hunter2=x",
        "postgres://u:hunter2@host/d?sslmode=hunter2",
        "postgres//u:hunter2@host/d",
        "host=h password=hunter2 hunter2",
        "hunter2",
        "",
    ] {
        errors.push(PostgresStore::connect(url).await.unwrap_err());
    }
    for url in [
        "redis://u:hunter2@host:port",
        "redis://u:hunter2@host/hunter2",
        "http://u:hunter2@host",
        "rediss://u:hunter2@host/#insecure",
        "hunter2",
        "",
    ] {
        errors.push(RedisStore::connect(url).await.unwrap_err());
    }
    for error in errors {
        assert!(!texts(&error).contains("hunter2"), "{}", texts(&error));
    }
}

async fn a_call_ends_though_nobody_answers() {
    let address = server(|mut stream| async move {
        let mut buffer = Vec::new();
        stream.read_to_end(&mut buffer).await.map(drop)
    })
    .await;
    let error = PostgresStore::connect(&format!("postgres://a:b@{address}/c")).await.unwrap_err();
    assert!(error.is_retryable(), "{}", texts(&error));
    let error = RedisStore::connect(&format!("redis://{address}")).await.unwrap_err();
    assert!(error.is_retryable(), "{}", texts(&error));
}
