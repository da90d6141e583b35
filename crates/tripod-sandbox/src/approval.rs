//! What comes of the user's visit to the authorization page.

use std::{error::Error, fmt};

/// What the user brings back to the application after answering.
///
/// `Debug` shows no values, because the verifier can be exchanged for an access token.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    pub(crate) callback_url: Option<String>,
    pub(crate) verifier: Option<String>,
}

impl Approval {
    /// Returns the URL that the browser is sent to. It is `None` if the request token was asked for
    /// out of band, or if the user denied the access at a provider that then sends the browser nowhere.
    #[must_use]
    pub fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }

    /// Returns the verifier. It is `None` if the user denied the access. Out of band, the page shows
    /// the verifier to the user as a code.
    #[must_use]
    pub fn verifier(&self) -> Option<&str> {
        self.verifier.as_deref()
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval")
            .field("has_callback", &self.callback_url.is_some())
            .field("has_verifier", &self.verifier.is_some())
            .finish()
    }
}

/// Why the authorization page shows an error instead of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageError {
    /// The URL is not this sandbox's authorization page.
    OtherAddress,
    /// The URL names no request token.
    NoToken,
    /// This sandbox did not issue the request token, or no longer keeps it.
    UnknownToken,
    /// The request token is older than its lifetime.
    ExpiredToken,
    /// The user has answered already, or the request token has been exchanged.
    UsedToken,
    /// No user of the sandbox has that name.
    UnknownUser,
    /// The provider wants the consumer key on this URL, and it is missing or another application's.
    WrongConsumerKey,
    /// A parameter of the page has a value that does not exist.
    BadParameter,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherAddress => "the URL is not the sandbox's authorization page",
            Self::NoToken => "the authorization URL names no request token",
            Self::UnknownToken => "the request token is not known to the sandbox",
            Self::ExpiredToken => "the request token has expired",
            Self::UsedToken => "the request token was answered or used already",
            Self::UnknownUser => "the sandbox has no user of that name",
            Self::WrongConsumerKey => "the authorization URL does not name the consumer key",
            Self::BadParameter => "the authorization URL has a parameter with an impossible value",
        })
    }
}

impl Error for PageError {}
