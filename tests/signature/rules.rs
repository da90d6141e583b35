//! The rules of RFC 5849 that no vector shows: what is refused, what is masked, what is escaped.

use std::time::UNIX_EPOCH;

use secrecy::SecretString;
use tripod::{
    BoxError, Consumer, Error, ErrorKind, RequestError, SigningError,
    signature::{
        BaseUri, Sign, SignatureMethod, Signer, SigningKey, Stamp, ToSign, decode_pairs,
        encode_pairs_into,
    },
};

use crate::naive::{base_string, base64, hmac_sha1};

const STAMP: Option<Stamp<'static>> = Some(Stamp { timestamp: 1_767_225_600, nonce: "n0nce" });

fn signer(method: SignatureMethod) -> Signer {
    let secret = SecretString::from("token-secret");
    Signer::new(method, &Consumer::new("key", "consumer-secret"), Some(("the-token", &secret)))
}

fn request<'a>(url: &'a str, protocol: &'a [(&'a str, &'a str)]) -> ToSign<'a, &'a str, &'a str> {
    ToSign {
        http_method: "GET",
        uri: BaseUri::parse(url).unwrap(),
        pairs: &[("a", "1")],
        protocol,
        stamp: STAMP,
    }
}

fn kind<T>(result: Result<T, Error>) -> ErrorKind {
    result.err().unwrap().kind().clone()
}

/// What was sent is signed: the time is now, the nonce is fresh, and the rest is the caller's.
#[test]
fn a_signer_takes_the_time_and_a_nonce_itself() {
    let seconds = || UNIX_EPOCH.elapsed().unwrap().as_secs();
    let signer = signer(SignatureMethod::HmacSha1);
    let (url, pairs) = ("https://a.example/x?q=1%202", [("b", "é"), ("a", "1")]);
    let mut nonces = Vec::new();
    for in_header in [true, false] {
        let begin = seconds();
        let sent: Vec<(String, String)> = if in_header {
            let value = signer.authorization_now("POST", url, &pairs).unwrap();
            assert!(value.is_sensitive());
            let text = value.to_str().unwrap().strip_prefix("OAuth ").unwrap().replace('"', "");
            decoded(&text.replace(", ", "&"))
        } else {
            let text = signer.signed_query_now("POST", url, &pairs).unwrap();
            assert!(text.starts_with("b=%C3%A9&a=1&oauth_consumer_key=key&"), "{text}");
            decoded(&text)
        };
        let value = |name: &str| &sent.iter().find(|(found, _)| found == name).unwrap().1;
        let timestamp: u64 = value("oauth_timestamp").parse().unwrap();
        assert!((begin..=seconds()).contains(&timestamp));
        let nonce = value("oauth_nonce").as_str();
        assert!(nonce.len() == 32 && !nonces.contains(&nonce.to_owned()), "{nonce}");
        nonces.push(nonce.to_owned());

        let oauth = sent.iter().filter(|(name, _)| name.starts_with("oauth_"));
        let mut all: Vec<(&str, &str)> = oauth.map(|(name, value)| (&**name, &**value)).collect();
        all.extend([("q", "1 2")].iter().chain(&pairs));
        let text = base_string("POST", "https://a.example/x", &all);
        let expected = base64(&hmac_sha1("consumer-secret", "token-secret", &text));
        assert_eq!(*value("oauth_signature"), expected);
    }
    assert!(matches!(
        kind(signer.authorization_now("GET", "/x", &[])),
        ErrorKind::InvalidUrl { .. }
    ));
}

