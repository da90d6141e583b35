//! The guide: one page for each question, whose code is compiled and run as tests.
//!
//! | Page | Question |
//! |---|---|
//! | [`compiler_errors`] | What does this message of rustc mean, and what do I write instead? |
//!
//! FatSecret has a page of its own, `docs/fatsecret.md`, and the documentation of `tripod::fatsecret`.

#[doc = include_str!("../docs/compiler_errors.md")]
pub mod compiler_errors {}
