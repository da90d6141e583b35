//! What can be made to fail, and where.

use std::collections::VecDeque;

use crate::endpoint::Endpoint;

/// A failure that happens once, on demand. [`Sandbox::inject`](crate::Sandbox::inject) takes it.
///
/// A fault "on the wire" happens *instead of* handling the request. The sandbox issues no token,
/// spends none, and does not use up the nonce, so the next try can succeed.
/// [`LostReply`](Self::LostReply) is the exception. A fault in a token reply does not spend the
/// request token of an exchange either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// On the wire: the request is read and never answered. The connection stays open.
    NoAnswer,
    /// On the wire: the header announces 1000 bytes; some arrive, then nothing more.
    SlowBody,
    /// On the wire: the header announces 1000 bytes; some arrive, then the connection closes.
    CutOff,
    /// On the wire: the connection closes without a reply.
    HangUp,
    /// On the wire: the request is handled, then the connection closes without a reply. An exchange
    /// spends the request token.
    LostReply,
    /// On the wire: a body of 512 MiB, which is generated while the client reads it.
    Huge,
    /// On the wire: a gzip body of about 3 MiB that decompresses to 512 MiB.
    GzipBomb,
    /// On the wire: a body that is called form data and is not UTF-8.
    GarbageBytes,
    /// On the wire: status 200 with an HTML page, as captive portals send it.
    HtmlPage,
    /// On the wire: status 200 with a JSON object.
    JsonReply,
    /// On the wire: status 500 with a page that repeats the base string, the signature and every
    /// parameter, as careless providers do. A client must not log it.
    ServerError,
    /// On the wire: this status with an empty body. 429 and 503 have `Retry-After: 1`.
    Status(u16),
    /// On the wire: status 307 to another origin, which is the same server as `localhost`.
    Redirect,

    /// Moves the sandbox's clock by this many seconds, from this request on.
    ///
    /// A difference of hours makes the client's timestamp unacceptable. The reply's `Date` header
    /// has the sandbox's time.
    ClockJump(i64),
    /// The timestamp is refused, although it is right.
    TimestampRefused,
    /// The nonce is refused, although it is new.
    NonceRefused,

    /// On FatSecret's data host: a call with a right signature is not carried out and gets this
    /// error of FatSecret's. 11 and 12 are the rate limits; 20 says that the system is unavailable.
    ///
    /// A [`Persona`](crate::Persona) of another provider does not have these errors, so there the
    /// fault waits for ever. [`Status`](Self::Status) works everywhere.
    ApiError(u32),

    /// The request token reply lacks `oauth_callback_confirmed`.
    NoConfirmation,
    /// The request token reply says `oauth_callback_confirmed=false`.
    ConfirmationFalse,
    /// The request token reply says `oauth_callback_confirmed=True`, as one known library does.
    ConfirmationCapitalised,
    /// The token reply names `oauth_token` twice, with different values.
    RepeatedField,
    /// The token reply lacks `oauth_token_secret`.
    NoSecret,
    /// The token reply has an empty `oauth_token`.
    EmptyToken,
    /// The token reply ends with CR LF and has empty and unknown fields. A client should accept it.
    OddReply,

    /// The callback names another request token than the one that the user approved.
    OtherToken,
    /// The callback has a verifier and names no request token.
    NoToken,
    /// The callback has an empty verifier.
    EmptyVerifier,
    /// The user denies the access, and the callback says so in this way.
    Denied(Denial),
}

/// How a callback says that the user denied the access. OAuth does not define it, so providers
/// differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// `denied=<request token>`, without `oauth_token`.
    DeniedToken,
    /// `oauth_token=<request token>&oauth_problem=user_refused`.
    UserRefused,
    /// `oauth_token=<request token>` without a verifier.
    NoVerifier,
    /// `error=access_denied`, without any token.
    AccessDenied,
    /// `error=access_denied&oauth_token=<request token>`, as OKAPI says it.
    AccessDeniedWithToken,
    /// `oauth_token=<request token>&oauth_verifier=`, as NetSuite says it.
    EmptyVerifier,
    /// `oauth_token=<request token>&oauth_verifier=denied`, as Atlassian's products say it.
    VerifierSaysDenied,
    /// The callback as it was given, with nothing added.
    Nothing,
    /// No callback at all: the user stays on the provider's page, as at MediaWiki.
    NoCallback,
}

/// The layer on which a fault acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Wire,
    Check,
    Data,
    Reply,
    Callback,
}

impl Fault {
    pub(crate) fn layer(&self) -> Layer {
        match self {
            Self::NoAnswer
            | Self::SlowBody
            | Self::CutOff
            | Self::HangUp
            | Self::LostReply
            | Self::Huge
            | Self::GzipBomb
            | Self::GarbageBytes
            | Self::HtmlPage
            | Self::JsonReply
            | Self::ServerError
            | Self::Status(_)
            | Self::Redirect => Layer::Wire,
            Self::ClockJump(_) | Self::TimestampRefused | Self::NonceRefused => Layer::Check,
            Self::ApiError(_) => Layer::Data,
            Self::NoConfirmation
            | Self::ConfirmationFalse
            | Self::ConfirmationCapitalised
            | Self::RepeatedField
            | Self::NoSecret
            | Self::EmptyToken
            | Self::OddReply => Layer::Reply,
            Self::OtherToken | Self::NoToken | Self::EmptyVerifier | Self::Denied(_) => {
                Layer::Callback
            }
        }
    }

    /// Returns whether the fault can happen at all at that endpoint.
    pub(crate) fn concerns(&self, endpoint: Endpoint) -> bool {
        match self.layer() {
            Layer::Wire => true,
            Layer::Check => endpoint != Endpoint::Authorize,
            Layer::Data => endpoint == Endpoint::Data,
            Layer::Reply => match self {
                Self::NoConfirmation | Self::ConfirmationFalse | Self::ConfirmationCapitalised => {
                    endpoint == Endpoint::RequestToken
                }
                _ => matches!(endpoint, Endpoint::RequestToken | Endpoint::AccessToken),
            },
            Layer::Callback => endpoint == Endpoint::Authorize,
        }
    }
}

/// Faults that wait, at most.
const WAITING: usize = 1000;

/// The faults that have not happened yet, each with the endpoint that it is for, if it is for one.
#[derive(Default)]
pub(crate) struct Faults(VecDeque<(Option<Endpoint>, Fault)>);

impl Faults {
    pub(crate) fn inject(&mut self, endpoint: Option<Endpoint>, fault: Fault) {
        if self.0.len() < WAITING {
            self.0.push_back((endpoint, fault));
        }
    }

    /// Takes the first fault that is for this endpoint and that `fits` accepts.
    pub(crate) fn take(
        &mut self,
        endpoint: Endpoint,
        fits: impl Fn(&Fault) -> bool,
    ) -> Option<Fault> {
        let at = self.0.iter().position(|(only, fault)| {
            only.is_none_or(|only| only == endpoint) && fault.concerns(endpoint) && fits(fault)
        })?;
        self.0.remove(at).map(|(_, fault)| fault)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.0.len()
    }
}
