//! The habits in which kinds of provider differ, as data. Every other file asks here.

// A new kind of provider is a new constant. A habit that one of them does not share is a new field, and its
// usual value stands in `USUAL`.

use crate::{
    endpoint::{
        Endpoint,
        Placement::{self, Form, Header, Query},
    },
    fault::{Denial, Fault},
    naive::SignatureMethod::{self, HmacSha1, HmacSha256, HmacSha512, Plaintext},
    route::{ANY_HOST, Route, Way},
    site::Site,
};

/// A kind of provider.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of its own")]
pub(crate) struct Dialect {
    /// Its name on the command line and in answers.
    pub(crate) name: &'static str,
    /// Where its site is, for a kind of which there are many: a base URL, or an account.
    pub(crate) site: Site,
    /// What it answers, and where. The first route that fits counts.
    pub(crate) routes: &'static [Route],
    /// Where resource requests carry their OAuth parameters.
    pub(crate) data_places: &'static [Placement],
    pub(crate) signature_methods: &'static [SignatureMethod],
    /// Whether `oauth_version` must be sent. If it is sent, it is `1.0` everywhere.
    pub(crate) version_required: bool,
    /// Whether an `oauth_token` is refused that is empty, or stands where none belongs.
    pub(crate) refuses_stray_tokens: bool,
    /// Whether the verifier or the callback may stand in the form or the query, beside a header.
    pub(crate) splits: bool,
    /// Whether a timestamp may not be lower than the last one that was accepted.
    pub(crate) timestamps_rise: bool,
    /// How far a timestamp may be from the clock, in seconds.
    pub(crate) window: u64,
    pub(crate) nonce_is_for: NonceScope,
    pub(crate) shortest_nonce: usize,
    pub(crate) user_agent: UserAgent,
    /// Whether resource requests must name the account as their realm.
    pub(crate) realm_required: bool,
    pub(crate) body_hash_required: bool,
    /// Whether the pairs of a form body are signed.
    pub(crate) signs_forms: bool,
    pub(crate) callback: CallbackRule,
    /// Whether `oauth_callback=oob` is accepted.
    pub(crate) out_of_band: bool,
    /// Whether a missing `oauth_callback` means out of band.
    pub(crate) callback_may_be_missing: bool,
    /// Parameters of the request-token call that have a meaning.
    pub(crate) asks: &'static [Parameter],
    pub(crate) page: Page,
    pub(crate) returns: Returns,
    /// How the user's refusal comes back; all known forms, if it is not known of this provider.
    pub(crate) denials: &'static [Denial],
    pub(crate) confirmed: Confirmed,
    /// Seconds that a request token lives.
    pub(crate) request_token_lifetime: u64,
    /// What stands at the end of tokens, and of their secrets.
    pub(crate) token_ends_with: &'static str,
    pub(crate) secret_ends_with: &'static str,
    pub(crate) granted: Granted,
    pub(crate) life: Life,
    pub(crate) renewal: Renewal,
    /// How resources are asked for without a signature.
    pub(crate) keys: Keys,
    /// How the handshake refuses, and how resources do.
    pub(crate) refusals: Refusals,
    pub(crate) data_refusals: Refusals,
    /// The media type of token replies, and what stands behind the last field.
    pub(crate) reply_type: &'static str,
    pub(crate) reply_ends_with: &'static str,
    /// The status of a refused timestamp, where it is reported as a problem.
    pub(crate) clock_status: u16,
    pub(crate) revoked: Done,
    pub(crate) renewed: Done,
    /// Whether the provider itself sends the verifier, before the application asks for anything.
    pub(crate) pushes_verifier: bool,
    pub(crate) data: Data,
    /// Whether the data host always reads forms; if not, [`Builder::forms`](crate::Builder::forms) decides.
    pub(crate) reads_forms: bool,
    /// Whether calls by FatSecret's names may be answered in XML.
    pub(crate) writes_xml: bool,
    pub(crate) preset: Preset,
}

