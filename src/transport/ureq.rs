//! The transport without an async runtime: ureq, bounded.

// No redirects, no proxy of the environment's, no compression, a limit on connecting, on the whole call and on the
// reply's size. The trap: ureq's records of the level `trace` show URLs with their queries.

use std::{
    fmt,
    io::{self, Read},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response, Uri};
use rustls::crypto::{self, CryptoProvider};
use ureq::{
    Agent, Error as UreqError, Timeout,
    config::Config,
    tls::{RootCerts, TlsConfig},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};
use zeroize::Zeroizing;

use super::{
    Limits, PauseFuture, StayedHere, Transport, TransportError, TransportFuture, gathered::Gathered,
};

/// Sends requests with [`ureq`](https://docs.rs/ureq), and blocks the thread that polls the call. It needs no async
/// runtime.
///
/// Use it with [`Step::wait`](crate::Step::wait), [`ResourceRequest::wait`](crate::ResourceRequest::wait) and
/// [`wait`](crate::wait). Connections are kept, and shared by clones. TLS is rustls with ring, and the system's root
/// certificates. HTTP/1.1 only; it cannot stream.
///
/// Do not use it in an async program: each call would block the thread's other tasks until the reply or the timeout.
///
/// # Security
///
/// Plain HTTP is allowed for loopback addresses and for `localhost`. This transport connects `localhost` to `[::1]` and
/// `127.0.0.1` without asking a resolver.
///
/// Do not switch on the level `trace` for the log target `ureq` if others can read the log: its records show whole
/// URLs, which contain tokens and signatures if the provider expects them in the query.
///
/// # Examples
///
/// ```no_run
/// use tripod::{Callback, Client, Consumer, Error, Provider, transport::UreqTransport};
///
/// fn main() -> Result<(), Error> {
///     let consumer = Consumer::new("key", "secret");
///     let client = Client::from_transport(Provider::fatsecret(), consumer, UreqTransport::new());
///     let issued = client.begin(Callback::out_of_band()).request_token().wait()?;
///     println!("Open {}", issued.authorization_url());
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct UreqTransport {
    agent: Agent,
}

impl UreqTransport {
    /// Creates a transport with the defaults: 10 seconds to connect, no proxy.
    ///
    /// If the system has no root certificates, HTTPS calls fail later with
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect).
    #[must_use]
    pub fn new() -> Self {
        Self::with_resolver(DefaultResolver::default())
    }

    /// The same with another resolver, for all names but `localhost`.
    fn with_resolver(resolver: impl Resolver) -> Self {
        let provider = CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(crypto::ring::default_provider()));
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .allow_non_standard_methods(true)
            .timeout_connect(Some(Duration::from_secs(10)))
            .user_agent(concat!("tripod/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Here(resolver));
        Self { agent }
    }
}

impl Default for UreqTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UreqTransport(..)")
    }
}

impl Transport for UreqTransport {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let agent = self.agent.clone();
        Box::pin(async move { call(&agent, request, limits) })
    }

    fn pause(&self, time: Duration) -> Option<PauseFuture> {
        Some(Box::pin(async move { std::thread::sleep(time) }))
    }
}

/// `http` keeps the case in which a host was written.
fn is_localhost(uri: &Uri) -> bool {
    uri.host().is_some_and(|host| host.eq_ignore_ascii_case("localhost"))
}

fn call(
    agent: &Agent,
    request: Request<Bytes>,
    limits: Limits,
) -> Result<Response<Bytes>, TransportError> {
    if limits.time.is_zero() {
        return Err(TransportError::timeout());
    }
    // A limit beyond all time is none; ureq would panic.
    let limit = Some(limits.time).filter(|time| Instant::now().checked_add(*time).is_some());
    let is_localhost = is_localhost(request.uri());
    let (parts, body) = request.into_parts();
    let reply = if body.is_empty() && !parts.headers.contains_key(http::header::CONTENT_LENGTH) {
        let request = agent.configure_request(Request::from_parts(parts, ()));
        agent.run(request.timeout_global(limit).build())
    } else {
        let request = agent.configure_request(Request::from_parts(parts, &body[..]));
        agent.run(request.timeout_global(limit).build())
    };
    let reply = reply.map_err(|error| classify(error, limits))?;
    let (mut parts, mut body) = reply.into_parts();
    let announced = body.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limits.reply_bytes) {
        return Err(TransportError::too_large(limits.reply_bytes));
    }
    let whole = read(body.as_reader(), limits)?;
    // What the crate has found out is all that goes on; ureq's own holds the URL.
    parts.extensions.clear();
    if is_localhost {
        parts.extensions.insert(StayedHere);
    }
    Ok(Response::from_parts(parts, whole))
}

