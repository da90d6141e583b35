//! Refused signatures are explained, through the public interface alone.

use http::HeaderMap;
use proptest::prelude::*;
use tripod::{
    ErrorKind,
    signature::diagnose::{
        Check, Diagnose, Diagnosis, Mistake, NotCompared, Secrets, Sent, Verdict,
    },
};

use crate::naive;

#[path = "mistaken.rs"]
mod mistaken;

use mistaken::requests::{Request, bare, full, json, possible};

fn secrets(request: &Request) -> Secrets {
    let secrets = Secrets::new(request.consumer_secret)
        .with_oauth2(request.oauth2_secret)
        .with_request_token(request.request_token_secret);
    if request.token_secret.is_empty() { secrets } else { secrets.with_token(request.token_secret) }
}

/// What is found of a signature.
fn diagnosed(request: &Request, signature: &str) -> Diagnosis {
    let (url, headers, body) = mistaken::sent(request, signature);
    let sent = Sent { method: request.method, url: &url, headers: &headers, body: body.as_bytes() };
    Diagnose::new(secrets(request)).at(1_767_225_610).diagnose(&sent).unwrap()
}

/// Whether these mistakes change anything in this request is for the signer that makes them to say.
#[track_caller]
fn check(request: &Request, made: &[Mistake]) -> bool {
    let signature = mistaken::signature(request, made);
    let diagnosis = diagnosed(request, &signature);
    match diagnosis.verdict() {
        Verdict::Correct => {
            assert_eq!(signature, mistaken::signature(request, &[]), "{made:?}");
            false
        }
        Verdict::Explained(finding) => {
            // The mistakes that were made, unless fewer give the same; and nothing that gives another signature.
            let sets = finding.sets();
            assert!(sets[0].len() <= made.len(), "{made:?}: {sets:?}");
            assert!(
                sets[0].len() < made.len() || sets.contains(&made.to_vec()),
                "{made:?}: {sets:?}"
            );
            for set in sets {
                assert_eq!(mistaken::signature(request, set), signature, "{made:?}: {set:?}");
            }
            true
        }
        other => panic!("{made:?}: {other:?}"),
    }
}

