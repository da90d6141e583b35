//! All requests of `tests/vectors/oauth1.json`. Its format: see each field of [`Case`].

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use http::HeaderMap;
use serde::Deserialize;
use tripod::{
    BoxError, Consumer,
    signature::{
        BaseUri, PreparedUri, Sign, SignatureMethod, Signer, SigningKey, Stamp, ToSign,
        decode_pairs,
        diagnose::{Diagnose, Secrets, Sent, Verdict},
        encode_pairs_into,
    },
};

use crate::naive;

#[derive(Deserialize)]
struct Case {
    id: String,
    method: String,
    url: String,
    /// Decoded: names in `oauth_` are protocol parameters, the others are the form's.
    params: Vec<(String, String)>,
    body: Option<String>,
    consumer_key: String,
    consumer_secret: String,
    token: Option<String>,
    token_secret: String,
    timestamp: Option<String>,
    nonce: Option<String>,
    signature_method: String,
    /// None for PLAINTEXT.
    expected_base_string: Option<String>,
    expected_signature: String,
    realm: Option<String>,
}

/// Keeps the base string it was asked to sign.
pub(crate) struct Capture {
    pub(crate) name: String,
    pub(crate) seen: Arc<Mutex<String>>,
}

impl Sign for Capture {
    fn name(&self) -> &str {
        &self.name
    }

    fn sign(&self, base_string: &str, _key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        base_string.clone_into(&mut self.seen.lock().unwrap());
        Ok(vec![0; 20])
    }
}

fn method(name: &str) -> SignatureMethod {
    match name {
        "HMAC-SHA1" => SignatureMethod::HmacSha1,
        "HMAC-SHA256" => SignatureMethod::HmacSha256,
        "HMAC-SHA512" => SignatureMethod::HmacSha512,
        "PLAINTEXT" => SignatureMethod::Plaintext,
        other => panic!("{other}"),
    }
}

type Pairs = Vec<(String, String)>;

impl Case {
    fn signer(&self, method: SignatureMethod) -> Signer {
        let secret = self.token_secret.clone().into();
        let token = self.token.as_deref().map(|token| (token, &secret));
        let consumer = Consumer::new(self.consumer_key.clone(), self.consumer_secret.clone());
        let signer = Signer::new(method, &consumer, token);
        if self.params.iter().any(|(name, _)| name == "oauth_version") {
            signer
        } else {
            signer.without_version()
        }
    }

    /// The pairs of the form, and the further protocol parameters.
    fn split(&self) -> (Pairs, Pairs) {
        let owned = |text: &str| -> Pairs {
            let pairs = decode_pairs(text).unwrap();
            pairs.into_iter().map(|(n, v)| (n.into_owned(), v.into_owned())).collect()
        };
        let (protocol, form): (Pairs, Pairs) =
            self.params.iter().cloned().partition(|(name, _)| name.starts_with("oauth_"));
        if let Some(body) = &self.body {
            // The body that the vector gives holds the same pairs, and is read to the same.
            assert_eq!(owned(body), form, "{}", self.id);
            let mut written = String::new();
            encode_pairs_into(&form, &mut written);
            assert_eq!(owned(&written), form, "{}", self.id);
        }
        (form, protocol.into_iter().filter(|(name, _)| name != "oauth_version").collect())
    }

