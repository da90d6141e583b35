//! What a reply means, and the error that is made of one that says no.

// Layer 3: uses `client`, `protocol`, `signature`. A reply is classified once: by `exchange`, which gives what it has
// found with the reply, or by whoever was brought a reply.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};

use crate::{
    client::Client,
    dead_stack::wipe_dead_stack,
    error::{
        Error, class::ErrorClass, kind::ErrorKind, meaning::Meaning, report::ProblemReport,
        stage::Stage,
    },
    protocol::{
        dialect::Dialect,
        problem::{self, Asked, Problem},
        redact::{self, words::Source},
    },
    provider::Provider,
    shown::ShownUrl,
    signature::method::SignatureMethod,
};

/// A reply, with what it means.
pub(crate) struct Classified {
    pub(crate) reply: Response<Bytes>,
    pub(crate) problem: Problem,
    /// Whether the same request may succeed with another timestamp or nonce.
    pub(crate) asks_to_sign_again: bool,
    pub(crate) known: Known,
}

/// What a call knows of a reply that the dialect takes for a refusal.
pub(crate) enum Known {
    /// No more than the dialect.
    Nothing,
    /// The error that it is.
    #[cfg_attr(not(feature = "fatsecret"), expect(dead_code, reason = "its typed calls know more"))]
    Error(Error),
    /// That it is an answer to this call: there is nothing.
    #[cfg_attr(not(feature = "fatsecret"), expect(dead_code, reason = "its typed calls know more"))]
    Answer,
}

/// Whether the provider did what it was asked for, as far as the reply tells.
pub(crate) fn is_done<B>(reply: &Response<B>, problem: &Problem) -> bool {
    reply.status().is_success() && !problem.is_refusal
}

/// What a reply means, by the provider's dialect.
pub(crate) fn classify<B: AsRef<[u8]>>(
    client: &Client,
    stage: Stage,
    reply: &Response<B>,
) -> Problem {
    classify_by(client.provider().dialect(), client, stage, reply)
}

/// The same by another dialect.
pub(crate) fn classify_by<B: AsRef<[u8]>>(
    dialect: &Dialect,
    client: &Client,
    stage: Stage,
    reply: &Response<B>,
) -> Problem {
    let asked = if is_token_call(stage) { Asked::Token } else { Asked::Resource };
    let (status, headers) = (reply.status(), reply.headers());
    let mut problem = Problem::read(dialect, asked, status, headers, reply.body().as_ref());
    if asked == Asked::Token {
        wipe_dead_stack();
    }
    if problem.meaning == Some(Meaning::Verifier) && stage != Stage::AccessToken {
        // No other call has one: the words are about something else.
        problem.meaning = None;
    }
    if problem.meaning == Some(Meaning::Nonce) {
        // Some providers call a timestamp outside of their window a used nonce.
        let is_far = |date| client.time().is_far_from(date);
        if date(headers).is_some_and(is_far) {
            problem.meaning = Some(Meaning::Clock);
        }
    }
    problem
}

/// The error of a reply that is a refusal. `secrets` are masked in what is shown of it.
pub(crate) fn error(
    client: &Client,
    stage: Stage,
    reply: (StatusCode, &HeaderMap, &[u8]),
    problem: &Problem,
    secrets: &[&str],
) -> Error {
    let (status, headers, body) = reply;
    let error = bare(client, stage, reply, problem, secrets);
    if status.is_redirection() {
        return match target(headers).filter(|target| !redact::shows(target, secrets)) {
            Some(target) => error.with_detail(format!("it points to {target}")),
            None => error,
        };
    }
    let mut detail = Vec::new();
    if let Some(report) = error.report().filter(|_| problem.fields.in_header) {
        detail.push(report.to_string());
    }
    detail.extend(advice(client.provider(), stage, status, problem));
    let excerpt = redact::excerpt(source(stage, status), body, secrets);
    let error = error.with_excerpt(excerpt);
    if detail.is_empty() { error } else { error.with_detail(detail.join("; ")) }
}

