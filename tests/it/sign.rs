//! `Session::sign`: somebody else's request, in place.

use http::{HeaderValue, Method, Request, header};
use tripod::{ErrorKind, RequestError, Session, Signing, Transmission};

use crate::support::Kind;
use crate::{naive, support::*};

const PHOTOS: &str = "https://photos.example.net/photos";
const FORM: &str = "application/x-www-form-urlencoded";

fn expected<'a>(method: &'a str, own: &'a [(&'a str, &'a str)]) -> Expected<'a> {
    let token = Some((ACCESS_TOKEN, ACCESS_SECRET));
    Expected { method, base_uri: PHOTOS, own, token, ..Expected::default() }
}

fn session() -> Session {
    Scenario::photos().to_granted()
}

fn post(content_types: &[&str], body: &'static str) -> Request<&'static str> {
    let mut request = Request::post(PHOTOS).body(body).unwrap();
    for kind in content_types {
        request.headers_mut().append(header::CONTENT_TYPE, kind.parse().unwrap());
    }
    request
}

// checklist 26, 33
#[test]
fn nothing_changes_but_the_authorization_header() {
    let url = format!("{PHOTOS}/../%7e;x?b=%2f+c&b=&a&&c=1=2");
    let mut request = Request::builder()
        .method(Method::PATCH)
        .uri(&url)
        .header("x-test", "1")
        .header(header::CONTENT_TYPE, FORM)
        .body("a=%20+&d".to_owned())
        .unwrap();
    session().sign(&mut request).unwrap();
    let own = [("b", "/ c"), ("b", ""), ("a", ""), ("c", "1=2"), ("a", "  "), ("d", "")];
    let base_uri = "https://photos.example.net/photos/../%7e;x";
    Expected { base_uri, ..expected("PATCH", &own) }.in_header(&request);
    assert_eq!(request.uri().to_string(), url);
    assert_eq!(request.body(), "a=%20+&d");
    assert_eq!(request.method(), Method::PATCH);
    assert_eq!(request.headers().len(), 3);
}

// checklist 35
#[test]
fn only_a_form_that_says_so_is_signed() {
    for (types, signed) in [
        (&[FORM][..], true),
        (&["Application/X-WWW-form-urlencoded ; charset=utf-8"], true),
        (&[], false),
        (&["text/plain"], false),
        (&["multipart/form-data"], false),
        (&["application/x-www-form-urlencoded+x"], false),
        // Two of them: nobody knows which one the provider reads.
        (&[FORM, "text/plain"], false),
    ] {
        let mut request = post(types, "a=1");
        session().sign(&mut request).unwrap();
        let own: &[_] = if signed { &[("a", "1")] } else { &[] };
        expected("POST", own).in_header(&request);
    }
}

// checklist 37
#[test]
fn a_request_that_is_authorized_already_is_left_alone() {
    let session = session();
    let mut request = post(&[], "");
    session.sign(&mut request).unwrap();
    let error = session.sign(&mut request).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Request(RequestError::AuthorizationPresent));
    assert!(error.to_string().contains("remove the header"), "{error}");
    quiet(&error);
    expected("POST", &[]).in_header(&request);
    request.headers_mut().remove(header::AUTHORIZATION);
    session.sign(&mut request).unwrap();
    Expected { nonce: "nonce2", ..expected("POST", &[]) }.in_header(&request);

    // Another kind of credentials, and beside a query.
    let url = "https://platform.fatsecret.com/rest/server.api";
    let mut request =
        Request::get(url).header(header::AUTHORIZATION, "Basic a2V5OnNlY3JldA==").body("").unwrap();
    let error = Scenario::fatsecret().to_granted().sign(&mut request).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Request(RequestError::AuthorizationPresent));
    assert_eq!(request.uri().to_string(), url);
    assert_eq!(request.headers()[header::AUTHORIZATION], "Basic a2V5OnNlY3JldA==");
}

