use super::text::WINDOW_BYTES;
use super::*;

/// As FatSecret speaks: numbers, also with a status of success.
fn numbers() -> Dialect {
    Dialect::new()
        .with(Place::Code, "6", Meaning::Clock)
        .with(Place::Code, "7", Meaning::Nonce)
        .with(Place::Code, "9", Meaning::DeadToken)
        .with(Place::Code, "12", Meaning::RateLimited)
        .with(Place::Code, "11", Meaning::QuotaUsed)
        .with(Place::Code, "8", Meaning::Signature)
        .with(Place::Code, "5", Meaning::Consumer)
        .with_success_refusal(SuccessRefusal::Error)
}

fn asked(
    dialect: &Dialect,
    asked: Asked,
    status: u16,
    challenges: &[&str],
    body: &[u8],
) -> Problem {
    let mut headers = HeaderMap::new();
    for challenge in challenges {
        headers.append(header::WWW_AUTHENTICATE, challenge.parse().unwrap());
    }
    Problem::read(dialect, asked, StatusCode::from_u16(status).unwrap(), &headers, body)
}

fn read(dialect: &Dialect, status: u16, challenges: &[&str], body: &str) -> Problem {
    asked(dialect, Asked::Resource, status, challenges, body.as_bytes())
}

fn refused(body: &str) -> Problem {
    read(&Dialect::new(), 401, &[], body)
}

#[track_caller]
fn check(found: &Problem, word: Option<&str>, meaning: Option<Meaning>) {
    assert_eq!((found.word.as_deref(), found.meaning), (word, meaning));
}

