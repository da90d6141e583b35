//! What confirms a callback, and what a denial looks like.

use std::borrow::Cow;

/// What confirms a callback, and what a denial looks like.
///
/// The default is RFC 5849: the provider confirms the callback, and a callback with a verifier has the request
/// token beside it. A callback without a verifier is a denial, and so is one with `denied`, `error` or
/// `oauth_problem`.
///
/// # Examples
///
/// ```
/// // A provider that answers a denial with `oauth_verifier=denied`.
/// let approval = tripod::Approval::new().with_denial("denied");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a habit that providers have or have not"
)]
pub struct Approval {
    missing_confirmation: bool,
    unconfirmed_out_of_band: bool,
    without_token: bool,
    registered: bool,
    denials: Vec<Cow<'static, str>>,
}

impl Approval {
    /// Creates the default: RFC 5849, and no exceptions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Treats this verifier as a denial. An empty text means an empty verifier.
    #[must_use]
    pub fn with_denial(mut self, verifier: impl Into<Cow<'static, str>>) -> Self {
        self.denials.push(verifier.into());
        self
    }

    /// For a provider of which it is not known what a denial looks like: the two verifiers that some providers send for
    /// one. Neither can be a code that grants something.
    pub(crate) fn with_unknown_denial(self) -> Self {
        self.with_denial("denied").with_denial("")
    }

    /// Sends `oob` to the provider whatever the callback is, for a provider that always uses the
    /// registered URL and accepts no other.
    ///
    /// Begin the flow with the registered URL all the same, so that the provider has to confirm it.
    #[must_use]
    pub fn with_registered_callback(mut self) -> Self {
        self.registered = true;
        self
    }

    /// Accepts a request-token reply without `oauth_callback_confirmed`.
    ///
    /// Use it for a provider that is *known* to omit the field although it follows revision A. A
    /// field with another value than `true` is still refused, and the verifier is still required.
    ///
    /// # Security
    ///
    /// This field tells a client that the provider does not speak OAuth 1.0, whose flow can be
    /// hijacked (RFC 5849 section 2.1).
    #[must_use]
    pub fn tolerate_missing_confirmation(mut self) -> Self {
        self.missing_confirmation = true;
        self
    }

    /// Accepts `oauth_callback_confirmed=false` for a flow that begins with
    /// [`Callback::out_of_band`](crate::Callback::out_of_band).
    ///
    /// E*TRADE needs it: E*TRADE sends `true` only if a callback is registered for the consumer key. The
    /// user types the code that the page shows.
    ///
    /// # Security
    ///
    /// The verifier is still required, and the user has to type it into your program. Only the provider's
    /// documentation says that it speaks revision A.
    #[must_use]
    pub fn tolerate_unconfirmed_out_of_band(mut self) -> Self {
        self.unconfirmed_out_of_band = true;
        self
    }

    /// Accepts a callback that has a verifier and no request token, together with a ticket of the vault.
    ///
    /// E*TRADE needs it. [`Flow::receive_callback`](crate::Flow::receive_callback) still refuses such a
    /// callback, because nothing in it says to which flow it belongs; with a vault, the ticket in the browser
    /// says so. The listener of the module `loopback` has no ticket, so it refuses providers with this
    /// setting.
    ///
    /// # Security
    ///
    /// A browser that has tickets for two flows is refused. If an attacker sends your user a link with the
    /// verifier of another user, only the provider can detect it: it has to refuse a verifier that does not
    /// belong to the request token.
    #[must_use]
    pub fn tolerate_callback_without_token(mut self) -> Self {
        self.without_token = true;
        self
    }

    #[cfg(any(feature = "vault", feature = "loopback", test))]
    pub(crate) fn accepts_callback_without_token(&self) -> bool {
        self.without_token
    }

    pub(crate) fn is_registered(&self) -> bool {
        self.registered
    }

    /// Returns whether this verifier says no.
    pub(crate) fn is_denial(&self, verifier: &str) -> bool {
        self.denials.iter().any(|denial| denial == verifier)
    }

    /// Returns whether what the provider says of the callback will do.
    pub(crate) fn is_confirmed(&self, said: Option<&str>, is_out_of_band: bool) -> bool {
        match said {
            None => self.missing_confirmation,
            Some(said) if said.eq_ignore_ascii_case("true") => true,
            Some(said) => {
                is_out_of_band && self.unconfirmed_out_of_band && said.eq_ignore_ascii_case("false")
            }
        }
    }
}
