//! The life of an access token after the grant: its end, its renewal, its revocation.

use std::time::{Duration, UNIX_EPOCH};

use http::{Method, header};
use tripod::{
    AccessToken, Call, Consumer, ErrorClass, ErrorKind, Provider, Renewal, Revocation, Session,
    Signing, SigningClient, Stage, TimeUnit, TokenEnd, TokenLife, UnsupportedError,
    transport::TransportError,
};

use crate::{naive, support::*};

const DAY: u64 = 24 * 60 * 60;
const RENEW: &str = "https://photos.example.net/renew";

fn living(life: TokenLife) -> Provider {
    photos().with_token_life(life).unwrap()
}

#[track_caller]
fn ends(session: &Session, after: Option<u64>) {
    let granted_at = u64::try_from(NOW).unwrap();
    let expected = after.map(|after| UNIX_EPOCH + Duration::from_secs(granted_at + after));
    assert_eq!(session.expires_at(), expected);
}

#[test]
fn an_end_is_known_where_the_provider_says_it() {
    let field = TokenEnd::field("user_id", TimeUnit::SecondsLeft);
    let minute = Duration::from_secs(60);
    let daily = TokenEnd::daily(minute, minute);
    for (life, after) in [
        (TokenLife::new(), None),
        (TokenLife::new().with_end(TokenEnd::After(Duration::from_secs(DAY))), Some(DAY)),
        (TokenLife::new().with_end(field), Some(7)),
        (TokenLife::new().with_end(daily), Some(60)),
    ] {
        let scenario = Scenario::at(living(life));
        let session = scenario.to_granted();
        ends(&session, after);
        let granted_at = UNIX_EPOCH + Duration::from_secs(u64::try_from(NOW).unwrap());
        assert_eq!(session.access_token().granted_at(), Some(granted_at));
        // A token that was stored without its moments.
        let stored = AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap();
        ends(&scenario.client.session(stored.clone()), None);
        let end = UNIX_EPOCH + Duration::from_secs(u64::try_from(NOW).unwrap() + 5);
        ends(&scenario.client.session(stored.with_expires_at(end)), Some(5));
    }
}

#[tokio::test]
async fn idle_time_begins_with_each_request_and_is_unknown_after_a_restart() {
    let idle = Duration::from_secs(7200);
    let end = TokenEnd::After(Duration::from_secs(DAY));
    let scenario = Scenario::at(living(TokenLife::new().with_idle_limit(idle).with_end(end)));
    let session = scenario.to_granted();
    ends(&session, Some(7200));
    scenario.hands.pass(Duration::from_secs(3600));
    let get = |session: &Session| session.get("https://photos.example.net/photos");
    scenario.script.answer(reply(401, "")).answer(reply(200, "{}"));
    get(&session).send().await.unwrap();
    ends(&session, Some(7200));
    get(&session.clone()).send().await.unwrap();
    ends(&session, Some(3600 + 7200));
    // A program that sends the request itself, and brings the reply; a refusal is no use of the token.
    scenario.hands.pass(Duration::from_secs(100));
    let receive = |reply: http::Response<bytes::Bytes>| {
        let (_, pending) = get(&session).build().unwrap();
        pending.receive(reply)
    };
    let _refused = receive(reply(401, ""));
    ends(&session, Some(3600 + 7200));
    let _accepted = receive(reply(200, "{}"));
    ends(&session, Some(3700 + 7200));

    let again = scenario.client.session(session.access_token().clone());
    ends(&again, None);
    scenario.hands.pass(Duration::from_secs(DAY - 3700 - 60));
    scenario.script.answer(reply(200, "{}"));
    get(&again).send().await.unwrap();
    // The day is over before the idle time is.
    ends(&again, Some(DAY));
}