impl Dialect {
    /// Returns whether this fault can happen at such a provider at all.
    pub(crate) fn knows(&self, fault: &Fault) -> bool {
        match fault {
            Fault::ApiError(_) => self.data == Data::FatSecret,
            Fault::NoConfirmation | Fault::ConfirmationFalse | Fault::ConfirmationCapitalised => {
                self.confirmed != Confirmed::Missing
            }
            _ => true,
        }
    }
}

/// What a nonce must be unique for, beside its timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NonceScope {
    Consumer,
    ConsumerAndToken,
}

/// What a request must say of the program that sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserAgent {
    Any,
    /// Something.
    Present,
    /// The application, and not only the library that it was written with.
    Application,
}

/// Which callbacks are accepted, once one has been registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallbackRule {
    Any,
    /// The registered one.
    Exact,
    /// The registered one, or any port of `localhost` with its path.
    ExactButLocalPort,
    /// One with the registered origin.
    Origin,
    /// One that begins with the registered one, where port 1 stands for any; or `oob`, which leads
    /// to the registered one too.
    Prefix,
    /// Only `oob`, which leads to the registered one if there is one.
    OutOfBandOnly,
    /// One whose scheme is in lower case.
    LowerCaseScheme,
}

/// A parameter and the values that it may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter(pub(crate) &'static str, pub(crate) Values);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Values {
    Any,
    OneOf(&'static [&'static str]),
    /// Several of them, with that character between.
    ListOf(char, &'static [&'static str]),
    /// Several words of letters, digits, `_` and `.`, with that character between.
    Words(char),
    /// At most so many letters and digits.
    Alphanumeric(usize),
}

impl Parameter {
    /// Returns whether the value may be given.
    pub(crate) fn allows(&self, value: &str) -> bool {
        match self.1 {
            Values::Any => true,
            Values::OneOf(known) => known.contains(&value),
            Values::ListOf(between, known) => value.split(between).all(|one| known.contains(&one)),
            Values::Words(between) => value.split(between).all(|word| {
                let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
                !word.is_empty() && word.bytes().all(is_word)
            }),
            Values::Alphanumeric(most) => {
                value.len() <= most && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }
        }
    }
}

/// The authorization page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// The name of the request token in its query.
    pub(crate) token: &'static str,
    /// The name of the consumer key there, if it is needed.
    pub(crate) key: Option<&'static str>,
    pub(crate) parameters: &'static [Parameter],
    /// Whether the application's name is what the parameter `name` says.
    pub(crate) named_by_parameter: bool,
}

/// What the user brings back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Returns {
    /// Whether the callback names the request token.
    pub(crate) token: bool,
    pub(crate) code: Code,
    /// More pairs of the callback. An empty value is that of the page's parameter of that name.
    pub(crate) more: &'static [(&'static str, &'static str)],
    pub(crate) fragment: &'static str,
}

/// What a verifier looks like that the user types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Digits(usize),
    /// Nine digits, in three groups with dashes.
    Dashes,
    Letters(usize),
}

/// What the reply to the request-token call says of the callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmed {
    True,
    /// True, as the first field of the reply.
    First,
    /// True, and the access-token reply says it too.
    Twice,
    /// True if a callback is registered, otherwise false.
    IfRegistered,
    /// Nothing.
    Missing,
}

/// What the reply to the access-token call has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Granted {
    /// Fields beside the token. `{user}` is the user's name, and `{handle}` what renews the token.
    pub(crate) more: &'static [(&'static str, &'static str)],
    pub(crate) secret: TokenSecret,
    /// Whether a second grant gives the same token.
    pub(crate) same_again: bool,
}

/// The secret of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenSecret {
    Random,
    /// The token itself, which is a key.
    Token,
    /// This word with a method that needs no secret, otherwise random.
    UnusedWithRsa(&'static str),
}

/// How long an access token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Forever,
    Seconds(i64),
    /// As the page's parameter `expiration` says, or else 30 days.
    Expiration,
    /// So many seconds, unless this parameter of the request-token call has this word.
    Unless(i64, &'static str, &'static str),
    /// Until midnight in New York; asleep after so many seconds without a call.
    DayInNewYork(i64),
}

/// How an access token is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewal {
    None,
    /// A call that wakes the same token up.
    Wakes,
    /// The access-token call with `oauth_session_handle`, which gives another token.
    Handle,
}

