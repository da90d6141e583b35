//! What the browser is shown: plain, guarded, and without the verifier.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tripod::loopback::{Loopback, Pages};

use crate::support::*;

fn check_guards(reply: &Reply) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("connection", "close"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{}", reply.text);
    }
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(
        policy.ends_with(
            "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    for name in ["set-cookie", "server", "access-control-allow-origin"] {
        assert_eq!(reply.header(name), None, "{}", reply.text);
    }
}

#[tokio::test]
async fn every_answer_is_guarded_and_none_repeats_the_callback() {
    let Scene { sandbox, mut loopback, issued, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let query = back.target.split_once('?').unwrap().1.to_owned();
    let values: Vec<String> =
        query.split('&').map(|pair| pair.split_once('=').unwrap().1.to_owned()).collect();
    let visits = async {
        let mut replies = vec![
            back.with_target("/favicon.ico").get().await,
            back.send(&back.request_as("GET", "rebound.example")).await,
            back.send(&back.request_as("POST", &back.authority)).await,
            back.with_target(format!("{}?oauth_token=x&oauth_verifier=y", back.path())).get().await,
        ];
        for page in ["granted", "denied", "expired", "wrong-link"] {
            let target = format!("{}/{page}?{query}", back.path());
            replies.push(back.with_target(target).get().await);
        }
        replies.push(back.get().await);
        replies
    };
    let (authorized, replies) = tokio::join!(loopback.wait(issued), visits);
    assert!(authorized.is_ok());
    for reply in &replies {
        check_guards(reply);
        for value in &values {
            assert!(value.len() > 3 && !reply.text.contains(value), "{}", reply.text);
        }
    }
    let to = replies.last().unwrap().header("location").unwrap();
    assert_eq!(to, format!("{}/granted", back.path()));
}

#[tokio::test]
async fn the_style_is_the_one_that_the_policy_allows() {
    let Scene { sandbox, issued, loopback, .. } = scene().await;
    let back = Url::parse(approve(&sandbox, &issued));
    let page = back.with_target(format!("{}/granted", back.path())).get().await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let body = page.body();
    let style = body.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains(&format!("style-src 'sha256-{hash}'")), "{policy}");

    assert!(style.contains("prefers-color-scheme:dark"));
    assert!(body.contains("name=\"viewport\" content=\"width=device-width, initial-scale=1\""));
    assert!(body.contains("<html lang=\"en\">"));
    // Nothing to run, and nothing to fetch: also no icon.
    assert!(!body.contains("<script") && !body.contains("http"), "{body}");
    assert!(body.contains("<link rel=\"icon\" href=\"data:,\">"));
    drop(loopback);
}

#[tokio::test]
async fn the_words_can_be_the_programs() {
    let pages = Pages::default()
        .with_language("de\"><script>")
        .with_granted("Erledigt & gut", "Sie können \"dieses\" Fenster <b>schließen</b>.")
        .with_denied("Nein", "n")
        .with_expired("Zu spät", "z")
        .with_wrong_link(String::from("Falscher Link"), "f");
    let loopback = Loopback::bind().await.unwrap().with_pages(pages);
    let Scene { sandbox, issued, loopback, .. } = scene_at(loopback).await;
    let back = Url::parse(approve(&sandbox, &issued));
    let at = |page| back.with_target(format!("{}/{page}", back.path()));

    let granted = at("granted").get().await;
    assert_eq!(granted.title(), "Erledigt &amp; gut");
    assert!(granted.body().contains(
        "<h1>Erledigt &amp; gut</h1>\
         <p>Sie können &quot;dieses&quot; Fenster &lt;b&gt;schließen&lt;/b&gt;.</p>"
    ));
    assert!(granted.body().contains("<html lang=\"de&quot;&gt;&lt;script&gt;\">"));
    check_guards(&granted);
    for (page, status, title) in
        [("denied", 200, "Nein"), ("expired", 410, "Zu spät"), ("wrong-link", 400, "Falscher Link")]
    {
        let reply = at(page).get().await;
        assert_eq!((reply.status, reply.title()), (status, title));
    }
    drop(loopback);
}