#[tokio::test]
async fn renewal_says_whether_the_pair_has_changed() {
    let life = TokenLife::new()
        .with_renewal(Renewal::new(Call::get(RENEW)))
        .with_end(TokenEnd::After(Duration::from_secs(100)));
    let scenario = Scenario::at(living(life));
    let session = scenario.to_granted();
    scenario.hands.pass(Duration::from_secs(50));

    scenario.script.answer(reply(200, "Access Token has been renewed"));
    let renewed = session.renew().await.unwrap();
    assert!(!renewed.pair_changed());
    let same = renewed.into_session();
    assert_eq!(same.access_token().token(), ACCESS_TOKEN);
    // The same token lives as long again.
    ends(&same, Some(150));
    let sent = scenario.script.only();
    assert_eq!((sent.method(), sent.uri().to_string()), (&Method::GET, RENEW.to_owned()));
    let header = sent.headers()[header::AUTHORIZATION].to_str().unwrap();
    assert!(header.contains("oauth_token=\"access%2Ftoken%2B1\""), "{header}");

    scenario.script.answer(reply(200, "oauth_token=new&oauth_token_secret=s&note=1"));
    let renewed = session.renew().await.unwrap();
    assert!(renewed.pair_changed());
    let new = renewed.into_session();
    assert_eq!(new.access_token().token(), "new");
    assert_eq!(new.access_token().extra("user_id"), Some("7"));
    assert_eq!(new.access_token().extra("note"), Some("1"));
    ends(&new, Some(150));
    // The old one stays as it was.
    assert_eq!(session.access_token().token(), ACCESS_TOKEN);
    ends(&session, Some(100));
}

#[tokio::test]
async fn only_the_renewals_own_reply_says_when_the_new_token_ends() {
    let end = TokenEnd::field("user_id", TimeUnit::SecondsLeft);
    let life = TokenLife::new().with_renewal(Renewal::new(RENEW)).with_end(end);
    let scenario = Scenario::at(living(life));
    let session = scenario.to_granted();
    ends(&session, Some(7));
    scenario.hands.pass(Duration::from_secs(5));
    for (reply_text, after) in [
        ("oauth_token=new&oauth_token_secret=s", None),
        ("oauth_token=new&oauth_token_secret=s&user_id=20", Some(25)),
        // The same token, of which nothing else is known.
        ("renewed", Some(7)),
    ] {
        scenario.script.answer(reply(200, reply_text));
        let renewed = session.renew().await.unwrap().into_session();
        ends(&renewed, after);
    }
}

#[tokio::test]
async fn a_lifetime_that_the_flow_asked_for_stays_as_long() {
    let values = [("hour", Some(Duration::from_secs(3600))), ("never", None)];
    let end = TokenEnd::asked("expiration", values, Some(Duration::from_secs(DAY)));
    let life = TokenLife::new().with_renewal(Renewal::new(RENEW)).with_end(end);
    let pair = "oauth_token=new&oauth_token_secret=s";
    for (asked, lifetime) in [(Some("hour"), Some(3600)), (Some("never"), None), (None, Some(DAY))]
    {
        let scenario = Scenario::at(living(life.clone()));
        let mut flow = scenario.client.begin(tripod::Callback::out_of_band());
        if let Some(asked) = asked {
            flow = flow.with_ask(tripod::Ask::new().with_page_parameter("expiration", asked));
        }
        scenario.script.answer(reply(200, ISSUED)).answer(reply(200, GRANTED));
        let issued = flow.request_token().await.unwrap();
        let mut session = issued.authorize("code").unwrap().exchange().await.unwrap();
        ends(&session, lifetime);
        let mut passed = 0;
        for text in ["renewed", "renewed", pair, "renewed", pair] {
            scenario.hands.pass(Duration::from_secs(60));
            passed += 60;
            scenario.script.answer(reply(200, text));
            session = session.renew().await.unwrap().into_session();
            ends(&session, lifetime.map(|lifetime| passed + lifetime));
        }
        // Of a token that was stored without its moments, it is not known what was asked for.
        let stored = AccessToken::new(ACCESS_TOKEN, ACCESS_SECRET).unwrap();
        scenario.script.answer(reply(200, pair));
        let renewed = scenario.client.session(stored).renew().await.unwrap().into_session();
        ends(&renewed, None);
    }
}

