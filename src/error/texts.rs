// What the grouped kinds say: what happened, and what to do about it.

use std::fmt;

use super::groups::{
    CallbackError, KeyFileError, ListenerError, PaceError, ReplyError, RequestError, SealError,
    SigningError, TicketError, UnsupportedError,
};

impl fmt::Display for UnsupportedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTransport => f.write_str(
                "there is no HTTP transport; enable the feature `reqwest` or `ureq`, set a transport with `Client::with_transport`, or send the request of `build` yourself",
            ),
            Self::NoStreams => f.write_str(
                "the HTTP transport cannot stream bodies; use `ReqwestTransport` or `TowerTransport`, implement `Transport::send_stream`, or send the body from memory",
            ),
            Self::NoRuntime => f.write_str(
                "a Tokio runtime is needed; use `.await` inside a Tokio runtime, use `UreqTransport` with `wait`, or send the request of `build` yourself",
            ),
            Self::NoSuchCall { call } => write!(
                f,
                "the provider's description has no {call} call; ask the user to do it on the provider's page, or add the call with `Provider::with_token_life`"
            ),
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedParameter { name } => write!(
                f,
                "the parameter name {name:?} is reserved for OAuth; remove the parameter or rename it"
            ),
            Self::AuthorizationPresent => f.write_str(
                "the request already has an Authorization header; remove the header, or sign a new request",
            ),
            Self::FormBodyNeeded => f.write_str(
                "the OAuth parameters are to be sent in a form body, and this request has no form; use the header or the query",
            ),
            Self::FormFieldsNeeded => f.write_str(
                "the content type is that of a form, but the fields of the form are not known and cannot be signed; pass the fields, or send the form with `form`",
            ),
            Self::BodyFailed => f.write_str(
                "the streamed body failed, or is longer or shorter than announced; the request was not sent completely",
            ),
            Self::ParameterNotUtf8 => f.write_str(
                "a parameter is not UTF-8 once percent-decoded, and OAuth can sign only text",
            ),
            Self::NotSerializable => f.write_str("the parameters or the body cannot be serialised"),
            Self::ForeignOrigin => f.write_str(
                "the URL is not at one of the provider's origins, so the request was not signed",
            ),
            Self::UrlChanged => f.write_str(
                "the HTTP client would rewrite this URL, which would invalidate the signature; write it the way the client sends it",
            ),
        }
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClockBeforeEpoch => {
                "the clock is at or before 1970, where no timestamp is valid; set this machine's clock"
            }
            Self::SignerFailed => "the custom signer failed",
            Self::PlaintextWithoutTls => {
                "PLAINTEXT would send the secrets over a connection without TLS; use https or an HMAC method"
            }
        })
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "the reply cannot be read: {reason}"),
            Self::MissingField { name } => write!(f, "the reply has no {name}"),
            Self::RepeatedField { name } => write!(f, "the reply has {name} more than once"),
            Self::TooLarge { limit } => {
                write!(f, "the reply is larger than {limit} bytes and was not read further")
            }
            Self::NotHttp => f.write_str(
                "the reply is not valid HTTP; check the endpoint's scheme, host and port",
            ),
            Self::CallbackNotConfirmed => f.write_str(
                "the provider did not confirm the callback (oauth_callback_confirmed=true), so the flow could be hijacked; check that it speaks OAuth 1.0a",
            ),
        }
    }
}

impl fmt::Display for PaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserCoolDown => {
                "the call was not sent: this user made too many calls a moment ago; try again later, and more slowly"
            }
            Self::ApplicationCoolDown => {
                "the call was not sent: the provider says that this application has used up its calls; try again later"
            }
            Self::BudgetSpent => {
                "the call was not sent: the daily budget of calls is used up; try again tomorrow"
            }
        })
    }
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { reason } => write!(f, "the callback cannot be read: {reason}"),
            Self::TokenMismatch => {
                f.write_str("the callback is for another request token; was another tab used?")
            }
            Self::MissingVerifier => f.write_str("the verifier is empty"),
        }
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyUnknown { id } => write!(
                f,
                "the data was sealed with the key {id:?}, which is not in the key ring; add this key to the key ring again"
            ),
            Self::Broken => f.write_str(
                "the sealed data cannot be opened: it was changed or moved, or the key has another value",
            ),
            Self::Foreign => f.write_str("the data was sealed for another provider, consumer or purpose"),
            Self::Version { version } => write!(
                f,
                "the data was sealed in format version {version}, which this version of tripod cannot read; update the program"
            ),
            Self::Truncated => f.write_str("the sealed data ends too early"),
            Self::Expired => {
                f.write_str("the pending flow has expired; begin again")
            }
            Self::TooLarge { limit } => {
                write!(f, "the sealed data would be larger than the limit of {limit} bytes")
            }
        }
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the key file does not exist; create it, or check the path"),
            Self::TooOpen { mode } => write!(
                f,
                "other users can access the key file (its permissions are {mode:03o}); run chmod 600 on it"
            ),
            Self::OtherOwner => f.write_str(
                "the key file belongs to another user; change its owner to the user that runs this program",
            ),
            Self::NotAKey => {
                f.write_str("the key file does not contain 32 bytes in base64")
            }
            Self::Unusable => {
                f.write_str("the key file cannot be read or created")
            }
        }
    }
}

impl fmt::Display for TicketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => {
                "no pending flow is stored for this ticket; it may have expired, so begin again"
            }
            Self::Used => "the pending flow was used already; was the link opened twice?",
            Self::OtherUser => {
                "the flow was begun by another user; log in as that user, or begin again"
            }
            Self::Missing => {
                "this browser has no ticket for the callback; was the login begun in another browser?"
            }
        })
    }
}

impl fmt::Display for ListenerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPort => {
                f.write_str("no port could be opened on this machine to receive the callback")
            }
            Self::PortsTaken { ports } => {
                f.write_str("other programs listen on the port of the registered callback")?;
                for (at, port) in ports.iter().enumerate() {
                    write!(f, "{} {port}", if at == 0 { ":" } else { "," })?;
                }
                f.write_str("; close them, or register a callback with another port")
            }
            Self::Timeout { limit } => write!(
                f,
                "the browser did not come back within {} seconds; wait again, or begin again",
                limit.as_secs_f32()
            ),
        }
    }
}