/// What does instead of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Nothing.
    None,
    /// `key` and `token` in the query, or both in the header.
    KeyAndToken,
    /// The token in `Zotero-API-Key` or as a bearer. A signature does not do.
    Only,
}

/// How a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusals {
    /// FatSecret's: a sentence on the handshake host, a numbered error with status 200 on the data host.
    FatSecret,
    /// 400 or 401 with `WWW-Authenticate` and an `oauth_problem` body.
    ProblemReports,
    /// The same with a challenge that holds the problem, as Atlassian's products have it.
    ProblemInChallenge,
    /// The same with the base string of a wrong signature.
    ProblemWithBaseString,
    /// `{"errors":[{"code":89,"message":"…"}]}`
    ListedCodes,
    /// A few words as text.
    PlainText,
    /// Status 200 with `stat=fail` and a code, in XML or JSON.
    StatFail,
    /// `{"message":"…"}`
    Message,
    /// `{"meta":{"status":401,"msg":"…"},"response":[]}`
    Meta,
    /// Status 200 with `Error: …`, or JSON if it was asked for.
    ErrorSentence,
    /// Status 200 with `{"error":{"code":"…","info":"…"}}`
    ActionApi,
    /// `{"error":{"developer_message":"…","reason_stack":[…]}}`
    ReasonStack,
    /// `{"error":{"code":"…","message":"…"}}`, and a challenge with `error`.
    ErrorObject,
    /// `{"code":"…","message":"…","data":{"status":401}}`
    WordPress,
    /// `{"Errors":{"Error":[{"Source":"…","ReasonCode":"…"}]}}`
    ReasonCodes,
}

/// What a call answers that has no more to say. `{token}` stands for the token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) status: u16,
    pub(crate) media_type: &'static str,
    pub(crate) body: &'static str,
}

/// What is behind the data host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    /// FatSecret's methods.
    FatSecret,
    /// What the routes give.
    Routes,
}

/// What [`Sandbox::provider`](crate::Sandbox::provider) begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    FatSecret,
    Plain,
}

/// All forms of a denial that are known, for a provider whose form is not.
pub(crate) const UNKNOWN_DENIAL: &[Denial] = &[
    Denial::DeniedToken,
    Denial::UserRefused,
    Denial::NoVerifier,
    Denial::AccessDenied,
    Denial::AccessDeniedWithToken,
    Denial::EmptyVerifier,
    Denial::VerifierSaysDenied,
    Denial::Nothing,
    Denial::NoCallback,
];

/// The paths of a provider that has no others.
const PATHS: &[Route] = &[
    Route::token(Endpoint::RequestToken, ANY_HOST, "/oauth/request_token", GET_OR_POST_ANYWHERE),
    Route::page(ANY_HOST, "/oauth/authorize"),
    Route::token(Endpoint::AccessToken, ANY_HOST, "/oauth/access_token", GET_OR_POST_ANYWHERE),
    Route::data(ANY_HOST, "/rest/*"),
];

const GET_OR_POST_ANYWHERE: &[Way] = &[
    ("GET", Header),
    ("GET", Query),
    ("GET", Form),
    ("POST", Header),
    ("POST", Query),
    ("POST", Form),
];

/// What living providers mostly have in common.
pub(crate) const USUAL: Dialect = Dialect {
    name: "",
    site: Site::One,
    routes: &[],
    data_places: &[Header],
    signature_methods: &[HmacSha1],
    version_required: false,
    refuses_stray_tokens: false,
    splits: false,
    timestamps_rise: false,
    window: 300,
    nonce_is_for: NonceScope::ConsumerAndToken,
    shortest_nonce: 1,
    user_agent: UserAgent::Any,
    realm_required: false,
    body_hash_required: false,
    signs_forms: true,
    callback: CallbackRule::Any,
    out_of_band: true,
    callback_may_be_missing: false,
    asks: &[],
    page: Page { token: "oauth_token", key: None, parameters: &[], named_by_parameter: false },
    returns: Returns { token: true, code: Code::Digits(7), more: &[], fragment: "" },
    denials: UNKNOWN_DENIAL,
    confirmed: Confirmed::True,
    request_token_lifetime: 15 * 60,
    token_ends_with: "",
    // Reserved characters, so that a client which forgets to encode them is found out.
    secret_ends_with: "+/&=% ~",
    granted: Granted { more: &[], secret: TokenSecret::Random, same_again: false },
    life: Life::Forever,
    renewal: Renewal::None,
    keys: Keys::None,
    refusals: Refusals::ProblemReports,
    data_refusals: Refusals::ProblemReports,
    reply_type: "application/x-www-form-urlencoded",
    reply_ends_with: "",
    clock_status: 401,
    revoked: DONE,
    renewed: DONE,
    pushes_verifier: false,
    data: Data::Routes,
    reads_forms: true,
    writes_xml: false,
    preset: Preset::Plain,
};

