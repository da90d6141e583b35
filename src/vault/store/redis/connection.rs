// The one connection that all calls share, and how it is made.
//
// Not by the client library's own means: its TLS takes the process-wide provider of cryptography, which a
// library must not install, and its `localhost` is whatever a resolver says.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, ConnectionAddr, ErrorKind, IntoConnectionInfo as _, RedisConnectionInfo,
    RedisError, ServerErrorKind, aio::MultiplexedConnection,
};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::{transport::tls, vault::store::error::StoreError};

/// Less than a call's limit, so that one connection that is not made leaves time for another.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

pub(super) struct Shared {
    server: Server,
    current: Mutex<Current>,
    /// Held while a connection is made, so that those who wait for one make it together.
    making: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Current {
    /// Which connection it is, counted from 1.
    number: u64,
    connection: Option<MultiplexedConnection>,
}

struct Server {
    place: Place,
    login: RedisConnectionInfo,
    tls: Option<TlsConnector>,
}

enum Place {
    Tcp(String, u16),
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Shared {
    /// Reads the URL; nothing is sent.
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        let server = Server::parse(url)?;
        Ok(Self { server, current: Mutex::default(), making: tokio::sync::Mutex::default() })
    }

    /// Returns the connection and its number, and makes one if there is none.
    pub(super) async fn get(&self) -> Result<(u64, MultiplexedConnection), StoreError> {
        if let Some(current) = self.there() {
            return Ok(current);
        }
        let _making = self.making.lock().await;
        if let Some(current) = self.there() {
            return Ok(current);
        }
        let made = self.server.connect().await?;
        let mut current = self.lock();
        current.number += 1;
        current.connection = Some(made.clone());
        Ok((current.number, made))
    }

    /// Drops the connection of that number, so that the next call makes another.
    pub(super) fn drop(&self, number: u64) {
        let mut current = self.lock();
        if current.number == number {
            current.connection = None;
        }
    }

    fn there(&self) -> Option<(u64, MultiplexedConnection)> {
        let current = self.lock();
        current.connection.clone().map(|connection| (current.number, connection))
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    fn parse(url: &str) -> Result<Self, StoreError> {
        // No error may repeat a part of the URL.
        let invalid = || StoreError::refused("not a Redis URL");
        // The client library knows this scheme only where it makes TLS itself.
        let (info, tls) = match url.strip_prefix("rediss:") {
            // It would read a fragment as a wish not to check the certificate.
            Some(rest) if rest.contains('#') => return Err(invalid()),
            Some(rest) => {
                let config = tls::config().map_err(StoreError::refused)?;
                (format!("redis:{rest}").into_connection_info(), Some(Arc::new(config).into()))
            }
            None => (url.into_connection_info(), None),
        };
        let info = info.map_err(|_| invalid())?;
        let place = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Place::Tcp(host.clone(), *port),
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => Place::Unix(path.clone()),
            _ => return Err(invalid()),
        };
        Ok(Self { place, login: info.redis_settings().clone(), tls })
    }

    async fn connect(&self) -> Result<MultiplexedConnection, StoreError> {
        let late = |_| StoreError::unavailable("no connection to Redis in time");
        tokio::time::timeout(CONNECT_LIMIT, self.reach()).await.map_err(late)?
    }

    async fn reach(&self) -> Result<MultiplexedConnection, StoreError> {
        match &self.place {
            Place::Tcp(host, port) => {
                let stream = tcp(host, *port).await.map_err(unreachable)?;
                let Some(tls) = &self.tls else {
                    return self.log_in(stream).await;
                };
                let name = ServerName::try_from(host.clone())
                    .map_err(|_| StoreError::refused("the Redis URL's host has no valid name"))?;
                self.log_in(tls.connect(name, stream).await.map_err(unreachable)?).await
            }
            #[cfg(unix)]
            Place::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await.map_err(unreachable)?;
                self.log_in(stream).await
            }
        }
    }

    async fn log_in<S>(&self, stream: S) -> Result<MultiplexedConnection, StoreError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // Each call has a limit of its own.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&self.login, stream, config)
                .await
                .map_err(failed)?;
        // Ends when the last handle on the connection is dropped.
        tokio::spawn(driver);
        Ok(connection)
    }
}

async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = if host.eq_ignore_ascii_case("localhost") {
        // The name is not left to a resolver, since the password goes there in the clear.
        let here = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        ];
        TcpStream::connect(&here[..]).await?
    } else {
        TcpStream::connect((host, port)).await?
    };
    // Small requests must not wait for each other's acknowledgement.
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn unreachable(error: io::Error) -> StoreError {
    match error.kind() {
        // A certificate by nobody: another attempt would go the same way.
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => StoreError::refused(error),
        _ => StoreError::unavailable(error),
    }
}

pub(super) fn is_read_only(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

/// Redis' messages name commands and reasons. They can hold neither the password nor an entry,
/// except for replies of an odd type, whose text is left out.
pub(super) fn failed(error: RedisError) -> StoreError {
    match error.kind() {
        ErrorKind::Io
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::ReadOnly
            | ServerErrorKind::MasterDown,
        ) => StoreError::unavailable(error),
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => {
            StoreError::refused("Redis sent a reply that cannot be understood")
        }
        _ => StoreError::refused(error),
    }
}
