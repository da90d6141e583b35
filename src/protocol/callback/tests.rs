use super::*;

fn read(callback: &str) -> Result<String, ErrorKind> {
    read_as(callback, &Approval::new())
}

fn read_as(callback: &str, approval: &Approval) -> Result<String, ErrorKind> {
    Matched::received(callback, &SecretString::from("tok/1"), approval)
        .map(|matched| matched.verifier().to_owned())
        .map_err(|error| error.kind().clone())
}

#[track_caller]
fn check(callback: &str, verifier: &str) {
    assert_eq!(read(callback).unwrap(), verifier);
}

#[track_caller]
fn refuses(callback: &str, kind: &ErrorKind) {
    assert_eq!(read(callback).unwrap_err(), *kind, "{callback}");
}

// checklist 13
#[test]
fn a_callback_is_a_url_a_path_or_a_query() {
    check("https://app.example/cb?x=1&oauth_token=tok%2F1&oauth_verifier=v%201", "v 1");
    check("/cb?oauth_token=tok%2F1&oauth_verifier=v", "v");
    check("cb?oauth_token=tok%2F1&oauth_verifier=v", "v");
    check("?oauth_token=tok%2F1&oauth_verifier=v", "v");
    check("oauth_token=tok%2F1&oauth_verifier=v", "v");
    check("oauth_token=tok/1&oauth_verifier=what?", "what?");
    check("https://app.example/a=b?oauth_token=tok/1&oauth_verifier=v#frag?oauth_token=x", "v");
    check("myapp://done?oauth_token=tok/1&oauth_verifier=v\n", "v");
    check("myapp:a=b?oauth_token=tok/1&oauth_verifier=v", "v");
    check("app.example/a=b?oauth_token=tok/1&oauth_verifier=v", "v");
    check("ns:k=1&oauth_token=tok/1&oauth_verifier=v", "v");
    check("ns:k=1&oauth_token=tok/1&oauth_verifier=what?", "what?");
    check("p:=x/v?oauth_token=tok/1&oauth_verifier=v", "v");
    check("p:=x/v1?a=b&oauth_token=tok/1&oauth_verifier=v", "v");
    check("p:x&y=1?oauth_token=tok/1&oauth_verifier=v", "v");
    check("/a=b&oauth_verifier=x?oauth_token=tok/1&oauth_verifier=v", "v");
}

// checklist 14
#[test]
fn a_verifier_counts_only_beside_the_issued_token() {
    for callback in [
        "?oauth_token=other&oauth_verifier=v",
        "?oauth_token=&oauth_verifier=v",
        "?oauth_verifier=v",
        "?oauth_token=tok/1&oauth_token=tok/1&oauth_verifier=v",
        "?oauth_token=tok/1&oauth_token=other&oauth_verifier=v",
        "?OAUTH_TOKEN=tok/1&oauth_verifier=v",
        "?oauth_token=other&oauth_problem=user_refused",
        "?denied=other",
        "?denied=",
        "?denied=tok/1&denied=other",
        "?denied=other&oauth_verifier=v",
        "?denied=tok/1&oauth_token=other",
    ] {
        refuses(callback, &ErrorKind::Callback(CallbackError::TokenMismatch));
    }
}

// checklist 15
#[test]
fn a_callback_without_a_verifier_is_a_refusal() {
    let denied = |problem: Option<&str>| ErrorKind::Denied { problem: problem.map(Into::into) };
    refuses("https://app.example/cb", &denied(None));
    refuses("/cb", &denied(None));
    refuses("", &denied(None));
    refuses("?oauth_token=tok/1", &denied(None));
    refuses("?denied=tok/1", &denied(Some("denied")));
    refuses("?denied=1&oauth_token=tok/1", &denied(Some("denied")));
    refuses("?denied=tok/1&error=access_denied", &denied(Some("access_denied")));
    refuses("https://app.example/a=b", &denied(None));
    refuses("ns:k=1", &denied(None));
    refuses("?oauth_problem=user_refused&oauth_token=tok/1", &denied(Some("user_refused")));
    refuses("?error=access_denied", &denied(Some("access_denied")));
    // Contradictory: the refusal counts.
    refuses(
        "?oauth_token=tok/1&oauth_verifier=v&oauth_problem=permission_denied",
        &denied(Some("permission_denied")),
    );
}

#[test]
fn a_verifier_may_be_the_word_for_a_denial() {
    let denied = |problem: Option<&str>| ErrorKind::Denied { problem: problem.map(Into::into) };
    let word = Approval::new().with_denial("denied");
    let denial = "?oauth_token=tok/1&oauth_verifier=denied";
    assert_eq!(read_as(denial, &word).unwrap_err(), denied(Some("denied")));
    check(denial, "denied");
    let empty = Approval::new().with_denial("");
    assert_eq!(read_as("?oauth_token=tok/1&oauth_verifier=", &empty).unwrap_err(), denied(None));
    let unknown = Approval::new().with_unknown_denial();
    assert_eq!(read_as(denial, &unknown).unwrap_err(), denied(Some("denied")));
    assert_eq!(read_as("?oauth_token=tok/1&oauth_verifier=", &unknown).unwrap_err(), denied(None));
    assert_eq!(Matched::typed("denied").unwrap().verifier(), "denied");
    for others in ["?oauth_token=other&oauth_verifier=denied", "?oauth_verifier=denied"] {
        let kind = ErrorKind::Callback(CallbackError::TokenMismatch);
        assert_eq!(read_as(others, &word).unwrap_err(), kind, "{others}");
    }
}

