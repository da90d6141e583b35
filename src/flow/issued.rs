// `Flow<RequestTokenIssued>`: the user's approval (RFC 5849 section 2.2).

use std::time::Duration;

use secrecy::ExposeSecret;

use super::{
    Failed, Flow,
    state::{Authorized, RequestTokenIssued},
};
use crate::{
    error::{Error, Stage, kind::ErrorKind},
    protocol::callback::Matched,
    resource::address::push_query,
    signature::params::encode_pairs_into,
};

impl Flow<RequestTokenIssued> {
    /// The page to send the user to, in a browser of theirs.
    ///
    /// # Security
    ///
    /// It holds the request token, which is useless without its secret; still, show it to this
    /// user only.
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

    /// The request token, without its secret: the callback will name it as `oauth_token`, so it is
    /// the key under which a web application keeps the flow.
    ///
    /// # Security
    ///
    /// Keep the flow with the user's own session as well, or another user's callback could be
    /// taken for theirs (RFC 5849 section 4.13).
    #[must_use]
    pub fn oauth_token(&self) -> &str {
        self.state.token.pair.token.expose_secret()
    }

    /// How long ago the provider issued the request token.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.state.token.age(self.client.time().monotonic())
    }

    /// Whether the request token has outlived the provider's stated lifetime.
    ///
    /// FatSecret's is taken to be 15 minutes. Always false for a provider that states none.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        let lifetime = self.client.provider().request_token_lifetime();
        lifetime.is_some_and(|lifetime| self.age() >= lifetime)
    }

    /// Takes the verifier (PIN) that the user copied from the provider's page. White space around
    /// it is dropped.
    ///
    /// # Errors
    ///
    /// Gives the flow back with [`CallbackError::MissingVerifier`](crate::CallbackError::MissingVerifier) if there is nothing but white
    /// space, or [`ErrorKind::RequestTokenExpired`].
    ///
    /// # Source
    ///
    /// RFC 5849 section 2.2, the out-of-band case.
    pub fn authorize(self, verifier: &str) -> Result<Flow<Authorized>, Failed<RequestTokenIssued>> {
        let matched = self.unexpired().and_then(|()| Matched::typed(verifier));
        self.proceed(matched)
    }

    /// Reads the verifier from the address that the user came back on: a whole URL, a path with a
    /// query, or the query alone.
    ///
    /// # Errors
    ///
    /// Gives the flow back with [`ErrorKind::Denied`] if the user refused,
    /// [`CallbackError::TokenMismatch`](crate::CallbackError::TokenMismatch) if it belongs to another flow,
    /// [`CallbackError::MissingVerifier`](crate::CallbackError::MissingVerifier) if the verifier is empty, [`CallbackError::Unreadable`](crate::CallbackError::Unreadable) if
    /// it cannot be read, or [`ErrorKind::RequestTokenExpired`].
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
