//! Three-legged OAuth 1.0a whose steps are types: a step taken out of order does not compile.
//!
//! For programs that act for a user at FatSecret, X, Trello, Flickr, Discogs, MediaWiki, E\*TRADE and other providers that
//! speak OAuth Core 1.0 Revision A (RFC 5849). Many are [ready made](providers); any other one is
//! [described](Provider) by its three URLs and what differs.
//!
#![doc = include_str!("../docs/three_legs.svg")]
//!
//! ```toml
//! [dependencies]
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! tripod = "0.1"
//! tripod-sandbox = "0.1"
//! ```
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client};
//! use tripod_sandbox::Sandbox;
//!
//! // A provider inside this program. For FatSecret itself:
//! // Client::new(Provider::fatsecret(), Consumer::new(key, secret))?
//! let sandbox = Sandbox::start().await?;
//! let client = Client::new(sandbox.provider(), sandbox.consumer())?;
//!
//! let issued = client //                          Flow<Unauthorized>
//!     .begin(Callback::out_of_band())
//!     .request_token()
//!     .await?; //                                 Flow<RequestTokenIssued>
//!
//! let page = issued.authorization_url(); //       to be opened by the user …
//! let approval = sandbox.approve(&page)?; //      … who is played by the sandbox here
//! let pin = approval.verifier().ok_or("the user denied access")?;
//!
//! let session = issued
//!     .authorize(pin)? //                         Flow<Authorized>
//!     .exchange()
//!     .await?; //                                 Flow<AccessGranted>
//!
//! let reply = session.get(sandbox.data_url("echo/v1")).query_pair("format", "json").send().await?;
//! let reply = reply.error_for_status()?;
//! let json = reply.text()?;
//! assert!(json.contains(r#""user":"ada""#));
//! println!("{json}");
//! # Ok(())
//! # }
//! ```
//!
//! # The flow
//!
//! | State of the [`Flow`] | It has | Next step |
//! |---|---|---|
//! | [`Unauthorized`] | a callback | [`request_token`](Flow::request_token) |
//! | [`RequestTokenIssued`] | a request token | [`authorize`](Flow::authorize) or [`receive_callback`](Flow::receive_callback) |
//! | [`Authorized`] | that and a verifier | [`exchange`](Flow::exchange) |
//! | [`AccessGranted`] | an access token | none: [`get`](Flow::get), [`post`](Flow::post), [`sign`](Flow::sign), … |
//!
//! `Flow<RequestTokenIssued>` is also called [`PendingFlow`], and `Flow<AccessGranted>` is a [`Session`]. If you call a method on
//! another state, rustc says which state has it; [`guide::compiler_errors`] has the messages and what to write instead. If a
//! step fails, [`Failed`] returns the flow. To keep the flow through a timeout or `select!`, keep the step in a variable and await
//! `&mut step`: afterwards [`Step::into_flow`] returns the flow.
//! [`guide::tutorial`] goes through the flow request by request, and [`guide::states`] has a web application that keeps
//! pending flows.
//!
//! # Other things to begin with
//!
//! | To | see |
//! |---|---|
//! | use a stored access token | [`Client::session`] |
//! | sign without a user, "two-legged" | [`Client::signed`]; [`SigningClient`] for a provider without a login flow |
//! | use a provider that is ready made, or describe one | [`providers`], [`guide::providers`] |
//! | send a scope or a state to the provider | [`Flow::with_ask`] |
//! | renew or revoke an access token | [`Flow::renew`], [`Flow::revoke`] |
//! | sign a request for another HTTP client | [`Flow::sign`]; without its body, [`Flow::sign_parts`] |
//! | send or receive a file, or any large body | [`guide::bodies`] |
//! | make many requests to one URL and the paths below it | [`Flow::at`] |
//! | do the I/O yourself, blocking or not | [`build`](Flow::build) and [`Awaiting`], in [`guide::states`]; for a resource, [`ResourceRequest::build`] |
//! | use another HTTP client for everything | [`transport::Transport`] |
//! | use no async runtime | [`wait`], with the feature `ureq` |
//! | retry calls that failed | [`Client::with_retries`] |
//! | see how this crate computed a signature | [`explain_request_token`](Flow::explain_request_token), [`explain_exchange`](Flow::explain_exchange), [`ResourceRequest::explain`] |
//! | find out why a signature is refused, also another program's | [`signature::diagnose`], [`guide::invalid_signature`] |
//! | learn the typestate pattern | [`guide::typestate`] |
//! | sign outside of any flow, in two lines | [`Signer::authorization_now`](signature::Signer::authorization_now) |
//! | keep the flow in one place, whatever its state is | [`AnyFlow`] |
//! | write code that is generic over the state | [`State`], [`Networked`] |
//! | test your program against a strict provider | the crate [`tripod-sandbox`](https://docs.rs/tripod-sandbox) |
//! | store pending flows and access tokens, encrypted | the module `vault` (feature), and the guide's page `keeping` |
//!
//! # What it does not do
//!
//! It does not fall back to OAuth 1.0, in which the callback is not confirmed and there is no verifier. It
//! does not follow redirects. Endpoints must be HTTPS, except on the loopback interface, and PLAINTEXT
//! needs TLS unless a provider is described otherwise. A session signs only for the provider's origins, unless you add another. No secret is in a
//! `Debug`, an error or an event, and no type that holds a secret is `Serialize`. OAuth 2.0 is another
//! protocol, which the crate does not speak.
//!
//! # Features
//!
//! | Feature | Default | What it brings |
//! |---|---|---|
//! | `reqwest` | yes | the default HTTP transport, `transport::ReqwestTransport` |
//! | `rustls-ring` | yes | TLS for the reqwest transport: rustls with ring |
//! | `rustls-aws-lc`, `native-tls` | | other TLS backends, with `default-features = false` |
//! | `serde` | yes | queries and forms from your own `Serialize` structs |
//! | `json` | yes | JSON bodies and replies |
//! | `tracing` | yes | a span for each call, warnings about retries, and events at level debug; target `tripod`, without secrets |
//! | `hmac-sha2` | yes | HMAC-SHA256 and HMAC-SHA512, beside HMAC-SHA1 and PLAINTEXT |
//! | `http2`, `gzip` | | HTTP/2 and compressed replies, for the reqwest transport |
//! | `ureq` | | `transport::UreqTransport`, which needs no async runtime: [`Step::wait`], [`ResourceRequest::wait`], [`wait`] |
//! | `tower` | | `transport::TowerTransport`: any `tower` service as the transport |
//! | `fatsecret` | | the module `fatsecret`: FatSecret's methods as types |
//! | `pacing` | | FatSecret: a rate limiter, and ranges that take many calls (`weights(from..=to)`, `diary`, `all`) |
//! | `vault` | | the module `vault`: encrypts pending flows and sessions, stores them, and restores them, also on another machine |
//! | `sqlite`, `postgres`, `redis` | | stores for the vault |
//! | `loopback` | | the module `loopback`: opens the user's browser and receives the callback, for desktop programs |
//!
//! Without the default features the crate does not depend on reqwest, Tokio or TLS. You can still sign
//! requests, run the flow with [`build`](Flow::build) and [`Awaiting`], and use a
//! [`Transport`](transport::Transport) of your own. The types of the flow are the same in each build.
//!
//! # Other crates in the API
//!
//! Some types of this API are those of other crates: requests and headers of `http` 1, bodies of `bytes` 1, secrets of
//! `secrecy` 0.10, and with the feature `fatsecret` the dates of `jiff` 1. They are re-exported as [`http`], [`bytes`],
//! [`secrecy`] and `jiff`, so that you need not depend on them yourself, and always have the right version. A new major
//! version of one of them is a new major version of this crate. The same holds for `http-body` 1, whose trait a streamed
//! body has, and for what a feature brings into the API: `serde` 1 (`serde`, `json`, `fatsecret`), `reqwest` 0.13 and
//! `tokio` 1 (`reqwest`), `tower-service` 0.3 (`tower`) and `futures-core` 0.3 (`pacing`). Other crates, such as the
//! stores' database clients, are not part of the API, and may change in any version.
#![forbid(unsafe_code)]
#![warn(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempts;
mod client;
mod clock;
mod credentials;
mod dead_stack;
mod environment;
mod error;
mod exchange;
#[cfg(feature = "fatsecret")]
#[cfg_attr(docsrs, doc(cfg(feature = "fatsecret")))]
pub mod fatsecret;
mod flow;
pub mod guide;
mod hex;
mod in_flight;
mod json;
#[cfg(feature = "loopback")]
#[cfg_attr(docsrs, doc(cfg(feature = "loopback")))]
pub mod loopback;
mod nonce;
mod protocol;
mod provider;
pub mod providers;
#[cfg(feature = "vault")]
mod random;
mod refusal;
mod resource;
mod retries;
mod shown;
pub mod signature;
mod telemetry;
pub mod transport;
#[cfg(feature = "vault")]
#[cfg_attr(docsrs, doc(cfg(feature = "vault")))]
pub mod vault;
mod wait;

