// The kinds that belong to one part of the crate. Each says what happened, the usual cause, what to do.
// What a kind holds is shown, so it is a word of ours or one that was checked; and no kind is named like a
// state, or rustc prints long paths in every message about flows.

use std::time::Duration;

/// What cannot be done here: by this client, in this thread, or at this provider.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, ErrorKind, Provider, UnsupportedError};
///
/// # let session = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?
/// #     .session(tripod::AccessToken::new("token", "secret")?);
/// // FatSecret has no call that revokes a token; the user does that on FatSecret's page.
/// let error = tripod::wait(session.revoke()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Unsupported(UnsupportedError::NoSuchCall { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnsupportedError {
    /// The client has no HTTP transport: the crate was built without the features `reqwest` and `ureq`, and
    /// you set none. Use [`Client::with_transport`](crate::Client::with_transport), or
    /// [`Flow::build`](crate::Flow::build).
    NoTransport,
    /// The client's HTTP transport cannot stream bodies. Use the one of the feature `reqwest` or `tower`, implement
    /// [`Transport::send_stream`](crate::transport::Transport::send_stream), or send the body from
    /// memory.
    NoStreams,
    /// The reqwest transport, a `tower` service, or [`Loopback::bind`], was used outside a Tokio runtime, or with
    /// [`wait`](crate::wait). Use `.await` inside a Tokio runtime, use `UreqTransport`, or use
    /// [`Flow::build`](crate::Flow::build).
    ///
    /// [`Loopback::bind`]: https://docs.rs/tripod/latest/tripod/loopback/struct.Loopback.html
    NoRuntime,
    /// The provider's description has no call of this kind (renewal or revocation). Nothing was sent.
    #[non_exhaustive]
    NoSuchCall {
        /// What the call is for: `renewal`, `revocation` or `handshake`.
        call: &'static str,
    },
}

/// Why a request cannot be signed: something in it has to change first.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, ErrorKind, Provider, RequestError};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let error = client.signed().get("https://elsewhere.example/me").build().unwrap_err();
/// assert_eq!(*error.kind(), ErrorKind::Request(RequestError::ForeignOrigin));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A parameter of yours has a name that is reserved for OAuth (`oauth_…`). OAuth parameters may
    /// occur only once (RFC 5849 sections 2, 3.1 and 3.5), and the crate adds them: remove the
    /// parameter. Or your callback's query has `denied` or `error`, which providers use in their
    /// answers: rename the parameter.
    #[non_exhaustive]
    ReservedParameter {
        /// The parameter's name.
        name: String,
    },
    /// The request already has an `Authorization` header. Signing would overwrite it, or send the
    /// credentials in two places (RFC 5849 section 3.5). Remove the header first. To send a signed
    /// request again, sign a new request.
    AuthorizationPresent,
    /// The OAuth parameters were to be sent in the form body, but the request has no form body (RFC
    /// 5849 section 3.5.2). Use the header or the query for this request.
    FormBodyNeeded,
    /// The request's content type says that its body is form data, whose fields are part of the signature
    /// (RFC 5849 section 3.4.1.3.1), and the fields are not known: the body is a stream, or only the
    /// request's head is there. Pass the fields, or send the form with `form`.
    FormFieldsNeeded,
    /// The streamed body failed, or did not have the announced length. The source is the body's own error. The
    /// request was not sent completely.
    BodyFailed,
    /// The request's query or form contains bytes that are not UTF-8 after percent-decoding. RFC
    /// 5849 section 3.6 can encode only text. Send text.
    ParameterNotUtf8,
    /// A body or parameter could not be serialised; the serialiser's error is the source.
    NotSerializable,
    /// The request goes to a host that is not the provider's, so signing it would show the token to
    /// another host. The error's text names the URL's origin and the provider's. If only the scheme differs, write
    /// `https`. If you trust the host, add its origin with [`Provider::with_resource_origin`].
    ///
    /// [`Provider::with_resource_origin`]: crate::Provider::with_resource_origin
    ForeignOrigin,
    /// The HTTP client would rewrite the URL and send another URL than the signed one, or the reply
    /// came from another URL. The error's text names the part of the URL. Write it in the way the
    /// HTTP client sends it.
    UrlChanged,
}

/// Why a signature cannot be made.
///
/// # Examples
///
/// See the example of [`Sign::sign`](crate::signature::Sign::sign).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningError {
    /// The clock is at or before 1970-01-01, where no valid timestamp exists (RFC 5849 section
    /// 3.3). Set the machine's clock.
    ClockBeforeEpoch,
    /// Your own implementation of `Sign` failed; its error is the source.
    SignerFailed,
    /// PLAINTEXT was asked for over a connection without TLS, which would show the secrets
    /// (RFC 5849 section 3.4.4). Use HTTPS or an HMAC method.
    PlaintextWithoutTls,
}

