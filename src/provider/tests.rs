//! What a provider accepts as its endpoints and origins.

use http::Method;

use super::{
    Ask, AuthorizePage, Call, Endpoints, Provider, Revocation, Signing, TokenLife, Transmission,
};
use crate::{
    error::{BoxError, ErrorKind, RequestError},
    signature::{BaseUri, Sign, SignatureMethod, SigningKey},
};

fn endpoints<'a>(
    request_token: &'a str,
    authorize: &'a str,
    access_token: &'a str,
) -> Endpoints<&'a str, &'a str, &'a str> {
    Endpoints { request_token, authorize, access_token }
}

fn new(url: &str) -> Result<Provider, ErrorKind> {
    let good = "https://p.example/x";
    let kinds =
        [endpoints(url, good, good), endpoints(good, url, good), endpoints(good, good, url)]
            .map(Provider::new)
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
fn a_signing_of_ones_own_replaces_the_origins_and_a_changed_one_keeps_them() {
    let api = "https://api.p.example";
    let provider = new("https://p.example/x").unwrap().with_resource_origin(api).unwrap();
    let owns = |provider: &Provider| provider.owns(&BaseUri::parse(api).unwrap());
    assert!(owns(&provider));
    assert!(!owns(&provider.clone().with_signing(Signing::new(SignatureMethod::Plaintext))));
    let changed = provider.signing().clone().with_method(SignatureMethod::Plaintext);
    let changed = provider.with_signing(changed);
    assert!(owns(&changed));
    assert_eq!(changed.signing().method(), &SignatureMethod::Plaintext);
}

#[test]
fn providers_are_equal_if_they_are_described_alike() {
    let plain = || new("https://p.example/x").unwrap();
    let signing = |method| plain().with_signing(Signing::new(method));
    let custom = SignatureMethod::custom(Rsa);
    let described: [[Provider; 2]; 9] = std::array::from_fn(|row| {
        let make = || match row {
            0 => plain(),
            1 => new("https://p.example/y").unwrap(),
            2 => Provider::fatsecret(),
            3 => plain().with_user_agent("app/1").unwrap(),
            4 => signing(SignatureMethod::Plaintext),
            5 => signing(custom.clone()),
            6 => plain().with_access_token_call(Method::GET, Transmission::Header).unwrap(),
            7 => plain().with_ask(Ask::new().with_page_parameter("scope", "read")),
            _ => plain().with_resource_origin("https://api.example").unwrap(),
        };
        [make(), make()]
    });
    for [one, other] in &described {
        assert_eq!(one, other);
    }
    let all: std::collections::HashSet<&Provider> = described.iter().flatten().collect();
    assert_eq!(all.len(), described.len());
    // Another signer of the same name may have another key.
    assert_ne!(SignatureMethod::custom(Rsa), SignatureMethod::custom(Rsa));
}

struct Rsa;

impl Sign for Rsa {
    fn name(&self) -> &'static str {
        "RSA-SHA1"
    }

    fn sign(&self, _: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
        Ok(Vec::new())
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
            gone(&[("https://p.example", origin)]),
            gone(&[("https://other.example", good), ("https://p.example", origin)]),
            new("https://p.example/x").unwrap().with_resource_origin(origin),
        ]
        .map(|built| match built {
            // Whatever else is missing, the origins are looked at first.
            Err(error) if !is_of_setting(error.kind()) => Err(error.kind().clone()),
            _ => Ok(()),
        })
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
}

fn is_of_setting(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidSetting { .. })
}

fn gone(origins: &[(&str, &str)]) -> Result<Provider, crate::error::Error> {
    new("https://p.example/x").unwrap().moved_to(origins)
}

#[test]
fn a_provider_is_moved_with_all_its_addresses() {
    let page = AuthorizePage::new("https://pages.example/approve?lang=de")
        .with_alternative("phone", "https://P.example:443/phone");
    let provider = Provider::new(Endpoints {
        request_token: Call::get("https://p.example/request?a=%20b"),
        authorize: page,
        access_token: "https://p.example/access".to_owned(),
    })
    .unwrap()
    .with_signing(Signing::default().with_origin("https://api.example:8443").unwrap())
    .with_token_life(
        TokenLife::new().with_revocation(Revocation::unsigned("https://api.example:8443/{token}")),
    )
    .unwrap();
    let moved = provider
        .clone()
        .moved_to(&[
            ("https://p.example/", "http://127.0.0.1:1/"),
            ("https://api.example:8443", "http://[::1]:2"),
        ])
        .unwrap();
    assert_eq!(moved.request_token.url, "http://127.0.0.1:1/request?a=%20b");
    assert_eq!(moved.access_token.url, "http://127.0.0.1:1/access");
    assert_eq!(moved.authorize.url, "https://pages.example/approve?lang=de");
    assert_eq!(moved.authorize.named(Some("phone")), Some("http://127.0.0.1:1/phone"));
    let revocation = moved.token_life.revocation().unwrap();
    assert_eq!(*revocation.url("t", "s"), "http://[::1]:2/t");
    for (url, is_owned) in [
        ("http://127.0.0.1:1/x", true),
        ("http://[::1]:2/x", true),
        ("https://p.example/x", false),
        ("https://api.example:8443/x", false),
    ] {
        assert_eq!(moved.owns(&BaseUri::parse(url).unwrap()), is_owned, "{url}");
    }
    let error = provider.moved_to(&[("https://q.example", "http://127.0.0.1:1")]).unwrap_err();
    assert!(error.to_string().ends_with("; this origin is https://q.example"), "{error}");
    assert!(is_of_setting(error.kind()), "{error}");
}

