// The kinds that belong to one part of the crate. Each says what happened, the usual cause, what to do.
// What a kind holds is shown, so it is a word of ours or one that was checked; and no kind is named like a
// state, or rustc prints long paths in every message about flows.

use std::{fmt, time::Duration};

/// Why a request cannot be signed as it is: something in it has to change first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A name of the caller's is one of OAuth's own (`oauth_…`), which may stand in one place only,
    /// once (RFC 5849 sections 2, 3.1 and 3.5): take it out, the crate adds them. Or a callback's own
    /// query has `denied` or `error`, which providers answer with: rename it.
    #[non_exhaustive]
    ReservedParameter {
        /// The parameter's name.
        name: String,
    },
    /// The request has an `Authorization` header already. Signing would overwrite it, or send the
    /// credentials in two places (RFC 5849 section 3.5). Take it out first; to send a signed request
    /// again, sign a new one.
    AuthorizationPresent,
    /// Parameters were to travel in the form body, and the request has none (RFC 5849 section
    /// 3.5.2). Use the header or the query for this request.
    FormBodyNeeded,
    /// The request's content type says that its body is form data, whose fields are part of the signature
    /// (RFC 5849 section 3.4.1.3.1), and the fields are not known: only the request's head was given, or the
    /// body is a stream. Give the fields, or send the form with `form`.
    FormFieldsNeeded,
    /// The body that was to be streamed failed, or did not have the length that was promised. The source is the
    /// body's own error. The request was not sent as a whole.
    BodyFailed,
    /// The request's query or form holds bytes that are not UTF-8 once decoded, which RFC 5849
    /// section 3.6 has no spelling for. Send text.
    ParameterNotUtf8,
    /// A body or parameter could not be serialised; the serialiser's error is the source.
    NotSerializable,
    /// The request goes to a host that is not the provider's, so signing it would show the token
    /// to a stranger. Name the origin with [`Provider::with_resource_origin`].
    ///
    /// [`Provider::with_resource_origin`]: crate::Provider::with_resource_origin
    ForeignOrigin,
}

/// Why a signature cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningError {
    /// The clock stands at or before 1970-01-01, where no valid timestamp exists (RFC 5849 section
    /// 3.3). Set the system's clock.
    ClockBeforeEpoch,
    /// The caller's own signer failed; its error is the source.
    SignerFailed,
    /// PLAINTEXT was asked for over a connection without TLS, which would show the secrets
    /// (RFC 5849 section 3.4.4). Use HTTPS or an HMAC method.
    PlaintextWithoutTls,
}

/// Why a reply cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyError {
    /// The reply cannot be read: a token reply is no form-encoded text (RFC 5849 sections 2.1 and
    /// 2.3), or a resource's reply is not what the call asked for. `reason` says what it looks like
    /// instead.
    #[non_exhaustive]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// A required field of the reply is missing or empty.
    #[non_exhaustive]
    MissingField {
        /// The field's name.
        name: &'static str,
    },
    /// A field of the reply stands there more than once, so that its value is in doubt.
    #[non_exhaustive]
    RepeatedField {
        /// The field's name.
        name: &'static str,
    },
    /// The reply is larger than the limit, after decompression. Raise the limit with
    /// [`Client::with_reply_limit`](crate::Client::with_reply_limit) if such replies are expected.
    #[non_exhaustive]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The reply is not HTTP, or its framing is broken: another kind of server, a head that is too large, two
    /// lengths, malformed chunks. The next one will be no better. Check the endpoint's scheme, host and port.
    NotHttp,
}

/// Why what came back from the user's browser cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackError {
    /// The callback is not a URL, a query or a relative path with a readable query.
    #[non_exhaustive]
    Unreadable {
        /// What is wrong.
        reason: &'static str,
    },
    /// The callback named another request token than the one this flow was issued, or none (RFC
    /// 5849 section 2.2). Usual cause: two tabs, or a callback meant for another user. Wait for the
    /// right callback, or begin again.
    TokenMismatch,
    /// The verifier is empty. The user has to copy the code that the provider showed.
    MissingVerifier,
}

