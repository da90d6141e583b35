//! What can be seen of a request without its signature.

use std::{collections::HashMap, fmt};

use super::{
    key::Named,
    sent::{Place, Reading, shown_name},
};

/// What is wrong with a request, or looks wrong, whatever its signature is. `Display` says what it is and what to do.
/// [`is_refusal`](Self::is_refusal) says whether providers refuse the request for it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::signature::diagnose::{Check, Diagnose, Diagnosis, Secrets, Sent};
///
/// // A request whose header has this value:
/// let authorization = r#"OAuth oauth_consumer_key="key", oauth_nonce="n1", oauth_signature="GqzabLu5cb1mDez%2FL5K9aelVPLc%3D",
///     oauth_signature_method="HMAC-SHA1", oauth_timestamp="1767225600000""#;
/// # let mut headers = http::HeaderMap::new();
/// # headers.insert("authorization", authorization.replace('\n', "").parse()?);
/// let sent = Sent { method: "GET", url: "https://api.example/1/me", headers: &headers, body: b"" };
/// let diagnosis: Diagnosis = Diagnose::new(Secrets::new("secret")).diagnose(&sent)?;
/// assert_eq!(diagnosis.checks(), [Check::TimestampNotSeconds]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// A parameter that every signed request has is missing. `name` says which.
    #[non_exhaustive]
    Missing {
        /// The parameter.
        name: &'static str,
    },
    /// An OAuth parameter occurs more than once.
    #[non_exhaustive]
    Repeated {
        /// The parameter.
        name: String,
    },
    /// The OAuth parameters are in more than one place: header, query or body.
    SeveralPlaces,
    /// The timestamp is not a positive number of seconds.
    TimestampUnreadable,
    /// The timestamp is in milliseconds, or a smaller unit.
    TimestampNotSeconds,
    /// The timestamp differs from the given time by this many seconds; positive if it is later.
    #[non_exhaustive]
    ClockOff {
        /// The distance in seconds.
        seconds: i64,
    },
    /// `oauth_version` is not `1.0`.
    VersionNotOne,
    /// The signature method is not written as in its definition: in lower case, or as `HMAC-SHA-1`. `name` is how it is
    /// written.
    #[non_exhaustive]
    MethodMisspelled {
        /// The name of the method that is probably meant.
        name: &'static str,
    },
    /// The signature method is none that is known here. The signature is compared as one of the HMAC methods.
    MethodUnknown,
    /// The body looks like a form, but there is no content type that says so. So it is not signed.
    FormWithoutType,
    /// The content type says that the body is a form, but the body does not look like a form.
    TypeWithoutForm,
    /// The content type says that the body is a form, but the body is not UTF-8. Its parameters are not read here, so the
    /// signature is compared with one that does not cover them.
    FormNotUtf8,
    /// The signature is correct, and the body is a multipart body with text parts, which are not signed. Some providers
    /// want them signed, such as Flickr for an upload: see
    /// [`Multipart::with_signed_text`](crate::Multipart::with_signed_text).
    TextPartsUnsigned,
    /// The request has an `oauth_token`, and [`Secrets`](super::Secrets) has no token secret. So the signature is compared
    /// with those that are made without one.
    TokenSecretNotGiven,
}

impl Check {
    /// Returns whether providers refuse the request for it, whatever its signature is. The others are only worth a look:
    /// the request may be meant like that.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !matches!(
            self,
            Self::FormWithoutType
                | Self::TypeWithoutForm
                | Self::FormNotUtf8
                | Self::TextPartsUnsigned
                | Self::TokenSecretNotGiven
        )
    }
}

/// Providers accept timestamps that are at most so far off.
const WINDOW: i64 = 300;

