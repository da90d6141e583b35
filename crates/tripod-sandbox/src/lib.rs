//! An OAuth 1.0a provider inside your test: strict as a real one, and broken on demand.
//!
//! [`Sandbox::start`] opens a provider on a free port of 127.0.0.1 and closes it on drop. It has
//! FatSecret's paths, errors and habits; [`Builder::generic`] makes it a provider that follows
//! RFC 5849 alone. Its signature check shares no code with this crate's signer, so agreement means
//! something.
//!
//! A test gives the client [`provider`](Sandbox::provider) and [`consumer`](Sandbox::consumer),
//! plays the user with [`approve`](Sandbox::approve) or [`deny`](Sandbox::deny), makes things go
//! wrong with [`inject`](Sandbox::inject), lets time pass with [`advance`](Sandbox::advance), and
//! reads in the [`log`](Sandbox::log) what arrived.
//!
//! The data host knows FatSecret's methods by name and by path, and remembers what it is told: a
//! food diary, weights, exercise days, favourites, saved meals and profiles, with some fifty foods
//! and their servings. Its answers have FatSecret's odd shapes in turn, unless
//! [`Builder::odd_shapes`] says no. [`log_food`](Sandbox::log_food),
//! [`log_weight`](Sandbox::log_weight), [`log_exercise`](Sandbox::log_exercise) and
//! [`seed_example_year`](Sandbox::seed_example_year) fill the user's account without calls.
//!
//! As a program, for people and for clients in other languages, it is started with
//! `cargo install tripod-sandbox --features program` and `tripod-sandbox --port 8080`. It prints its
//! endpoints and credentials, and logs each request with the reason for a refusal.
//!
//! A person can open the authorization page in a browser. A program that plays the browser posts
//! the form back to the same URL with its cookie: `oauth_token` and `form` as they stand in the
//! page, `name`, `password`, and `answer` (`allow` or `deny`).
//!
//! The sandbox runs on a thread of its own and speaks plain HTTP, so it is for this machine only.
//! What FatSecret has never documented is a guess here: the lifetime of request tokens, the width
//! of the timestamp window, the exact sentences, what a callback says after a refusal, how long
//! names and comments may be, and what a profile's `user_id` does that is in use already.
//!
//! # Examples
//!
//! The flow, whose first reply is cut off on the way:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client};
//! use tripod_sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::start().await?;
//! let client = Client::new(sandbox.provider(), sandbox.consumer())?;
//!
//! sandbox.inject(Fault::CutOff);
//! let flow = client.begin(Callback::out_of_band());
//! let issued = match flow.request_token().await {
//!     Ok(_) => return Err("a reply that is cut off must not do".into()),
//!     Err(failed) => failed.into_flow().request_token().await?,
//! };
//! let approval = sandbox.approve(&issued.authorization_url())?;
//! let pin = approval.verifier().ok_or("the user said no")?;
//! let session = issued.authorize(pin)?.exchange().await?;
//!
//! let url = sandbox.data_url("echo/v1");
//! let echo = session.get(url).query(&[("format", "json")]).send().await?;
//! assert!(echo.text()?.contains(r#""user":"ada""#));
//!
//! let nonces: Vec<_> = sandbox.log().into_iter().map(|seen| seen.nonce).collect();
//! assert_ne!(nonces[0], nonces[1], "the second try has a nonce of its own");
//! # Ok(())
//! # }
//! ```

// The programs of the page on crates.io compile and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod answer;
mod approval;
mod builder;
mod check;
mod config;
mod data;
mod dialect;
#[cfg(fuzzing)]
mod door;
mod endpoint;
mod escape;
mod fault;
mod handshake;
mod log;
mod naive;
mod oauth;
mod page;
mod problem;
mod quote;
mod random;
mod received;
mod sandbox;
mod seed;
mod server;
mod state;
mod store;
mod wire;

pub use crate::{
    approval::{Approval, PageError},
    builder::Builder,
    config::User,
    data::error::DataError,
    endpoint::{Endpoint, Placement},
    fault::{Denial, Fault},
    log::Seen,
    sandbox::Sandbox,
};
