// `Flow<RequestTokenIssued>`: the user's approval (RFC 5849 section 2.2).

use std::time::Duration;

use secrecy::ExposeSecret;

use super::{
    Failed, Flow,
    state::{Authorized, RequestTokenIssued},
};
use crate::{
    error::{Error, kind::ErrorKind, stage::Stage},
    protocol::callback::Matched,
    resource::address::push_query,
    signature::params::encode_pairs_into,
};

/// # Leg 2: the user approves
///
/// A [`PendingFlow`](crate::PendingFlow): show the user the authorization page, then pass on the code or the callback.
impl Flow<RequestTokenIssued> {
    /// Returns the URL of the provider's page, which the user has to open in a browser.
    ///
    /// # Security
    ///
    /// The URL contains the request token. The token is useless without its secret, but show the
    /// URL to this user only.
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.2.
    #[must_use]
    pub fn authorization_url(&self) -> String {
        let provider = self.client.provider();
        let ask = provider.asked(&self.state.token.ask);
        let (url, pairs) = provider.page(&ask, self.client.consumer().key(), self.oauth_token());
        let (mut url, mut query) = (url.to_owned(), String::new());
        encode_pairs_into(&pairs, &mut query);
        push_query(&mut url, &query);
        url
    }

    /// Returns the request token, without its secret.
    ///
    /// The callback contains the same value as `oauth_token`, so a web application can use it as
    /// the key for the pending flow.
    ///
    /// # Security
    ///
    /// Also bind the flow to the user's own session. Otherwise another user's callback could be
    /// used for this user (RFC 5849 section 4.13).
    #[must_use]
    pub fn oauth_token(&self) -> &str {
        self.state.token.pair.token.expose_secret()
    }

    /// Returns how long ago the provider issued the request token.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.state.token.age(self.client.time().monotonic())
    }

    /// Returns whether the request token has probably expired.
    ///
    /// It is compared with the lifetime in the provider's description; for FatSecret that is 15
    /// minutes, an assumption. Always `false` for a provider without a lifetime.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        let lifetime = self.client.provider().request_token_lifetime();
        lifetime.is_some_and(|lifetime| self.age() >= lifetime)
    }

    /// Accepts the verifier (PIN) that the user copied from the provider's page.
    ///
    /// White space around the verifier is ignored.
    ///
    /// # Errors
    ///
    /// Returns the flow with [`CallbackError::MissingVerifier`](crate::CallbackError::MissingVerifier) if the verifier is empty, or
    /// with [`ErrorKind::RequestTokenExpired`].
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.2, the out-of-band case.
    pub fn authorize(self, verifier: &str) -> Result<Flow<Authorized>, Failed<RequestTokenIssued>> {
        let matched = self.unexpired().and_then(|()| Matched::typed(verifier));
        self.proceed(matched)
    }

    /// Reads the verifier from the URL of the callback: a complete URL, a path with a query, or
    /// only the query.
    ///
    /// # Errors
    ///
    /// Returns the flow with [`ErrorKind::Denied`] if the user denied access, [`CallbackError::TokenMismatch`](crate::CallbackError::TokenMismatch) if the callback belongs
    /// to another flow, [`CallbackError::MissingVerifier`](crate::CallbackError::MissingVerifier) if the verifier is empty,
    /// [`CallbackError::Unreadable`](crate::CallbackError::Unreadable) if the callback cannot be read, or [`ErrorKind::RequestTokenExpired`].
    ///
    /// # Security
    ///
    /// The token is compared in constant time.
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.2.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{Authorized, ErrorKind, Flow, PendingFlow};
    ///
    /// fn back_from_browser(flow: PendingFlow, path: &str) -> Result<Flow<Authorized>, String> {
    ///     flow.receive_callback(path).map_err(|failed| match failed.error().kind() {
    ///         ErrorKind::Denied { .. } => "You did not allow access.".to_owned(),
    ///         _ => failed.error().to_string(),
    ///     })
    /// }
    /// ```
    pub fn receive_callback(
        self,
        callback: &str,
    ) -> Result<Flow<Authorized>, Failed<RequestTokenIssued>> {
        let issued = &self.state.token.pair.token;
        let matched = Matched::received(callback, issued, self.client.provider().approval())
            .and_then(|matched| self.unexpired().map(|()| matched));
        self.proceed(matched)
    }

    /// The same for a callback whose browser has shown, by its ticket, that it has begun this flow.
    #[cfg(feature = "vault")]
    pub(crate) fn receive_callback_with_ticket(
        self,
        callback: &str,
    ) -> Result<Flow<Authorized>, Failed<RequestTokenIssued>> {
        let issued = &self.state.token.pair.token;
        let approval = self.client.provider().approval();
        let matched = Matched::received_with_ticket(callback, issued, approval)
            .and_then(|matched| self.unexpired().map(|()| matched));
        self.proceed(matched)
    }

    fn proceed(
        self,
        matched: Result<Matched, Error>,
    ) -> Result<Flow<Authorized>, Failed<RequestTokenIssued>> {
        match matched {
            Ok(matched) => Ok(self.step_to(|state| Authorized { token: state.token, matched })),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn unexpired(&self) -> Result<(), Error> {
        if self.is_expired() {
            return Err(Error::new(Stage::Approval, ErrorKind::RequestTokenExpired));
        }
        Ok(())
    }
}