/// MediaWiki's `api.php`, with status 200.
#[test]
fn a_refusal_with_a_word_and_a_sentence_is_understood_by_the_sentence() {
    let dialect = Dialect::new().with_success_refusal(SuccessRefusal::Error);
    let body = |info: &str| {
        let info = format!("The authorization headers in your request are not valid: {info}");
        format!(r#"{{"error":{{"code":"mwoauth-invalid-authorization","info":"{info}"}}}}"#)
    };
    let word = Some("mwoauth-invalid-authorization");
    let late = read(&dialect, 200, &[], &body("Expired timestamp, yours 1, ours 2"));
    check(&late, word, Some(Meaning::Clock));
    check(&read(&dialect, 200, &[], &body("Invalid signature")), word, Some(Meaning::Signature));
    check(&read(&dialect, 200, &[], &body("No approved grant")), word, None);
    // Beside a number, a sentence is for people.
    let number = r#"{"error":{"code":107,"message":"Invalid value: timestamp"}}"#;
    check(&read(&dialect, 200, &[], number), Some("107"), None);
}

// checklist 50, 62
#[test]
fn the_problem_is_found_in_any_challenge() {
    for challenges in [
        &["OAuth realm=\"a\", oauth_problem=\"nonce_used\""][..],
        &["Basic realm=\"a, oauth_problem=\\\"no\\\"\", oAuTh oauth_problem=nonce_used"],
        &["Basic realm=x", "OAuth OAUTH_PROBLEM = \"nonce_used\""],
    ] {
        let found = read(&Dialect::new(), 401, challenges, "");
        check(&found, Some("nonce_used"), Some(Meaning::Nonce));
    }
    for challenge in
        ["OAuth realm=\"oauth_problem=no\"", "OAuth \"\"\"=", "=", "\"", "a=", "Bearer error=\"x\""]
    {
        check(&read(&Dialect::new(), 401, &[challenge], ""), None, None);
    }
    // NetSuite's, of the scheme `OAuth` alone.
    let said = "realm=\"1234567_SB1\", error=\"token_rejected\", error_description=\"Invalid login attempt.\"";
    for (challenge, expected) in [
        (format!("OAuth {said}"), (Some("token_rejected"), Some(Meaning::DeadToken))),
        (
            format!("Basic realm=\"a\", oauth\t{said}"),
            (Some("token_rejected"), Some(Meaning::DeadToken)),
        ),
        (format!("Bearer {said}"), (None, None)),
        (format!("OAuth realm=\"a\", Bearer {said}"), (None, None)),
    ] {
        check(&read(&Dialect::new(), 401, &[&challenge], ""), expected.0, expected.1);
    }
    let found = read(
        &Dialect::new(),
        401,
        &["OAuth oauth_problem=\"Not%20active.+Ask \\\"us\\\" & wait\""],
        "",
    );
    check(&found, Some("Not active. Ask \"us\" & wait"), None);
}

#[test]
fn the_problem_is_found_in_bodies() {
    let form = "oauth_problem=timestamp_refused&debug_sbs=POST&http%3A%2F%2F";
    check(&refused(form), Some("timestamp_refused"), Some(Meaning::Clock));
    let form = "error=invalid_signature&error_description=The+signature+is+wrong";
    check(&refused(form), Some("invalid_signature"), Some(Meaning::Signature));
    check(
        &refused("error=other&oauth_problem=token_used"),
        Some("token_used"),
        Some(Meaning::DeadToken),
    );
    // Magento 1, and others that put it into a text of their own.
    for body in [
        r#"{"messages":{"error":[{"code":401,"message":"oauth_problem=token_rejected"}]}}"#,
        r#"{"text":"\"oauth_problem=token_rejected\""}"#,
        "<fault><text>oauth_problem=token_rejected</text></fault>",
        "status=401 oauth_problem=token_rejected",
    ] {
        check(&refused(body), Some("token_rejected"), Some(Meaning::DeadToken));
    }
    check(&refused("{\"errors\":[{\"code\":89}]}"), Some("89"), Some(Meaning::DeadToken));
    check(&refused("{\"error\":\"gone\"}"), Some("gone"), None);
    check(&refused("\u{feff}{\"error\":{\"code\":\"gone\"}}"), Some("gone"), None);
    check(&refused("<error><code>7</code></error>"), Some("7"), None);
    check(&refused("<a><error><code>x</code></error></a>"), Some("x"), None);
    check(
        &refused("{\"code\":\"shop_key_unknown\",\"message\":\"Sorry\"}"),
        Some("shop_key_unknown"),
        None,
    );
    check(&read(&Dialect::new(), 500, &[], "<html>boom</html>"), None, None);
    check(&refused(""), None, None);
    check(
        &refused("{\"oauth_problem\":\"nonce_used\",\"error\":\"x\", cut"),
        Some("nonce_used"),
        Some(Meaning::Nonce),
    );
}

#[test]
fn a_problem_inside_a_page_or_a_text_is_found() {
    let page = format!(
        "<!doctype html><html><head><style>{}</style></head><body><p><b>Message</b> oauth_problem=token_expired</p></body>",
        "p {color:black;} ".repeat(1000)
    );
    check(&refused(&page), Some("token_expired"), Some(Meaning::DeadToken));
    check(
        &refused("Error (oauth_problem=nonce_used, again)"),
        Some("nonce_used"),
        Some(Meaning::Nonce),
    );
    check(&refused("see oauth_problem= and oauth_problem"), None, None);
    let late = format!("{} oauth_problem=nonce_used", "x ".repeat(WINDOW_BYTES));
    check(&refused(&late), None, None);
}

#[test]
fn a_problem_that_is_a_sentence_is_kept() {
    let sentence = "The consumer is not active. Ask the shop's owner.";
    check(
        &refused("oauth_problem=The+consumer+is+not+active.+Ask+the+shop%27s+owner."),
        Some(sentence),
        None,
    );
    check(&refused(&format!("{{\"error\":\"{sentence}\"}}")), Some(sentence), None);
    check(
        &refused("oauth_problem=Timestamp+expired+(1)"),
        Some("Timestamp expired (1)"),
        Some(Meaning::Clock),
    );
}

#[test]
fn the_clock_is_meant_in_many_dialects() {
    for body in [
        "{\"errors\":[{\"code\":135,\"message\":\"Timestamp out of bounds.\"}]}",
        "{\"errors\":[{\"code\":401,\"message\":\"Timestamp out of bounds.\"}]}",
        "{\"error\":{\"developer_message\":\"x\",\"reason_stack\":[\"bad_request\",\"invalid_oauth_request\",\"invalid_timestamp\"]}}",
        "This message has a timestamp of 11/26/2026 01:10:00 PM, which is beyond the allowable clock skew for in the future.",
        "<html><p>Expired timestamp, yours 1, ours 2</p></html>",
        "{\"error\":\"mwoauth\",\"message\":\"Expired timestamp, yours 1, ours 2\"}",
        "error=invalid_request&error_description=timestamp+too+old",
    ] {
        assert_eq!(refused(body).meaning, Some(Meaning::Clock), "{body}");
        // Of a resource, words for people are about anything.
        let of_resource = read(&Dialect::new(), 422, &[], body).meaning;
        assert_eq!(
            of_resource.is_some(),
            body.contains("135") || body.contains("invalid_timestamp"),
            "{body}"
        );
        let of_success = asked(&Dialect::new(), Asked::Token, 200, &[], body.as_bytes());
        assert!(of_success.is_refusal && of_success.meaning == Some(Meaning::Clock), "{body}");
    }
    let refused = refused(
        "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1795690500-1795691100",
    );
    assert_eq!(refused.acceptable_time(), Some(1_795_690_800));
    for none in ["", "1-", "2-1", "x-y", "-"] {
        assert_eq!(range(none), None, "{none}");
    }
}

#[test]
fn the_fields_of_the_extension_are_read_wherever_they_stand() {
    let form =
        "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce%26oauth_timestamp";
    let json = "{\"oauth_problem\":\"parameter_absent\",\"oauth_parameters_absent\":\"oauth_nonce&oauth_timestamp\"}";
    let challenge = "OAuth oauth_problem=parameter_absent, oauth_parameters_absent=\"oauth_nonce%26oauth_timestamp\"";
    for (found, in_header) in [
        (refused(form), false),
        (refused(json), false),
        (read(&Dialect::new(), 401, &[challenge], ""), true),
    ] {
        check(&found, Some("parameter_absent"), None);
        assert_eq!(found.fields.absent.as_deref(), Some("oauth_nonce&oauth_timestamp"));
        assert_eq!(found.fields.in_header, in_header);
    }
}

#[test]
fn fatsecret_refuses_with_status_200_and_a_code() {
    let spaces = " ".repeat(70);
    let long = "m".repeat(17_000);
    for body in [
        "{\"error\":{\"code\":6,\"message\":\"Invalid/expired timestamp\"}}".to_owned(),
        "{\"error\":{\"code\":\"6\",\"message\":\"x\"}}".to_owned(),
        "<?xml version=\"1.0\"?>\n<error xmlns=\"x\"><code>6</code><message/></error>".to_owned(),
        "\u{feff}<?xml version=\"1.0\"?>\n<!-- > --><error xmlns=\"x\"><code>6</code></error>"
            .to_owned(),
        "\r\n\u{feff} {\"error\":{\"code\":6}}".to_owned(),
        format!("{spaces}{{\"error\":{{\"code\":6}}}}"),
        format!("{{\"error\":{{\"message\":\"{long}\",\"code\":6}}}}"),
        format!("{{\"first\":[{{\"error\":1}},\"{long}\"],\"error\":{{\"code\":6}}}}"),
        "{\"\\u0065rror\":{\"\\u0063ode\":6}}".to_owned(),
        "{\"err\\u006Fr\":{\"code\":6}}".to_owned(),
    ] {
        for status in [200, 400, 503] {
            let found = read(&numbers(), status, &[], &body);
            check(&found, Some("6"), Some(Meaning::Clock));
            assert!(found.is_refusal);
            let object = found.object.unwrap();
            assert_eq!(object.code.as_deref(), Some("6"), "{status}");
            if body.contains("message\":\"mmm") {
                assert_eq!(object.message.as_deref(), long.get(..5000));
            }
        }
        assert!(!read(&Dialect::new(), 200, &[], &body).is_refusal);
    }
    for answer in [
        "{\"foods\":null}",
        "{\"food\":{\"error\":{\"code\":6}}}",
        "{\"error\":null}",
        "{\"error\":{}}",
        "{\"error\":{\"code\":6}",
        "{\"error\":{\"code\":6}} x",
        "<foods><error><code>6</code></error></foods>",
        "<errors><code>6</code></errors>",
        "<html><error><code>6</code></error></html>",
        "[{\"error\":{\"code\":6}}]",
        "error",
        "",
    ] {
        assert!(!read(&numbers(), 200, &[], answer).is_refusal, "{answer}");
        assert!(read(&numbers(), 400, &[], answer).object.is_none(), "{answer}");
    }
    assert!(!asked(&numbers(), Asked::Resource, 200, &[], b"{\"error\":\xff}").is_refusal);
    // An error that is none of its codes is one all the same.
    for odd in ["{\"error\":\"no\"}", "{\"error\":{\"message\":\"x\"}}", "{\"error\":[1]}"] {
        assert!(read(&numbers(), 200, &[], odd).is_refusal, "{odd}");
    }
}

#[test]
fn fatsecret_refuses_the_handshake_with_a_sentence() {
    let read = |text| read(&numbers(), 400, &[], text).meaning;
    assert_eq!(read("Invalid/expired timestamp: 17"), Some(Meaning::Clock));
    assert_eq!(read("Invalid/used nonce: 17"), Some(Meaning::Nonce));
    assert_eq!(read("Missing required parameter: oauth_timestamp"), None);
    assert_eq!(read("Invalid signature: oauth_timestamp"), Some(Meaning::Signature));
}

#[test]
fn a_reply_with_a_token_is_no_refusal() {
    let reply = b"oauth_token=a&oauth_token_secret=b&error=invalid_timestamp";
    assert!(!asked(&Dialect::new(), Asked::Token, 200, &[], reply).is_refusal);
    let other = b"{\"error\":\"wiki-consumer-unknown\",\"message\":\"No approved consumer.\"}";
    let found = asked(&Dialect::new(), Asked::Token, 200, &[], other);
    check(&found, Some("wiki-consumer-unknown"), None);
    assert!(!found.is_refusal, "it is a token reply that cannot be read");
    assert!(asked(&Dialect::new(), Asked::Token, 302, &[], b"").is_refusal);
}

#[test]
fn only_short_plain_words_are_passed_on() {
    assert_eq!(word("user_refused").as_deref(), Some("user_refused"));
    for text in ["", "two words", "a\nb", "é", &"a".repeat(65), "0123456789abcdef0"] {
        assert_eq!(word(text), None, "{text:?}");
    }
}

#[test]
fn flickr_says_fail_with_a_status_of_success() {
    let stat = Dialect::new()
        .with(Place::Code, "98", Meaning::DeadToken)
        .with_success_refusal(SuccessRefusal::Stat);
    for body in [
        r#"{"stat":"fail","code":98,"message":"Invalid auth token"}"#,
        r#"jsonFlickrApi({"stat":"fail","code":"98","message":"Invalid auth token"})"#,
        "<?xml version=\"1.0\"?>\n<rsp stat=\"fail\">\n<err code=\"98\" msg=\"Invalid auth token\" />\n</rsp>",
    ] {
        let found = read(&stat, 200, &[], body);
        assert!(found.is_refusal, "{body}");
        check(&found, Some("98"), Some(Meaning::DeadToken));
        assert!(!read(&Dialect::new(), 200, &[], body).is_refusal);
    }
    for answer in [
        r#"{"stat":"ok","title":"fail"}"#,
        r#"{"photo":{"stat":"fail","code":98}}"#,
        r#"{"stat":"fail","code":98"#,
        "<rsp stat=\"ok\"><photo title='stat=\"fail\"'/></rsp>",
        "<rsp stat=\"fail\">",
        "fail",
        "",
    ] {
        assert!(!read(&stat, 200, &[], answer).is_refusal, "{answer}");
    }
}

#[test]
fn bricklink_says_it_in_the_meta_member() {
    let meta = Dialect::new().with_success_refusal(SuccessRefusal::Meta);
    let body = r#"{"meta":{"description":"TOKEN_IP_MISMATCHED","message":"BAD_OAUTH_REQUEST","code":401}}"#;
    let found = read(&meta, 200, &[], body);
    assert!(found.is_refusal);
    check(&found, Some("401"), None);
    for answer in [
        r#"{"meta":{"code":200},"data":[]}"#,
        r#"{"meta":{}}"#,
        r#"{"data":{"meta":{"code":401}}}"#,
    ] {
        assert!(!read(&meta, 200, &[], answer).is_refusal, "{answer}");
    }
}

#[test]
fn tumblr_says_it_in_words_in_the_meta_member() {
    let body = r#"{"meta":{"status":401,"msg":"Timestamp out of bounds."}}"#;
    assert_eq!(read(&Dialect::new(), 401, &[], body).meaning, Some(Meaning::Clock));
}

#[test]
fn mediawiki_refuses_a_token_call_with_a_sentence_and_no_status() {
    let wiki = Dialect::new().with_refusal_beginning("Error: ");
    let body = b"Error: The consumer is not approved for this wiki.";
    let found = asked(&wiki, Asked::Token, 200, &[], body);
    assert!(found.is_refusal);
    check(&found, Some("The consumer is not approved for this wiki."), None);
    let clock = asked(&wiki, Asked::Token, 200, &[], b"Error: Expired timestamp, yours 1, ours 2");
    assert_eq!(clock.meaning, Some(Meaning::Clock));
    assert!(!asked(&wiki, Asked::Resource, 200, &[], body).is_refusal, "a page may begin so");
    let token = b"oauth_token=Error: &oauth_token_secret=b";
    assert!(!asked(&wiki, Asked::Token, 200, &[], token).is_refusal);
}
