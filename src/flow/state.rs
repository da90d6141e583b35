// The states: what each one holds, which is also the proof of how it was reached.
//
// They can be named and not made outside this module. `RequestTokenIssued` needs a `Confirmed`,
// `Authorized` a `Matched`; nothing else constructs them.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    client::Client,
    credentials::{AccessToken, TokenPair},
    protocol::{
        callback::{Callback, Matched},
        reply::Confirmed,
    },
    provider::ask::Ask,
    resource::signatory::Signatory,
};

mod sealed {
    pub trait Sealed {}
}

/// One of the four states of a [`Flow`](crate::Flow).
///
/// Write `S: State` in code of your own that is generic over the state. [`Flow`](crate::Flow) itself has no such bound,
/// so a function that only passes a flow on, or prints it, does not need the bound either. The trait is sealed: no
/// other type can be a state.
///
/// # Examples
///
/// ```
/// use tripod::{Flow, State};
///
/// #[derive(Debug)]
/// struct Login<S> {
///     user: String,
///     flow: Flow<S>,
/// }
///
/// fn log<S: State>(login: &Login<S>) {
///     println!("{login:?}");
/// }
/// ```
pub trait State: sealed::Sealed + fmt::Debug + Send + Sync + Sized + 'static {}

/// The first state: nothing has happened yet. The next step is
/// [`request_token`](crate::Flow::request_token).
pub struct Unauthorized {
    pub(super) callback: Callback,
    pub(super) ask: Box<Ask>,
}

/// The provider has issued a request token and confirmed the callback; the user has to approve.
///
/// The next step is [`receive_callback`](crate::Flow::receive_callback) or
/// [`authorize`](crate::Flow::authorize).
pub struct RequestTokenIssued {
    pub(super) token: RequestToken,
}

/// The flow has a verifier, from the callback of this request token or typed by the user. Whether
/// the provider accepts it shows at the next step, [`exchange`](crate::Flow::exchange).
pub struct Authorized {
    pub(super) token: RequestToken,
    pub(super) matched: Matched,
}

/// The provider has granted access. A flow in this state is a [`Session`](crate::Session).
#[derive(Clone)]
pub struct AccessGranted {
    /// Who signs with the access token, which it holds.
    pub(super) signatory: Arc<Signatory<AccessToken>>,
}

/// A request token whose callback was confirmed.
pub(super) struct RequestToken {
    pub(super) pair: TokenPair,
    /// What the flow asks for, beside the provider's default.
    pub(super) ask: Box<Ask>,
    /// On the client's monotonic clock.
    issued_at: Duration,
    /// Its age at that moment: zero, unless it was put away and taken up again.
    older_by: Duration,
    _confirmed: Confirmed,
}

impl RequestToken {
    pub(super) fn new(
        pair: TokenPair,
        ask: Box<Ask>,
        issued_at: Duration,
        confirmed: Confirmed,
    ) -> Self {
        Self { pair, ask, issued_at, older_by: Duration::ZERO, _confirmed: confirmed }
    }

    /// The same for a token that is `age` old `now`.
    #[cfg(feature = "vault")]
    pub(super) fn aged(
        pair: TokenPair,
        ask: Box<Ask>,
        now: Duration,
        age: Duration,
        confirmed: Confirmed,
    ) -> Self {
        Self { pair, ask, issued_at: now, older_by: age, _confirmed: confirmed }
    }

    pub(super) fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.issued_at).saturating_add(self.older_by)
    }
}

/// The last state. No associated function, which rustc would offer to those who try to make one.
pub(super) fn access_granted(client: &Client, token: AccessToken) -> AccessGranted {
    AccessGranted { signatory: Signatory::new(client, token) }
}

/// The same with a token that the provider has granted or renewed just now.
pub(super) fn just_used(client: &Client, token: AccessToken) -> AccessGranted {
    let state = access_granted(client, token);
    state.signatory.was_used();
    state
}

/// States show their name and nothing they hold.
macro_rules! states {
    ($($state:ident),*) => {$(
        impl sealed::Sealed for $state {}

        impl State for $state {}

        impl fmt::Debug for $state {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($state)).finish_non_exhaustive()
            }
        }
    )*};
}

states!(Unauthorized, RequestTokenIssued, Authorized, AccessGranted);
