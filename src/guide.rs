//! The guide: one page for each question, whose code is compiled and run as tests.
//!
//! | Page | Question |
//! |---|---|
//! | [`tutorial`] | How does the flow go, request by request, and what becomes of my Python program? |
//! | [`states`] | How does a type stop a step from being taken out of order, and what follows for my program? |
//! | [`typestate`] | What is the typestate pattern, and how do I write one? Five pages from nothing to exercises. |
//! | [`compiler_errors`] | What does this message of rustc mean, and what do I write instead? |
//! | [`bodies`] | How do I send and receive files, multipart bodies and streams, also with another HTTP client? |
//! | [`gallery`] | What are all the mistakes that do not compile, and what is the right way of each? |
//! | [`providers`] | Which providers still speak OAuth 1.0a, which are ready made, and how do I describe mine? |
//! | [`invalid_signature`] | Why does the provider refuse my signature? |
//! | [`rfc5849`] | Which rule of the RFC is kept where, and which test holds it? |
//! | [`performance`] | What does a signature cost, and a build? |
//!
//! With the feature `vault`, the page `keeping` says what to store where, how to keep keys, and what
//! each store guarantees; the page `security` goes through the threats, what is done about each, and
//! what is left to you. For those who change the crate there are `docs/architecture.md` and `docs/decisions.md` in its repository.
//!
//! With the feature `fatsecret`, the page `fatsecret` goes from the first key to the first diary entry, and has every method.

#[doc = include_str!("../docs/tutorial.md")]
pub mod tutorial {}

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
