//! Keeping what must outlive the program: pending flows and access tokens, sealed.
//!
//! Floor 5: uses `flow` and everything below. The trap: whoever can read or swap what is stored
//! acts for the user, so nothing leaves here unsealed, and what is sealed is bound to its provider,
//! its consumer, its purpose and its place.

pub mod store;