#[test]
fn a_url_that_is_too_long_once_signed_says_so() {
    let reason = "it is longer than 65,534 bytes once signed; send the parameters in a form body";
    let url = format!("https://platform.fatsecret.com/rest?{}", "x".repeat(65_400));
    let session = Scenario::fatsecret().to_granted();
    let mut request = Request::get(url.as_str()).body("").unwrap();
    let error = session.sign(&mut request).unwrap_err();
    assert_eq!(*error.kind(), Kind::invalid_url(reason));
    assert_eq!(request.uri().to_string(), url);
    let error = session.get(&url).build().unwrap_err();
    assert_eq!(*error.kind(), Kind::invalid_url(reason));
    let error = session.get(format!("{PHOTOS}/<b>")).build().unwrap_err();
    assert!(!error.to_string().contains("longer"), "{error}");
}

// checklist 22, 37, 54
#[test]
fn the_query_takes_the_parameters_where_the_provider_reads_it() {
    let url = "https://platform.fatsecret.com/rest/server.api";
    for (query, own) in
        [("", &[][..]), ("?", &[]), ("?a=1", &[("a", "1")]), ("?a=why?", &[("a", "why?")])]
    {
        let session = Scenario::fatsecret().to_granted();
        let mut request = Request::get(format!("{url}{query}")).body("").unwrap();
        session.sign(&mut request).unwrap();
        let oauth = Expected { base_uri: url, ..expected("GET", own) }.form();
        let query = match query {
            "" | "?" => "?".to_owned(),
            other => format!("{other}&"),
        };
        assert_eq!(request.uri().to_string(), format!("{url}{query}{oauth}"));
        assert!(request.headers().is_empty());

        let error = session.sign(&mut request).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Request(RequestError::ReservedParameter { .. })),
            "{error}"
        );
        quiet(&error);
    }
}

// checklist 29
#[test]
fn a_host_header_wins() {
    let mut request = post(&[], "");
    request.headers_mut().insert(header::HOST, HeaderValue::from_static("INNER.example:443"));
    session().sign(&mut request).unwrap();
    let base_uri = "https://inner.example/photos";
    Expected { base_uri, ..expected("POST", &[]) }.in_header(&request);
    request.headers_mut().remove(header::AUTHORIZATION);
    request.headers_mut().insert(header::HOST, HeaderValue::from_bytes(b"\xff").unwrap());
    let error = session().sign(&mut request).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }));
}

// checklist 53, 60
#[test]
fn what_cannot_be_signed_leaves_the_request_alone() {
    let signing = Signing::default().with_transmission(Transmission::Form);
    let form = Scenario::at(photos().with_signing(signing)).to_granted();
    let mut request = post(&[FORM], "a=1");
    let kind = form.sign(&mut request).unwrap_err().kind().clone();
    assert_eq!(kind, Kind::from(ErrorKind::Request(RequestError::FormBodyNeeded)));

    let mut request =
        Request::post(PHOTOS).header(header::CONTENT_TYPE, FORM).body(b"\xff").unwrap();
    let kind = session().sign(&mut request).unwrap_err().kind().clone();
    assert_eq!(kind, Kind::from(ErrorKind::Request(RequestError::ParameterNotUtf8)));

    for url in ["/photos", "photos.example.net", "ftp://photos.example.net/"] {
        let mut request = Request::get(url).body("").unwrap();
        let error = session().sign(&mut request).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{error}");
        assert!(request.headers().is_empty());
    }

    let mut request = post(&[FORM], "oauth_token=x");
    let kind = session().sign(&mut request).unwrap_err().kind().clone();
    assert_eq!(kind, Kind::reserved("oauth_token"));
    assert_eq!(request.headers().len(), 1);
}

// checklist 50, 51
#[test]
fn the_header_reads_back_as_what_was_meant() {
    let mut request = post(&[], "");
    session().sign(&mut request).unwrap();
    let text = request.headers()[header::AUTHORIZATION].to_str().unwrap();
    assert!(text.starts_with("OAuth oauth_consumer_key=\"key%201\", "), "{text}");
    let (realm, pairs) = naive::read_header(text);
    assert_eq!(realm, None);
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "oauth_consumer_key",
            "oauth_nonce",
            "oauth_signature_method",
            "oauth_timestamp",
            "oauth_token",
            "oauth_version",
            "oauth_signature"
        ]
    );
}