/// Why a reply cannot be used.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Callback, Client, Consumer, Error, ErrorKind, Provider, ReplyError};
///
/// fn missing(error: &Error) -> Option<&'static str> {
///     match error.kind() {
///         ErrorKind::Reply(ReplyError::MissingField { name, .. }) => Some(name),
///         _ => None,
///     }
/// }
///
/// // The provider's reply to the request for a request token:
/// let body = "oauth_token=t&oauth_callback_confirmed=true";
/// # let transport = tripod::transport::from_fn(move |_, _| async move {
/// #     Ok(http::Response::new(bytes::Bytes::from_static(body.as_bytes())))
/// # });
/// # let client =
/// #     Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), transport);
/// let failed = client.begin(Callback::out_of_band()).request_token().wait().unwrap_err();
/// assert_eq!(missing(failed.error()), Some("oauth_token_secret"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyError {
    /// The reply cannot be read: a token reply is not form-encoded text (RFC 5849 sections 2.1 and
    /// 2.3), or a resource's reply is not what the call asked for. `reason` says what the reply
    /// looks like.
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
    /// A field occurs in the reply more than once, so its value is ambiguous.
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
    /// lengths, malformed chunks. Trying again does not help. Check the endpoint's scheme, host and port.
    NotHttp,
    /// The provider did not confirm the callback with `oauth_callback_confirmed=true`. It may speak
    /// OAuth 1.0, which is vulnerable to session fixation (RFC 5849 section 2.1). If a provider is
    /// known to omit the confirmation, allow that with [`Approval::tolerate_missing_confirmation`].
    ///
    /// [`Approval::tolerate_missing_confirmation`]: crate::Approval::tolerate_missing_confirmation
    CallbackNotConfirmed,
}

/// Why a [`Pace`](https://docs.rs/tripod/latest/tripod/fatsecret/struct.Pace.html), the rate
/// limiter, did not send a call.
///
/// [`Error::retry_after`](super::Error::retry_after) says how long that lasts.
///
/// # Examples
///
/// See the example of [`Pace`](https://docs.rs/tripod/latest/tripod/fatsecret/struct.Pace.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaceError {
    /// A short while ago the provider refused a call because this user made too many.
    UserCoolDown,
    /// A while ago the provider refused a call because the application made too many. This concerns
    /// all users.
    ApplicationCoolDown,
    /// The daily budget that the program has set is used up. This concerns all users.
    BudgetSpent,
}

/// Why a callback cannot be used.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// # use tripod::{Callback, Client, Consumer, Provider};
/// use tripod::{CallbackError, Error, ErrorKind};
///
/// fn page(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Callback(CallbackError::MissingVerifier) => "Please type the code.",
///         ErrorKind::Callback(CallbackError::TokenMismatch) => "This link belongs to another login.",
///         _ => "Please begin again.",
///     }
/// }
///
/// # let body = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
/// # let transport = tripod::transport::from_fn(move |_, _| async move {
/// #     Ok(http::Response::new(bytes::Bytes::from_static(body.as_bytes())))
/// # });
/// # let client =
/// #     Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), transport);
/// # let issued = client.begin(Callback::out_of_band()).request_token().wait()?;
/// let failed = issued.authorize("").unwrap_err(); // what the user typed
/// assert_eq!(page(failed.error()), "Please type the code.");
/// # Ok(())
/// # }
/// ```
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
    /// The verifier is empty. If the user typed it, they have to copy the code that the provider showed. If a callback
    /// brought it, the provider granted nothing: begin again.
    MissingVerifier,
}

