// A pending flow taken apart, and made again in another process or on another machine.
//
// A session needs no such thing: it is its access token, and `Client::session` takes that.
//
// The trap: a request token's age is measured on a monotonic clock, which means nothing elsewhere.
// So the moment of issue is kept as Unix time, and the age is worked out anew from the other
// machine's time of day. It is right to within a second, if their clocks agree.

use std::time::Duration;

use super::{
    Flow, PendingFlow,
    state::{RequestToken, RequestTokenIssued},
};
use crate::{
    client::Client, credentials::TokenPair, error::Error, protocol::reply::Confirmed,
    provider::ask::Ask,
};

/// What a pending flow is made of, its client aside.
pub(crate) struct Pending {
    pub(crate) pair: TokenPair,
    pub(crate) ask: Ask,
    /// When the provider issued the request token, in Unix seconds.
    pub(crate) issued_at: u64,
}

impl Pending {
    /// Of a flow that goes on living; the caller has to see that only one of the two is used.
    ///
    /// [`SigningError::ClockBeforeEpoch`](crate::SigningError::ClockBeforeEpoch) is the only error.
    pub(crate) fn of(flow: &PendingFlow) -> Result<Self, Error> {
        let issued_at = flow.client.time().unix_seconds()?.saturating_sub(flow.age().as_secs());
        let RequestToken { pair, ask, .. } = &flow.state.token;
        Ok(Self { pair: pair.clone(), ask: (**ask).clone(), issued_at })
    }

    /// Makes the flow again. A moment of issue in the future, by this machine's clock, is now.
    ///
    /// That the callback was confirmed is known from there having been such a flow.
    pub(crate) fn restore(self, client: &Client) -> Result<PendingFlow, Error> {
        let time = client.time();
        let age = Duration::from_secs(time.unix_seconds()?.saturating_sub(self.issued_at));
        let confirmed = Confirmed::before_it_was_put_away();
        let token =
            RequestToken::aged(self.pair, Box::new(self.ask), time.monotonic(), age, confirmed);
        Ok(Flow { client: client.clone(), state: RequestTokenIssued { token } })
    }
}