/// Reads a body up to the limit.
fn read(mut body: impl Read, limits: Limits) -> Result<Bytes, TransportError> {
    let mut whole = Gathered::default();
    let mut piece = Zeroizing::new([0_u8; 8192]);
    loop {
        let length = match body.read(&mut piece[..]) {
            Ok(0) => return Ok(whole.freeze()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let error = classify(UreqError::from(error), limits);
                // The request has left by now.
                return Err(if error.never_left() {
                    TransportError::interrupted(error)
                } else {
                    error
                });
            }
        };
        if length > limits.reply_bytes.saturating_sub(whole.len()) {
            return Err(TransportError::too_large(limits.reply_bytes));
        }
        whole.append(&piece[..length]);
    }
}

/// What kind of failure it was. An error that may hold the URL is not passed on.
fn classify(error: UreqError, limits: Limits) -> TransportError {
    match error {
        UreqError::Timeout(Timeout::Resolve | Timeout::Connect)
        | UreqError::HostNotFound
        | UreqError::ConnectionFailed
        | UreqError::ConnectProxyFailed(_)
        | UreqError::Tls(_)
        | UreqError::TlsRequired
        | UreqError::Rustls(_) => TransportError::connect(error),
        UreqError::Timeout(_) => TransportError::timeout(),
        UreqError::BodyExceedsLimit(_) => TransportError::too_large(limits.reply_bytes),
        UreqError::BadUri(_) | UreqError::RequireHttpsOnly(_) | UreqError::Http(_) => {
            TransportError::url_changed()
        }
        UreqError::Protocol(_) | UreqError::LargeResponseHeader(..) => {
            TransportError::not_http(error)
        }
        UreqError::Io(ref io) => match io.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable => TransportError::connect(error),
            // Of a handshake; bytes that come later are refused as well, and nobody has acted on them.
            io::ErrorKind::InvalidData if is_of_tls(io) => TransportError::connect(error),
            _ => TransportError::interrupted(error),
        },
        _ => TransportError::interrupted(error),
    }
}

fn is_of_tls(error: &io::Error) -> bool {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(tls, Some(rustls::Error::InvalidCertificate(_)))
}

/// Asks nobody where `localhost` is.
#[derive(Debug)]
struct Here<R>(R);

impl<R: Resolver> Resolver for Here<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, UreqError> {
        if !is_localhost(uri) {
            return self.0.resolve(uri, config, timeout);
        }
        let standard = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let port = uri.port_u16().unwrap_or(standard);
        let mut addresses = self.empty();
        addresses.push(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port));
        addresses.push(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_limit_beyond_all_time_is_none() {
        // Bound, so that nobody else gets the port, and nobody listens.
        let nobody = tokio::net::TcpSocket::new_v4().unwrap();
        nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}/", nobody.local_addr().unwrap());
        let request = Request::get(url).body(Bytes::new()).unwrap();
        let limits = Limits { time: Duration::MAX, ..Limits::TOKEN };
        let failure = call(&Agent::new_with_defaults(), request, limits).unwrap_err();
        assert!(failure.never_left(), "{failure}");
    }

    /// Knows no name, and says so.
    #[derive(Debug)]
    struct Nowhere;

    impl Resolver for Nowhere {
        fn resolve(
            &self,
            _: &Uri,
            _: &Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, UreqError> {
            Err(UreqError::HostNotFound)
        }
    }

    #[test]
    fn localhost_is_this_machine_whatever_the_resolver_says() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let provider = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") {
                connection.read_exact(&mut byte).unwrap();
                head.extend(byte);
            }
            connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        });
        let transport = UreqTransport::with_resolver(Nowhere);
        let get = |host: &str| {
            let request = Request::get(format!("http://{host}:{port}/")).body(Bytes::new());
            call(&transport.agent, request.unwrap(), Limits::TOKEN)
        };
        let reply = get("LocalHost").unwrap();
        assert_eq!(reply.status(), 204);
        assert!(reply.extensions().get::<StayedHere>().is_some());
        provider.join().unwrap();
        assert!(get("localhost.example").unwrap_err().never_left());
    }

    #[test]
    fn a_pause_is_over_at_the_first_look() {
        let mut pause = UreqTransport::new().pause(Duration::from_millis(1)).unwrap();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(pause.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn localhost_is_this_machine_in_any_case() {
        for (url, is_here) in [
            ("http://localhost:1/a", true),
            ("http://LocalHost/", true),
            ("http://localhost.example/", false),
            ("http://127.0.0.1/", false),
            ("/localhost", false),
        ] {
            assert_eq!(is_localhost(&url.parse().unwrap()), is_here, "{url}");
        }
    }
}