    /// Checks the request twice: with its URL as it was read, and with one made ready beforehand.
    fn with(&self, mut check: impl FnMut(&ToSign<'_, String, String>)) {
        let (pairs, protocol) = self.split();
        let protocol: Vec<_> = protocol.iter().map(|(n, v)| (&**n, &**v)).collect();
        let parsed = BaseUri::parse(&self.url).unwrap();
        let prepared = PreparedUri::new(parsed);
        for uri in [parsed, prepared.uri()] {
            check(&ToSign {
                http_method: &self.method,
                uri,
                pairs: &pairs,
                protocol: &protocol,
                stamp: self.timestamp.as_ref().map(|timestamp| Stamp {
                    timestamp: timestamp.parse().unwrap(),
                    nonce: self.nonce.as_deref().unwrap(),
                }),
            });
        }
    }
}

fn cases() -> Vec<Case> {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../vectors/oauth1.json")).unwrap();
    assert_eq!(cases.len(), 150);
    cases
}

// checklist 19, 21, 27-33, 36-42, 57: base strings
#[test]
fn every_vector_has_its_base_string() {
    let mut checked = 0;
    for case in cases() {
        let Some(expected) = &case.expected_base_string else {
            continue;
        };
        let seen = Arc::<Mutex<String>>::default();
        let capture = Capture { name: case.signature_method.clone(), seen: Arc::clone(&seen) };
        let signer = case.signer(SignatureMethod::custom(capture));
        case.with(|request| {
            signer.signature(request).unwrap();
            assert_eq!(std::mem::take(&mut *seen.lock().unwrap()), *expected, "{}", case.id);
        });
        checked += 1;
    }
    assert_eq!(checked, 142);
}

// checklist 42, 43, 46: signatures
#[test]
fn every_vector_has_its_signature() {
    for case in cases() {
        let signer = case.signer(method(&case.signature_method));
        case.with(|request| {
            // Two of the PLAINTEXT examples are plain http, which is refused; see below.
            let mut uri = request.uri;
            let tls;
            if case.signature_method == "PLAINTEXT" {
                tls = format!("https{}", &case.url[case.url.find("://").unwrap()..]);
                uri = BaseUri::parse(&tls).unwrap();
            }
            let signature = signer.signature(&ToSign { uri, ..*request }).unwrap();
            assert_eq!(signature, case.expected_signature, "{}", case.id);
            match &*case.signature_method {
                "HMAC-SHA1" => assert_eq!(signature.len(), 28),
                "HMAC-SHA256" => assert_eq!(signature.len(), 44),
                "HMAC-SHA512" => assert_eq!(signature.len(), 88),
                _ => {}
            }
        });
    }
}

#[test]
fn the_signature_of_every_vector_is_diagnosed_as_correct() {
    for case in cases() {
        let (form, protocol) = case.split();
        let mut body = String::new();
        encode_pairs_into(&form, &mut body);
        let mut header = String::from("OAuth ");
        let mut add = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                write!(header, "{}=\"{}\", ", naive::encode(name), naive::encode(value)).unwrap();
            }
        };
        add("oauth_consumer_key", Some(&case.consumer_key));
        add("oauth_nonce", case.nonce.as_deref());
        add("oauth_timestamp", case.timestamp.as_deref());
        add("oauth_token", case.token.as_deref());
        add("oauth_signature_method", Some(&case.signature_method));
        for (name, value) in &protocol {
            add(name, Some(value));
        }
        let version = case.params.iter().find(|(name, _)| name == "oauth_version");
        add("oauth_version", version.map(|(_, value)| &**value));
        add("oauth_signature", Some(&case.expected_signature));
        let mut headers = HeaderMap::new();
        headers.insert("authorization", header.trim_end_matches(", ").parse().unwrap());
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());

        let secrets = Secrets::new(case.consumer_secret.as_str());
        let secrets = match case.token_secret.as_str() {
            "" => secrets,
            secret => secrets.with_token(secret),
        };
        let sent =
            Sent { method: &case.method, url: &case.url, headers: &headers, body: body.as_bytes() };
        let diagnosis = Diagnose::new(secrets).diagnose(&sent).unwrap();
        assert_eq!(*diagnosis.verdict(), Verdict::Correct, "{}: {diagnosis}", case.id);
    }
}

// checklist 20, 34, 48, 51, 54
#[test]
fn every_vector_is_sent_whole_in_each_place() {
    for case in cases() {
        let signer = case.signer(method(&case.signature_method));
        case.with(|request| {
            if !request.uri.is_tls() && case.signature_method == "PLAINTEXT" {
                return;
            }
            let mut expected: Pairs =
                vec![("oauth_consumer_key".into(), case.consumer_key.clone())];
            let mut add = |name: &str, value: Option<&str>| {
                expected.extend(value.map(|value| (name.to_owned(), value.to_owned())));
            };
            add("oauth_nonce", case.nonce.as_deref());
            add("oauth_signature_method", Some(&case.signature_method));
            add("oauth_timestamp", case.timestamp.as_deref());
            add("oauth_token", case.token.as_deref());
            let version = case.params.iter().find(|(name, _)| name == "oauth_version");
            add("oauth_version", version.map(|(_, value)| &**value));
            for (name, value) in request.protocol {
                add(name, Some(value));
            }
            add("oauth_signature", Some(&case.expected_signature));

            let header = signer.authorization(request, case.realm.as_deref()).unwrap();
            let (realm, sent) = naive::read_header(&header);
            assert_eq!(realm, case.realm, "{}", case.id);
            assert_eq!(sent, expected, "{}", case.id);

            let mut form = String::new();
            signer.parameters_into(request, &mut form).unwrap();
            assert_eq!(naive::read_form(&form), expected, "{}", case.id);

            let mut query = String::new();
            signer.signed_query_into(request, &mut query).unwrap();
            let all = [request.pairs, &expected].concat();
            assert_eq!(naive::read_form(&query), all, "{}", case.id);
        });
    }
}

// checklist 37
#[test]
fn a_signed_request_has_the_same_signature_again() {
    for case in cases() {
        if case.signature_method == "PLAINTEXT" {
            continue;
        }
        let signer = case.signer(method(&case.signature_method));
        case.with(|request| {
            let mut pairs = request.pairs.to_vec();
            pairs.push(("oauth_signature".into(), case.expected_signature.clone()));
            let again = ToSign { pairs: &pairs, ..*request };
            assert_eq!(signer.signature(&again).unwrap(), case.expected_signature, "{}", case.id);
        });
    }
}
