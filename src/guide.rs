//! The guide: one page for each question. The code on its pages is compiled and run as tests.
//!
//! # Using the crate
//!
//! | To begin | |
//! |---|---|
//! | [`quickstarts`] | Three programs to copy: for the command line, for the web with axum, for the desktop |
//! | [`tutorial`] | The flow with FatSecret, request by request, also for readers who know it from Python |
//! | [`cookbook`] | Short recipes: many machines, your own HTTP client, blocking, no user, streams, retries, tests, … |
//! | [`fatsecret`](https://docs.rs/tripod/latest/tripod/guide/fatsecret/index.html) | From the first key to the first diary entry, and every method (feature `fatsecret`) |
//! | [`providers`] | Which providers still speak OAuth 1.0a, which are ready made, and how to describe yours |
//! | [`migration`] | Coming from oauth1-request, reqwest-oauth1, oauth1-header or requests-oauthlib |
//! | [`for_coding_agents`] | What a program needs, on one page, for language models and for people in a hurry |
//!
//! | To build on it | |
//! |---|---|
//! | [`states`] | How a type stops a step from being taken out of order, and what follows for your program |
//! | [`bodies`] | Files, multipart bodies and streams, also with another HTTP client |
//! | [`keeping`](https://docs.rs/tripod/latest/tripod/guide/keeping/index.html) | What to store where, keys and their rotation, what each store guarantees (feature `vault`) |
//! | [`security`](https://docs.rs/tripod/latest/tripod/guide/security/index.html) | Threat by threat: what the crate does, and what you must do (feature `vault`) |
//! | [`deployment`] | Proxies, clocks, several machines, keys, health, logs, rates |
//!
//! | When something is wrong | |
//! |---|---|
//! | [`troubleshooting`] | Every error text, its cause and its cure |
//! | [`invalid_signature`] | Why the provider refuses a signature |
//! | [`compiler_errors`] | What a message of rustc means, and what to write instead |
//! | [`gallery`] | Every mistake that does not compile, with the right way |
//!
//! # Learning the typestate pattern
//!
//! [`typestate`] has five pages: from nothing, six ways to write it, the hard parts, the cost, and exercises.
//!
//! # Checking and contributing
//!
//! | Page | |
//! |---|---|
//! | [`rfc5849`] | Which rule of the RFC is kept where, and which test holds it |
//! | [`performance`] | What a signature costs, and a build |
//!
//! The repository has more for those who change the crate: `CONTRIBUTING.md`, and in `docs` the pages `architecture.md`,
//! `decisions.md`, `testing.md` and `releasing.md`.

#[doc = include_str!("../docs/quickstarts.md")]
pub mod quickstarts {}

#[doc = include_str!("../docs/tutorial.md")]
pub mod tutorial {}

// Its programs need `sqlite`, whose C code the library's own tests leave to `cargo test --workspace`.
#[cfg_attr(any(not(doctest), feature = "sqlite"), doc = include_str!("../docs/cookbook.md"))]
pub mod cookbook {}

#[doc = include_str!("../docs/states.md")]
pub mod states {}

/// The typestate pattern, taught: what it is, six ways to write it, what other tutorials leave out, what it
/// costs, and exercises. The programs need nothing but `rustc`.
pub mod typestate {
    #[doc = include_str!("../docs/typestate/from_nothing.md")]
    pub mod from_nothing {}

    #[doc = include_str!("../docs/typestate/encodings.md")]
    pub mod encodings {}

    #[doc = include_str!("../docs/typestate/hard_parts.md")]
    pub mod hard_parts {}

    #[doc = include_str!("../docs/typestate/cost.md")]
    pub mod cost {}

    #[doc = include_str!("../docs/typestate/exercises.md")]
    pub mod exercises {}
}

#[doc = include_str!("../docs/compiler_errors.md")]
pub mod compiler_errors {}

#[doc = include_str!("../docs/bodies.md")]
pub mod bodies {}

#[doc = include_str!("../docs/gallery.md")]
pub mod gallery {}

#[doc = include_str!("../docs/providers.md")]
pub mod providers {}

#[doc = include_str!("../docs/invalid_signature.md")]
pub mod invalid_signature {}

#[doc = include_str!("../docs/troubleshooting.md")]
pub mod troubleshooting {}

#[doc = include_str!("../docs/migration.md")]
pub mod migration {}

#[doc = include_str!("../docs/deployment.md")]
pub mod deployment {}

#[doc = include_str!("../docs/for_coding_agents.md")]
pub mod for_coding_agents {}

#[doc = include_str!("../docs/rfc5849.md")]
pub mod rfc5849 {}

#[doc = include_str!("../docs/performance.md")]
pub mod performance {}

#[cfg(feature = "fatsecret")]
#[cfg_attr(docsrs, doc(cfg(feature = "fatsecret")))]
#[doc = include_str!("../docs/fatsecret.md")]
pub mod fatsecret {}

#[cfg(feature = "vault")]
#[cfg_attr(docsrs, doc(cfg(feature = "vault")))]
#[doc = include_str!("../docs/keeping.md")]
pub mod keeping {}

#[cfg(feature = "vault")]
#[cfg_attr(docsrs, doc(cfg(feature = "vault")))]
#[doc = include_str!("../docs/security.md")]
pub mod security {}

/// The README's program, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