/// The same without what is shown of the reply, and without advice.
pub(crate) fn bare(
    client: &Client,
    stage: Stage,
    reply: (StatusCode, &HeaderMap, &[u8]),
    problem: &Problem,
    secrets: &[&str],
) -> Error {
    let (status, headers, body) = reply;
    if status.is_redirection() {
        return Error::new(stage, ErrorKind::Redirected { status });
    }
    let kind = if problem.meaning == Some(Meaning::Clock) {
        ErrorKind::TimestampRefused { status }
    } else {
        ErrorKind::Rejected { status, problem: word(stage, status, problem, secrets) }
    };
    let dialect = client.provider().dialect();
    let mut error = Error::new(stage, kind)
        .with_meaning(problem.meaning)
        .with_token_ended(dialect.says_token_ended(problem.meaning, problem.word.as_deref()))
        .with_report(report(problem, body, secrets))
        .with_retry_after(retry_after(headers, || client.time().unix_seconds().ok()));
    if problem.meaning == Some(Meaning::RateLimited) {
        // Whatever its status, 200 among them: a later call may be carried out.
        let pause = error.retry_after().or(dialect.rate_pause());
        error = error.with_retryable(true).with_retry_after(pause).with_may_have_happened(false);
    } else if problem.meaning.is_some() && !matches!(status.as_u16(), 408 | 500..=504) {
        // Each meaning says that the request was not accepted, and some providers say it with a status of success. A server
        // that fails may say it after half of the work.
        error = error.with_may_have_happened(false);
    }
    if let Some(class) = class(problem.meaning) {
        return error.with_class(class);
    }
    match problem.word.as_deref().and_then(|word| dialect.class_of(word)) {
        // The provider itself had a failure, and does not say whether before or after it did what was asked.
        Some(class @ ErrorClass::RetryLater) => {
            error.with_class(class).with_retryable(true).with_may_have_happened(true)
        }
        Some(class) => error.with_class(class).with_may_have_happened(false),
        None => error,
    }
}

/// Without a user there is no token that a login could replace: the consumer is at fault.
pub(crate) fn without_user(error: Error) -> Error {
    if error.needs_reauthorization() {
        return error.with_class(ErrorClass::Configuration);
    }
    error
}

fn source(stage: Stage, status: StatusCode) -> Source {
    let is_token_reply = is_token_call(stage) && status.is_success();
    if is_token_reply { Source::TokenReply } else { Source::Refusal }
}

/// The provider's word for the problem, as it may be shown.
pub(crate) fn word(
    stage: Stage,
    status: StatusCode,
    problem: &Problem,
    secrets: &[&str],
) -> Option<String> {
    problem.word.as_deref().and_then(|word| shown(word, source(stage, status), secrets))
}

/// Where a redirect points to, as it may be shown.
fn target(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 200;

    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    Some(ShownUrl::of(location).to_string().chars().take(LONGEST).collect())
}

fn is_token_call(stage: Stage) -> bool {
    matches!(stage, Stage::RequestToken | Stage::AccessToken | Stage::Renewal)
}

/// The provider's word as it may be shown: a plain one as it is, a sentence masked. A provider may put a
/// secret in its place.
fn shown(word: &str, source: Source, secrets: &[&str]) -> Option<String> {
    // Where a token should be, a word with a digit may be one. A short number is a code.
    let is_code = word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let may_be_token = matches!(source, Source::TokenReply)
        && !is_code
        && word.bytes().any(|byte| byte.is_ascii_digit());
    if let Some(word) = problem::word(word).filter(|_| !may_be_token) {
        return (!redact::shows(&word, secrets)).then_some(word);
    }
    let text = redact::excerpt_of(source, word.as_bytes(), secrets, 200);
    text.contains(char::is_alphanumeric).then_some(text)
}

fn report(problem: &Problem, body: &[u8], secrets: &[&str]) -> ProblemReport {
    let fields = &problem.fields;
    let text = |field: &Option<String>| {
        let text = field.as_ref()?.as_bytes();
        Some(redact::excerpt(Source::Refusal, text, secrets)).filter(|text| !text.is_empty())
    };
    let names = |field: &Option<String>| {
        let pieces = field.as_deref().unwrap_or_default().split(['&', ',', ' ', ';']);
        let names = pieces.filter_map(|piece| problem::word(piece.split('=').next()?.trim()));
        names.filter(|name| !redact::shows(name, secrets)).take(32).collect()
    };
    ProblemReport {
        advice: text(&fields.advice),
        absent: names(&fields.absent),
        rejected: names(&fields.rejected),
        versions: text(&fields.versions),
        timestamps: fields.timestamps.as_deref().and_then(problem::range),
        base_string: problem::base_string(body, secrets),
    }
}

/// Who has to act, where the provider's words say more than the kind of the error.
fn class(meaning: Option<Meaning>) -> Option<ErrorClass> {
    match meaning? {
        Meaning::Clock | Meaning::Nonce => None,
        Meaning::DeadToken => Some(ErrorClass::Reauthorize),
        Meaning::Denied | Meaning::Verifier => Some(ErrorClass::User),
        Meaning::RateLimited | Meaning::QuotaUsed => Some(ErrorClass::RetryLater),
        Meaning::Signature | Meaning::Consumer => Some(ErrorClass::Configuration),
    }
}

