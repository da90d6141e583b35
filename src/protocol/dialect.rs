//! What a refusal means: a table from what a provider says, and where, to what a program can do.

// Rows are data, so that a provider that says it otherwise is another table and no other code.

use std::{borrow::Cow, time::Duration};

use crate::error::{class::ErrorClass, meaning::Meaning};

/// Who has to act on the errors with numbers from the first to the second of these.
pub(crate) type NumberedClass = (u32, u32, ErrorClass);

/// The place in a reply where a provider says what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// A word for programs: `oauth_problem`, `error`, a word in a list of reasons, or a code that is not a
    /// number.
    Word,
    /// The number of one error: `{"error":{"code":6}}` or `<error><code>6</code></error>`.
    Code,
    /// The number of the first of several errors: `{"errors":[{"code":135}]}`.
    ListedCode,
    /// A text for people, anywhere in the reply. The row's text has to be a part of it.
    Sentence,
}

struct Row {
    place: Place,
    says: Says,
    means: Meaning,
}

enum Says {
    /// Exactly this, without regard to letter case and to `-` or `_`.
    Word(&'static str),
    /// A sentence with one of each of these groups of words, and none of the last group.
    Sentence { all: &'static str, any: &'static [&'static str], none: &'static [&'static str] },
}

const fn word(word: &'static str, means: Meaning) -> Row {
    Row { place: Place::Word, says: Says::Word(word), means }
}

const fn listed(number: &'static str, means: Meaning) -> Row {
    Row { place: Place::ListedCode, says: Says::Word(number), means }
}

const fn sentence(
    all: &'static str,
    any: &'static [&'static str],
    none: &'static [&'static str],
    means: Meaning,
) -> Row {
    Row { place: Place::Sentence, says: Says::Sentence { all, any, none }, means }
}

/// Words and sentences that have one meaning at all providers that are known to use them: the problem
/// reporting extension's, those of oauthlib, Authlib, OKAPI and X, and what some say in words.
static COMMON: [Row; 40] = [
    word("timestamp_refused", Meaning::Clock),
    word("timestamp_invalid", Meaning::Clock),
    word("timestamp_expired", Meaning::Clock),
    word("invalid_timestamp", Meaning::Clock),
    word("expired_timestamp", Meaning::Clock),
    word("nonce_used", Meaning::Nonce),
    word("nonce_invalid", Meaning::Nonce),
    word("nonce_already_used", Meaning::Nonce),
    word("invalid_nonce", Meaning::Nonce),
    word("token_rejected", Meaning::DeadToken),
    word("token_revoked", Meaning::DeadToken),
    word("token_expired", Meaning::DeadToken),
    word("token_used", Meaning::DeadToken),
    word("invalid_token", Meaning::DeadToken),
    word("user_refused", Meaning::Denied),
    word("permission_denied", Meaning::Denied),
    word("access_denied", Meaning::Denied),
    word("verifier_invalid", Meaning::Verifier),
    word("invalid_verifier", Meaning::Verifier),
    word("rate_limit_exceeded", Meaning::RateLimited),
    word("too_many_requests", Meaning::RateLimited),
    word("signature_invalid", Meaning::Signature),
    word("invalid_signature", Meaning::Signature),
    word("signature_mismatch", Meaning::Signature),
    word("consumer_key_unknown", Meaning::Consumer),
    word("consumer_key_rejected", Meaning::Consumer),
    word("consumer_key_refused", Meaning::Consumer),
    word("consumer_unknown", Meaning::Consumer),
    word("invalid_consumer", Meaning::Consumer),
    word("invalid_consumer_key", Meaning::Consumer),
    word("invalid_client", Meaning::Consumer),
    listed("135", Meaning::Clock),
    listed("89", Meaning::DeadToken),
    listed("88", Meaning::RateLimited),
    listed("32", Meaning::Signature),
    sentence(
        "timestamp",
        &[
            "invalid",
            "expired",
            "refused",
            "rejected",
            "skew",
            "out of",
            "outside",
            "beyond",
            "too old",
            "too far",
            "too early",
            "too late",
            "in the future",
            "in the past",
            "stale",
        ],
        &["signature", "missing", "required"],
        Meaning::Clock,
    ),
    sentence(
        "nonce",
        &["invalid", "used", "already", "replay", "repeated", "duplicate"],
        &["signature", "missing", "required"],
        Meaning::Nonce,
    ),
    sentence(
        "verifier",
        &["invalid", "wrong", "incorrect", "match", "not valid", "rejected"],
        &["signature", "missing", "required"],
        Meaning::Verifier,
    ),
    sentence(
        "signature",
        &["invalid", "match", "incorrect", "wrong", "bad ", "verif", "fail"],
        &["missing", "required", "method", "unsupported"],
        Meaning::Signature,
    ),
    sentence(
        "consumer key",
        &["invalid", "unknown", "not found", "rejected", "not valid"],
        &["missing", "required"],
        Meaning::Consumer,
    ),
];

/// The form of an error that a provider sends with a success status.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Client, Consumer, Dialect, Provider, SuccessRefusal};
///
/// # let provider = Provider::fatsecret();
/// let dialect = Dialect::new().with_success_refusal(SuccessRefusal::Stat);
/// let client = Client::new(provider.with_dialect(dialect), Consumer::new("key", "secret"))?;
/// let (_request, pending) = client.signed().get("https://platform.fatsecret.com/me").build()?;
///
/// let reply = http::Response::new(r#"{"stat":"fail","code":98,"message":"Invalid token"}"#);
/// let error = pending.receive(reply).error_for_status().unwrap_err();
/// assert_eq!((error.status(), error.problem()), (Some(http::StatusCode::OK), Some("98")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SuccessRefusal {
    /// The member `error` of a JSON object, or the XML element: `{"error":{"code":6,"message":"…"}}`.
    Error,
    /// `{"stat":"fail","code":98,"message":"…"}` or `<rsp stat="fail"><err code="98" msg="…"/></rsp>`.
    Stat,
    /// `{"meta":{"code":401,"message":"…"}}` with a code of 400 or more.
    Meta,
}

/// The error codes and words of a provider: a table from (place, code or word) to a meaning.
///
/// The words of the problem reporting extension (`oauth_problem=timestamp_refused`), those of the usual server
/// libraries, and sentences such as "Invalid signature" are understood without adding rows.
///
/// # Examples
///
/// ```
/// use tripod::{Dialect, Meaning, Place};
///
/// let dialect = Dialect::new()
///     .with(Place::Code, "1017", Meaning::DeadToken)
///     .with(Place::Word, "slow_down", Meaning::RateLimited)
///     .with(Place::Sentence, "the clock of your machine", Meaning::Clock);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dialect {
    rows: Vec<(Place, String, Meaning)>,
    success: Option<SuccessRefusal>,
    /// What the text of a refusal to a token call begins with, whatever its status.
    beginning: Option<Cow<'static, str>>,
    any_success: bool,
    /// What a newcomer mistakes for the consumer's key and secret.
    mistaken: Option<&'static str>,
    /// Who has to act on errors that are numbers, where no row says more.
    classes: &'static [NumberedClass],
    /// How long to send nothing after "too many requests", if the reply does not say.
    rate_pause: Option<Duration>,
}