/// The checks that fail. `now` is the time when the request was sent, in Unix seconds.
pub(super) fn failing(reading: &Reading<'_>, now: Option<i64>) -> Vec<Check> {
    let mut failing = Vec::new();
    let is_plaintext =
        reading.get("oauth_signature_method").is_some_and(|m| m.eq_ignore_ascii_case("PLAINTEXT"));
    for name in ["oauth_consumer_key", "oauth_signature_method", "oauth_timestamp", "oauth_nonce"] {
        let is_needed = !is_plaintext || !matches!(name, "oauth_timestamp" | "oauth_nonce");
        if is_needed && reading.get(name).is_none_or(str::is_empty) {
            failing.push(Check::Missing { name });
        }
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for one in &reading.protocol {
        let times = seen.entry(one.name.as_str()).or_default();
        *times += 1;
        if *times == 2 {
            failing.push(Check::Repeated { name: shown_name(&one.name) });
        }
    }
    let is_in = |place: Place| reading.protocol.iter().any(|one| one.place == place);
    if [Place::Header, Place::Query, Place::Form].into_iter().filter(|place| is_in(*place)).count()
        > 1
    {
        failing.push(Check::SeveralPlaces);
    }
    if let Some(text) = reading.get("oauth_timestamp").filter(|text| !text.is_empty()) {
        failing.extend(timestamp(text, now));
    }
    if reading.get("oauth_version").is_some_and(|version| version != "1.0") {
        failing.push(Check::VersionNotOne);
    }
    match Named::read(reading.get("oauth_signature_method").unwrap_or_default()) {
        Named::Misspelled(_, name) => failing.push(Check::MethodMisspelled { name }),
        Named::Unknown => failing.push(Check::MethodUnknown),
        Named::Well(_) | Named::Rsa | Named::Missing => {}
    }
    // Who names another type means it: such a body can be anything.
    if reading.content_type.is_none() && reading.other_body.is_some_and(looks_like_form) {
        failing.push(Check::FormWithoutType);
    }
    if reading.is_form_unreadable {
        failing.push(Check::FormNotUtf8);
    }
    if reading.form.is_some_and(|body| body.trim_start().starts_with(['{', '[', '<'])) {
        failing.push(Check::TypeWithoutForm);
    }
    failing
}

/// What is worth a look beside the verdict. `has_secret` is whether the token's secret was given.
pub(super) fn beside(reading: &Reading<'_>, has_secret: bool, is_correct: bool) -> Option<Check> {
    let has_token = reading.get("oauth_token").is_some_and(|token| !token.is_empty());
    let method = Named::read(reading.get("oauth_signature_method").unwrap_or_default());
    // An RSA signature is made without secrets.
    if has_token && !has_secret && method != Named::Rsa {
        return Some(Check::TokenSecretNotGiven);
    }
    (is_correct && reading.has_text_parts()).then_some(Check::TextPartsUnsigned)
}

fn looks_like_form(body: &str) -> bool {
    !body.starts_with(['{', '[', '<', '-', '"'])
        && !body.contains(char::is_whitespace)
        && body.split('&').all(|pair| pair.split_once('=').is_some_and(|(name, _)| !name.is_empty()))
        // Base64 ends with `=`.
        && body.split('&').any(|pair| !pair.trim_end_matches('=').is_empty() && !pair.ends_with('='))
}

fn timestamp(text: &str, now: Option<i64>) -> Option<Check> {
    // 5138-11-16: no clock is that wrong, but in milliseconds it is 1973.
    const TOO_LARGE: i64 = 100_000_000_000;
    let Some(timestamp) = text.parse::<i64>().ok().filter(|seconds| *seconds > 0) else {
        return Some(Check::TimestampUnreadable);
    };
    if timestamp >= TOO_LARGE {
        return Some(Check::TimestampNotSeconds);
    }
    let seconds = timestamp.saturating_sub(now?);
    (seconds.abs() > WINDOW).then_some(Check::ClockOff { seconds })
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => write!(f, "{name} is missing; every signed request has it"),
            Self::Repeated { name } => {
                write!(f, "{name} is there more than once; send each OAuth parameter once")
            }
            Self::SeveralPlaces => f.write_str(
                "OAuth parameters are in more than one place; send all of them in the header, in the query or in the body",
            ),
            Self::TimestampUnreadable => {
                f.write_str("oauth_timestamp is not a positive whole number of seconds")
            }
            Self::TimestampNotSeconds => f.write_str(
                "oauth_timestamp is too large for seconds; divide milliseconds by 1,000",
            ),
            Self::ClockOff { seconds } => {
                let (distance, side) =
                    (seconds.unsigned_abs(), if *seconds < 0 { "behind" } else { "ahead" });
                write!(
                    f,
                    "oauth_timestamp is {distance} seconds {side}; most providers accept 300, so set the clock of the machine that signs"
                )
            }
            Self::VersionNotOne => {
                f.write_str("oauth_version is not 1.0; send 1.0, or leave it out")
            }
            Self::MethodMisspelled { name } => {
                write!(f, "oauth_signature_method is not written as {name}; write it exactly so")
            }
            Self::MethodUnknown => f.write_str(
                "oauth_signature_method is none that is known here: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512 or PLAINTEXT",
            ),
            Self::FormWithoutType => f.write_str(
                "the body looks like a form, and there is no content type; with the content type application/x-www-form-urlencoded it must be signed",
            ),
            Self::TypeWithoutForm => f.write_str(
                "the content type says that the body is a form, but the body looks like JSON or XML; the content type decides whether it is signed",
            ),
            Self::FormNotUtf8 => f.write_str(
                "the content type says that the body is a form, but the body is not UTF-8; its parameters were not read, so percent-encode them",
            ),
            Self::TextPartsUnsigned => f.write_str(
                "the text parts of the multipart body are not signed; some providers want them signed, such as Flickr for an upload (`Multipart::with_signed_text`)",
            ),
            Self::TokenSecretNotGiven => f.write_str(
                "the request has an oauth_token, and no token secret was given; the signature must be made with it, so give it too (`Secrets::with_token`)",
            ),
        }
    }
}
