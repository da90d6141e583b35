//! RFC 5849 section 3.4 once more, written as plainly as the document reads.

// On purpose without a line of `tripod::signature`: a mistake made there must not be made here as
// well, or the sandbox would agree with it. Slow and simple is right for this file.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

/// A decoded name and its decoded value.
pub(crate) type Pair = (String, String);

/// The signature methods that the sandbox can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureMethod {
    HmacSha1,
    HmacSha256,
    HmacSha512,
    Plaintext,
    RsaSha1,
    RsaSha256,
}

impl SignatureMethod {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "HMAC-SHA1" => Some(Self::HmacSha1),
            "HMAC-SHA256" => Some(Self::HmacSha256),
            "HMAC-SHA512" => Some(Self::HmacSha512),
            "PLAINTEXT" => Some(Self::Plaintext),
            "RSA-SHA1" => Some(Self::RsaSha1),
            "RSA-SHA256" => Some(Self::RsaSha256),
            _ => None,
        }
    }

    /// Returns whether it is checked with the application's public key instead of the two secrets.
    pub(crate) fn is_rsa(self) -> bool {
        matches!(self, Self::RsaSha1 | Self::RsaSha256)
    }
}

/// Percent-encodes as section 3.6 says: everything but letters, digits and `-._~`.
pub(crate) fn encode(text: &str) -> String {
    let encode_byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode_byte).collect()
}

/// Undoes percent-encoding; a `%` that starts no escape stays. None if the bytes are not UTF-8.
fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = bytes
            .get(at + 1..at + 3)
            .filter(|digits| byte == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let plain = if byte == b'+' && plus_is_space { b' ' } else { byte };
        decoded.push(escape.unwrap_or(plain));
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).ok()
}

/// Reads form-encoded text, as a query or a body holds it. None if a part is not UTF-8.
pub(crate) fn parse_form(text: &str) -> Option<Vec<Pair>> {
    text.split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            Some((decode(name, true)?, decode(value, true)?))
        })
        .collect()
}

/// Writes form-encoded text.
pub(crate) fn write_form(pairs: &[(&str, &str)]) -> String {
    let written: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    written.join("&")
}

/// Reads what stands in an `Authorization` header (section 3.5.1), the realm included.
///
/// Nothing if the scheme is another one; None if it is OAuth and cannot be read.
pub(crate) fn parse_header(value: &str) -> Option<Vec<Pair>> {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let mut pairs = Vec::new();
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Some(pairs);
    }
    let mut rest = rest.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = after.trim_start().strip_prefix('"')?.split_once('"')?;
        if is_realm(name.trim()) {
            // It is a quoted string of HTTP's, and nothing encodes it.
            pairs.push(("realm".to_owned(), value.to_owned()));
        } else {
            pairs.push((decode(name.trim(), false)?, decode(value, false)?));
        }
        rest = after.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start();
        }
    }
    Some(pairs)
}

/// Returns whether a pair of the header is its realm, which is not signed.
pub(crate) fn is_realm(name: &str) -> bool {
    name.eq_ignore_ascii_case("realm")
}

/// Builds the base string URI (section 3.4.1.2) of what the request says.
pub(crate) fn base_uri(scheme: &str, host: &str, path: &str) -> String {
    let scheme = scheme.to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let port = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(port).or_else(|| host.strip_suffix(':')).unwrap_or(&host);
    format!("{scheme}://{host}{path}")
}

/// Builds the signature base string (section 3.4.1) of all decoded pairs but the signature.
pub(crate) fn base_string(verb: &Method, uri: &str, pairs: &[Pair]) -> String {
    let mut encoded: Vec<(String, String)> = pairs
        .iter()
        .filter(|(name, _)| name != "oauth_signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    encoded.sort();
    let joined: Vec<String> =
        encoded.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!(
        "{}&{}&{}",
        encode(&verb.as_str().to_ascii_uppercase()),
        encode(uri),
        encode(&joined.join("&"))
    )
}

/// Computes the signature (sections 3.4.2 and 3.4.4), before it is encoded for its way.
///
/// It is empty, and so equals nothing, for a method that only the owner of a private key can compute.
pub(crate) fn signature(
    method: SignatureMethod,
    base_string: &str,
    consumer_secret: &str,
    token_secret: &str,
) -> String {
    let key = format!("{}&{}", encode(consumer_secret), encode(token_secret));
    match method {
        SignatureMethod::HmacSha1 => mac::<Hmac<Sha1>>(&key, base_string),
        SignatureMethod::HmacSha256 => mac::<Hmac<Sha256>>(&key, base_string),
        SignatureMethod::HmacSha512 => mac::<Hmac<Sha512>>(&key, base_string),
        SignatureMethod::Plaintext => key,
        SignatureMethod::RsaSha1 | SignatureMethod::RsaSha256 => String::new(),
    }
}

fn mac<M: Mac + KeyInit>(key: &str, text: &str) -> String {
    // HMAC takes keys of every length, so this cannot fail; an empty signature matches nothing.
    <M as KeyInit>::new_from_slice(key.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        },
    )
}

