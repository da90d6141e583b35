//! All cases of `tests/vectors/primitives.json`.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::SigningKey as RsaSigningKey,
    pkcs8::DecodePrivateKey,
    signature::{SignatureEncoding, Signer as _},
};
use serde::Deserialize;
use tripod::{
    BoxError, Consumer,
    signature::{
        BaseUri, Sign, SignatureMethod, Signer, SigningKey, Stamp, ToSign, body_hash, decode_pairs,
        percent_encode,
    },
};

use crate::{naive, vectors::Capture};

#[derive(Deserialize)]
struct Primitives {
    percent_encode: Vec<Text>,
    normalise: Vec<Normalise>,
    base_string_uri: Vec<Uri>,
    sign_base_string: Vec<SignText>,
    hmac: Vec<HmacCase>,
    rsa: Rsa,
    body_hash: Vec<BodyHash>,
}

#[derive(Deserialize)]
struct Text {
    input: String,
    expected: String,
}

#[derive(Deserialize)]
struct Normalise {
    params: Vec<(String, String)>,
    expected: String,
}

#[derive(Deserialize)]
struct Uri {
    url: String,
    expected: String,
}

#[derive(Deserialize)]
struct SignText {
    signature_method: String,
    base_string: String,
    consumer_secret: String,
    token_secret: String,
    expected: String,
}

#[derive(Deserialize)]
struct HmacCase {
    source: String,
    hash: String,
    key_hex: String,
    data_hex: String,
    expected_hex: String,
}

#[derive(Deserialize)]
struct Rsa {
    private_key_pkcs8_der_base64: String,
    cases: Vec<RsaCase>,
}

#[derive(Deserialize)]
struct RsaCase {
    signature_method: String,
    base_string: String,
    expected: String,
}

#[derive(Deserialize)]
struct BodyHash {
    hash: String,
    body_hex: String,
    expected: String,
}

fn primitives() -> Primitives {
    serde_json::from_str(include_str!("../vectors/primitives.json")).unwrap()
}

// checklist 57, 58, 59
#[test]
fn percent_encoding() {
    let cases = primitives().percent_encode;
    assert_eq!(cases.len(), 37);
    for case in cases {
        assert_eq!(percent_encode(&case.input), case.expected);
        // The same through the writer that signing uses.
        let mut out = String::new();
        tripod::signature::encode_pairs_into(&[(&case.input, "")], &mut out);
        assert_eq!(out, case.expected + "=");
    }
}

/// The base string that a signer makes of a request, read back into its three parts.
fn parts(http_method: &str, url: &str, pairs: &[(String, String)]) -> Vec<String> {
    let seen = Arc::default();
    let capture = Capture { name: "CAPTURE".into(), seen: Arc::clone(&seen) };
    let signer = Signer::new(SignatureMethod::custom(capture), &Consumer::new("k", "s"), None);
    let request = ToSign {
        http_method,
        uri: BaseUri::parse(url).unwrap(),
        pairs,
        protocol: &[],
        stamp: Some(Stamp { timestamp: 1, nonce: "n" }),
    };
    signer.signature(&request).unwrap();
    let text = seen.lock().unwrap().clone();
    text.split('&').map(|part| naive::read_form(&(part.to_owned() + "="))[0].0.clone()).collect()
}

// checklist 28, 30, 31, 32
#[test]
fn base_string_uri() {
    let cases = primitives().base_string_uri;
    assert_eq!(cases.len(), 20);
    for case in cases {
        assert_eq!(BaseUri::parse(&case.url).unwrap().to_string(), case.expected);
        assert_eq!(parts("GET", &case.url, &[])[1], case.expected);
    }
}

// checklist 38, 39, 40, 41
#[test]
fn normalised_parameters() {
    let cases = primitives().normalise;
    assert_eq!(cases.len(), 11);
    let added = |pair: &&str| {
        let own = ["consumer_key", "nonce", "signature_method", "timestamp", "version"];
        !own.iter().any(|name| pair.starts_with(&format!("oauth_{name}=")))
    };
    for case in cases {
        let all = parts("GET", "http://a.example/", &case.params)[2].clone();
        // Both without the protocol parameters, which the signer adds in any case.
        let all: Vec<&str> = all.split('&').filter(added).collect();
        let expected: Vec<&str> = case.expected.split('&').filter(added).collect();
        assert_eq!(all, expected);
    }
}

// The signer takes requests, not base strings, so a vector's text is read back into the request
// that it describes.
fn sign_base_string(
    method: SignatureMethod,
    consumer: &Consumer,
    secret: &str,
    text: &str,
) -> String {
    let parts: Vec<&str> = text.split('&').collect();
    let decoded = |text: &str| naive::read_form(&format!("={text}"))[0].1.clone();
    let (url, parameters) = (decoded(parts[1]), decoded(parts[2]));
    let pairs = decode_pairs(&parameters).unwrap();
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| &**v);
    let rest: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| {
            !["consumer_key", "nonce", "signature_method", "timestamp", "token", "version"]
                .iter()
                .any(|own| *name == format!("oauth_{own}"))
        })
        .cloned()
        .collect();
    let secret = secret.into();
    let mut signer =
        Signer::new(method, consumer, find("oauth_token").map(|token| (token, &secret)));
    if find("oauth_version").is_none() {
        signer = signer.without_version();
    }
    signer
        .signature(&ToSign {
            http_method: parts[0],
            uri: BaseUri::parse(&url).unwrap(),
            pairs: &rest,
            protocol: &[],
            stamp: Some(Stamp {
                timestamp: find("oauth_timestamp").unwrap().parse().unwrap(),
                nonce: find("oauth_nonce").unwrap(),
            }),
        })
        .unwrap()
}