// The second of the two exceptions to promise 3, for E*TRADE.
#[test]
fn a_callback_without_a_token_counts_only_with_a_ticket_and_where_the_provider_is_known_for_it() {
    let known = Approval::new().tolerate_callback_without_token();
    let with_ticket = |callback: &str, approval: &Approval| {
        Matched::received_with_ticket(callback, &SecretString::from("tok/1"), approval)
            .map(|matched| matched.verifier().to_owned())
            .map_err(|error| error.kind().clone())
    };
    let mismatch = Err(ErrorKind::Callback(CallbackError::TokenMismatch));
    assert_eq!(with_ticket("?oauth_verifier=v", &known), Ok("v".to_owned()));
    assert_eq!(with_ticket("?oauth_verifier=v", &Approval::new()), mismatch);
    assert_eq!(read_as("?oauth_verifier=v", &known), mismatch);
    for other in ["?oauth_token=other&oauth_verifier=v", "?oauth_token=&oauth_verifier=v"] {
        assert_eq!(with_ticket(other, &known), mismatch, "{other}");
    }
}

// checklist 16
#[test]
fn an_empty_or_repeated_verifier_is_refused() {
    refuses(
        "?oauth_token=tok/1&oauth_verifier=",
        &ErrorKind::Callback(CallbackError::MissingVerifier),
    );
    refuses(
        "?oauth_token=tok/1&oauth_verifier=a&oauth_verifier=a",
        &ErrorKind::Callback(CallbackError::Unreadable { reason: "it has more than one verifier" }),
    );
    refuses(
        "?oauth_token=tok/1&oauth_verifier=%FF",
        &ErrorKind::Callback(CallbackError::Unreadable {
            reason: "a parameter is not UTF-8 once percent-decoded",
        }),
    );
    for empty in ["", " ", "\t\r\n"] {
        let kind = Matched::typed(empty).err().map(|error| error.kind().clone());
        assert_eq!(kind, Some(ErrorKind::Callback(CallbackError::MissingVerifier)));
    }
    assert_eq!(Matched::typed(" 1234567\r\n").unwrap().verifier(), "1234567");
}

// checklist 4
#[test]
fn only_absolute_urls_and_out_of_band_are_asked_for() {
    assert_eq!(Callback::out_of_band().as_parameter(), "oob");
    for url in [
        "https://a.example/cb?x=1",
        "HTTP://localhost:3000?x=1",
        "http://127.0.0.1:49152/callback",
        "myapp://done",
        "com.example.app:/done",
    ] {
        assert_eq!(Callback::url(url).unwrap().as_parameter(), url);
        assert_eq!(url.parse::<Callback>().unwrap().as_parameter(), url);
    }
    for text in ["oob", "OOB"] {
        assert_eq!(text.parse::<Callback>().unwrap(), Callback::out_of_band());
    }
    for (url, expected) in [
        ("localhost:3000/cb", "write http:// or https:// before a host with a port"),
        ("app.example:443", "write http:// or https:// before a host with a port"),
        ("https:app.example/cb", "write http:// or https:// before a host with a port"),
        ("app.example/cb", "write https:// or http:// before the host"),
        ("https:/cb", "it has no host"),
        ("http:///cb", "it has no host"),
        ("http://?x", "it has no host"),
    ] {
        let error = url.parse::<Callback>().unwrap_err();
        let ErrorKind::Callback(CallbackError::Unreadable { reason }) = error.kind() else {
            panic!("{url}: {error}")
        };
        assert!(reason.contains(expected), "{url}: {reason}");
    }
    for url in
        ["oob", "OOB", "", "/cb", "cb", "//a.example/cb", "https:", "https://a b", "https://a/#f"]
    {
        assert!(Callback::url(url).is_err(), "{url:?}");
    }
    let error = Callback::url("https://a.example/?oauth_token=x").unwrap_err();
    assert_eq!(
        *error.kind(),
        ErrorKind::Request(RequestError::ReservedParameter { name: "oauth_token".into() })
    );
    for name in ["denied", "error", "oauth_problem", "oauth_x"] {
        let kind = ErrorKind::Request(RequestError::ReservedParameter { name: name.into() });
        for url in [format!("https://a.example/?{name}=1"), format!("app:/cb?a=1&{name}")] {
            assert_eq!(*Callback::url(&url).unwrap_err().kind(), kind, "{url}");
        }
    }
    for name in ["Denied", "errors", "error_description", "denial"] {
        assert!(Callback::url(&format!("https://a.example/?{name}=1")).is_ok(), "{name}");
    }
    let echoed = Callback::url("https://a.example/?oauth_token%3Dabc%20d").unwrap_err();
    assert_eq!(
        *echoed.kind(),
        ErrorKind::Request(RequestError::ReservedParameter { name: "oauth_token".into() })
    );
    let long = format!("https://a.example/?oauth_{}", "x".repeat(10_000));
    assert!(Callback::url(&long).unwrap_err().to_string().len() < 200);
}
