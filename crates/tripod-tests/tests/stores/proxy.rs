//! A server that goes away and comes back, as seen through a proxy that can be cut.

use std::{net::SocketAddr, time::Duration};

use libtest_mimic::Trial;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
};
use tripod::vault::store::{Claim, Key, PostgresStore, RedisStore, Store, StoreError, Taken};

use crate::backend::Backend;

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

pub(crate) fn trial(backend: &Backend) -> Trial {
    let name = format!("{}::a_server_that_comes_back_is_used_again", backend.name());
    let backend = backend.clone();
    crate::trial(name, move || async move {
        let home = backend.home().await;
        let url = match &backend {
            Backend::Postgres(url) | Backend::Redis(url) => url.clone(),
            _ => return,
        };
        let proxy = Proxy::start(address(&url)).await;
        let url = url.replace(&address(&url).to_string(), &proxy.address.to_string());
        let store: Box<dyn Store> = match backend {
            Backend::Postgres(_) => Box::new(PostgresStore::connect(&url).await.unwrap()),
            _ => Box::new(RedisStore::connect(&url).await.unwrap()),
        };
        gone_and_back(&*store, proxy, &home.key("a")).await;
    })
}

async fn gone_and_back(store: &dyn Store, mut proxy: Proxy, key: &Key) {
    let claim = Claim::new();
    store.put(key, b"flow".into(), MINUTE).await.unwrap();
    // Connections that break while nobody looks are made again within the call.
    proxy.cut().await;
    proxy.restore().await;
    assert_eq!(store.get(key).await.unwrap(), Some(b"flow".to_vec()));
    for _ in 0..3 {
        proxy.cut().await;
        let errors = [
            store.put(key, b"other".into(), MINUTE).await.unwrap_err(),
            store.get(key).await.unwrap_err(),
            store.take(key, &claim).await.unwrap_err(),
            store.delete(key).await.unwrap_err(),
        ];
        assert!(errors.iter().all(StoreError::is_retryable), "{errors:?}");
        proxy.restore().await;
        assert_eq!(store.take(key, &claim).await.unwrap(), Taken::Value(b"flow".to_vec()));
    }
    assert!(store.delete(key).await.unwrap());
}

/// Host and port of a URL, which are an address here.
fn address(url: &str) -> SocketAddr {
    let host = url.rsplit('@').next().unwrap();
    host.split('/').next().unwrap().parse().unwrap()
}

/// Passes connections on until it is cut, and again when it is restored, at the same port.
struct Proxy {
    address: SocketAddr,
    server: SocketAddr,
    running: JoinSet<()>,
    /// Bound and never listening, so that nobody else gets the port while the proxy is cut.
    _held: TcpSocket,
}

impl Proxy {
    async fn start(server: SocketAddr) -> Self {
        let held = bound("127.0.0.1:0".parse().unwrap());
        let address = held.local_addr().unwrap();
        let mut proxy = Self { address, server, running: JoinSet::new(), _held: held };
        proxy.restore().await;
        proxy
    }

    async fn cut(&mut self) {
        // With the listener and all connections, which it owns.
        self.running.shutdown().await;
    }

    async fn restore(&mut self) {
        let listener = bound(self.address).listen(64).unwrap();
        self.running.spawn(pass_on(listener, self.server));
        tokio::task::yield_now().await;
    }
}

fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    // Two sockets have the address, and old connections may still be lingering.
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

async fn pass_on(listener: TcpListener, server: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        connections.spawn(async move {
            let Ok(mut server) = TcpStream::connect(server).await else {
                return;
            };
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
