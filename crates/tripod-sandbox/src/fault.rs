//! What can be made to go wrong, and where.

use std::collections::VecDeque;

use crate::endpoint::Endpoint;

/// Something that goes wrong once, on demand; see [`Sandbox::inject`](crate::Sandbox::inject).
///
/// The faults on the wire come *instead of* handling the request: no token is issued or spent and
/// no nonce is used up, so that the next try can succeed. [`LostReply`](Self::LostReply) is the
/// exception. The faults in a reply leave the request token of an exchange unspent, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// On the wire: the request is taken and never answered, until the client goes away.
    NoAnswer,
    /// On the wire: a head that promises 1000 bytes, some of them, then nothing more.
    SlowBody,
    /// On the wire: a head that promises 1000 bytes, some of them, then the connection is closed.
    CutOff,
    /// On the wire: the connection is closed without a byte of reply.
    HangUp,
    /// On the wire: the request is handled, and the connection closed without a byte of reply. A
    /// request token is spent by that.
    LostReply,
    /// On the wire: a body without end; made as it is read, and ended at 512 MiB after all.
    Huge,
    /// On the wire: a gzip body of some 160 times its size, up to 512 MiB.
    GzipBomb,
    /// On the wire: a body of bytes that are not UTF-8, named as form data.
    GarbageBytes,
    /// On the wire: a 200 with an HTML page, as captive portals give.
    HtmlPage,
    /// On the wire: a 200 with a JSON object.
    JsonReply,
    /// On the wire: a 500 whose page repeats the base string, the signature and every parameter.
    /// Careless providers show that, and it must not reach a log.
    ServerError,
    /// On the wire: this status, with an empty body. 429 and 503 come with `Retry-After: 1`.
    Status(u16),
    /// On the wire: a 307 to another origin (the same server as `localhost`).
    Redirect,

    /// Moves the sandbox's clock by that many seconds, from this request on.
    ///
    /// Hours either way make the timestamp unacceptable, and `Date` tells.
    ClockJump(i64),
    /// The timestamp is refused, though it is good.
    TimestampRefused,
    /// The nonce is refused, though it is new.
    NonceRefused,

    /// On the data host: a well-signed call is answered with this error of FatSecret's, and not
    /// carried out. 11 and 12 are the rate limits; 20 says that the system is unavailable.
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
    /// The token reply ends with CR LF and has empty and unknown fields: odd, but harmless.
    OddReply,

    /// The callback names another request token than the one approved.
    OtherToken,
    /// The callback names no request token, though it has a verifier.
    NoToken,
    /// The callback has an empty verifier.
    EmptyVerifier,
    /// The user says no, and the callback tells it in this way.
    Denied(Denial),
}

/// How a callback tells that the user said no. Nothing in OAuth says how, so providers differ.
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
    /// The callback as it was given, with nothing added.
    Nothing,
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

    /// Whether the fault can happen at all at that endpoint.
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
