//! Signed requests for a provider's resources, with a user or without one.

// Layer 4: uses everything below, and nothing of `flow`; `flow` builds its two token calls with
// `outgoing` and its sessions with `signatory`.

pub(crate) mod address;
pub(crate) mod body;
pub(crate) mod calling;
pub(crate) mod download;
pub(crate) mod in_place;
pub(crate) mod life;
pub(crate) mod multipart;
pub(crate) mod outgoing;
pub(crate) mod pending;
mod ready;
pub(crate) mod request;
pub(crate) mod resources;
pub(crate) mod response;
mod sending;
pub(crate) mod signatory;
pub(crate) mod signed;
pub(crate) mod signing_client;
mod streaming;
pub(crate) mod verbs;
