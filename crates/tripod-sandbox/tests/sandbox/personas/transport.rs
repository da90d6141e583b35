//! The transport: real URLs, and nothing that waits.

use tripod::{Callback, Client, ErrorKind, Provider};
use tripod_sandbox::{Fault, Persona, Sandbox};

fn client(sandbox: &Sandbox) -> Client {
    Client::from_transport(Provider::fatsecret(), sandbox.consumer(), sandbox.transport())
}

#[tokio::test]
async fn the_url_that_is_signed_is_the_one_that_the_client_has() {
    let sandbox = Sandbox::builder().keep_base_strings(true).start().await.unwrap();
    let issued = client(&sandbox).begin(Callback::out_of_band()).request_token().await.unwrap();
    let url = issued.authorization_url();
    assert!(url.starts_with("https://authentication.fatsecret.com/oauth/authorize?"), "{url}");
    let approval = sandbox.approve(&url).unwrap();
    let authorized = issued.authorize(approval.verifier().unwrap()).unwrap();
    let session = authorized.exchange().await.unwrap();
    let url = "https://platform.fatsecret.com/rest/echo/v1";
    let reply = session.get(url).query(&[("format", "json")]).send().await.unwrap();
    assert!(reply.text().unwrap().contains(r#""user":"ada""#));
    assert_eq!((sandbox.requests(), sandbox.connections()), (3, 0), "nothing was connected");

    let wrong = tripod::AccessToken::new(session.access_token().token(), "wrong").unwrap();
    let refused = session.client().session(wrong).get(url).send().await.unwrap();
    assert!(refused.text().unwrap().contains("<code>8</code>"));
    let text = sandbox.log().pop().unwrap().base_string.unwrap();
    assert!(text.starts_with("GET&https%3A%2F%2Fplatform.fatsecret.com%2Frest%2Fecho%2Fv1&"));
}

#[tokio::test]
async fn a_host_that_the_provider_does_not_have_cannot_be_reached() {
    let sandbox = Sandbox::builder().like(Persona::X).start().await.unwrap();
    let failed = client(&sandbox).begin(Callback::out_of_band()).request_token().await.unwrap_err();
    assert_eq!(failed.error().kind(), &ErrorKind::Connect);
    assert_eq!(sandbox.requests(), 0);
}

#[tokio::test]
async fn faults_on_the_wire_are_errors_at_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let check = async |fault, kind: &str| {
        sandbox.inject(fault);
        let flow = client.begin(Callback::out_of_band());
        let failed = flow.request_token().await.unwrap_err();
        assert!(format!("{:?}", failed.error().kind()).starts_with(kind), "{fault:?} {failed:?}");
        // The next one is as good as any.
        assert!(failed.into_flow().request_token().await.is_ok());
    };
    check(Fault::NoAnswer, "Timeout").await;
    check(Fault::SlowBody, "Timeout").await;
    check(Fault::CutOff, "Interrupted").await;
    check(Fault::HangUp, "Interrupted").await;
    check(Fault::Huge, "Reply(TooLarge").await;
    check(Fault::Status(503), "Rejected").await;
    check(Fault::HtmlPage, "Reply(Malformed").await;
}
