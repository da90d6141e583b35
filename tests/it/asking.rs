//! What a flow asks for, on the page and in the request-token call.

use http::{Method, header};
use tripod::{
    Approval, Ask, AuthorizePage, Call, Callback, CallbackError, Endpoints, ErrorKind, Provider,
    RequestError, Transmission,
};

use crate::{naive, support::*};

const AT: &str = "https://p.example/request";

fn provider(call: Call) -> Provider {
    let page = AuthorizePage::new("https://p.example/page?lang=de")
        .with_token_name("token")
        .with_consumer_key_name("key")
        .with_alternative("phone", "https://m.example/page");
    Provider::new(Endpoints {
        request_token: call,
        authorize: page,
        access_token: "https://p.example/access",
    })
    .unwrap()
    .with_ask(Ask::new().with_page_parameter("perms", "read"))
}

#[tokio::test]
async fn the_page_has_what_the_flow_asks_for_and_the_providers_names() {
    let scenario = Scenario::at(provider(Call::post(AT)));
    let page = |ask: Ask| {
        let (_, awaiting) = scenario.unauthorized().with_ask(ask).build().unwrap();
        awaiting.receive(&reply(200, ISSUED)).unwrap().authorization_url()
    };
    let end = "key=key%201&token=request%2Ftoken%2B1";
    assert_eq!(page(Ask::new()), format!("https://p.example/page?lang=de&perms=read&{end}"));
    let own = Ask::new()
        .with_page("phone")
        .with_page_parameter("perms", "delete")
        .with_page_parameter("state", "a b&c");
    assert_eq!(page(own), format!("https://m.example/page?perms=delete&state=a%20b%26c&{end}"));
}

#[tokio::test]
async fn what_is_asked_of_the_request_token_call_is_sent_and_signed() {
    let ask = Ask::new().with_request_parameter("scope", "read write");
    for (call, in_form) in [
        (Call::post(AT), true),
        (Call::post(AT).with_transmission(Transmission::Form), true),
        (Call::post(AT).with_transmission(Transmission::Query), false),
        (Call::get(AT), false),
    ] {
        let scenario = Scenario::at(provider(call.clone()));
        let flow = scenario.unauthorized().with_ask(ask.clone());
        let explained = flow.explain_request_token().unwrap();
        let signed = naive::encode("scope=read%20write");
        assert!(explained.base_string().unwrap().ends_with(&signed), "{call:?}");
        let (sent, _) = flow.build().unwrap();
        let body = String::from_utf8(sent.body().to_vec()).unwrap();
        let query = sent.uri().query().unwrap_or_default();
        let carrier = if in_form { &*body } else { query };
        assert!(carrier.starts_with("scope=read%20write"), "{call:?} {carrier}");
        assert_eq!(sent.headers().contains_key(header::CONTENT_TYPE), in_form);
        assert!(sent.method() == Method::POST || !in_form);
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_gives_the_flow_back() {
    let scenario = Scenario::at(provider(Call::post(AT)));
    for (ask, name) in [
        (Ask::new().with_page_parameter("oauth_token", "x"), "oauth_token"),
        (Ask::new().with_page_parameter("key", "x"), "key"),
        (Ask::new().with_request_parameter("oauth_callback", "x"), "oauth_callback"),
    ] {
        let failed = scenario.unauthorized().with_ask(ask).build().unwrap_err();
        let ErrorKind::Request(RequestError::ReservedParameter { name: refused, .. }) =
            failed.error().kind()
        else {
            panic!("{failed}");
        };
        assert_eq!(refused, name);
        assert!(failed.into_flow().with_ask(Ask::new()).build().is_ok());
    }
    let failed =
        scenario.unauthorized().with_ask(Ask::new().with_page("tablet")).build().unwrap_err();
    assert!(matches!(failed.error().kind(), ErrorKind::InvalidSetting { .. }), "{failed}");
}

#[tokio::test]
async fn a_registered_callback_is_asked_for_as_oob_and_still_has_to_be_confirmed() {
    let approval = Approval::new().with_registered_callback().tolerate_unconfirmed_out_of_band();
    let scenario = Scenario::at(provider(Call::get(AT)).with_approval(approval));
    let unconfirmed = ISSUED.replace("confirmed=true", "confirmed=false");
    for (callback, is_accepted) in
        [(Callback::out_of_band(), true), (Callback::url(CALLBACK).unwrap(), false)]
    {
        let (sent, awaiting) = scenario.client.begin(callback).build().unwrap();
        let header = sent.headers()[header::AUTHORIZATION].to_str().unwrap();
        assert!(header.contains("oauth_callback=\"oob\""), "{header}");
        let outcome = awaiting.receive(&reply(200, unconfirmed.clone()));
        assert_eq!(outcome.is_ok(), is_accepted);
    }
}

#[tokio::test]
async fn a_verifier_without_a_token_is_no_callback_without_a_ticket() {
    let approval = Approval::new().tolerate_callback_without_token();
    let scenario = Scenario::at(provider(Call::get(AT)).with_approval(approval));
    let failed = scenario.to_issued().receive_callback("?oauth_verifier=v").unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::Callback(CallbackError::TokenMismatch));
}

#[tokio::test]
async fn the_applications_name_is_sent_with_any_transport() {
    let named = provider(Call::get(AT)).with_user_agent("preset/1").unwrap();
    let scenario = Scenario::at(named);
    let sent = scenario.unauthorized().build().unwrap().0;
    assert_eq!(sent.headers()[header::USER_AGENT], "preset/1");
    let client = scenario.client.clone().with_user_agent("app/2").unwrap();
    let sent = client.begin(Callback::out_of_band()).build().unwrap().0;
    assert_eq!(sent.headers()[header::USER_AGENT], "app/2");
    let request = client.signed().get("https://p.example/x");
    let (own, _) = request.header(header::USER_AGENT, "own/3").build().unwrap();
    assert_eq!(own.headers()[header::USER_AGENT], "own/3");
    let (sent, _) = client.signed().get("https://p.example/x").build().unwrap();
    assert_eq!(sent.headers()[header::USER_AGENT], "app/2");
    assert!(scenario.client.with_user_agent("a\r\nb").is_err());
}
