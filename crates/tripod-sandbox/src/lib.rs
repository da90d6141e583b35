//! An OAuth 1.0a provider for your tests. It is as strict as a real provider, and produces faults
//! when you ask for them.
//!
//! [`Sandbox::start`] starts a provider on a free port of 127.0.0.1. Dropping the [`Sandbox`] stops
//! it. It behaves like FatSecret; [`Builder::generic`] makes it a provider that only follows RFC
//! 5849. Its signature check shares no code with the signer of `tripod`, so if both agree about a
//! signature, it is very likely right.
//!
//! # In a test
//!
//! 1. Create the client from [`provider`](Sandbox::provider) and [`consumer`](Sandbox::consumer).
//! 2. Answer for the user with [`approve`](Sandbox::approve) or [`deny`](Sandbox::deny), or skip
//!    the flow with [`grant`](Sandbox::grant).
//! 3. Make requests fail with [`inject`](Sandbox::inject); move the clock with
//!    [`advance`](Sandbox::advance).
//! 4. Look at the requests that arrived, and at the reasons for refusals, in the
//!    [`log`](Sandbox::log).
//!
//! # FatSecret's data
//!
//! The sandbox answers FatSecret's methods by name and by path. It stores what your program writes:
//! a food diary, weights, exercise days, favourites, saved meals and profiles. It knows some fifty
//! foods with their servings. Its JSON changes between all forms that FatSecret's answers are known
//! to have, unless [`Builder::odd_shapes`] turns that off. [`log_food`](Sandbox::log_food),
//! [`log_weight`](Sandbox::log_weight), [`log_exercise`](Sandbox::log_exercise) and
//! [`seed_example_year`](Sandbox::seed_example_year) fill the user's account without requests.
//!
//! Some of the foods, with the ids of a serving and, where there is one, of 100 g, of which one unit is 1 g:
//!
//! | Food | Name | Serving | What it is | 100 g | Barcode |
//! |---|---|---|---|---|---|
//! | 3001 | Oatmeal | 30011 | 1 cup cooked | 30012 | |
//! | 3004 | Blueberries | 30041 | 1 cup | 30042 | |
//! | 3017 | Whole Wheat Bread | 30171 | 1 slice | 30172 | |
//! | 3022 | Cheddar Cheese | 30221 | 1 slice | 30223 | |
//! | 3024 | Boiled Egg | 30241 | 1 large | 30242 | |
//! | 3025 | Whole Milk | 30251 | 1 cup | 30253 | |
//! | 3038 | Coffee | 30381 | 1 cup | 30382 | |
//! | 4001 | Crunchy Granola | 40011 | 1 cup | | 0012345678905 |
//! | 4002 | Peanut Protein Bar | 40021 | 1 bar | | 0012345678912 |
//! | 4003 | Greek Yogurt, Vanilla | 40031 | 1 container | | 4006381333931 |
//! | 4004 | Oat Drink | 40041 | 1 glass | | 4006381333948 |
//! | 4006 | Double Burger | 40061 | 1 burger | | |
//!
//! Where FatSecret documents nothing, the sandbox guesses. These are guesses: the lifetime of request
//! tokens, the width of the timestamp window, the exact sentences of errors, the callback after the
//! user denied access, the longest names and comments, and the answer to a `user_id` that is already
//! in use.
//!
//! # Other providers
//!
//! [`Builder::like`] makes the sandbox behave like X, Trello, Flickr, NetSuite or another [`Persona`]. With
//! [`Sandbox::transport`] a client uses the provider's real URLs, and its requests reach the sandbox:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, providers};
//! use tripod_sandbox::{Persona, Sandbox};
//!
//! let sandbox = Sandbox::builder().like(Persona::Tumblr).start().await?;
//! let client =
//!     Client::from_transport(providers::tumblr(), sandbox.consumer(), sandbox.transport());
//!
//! let issued = client.begin(Callback::url("https://app.example/back")?).request_token().await?;
//! let approval = sandbox.approve(&issued.authorization_url())?;
//! let back = approval.callback_url().ok_or("the user was sent nowhere")?;
//! let session = issued.receive_callback(back)?.exchange().await?;
//! let reply = session.get("https://api.tumblr.com/v2/user/info").send().await?;
//! assert!(reply.text()?.contains(r#""user":"ada""#));
//! # Ok(())
//! # }
//! ```
//!
//! For Trello, Flickr, SmugMug, Discogs, Tumblr, E\*TRADE and Zotero it is not known what the callback
//! looks like after the user denied access. [`Persona::denials`] lists the forms that you should test.
//!
//! # As a program
//!
//! People, and clients in other languages, can start the sandbox as a program:
//!
//! ```sh
//! cargo install tripod-sandbox --features program
//! tripod-sandbox --port 8080
//! ```
//!
//! It prints its endpoints and credentials, and logs each request with the reason for a refusal.
//! The authorization page works in a browser. A program that plays the browser sends the page's form
//! back to the same URL, together with the page's cookie. The form has the fields `oauth_token` and
//! `form` with the values that the page gave them, `name`, `password`, and `answer`, which is `allow`
//! or `deny`.
//!
//! The sandbox runs on a thread of its own. It speaks plain HTTP and listens on 127.0.0.1 only. It accepts bodies of
//! up to 32 MiB, unless [`Builder::body_limit`] sets another limit; a larger one is answered with status 413.
//!
//! # Examples
//!
//! The whole flow. The first reply is cut off, and the client tries again:
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
//!     Ok(_) => return Err("a reply that is cut off must not be accepted".into()),
//!     Err(failed) => failed.into_flow().request_token().await?,
//! };
//! let approval = sandbox.approve(&issued.authorization_url())?;
//! let pin = approval.verifier().ok_or("the user denied access")?;
//! let session = issued.authorize(pin)?.exchange().await?;
//!
//! let url = sandbox.data_url("echo/v1");
//! let echo = session.get(url).query(&[("format", "json")]).send().await?;
//! assert!(echo.text()?.contains(r#""user":"ada""#));
//!
//! let nonces: Vec<_> = sandbox.log().into_iter().map(|seen| seen.nonce).collect();
//! assert_ne!(nonces[0], nonces[1], "the second try has a new nonce");
//! # Ok(())
//! # }
//! ```

// The programs of the page on crates.io compile and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod answer;
mod approval;
mod body;
mod builder;
mod callback;
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
mod persona;
mod personas;
mod problem;
mod quote;
mod random;
mod received;
mod refusal;
mod resource;
mod route;
mod rsa;
mod sandbox;
mod seed;
mod server;
mod site;
mod state;
mod store;
mod transport;
mod wire;

pub use crate::{
    approval::{Approval, PageError},
    builder::Builder,
    config::User,
    data::error::DataError,
    endpoint::{Endpoint, Placement},
    fault::{Denial, Fault},
    log::Seen,
    persona::{Persona, UnknownPersona},
    sandbox::Sandbox,
    seed::Day,
    transport::SandboxTransport,
};