#[tokio::test]
async fn a_session_handle_is_sent_where_there_is_one() {
    let renewal = Renewal::new(RENEW).with_session_handle();
    let scenario = Scenario::at(living(TokenLife::new().with_renewal(renewal)));
    let error = scenario.to_granted().renew().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }), "{error}");

    let token = AccessToken::new("t", "s").unwrap().with_extra("oauth_session_handle", "h&1");
    scenario.script.answer(reply(401, "oauth_problem=token_rejected&handle=h%261"));
    let error = scenario.client.session(token).renew().await.unwrap_err();
    let sent = scenario.script.only();
    let header = sent.headers()[header::AUTHORIZATION].to_str().unwrap();
    assert!(header.contains("oauth_session_handle=\"h%261\""), "{header}");
    assert_eq!((error.stage(), error.class()), (Stage::Renewal, ErrorClass::Reauthorize));
    assert!(!format!("{error} {error:?}").contains("h%261"), "{error:?}");

    // There the reply is one with a token; anything else has renewed nothing.
    for body in ["", "<html>Log in</html>", "Access Token has been renewed"] {
        let token = AccessToken::new("t", "s").unwrap().with_extra("oauth_session_handle", "h");
        scenario.script.answer(reply(200, body));
        let error = scenario.client.session(token).renew().await.unwrap_err();
        assert_eq!(error.stage(), Stage::Renewal, "{body}");
        assert!(matches!(error.kind(), ErrorKind::Reply(_)), "{body}: {error:?}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{body}");
        assert_eq!(error.endpoint(), Some(RENEW), "{body}");
    }
}

/// It is a secret in each call of the session, the renewal or another.
#[tokio::test]
async fn a_session_handle_is_masked_in_every_reply() {
    let scenario = Scenario::photos();
    let token =
        AccessToken::new("t", "s").unwrap().with_extra("oauth_session_handle", "open sesame");
    let session = scenario.client.session(token);
    for body in ["it was open sesame", "it was open%20sesame", r#"{"error":"open sesame"}"#] {
        scenario.script.answer(reply(401, body));
        let reply = session.get("https://photos.example.net/photos").send().await.unwrap();
        let error = reply.error_for_status().unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(error.excerpt().is_some() && !said.contains("sesame"), "{said}");
    }
}

#[tokio::test]
async fn a_provider_without_the_calls_says_so() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let error = session.renew().await.unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Unsupported(UnsupportedError::NoSuchCall { call: "renewal", .. })
        ),
        "{error}"
    );
    let error = tripod::wait(session.revoke()).unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Unsupported(UnsupportedError::NoSuchCall { call: "revocation", .. })
        ),
        "{error}"
    );
    assert!(scenario.script.sent().is_empty());
}

#[tokio::test]
async fn revocation_is_signed_and_can_be_tried_again() {
    let call = Call::post("https://photos.example.net/revoke");
    let revocation = Revocation::signed(call);
    let scenario = Scenario::at(living(TokenLife::new().with_revocation(revocation)));
    scenario.script.answer(reply(503, "")).answer(TransportError::timeout());
    scenario.script.answer(reply(200, "{\"access_token\":\"x\"}"));
    let session = scenario.to_granted();
    let error = session.revoke().await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::RetryLater);
    assert_eq!(error.stage(), Stage::Revocation);
    let error = session.revoke().await.unwrap_err();
    assert!(error.may_have_happened());
    session.revoke().await.unwrap();
    for sent in scenario.script.sent() {
        assert!(
            sent.headers()[header::AUTHORIZATION].to_str().unwrap().contains("oauth_signature")
        );
    }
}

