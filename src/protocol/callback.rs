// The callback: what is asked for, and what comes back (RFC 5849 sections 2.1 and 2.2).
//
// The trap: a refusal may come with a word, with a token, or with nothing at all. What marks it is
// the missing verifier. And a verifier counts only beside the token that this flow was issued.

use std::{fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::{
    error::{
        Error,
        groups::{CallbackError, RequestError},
        kind::ErrorKind,
        stage::Stage,
    },
    protocol::approval::Approval,
    shown::ShownUrl,
    signature::params::{Pair, decode_pairs, reserved_name},
};

/// How some providers say no: with the request token as the value.
const DENIED: &str = "denied";
/// How others do, with a word.
const ERROR: &str = "error";

/// Longer callbacks are not read.
const MAX_BYTES: usize = 64 * 1024;

/// The callback of a flow: the URL to which the provider sends the user's browser, or out of band
/// (the user types a code).
///
/// # Source
///
/// RFC 5849 section 2.1: an absolute URI, or exactly `oob`.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::Callback;
///
/// let code = Callback::out_of_band(); // the user types a code
/// let web = Callback::url("https://app.example/back")?; // the browser comes to this URL
/// assert!("oob".parse::<Callback>()? == code && web != code);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Callback(Target);

#[derive(Clone, PartialEq, Eq)]
enum Target {
    OutOfBand,
    Url(String),
}

impl Callback {
    /// Creates the callback `oob`: the provider shows a code (PIN), and the user types it into your
    /// program.
    #[must_use]
    pub fn out_of_band() -> Self {
        Self(Target::OutOfBand)
    }

    /// Creates a callback with a URL, to which the provider sends the user's browser after the
    /// approval.
    ///
    /// `url` is absolute, in any scheme that the provider accepts. It may have a query of your own,
    /// which the provider keeps. Percent-encoded values in the query are legal, but providers that
    /// use oauthlib decode them twice and refuse the signature: prefer plain letters and digits.
    ///
    /// # Errors
    ///
    /// [`CallbackError::Unreadable`] if it is not absolute (after the scheme a `/` follows, and `//` with a host for `http` and `https`), has a fragment,
    /// spaces or control characters, or is the word `oob` in some letter case (use [`out_of_band`](Self::out_of_band)). [`RequestError::ReservedParameter`]
    /// if its query has a name that begins with `oauth_`, or the names `denied` or `error`: they would come back with every callback, which would then look
    /// like a denial.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::Callback;
    ///
    /// let callback = Callback::url("https://app.example/back?tab=3")?;
    /// assert!(Callback::url("/back").is_err());
    /// assert!(Callback::url("localhost:3000/back").is_err()); // `http://` is missing
    /// # Ok(())
    /// # }
    /// ```
    pub fn url(url: &str) -> Result<Self, Error> {
        let invalid =
            |reason| Err(Error::setup(ErrorKind::Callback(CallbackError::Unreadable { reason })));
        if url.len() > MAX_BYTES {
            return invalid("it is longer than 64 KiB");
        }
        if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return invalid("it has a space or a control character");
        }
        if url.contains('#') {
            return invalid("it has a fragment");
        }
        if let Err(reason) = check_absolute(url) {
            return invalid(reason);
        }
        if let Some((_, query)) = url.split_once('?') {
            let pairs = decode_pairs(query).map_err(|error| error.at_stage(Stage::Setup))?;
            if let Some((name, _)) = pairs.iter().find(|(name, _)| is_read(name)) {
                let name = reserved_name(name);
                return Err(Error::setup(ErrorKind::Request(RequestError::ReservedParameter {
                    name,
                })));
            }
        }
        Ok(Self(Target::Url(url.to_owned())))
    }

    pub(crate) fn is_out_of_band(&self) -> bool {
        self.0 == Target::OutOfBand
    }

    /// The value of `oauth_callback`.
    pub(crate) fn as_parameter(&self) -> &str {
        match &self.0 {
            Target::OutOfBand => "oob",
            Target::Url(url) => url,
        }
    }
}

/// Reads a callback from a configuration: `oob` in any letter case is [`out_of_band`](Callback::out_of_band), and
/// anything else is a [`url`](Callback::url).
impl FromStr for Callback {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.eq_ignore_ascii_case("oob") { Ok(Self::out_of_band()) } else { Self::url(text) }
    }
}