pub use bytes;
pub use http;
#[cfg(feature = "fatsecret")]
#[cfg_attr(docsrs, doc(cfg(feature = "fatsecret")))]
pub use jiff;
pub use secrecy;

pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use credentials::{AccessToken, Consumer};
pub use error::{
    BoxError, CallbackError, Error, ErrorClass, ErrorKind, KeyFileError, ListenerError, Meaning,
    PaceError, ProblemReport, ReplyError, RequestError, SealError, SigningError, Stage,
    TicketError, UnsupportedError,
};
pub use flow::{
    AccessGranted, AnyFlow, Authorized, Awaiting, Failed, Flow, Networked, PendingFlow, Renewed,
    RequestTokenIssued, Session, State, Step, Unauthorized,
};
pub use nonce::{Nonce, NonceSource};
pub use protocol::{
    approval::Approval,
    callback::Callback,
    dialect::{Dialect, Place, SuccessRefusal},
};
pub use provider::{
    Ask, AuthorizePage, Call, Endpoints, Provider, Renewal, Revocation, Signing, TimeUnit,
    TokenEnd, TokenLife, Transmission,
};
pub use resource::{
    download::Download, multipart::Multipart, pending::PendingResponse, request::ResourceRequest,
    resources::Resources, response::ResourceResponse, signed::Signed,
    signing_client::SigningClient,
};
pub use retries::Retries;
pub use signature::SignatureMethod;
pub use wait::wait;

#[cfg(feature = "reqwest")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
pub use ::reqwest;

/// An event for `tracing`, where that feature is on. Nothing secret may be put in: no query, no
/// header, no token.
macro_rules! event {
    ($($fields:tt)*) => {
        #[cfg(feature = "tracing")]
        tracing::debug!(target: "tripod", $($fields)*);
    };
}
use event;

/// A warning for `tracing`, as [`event`] is an event.
macro_rules! warning {
    ($($fields:tt)*) => {
        #[cfg(feature = "tracing")]
        tracing::warn!(target: "tripod", $($fields)*);
    };
}
use warning;