impl Dialect {
    /// Creates a dialect without own rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row: what `said` means in this place. It has precedence over the built-in rows.
    ///
    /// Letter case does not matter, and in a word `-` and `_` are the same.
    #[must_use]
    pub fn with(mut self, place: Place, said: impl Into<String>, means: Meaning) -> Self {
        self.rows.push((place, spelled(place, &said.into()), means));
        self
    }

    /// Sets the form of errors that the provider sends with a success status. Then
    /// [`error_for_status`](crate::ResourceResponse::error_for_status) returns them as errors.
    #[must_use]
    pub fn with_success_refusal(mut self, form: SuccessRefusal) -> Self {
        self.success = Some(form);
        self
    }

    /// Sets how the error text of a token call begins, whatever its status, such as MediaWiki's `Error: `.
    #[must_use]
    pub fn with_refusal_beginning(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.beginning = Some(text.into());
        self
    }

    /// Accepts token replies with any 2xx status, for example for a provider that sends 201. RFC
    /// 5849 says 200.
    #[must_use]
    pub fn tolerate_any_success_status(mut self) -> Self {
        self.any_success = true;
        self
    }

    /// What is added to the advice about a refused signature.
    pub(crate) fn with_mistaken(mut self, advice: &'static str) -> Self {
        self.mistaken = Some(advice);
        self
    }

    /// Sets who has to act on errors that are numbers, where no row says more.
    pub(crate) fn with_classes(mut self, classes: &'static [NumberedClass]) -> Self {
        self.classes = classes;
        self
    }

    /// Sets how long to send nothing after a [`Meaning::RateLimited`], if the reply does not say.
    pub(crate) fn with_rate_pause(mut self, pause: Duration) -> Self {
        self.rate_pause = Some(pause);
        self
    }

    /// Who has to act on the error of this number.
    pub(crate) fn class_of(&self, number: &str) -> Option<ErrorClass> {
        class_in(self.classes, number.trim().parse().ok()?)
    }

    pub(crate) fn success_refusal(&self) -> Option<SuccessRefusal> {
        self.success
    }

    pub(crate) fn refusal_beginning(&self) -> Option<&str> {
        self.beginning.as_deref()
    }

    pub(crate) fn tolerates_any_success(&self) -> bool {
        self.any_success
    }

    pub(crate) fn rate_pause(&self) -> Option<Duration> {
        self.rate_pause
    }