fn consumer_key(base_string: &str) -> String {
    let (_, after) = base_string.split_once("oauth_consumer_key%3D").unwrap();
    after.split('%').next().unwrap().to_owned()
}

fn mac<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.chain_update(data).finalize().into_bytes().to_vec()
}

// checklist 42, 43
#[test]
fn signed_base_strings() {
    let cases = primitives().sign_base_string;
    assert_eq!(cases.len(), 5);
    for case in cases {
        let named = format!("oauth_signature_method%3D{}%26", case.signature_method);
        if !case.base_string.contains(&named) {
            // No request has this base string: it names no method, or HMAC-SHA1 for another one. It
            // checks the reference that the other tests use.
            let encoded = [&case.consumer_secret, &case.token_secret].map(|s| naive::encode(s));
            let key = encoded.join("&");
            let (key, text) = (key.as_bytes(), case.base_string.as_bytes());
            let mac = match &*case.signature_method {
                "HMAC-SHA1" => mac::<Hmac<sha1::Sha1>>(key, text),
                "HMAC-SHA256" => mac::<Hmac<sha2::Sha256>>(key, text),
                "HMAC-SHA512" => mac::<Hmac<sha2::Sha512>>(key, text),
                other => panic!("{other}"),
            };
            assert_eq!(naive::base64(&mac), case.expected);
            continue;
        }
        let method = match &*case.signature_method {
            "HMAC-SHA1" => SignatureMethod::HmacSha1,
            "HMAC-SHA256" => SignatureMethod::HmacSha256,
            "HMAC-SHA512" => SignatureMethod::HmacSha512,
            other => panic!("{other}"),
        };
        let consumer = Consumer::new(consumer_key(&case.base_string), case.consumer_secret);
        let signature = sign_base_string(method, &consumer, &case.token_secret, &case.base_string);
        assert_eq!(signature, case.expected);
    }
}

// The HMAC vectors have binary keys, which no secret has. Those that are text without a character to
// encode, and end in `&`, could be keys; none is, so they check the crates that the tests refer to.
#[test]
fn the_reference_hmac_is_right() {
    let cases = primitives().hmac;
    assert_eq!(cases.len(), 13);
    for case in cases {
        let (key, data) = (hex::decode(case.key_hex).unwrap(), hex::decode(case.data_hex).unwrap());
        let result = match &*case.hash {
            "sha1" => mac::<Hmac<sha1::Sha1>>(&key, &data),
            "sha256" => mac::<Hmac<sha2::Sha256>>(&key, &data),
            "sha512" => mac::<Hmac<sha2::Sha512>>(&key, &data),
            other => panic!("{other}"),
        };
        assert_eq!(hex::encode(result), case.expected_hex, "{}", case.source);
    }
}

enum RsaMethod {
    Sha1(RsaSigningKey<rsa_sha1::Sha1>),
    Sha256(RsaSigningKey<rsa::sha2::Sha256>),
    Sha512(RsaSigningKey<rsa::sha2::Sha512>),
}

impl Sign for RsaMethod {
    fn name(&self) -> &str {
        match self {
            Self::Sha1(_) => "RSA-SHA1",
            Self::Sha256(_) => "RSA-SHA256",
            Self::Sha512(_) => "RSA-SHA512",
        }
    }

    fn sign(&self, base_string: &str, _key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        let text = base_string.as_bytes();
        Ok(match self {
            Self::Sha1(key) => key.try_sign(text)?.to_vec(),
            Self::Sha256(key) => key.try_sign(text)?.to_vec(),
            Self::Sha512(key) => key.try_sign(text)?.to_vec(),
        })
    }
}

// checklist 44, 47
#[test]
fn rsa_by_a_signer_of_the_callers_own() {
    let rsa = primitives().rsa;
    assert_eq!(rsa.cases.len(), 3);
    let der = STANDARD.decode(rsa.private_key_pkcs8_der_base64).unwrap();
    let key = RsaPrivateKey::from_pkcs8_der(&der).unwrap();
    for case in rsa.cases {
        let method = match &*case.signature_method {
            "RSA-SHA1" => RsaMethod::Sha1(RsaSigningKey::new(key.clone())),
            "RSA-SHA256" => RsaMethod::Sha256(RsaSigningKey::new(key.clone())),
            "RSA-SHA512" => RsaMethod::Sha512(RsaSigningKey::new(key.clone())),
            other => panic!("{other}"),
        };
        let consumer = Consumer::new(consumer_key(&case.base_string), "ignored");
        let method = SignatureMethod::custom(method);
        assert_eq!(sign_base_string(method, &consumer, "", &case.base_string), case.expected);
    }
}

#[test]
fn body_hashes() {
    let cases = primitives().body_hash;
    assert_eq!(cases.len(), 4);
    for case in cases {
        let method = match &*case.hash {
            "sha1" => SignatureMethod::HmacSha1,
            "sha256" => SignatureMethod::HmacSha256,
            other => panic!("{other}"),
        };
        assert_eq!(body_hash(&method, &hex::decode(case.body_hex).unwrap()), case.expected);
    }
}
