//! What a refusal means: a table from what a provider says, and where, to what a program can do.

// Rows are data, so that a provider that says it otherwise is another table and no other code.

/// Where something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A machine's word: `oauth_problem`, `error`, or a code that is no number.
    Word,
    /// The number of one error: `{"error":{"code":6}}` or `<error><code>6</code></error>`.
    Code,
    /// The number of the first of several errors: `{"errors":[{"code":135}]}`.
    ListedCode,
    /// Words for people.
    Sentence,
}

/// What a program can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The timestamp was refused: put the clock right and sign again.
    Clock,
    /// The nonce was used: sign again.
    Nonce,
    /// The token is not, or no longer, accepted: a new flow is needed.
    DeadToken,
    /// The user, or the provider for them, said no.
    Denied,
    /// Too many calls in a short time.
    RateLimited,
    /// The calls of the day are used up.
    QuotaUsed,
    /// The signature is wrong: the secrets, or what was signed.
    Signature,
    /// The consumer key is not accepted.
    Consumer,
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

const fn code(number: &'static str, means: Meaning) -> Row {
    Row { place: Place::Code, says: Says::Word(number), means }
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
static COMMON: [Row; 37] = [
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

/// From FatSecret's table of codes. What else it says, the common rows have.
static FATSECRET: [Row; 7] = [
    code("6", Meaning::Clock),
    code("7", Meaning::Nonce),
    code("9", Meaning::DeadToken),
    code("12", Meaning::RateLimited),
    code("11", Meaning::QuotaUsed),
    code("8", Meaning::Signature),
    code("5", Meaning::Consumer),
];

/// How a provider says what is wrong.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    own: &'static [Row],
    /// Whether a refusal may come with a status that says success.
    pub(crate) refuses_with_success: bool,
    /// What a newcomer mistakes for the consumer's key and secret.
    pub(crate) mistaken: Option<&'static str>,
}

impl Dialect {
    /// What all providers say alike.
    pub(crate) const OAUTH: Self = Self { own: &[], refuses_with_success: false, mistaken: None };

    /// FatSecret: numeric codes, on the data host with HTTP 200; sentences on the handshake host.
    pub(crate) const FATSECRET: Self = Self {
        own: &FATSECRET,
        refuses_with_success: true,
        mistaken: Some(
            "FatSecret's console also shows an OAuth 2.0 Client Secret, which is another value: the OAuth 1.0 Consumer Secret is needed here",
        ),
    };

    /// What it means that this was said in this place.
    pub(crate) fn meaning(&self, place: Place, said: &str) -> Option<Meaning> {
        let mut rows = self.own.iter().chain(&COMMON).filter(|row| row.place == place);
        let said = said.trim().to_ascii_lowercase();
        if place == Place::Sentence {
            return rows.find(|row| row.says.is_in(&said)).map(|row| row.means);
        }
        let said = said.replace('-', "_");
        rows.find(|row| matches!(row.says, Says::Word(word) if word == said)).map(|row| row.means)
    }
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
        assert_eq!(Dialect::OAUTH.meaning(place, said), means, "{said}");
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
        assert_eq!(Dialect::FATSECRET.meaning(Place::Code, "6"), Some(Meaning::Clock));
        assert_eq!(Dialect::FATSECRET.meaning(Place::ListedCode, "6"), None);
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