    pub(crate) fn mistaken(&self) -> Option<&'static str> {
        self.mistaken
    }

    /// Whether this word says that the token itself has ended. At the exchange, another code does not help then.
    ///
    /// Some providers call the token invalid if the code was mistyped, but none is known that calls it used or expired.
    pub(crate) fn says_token_ended(&self, meaning: Option<Meaning>, word: Option<&str>) -> bool {
        let is_ended = |word: &str| {
            let word = spelled(Place::Word, word);
            matches!(word.as_str(), "token_expired" | "token_used" | "token_revoked")
        };
        // A provider with words of its own for a mistyped code means the token where it says so.
        let names_wrong_codes = || self.rows.iter().any(|row| row.2 == Meaning::Verifier);
        meaning == Some(Meaning::DeadToken) && (word.is_some_and(is_ended) || names_wrong_codes())
    }

    /// What it means that this was said in this place.
    pub(crate) fn meaning(&self, place: Place, said: &str) -> Option<Meaning> {
        let said = spelled(place, said);
        let mut own = self.rows.iter().filter(|row| row.0 == place);
        let mut common = COMMON.iter().filter(|row| row.place == place);
        if place == Place::Sentence {
            let own = own.find(|(_, part, _)| said.contains(part.as_str()));
            return own
                .map(|row| row.2)
                .or_else(|| common.find(|row| row.says.is_in(&said)).map(|row| row.means));
        }
        let own = own.find(|(_, word, _)| *word == said).map(|row| row.2);
        own.or_else(|| {
            let is_said = |row: &&Row| matches!(row.says, Says::Word(word) if word == said);
            common.find(is_said).map(|row| row.means)
        })
    }
}

pub(crate) fn class_in(classes: &[NumberedClass], number: u32) -> Option<ErrorClass> {
    classes.iter().find(|(from, to, _)| (*from..=*to).contains(&number)).map(|row| row.2)
}

/// Words are the same in any letter case, and with `-` for `_`.
fn spelled(place: Place, said: &str) -> String {
    let said = said.trim().to_ascii_lowercase();
    if place == Place::Sentence { said } else { said.replace('-', "_") }
}

impl Says {
    fn is_in(&self, sentence: &str) -> bool {
        match self {
            Self::Word(_) => false,
            Self::Sentence { all, any, none } => {
                let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
                sentence.contains(all) && has(any) && !has(none)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(place: Place, said: &str, means: Option<Meaning>) {
        assert_eq!(Dialect::new().meaning(place, said), means, "{said}");
    }

    #[test]
    fn words_mean_the_same_however_they_are_spelled() {
        for said in ["invalid_timestamp", "Invalid-Timestamp", " INVALID_TIMESTAMP "] {
            check(Place::Word, said, Some(Meaning::Clock));
        }
        check(Place::Word, "parameter_absent", None);
        check(Place::Word, "", None);
    }

    #[test]
    fn a_number_means_something_only_in_its_place() {
        check(Place::ListedCode, "135", Some(Meaning::Clock));
        check(Place::Code, "135", None);
        check(Place::Code, "6", None);
        let own = Dialect::new().with(Place::Code, "6", Meaning::Clock);
        assert_eq!(own.meaning(Place::Code, "6"), Some(Meaning::Clock));
        assert_eq!(own.meaning(Place::ListedCode, "6"), None);
    }

    #[test]
    fn a_row_of_the_providers_own_comes_first() {
        let own = Dialect::new().with(Place::Word, "Token-Expired", Meaning::Clock).with(
            Place::Sentence,
            "Signature of the month",
            Meaning::QuotaUsed,
        );
        assert_eq!(own.meaning(Place::Word, "token_expired"), Some(Meaning::Clock));
        assert_eq!(own.meaning(Place::Word, "token_rejected"), Some(Meaning::DeadToken));
        let sentence = "Invalid signature of the month.";
        assert_eq!(own.meaning(Place::Sentence, sentence), Some(Meaning::QuotaUsed));
    }

    #[test]
    fn sentences_are_understood() {
        for (said, means) in [
            (
                "This message has a timestamp of 11/26/2026 01:10:00 PM, which is beyond the allowable clock skew for in the future.",
                Some(Meaning::Clock),
            ),
            ("Expired timestamp, yours 1795690500, ours 1795694100", Some(Meaning::Clock)),
            ("Timestamp out of bounds.", Some(Meaning::Clock)),
            ("Invalid/expired timestamp: 17", Some(Meaning::Clock)),
            ("Invalid/used nonce: 17", Some(Meaning::Nonce)),
            ("Missing required parameter: oauth_timestamp", None),
            ("Invalid signature: oauth_timestamp", Some(Meaning::Signature)),
            ("Invalid signature method", None),
            ("The consumer is not approved for this wiki.", None),
        ] {
            check(Place::Sentence, said, means);
        }
    }
}