/// Why sealed bytes cannot be made or opened.
///
/// # Examples
///
/// ```
/// use tripod::{ErrorKind, SealError};
///
/// /// What to do about a saved session that cannot be opened, for example after a change of keys.
/// fn advice(kind: &ErrorKind) -> String {
///     match kind {
///         ErrorKind::Seal(SealError::KeyUnknown { id, .. }) => format!("add the key {id} again"),
///         ErrorKind::Seal(SealError::Expired) => "let the user begin again".to_owned(),
///         ErrorKind::Seal(_) => "let the user connect again, and find out who changed it".to_owned(),
///         other => other.to_string(),
///     }
/// }
///
/// assert_eq!(advice(&SealError::Expired.into()), "let the user begin again");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// The data was sealed with a key that is not in the key ring: another program sealed it, or
    /// the key was removed too early. Add the key to the key ring again, as an older one.
    #[non_exhaustive]
    KeyUnknown {
        /// The key's id, as the sealed bytes have it; not authenticated.
        id: String,
    },
    /// The sealed data cannot be opened: it was changed, or sealed with another key of that id, or
    /// for another place (another ticket, another user). Treat it as lost, and find out who moved
    /// it.
    Broken,
    /// The data is intact, but was sealed for another provider, another consumer key, or another
    /// purpose (a pending flow is not a session). Open it with a client of the same provider and
    /// consumer.
    Foreign,
    /// The data was written by a newer version of this crate, with another format. Update this
    /// program.
    #[non_exhaustive]
    Version {
        /// The format's version, as the bytes have it; not authenticated.
        version: u8,
    },
    /// The data ends too early: the bytes were cut off in the storage.
    Truncated,
    /// The pending flow has expired. Begin again.
    Expired,
    /// The sealed data would be larger than a cookie or a store entry may be.
    #[non_exhaustive]
    TooLarge {
        /// How much that place holds, in bytes.
        limit: usize,
    },
}

/// Why a file cannot be used for a sealing key.
///
/// # Examples
///
/// See the example of [`SealingKey::from_file`](https://docs.rs/tripod/latest/tripod/vault/struct.SealingKey.html#method.from_file).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no such file. Create it, for example with `SealingKey::from_file_or_new`, or check the path.
    Missing,
    /// The file's permissions let its group or others read or change the file. Remove them (`chmod 600`),
    /// and create a new key if somebody may have read this one.
    #[non_exhaustive]
    TooOpen {
        /// The permissions, such as `0o644`.
        mode: u32,
    },
    /// The file belongs to another user than the one that runs the program. The owner knows the key and
    /// can change it. Change the owner (`chown`).
    OtherOwner,
    /// The file does not contain 32 bytes in base64, or it is not a regular file.
    NotAKey,
    /// The file cannot be read or created; the operating system's error is the source.
    Unusable,
}

/// Why no parked flow belongs to a ticket, or no ticket to a callback.
///
/// # Examples
///
/// ```
/// use tripod::{ErrorKind, TicketError};
///
/// /// The page that a web program shows for a callback.
/// fn page(kind: &ErrorKind) -> &'static str {
///     match kind {
///         ErrorKind::Ticket(TicketError::Used) => "You have connected already.",
///         ErrorKind::Ticket(TicketError::OtherUser) => "Please log in as the user who began.",
///         ErrorKind::Ticket(_) => "This link has expired. Please connect again.",
///         _ => "Something is wrong on our side.",
///     }
/// }
///
/// assert_eq!(page(&TicketError::Used.into()), "You have connected already.");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TicketError {
    /// No pending flow is stored for the ticket: the flow has expired, or was never parked here.
    /// Begin again.
    Unknown,
    /// Another request has used the pending flow already, after a double click or from another tab.
    Used,
    /// The flow was parked for another user than the one who is logged in now. The user who began
    /// the flow can log in again and finish it. Any other user has to begin a new flow.
    OtherUser,
    /// The browser that brought the callback has no ticket for it: the callback belongs to another
    /// browser, or the cookie has expired. Refuse the callback; the user can begin again.
    Missing,
}

/// Why the callback was not received on this machine.
///
/// # Examples
///
/// ```
/// use tripod::{ErrorKind, ListenerError};
///
/// /// What a desktop program does about an error of `Loopback`.
/// fn next(kind: &ErrorKind) -> &'static str {
///     match kind {
///         ErrorKind::Listener(ListenerError::Timeout { .. }) => "ask whether to wait longer",
///         ErrorKind::Listener(ListenerError::PortsTaken { .. }) => "name the ports to be freed",
///         ErrorKind::Listener(_) => "let the user type the code (`Callback::out_of_band`)",
///         _ => "show the error",
///     }
/// }
///
/// let no_port = ErrorKind::from(ListenerError::NoPort);
/// assert_eq!(next(&no_port), "let the user type the code (`Callback::out_of_band`)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListenerError {
    /// No port could be opened on this machine to receive the callback, or the listener's runtime
    /// has ended. The source, if there is one, says why.
    NoPort,
    /// Other programs listen on the ports of all callbacks that are registered with the provider. Close them, or
    /// register a callback with another port.
    #[non_exhaustive]
    PortsTaken {
        /// The ports that were tried.
        ports: Vec<u16>,
    },
    /// The user's browser did not come back within the timeout. Wait again with the same flow, or
    /// begin again.
    #[non_exhaustive]
    Timeout {
        /// The limit.
        limit: Duration,
    },
}