/// What to look at first. A wrong consumer secret is the first error of every newcomer.
fn advice(
    provider: &Provider,
    stage: Stage,
    status: StatusCode,
    problem: &Problem,
) -> Option<String> {
    let is_silent = status == StatusCode::UNAUTHORIZED
        && problem.word.is_none()
        && problem.meaning.is_none()
        && stage == Stage::RequestToken;
    let meaning = if is_silent { Meaning::Signature } else { problem.meaning? };
    let advice = match meaning {
        Meaning::Signature => {
            let shows = match stage {
                Stage::RequestToken => "`explain_request_token`",
                Stage::AccessToken => "`explain_exchange`",
                _ => "`ResourceRequest::explain`",
            };
            let causes = causes(provider.signing().method(), stage);
            format!(
                "{causes}; {shows} shows what was signed, and `signature::diagnose` finds the mistake in a request of `build`"
            )
        }
        Meaning::Consumer => {
            "check the consumer key, and that it is one for this provider and these URLs".to_owned()
        }
        Meaning::Verifier => {
            return Some(
                "the usual cause is a mistyped code; ask for it once more with the same flow"
                    .to_owned(),
            );
        }
        _ => return None,
    };
    Some(match provider.dialect().mistaken() {
        Some(mistaken) => format!("{advice}; {mistaken}"),
        None => advice,
    })
}

/// Why a signature is refused, mostly.
fn causes(method: &SignatureMethod, stage: Stage) -> &'static str {
    match (method, stage) {
        // RSA signs with a key, and with no secret.
        (SignatureMethod::Custom(_), _) => {
            "the usual causes are a signing key that does not belong to the registered one, a signature method or hash that the provider does not expect, and a URL that is not spelled as the provider spells it"
        }
        (_, Stage::RequestToken) => {
            "the usual causes are a wrong consumer secret, a URL that is not spelled as the provider spells it, and another signature method"
        }
        (_, Stage::AccessToken) => {
            "the usual causes are a wrong consumer secret and a request token whose secret was lost or belongs to another one"
        }
        _ => {
            "the usual causes are a wrong secret and a URL or a body that was changed after it was signed"
        }
    }
}

/// The reply's `Date`, in Unix seconds.
pub(crate) fn date(headers: &HeaderMap) -> Option<u64> {
    unix_seconds(headers.get(header::DATE)?.to_str().ok()?)
}

fn unix_seconds(date: &str) -> Option<u64> {
    let date = httpdate::parse_http_date(date).ok()?;
    date.duration_since(std::time::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// How long the reply asks to wait (RFC 9110 section 10.2.3): seconds, or a date, which counts from the
/// reply's own, or from `now` if it has none. At most a day.
fn retry_after(headers: &HeaderMap, now: impl Fn() -> Option<u64>) -> Option<Duration> {
    const MOST: u64 = 24 * 60 * 60;
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().unwrap_or(MOST)
    } else {
        unix_seconds(text)?.saturating_sub(date(headers).or_else(now)?)
    };
    (!text.is_empty()).then(|| Duration::from_secs(seconds.min(MOST)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_pause_that_is_asked_for_is_read_and_bounded() {
        let read = |pause: &'static str| {
            let mut headers = HeaderMap::new();
            let date = HeaderValue::from_static("Thu, 01 Jan 2026 02:00:00 GMT");
            headers.insert(header::DATE, date);
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(pause));
            retry_after(&headers, || None).map(|pause| pause.as_secs())
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Thu, 01 Jan 2026 02:01:30 GMT"), Some(90));
        assert_eq!(read("Thu, 01 Jan 2026 01:00:00 GMT"), Some(0));
        for long in ["86401", "99999999999999999999999", "Fri, 01 Jan 2027 02:00:00 GMT"] {
            assert_eq!(read(long), Some(86_400), "{long}");
        }
        for nothing in ["", "-1", "soon", "1.5"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), || None), None);
        let mut undated = HeaderMap::new();
        let date = HeaderValue::from_static("Thu, 01 Jan 2026 00:01:30 GMT");
        undated.insert(header::RETRY_AFTER, date);
        let now = || Some(1_767_225_600);
        assert_eq!(retry_after(&undated, now), Some(Duration::from_secs(90)));
        assert_eq!(retry_after(&undated, || None), None);
    }
}
