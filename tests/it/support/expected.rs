//! What a signed request has to carry, by a signer that shares no code with the crate's.

use http::{Request, header};

use super::{KEY, NOW, SECRET};
use crate::naive::{base_string, base64, encode, hmac_sha1};

/// One request as it should be signed.
#[derive(Clone)]
pub(crate) struct Expected<'a> {
    pub(crate) method: &'a str,
    pub(crate) base_uri: &'a str,
    /// The request's own pairs, decoded.
    pub(crate) own: &'a [(&'a str, &'a str)],
    pub(crate) token: Option<(&'a str, &'a str)>,
    pub(crate) protocol: &'a [(&'a str, &'a str)],
    pub(crate) nonce: &'a str,
    pub(crate) timestamp: i64,
    pub(crate) version: bool,
}

impl Default for Expected<'_> {
    fn default() -> Self {
        Self {
            method: "GET",
            base_uri: "",
            own: &[],
            token: None,
            protocol: &[],
            nonce: "nonce1",
            timestamp: NOW,
            version: true,
        }
    }
}

impl Expected<'_> {
    /// The protocol parameters in the order in which they are sent, the signature last.
    fn oauth(&self) -> Vec<(String, String)> {
        let timestamp = self.timestamp.to_string();
        let mut oauth = vec![
            ("oauth_consumer_key", KEY),
            ("oauth_nonce", self.nonce),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &timestamp),
        ];
        oauth.extend(self.token.map(|(token, _)| ("oauth_token", token)));
        oauth.extend(self.version.then_some(("oauth_version", "1.0")));
        oauth.extend(self.protocol);
        let all: Vec<(&str, &str)> = self.own.iter().chain(&oauth).copied().collect();
        let text = base_string(self.method, self.base_uri, &all);
        let token_secret = self.token.map_or("", |(_, secret)| secret);
        let signature = base64(&hmac_sha1(SECRET, token_secret, &text));
        oauth.push(("oauth_signature", &signature));
        oauth.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The signature alone.
    pub(crate) fn signature(&self) -> String {
        self.oauth().pop().unwrap().1
    }

    /// As a query or a form body.
    pub(crate) fn form(&self) -> String {
        let oauth = self.oauth();
        let pairs: Vec<String> = oauth
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        pairs.join("&")
    }

    /// As the value of the `Authorization` header.
    pub(crate) fn header(&self) -> String {
        let oauth = self.oauth();
        let pairs: Vec<String> = oauth
            .iter()
            .map(|(name, value)| format!("{}=\"{}\"", encode(name), encode(value)))
            .collect();
        format!("OAuth {}", pairs.join(", "))
    }

    /// The request carries the parameters in its header, and nowhere else.
    #[track_caller]
    pub(crate) fn in_header<B>(&self, request: &Request<B>) {
        let value = &request.headers()[header::AUTHORIZATION];
        assert_eq!(value.to_str().unwrap(), self.header());
        assert!(value.is_sensitive());
        assert!(!request.uri().to_string().contains("oauth_"));
    }
}