#[test]
fn what_a_flow_asks_for_replaces_what_every_flow_asks_for() {
    let provider = new("https://p.example/x").unwrap().with_ask(
        Ask::new().with_page_parameter("perms", "read").with_request_parameter("scope", "a"),
    );
    let own = Ask::new().with_page_parameter("perms", "write").with_page_parameter("x", "1");
    let asked = provider.asked(&own);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(asked.for_page(), [pair("perms", "write"), pair("x", "1")]);
    assert_eq!(asked.for_request(), [pair("scope", "a")]);
    assert_eq!(provider.asked(&Ask::new()).for_page(), [pair("perms", "read")]);
}

#[test]
fn an_ask_has_nothing_of_oauths_own_and_a_page_that_is_there() {
    let page = AuthorizePage::new("https://p.example/a")
        .with_token_name("token")
        .with_consumer_key_name("key")
        .with_alternative("phone", "https://p.example/m");
    let url = "https://p.example/x";
    let provider =
        Provider::new(Endpoints { request_token: url, authorize: page, access_token: url })
            .unwrap();
    let kind = |ask: Ask| provider.check_ask(&ask).map_err(|error| error.kind().clone());
    assert_eq!(kind(Ask::new().with_page("phone").with_page_parameter("state", "1")), Ok(()));
    for name in ["oauth_token", "oauth_callback", "token", "key"] {
        let reserved = ErrorKind::Request(RequestError::ReservedParameter { name: name.into() });
        assert_eq!(kind(Ask::new().with_page_parameter(name, "1")), Err(reserved), "{name}");
    }
    assert_eq!(kind(Ask::new().with_request_parameter("token", "1")), Ok(()));
    assert!(kind(Ask::new().with_request_parameter("oauth_x", "1")).is_err());
    assert!(is_of_setting(&kind(Ask::new().with_page("tablet")).unwrap_err()));
    assert_eq!(
        provider.page(&Ask::new().with_page("phone"), "k", "t"),
        ("https://p.example/m", vec![("key", "k"), ("token", "t")])
    );
}

#[test]
fn http_is_an_origin_only_where_it_is_asked_for_by_name() {
    let refused = Signing::default().with_origin("http://shop.example").unwrap_err();
    assert_eq!(*refused.kind(), ErrorKind::InsecureEndpoint);
    let signing = Signing::default().insecure_http_origin("http://shop.example").unwrap();
    assert!(signing.owns(&BaseUri::parse("http://shop.example/wp-json").unwrap()));
    assert!(!signing.owns(&BaseUri::parse("https://shop.example/").unwrap()));
    let wrong = Signing::default().insecure_http_origin("http://shop.example/x").unwrap_err();
    assert!(matches!(wrong.kind(), ErrorKind::InvalidUrl { .. }), "{wrong}");
}

#[test]
fn a_user_agent_is_one_line_that_says_something() {
    let provider = new("https://p.example/x").unwrap();
    for wrong in ["", "  ", "a\r\nb", "a\0"] {
        let error = provider.clone().with_user_agent(wrong).unwrap_err();
        assert!(is_of_setting(error.kind()), "{wrong:?}");
    }
    assert_eq!(provider.with_user_agent(" app/1 ").unwrap().user_agent().unwrap(), "app/1");
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
}

// checklist 53
#[test]
fn a_form_needs_a_method_with_a_body() {
    let refused = new("https://p.example/x")
        .unwrap()
        .with_request_token_call(Method::GET, Transmission::Form);
    assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Request(RequestError::FormBodyNeeded));
    let provider = new("https://p.example/x").unwrap();
    assert!(provider.with_request_token_call(Method::POST, Transmission::Form).is_ok());
    let form = Call::get("https://p.example/x").with_transmission(Transmission::Form);
    let refused = Provider::new(Endpoints {
        request_token: form,
        authorize: "https://p.example/x",
        access_token: "https://p.example/x",
    });
    assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Request(RequestError::FormBodyNeeded));
}

// checklist 52
#[test]
fn a_realm_cannot_break_the_header() {
    for realm in ["a\r\nb", "a\nb", "a\0", "é"] {
        assert!(Signing::default().with_realm(realm).is_err(), "{realm:?}");
    }
}