/// Why sealed bytes cannot be made or opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// What was sealed names a key that is not in the key ring: it was sealed by a program with
    /// other keys, or the key was taken out too early. Put the key back, as an older one.
    #[non_exhaustive]
    KeyUnknown {
        /// The key's id, as the sealed bytes have it; not authenticated.
        id: String,
    },
    /// What was sealed cannot be opened: it was changed, or sealed under another key of that id, or
    /// for another place (another ticket, another user). Treat it as lost, and look who moved it.
    Broken,
    /// It is sound, but was sealed for another provider, another consumer key, or another purpose
    /// (a pending flow is not a session). Open it with a client of the same provider and consumer.
    Foreign,
    /// It was written by a version of this crate that has another format. Update this program.
    #[non_exhaustive]
    Version {
        /// The format's version, as the bytes have it; not authenticated.
        version: u8,
    },
    /// It ends too early: the bytes were cut off where they were kept.
    Truncated,
    /// The pending flow was put away for a time that is over. Begin again.
    Expired,
    /// It would be larger, once sealed, than the place it is meant for can hold.
    #[non_exhaustive]
    TooLarge {
        /// How much that place holds, in bytes.
        limit: usize,
    },
}

/// Why a file cannot be used for a sealing key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no such file. Create it, for example with `SealingKey::from_file_or_new`, or check the path.
    Missing,
    /// The file's permissions let its group or others read or change it. Take these away (`chmod 600`), and
    /// make a new key if somebody may have read this one.
    #[non_exhaustive]
    TooOpen {
        /// The permissions, such as `0o644`.
        mode: u32,
    },
    /// The file belongs to another user than the one the program runs as, who knows the key and can change
    /// it. Give the file to the program's user (`chown`).
    OtherOwner,
    /// The file does not hold 32 bytes in base64, or it is not a regular file.
    NotAKey,
    /// The file cannot be read or created; the operating system's error is the source.
    Unusable,
}

/// Why no parked flow belongs to a ticket, or no ticket to a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TicketError {
    /// No flow is kept under the ticket: it has expired, or was never parked here. Begin again.
    Unknown,
    /// The flow was taken up already, by a double click or from another tab. That request has it.
    Used,
    /// The flow was parked for another user than the one who is logged in now. Whoever began it can
    /// log in again and finish it; anybody else has to begin their own.
    OtherUser,
    /// The browser that brought the callback has no ticket for it: the callback belongs to another
    /// browser, or the cookie has expired. Refuse it; whoever began the flow can begin again.
    Missing,
}

/// Why the browser's return was not caught on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListenerError {
    /// This machine gave no port to listen on for the browser's return, or the listener's runtime
    /// has ended. The source, if there is one, says why.
    NoPort,
    /// Other programs listen on the ports of all callbacks that are registered with the provider. Close them, or
    /// register a callback with another port.
    #[non_exhaustive]
    PortsTaken {
        /// The ports that were tried.
        ports: Vec<u16>,
    },
    /// The user's browser did not come back within the time that the program gave it. Wait again
    /// with the same flow, or begin again.
    #[non_exhaustive]
    Timeout {
        /// The limit.
        limit: Duration,
    },
}