impl fmt::Debug for Callback {
    // A callback may carry a session's key in its query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::OutOfBand => f.write_str("Callback::OutOfBand"),
            Target::Url(url) => {
                let shown = ShownUrl::of(url).to_string();
                f.debug_tuple("Callback::Url").field(&shown).finish()
            }
        }
    }
}

/// Returns whether a parameter of this name is read from what comes back.
fn is_read(name: &str) -> bool {
    name.starts_with("oauth_") || [DENIED, ERROR].contains(&name)
}

/// What is missing, if this is no absolute URL that a browser can be sent to.
fn check_absolute(url: &str) -> Result<(), &'static str> {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    if !has_scheme(url) {
        return Err("it is not an absolute URL; write https:// or http:// before the host");
    }
    // A host and a port look like a scheme.
    if !rest.starts_with('/') {
        return Err(
            "no slash follows its scheme; write http:// or https:// before a host with a port",
        );
    }
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let host =
        rest.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    if is_web && host.is_none_or(str::is_empty) {
        return Err("it has no host; write http:// or https:// before the host");
    }
    Ok(())
}

/// RFC 3986 section 3.1, followed by something.
fn has_scheme(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
    })
}

/// Proof that a verifier belongs to the flow: it came beside the issued token, or the user typed it
/// into the flow that waits for it.
#[derive(Clone)]
pub(crate) struct Matched {
    verifier: SecretString,
}

impl Matched {
    /// A verifier that the user copied. Surrounding white space is not part of it.
    pub(crate) fn typed(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            let advice = "copy the code that the provider shows after approval";
            return Err(no_verifier().with_detail(advice.to_owned()));
        }
        Ok(Self { verifier: SecretString::from(text) })
    }

    /// Reads a callback: a whole URL, a path with a query, or the query alone.
    pub(crate) fn received(
        callback: &str,
        issued: &SecretString,
        approval: &Approval,
    ) -> Result<Self, Error> {
        Self::read(callback, Some(issued), approval, false)
    }

    /// The same for a callback whose browser has shown, by its ticket, which flow it has begun.
    #[cfg(any(feature = "vault", test))]
    pub(crate) fn received_with_ticket(
        callback: &str,
        issued: &SecretString,
        approval: &Approval,
    ) -> Result<Self, Error> {
        Self::read(callback, Some(issued), approval, approval.accepts_callback_without_token())
    }

    /// With no token issued there is nothing that a verifier could belong to, and no match.
    fn read(
        callback: &str,
        issued: Option<&SecretString>,
        approval: &Approval,
        accepts_no_token: bool,
    ) -> Result<Self, Error> {
        let pairs = pairs_of(callback)?;
        let is_issued = |given: &SecretString| {
            let given = given.expose_secret().as_bytes();
            issued.is_some_and(|issued| given.ct_eq(issued.expose_secret().as_bytes()).into())
        };
        let mut token = None;
        let mut verifier = None;
        let mut word = None;
        let mut refused = false;
        let mut has_denied = false;
        let mut others_denial = false;
        for (name, value) in pairs {
            match &*name {
                "oauth_token" if token.is_some() => {
                    return Err(at_approval(ErrorKind::Callback(CallbackError::TokenMismatch)));
                }
                "oauth_token" => token = Some(SecretString::from(value.into_owned())),
                "oauth_verifier" if verifier.is_some() => {
                    let reason = "it has more than one verifier";
                    return Err(at_approval(ErrorKind::Callback(CallbackError::Unreadable {
                        reason,
                    })));
                }
                "oauth_verifier" => verifier = Some(SecretString::from(value.into_owned())),
                // Its value is the token, so it is no word to show, and tells whose denial it is.
                DENIED => {
                    refused = true;
                    has_denied = true;
                    others_denial |= !is_issued(&SecretString::from(value.into_owned()));
                }
                "oauth_problem" | ERROR => {
                    refused = true;
                    word = word.or_else(|| super::problem::word(&value));
                }
                _ => {}
            }
        }
        let matches = token.as_ref().map(is_issued);
        // A bare `denied=1` counts beside the token of this flow.
        if matches == Some(false) || matches.is_none() && others_denial {
            return Err(at_approval(ErrorKind::Callback(CallbackError::TokenMismatch)));
        }
        // A provider may put the token where its word should be.
        let word = word.filter(|word: &String| {
            issued.is_none_or(|issued| !super::redact::shows(word, &[issued.expose_secret()]))
        });
        // Where the only word is the name of the parameter, that is the word.
        let word = word.or_else(|| has_denied.then(|| DENIED.to_owned()));
        let denied = |problem| at_approval(ErrorKind::Denied { problem });
        let verifier = match verifier {
            Some(verifier) if !refused => verifier,
            _ => return Err(denied(word)),
        };
        if matches.is_none() && !accepts_no_token {
            return Err(at_approval(ErrorKind::Callback(CallbackError::TokenMismatch)));
        }
        if approval.is_denial(verifier.expose_secret()) {
            return Err(denied(super::problem::word(verifier.expose_secret())));
        }
        if verifier.expose_secret().is_empty() {
            let advice = "the provider granted nothing with this callback; begin again";
            return Err(no_verifier().with_detail(advice.to_owned()));
        }
        Ok(Self { verifier })
    }

    pub(crate) fn verifier(&self) -> &str {
        self.verifier.expose_secret()
    }
}

