//! The kinds of the crate's error, and what each says.
//!
//! Floor 0. The trap: what a kind holds is shown, so it is a word of ours, or one that was checked; and
//! no kind is named like a state, or rustc prints long paths in every message about flows.

use std::{fmt, time::Duration};

use http::StatusCode;

/// What happened.
///
/// New kinds may be added, so a `match` needs a last arm.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A URL could not be read. `reason` says which part. Give an absolute `http` or `https` URL
    /// whose other characters are percent-encoded and whose host name is ASCII (punycode).
    InvalidUrl {
        /// Which part is wrong.
        reason: &'static str,
    },
    /// An endpoint is not HTTPS and not on the loopback interface. RFC 5849 sections 2.1 and 2.3
    /// require TLS: the replies carry secrets.
    InsecureEndpoint,
    /// PLAINTEXT was asked for over a connection without TLS, which would show the secrets
    /// (RFC 5849 section 3.4.4). Use HTTPS or an HMAC method.
    PlaintextWithoutTls,
    /// A name of the caller's is one of OAuth's own (`oauth_…`), which may stand in one place only,
    /// once (RFC 5849 sections 2, 3.1 and 3.5): take it out, the crate adds them. Or a callback's own
    /// query has `denied` or `error`, which providers answer with: rename it.
    ReservedParameter {
        /// The parameter's name.
        name: String,
    },
    /// A setting has a value that cannot be sent, such as a line break in a realm.
    InvalidSetting {
        /// Which setting, and why.
        reason: &'static str,
    },
    /// The request has an `Authorization` header already. Signing would overwrite it, or send the
    /// credentials in two places (RFC 5849 section 3.5). Take it out first; to send a signed request
    /// again, sign a new one.
    AuthorizationPresent,
    /// Parameters were to travel in the form body, and the request has none (RFC 5849 section
    /// 3.5.2). Use the header or the query for this request.
    FormBodyNeeded,
    /// The request's query or form holds bytes that are not UTF-8 once decoded, which RFC 5849
    /// section 3.6 has no spelling for. Send text.
    ParameterNotUtf8,
    /// The request goes to a host that is not the provider's, so signing it would show the token
    /// to a stranger. Name the origin with [`Provider::with_resource_origin`].
    ///
    /// [`Provider::with_resource_origin`]: crate::Provider::with_resource_origin
    ForeignOrigin,
    /// The clock stands at or before 1970-01-01, where no valid timestamp exists (RFC 5849 section
    /// 3.3). Set the system's clock.
    ClockBeforeEpoch,
    /// The caller's own signer failed; its error is the source.
    SignerFailed,
    /// A body or parameter could not be serialised; the serialiser's error is the source.
    NotSerializable,
    /// No transport: the crate was built without the `reqwest` feature and none was given.
    /// Use [`Client::with_transport`](crate::Client::with_transport), or `request` and `accept`.
    NoTransport,
    /// The reqwest transport, or [`Loopback::bind`], was used outside a Tokio runtime. Call it from
    /// one, or use `request` and `accept`.
    ///
    /// [`Loopback::bind`]: https://docs.rs/tripod/latest/tripod/loopback/struct.Loopback.html
    NoRuntime,
    /// This machine gave no port to listen on for the browser's return, or the listener's runtime
    /// has ended. The source, if there is one, says why.
    ListenFailed,

    /// The connection could not be made: name, route, refused, or TLS.
    Connect,
    /// The reply did not come within the time limit.
    Timeout,
    /// The connection broke before the reply was whole.
    Interrupted,
    /// The reply is larger than the limit, after decompression.
    ReplyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The provider answered with a redirect, which is never followed: it would carry credentials
    /// elsewhere. Check the endpoint's URL.
    Redirected {
        /// The reply's status.
        status: StatusCode,
    },
    /// The reply came from another URL than the one asked, or the HTTP client would send another
    /// URL than the one signed. The error's text names the part: write it as the HTTP client would.
    UrlChanged,

    /// The provider refused. `problem` is its `oauth_problem` or error code, if it sent one.
    Rejected {
        /// The reply's status.
        status: StatusCode,
        /// The provider's own word for it, such as `nonce_used`, or a numeric code.
        problem: Option<String>,
    },
    /// The provider refused the timestamp, also on the retry with its own clock. Check the time of
    /// this machine.
    TimestampRefused {
        /// The reply's status.
        status: StatusCode,
    },
    /// The reply cannot be read: a token reply is no form-encoded text (RFC 5849 sections 2.1 and
    /// 2.3), or a resource's reply is not what the call asked for. `reason` says what it looks like
    /// instead.
    MalformedReply {
        /// What is wrong.
        reason: &'static str,
    },
    /// A required field of the reply is missing or empty.
    MissingField {
        /// The field's name.
        name: &'static str,
    },
    /// A field of the reply stands there more than once, so that its value is in doubt.
    RepeatedField {
        /// The field's name.
        name: &'static str,
    },
    /// The provider did not confirm the callback with `oauth_callback_confirmed=true`: it may be an
    /// OAuth 1.0 service, open to session fixation (RFC 5849 section 2.1). A provider that is known
    /// to leave it out can be marked so with [`Provider::tolerate_missing_confirmation`].
    ///
    /// [`Provider::tolerate_missing_confirmation`]: crate::Provider::tolerate_missing_confirmation
    CallbackNotConfirmed,

    /// The callback is not a URL, a query or a relative path with a readable query.
    InvalidCallback {
        /// What is wrong.
        reason: &'static str,
    },
    /// The callback named another request token than the one this flow was issued, or none (RFC
    /// 5849 section 2.2). Usual cause: two tabs, or a callback meant for another user. Wait for the
    /// right callback, or begin again.
    CallbackTokenMismatch,
    /// The user, or the provider for them, said no. `problem` is the word that came with it.
    Denied {
        /// Such as `user_refused` or `access_denied`; none if the callback simply had no verifier.
        problem: Option<String>,
    },
    /// The verifier is empty. The user has to copy the code that the provider showed.
    MissingVerifier,
    /// The request token is older than the provider's stated lifetime. Begin again.
    RequestTokenExpired,

    /// What was sealed names a key that is not in the key ring: it was sealed by a program with
    /// other keys, or the key was taken out too early. Put the key back, as an older one.
    SealKeyUnknown {
        /// The key's id, as the sealed bytes have it; not authenticated.
        id: String,
    },
    /// What was sealed cannot be opened: it was changed, or sealed under another key of that id, or
    /// for another place (another ticket, another user). Treat it as lost, and look who moved it.
    SealBroken,
    /// It is sound, but was sealed for another provider, another consumer key, or another purpose
    /// (a pending flow is not a session). Open it with a client of the same provider and consumer.
    SealForeign,
    /// It was written by a version of this crate that has another format. Update this program.
    SealVersion {
        /// The format's version, as the bytes have it; not authenticated.
        version: u8,
    },
    /// It ends too early: the bytes were cut off where they were kept.
    SealTruncated,
    /// The pending flow was put away for a time that is over. Begin again.
    SealExpired,
    /// It would be larger, once sealed, than the place it is meant for can hold.
    SealTooLarge {
        /// How much that place holds, in bytes.
        limit: usize,
    },
    /// No flow is kept under the ticket: it has expired, or was never parked here. Begin again.
    TicketUnknown,
    /// The flow was taken up already, by a double click or from another tab. That request has it.
    TicketUsed,
    /// The browser that brought the callback has no ticket for it: the callback belongs to another
    /// browser, or the cookie has expired. Refuse it; whoever began the flow can begin again.
    TicketMissing,
    /// The store failed; its error is the source.
    StoreFailed {
        /// Whether the same call may succeed later.
        retryable: bool,
    },
    /// The user's browser did not come back within the time that the program gave it. Wait again
    /// with the same flow, or begin again.
    CallbackTimeout {
        /// The limit.
        limit: Duration,
    },
}