/// The `oauth_body_hash` of a body, in the hash that the signature method uses.
pub(crate) fn body_hash(method: SignatureMethod, body: &[u8]) -> String {
    match method {
        SignatureMethod::HmacSha1 | SignatureMethod::Plaintext | SignatureMethod::RsaSha1 => {
            STANDARD.encode(Sha1::digest(body))
        }
        SignatureMethod::HmacSha256 | SignatureMethod::RsaSha256 => {
            STANDARD.encode(Sha256::digest(body))
        }
        SignatureMethod::HmacSha512 => STANDARD.encode(Sha512::digest(body)),
    }
}

/// Compares without telling by its duration where the difference is. Empty equals nothing.
pub(crate) fn same(expected: &str, given: &str) -> bool {
    !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(given.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_5849_section_3_4_1_1() {
        let mut pairs = parse_form("b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
        pairs.extend(parse_form("c2&a3=2+q").unwrap());
        pairs.extend(
            parse_header(
                "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", \
                 oauth_token=\"kkk9d7dh3k39sjv7\", oauth_signature_method=\"HMAC-SHA1\", \
                 oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
                 oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"",
            )
            .unwrap(),
        );
        pairs.retain(|(name, _)| !is_realm(name));
        let base = base_string(&Method::POST, "http://example.com/request", &pairs);
        assert_eq!(
            base,
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D\
             %253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26\
             oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D\
             137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
        let signed = signature(SignatureMethod::HmacSha1, &base, "j49sk3j29djd", "dh893hdasih9");
        assert_eq!(signed, "r6/TJjbCOr97/+UU0NsvSne7s5g=");
    }

    #[test]
    fn malformed_headers_are_not_read() {
        assert_eq!(parse_header("Bearer abc"), Some(Vec::new()));
        assert_eq!(parse_header("OAuth oauth_token=abc"), None);
        assert_eq!(parse_header("OAuth a=\"b\" c=\"d\""), None);
        assert_eq!(
            parse_header("oauth a=\"b%20c\",d=\"+\""),
            Some(vec![("a".to_owned(), "b c".to_owned()), ("d".to_owned(), "+".to_owned())])
        );
    }

    #[test]
    fn odd_escapes_and_invalid_utf8() {
        assert_eq!(decode("100%+%4", true).as_deref(), Some("100% %4"));
        assert_eq!(decode("%FF", true), None);
        assert_eq!(parse_form("a=1&&b&=c").map(|pairs| pairs.len()), Some(3));
    }

    /// Scheme, host and path as section 3.4.1.2 wants them, and the query.
    fn split_url(url: &str) -> (String, &str) {
        // Fragment and user-info are never sent.
        let url = url.split('#').next().unwrap();
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, rest) = place.split_once("://").unwrap();
        let at = rest.find('/').unwrap_or(rest.len());
        let path = if at == rest.len() { "/" } else { &rest[at..] };
        let host = rest[..at].rsplit('@').next().unwrap();
        (base_uri(scheme, host, path), query)
    }

    #[test]
    fn agrees_with_every_vector() {
        let text = include_str!("../../../tests/vectors/oauth1.json");
        let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        assert_eq!(cases.len(), 150);
        for case in &cases {
            let field = |name: &str| case[name].as_str();
            let id = field("id").unwrap();
            let method = SignatureMethod::named(field("signature_method").unwrap()).unwrap();
            let (base_uri, query) = split_url(field("url").unwrap());
            let mut pairs = parse_form(query).unwrap();
            for pair in case["params"].as_array().unwrap() {
                let text = |at: usize| pair[at].as_str().unwrap().to_owned();
                pairs.push((text(0), text(1)));
            }
            for (name, field) in [
                ("oauth_consumer_key", field("consumer_key")),
                ("oauth_token", field("token")),
                ("oauth_signature_method", field("signature_method")),
                ("oauth_timestamp", field("timestamp")),
                ("oauth_nonce", field("nonce")),
            ] {
                pairs.extend(field.map(|value| (name.to_owned(), value.to_owned())));
            }
            let verb = Method::from_bytes(field("method").unwrap().as_bytes()).unwrap();
            let base = base_string(&verb, &base_uri, &pairs);
            if let Some(expected) = field("expected_base_string") {
                assert_eq!(base, expected, "{id}");
            }
            let signed = signature(
                method,
                &base,
                field("consumer_secret").unwrap(),
                field("token_secret").unwrap(),
            );
            assert_eq!(signed, field("expected_signature").unwrap(), "{id}");
        }
    }
}
