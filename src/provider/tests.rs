//! What a provider accepts as its endpoints and origins.

use http::Method;

use super::{
    Provider, Transmission,
    endpoint::check_endpoint,
    presets::{FATSECRET_DATA_HOST, FATSECRET_HANDSHAKE},
};
use crate::{
    error::{ErrorKind, RequestError},
    signature::BaseUri,
};

fn new(url: &str) -> Result<Provider, ErrorKind> {
    let good = "https://p.example/x";
    let kinds = [
        Provider::new(url, good, good),
        Provider::new(good, url, good),
        Provider::new(good, good, url),
    ]
    .map(|built| built.map_err(|error| error.kind().clone()));
    let [first, second, third] = kinds;
    assert_eq!(first.as_ref().err(), second.as_ref().err());
    assert_eq!(first.as_ref().err(), third.as_ref().err());
    first
}

// checklist 7
#[test]
fn endpoints_are_https_except_on_loopback() {
    for url in ["http://p.example/x", "http://127.0.0.1.p.example/x", "http://localhost.p.example/"]
    {
        assert_eq!(new(url).unwrap_err(), ErrorKind::InsecureEndpoint, "{url}");
    }
    for url in
        ["http://127.0.0.1:8080/x", "http://127.9.9.9/x", "http://[::1]:80/x", "http://LocalHost/x"]
    {
        assert!(new(url).is_ok(), "{url}");
    }
}

#[test]
fn debug_shows_no_query_of_an_endpoint() {
    let provider = new("https://p.example/x?key=canary").unwrap();
    assert!(!format!("{provider:?} {provider}").contains("canary"), "{provider:?}");
}

// checklist 1
#[test]
fn an_endpoints_query_has_nothing_of_oauths_own() {
    assert!(new("https://p.example/x?lang=de").is_ok());
    for url in ["https://p.example/x?oauth_token=x", "https://p.example/x?a=1&%6Fauth_nonce"] {
        assert!(
            matches!(
                new(url).unwrap_err(),
                ErrorKind::Request(RequestError::ReservedParameter { .. })
            ),
            "{url}"
        );
    }
}

#[test]
fn a_reserved_name_is_shown_without_what_stands_behind_it() {
    let kind = new("https://p.example/x?oauth_token%3Dcanary").unwrap_err();
    assert_eq!(
        kind,
        ErrorKind::Request(RequestError::ReservedParameter { name: "oauth_token".into() })
    );
}

#[test]
fn endpoints_have_no_fragment_and_no_user() {
    for url in [
        "https://p.example/x#y",
        "https://u@p.example/x",
        "https://u:p@p.example?x",
        "p.example/x",
        "",
    ] {
        assert!(matches!(new(url).unwrap_err(), ErrorKind::InvalidUrl { .. }), "{url}");
    }
    assert!(new("https://p.example/@me").is_ok());
}

#[test]
fn fatsecret_would_pass_its_own_checks() {
    let provider = Provider::fatsecret();
    for url in
        [&provider.request_token.url, &provider.authorization_url, &provider.access_token.url]
    {
        assert_eq!(check_endpoint(url).unwrap().to_string(), FATSECRET_HANDSHAKE);
    }
    let data = provider.resource_origins[0].to_string();
    assert_eq!(check_endpoint(&data).unwrap(), provider.resource_origins[0]);
    let same = Provider::fatsecret_at(FATSECRET_HANDSHAKE, &data).unwrap();
    assert_eq!(format!("{same:?}"), format!("{provider:?}"));
}

#[test]
fn a_session_signs_for_the_providers_origins_only() {
    let provider = new("https://P.example:443/x").unwrap();
    let provider = provider.with_resource_origin("https://api.example:8443/").unwrap();
    let owns = |url: &str| provider.owns(&BaseUri::parse(url).unwrap());
    for url in ["https://p.example/any?x", "HTTPS://p.EXAMPLE:443", "https://api.example:8443/"] {
        assert!(owns(url), "{url}");
    }
    for url in [
        "http://p.example/",
        "https://p.example:444/",
        "https://p.example.evil.example/",
        "https://evil.example/?https://p.example/",
        "https://p.example@evil.example/",
        "https://api.example/",
    ] {
        assert!(!owns(url), "{url}");
    }
}

#[test]
fn an_origin_is_refused_what_would_be_ignored() {
    let good = "https://p.example";
    let kinds = |origin: &str| {
        [
            Provider::fatsecret_at(origin, good),
            Provider::fatsecret_at(good, origin),
            Provider::fatsecret().with_resource_origin(origin),
        ]
        .map(|built| built.map(drop).map_err(|error| error.kind().clone()))
    };
    for origin in [
        "https://p.example/api",
        "https://p.example//",
        "https://p.example?",
        "https://p.example/?a=1",
        "https://p.example#",
        "https://u@p.example",
        "p.example",
    ] {
        for kind in kinds(origin) {
            assert!(matches!(kind, Err(ErrorKind::InvalidUrl { .. })), "{origin} {kind:?}");
        }
    }
    assert_eq!(kinds("http://p.example"), [(); 3].map(|()| Err(ErrorKind::InsecureEndpoint)));
    for origin in ["https://p.example/", "HTTPS://P.example:443", "http://[::1]:8080"] {
        assert_eq!(kinds(origin), [(); 3].map(Ok), "{origin}");
    }
    let provider = Provider::fatsecret_at("http://127.0.0.1:1/", good).unwrap();
    assert_eq!(provider.access_token.url, "http://127.0.0.1:1/oauth/access_token");
}

#[cfg(feature = "fatsecret")]
#[test]
fn the_api_is_where_it_was_named_to_be() {
    let provider = new("https://tokens.example/x").unwrap();
    assert_eq!(provider.resource_origin(), "https://tokens.example");
    let provider = provider.with_resource_origin("https://api.example").unwrap();
    let provider = provider.with_resource_origin("https://other.example").unwrap();
    assert_eq!(provider.resource_origin(), "https://api.example");
    let same = new("https://p.example/x").unwrap().with_resource_origin("https://p.example");
    let same = same.unwrap().with_resource_origin("https://api.example").unwrap();
    assert_eq!(same.resource_origin(), "https://p.example");
    let provider = Provider::fatsecret().with_resource_origin("https://api.example").unwrap();
    assert_eq!(provider.resource_origin(), format!("https://{FATSECRET_DATA_HOST}"));
}

// checklist 53
#[test]
fn a_form_needs_a_method_with_a_body() {
    let refused = Provider::fatsecret().with_request_token_call(Method::GET, Transmission::Form);
    assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Request(RequestError::FormBodyNeeded));
    assert!(
        Provider::fatsecret().with_request_token_call(Method::POST, Transmission::Form).is_ok()
    );
}

// checklist 52
#[test]
fn a_realm_cannot_break_the_header() {
    for realm in ["a\r\nb", "a\nb", "a\0", "é"] {
        assert!(Provider::fatsecret().with_realm(realm).is_err(), "{realm:?}");
    }
}
