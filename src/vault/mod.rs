//! Stores pending flows and access tokens, encrypted, so that they survive the program.
//!
//! In the middle of a flow the user goes to the provider's page, and comes back later, perhaps to
//! another process on another machine. And an access token lives for years.
//!
//! | To | use |
//! |---|---|
//! | keep flows and sessions in a [`store`] | [`Vault`] |
//! | keep pending flows in the browser's cookies, without a store | [`CookieVault`] |
//! | encrypt them into bytes that you store yourself | [`Sealer`] |
//!
//! Each needs a [`KeyRing`]. The guide's page [`keeping`](crate::guide::keeping) has a web program,
//! the handling of keys, and what each store guarantees.

// The trap: whoever can read or swap what is stored acts for the user, so nothing leaves here unsealed,
// and what is sealed is bound to its provider, its consumer, its purpose and its place.

mod candidates;
mod cookie;
mod find;
mod finish;
mod format;
mod keeper;
mod kept;
mod key;
mod key_file;
mod reader;
mod record;
mod resume;
mod rotate;
mod sealer;
pub mod store;
mod ticket;
mod used;

pub use self::{
    cookie::CookieVault,
    finish::{FinishFailed, Finished},
    keeper::{Park, Vault},
    key::{KeyRing, SealingKey},
    resume::{Resume, ResumeFailed},
    rotate::KeyCounts,
    sealer::Sealer,
    ticket::{CookieScope, Ticket},
};