impl fmt::Display for ErrorKind {
    #[expect(clippy::too_many_lines, reason = "one sentence for each kind, and no logic")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl { reason } => write!(f, "the URL cannot be used: {reason}"),
            Self::InsecureEndpoint => {
                f.write_str("the endpoint must be https (http only on the loopback interface)")
            }
            Self::PlaintextWithoutTls => f.write_str(
                "PLAINTEXT would send the secrets over a connection without TLS; use https or an HMAC method",
            ),
            Self::ReservedParameter { name } => write!(
                f,
                "the parameter {name:?} is OAuth's to give and not the caller's; take it out or rename it"
            ),
            Self::InvalidSetting { reason } => write!(f, "a setting cannot be used: {reason}"),
            Self::AuthorizationPresent => f.write_str(
                "the request has an Authorization header already, which signing would overwrite or contradict; take it out, or sign a new request",
            ),
            Self::FormBodyNeeded => f.write_str(
                "the OAuth parameters should travel in a form body, and this request has none; use the header or the query",
            ),
            Self::ParameterNotUtf8 => f.write_str(
                "a parameter is not UTF-8 once percent-decoded, and OAuth can sign only text",
            ),
            Self::ForeignOrigin => f.write_str(
                "the URL is not at the provider, and signing would show it the token; name the origin on the provider if it is trusted",
            ),
            Self::ClockBeforeEpoch => {
                f.write_str("the clock stands at or before 1970, where no timestamp is valid; set it")
            }
            Self::SignerFailed => f.write_str("the signer that was given failed"),
            Self::NotSerializable => f.write_str("the parameters or the body cannot be serialised"),
            Self::NoTransport => f.write_str(
                "there is no HTTP transport; give the client one, enable the `reqwest` feature, or use `request` and `accept`",
            ),
            Self::NoRuntime => f.write_str(
                "a Tokio runtime is needed; call it from one, or use `request` and `accept`",
            ),
            Self::ListenFailed => f.write_str(
                "this machine gave no port on which to wait for the browser's return",
            ),
            Self::Connect => f.write_str("no connection to the provider; check the network and try again"),
            Self::Timeout => f.write_str("no reply within the time limit; try again"),
            Self::Interrupted => f.write_str("the connection broke before the reply was whole; try again"),
            Self::ReplyTooLarge { limit } => {
                write!(f, "the reply is larger than {limit} bytes and was not read further")
            }
            Self::Redirected { status } => write!(
                f,
                "the provider answered with a redirect (HTTP {}), which is not followed; check the endpoint",
                status.as_u16()
            ),
            Self::UrlChanged => f.write_str(
                "the URL that is called is not the one that was signed; write it in its normal form",
            ),
            Self::Rejected { status, problem } => {
                write!(f, "the provider refused with HTTP {}", status.as_u16())?;
                match problem {
                    Some(problem) => write!(f, " and the problem {problem:?}"),
                    None => Ok(()),
                }
            }
            Self::TimestampRefused { status } => write!(
                f,
                "the provider refused the timestamp (HTTP {}); check this machine's clock",
                status.as_u16()
            ),
            Self::MalformedReply { reason } => {
                write!(f, "the reply cannot be read: {reason}")
            }
            Self::MissingField { name } => write!(f, "the reply has no {name}"),
            Self::RepeatedField { name } => write!(f, "the reply has {name} more than once"),
            Self::CallbackNotConfirmed => f.write_str(
                "the provider did not confirm the callback (oauth_callback_confirmed=true), so the flow could be hijacked",
            ),
            Self::InvalidCallback { reason } => write!(f, "the callback cannot be read: {reason}"),
            Self::CallbackTokenMismatch => {
                f.write_str("the callback is for another request token; was another tab used?")
            }
            Self::Denied { problem: Some(problem) } => {
                write!(f, "the user or the provider refused the approval ({problem:?})")
            }
            Self::Denied { problem: None } => f.write_str(
                "the approval was refused: the callback has no verifier",
            ),
            Self::MissingVerifier => {
                f.write_str("the verifier is empty; copy the code that the provider shows after approval")
            }
            Self::RequestTokenExpired => {
                f.write_str("the request token is older than the provider allows; begin again")
            }
            Self::SealKeyUnknown { id } => {
                write!(f, "it was sealed with the key {id:?}, which is not in the key ring; put it back")
            }
            Self::SealBroken => f.write_str(
                "what was sealed cannot be opened: it was changed or moved, or the key is another one",
            ),
            Self::SealForeign => f.write_str(
                "it was sealed for another provider, consumer or purpose",
            ),
            Self::SealVersion { version } => write!(
                f,
                "it was sealed in the format's version {version}, which this program does not know; update it"
            ),
            Self::SealTruncated => f.write_str("what was sealed ends too early"),
            Self::SealExpired => {
                f.write_str("the pending flow was kept for a time that is over; begin again")
            }
            Self::SealTooLarge { limit } => {
                write!(f, "it would be larger than the {limit} bytes that can be kept")
            }
            Self::TicketUnknown => {
                f.write_str("no flow is kept under this ticket; it may have expired, so begin again")
            }
            Self::TicketUsed => f.write_str("the flow was taken up already; was the link opened twice?"),
            Self::TicketMissing => f.write_str(
                "this browser has no ticket for the callback; was the flow begun in another one?",
            ),
            Self::StoreFailed { retryable: true } => f.write_str("the store failed; try again"),
            Self::StoreFailed { retryable: false } => f.write_str("the store refused; its own error says why"),
            Self::CallbackTimeout { limit } => write!(
                f,
                "the browser did not come back within {} seconds; wait again, or begin again",
                limit.as_secs_f32()
            ),
        }
    }
}
