//! What can be seen of a request without its signature.

use std::fmt;

use super::sent::{Place, Reading, shown_name};

/// A problem of the request for which providers refuse it, whatever its signature is. `Display` says what is wrong
/// and what to do.
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
    /// The body looks like a form, but its content type does not say so. So it is not signed.
    FormWithoutType,
    /// The content type says that the body is a form, but the body does not look like a form.
    TypeWithoutForm,
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
    let mut seen: Vec<&str> = Vec::new();
    for one in &reading.protocol {
        let name = one.name.as_str();
        if seen.iter().filter(|other| **other == name).count() == 1 {
            failing.push(Check::Repeated { name: shown_name(name) });
        }
        seen.push(name);
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
    let looks_like_form = |body: &str| {
        !body.trim_start().starts_with(['{', '[', '<', '-', '"'])
            && body.contains('=')
            && !body.contains(char::is_whitespace)
    };
    if reading.other_body.is_some_and(looks_like_form) && !is_multipart(reading.content_type) {
        failing.push(Check::FormWithoutType);
    }
    if reading.form.is_some_and(|body| body.trim_start().starts_with(['{', '[', '<'])) {
        failing.push(Check::TypeWithoutForm);
    }
    failing
}

fn is_multipart(content_type: Option<&str>) -> bool {
    content_type
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/"))
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
            Self::FormWithoutType => f.write_str(
                "the body looks like a form; with the content type application/x-www-form-urlencoded it must be signed",
            ),
            Self::TypeWithoutForm => f.write_str(
                "the content type says that the body is a form, but the body looks like JSON or XML; the content type decides whether it is signed",
            ),
        }
    }
}
