// The ticket for a callback, among those of flows that are finished.
//
// The trap: whoever sends the request chooses how many tickets there are, and each is a question to the store.

use http::HeaderMap;

use super::{
    candidates::{Candidates, cookies_of},
    keeper::Vault,
    ticket::{CookieScope, Ticket},
};
use crate::error::Error;

/// # Find the ticket for a callback
impl Vault {
    /// Finds the ticket for a callback among the cookies of the request that brought it.
    ///
    /// It is [`Ticket::from_headers`], with one difference for a callback that does not name a request token, as a
    /// denial of some providers and each callback of E*TRADE: if the browser has several tickets, the store is asked
    /// which of their flows are still pending. The ticket of the only pending flow is returned. If none is pending,
    /// one of the tickets is returned, so that [`finish`](Self::finish) can say what has become of its flow. A
    /// browser with more than 16 tickets is treated as one with several pending flows.
    ///
    /// # Errors
    ///
    /// The errors of [`Ticket::from_headers`]; [`ErrorKind::Store`](crate::ErrorKind::Store).
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is taken from the store.
    ///
    /// # Security
    ///
    /// As for [`Ticket::from_cookies`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Error, vault::{CookieScope, Ticket, Vault}};
    ///
    /// async fn ticket(vault: &Vault, request: &http::Request<()>) -> Result<Ticket, Error> {
    ///     let target = request.uri().to_string(); // `/back?oauth_verifier=…`
    ///     vault.find_ticket(request.headers(), &target, CookieScope::Https).await
    /// }
    /// ```
    pub async fn find_ticket(
        &self,
        headers: &HeaderMap,
        callback: &str,
        scope: CookieScope,
    ) -> Result<Ticket, Error> {
        let cookies = cookies_of(headers);
        let candidates = Candidates::among(&cookies, callback, scope)?;
        let tickets: Vec<Ticket> = candidates.open().filter_map(Result::ok).collect();
        if candidates.is_named || candidates.are_too_many() || tickets.len() < 2 {
            return candidates.only();
        }
        let mut pending = None;
        for ticket in &tickets {
            let key = ticket.key();
            if self.repeat(|| self.kept.get(&key)).await?.is_some()
                && pending.replace(ticket).is_some()
            {
                return Err(candidates.nobodys());
            }
        }
        pending.or(tickets.first()).cloned().ok_or_else(|| candidates.nobodys())
    }
}
