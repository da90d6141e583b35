//! The signer against one that shares no code with it: signature, header, form and query.
//!
//! Fields: HTTP method, URL, consumer key and secret, token, token secret, nonce, timestamp, callback,
//! realm, flags, then names and values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;
use tripod::{
    Consumer,
    signature::{
        BaseUri, PreparedUri, SignatureMethod, Signer, Stamp, ToSign, decode_pairs,
        encode_pairs_into, percent_encode,
    },
};
use tripod_fuzz::{check_error, fields};

#[path = "../../tests/signature/naive.rs"]
mod naive;

const CANARY: &str = "canary-consumer-secret-";

fuzz_target!(|input: &[u8]| {
    let mut texts = fields(input).map(|field| String::from_utf8_lossy(field).into_owned());
    let mut next = || texts.next().unwrap_or_default();
    let (http_method, url) = (next(), next());
    let (key, secret) = (next(), CANARY.to_owned() + &next());
    let (token, token_secret) = (next(), next());
    let (nonce, timestamp) = (next(), next().parse().unwrap_or(1));
    let (callback, realm, flags) = (next(), next(), next());
    let flag = |flag: char| flags.contains(flag);
    let mut pairs = Vec::new();
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        pairs.push((name, value));
    }

    // Reading the URL, and what is read of its query.
    let Ok(uri) = BaseUri::parse(&url) else { return };
    let shown = uri.to_string();
    assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()), "{shown}");
    assert_eq!(BaseUri::parse(&shown).expect("it was just written").to_string(), shown);
    let in_url: Vec<(String, String)> = match decode_pairs(uri.query().unwrap_or_default()) {
        Ok(read) => read.into_iter().map(|(n, v)| (n.into_owned(), v.into_owned())).collect(),
        Err(error) => {
            check_error(&error, &[CANARY]);
            Vec::new()
        }
    };
    for (name, value) in pairs.iter().chain(&in_url) {
        assert_eq!(percent_encode(name), naive::encode(name));
        assert_eq!(percent_encode(value), naive::encode(value));
    }
    let mut written = String::new();
    encode_pairs_into(&pairs, &mut written);
    assert_eq!(naive::read_form(&written), pairs);

    let held = SecretString::from(token_secret.clone());
    let token = flag('t').then_some((&*token, &held));
    let method = if flag('p') { SignatureMethod::Plaintext } else { SignatureMethod::HmacSha1 };
    let signer = Signer::new(method, &Consumer::new(key.clone(), secret.clone()), token);
    let signer = if flag('v') { signer.without_version() } else { signer };
    let protocol: Vec<(&str, &str)> =
        if flag('c') { vec![("oauth_callback", &*callback)] } else { Vec::new() };
    let request = ToSign {
        http_method: &http_method,
        uri,
        pairs: &pairs,
        protocol: &protocol,
        stamp: Some(Stamp { timestamp, nonce: &nonce }),
    };
    let signature = match signer.signature(&request) {
        Ok(signature) => signature,
        Err(error) => return check_error(&error, &[CANARY]),
    };

    let timestamp = timestamp.to_string();
    let mut own = vec![
        ("oauth_consumer_key", &*key),
        ("oauth_nonce", &nonce),
        ("oauth_signature_method", if flag('p') { "PLAINTEXT" } else { "HMAC-SHA1" }),
        ("oauth_timestamp", &timestamp),
    ];
    own.extend(token.map(|(token, _)| ("oauth_token", token)));
    own.extend((!flag('v')).then_some(("oauth_version", "1.0")));
    own.extend(&protocol);
    let mut all: Vec<(&str, &str)> =
        pairs.iter().chain(&in_url).map(|(n, v)| (&**n, &**v)).collect();
    all.extend(&own);
    let token_secret = if token.is_some() { &*token_secret } else { "" };
    let expected = if flag('p') {
        format!("{}&{}", naive::encode(&secret), naive::encode(token_secret))
    } else {
        let text = naive::base_string(&http_method, &shown, &all);
        naive::base64(&naive::hmac_sha1(&secret, token_secret, &text))
    };
    assert_eq!(signature, expected);
    let prepared = PreparedUri::new(uri);
    let prepared = ToSign { uri: prepared.uri(), ..request };
    assert_eq!(signer.signature(&prepared).expect("it was signed before"), expected);

    own.push(("oauth_signature", &expected));
    let own: Vec<(String, String)> =
        own.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    match signer.authorization(&request, flag('r').then_some(&*realm)) {
        Ok(header) => {
            assert!(http::HeaderValue::from_str(&header).is_ok());
            let (sent_realm, sent) = naive::read_header(&header);
            assert_eq!(sent_realm.as_deref(), flag('r').then_some(&*realm));
            assert_eq!(sent, own);
        }
        Err(error) => check_error(&error, &[CANARY]),
    }
    let mut form = String::from("a=b");
    signer.parameters_into(&request, &mut form).expect("it was signed before");
    assert_eq!(naive::read_form(&form)[1..], own);
    let mut query = String::new();
    signer.signed_query_into(&request, &mut query).expect("it was signed before");
    assert_eq!(naive::read_form(&query), [pairs.clone(), own].concat());

    // The explanation is for bug reports. A fuzzer may have written the canary itself.
    let explanation = signer.explain(&request).expect("it was signed before").to_string();
    assert!(explanation.len() <= 16 * (input.len() + 512), "{}", explanation.len());
    if !String::from_utf8_lossy(input).contains(CANARY) {
        assert!(!explanation.contains(CANARY), "{explanation}");
    }
});