#[tokio::test]
async fn a_token_in_the_path_is_masked() {
    let url = "https://photos.example.net/tokens/{token}/{secret}";
    for (revocation, is_signed) in [
        (Revocation::signed(Call::delete(url)), true),
        (Revocation::unsigned(Call::delete(url)), false),
    ] {
        let scenario = Scenario::at(living(TokenLife::new().with_revocation(revocation)));
        scenario.script.answer(reply(404, "no access/token+1")).answer(TransportError::timeout());
        let session = scenario.to_granted();
        for _ in 0..2 {
            let error = session.revoke().await.unwrap_err();
            assert_eq!(error.endpoint(), Some(url));
            let text = format!("{error} {error:?}");
            for secret in [ACCESS_TOKEN, ACCESS_SECRET, "access%2Ftoken", "access%3Dsecret"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        for sent in scenario.script.sent() {
            let path = "/tokens/access%2Ftoken%2B1/access%3Dsecret%2F1";
            assert_eq!((sent.method(), sent.uri().path()), (&Method::DELETE, path));
            assert_eq!(sent.headers().contains_key(header::AUTHORIZATION), is_signed);
        }
    }
}

#[tokio::test]
async fn a_revocation_says_that_it_has_no_body() {
    let url = "https://photos.example.net/tokens/{token}";
    for call in [Call::post(url), Call::new(Method::PUT, url)] {
        for revocation in [Revocation::signed(call.clone()), Revocation::unsigned(call)] {
            let scenario = Scenario::at(living(TokenLife::new().with_revocation(revocation)));
            scenario.script.answer(reply(200, ""));
            scenario.to_granted().revoke().await.unwrap();
            let sent = scenario.script.only();
            assert_eq!(sent.headers()[header::CONTENT_LENGTH], "0", "{sent:?}");
        }
    }
}

#[tokio::test]
async fn a_token_in_the_path_of_the_providers_base_string_is_masked() {
    let call = Call::delete("https://photos.example.net/1/tokens/{token}");
    let life = TokenLife::new().with_revocation(Revocation::signed(call));
    let scenario = Scenario::at(living(life));
    let url = "https://photos.example.net/1/tokens/access%2Ftoken%2B1";
    let url = naive::encode(url);
    let body = format!("Invalid signature: DELETE&{url}&oauth_nonce%3Dn");
    scenario.script.answer(reply(401, body));
    let error = scenario.to_granted().revoke().await.unwrap_err();
    let shown = "DELETE&https%3A%2F%2Fphotos.example.net%2F1%2Ftokens%2Fmasked-14-characters&oauth_nonce%3Dn";
    let report = error.report().unwrap();
    assert_eq!(report.base_string(), Some(shown));
    silent(&format!("{error} {error:?} {report} {report:?}"));
}

#[test]
fn a_client_that_only_signs_has_no_handshake() {
    let signing = Signing::default()
        .with_origin("https://api.example")
        .unwrap()
        .with_empty_token()
        .with_body_hash();
    let client = SigningClient::new(signing, Consumer::new(KEY, SECRET)).unwrap();
    let header = |request: http::Request<bytes::Bytes>| {
        request.headers()[header::AUTHORIZATION].to_str().unwrap().to_owned()
    };
    let url = "https://api.example/x";
    let without = header(client.signed().get(url).build().unwrap().0);
    assert!(without.contains("oauth_token=\"\""), "{without}");
    // The SHA-1 of nothing.
    assert!(
        without.contains("oauth_body_hash=\"2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D\""),
        "{without}"
    );
    let token = AccessToken::new("t", "s").unwrap();
    let with = header(client.session(token).get(url).build().unwrap().0);
    assert!(with.contains("oauth_token=\"t\""), "{with}");
    let mut own = http::Request::post(url).body("{}").unwrap();
    client.signed().sign(&mut own).unwrap();
    assert!(own.headers()[header::AUTHORIZATION].to_str().unwrap().contains("oauth_body_hash"));
    assert!(client.signed().get("https://other.example/").build().is_err());
    let shown = format!("{client:?}");
    assert!(!shown.contains(SECRET), "{shown}");

    // The way round by the client that a signer belongs to ends in an error, and sends nothing.
    let begun = client.signed().client().begin(tripod::Callback::out_of_band());
    let failed = begun.build().unwrap_err();
    let kind = failed.error().kind();
    assert!(
        matches!(
            kind,
            ErrorKind::Unsupported(UnsupportedError::NoSuchCall { call: "handshake", .. })
        ),
        "{failed}"
    );
}

#[test]
fn plaintext_and_http_are_for_those_who_ask_for_them_by_name() {
    let origin = "http://maas.example:5240";
    let signing =
        Signing::new(tripod::SignatureMethod::Plaintext).insecure_http_origin(origin).unwrap();
    let client = |signing| SigningClient::new(signing, Consumer::new(KEY, "")).unwrap();
    let url = format!("{origin}/MAAS/api/2.0/machines/");
    assert!(client(signing.clone()).signed().get(&url).build().is_err());
    let signing = signing.insecure_plaintext_without_tls();
    assert!(client(signing).signed().get(&url).build().is_ok());
}