/// Returns whether a callback has any parameter that a provider's answer has, yes or no. A visit without one is
/// somebody who came by.
#[cfg(feature = "loopback")]
pub(crate) fn is_an_answer(callback: &str) -> bool {
    pairs_of(callback).is_ok_and(|pairs| pairs.iter().any(|(name, _)| is_read(name)))
}

/// The request token that a callback names, to find its flow by. It proves nothing.
///
/// A refusal may name it as the value of `denied`, or not at all.
#[cfg(any(feature = "vault", feature = "loopback"))]
pub(crate) fn named_token(callback: &str) -> Result<Option<SecretString>, Error> {
    let pairs = pairs_of(callback)?;
    let named = |wanted| {
        let mut values = pairs.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(_), Some(_)) => {
                Err(at_approval(ErrorKind::Callback(CallbackError::TokenMismatch)))
            }
            (value, _) => Ok(value.map(|value| SecretString::from(&**value))),
        }
    };
    Ok(named("oauth_token")?.or(named(DENIED)?))
}

/// What is to be said of a callback for which there is no flow: the refusal that it is, or that it
/// belongs to another.
#[cfg(feature = "vault")]
pub(crate) fn without_a_flow(callback: &str) -> Error {
    match Matched::read(callback, None, &Approval::new(), false) {
        Err(error) => error,
        Ok(_) => at_approval(ErrorKind::Callback(CallbackError::TokenMismatch)),
    }
}

fn pairs_of(callback: &str) -> Result<Vec<Pair<'_>>, Error> {
    let invalid = |reason| at_approval(ErrorKind::Callback(CallbackError::Unreadable { reason }));
    if callback.len() > MAX_BYTES {
        return Err(invalid("it is longer than 64 KiB"));
    }
    decode_pairs(query_of(callback.trim()))
        .map_err(|_| invalid("a parameter is not UTF-8 once percent-decoded"))
}

fn at_approval(kind: ErrorKind) -> Error {
    Error::new(Stage::Approval, kind)
}

fn no_verifier() -> Error {
    at_approval(ErrorKind::Callback(CallbackError::MissingVerifier))
}

/// The query of a URL or path, or the text itself if it is a query already.
fn query_of(callback: &str) -> &str {
    let callback = callback.split('#').next().unwrap_or_default();
    let (before, after) = match callback.split_once('?') {
        Some((before, after)) => (before, Some(after)),
        None => (callback, None),
    };
    let (name, has_value) =
        before.split_once('=').map_or((before, false), |(name, _)| (name, true));
    let is_address = name.contains('/') || has_scheme(name);
    // `ns:k=1&…` is a query, and so is one with a question mark in a value. `app:a=1?…` is an address,
    // as is everything with a slash before the first equals sign; `app:a&b=1?…` is one if what follows
    // is an answer.
    let is_query = has_value
        && !name.contains('/')
        && after
            .is_none_or(|after| !has_scheme(before) || (before.contains('&') && !is_answer(after)));
    match after {
        _ if is_query => callback,
        Some(after) => after,
        None if is_address => "",
        None => callback,
    }
}

/// Returns whether a query has a name that a provider's answer has.
fn is_answer(query: &str) -> bool {
    const NAMES: [&str; 5] = ["oauth_token", "oauth_verifier", "oauth_problem", "denied", "error"];
    query.split('&').any(|pair| pair.split('=').next().is_some_and(|name| NAMES.contains(&name)))
}

#[cfg(test)]
mod tests;
