//! The shipped presets against the personas, which were written from the evidence and not from the presets.

mod table;

use std::time::Duration;

use secrecy::ExposeSecret;
use tripod::{
    Ask, Callback, CallbackError, Client, Consumer, ErrorClass, ErrorKind, SigningClient,
    UnsupportedError, providers, signature::SignatureMethod,
};
use tripod_sandbox::{Denial, Endpoint, Persona, Sandbox};

use self::table::{BACK, Back, Clock, PRESETS, Rsa, last, preset};
use crate::support::PUBLIC_KEY;

fn is_no_such_call(error: &tripod::Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported(UnsupportedError::NoSuchCall { .. }))
}

#[tokio::test]
async fn each_preset_goes_the_whole_way_at_its_persona() {
    for preset in PRESETS {
        let name = preset.persona;
        let sandbox = preset.builder().start().await.unwrap();
        let session = preset.session(&sandbox).await;
        assert!(sandbox.log().iter().all(|seen| seen.refusal.is_none()), "{name}");
        if preset.data.is_empty() {
            continue;
        }
        let reply = session.get(preset.data).query(&[("q", "a+b c/\u{e9}%")]).send().await.unwrap();
        let text = reply.error_for_status().unwrap().text().unwrap().to_owned();
        assert!(text.contains(r#""user":"ada""#), "{name}: {text}");
        assert_eq!(last(&sandbox), None, "{name}");
    }
}

/// Nobody gets a session out of a denial, in whatever form it comes.
#[tokio::test]
async fn each_preset_understands_a_denial() {
    for preset in PRESETS {
        for denial in preset.persona.denials() {
            let name = format!("{} {denial:?}", preset.persona);
            let sandbox =
                preset.builder().denial(*denial).registered_callback(BACK).start().await.unwrap();
            if preset.back == Back::Pushed {
                continue;
            }
            let client = preset.client(&sandbox);
            let flow = client.begin(preset.callback()).with_ask((preset.ask)());
            let issued = flow.request_token().await.unwrap();
            let approval = sandbox.deny(&issued.authorization_url()).unwrap();
            let Some(back) = approval.callback_url() else {
                assert_eq!(*denial, Denial::NoCallback, "{name}");
                continue;
            };
            match issued.receive_callback(back) {
                Err(failed) if failed.error().is_denied() => {}
                // Without a ticket, none of its callbacks says whose it is.
                Err(failed) => {
                    let kind = failed.error().kind();
                    assert_eq!(preset.persona, Persona::Etrade, "{name} {kind:?}");
                }
                Ok(authorized) => panic!("{name} {authorized:?}"),
            }
        }
    }
}

/// The user types a code that the provider did not show, and then the right one. Where the provider's refusal has a word
/// about the verifier, it is the user's mistake and not the provider's.
#[tokio::test]
async fn a_mistyped_code_is_the_users_to_mend() {
    let mut others = Vec::new();
    for preset in PRESETS.iter().filter(|preset| preset.back != Back::Pushed) {
        let name = preset.persona;
        let sandbox = preset.builder().registered_callback(BACK).start().await.unwrap();
        let client = preset.client(&sandbox);
        let flow = client.begin(preset.callback()).with_ask((preset.ask)());
        let issued = flow.request_token().await.unwrap();
        let approval = sandbox.approve(&issued.authorization_url()).unwrap();
        let code = approval.verifier().unwrap().to_owned();
        let failed = issued.authorize("0000000").unwrap().exchange().await.unwrap_err();
        let (error, flow) = failed.into_parts();
        assert!(matches!(error.kind(), ErrorKind::Rejected { .. }), "{name}: {error:?}");
        assert!(error.may_be_wrong_verifier(), "{name}: {error:?}");
        if error.class() == ErrorClass::User {
            assert_eq!(error.http_status_hint(), 400, "{name}");
            assert!(error.to_string().contains("mistyped code"), "{name}: {error}");
        } else {
            others.push((name.name(), error.class()));
        }
        assert!(
            flow.discard_verifier().authorize(&code).unwrap().exchange().await.is_ok(),
            "{name}"
        );
    }
    // These say that the token, or nothing in particular, is wrong.
    let known = [
        ("okapi", ErrorClass::Reauthorize),
        ("tumblr", ErrorClass::Reauthorize),
        ("usos", ErrorClass::Reauthorize),
        ("x", ErrorClass::Configuration),
    ];
    assert_eq!(others, known);
}

#[test]
fn a_denial_whose_form_is_known_is_one_to_the_preset() {
    let known = PRESETS.iter().filter(|preset| preset.persona.denials().len() == 1);
    let names: Vec<&str> = known.map(|preset| preset.persona.name()).collect();
    assert_eq!(
        names,
        ["atlassian", "fatsecret", "magento", "mediawiki", "netsuite", "okapi", "usos", "x"]
    );
}

#[tokio::test]
async fn each_preset_does_with_a_wrong_clock_what_can_be_done() {
    for preset in PRESETS {
        let name = preset.persona;
        // An hour fast, at the token calls and again at the first resource.
        let sandbox = preset.builder().clock_offset(3600).start().await.unwrap();
        let client = preset.client(&sandbox);
        let flow = client.begin(preset.callback()).with_ask((preset.ask)());
        let outcome = flow.request_token().await;
        let tries = sandbox.log().len();
        match preset.clock {
            Clock::Recovers => {
                let error = outcome.as_ref().err().map(|failed| failed.error().to_string());
                assert_eq!((error, tries), (None, 2), "{name}");
            }
            Clock::Unknown => {
                assert!(outcome.is_err(), "{name}");
                assert_eq!(tries, 1, "{name}");
            }
        }
        if preset.data.is_empty() || preset.clock == Clock::Unknown {
            continue;
        }
        let session = preset.client(&sandbox).session(sandbox.grant());
        let before = sandbox.requests();
        let reply = session.get(preset.data).send().await.unwrap();
        let text = reply.error_for_status().unwrap().text().unwrap().to_owned();
        assert!(text.contains(r#""user":"ada""#), "{name}: {text}");
        assert_eq!(sandbox.requests() - before, 2, "{name}");
    }
}

#[tokio::test]
async fn each_preset_tells_a_dead_token_where_the_provider_does() {
    for preset in PRESETS.iter().filter(|preset| !preset.data.is_empty()) {
        let name = preset.persona;
        let sandbox = preset.builder().start().await.unwrap();
        let session = preset.session(&sandbox).await;
        assert!(sandbox.revoke(session.access_token().token()), "{name}");
        let reply = session.get(preset.data).send().await.unwrap();
        let error = reply.error_for_status().unwrap_err();
        assert_eq!(error.needs_reauthorization(), preset.tells_dead, "{name}: {error}");
    }
}

/// What a mere 401 means depends on the call. Where a session is refused, nobody can say whether the user withdrew the access.
#[tokio::test]
async fn a_provider_that_says_only_401_is_understood_by_the_stage() {
    let preset = preset(Persona::Tumblr);
    let sandbox = preset.builder().start().await.unwrap();
    let client = preset.client(&sandbox);

    let issued = client.begin(preset.callback()).request_token().await.unwrap();
    let approval = sandbox.approve(&issued.authorization_url()).unwrap();
    sandbox.age_request_tokens(Duration::from_secs(24 * 60 * 60));
    let authorized = issued.authorize(approval.verifier().unwrap()).unwrap();
    let late = authorized.exchange().await.unwrap_err().into_error();
    assert_eq!((late.class(), late.problem()), (ErrorClass::Reauthorize, None), "{late}");
    assert_eq!(late.http_status_hint(), 410, "the user begins again, and nobody is alarmed");

    let consumer = Consumer::new(sandbox.consumer().key(), "another secret");
    let other = Client::from_transport(providers::tumblr(), consumer, sandbox.transport());
    let wrong = other.begin(preset.callback()).request_token().await.unwrap_err().into_error();
    assert_eq!(wrong.class(), ErrorClass::Configuration, "{wrong}");
    assert!(wrong.to_string().contains("a wrong consumer secret"), "{wrong}");

    let token = sandbox.grant();
    let refused = async |client: &Client| {
        let reply = client.session(token.clone()).get(preset.data).send().await.unwrap();
        reply.error_for_status().unwrap_err()
    };
    let mistaken = refused(&other).await;
    assert!(sandbox.revoke(token.token()));
    let withdrawn = refused(&client).await;
    assert_eq!(mistaken.to_string(), withdrawn.to_string());
    assert!(withdrawn.needs_reauthorization() && withdrawn.meaning().is_none());
}

#[tokio::test]
async fn each_preset_revokes_where_the_provider_has_a_call_for_it() {
    for preset in PRESETS {
        let name = preset.persona;
        let sandbox = preset.builder().start().await.unwrap();
        let session = preset.session(&sandbox).await;
        let token = session.access_token().token().to_owned();
        match session.revoke().await {
            Ok(()) => assert!(preset.revokes, "{name}"),
            Err(error) => {
                assert!(!preset.revokes, "{name}: {error} {:?}", last(&sandbox));
                assert!(is_no_such_call(&error), "{name}: {error}");
            }
        }
        assert_eq!(sandbox.revoke(&token), !preset.revokes, "{name}");
    }
}

#[tokio::test]
async fn renewal_wakes_the_token_or_gives_another() {
    for preset in PRESETS {
        let name = preset.persona;
        let sandbox = preset.builder().start().await.unwrap();
        let session = preset.session(&sandbox).await;
        let token = session.access_token().token().to_owned();
        match session.renew().await {
            Ok(renewed) => {
                let is_other = name == Persona::Atlassian;
                assert!(is_other || name == Persona::Etrade, "{name}");
                assert_eq!(renewed.pair_changed(), is_other, "{name}");
                let session = renewed.into_session();
                assert_eq!(session.access_token().token() != token, is_other, "{name}");
                assert_eq!(session.get(preset.data).send().await.unwrap().status(), 200, "{name}");
                // And once more, with what the renewal has brought.
                assert!(session.renew().await.is_ok(), "{name}: {:?}", last(&sandbox));
            }
            Err(error) => assert!(is_no_such_call(&error), "{name}: {error}"),
        }
    }
}

#[tokio::test]
async fn etrade_goes_to_the_registered_callback_and_its_sandbox_has_the_same_tokens() {
    let etrade = preset(Persona::Etrade);
    let sandbox = etrade.builder().registered_callback(BACK).start().await.unwrap();
    let client = etrade.client(&sandbox);
    let callback = Callback::url(BACK).unwrap();
    let issued = client.begin(callback).request_token().await.unwrap();
    let approval = sandbox.approve(&issued.authorization_url()).unwrap();
    let back = approval.callback_url().unwrap();
    assert!(back.starts_with("https://app.example/back?oauth_verifier="), "{back}");
    // Nothing ties this callback to the flow, so it takes a ticket of the vault, or the user's hands.
    let failed = issued.receive_callback(back).unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Callback(CallbackError::TokenMismatch));
    let authorized = failed.into_flow().authorize(approval.verifier().unwrap()).unwrap();
    let session = authorized.exchange().await.unwrap();

    let client = Client::from_transport(
        providers::etrade_sandbox(),
        sandbox.consumer(),
        sandbox.transport(),
    );
    let session = client.session(session.access_token().clone());
    let reply = session.get("https://apisb.etrade.com/v1/accounts/list").send().await.unwrap();
    assert_eq!(reply.status(), 200);
}

#[tokio::test]
async fn mediawiki_says_who_the_user_is_and_sends_them_to_the_registered_callback() {
    let wiki = preset(Persona::MediaWiki);
    let sandbox = wiki.builder().registered_callback(BACK).start().await.unwrap();
    let provider = providers::mediawiki::with_registered_callback((wiki.provider)());
    let client = Client::from_transport(provider, sandbox.consumer(), sandbox.transport());
    let issued = client.begin(Callback::url(BACK).unwrap()).request_token().await.unwrap();
    let approval = sandbox.approve(&issued.authorization_url()).unwrap();
    let authorized = issued.receive_callback(approval.callback_url().unwrap()).unwrap();
    let session = authorized.exchange().await.unwrap();
    let identity = providers::mediawiki::identify(&session).await.unwrap();
    assert_eq!((identity.id, &*identity.username), (1, "ada"));
    sandbox.revoke(session.access_token().token());
    let error = providers::mediawiki::identify(&session).await.unwrap_err();
    assert!(error.to_string().contains("Invalid token"), "{error}");
    // Another application, with a secret of its own.
    let other = Client::from_transport(
        (wiki.provider)(),
        sandbox.add_consumer("another"),
        sandbox.transport(),
    );
    let issued = other.begin(Callback::out_of_band()).request_token().await.unwrap();
    let approval = sandbox.approve(&issued.authorization_url()).unwrap();
    let session = issued.authorize(approval.verifier().unwrap()).unwrap().exchange().await.unwrap();
    assert_eq!(providers::mediawiki::identify(&session).await.unwrap().username, "ada");
    // The other page, which does not ask twice.
    let ask = Ask::new().with_page(providers::mediawiki::AUTHENTICATE);
    let flow = client.begin(Callback::url(BACK).unwrap()).with_ask(ask);
    let issued = flow.request_token().await.unwrap();
    assert!(sandbox.approve(&issued.authorization_url()).is_ok());
}

#[tokio::test]
async fn presets_know_whose_token_it_is() {
    let discogs = preset(Persona::Discogs);
    let sandbox = discogs.builder().start().await.unwrap();
    let identity = providers::discogs::identity(&discogs.session(&sandbox).await).await.unwrap();
    assert_eq!((identity.id, &*identity.username), (1, "ada"));

    let of = async |persona| {
        let preset = preset(persona);
        let sandbox = preset.builder().start().await.unwrap();
        preset.session(&sandbox).await
    };
    let session = of(Persona::X).await;
    assert_eq!(providers::x::user_id(session.access_token()), Some("1"));
    assert_eq!(providers::x::screen_name(session.access_token()), Some("ada"));
    let session = of(Persona::Flickr).await;
    let token = session.access_token();
    assert_eq!(providers::flickr::user_nsid(token), Some("12345678@N00"));
    assert_eq!(providers::flickr::fullname(token), Some("Ada, Countess of Lov\u{e9}lace"));
    let session = of(Persona::Zotero).await;
    let token = session.access_token();
    assert_eq!(providers::zotero::user_id(token), Some("1"));
    assert_eq!(providers::zotero::api_key(token).expose_secret(), token.token());
}

#[tokio::test]
async fn expiries_are_those_of_the_provider() {
    let left = async |persona| {
        let preset = preset(persona);
        let sandbox = preset.builder().start().await.unwrap();
        let session = preset.session(&sandbox).await;
        let end = session.expires_at()?;
        Some(end.duration_since(std::time::SystemTime::now()).unwrap().as_secs())
    };
    let hour = left(Persona::Trello).await.unwrap();
    assert!((3590..=3600).contains(&hour), "{hour}");
    let years = left(Persona::Atlassian).await.unwrap();
    assert!((157_679_990..=157_680_000).contains(&years), "{years}");
    // Two hours without a call, or the end of the day.
    assert!(left(Persona::Etrade).await.unwrap() <= 7200);
    for persona in [Persona::X, Persona::NetSuite, Persona::Flickr, Persona::SmugMug] {
        assert_eq!(left(persona).await, None, "{persona}");
    }
}

#[tokio::test]
async fn those_who_only_sign_are_understood() {
    let sandbox = Sandbox::builder().like(Persona::WooCommerce).start().await.unwrap();
    let signing = providers::insecure_woocommerce("http://shop.example").unwrap();
    let client = SigningClient::from_transport(signing, sandbox.consumer(), sandbox.transport());
    let orders = "http://shop.example/wp-json/wc/v3/orders?status=on-hold";
    let reply = client.signed().get(orders).send().await.unwrap();
    assert_eq!(reply.status(), 200, "{:?}", last(&sandbox));
    let post = client.signed().post(orders).json(&serde_json::json!({"note": "late"}));
    assert_eq!(post.send().await.unwrap().status(), 200, "{:?}", last(&sandbox));

    let sandbox = Sandbox::builder()
        .like(Persona::Mastercard)
        .rsa_public_key(PUBLIC_KEY)
        .unwrap()
        .start()
        .await
        .unwrap();
    let signing = providers::mastercard(SignatureMethod::custom(Rsa("RSA-SHA256"))).unwrap();
    let client = SigningClient::from_transport(signing, sandbox.consumer(), sandbox.transport());
    for origin in ["https://api.mastercard.com", "https://sandbox.api.mastercard.com"] {
        let signed = client.signed();
        let reply = signed.get(format!("{origin}/x?a=1")).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{:?}", last(&sandbox));
        let post = signed.post(format!("{origin}/x")).json(&serde_json::json!({"a": 1}));
        assert_eq!(post.send().await.unwrap().status(), 200, "{:?}", last(&sandbox));
    }
    assert!(sandbox.log().iter().all(|seen| seen.endpoint == Some(Endpoint::Data)));
}

#[tokio::test]
async fn a_preset_can_be_moved_to_a_sandbox_that_listens() {
    let sandbox = preset(Persona::X).builder().start().await.unwrap();
    let origin = sandbox.origin();
    let moved = providers::x().moved_to(&[("https://api.x.com", &origin)]).unwrap();
    let client = Client::new(moved, sandbox.consumer()).unwrap();
    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();
    let approval = sandbox.approve(&issued.authorization_url()).unwrap();
    let authorized = issued.authorize(approval.verifier().unwrap()).unwrap();
    let session = authorized.exchange().await.unwrap();
    let reply = session.get(format!("{origin}/2/users/me")).send().await.unwrap();
    assert!(reply.text().unwrap().contains(r#""persona":"x""#));
    assert!(session.revoke().await.is_ok());
}