fn decoded(text: &str) -> Vec<(String, String)> {
    let pairs = decode_pairs(text).unwrap().into_iter();
    pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

// checklist 45
#[test]
fn plaintext_needs_tls_on_any_host() {
    let signer = signer(SignatureMethod::Plaintext);
    for url in ["http://api.example/", "http://127.0.0.1:8080/", "http://localhost/"] {
        let request = request(url, &[]);
        let mut out = "kept".to_owned();
        assert_eq!(
            kind(signer.signature(&request)),
            ErrorKind::Signing(SigningError::PlaintextWithoutTls)
        );
        assert_eq!(
            kind(signer.authorization(&request, None)),
            ErrorKind::Signing(SigningError::PlaintextWithoutTls)
        );
        assert_eq!(
            kind(signer.authorization_into(&request, None, &mut out)),
            ErrorKind::Signing(SigningError::PlaintextWithoutTls)
        );
        assert_eq!(
            kind(signer.parameters_into(&request, &mut out)),
            ErrorKind::Signing(SigningError::PlaintextWithoutTls)
        );
        assert_eq!(
            kind(signer.signed_query_into(&request, &mut out)),
            ErrorKind::Signing(SigningError::PlaintextWithoutTls)
        );
        assert_eq!(
            kind(signer.explain(&request)),
            ErrorKind::Signing(SigningError::PlaintextWithoutTls)
        );
        assert_eq!(out, "kept");
    }
}

// checklist 20, 46
#[test]
fn plaintext_goes_with_or_without_a_stamp() {
    let signer = signer(SignatureMethod::Plaintext);
    let with = request("https://api.example/", &[("oauth_verifier", "v")]);
    assert_eq!(
        signer.authorization(&with, None).unwrap(),
        "OAuth oauth_consumer_key=\"key\", oauth_nonce=\"n0nce\", \
         oauth_signature_method=\"PLAINTEXT\", oauth_timestamp=\"1767225600\", \
         oauth_token=\"the-token\", oauth_version=\"1.0\", oauth_verifier=\"v\", \
         oauth_signature=\"consumer-secret%26token-secret\""
    );
    let without = ToSign { stamp: None, ..with };
    let mut form = String::new();
    signer.parameters_into(&without, &mut form).unwrap();
    assert_eq!(
        form,
        "oauth_consumer_key=key&oauth_signature_method=PLAINTEXT&oauth_token=the-token&\
         oauth_version=1.0&oauth_verifier=v&oauth_signature=consumer-secret%26token-secret"
    );
}

// checklist 46: the example of RFC 5849 section 2.1
#[test]
fn plaintext_key_is_encoded_once_more_where_it_is_sent() {
    let signer = Signer::new(
        SignatureMethod::Plaintext,
        &Consumer::new("jd83jd92dhsh93js", "ja893SD9"),
        None,
    );
    let request = ToSign {
        stamp: None,
        ..request("https://server.example.com/request_temp_credentials", &[])
    };
    assert_eq!(signer.signature(&request).unwrap(), "ja893SD9&");
    let header = signer.authorization(&request, None).unwrap();
    assert!(header.ends_with("oauth_signature=\"ja893SD9%26\""), "{header}");
}

// checklist 20, 23
#[test]
fn the_stamp_must_be_one() {
    let signer = signer(SignatureMethod::HmacSha1);
    let sign =
        |stamp| kind(signer.signature(&ToSign { stamp, ..request("https://a.example/", &[]) }));
    assert_eq!(
        sign(Some(Stamp { timestamp: 0, nonce: "n" })),
        ErrorKind::Signing(SigningError::ClockBeforeEpoch)
    );
    assert!(matches!(
        sign(Some(Stamp { timestamp: 1, nonce: "" })),
        ErrorKind::InvalidSetting { .. }
    ));
    assert!(matches!(sign(None), ErrorKind::InvalidSetting { .. }));
}

// checklist 36
#[test]
fn the_urls_own_query_is_signed() {
    let signer = signer(SignatureMethod::HmacSha1);
    let all = [("a", "1"), ("b", "x y"), ("b", "x y"), ("oauth_signature", "left out")];
    let whole = ToSign { pairs: &all, ..request("https://a.example/", &[]) };
    let expected = signer.signature(&whole).unwrap();
    for (url, pairs) in [
        ("https://a.example/?a=1&b=x+y&b=x%20y&oauth_signature=left+out", &all[..0]),
        ("https://a.example/?b=x+y&&oauth_signature=left%20out#f?g", &all[..2]),
        ("https://a.example?", &all),
    ] {
        let request = ToSign { pairs, ..request(url, &[]) };
        assert_eq!(signer.signature(&request).unwrap(), expected, "{url}");
        let explained = signer.explain(&request).unwrap();
        assert_eq!(explained.signature(), expected);
        assert!(explained.pairs().contains(&("b".into(), "x%20y".into())), "{explained}");
        // It stays where it is: what is added to it has the other pairs only.
        let mut added = String::new();
        signer.signed_query_into(&request, &mut added).unwrap();
        let sent = crate::naive::read_form(&added);
        assert_eq!(
            sent.iter().filter(|(name, _)| !name.starts_with("oauth_")).count(),
            pairs.len().min(3)
        );
    }
    let sign = |url| kind(signer.signature(&request(url, &[])));
    assert_eq!(
        sign("https://a.example/?a=%FF"),
        ErrorKind::Request(RequestError::ParameterNotUtf8)
    );
}

// checklist 22, 48
#[test]
fn no_protocol_parameter_comes_twice() {
    let signer = signer(SignatureMethod::HmacSha1);
    for protocol in [
        &[("oauth_nonce", "x")][..],
        &[("oauth_signature", "x")],
        &[("oauth_callback", "x"), ("oauth_verifier", "y"), ("oauth_callback", "z")],
    ] {
        assert!(matches!(
            kind(signer.signature(&request("https://a.example/", protocol))),
            ErrorKind::Request(RequestError::ReservedParameter { .. })
        ));
    }
}

// checklist 34, 52
#[test]
fn a_realm_is_quoted_and_cannot_end_the_line() {
    let signer = signer(SignatureMethod::HmacSha1);
    let request = request("https://a.example/", &[]);
    let header = signer.authorization(&request, Some(r#"a "b" \c, d="#)).unwrap();
    assert!(
        header.starts_with(r#"OAuth realm="a \"b\" \\c, d=", oauth_consumer_key="key", "#),
        "{header}"
    );
    let plain = signer.authorization(&request, None).unwrap();
    assert_eq!(
        header.split_once("oauth_consumer_key"),
        plain
            .split_once("oauth_consumer_key")
            .map(|(_, rest)| (header.split_once("oauth_consumer_key").unwrap().0, rest))
    );
    for realm in ["a\r\nX: y", "a\n", "\0", "\x7f", "é", "\t"] {
        let mut out = "kept".to_owned();
        let result = signer.authorization_into(&request, Some(realm), &mut out);
        assert!(matches!(kind(result), ErrorKind::InvalidSetting { .. }));
        assert_eq!(out, "kept");
    }
}

// checklist 55
#[test]
fn credentials_cannot_break_the_header() {
    let evil = "k\r\nX-Evil: 1\", oauth_token=\"é";
    let secret = SecretString::from(evil);
    let signer =
        Signer::new(SignatureMethod::HmacSha1, &Consumer::new(evil, evil), Some((evil, &secret)));
    let mut request = request("https://a.example/", &[]);
    let protocol = [("oauth_callback", evil), (evil, evil)];
    request.protocol = &protocol;
    request.stamp = Some(Stamp { timestamp: 1, nonce: evil });
    let header = signer.authorization(&request, None).unwrap();
    http::HeaderValue::from_str(&header).unwrap();
    let (_, sent) = crate::naive::read_header(&header);
    for (name, value) in [
        ("oauth_consumer_key", evil),
        ("oauth_token", evil),
        ("oauth_nonce", evil),
        ("oauth_callback", evil),
        (evil, evil),
    ] {
        assert_eq!(sent.iter().filter(|(n, v)| n == name && v == value).count(), 1, "{name:?}");
    }
}

// checklist 54
#[test]
fn the_requests_own_parameters_come_first() {
    let signer = signer(SignatureMethod::HmacSha1);
    let request = request("https://a.example/", &[]);
    let mut query = String::new();
    signer.signed_query_into(&request, &mut query).unwrap();
    let expected = "a=1&oauth_consumer_key=key&oauth_nonce=n0nce&oauth_signature_method=HMAC-SHA1&\
                    oauth_timestamp=1767225600&oauth_token=the-token&oauth_version=1.0&oauth_signature=";
    assert!(query.starts_with(expected), "{query}");
    let mut body = String::new();
    encode_pairs_into(request.pairs, &mut body);
    signer.parameters_into(&request, &mut body).unwrap();
    assert_eq!(body, query);
    let mut url = "https://a.example/?".to_owned();
    signer.signed_query_into(&request, &mut url).unwrap();
    assert_eq!(url, format!("https://a.example/?{query}"));
    // Only the first question mark of a URL is none of the parameters.
    for own in ["q=why?", "https://a.example/?q=why?"] {
        let mut text = own.to_owned();
        signer.signed_query_into(&request, &mut text).unwrap();
        assert_eq!(text, format!("{own}&{query}"));
        text.truncate(own.len());
        signer.parameters_into(&request, &mut text).unwrap();
        let oauth = query.strip_prefix("a=1&").unwrap();
        assert_eq!(text, format!("{own}&{oauth}"));
    }
}

#[test]
fn an_explanation_masks_the_token_in_the_path() {
    let signer = signer(SignatureMethod::HmacSha1);
    for segment in ["the-token", "the%2Dtoken"] {
        let url = format!("https://a.example/1/tokens/{segment}/members");
        let explained = signer.explain(&request(&url, &[])).unwrap();
        let shown = "GET&https%3A%2F%2Fa.example%2F1%2Ftokens%2Fmasked-9-characters%2Fmembers&";
        let base_string = explained.base_string().unwrap();
        assert!(base_string.replace("POST&", "GET&").starts_with(shown), "{explained}");
        assert!(!format!("{explained} {explained:?}").contains(segment), "{explained:?}");
    }
    // One with a slash is a single segment, or two.
    let consumer = Consumer::new("key", "secret");
    let secret = SecretString::from("s");
    let signer =
        Signer::new(SignatureMethod::HmacSha1, &consumer, Some(("Ab/cd3fGh1jKl", &secret)));
    for (path, shown) in [
        ("revoke/Ab%2Fcd3fGh1jKl", "revoke%2Fmasked-13-characters&"),
        ("revoke/Ab/cd3fGh1jKl", "masked-20-characters&"),
        ("revoke/Ab/cd", "revoke%2FAb%2Fcd&"),
    ] {
        let url = format!("https://a.example/{path}");
        let explained = signer.explain(&request(&url, &[])).unwrap();
        let (_, base_string) = explained.base_string().unwrap().split_once('&').unwrap();
        let expected = format!("https%3A%2F%2Fa.example%2F{shown}");
        assert!(base_string.starts_with(&expected), "{explained}");
    }
}

struct Failing;

impl Sign for Failing {
    fn name(&self) -> &'static str {
        "X-FAIL"
    }

    fn sign(&self, base_string: &str, key: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        use secrecy::ExposeSecret;
        assert!(base_string.contains("oauth_signature_method%3DX-FAIL"));
        assert_eq!(key.consumer_secret(), "consumer-secret");
        assert_eq!(key.token_secret(), "token-secret");
        assert_eq!(key.encoded().expose_secret(), "consumer-secret&token-secret");
        assert_eq!(format!("{key:?}"), "SigningKey(..)");
        Err("the module is unplugged".into())
    }
}

// checklist 47
#[test]
fn a_signer_of_the_callers_own_may_fail() {
    let signer = signer(SignatureMethod::custom(Failing));
    let error = signer.authorization(&request("https://a.example/", &[]), None).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Signing(SigningError::SignerFailed));
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the module is unplugged");
}

// checklist 56
#[test]
fn nothing_secret_is_in_debug() {
    let signer = signer(SignatureMethod::Plaintext);
    let request =
        request("https://user:pass@a.example/path?q=private", &[("oauth_verifier", "private")]);
    assert_eq!(
        format!("{signer:?}"),
        "Signer { method: SignatureMethod(PLAINTEXT), consumer_key: \"key\", .. }"
    );
    assert_eq!(
        format!("{request:?}"),
        "ToSign { http_method: \"GET\", uri: BaseUri(https://a.example/path), .. }"
    );
}

// checklist 56
#[test]
fn an_explanation_shows_the_steps_and_no_secret() {
    let signer = signer(SignatureMethod::HmacSha1);
    let pairs = [("sized", "é 1"), ("client_password", "hunter2!"), ("title", "the-token")];
    let protocol =
        [("oauth_callback", "https://app.example/cb?state=s3cret"), ("oauth_verifier", "v3rifier")];
    let request = ToSign {
        pairs: &pairs,
        protocol: &protocol,
        http_method: "post",
        ..request("https://A.example/p", &[])
    };
    let explanation = signer.explain(&request).unwrap();
    assert_eq!(explanation.signature(), signer.signature(&request).unwrap());
    assert_eq!(explanation.method(), "HMAC-SHA1");
    assert_eq!(explanation.key_shape(), "15 characters & 12 characters");
    let pairs: Vec<_> = explanation.pairs().iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(
        pairs,
        [
            ("client_password", "masked-8-characters"),
            ("oauth_callback", "https%3A%2F%2Fapp.example%2Fcb%3Fmasked-12-characters"),
            ("oauth_consumer_key", "key"),
            ("oauth_nonce", "n0nce"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1767225600"),
            ("oauth_token", "masked-9-characters"),
            ("oauth_verifier", "masked-8-characters"),
            ("oauth_version", "1.0"),
            ("sized", "%C3%A9%201"),
            ("title", "masked-9-characters"),
        ]
    );
    let text = explanation.to_string();
    assert!(text.contains("POST&https%3A%2F%2Fa.example%2Fp&client_password%3Dmasked-8-characters%26oauth_callback%3D"), "{text}");
    for shown in [text, format!("{explanation:?}")] {
        for secret in ["the-token", "secret", "s3cret", "v3rifier", "hunter2"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
    }

    let plain = self::signer(SignatureMethod::Plaintext).explain(&request).unwrap();
    assert_eq!(plain.signature(), "masked-28-characters");
    assert_eq!(plain.base_string(), None);
    assert!(!plain.to_string().contains("secret"));
}

#[test]
fn what_a_signer_sends_is_what_it_signs_also_if_it_was_changed_after_use() {
    let request = request("https://api.example/", &[]);
    let sent = |signer: &Signer| {
        let mut query = String::new();
        signer.signed_query_into(&request, &mut query).unwrap();
        (signer.authorization(&request, None).unwrap(), query)
    };
    let fresh = sent(&signer(SignatureMethod::HmacSha1).without_version());
    let used = signer(SignatureMethod::HmacSha1);
    assert!(sent(&used).0.contains("oauth_version"));
    assert_eq!(sent(&used.without_version()), fresh);
    assert!(!fresh.0.contains("oauth_version") && !fresh.1.contains("oauth_version"));
}

#[test]
fn a_signer_is_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Signer>();
    shared::<SignatureMethod>();
}
