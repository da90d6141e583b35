//! The requests with which the signer of `mistaken.rs` goes wrong, and the mistakes that it can make with each.

use super::Mistake;

/// A request in pieces, as its signer knows it.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) scheme: &'static str,
    pub(crate) user: Option<&'static str>,
    pub(crate) host: &'static str,
    pub(crate) port: Option<&'static str>,
    pub(crate) path: &'static str,
    pub(crate) query: Option<&'static str>,
    pub(crate) fragment: Option<&'static str>,
    pub(crate) host_header: Option<&'static str>,
    pub(crate) realm: Option<&'static str>,
    pub(crate) body: &'static str,
    /// What of the body a signer can take for the fields of a form, although it is none.
    pub(crate) fields: &'static [(&'static str, &'static str)],
    pub(crate) content_type: &'static str,
    pub(crate) protocol: Vec<(&'static str, &'static str)>,
    pub(crate) consumer_secret: &'static str,
    pub(crate) token_secret: &'static str,
    pub(crate) oauth2_secret: &'static str,
    pub(crate) request_token_secret: &'static str,
    /// The mistakes that its signer cannot make.
    pub(crate) lacks: &'static [Mistake],
}

/// One that has something for nearly every mistake to go wrong with.
pub(crate) fn full() -> Request {
    Request {
        method: "PATCH",
        scheme: "https",
        user: Some("us:er"),
        host: "API.Example",
        port: Some("8443"),
        path: "/r%20v/c~d/",
        query: Some("a[]=1&b=x+y&b=%2B2&c&d=%2541;e=5&n=%C3%A9*~!'()&z=a%20b&a=0&aa=2&a%2Da=3"),
        fragment: Some("part"),
        host_header: None,
        realm: Some("Photos"),
        body: "f=1&b=9&tok%20en=%E2%98%83&empty=",
        fields: &[],
        content_type: "application/x-www-form-urlencoded; charset=UTF-8",
        protocol: vec![
            ("oauth_consumer_key", "key"),
            ("oauth_token", "tok/en"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1767225600"),
            ("oauth_nonce", "n0nce"),
            ("oauth_callback", "https://app.example/cb?x=1 2"),
            ("oauth_body_hash", "Lve95gjOVATpfV8EL5X4nxwjKHE="),
            ("oauth_version", "1.0"),
        ],
        consumer_secret: "consumer~&secret+/",
        token_secret: "token secret%",
        oauth2_secret: "the other kind",
        request_token_secret: "of the request",
        lacks: &[
            Mistake::HashSha1,
            Mistake::BodyFieldsSigned,
            Mistake::VersionSigned,
            Mistake::EmptyTokenSigned,
            Mistake::EmptyTokenNotSigned,
        ],
    }
}

/// One with little: no token, no version, no path, and a body that is no form, called by another name than it is sent to.
pub(crate) fn bare() -> Request {
    Request {
        method: "POST",
        scheme: "http",
        user: None,
        host: "inner",
        port: Some("8080"),
        path: "",
        query: None,
        fragment: None,
        host_header: Some("api.example"),
        realm: None,
        body: "x=1&y=2",
        fields: &[],
        content_type: "text/plain",
        protocol: vec![
            ("oauth_consumer_key", "key"),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", "1767225600"),
            ("oauth_nonce", "n0nce"),
            ("oauth_verifier", "1234"),
        ],
        consumer_secret: "consumer secret",
        token_secret: "",
        oauth2_secret: "the other kind",
        request_token_secret: "of the request",
        lacks: &[
            Mistake::UserInfoKept,
            Mistake::FragmentKept,
            Mistake::QueryInUrl,
            Mistake::RealmSigned,
            Mistake::BodyFieldsSigned,
            Mistake::HashSha256,
            Mistake::TokenSecretWithBlank,
            Mistake::TokenSecretWithLineBreak,
            Mistake::TokenSecretWithCrLf,
            Mistake::SecretsSwapped,
        ],
    }
}

/// One with a body of JSON and a token that is sent empty.
pub(crate) fn json() -> Request {
    Request {
        method: "PUT",
        scheme: "https",
        user: None,
        host: "api.example",
        port: None,
        path: "/notes/7",
        query: None,
        fragment: None,
        host_header: None,
        realm: None,
        body: r#"{"count": 1.50, "text":"caf\u00e9 & \"x\"", "tags":["a","b"], "done":true, "zA":"1", "za":"0"}"#,
        fields: &[
            ("count", "1.50"),
            ("text", "caf\u{e9} & \"x\""),
            ("done", "true"),
            ("zA", "1"),
            ("za", "0"),
        ],
        content_type: "application/json",
        protocol: vec![
            ("oauth_consumer_key", "key"),
            ("oauth_token", ""),
            ("oauth_signature_method", "HMAC-SHA512"),
            ("oauth_timestamp", "1767225600"),
            ("oauth_nonce", "n0nce"),
        ],
        consumer_secret: "consumer secret",
        token_secret: "",
        oauth2_secret: "the other kind",
        request_token_secret: "of the request",
        lacks: &[
            Mistake::UserInfoKept,
            Mistake::FragmentKept,
            Mistake::QueryInUrl,
            Mistake::RealmSigned,
            Mistake::HashSha512,
            Mistake::TokenSecretWithBlank,
            Mistake::TokenSecretWithLineBreak,
            Mistake::TokenSecretWithCrLf,
            Mistake::SecretsSwapped,
            Mistake::EmptyTokenSigned,
            Mistake::TokenNotSigned,
        ],
    }
}

/// The mistakes that the signer can make with one of the requests.
pub(crate) fn possible(request: &Request) -> Vec<Mistake> {
    Mistake::ALL.iter().copied().filter(|one| !request.lacks.contains(one)).collect()
}