#[test]
fn every_single_mistake_is_found() {
    let mut found = Vec::new();
    for request in [full(), bare(), json()] {
        for mistake in possible(&request) {
            if check(&request, &[mistake]) {
                found.push(mistake);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    let missed: Vec<_> = Mistake::ALL.iter().filter(|one| !found.contains(one)).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

/// All pairs are compared with this signer in the unit tests; here every so many go the whole way. Each takes some
/// hundredths of a second in a build that is not optimized.
#[test]
fn two_mistakes_at_once_are_found() {
    let mut went = 0;
    for (request, step) in [(full(), 37), (bare(), 41), (json(), 43)] {
        let possible = possible(&request);
        let pairs = possible
            .iter()
            .enumerate()
            .flat_map(|(index, one)| possible[index + 1..].iter().map(move |other| [*one, *other]))
            // A signer makes one mistake of a kind at most.
            .filter(|pair| pair[0].about() != pair[1].about());
        for pair in pairs.step_by(step) {
            check(&request, &pair);
            went += 1;
        }
    }
    assert!(went >= 120, "{went}");
}

/// The table of the page is made of what each mistake says of itself.
#[test]
fn the_guide_lists_all_findings() {
    let page = include_str!("../../docs/invalid_signature.md");
    let (_, table) =
        page.split_once("| About | Finding | The signer … |\n|---|---|---|\n").unwrap();
    let rows: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    let row = |one: &Mistake| format!("| {} | `{one:?}` | {one} |", one.about());
    assert_eq!(rows, Mistake::ALL.iter().map(row).collect::<Vec<_>>());
}

#[test]
fn nothing_is_shown_that_grants_access() {
    for request in [full(), bare()] {
        for made in
            [&[][..], &[Mistake::SortedDecoded], &[Mistake::TokenAsSecret, Mistake::VerbGet]]
        {
            let signature = mistaken::signature(&request, made);
            let (url, headers, body) = mistaken::sent(&request, &signature);
            let sent = Sent {
                method: request.method,
                url: &url,
                headers: &headers,
                body: body.as_bytes(),
            };
            let theirs = mistaken::base_string(&request, &[Mistake::NotSorted]);
            let doctor = Diagnose::new(secrets(&request)).provider_base_string(theirs);
            let diagnosis = doctor.diagnose(&sent).unwrap();
            let shown = format!("{doctor:?} {sent:?} {diagnosis:?} {diagnosis}");
            for secret in
                [request.consumer_secret, request.oauth2_secret, "tok/en", "tok%2Fen", &signature]
            {
                assert!(!shown.contains(secret), "{secret}: {shown}");
            }
        }
    }
}

#[test]
fn a_base_string_of_the_provider_is_compared_and_explained() {
    let request = full();
    let (url, headers, body) = mistaken::sent(&request, "%3D");
    let sent = Sent { method: request.method, url: &url, headers: &headers, body: body.as_bytes() };
    let with = |made: &[Mistake]| {
        let theirs = mistaken::base_string(&request, made);
        Diagnose::new(secrets(&request)).provider_base_string(theirs).diagnose(&sent).unwrap()
    };
    assert_eq!(with(&[]).provider_base_string(), None);
    let diagnosis = with(&[Mistake::OtherScheme]);
    let provider = diagnosis.provider_base_string().unwrap();
    assert_eq!(
        provider.difference.to_string(),
        "the provider signs the URL http://api.example:8443/r%20v/c~d/, the request went to https://api.example:8443/r%20v/c~d/"
    );
    assert_eq!(provider.mistakes.as_ref().unwrap().sets(), [[Mistake::OtherScheme]]);
}

fn bearing(authorization: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", authorization.parse().unwrap());
    headers
}

#[test]
fn plaintext_is_the_key_itself() {
    let with = |signature: &str| {
        let headers = bearing(&format!(
            "OAuth oauth_consumer_key=\"k\", oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"{signature}\""
        ));
        let sent = Sent { method: "GET", url: "https://a.example/", headers: &headers, body: b"" };
        Diagnose::new(Secrets::new("s e").with_token("t")).diagnose(&sent).unwrap()
    };
    assert_eq!(*with("s%2520e%26t").verdict(), Verdict::Correct);
    let found = |signature: &str| match with(signature).verdict() {
        Verdict::Explained(finding) => finding.sets().to_vec(),
        other => panic!("{other:?}"),
    };
    assert_eq!(found("s%20e%26t"), [[Mistake::ConsumerSecretNotEncoded]]);
    assert_eq!(found("s%2520e%26"), [[Mistake::TokenSecretMissing]]);
    let unknown = with("another%26t");
    assert!(matches!(unknown.verdict(), Verdict::Unknown { tried: 1.., .. }), "{unknown:?}");
    assert!(unknown.checks().is_empty(), "PLAINTEXT needs no timestamp: {unknown}");
}

#[test]
fn what_providers_refuse_whatever_the_signature_is() {
    let with = |authorization: &str, url: &str| {
        let headers = bearing(authorization);
        let sent = Sent { method: "GET", url, headers: &headers, body: b"" };
        Diagnose::new(Secrets::new("s"))
            .at(1_767_225_600)
            .diagnose(&sent)
            .unwrap()
            .checks()
            .to_vec()
    };
    let whole = |timestamp: &str, more: &str| {
        format!(
            "OAuth oauth_consumer_key=\"k\", oauth_signature_method=\"HMAC-SHA1\", oauth_nonce=\"n\", oauth_timestamp=\"{timestamp}\", oauth_signature=\"%3D\"{more}"
        )
    };
    let url = "https://a.example/";
    assert_eq!(with(&whole("1767225900", ""), url), []);
    assert_eq!(with(&whole("1767225600000", ""), url), [Check::TimestampNotSeconds]);
    assert_eq!(with(&whole("-5", ""), url), [Check::TimestampUnreadable]);
    let said = |checks: Vec<Check>| checks.iter().map(ToString::to_string).collect::<Vec<_>>();
    let [behind] = &said(with(&whole("1767222000", ""), url))[..] else { panic!() };
    assert!(behind.starts_with("oauth_timestamp is 3600 seconds behind"), "{behind}");
    let [version, repeated, places] = &said(with(
        &whole("1767225600", ", oauth_version=\"1\""),
        "https://a.example/?oauth_nonce=n",
    ))[..] else {
        panic!()
    };
    assert!(version.starts_with("oauth_nonce is there more than once"), "{version}");
    assert!(repeated.starts_with("OAuth parameters are in more than one place"), "{repeated}");
    assert!(places.starts_with("oauth_version is not 1.0"), "{places}");
    let missing = said(with("OAuth oauth_signature=\"%3D\"", url));
    assert_eq!(missing.len(), 4, "{missing:?}");
}

/// What is found of a request with this method and signature, whose key has the consumer's secret `s` alone.
fn with_method(
    method: &str,
    signature: &str,
    content_type: Option<&str>,
    body: &[u8],
) -> Diagnosis {
    let named = if method.is_empty() {
        String::new()
    } else {
        format!("oauth_signature_method=\"{method}\", ")
    };
    let mut headers = bearing(&format!(
        "OAuth oauth_consumer_key=\"k\", {named}oauth_nonce=\"n\", oauth_timestamp=\"1767225600\", oauth_signature=\"{signature}\""
    ));
    if let Some(content_type) = content_type {
        headers.insert("content-type", content_type.parse().unwrap());
    }
    let sent = Sent { method: "POST", url: "https://a.example/", headers: &headers, body };
    Diagnose::new(Secrets::new("s")).diagnose(&sent).unwrap()
}

/// The signature of that request as its signer should have made it.
fn signed(method: &str) -> String {
    let mut pairs = vec![("oauth_consumer_key", "k"), ("oauth_nonce", "n")];
    if !method.is_empty() {
        pairs.push(("oauth_signature_method", method));
    }
    pairs.push(("oauth_timestamp", "1767225600"));
    let text = naive::base_string("POST", "https://a.example/", &pairs);
    naive::encode(&naive::base64(&naive::hmac_sha1("s", "", &text)))
}

#[test]
fn a_method_that_is_written_in_another_way_is_searched_and_said() {
    for method in ["HMAC-SHA-1", "hmac-sha1"] {
        let diagnosis = with_method(method, &signed(method), None, b"");
        assert_eq!(*diagnosis.verdict(), Verdict::Correct, "{method}");
        let [check] = diagnosis.checks() else { panic!("{diagnosis}") };
        assert!(matches!(check, Check::MethodMisspelled { name: "HMAC-SHA1", .. }), "{check:?}");
        assert!(check.is_refusal());
    }
    for (method, check) in [
        ("HMAC-MD5", Check::MethodUnknown),
        ("", with_method("", "%3D", None, b"").checks()[0].clone()),
    ] {
        let diagnosis = with_method(method, &signed(method), None, b"");
        assert_eq!(*diagnosis.verdict(), Verdict::Correct, "{method}");
        assert_eq!(diagnosis.checks(), [check]);
    }
}

#[test]
fn why_nothing_was_compared_is_said_and_what_was() {
    for (method, signature, reason) in [
        ("RSA-SHA1", signed("RSA-SHA1"), NotCompared::Method),
        ("rsa-sha1", signed("rsa-sha1"), NotCompared::Method),
        ("HMAC-SHA1", "AAAA".to_owned(), NotCompared::Length),
        ("HMAC-MD5", "AAAA".to_owned(), NotCompared::Length),
    ] {
        let diagnosis = with_method(method, &signature, None, b"");
        let Verdict::Unknown { tried: 0, not_compared, .. } = diagnosis.verdict() else {
            panic!("{method}: {diagnosis}")
        };
        assert_eq!(*not_compared, Some(reason), "{method}");
    }
    let diagnosis = with_method("HMAC-SHA1", &signed("RSA-SHA1"), None, b"");
    let Verdict::Unknown { tried, most: 2, mistakes, not_compared: None, .. } = diagnosis.verdict()
    else {
        panic!("{diagnosis}")
    };
    assert!(*tried > 500, "{tried}");
    assert!(mistakes.contains(&Mistake::VerbGet) && !mistakes.contains(&Mistake::VerbPost));
    let said = diagnosis.to_string();
    assert!(
        said.contains("of up to 2 mistakes, about the consumer secret, how the two secrets are joined, the hash, the"),
        "{said}"
    );
}

#[test]
fn a_body_that_only_looks_like_a_form_is_not_refused() {
    let signature = signed("HMAC-SHA1");
    let checks = |content_type, body| {
        let diagnosis = with_method("HMAC-SHA1", &signature, content_type, body);
        assert_eq!(*diagnosis.verdict(), Verdict::Correct);
        assert!(!diagnosis.checks().iter().any(Check::is_refusal), "{diagnosis}");
        diagnosis.checks().to_vec()
    };
    assert_eq!(checks(Some("application/octet-stream"), b"aGVsbG8="), []);
    assert_eq!(checks(Some("text/plain"), b"a=1&b=2"), []);
    assert_eq!(checks(None, b"aGVsbG8="), []);
    assert_eq!(checks(None, b"a=1&b="), [Check::FormWithoutType]);
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(checks(form, b"a=M\xfcller"), [Check::FormNotUtf8]);
}

/// A Flickr upload, whose photo is no text, with the pairs that were signed.
fn uploaded(signed: &[(&str, &str)]) -> Diagnosis {
    let mut pairs = vec![
        ("oauth_consumer_key", "k"),
        ("oauth_nonce", "n"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1767225600"),
    ];
    pairs.extend_from_slice(signed);
    let text = naive::base_string("POST", "https://a.example/", &pairs);
    let signature = naive::encode(&naive::base64(&naive::hmac_sha1("s", "", &text)));
    let body = b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nThe sea\r\n\
        --b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"sea.jpg\"\r\n\r\n\xff\xd8\r\n--b--\r\n";
    with_method("HMAC-SHA1", &signature, Some("multipart/form-data; boundary=b"), body)
}

#[test]
fn text_parts_that_are_not_signed_are_worth_a_look() {
    let plain = uploaded(&[]);
    assert_eq!(*plain.verdict(), Verdict::Correct);
    assert_eq!(plain.checks(), [Check::TextPartsUnsigned]);
    assert!(!Check::TextPartsUnsigned.is_refusal());
    assert!(plain.to_string().contains("with_signed_text"), "{plain}");

    let signed = uploaded(&[("title", "The sea")]);
    let Verdict::Explained(finding) = signed.verdict() else { panic!("{signed}") };
    assert_eq!(finding.sets(), [[Mistake::BodyFieldsSigned]]);
    assert_eq!(signed.checks(), []);
}

#[test]
fn a_token_without_its_secret_is_said() {
    let diagnosis = |method: &str, secrets: Secrets, token: &str| {
        let headers = bearing(&format!(
            "OAuth oauth_consumer_key=\"k\", oauth_signature_method=\"{method}\", oauth_nonce=\"n\", \
             oauth_timestamp=\"1767225600\", oauth_token=\"{token}\", oauth_signature=\"GqzabLu5cb1mDez%2FL5K9aelVPLc%3D\""
        ));
        let sent = Sent { method: "GET", url: "https://a.example/", headers: &headers, body: b"" };
        Diagnose::new(secrets).diagnose(&sent).unwrap()
    };
    let secrets = || Secrets::new("cs");
    let found = diagnosis("HMAC-SHA1", secrets(), "t");
    assert_eq!(found.checks(), [Check::TokenSecretNotGiven]);
    assert!(!Check::TokenSecretNotGiven.is_refusal());
    assert!(found.to_string().contains("the request has an oauth_token"), "{found}");
    for (method, secrets, token) in [
        ("HMAC-SHA1", secrets().with_token("ts"), "t"),
        ("HMAC-SHA1", secrets().with_token(""), "t"),
        ("HMAC-SHA1", secrets(), ""),
        ("RSA-SHA1", secrets(), "t"),
    ] {
        assert_eq!(diagnosis(method, secrets, token).checks(), [], "{method}");
    }
}

#[test]
fn a_correct_signature_may_be_that_of_a_wrong_secret() {
    let diagnosis = with_method("HMAC-SHA1", &signed("HMAC-SHA1"), None, b"");
    assert_eq!(*diagnosis.verdict(), Verdict::Correct);
    assert!(diagnosis.to_string().contains("the provider may have another secret"), "{diagnosis}");
}

#[test]
fn a_url_that_was_changed_after_it_was_signed_is_among_the_causes() {
    let text = naive::base_string(
        "POST",
        "https://a.example/",
        &[
            ("oauth_consumer_key", "k"),
            ("oauth_nonce", "n"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1767225600"),
            ("q", "tea pot"),
        ],
    );
    let signature = naive::encode(&naive::base64(&naive::hmac_sha1("s", "", &text)));
    let headers = bearing(&format!(
        "OAuth oauth_consumer_key=\"k\", oauth_signature_method=\"HMAC-SHA1\", oauth_nonce=\"n\", \
         oauth_timestamp=\"1767225600\", oauth_signature=\"{signature}\""
    ));
    let url = "https://a.example/?q=tea%2520pot";
    let sent = Sent { method: "POST", url, headers: &headers, body: b"" };
    let diagnosis = Diagnose::new(Secrets::new("s")).diagnose(&sent).unwrap();
    let Verdict::Explained(finding) = diagnosis.verdict() else { panic!("{diagnosis}") };
    for mistake in finding.sets().iter().flatten() {
        let cure = mistake.cure();
        assert!(cure.contains("encoded again after it was signed"), "{mistake:?}: {cure}");
    }
    assert!(Mistake::OtherScheme.cure().contains("sign the URL that you send"));
}

#[test]
fn a_key_that_is_sent_in_place_of_its_hmac_is_found() {
    for (sent, sets) in [
        ("s%26", vec![vec![Mistake::KeyAsSignature]]),
        ("s&", vec![vec![Mistake::KeyAsSignature, Mistake::SignatureRaw]]),
    ] {
        let diagnosis = with_method("HMAC-SHA1", sent, None, b"");
        let Verdict::Explained(finding) = diagnosis.verdict() else { panic!("{diagnosis}") };
        assert_eq!(finding.sets(), sets);
    }
}

proptest! {
    /// With a method that is not known nothing is searched: here only the reading is tried.
    #[test]
    fn no_request_makes_it_panic(
        authorization in "[ -~]{0,60}",
        method in "\\PC{0,5}",
        url in "(https?://)?[ -~é]{0,40}",
        body in "\\PC{0,40}",
        theirs in "\\PC{0,40}",
        origin in proptest::option::of("(https?://)?[ -~é]{0,20}"),
    ) {
        let mut headers = bearing(&format!("OAuth oauth_signature=\"a%2\", {authorization}"));
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
        let sent = Sent { method: &method, url: &url, headers: &headers, body: body.as_bytes() };
        let mut doctor = Diagnose::new(Secrets::new("secret-canary")).provider_base_string(theirs);
        if let Some(origin) = origin {
            doctor = doctor.public_origin(origin);
        }
        if let Ok(diagnosis) = doctor.diagnose(&sent) {
            prop_assert!(!diagnosis.to_string().contains("secret-canary"));
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let headers = bearing("OAuth oauth_signature=\"%3D\"");
    let large = vec![b'a'; 64 * 1024 + 1];
    for (url, headers, body, kind) in [
        ("/relative", &headers, &b""[..], "InvalidUrl"),
        ("https://a.example/", &HeaderMap::new(), b"", "InvalidSetting"),
        ("https://a.example/", &headers, &large, "InvalidSetting"),
    ] {
        let sent = Sent { method: "GET", url, headers, body };
        let error = Diagnose::new(Secrets::new("s")).diagnose(&sent).unwrap_err();
        let is = match error.kind() {
            ErrorKind::InvalidUrl { .. } => "InvalidUrl",
            ErrorKind::InvalidSetting { .. } => "InvalidSetting",
            _ => "another",
        };
        assert_eq!(is, kind, "{error}");
    }
}
