//! Keeping what must outlive the program: pending flows and access tokens, sealed.
//!
//! A flow leaves the program in the middle: the user goes to a browser and comes back, perhaps to
//! another process on another machine. And an access token lives for years.
//!
//! | To | use |
//! |---|---|
//! | keep flows and sessions in a [`store`] | [`Vault`] |
//! | keep pending flows in the browser's cookies, with no store | [`CookieVault`] |
//! | seal them into bytes for a place of your own | [`Sealer`] |
//!
//! Each needs a [`KeyRing`]. The guide's page [`keeping`](crate::guide::keeping) tells the whole
//! story, with a web program and the care of keys.

// The trap: whoever can read or swap what is stored acts for the user, so nothing leaves here unsealed,
// and what is sealed is bound to its provider, its consumer, its purpose and its place.

mod cookie;
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
