//! The authorization page over HTTP, as a browser meets it.

use std::time::Duration;

use tripod_sandbox::Sandbox;

use crate::support::*;

fn get(sandbox: &Sandbox, path: &str, head: &str) -> Reply {
    parse(&raw(
        sandbox,
        &format!("GET {path} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n{head}\r\n"),
    ))
}

fn post(sandbox: &Sandbox, cookie: &str, body: &str) -> Reply {
    parse(&raw(
        sandbox,
        &format!(
            "POST /oauth/authorize HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\
             Cookie: a=b; {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    ))
}

/// The page with the question: cookie and hidden value.
fn open(sandbox: &Sandbox, token: &str) -> (String, String, Reply) {
    let page = get(sandbox, &format!("/oauth/authorize?oauth_token={token}"), "");
    let cookie = page.header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let (_, rest) = page.text().split_once("name=\"form\" value=\"").unwrap();
    let form = rest.split('"').next().unwrap().to_owned();
    (cookie, form, page)
}

#[test]
fn the_page_asks_and_protects_itself() {
    let sandbox = builder().application("<Lunch> & \"co\"").start_blocking().unwrap();
    let (token, _) = get_request_token_for(&sandbox, "https://app.example:8443/cb?x=1");
    let (cookie, form, page) = open(&sandbox, &token);
    assert_eq!(page.status, 200);
    assert_eq!(cookie, format!("sandbox_form={form}"));
    let html = page.text();
    assert!(html.contains("<b>&lt;Lunch&gt; &amp; &quot;co&quot;</b> asks for access"));
    assert!(html.contains("you go back to <b>app.example:8443</b>"));
    assert!(html.starts_with("<!doctype html><html lang=\"en\">"));
    for (label, field) in [("name", "name"), ("password", "password")] {
        assert!(html.contains(&format!("<label for=\"{label}\">")));
        assert!(html.contains(&format!("id=\"{field}\" name=\"{field}\"")));
    }
    assert!(!html.contains("<script") && !html.contains("autofocus"));
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(page.header("set-cookie").unwrap().ends_with("; Path=/oauth/; HttpOnly; SameSite=Lax"));
    // The cookie stays when the page is opened again.
    let again = get(
        &sandbox,
        &format!("/oauth/authorize?oauth_token={token}"),
        &format!("Cookie: {cookie}\r\n"),
    );
    assert!(again.header("set-cookie").unwrap().starts_with(&cookie));
}

#[test]
fn saying_yes_redirects_to_the_callback() {
    let sandbox = builder().verifier("v").start_blocking().unwrap();
    let (token, secret) = get_request_token_for(&sandbox, "https://app.example/cb");
    let (cookie, form, _) = open(&sandbox, &token);
    let body = format!("oauth_token={token}&form={form}&name=ada&password=lovelace&answer=allow");
    let reply = post(&sandbox, &cookie, &body);
    assert_eq!(reply.status, 303);
    assert_eq!(
        reply.header("location"),
        Some(format!("https://app.example/cb?oauth_token={token}&oauth_verifier=v").as_str())
    );
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(Call::access_token(&sandbox, &token, &secret, "v").send(&sandbox).status, 200);
    let again = post(&sandbox, &cookie, &body);
    assert_eq!(again.status, 410);
    assert!(again.text().contains("This request was answered already"));
}

#[test]
fn out_of_band_shows_a_code() {
    let sandbox = builder().verifier("0123456").start_blocking().unwrap();
    let (token, _) = get_request_token(&sandbox);
    let (cookie, form, page) = open(&sandbox, &token);
    assert!(page.text().contains("you are shown a code"));
    let body = format!("oauth_token={token}&form={form}&name=ada&password=lovelace&answer=allow");
    let reply = post(&sandbox, &cookie, &body);
    assert_eq!(reply.status, 200);
    assert!(reply.text().contains("<strong id=\"code\">0123456</strong>"));
}

#[test]
fn saying_no_needs_no_password() {
    let sandbox = sandbox();
    let (token, _) = get_request_token_for(&sandbox, "https://app.example/cb");
    let (cookie, form, _) = open(&sandbox, &token);
    let reply = post(
        &sandbox,
        &cookie,
        &format!("oauth_token={token}&form={form}&name=&password=&answer=deny"),
    );
    let expected = format!("https://app.example/cb?denied={token}");
    assert_eq!((reply.status, reply.header("location")), (303, Some(&*expected)));

    let (token, _) = get_request_token(&sandbox);
    let body = format!("oauth_token={token}&form={form}&answer=deny");
    let reply = post(&sandbox, &cookie, &body);
    assert!(reply.text().contains("<h1>You did not allow access</h1>"));
}

#[test]
fn wrong_passwords_and_foreign_forms_are_asked_again() {
    let sandbox = sandbox();
    let (token, _) = get_request_token_for(&sandbox, "https://app.example/cb");
    let (cookie, form, _) = open(&sandbox, &token);
    let good = format!("oauth_token={token}&form={form}&name=ada&password=lovelace&answer=allow");
    for (cookie, body, text) in [
        (&*cookie, good.replace("=lovelace", "=wrong"), "Name or password is wrong"),
        (&*cookie, good.replace("name=ada", "name=eve"), "Name or password is wrong"),
        (&*cookie, good.replace("answer=allow", ""), "Please choose an answer"),
        (&*cookie, good.replace(&form, "other"), "This form was out of date"),
        ("c=d", good.clone(), "This form was out of date"),
        ("sandbox_form=", good.replace(&form, ""), "This form was out of date"),
    ] {
        let reply = post(&sandbox, cookie, &body);
        assert_eq!(reply.status, 403);
        assert!(reply.text().contains(text), "{text}");
        assert!(reply.text().contains("role=\"alert\""));
        assert!(!reply.text().contains("wrong\""), "the password is not repeated");
    }
    // In the query nothing of it works.
    let reply = parse(&raw(
        &sandbox,
        &format!(
            "POST /oauth/authorize?{good} HTTP/1.1\r\nHost: {{host}}\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        ),
    ));
    assert_eq!(reply.status, 400);
    assert_eq!(post(&sandbox, &cookie, &good).status, 303);
}

#[test]
fn links_of_no_use_say_why() {
    let sandbox = sandbox();
    let (token, _) = get_request_token(&sandbox);
    let check = |path: &str, status: u16, text: &str| {
        let page = get(&sandbox, path, "");
        assert_eq!(page.status, status);
        assert!(page.text().contains(text), "{}", page.text());
        assert_eq!(page.header("set-cookie"), None);
        assert!(page.header("content-security-policy").is_some());
    };
    check("/oauth/authorize", 400, "This link is not complete");
    check("/oauth/authorize?oauth_token=", 400, "This link is not complete");
    check("/oauth/authorize?oauth_token=none", 404, "This request is not known");
    sandbox.age_request_tokens(Duration::from_secs(900));
    let path = format!("/oauth/authorize?oauth_token={token}");
    check(&path, 410, "This request is too old");
    let delete = raw(
        &sandbox,
        "DELETE /oauth/authorize HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
    );
    let reply = parse(&delete);
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD, POST")));
}
