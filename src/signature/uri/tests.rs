use super::*;

#[track_caller]
fn check(url: &str, expected: &str) {
    assert_eq!(BaseUri::parse(url).unwrap().to_string(), expected);
}

#[track_caller]
fn refused(url: &str, part: &str) {
    match BaseUri::parse(url).unwrap_err().kind() {
        ErrorKind::InvalidUrl { reason } => assert!(reason.contains(part), "{reason}"),
        other => panic!("{other:?}"),
    }
}

// checklist 28, 29, 30, 31, 32
#[test]
fn keeps_what_is_sent_and_lowers_scheme_and_host() {
    check("HTTPS://User:p@ss@EXAMPLE.com:443/A/%7e/../B?x#y", "https://example.com/A/%7e/../B");
    check("http://example.com:443", "http://example.com:443/");
    check("http://example.com:?", "http://example.com/");
    check("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443/");
    check("https://[::1]", "https://[::1]/");
    check("https://example.com?a=/b#c?d", "https://example.com/");
    check("https://example.com#@evil.example/", "https://example.com/");
    check("https://example.com/a://b", "https://example.com/a://b");
}

// checklist 29
#[test]
fn refuses_what_is_no_absolute_web_address() {
    refused("/rest/server.api", "absolute");
    refused("example.com/a", "absolute");
    refused("ftp://example.com/", "scheme");
    refused("https:///path", "host");
    refused("https://:443/", "host");
    refused("https://user@/", "host");
    refused("https://bücher.example/", "punycode");
    refused("https://a b/", "host");
    refused("https://[::1/", "host");
    refused("https://[]/", "host");
    refused("https://::1/", "host");
    refused("https://example.com:65536/", "65535");
    refused("https://example.com:+80/", "number");
    refused("https://example.com:8x/", "number");
    refused("https://example.com/a b", "percent-encode");
    let error = BaseUri::parse("https://example.com/a?b=canary\u{7f}").unwrap_err();
    assert!(
        error.to_string().ends_with("; it has a \"\\u{7f}\", which is written \"%7F\""),
        "{error}"
    );
    refused("https://example.com/?q=é", "percent-encode");
    refused("https://example.com/\r\nHost: evil.example", "percent-encode");
}

#[test]
fn urls_are_equal_if_all_their_parts_are() {
    let uri = |url| BaseUri::parse(url).unwrap();
    let all = [
        "https://a.example/x?y",
        "http://a.example/x?y",
        "https://A.example/x?y",
        "https://a.example:8443/x?y",
        "https://a.example/X?y",
        "https://a.example/x?z",
        "https://a.example/x?",
        "https://a.example/x",
    ];
    for (i, left) in all.into_iter().enumerate() {
        for (j, right) in all.into_iter().enumerate() {
            assert_eq!(uri(left) == uri(right), i == j, "{left} {right}");
        }
    }
    assert_eq!(uri(all[0]), uri("HTTPS://u@a.example:443/x?y#f"));
}

// checklist 29
#[test]
fn a_host_header_set_by_the_caller_wins() {
    let uri = BaseUri::parse("http://127.0.0.1:8080/a?b").unwrap();
    assert_eq!(uri.with_host("API.example.com").unwrap().to_string(), "http://api.example.com/a");
    assert_eq!(
        uri.with_host("api.example.com:80").unwrap().to_string(),
        "http://api.example.com/a"
    );
    assert_eq!(uri.with_host("[::1]:81").unwrap().to_string(), "http://[::1]:81/a");
    assert!(uri.with_host("a@b").is_err());
    assert!(uri.with_host("").is_err());
}

#[test]
fn reads_the_http_crates_url() {
    let uri: http::Uri = "https://u:p@Example.com:8443?x=%20y".parse().unwrap();
    let view = BaseUri::from_uri(&uri).unwrap();
    assert_eq!(view.to_string(), "https://example.com:8443/");
    assert_eq!(view.query(), Some("x=%20y"));
    assert!(BaseUri::from_uri(&"/relative".parse().unwrap()).is_err());
    // checklist 56
    assert_eq!(format!("{view:?}"), "BaseUri(https://example.com:8443/)");
}