/// Why a call was held back by a pace, without being sent.
///
/// [`Error::retry_after`](super::Error::retry_after) says how long that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaceError {
    /// The provider refused a call of this user as one too many, a short while ago.
    UserCoolDown,
    /// The provider refused a call of this application as one too many, a while ago. It concerns all
    /// users.
    ApplicationCoolDown,
    /// The daily budget that the program has set is spent. It concerns all users.
    BudgetSpent,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedParameter { name } => write!(
                f,
                "the parameter {name:?} is OAuth's to give and not the caller's; take it out or rename it"
            ),
            Self::AuthorizationPresent => f.write_str(
                "the request has an Authorization header already, which signing would overwrite or contradict; take it out, or sign a new request",
            ),
            Self::FormBodyNeeded => f.write_str(
                "the OAuth parameters should travel in a form body, and this request has none; use the header or the query",
            ),
            Self::FormFieldsNeeded => f.write_str(
                "the content type is that of a form, whose fields must be signed and are not known; give the fields, or send the form with `form`",
            ),
            Self::BodyFailed => f.write_str(
                "the body that was to be sent could not be read to its end; the request was not sent as a whole",
            ),
            Self::ParameterNotUtf8 => f.write_str(
                "a parameter is not UTF-8 once percent-decoded, and OAuth can sign only text",
            ),
            Self::NotSerializable => f.write_str("the parameters or the body cannot be serialised"),
            Self::ForeignOrigin => f.write_str(
                "the URL is not at the provider, and signing would show it the token; name the origin on the provider if it is trusted",
            ),
        }
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClockBeforeEpoch => {
                "the clock stands at or before 1970, where no timestamp is valid; set it"
            }
            Self::SignerFailed => "the signer that was given failed",
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
        }
    }
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { reason } => write!(f, "the callback cannot be read: {reason}"),
            Self::TokenMismatch => {
                f.write_str("the callback is for another request token; was another tab used?")
            }
            Self::MissingVerifier => f.write_str(
                "the verifier is empty; copy the code that the provider shows after approval",
            ),
        }
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyUnknown { id } => write!(
                f,
                "it was sealed with the key {id:?}, which is not in the key ring; put it back"
            ),
            Self::Broken => f.write_str(
                "what was sealed cannot be opened: it was changed or moved, or the key is another one",
            ),
            Self::Foreign => f.write_str("it was sealed for another provider, consumer or purpose"),
            Self::Version { version } => write!(
                f,
                "it was sealed in the format's version {version}, which this program does not know; update it"
            ),
            Self::Truncated => f.write_str("what was sealed ends too early"),
            Self::Expired => {
                f.write_str("the pending flow was kept for a time that is over; begin again")
            }
            Self::TooLarge { limit } => {
                write!(f, "it would be larger than the {limit} bytes that can be kept")
            }
        }
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the file with the sealing key is not there; create it"),
            Self::TooOpen { mode } => write!(
                f,
                "others may use the file with the sealing key (permissions {mode:03o}); take these away with chmod 600"
            ),
            Self::OtherOwner => f.write_str(
                "the file with the sealing key belongs to another user; give it to this program's",
            ),
            Self::NotAKey => {
                f.write_str("the file with the sealing key does not hold 32 bytes in base64")
            }
            Self::Unusable => {
                f.write_str("the file with the sealing key cannot be read or created")
            }
        }
    }
}

impl fmt::Display for TicketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => {
                "no flow is kept under this ticket; it may have expired, so begin again"
            }
            Self::Used => "the flow was taken up already; was the link opened twice?",
            Self::OtherUser => {
                "the flow was begun by another user; log in as that user, or begin again"
            }
            Self::Missing => {
                "this browser has no ticket for the callback; was the flow begun in another one?"
            }
        })
    }
}

impl fmt::Display for ListenerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPort => {
                f.write_str("this machine gave no port on which to wait for the browser's return")
            }
            Self::PortsTaken { ports } => {
                f.write_str("other programs listen on the registered callback's port")?;
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

impl fmt::Display for PaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserCoolDown => {
                "the call was not sent: this user's calls were too many a moment ago; try again later, and more slowly"
            }
            Self::ApplicationCoolDown => {
                "the call was not sent: the provider says that this application has used up its calls; try again later"
            }
            Self::BudgetSpent => {
                "the call was not sent: the daily budget of calls is spent; try again later"
            }
        })
    }
}