const DONE: Done = Done { status: 200, media_type: "text/plain; charset=utf-8", body: "" };

/// FatSecret, as far as it is known, and strict where it is not.
pub(crate) static FATSECRET: Dialect = Dialect {
    name: "fatsecret",
    routes: &[
        Route::token(Endpoint::RequestToken, HANDSHAKE, "/oauth/request_token", FATSECRET_WAYS),
        Route::page(HANDSHAKE, "/oauth/authorize"),
        Route::token(Endpoint::AccessToken, HANDSHAKE, "/oauth/access_token", FATSECRET_WAYS),
        Route::data("platform.fatsecret.com", "/rest/*"),
        // Whoever reaches the sandbox over a network may call it as they like.
        Route::token(Endpoint::RequestToken, ANY_HOST, "/oauth/request_token", FATSECRET_WAYS),
        Route::page(ANY_HOST, "/oauth/authorize"),
        Route::token(Endpoint::AccessToken, ANY_HOST, "/oauth/access_token", FATSECRET_WAYS),
        Route::data(ANY_HOST, "/rest/*"),
    ],
    data_places: &[Header, Form, Query],
    version_required: true,
    // Error 3 is "unsupported oauth parameter". Which ones FatSecret means is not known: a token has a secret that
    // signs, so one more or less matters; others are signed and mean nothing, as at most providers.
    refuses_stray_tokens: true,
    timestamps_rise: true,
    nonce_is_for: NonceScope::Consumer,
    denials: &[Denial::DeniedToken],
    secret_ends_with: "",
    granted: Granted { more: &[("user_id", "1")], ..USUAL.granted },
    refusals: Refusals::FatSecret,
    data_refusals: Refusals::FatSecret,
    data: Data::FatSecret,
    reads_forms: false,
    writes_xml: true,
    preset: Preset::FatSecret,
    ..USUAL
};

const HANDSHAKE: &str = "authentication.fatsecret.com";
const FATSECRET_WAYS: &[Way] = &[("GET", Query), ("POST", Form)];

/// A provider that follows RFC 5849 and nothing else.
pub(crate) static RFC_5849: Dialect = Dialect {
    name: "generic",
    routes: PATHS,
    data_places: &[Header, Form, Query],
    signature_methods: &[HmacSha1, HmacSha256, HmacSha512, Plaintext],
    denials: &[Denial::DeniedToken],
    granted: Granted { more: &[("user_id", "1")], ..USUAL.granted },
    data: Data::FatSecret,
    ..USUAL
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_parameters_are_checked() {
        let check = |values, good: &[&str], bad: &[&str]| {
            let parameter = Parameter("p", values);
            for value in good {
                assert!(parameter.allows(value), "{values:?} {value}");
            }
            for value in bad {
                assert!(!parameter.allows(value), "{values:?} {value}");
            }
        };
        check(Values::Any, &["", "a b"], &[]);
        check(Values::OneOf(&["read", "write"]), &["read"], &["", "read,write", "Read"]);
        check(
            Values::ListOf(',', &["read", "write"]),
            &["read", "write,read"],
            &["", "read,", "x"],
        );
        check(Values::Words('|'), &["a|b_c", "email"], &["", "a||b", "a b"]);
        check(Values::Alphanumeric(3), &["", "aB1"], &["a-b", "abcd"]);
    }
}
