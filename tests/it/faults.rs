//! Every fault of the sandbox, at every stage it can befall: what the user is told, and that the
//! flow that comes back succeeds.

use http::StatusCode;
use tripod::{
    Authorized, Callback, CallbackError, Client, Error, ErrorKind, Flow, PendingFlow, ReplyError,
    Session, Stage, transport::ReqwestTransport,
};
use tripod_sandbox::{Denial, Endpoint, Fault, Sandbox};

use crate::support::{Hurry, Kind, OnThread, quiet};

const CONNECTION: &str = "the connection broke before the reply was complete; try again";
const TIME: &str = "no reply within the time limit; try again";
const LARGE: &str = "the reply is larger than 65536 bytes and was not read further";
/// Of a resource's reply, in bytes.
const LIMIT: usize = 1 << 20;
const MALFORMED: &str = "the reply cannot be read: ";

/// A sandbox and a client of it.
struct Place {
    sandbox: Sandbox,
    client: Client,
    hurry: Hurry,
}

impl Place {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let hurry = Hurry::default();
        let transport = hurry.over(ReqwestTransport::new().unwrap());
        let client = Client::from_transport(sandbox.provider(), sandbox.consumer(), transport);
        Self { sandbox, client, hurry }
    }

    /// The same with the transport that blocks, on another thread.
    fn over_ureq(mut self) -> Self {
        self.client = self.client.with_transport(self.hurry.over(OnThread::default()));
        self
    }

    async fn issued(&self) -> PendingFlow {
        let callback = Callback::url("http://127.0.0.1:1/cb?user=7").unwrap();
        self.client.begin(callback).request_token().await.unwrap()
    }

    async fn authorized(&self) -> Flow<Authorized> {
        let issued = self.issued().await;
        let approval = self.sandbox.approve(&issued.authorization_url()).unwrap();
        issued.receive_callback(approval.callback_url().unwrap()).unwrap()
    }

    /// The session works.
    async fn works(&self, session: &Session) {
        let url = self.sandbox.data_url("echo/v1");
        let reply = session.get(url).query(&[("format", "json")]).send().await.unwrap();
        assert!(reply.text().unwrap().contains("\"user\":\"ada\""));
        assert_eq!(self.sandbox.faults_waiting(), 0);
    }

    /// Asks for a request token while it goes wrong; asks again; goes on to the end.
    async fn at_request_token(self, fault: Fault) -> Error {
        self.hurry.inject_at(&self.sandbox, Endpoint::RequestToken, fault);
        let flow = self.client.begin(Callback::url("http://127.0.0.1:1/cb?user=7").unwrap());
        let failed = flow.request_token().await.expect_err(&format!("{fault:?}"));
        assert_eq!(self.sandbox.requests(), 1, "{fault:?}");
        quiet(&failed);
        let (error, flow) = failed.into_parts();
        let issued = flow.request_token().await.unwrap();
        let approval = self.sandbox.approve(&issued.authorization_url()).unwrap();
        let authorized = issued.receive_callback(approval.callback_url().unwrap()).unwrap();
        self.works(&authorized.exchange().await.unwrap()).await;
        self.nothing_elsewhere();
        error
    }

    /// Exchanges while it goes wrong, and again.
    async fn at_exchange(self, fault: Fault) -> Error {
        let authorized = self.authorized().await;
        self.hurry.inject_at(&self.sandbox, Endpoint::AccessToken, fault);
        let failed = authorized.exchange().await.expect_err(&format!("{fault:?}"));
        assert_eq!(self.sandbox.requests(), 2, "{fault:?}");
        quiet(&failed);
        let (error, flow) = failed.into_parts();
        self.works(&flow.exchange().await.unwrap()).await;
        self.nothing_elsewhere();
        error
    }

    /// No redirect was followed: everything that arrived was for an endpoint.
    fn nothing_elsewhere(&self) {
        assert!(self.sandbox.log().iter().all(|seen| seen.endpoint.is_some()));
    }
}

fn rejected(status: u16) -> Kind {
    Kind::rejected(StatusCode::from_u16(status).unwrap(), None)
}

/// The error says this, with the stage before it and the place behind it.
#[track_caller]
fn check(error: &Error, stage: Stage, kind: &Kind, text: &str, said: &str) {
    assert_eq!(error.kind(), kind);
    assert_eq!(error.stage(), stage);
    let (prefix, path) = match stage {
        Stage::RequestToken => ("request token", "/oauth/request_token"),
        Stage::AccessToken => ("access token", "/oauth/access_token"),
        _ => ("resource", "/rest/echo/v1"),
    };
    let endpoint = error.endpoint().unwrap();
    assert!(endpoint.starts_with("http://127.0.0.1:") && endpoint.ends_with(path), "{endpoint}");
    let port = endpoint.rsplit(':').next().unwrap().split('/').next().unwrap();
    // Where the sandbox's redirect points to.
    let is_redirect = *kind == Kind::redirected(StatusCode::TEMPORARY_REDIRECT);
    let to = if is_redirect {
        format!("; it points to http://localhost:{port}/elsewhere")
    } else {
        String::new()
    };
    assert_eq!(error.to_string(), format!("{prefix}: {text} [{endpoint}]{to}{said}"));
    quiet(error);
}

type Row = (Fault, Kind, String);

/// Makes two places for each row, one for each transport, before any of them begins to measure time.
async fn ready(rows: Vec<Row>) -> Vec<(Place, Fault, Kind, String)> {
    let mut ready = Vec::new();
    for (fault, kind, text) in rows {
        ready.push((Place::new().await, fault, kind.clone(), text.clone()));
        ready.push((Place::new().await.over_ureq(), fault, kind, text));
    }
    ready
}

/// Runs them at the same time: some wait for a time limit.
async fn all(cases: impl IntoIterator<Item = impl Future<Output = ()> + Send + 'static>) {
    let tasks: Vec<_> = cases.into_iter().map(tokio::spawn).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// The faults that a token call can meet, what they are called, what is said.
fn at_a_token_call() -> Vec<Row> {
    let malformed = |reason| (Kind::malformed(reason), format!("{MALFORMED}{reason}"));
    let missing = |name| (Kind::missing(name), format!("the reply has no {name}"));
    let large = || (Kind::too_large(65_536), LARGE.to_owned());
    let status = |status| {
        let text = format!("the provider refused with HTTP {status}");
        (Fault::Status(status), (rejected(status), text))
    };
    let mut rows = vec![
        (Fault::NoAnswer, (Kind::from(ErrorKind::Timeout), TIME.to_owned())),
        (Fault::SlowBody, (Kind::from(ErrorKind::Timeout), TIME.to_owned())),
        (Fault::CutOff, (Kind::from(ErrorKind::Interrupted), CONNECTION.to_owned())),
        (Fault::HangUp, (Kind::from(ErrorKind::Interrupted), CONNECTION.to_owned())),
        (Fault::Huge, large()),
        // Without the feature `gzip` the compressed bytes are too many as well.
        (Fault::GzipBomb, large()),
        (Fault::GarbageBytes, malformed("it is not UTF-8")),
        (Fault::HtmlPage, malformed("it is HTML or XML and not form-encoded text")),
        (Fault::JsonReply, malformed("it is JSON and not form-encoded text")),
        (
            Fault::Redirect,
            (
                Kind::redirected(StatusCode::TEMPORARY_REDIRECT),
                "the provider answered with a redirect (HTTP 307), which is not followed; \
                 check the endpoint"
                    .to_owned(),
            ),
        ),
        (
            Fault::RepeatedField,
            (Kind::repeated("oauth_token"), "the reply has oauth_token more than once".to_owned()),
        ),
        (Fault::NoSecret, missing("oauth_token_secret")),
        (Fault::EmptyToken, missing("oauth_token")),
    ];
    rows.extend([404, 429, 500, 502, 503, 504].map(status));
    rows.into_iter().map(|(fault, (kind, text))| (fault, kind, text)).collect()
}

// checklist 8, 9, 17
#[tokio::test]
async fn every_fault_of_the_request_token_call() {
    let mut rows = at_a_token_call();
    for fault in [Fault::NoConfirmation, Fault::ConfirmationFalse] {
        let text = "the provider did not confirm the callback (oauth_callback_confirmed=true), \
                    so the flow could be hijacked; check that it speaks OAuth 1.0a";
        rows.push((
            fault,
            Kind::from(ErrorKind::Reply(ReplyError::CallbackNotConfirmed)),
            text.to_owned(),
        ));
    }
    let ready = ready(rows).await;
    all(ready.into_iter().map(async |(place, fault, kind, text)| {
        let error = place.at_request_token(fault).await;
        let said =
            error.excerpt().map_or(String::new(), |said| format!("; the reply began: {said:?}"));
        check(&error, Stage::RequestToken, &kind, &text, &said);
        retryable(&error, fault);
    }))
    .await;
}

// checklist 8, 9, 17
#[tokio::test]
async fn every_fault_of_the_exchange() {
    let ready = ready(at_a_token_call()).await;
    all(ready.into_iter().map(async |(place, fault, kind, text)| {
        let error = place.at_exchange(fault).await;
        let said =
            error.excerpt().map_or(String::new(), |said| format!("; the reply began: {said:?}"));
        check(&error, Stage::AccessToken, &kind, &text, &said);
        retryable(&error, fault);
    }))
    .await;
}

/// What may be tried again as it is.
#[track_caller]
fn retryable(error: &Error, fault: Fault) {
    let expected = matches!(
        fault,
        Fault::NoAnswer
            | Fault::SlowBody
            | Fault::CutOff
            | Fault::HangUp
            | Fault::Status(429 | 500 | 502 | 503 | 504)
    );
    assert_eq!(error.is_retryable(), expected, "{fault:?}");
}

#[tokio::test]
async fn a_careless_error_page_is_shown_without_what_it_gives_away() {
    let at_stage = async |stage| {
        let place = Place::new().await;
        match stage {
            Stage::RequestToken => place.at_request_token(Fault::ServerError).await,
            _ => place.at_exchange(Fault::ServerError).await,
        }
    };
    for stage in [Stage::RequestToken, Stage::AccessToken] {
        let error = at_stage(stage).await;
        let excerpt = error.excerpt().unwrap();
        let said = format!("; the reply began: {excerpt:?}");
        check(&error, stage, &rejected(500), "the provider refused with HTTP 500", &said);
        assert!(excerpt.starts_with("Server Error debug_sbs=GET&http://127.0.0.1:"), "{excerpt}");
        assert!(!excerpt.contains("user=7") && !excerpt.contains("user%3D7"), "{excerpt}");
        assert!(error.is_retryable());
    }
}

// checklist 10
#[tokio::test]
async fn odd_replies_that_are_harmless_are_taken() {
    let place = Place::new().await;
    place.sandbox.inject_at(Endpoint::RequestToken, Fault::OddReply);
    let flow = place.authorized().await;
    place.sandbox.inject_at(Endpoint::AccessToken, Fault::OddReply);
    let session = flow.exchange().await.unwrap();
    let token = session.access_token();
    assert_eq!(token.extra("x"), Some("a=b&c d"));
    assert_eq!(token.extra("oauth_authorized_realms"), Some(""));
    place.works(&session).await;

    let place = Place::new().await;
    place.sandbox.inject(Fault::ConfirmationCapitalised);
    place.works(&place.authorized().await.exchange().await.unwrap()).await;
}

// checklist 17
#[tokio::test]
async fn a_lost_reply_to_the_exchange_has_spent_the_request_token() {
    let place = Place::new().await;
    let flow = place.authorized().await;
    place.sandbox.inject_at(Endpoint::AccessToken, Fault::LostReply);
    let failed = flow.exchange().await.unwrap_err();
    // Nobody can know yet, so it is worth a try.
    check(failed.error(), Stage::AccessToken, &Kind::from(ErrorKind::Interrupted), CONNECTION, "");
    assert!(failed.error().is_retryable());
    assert_eq!(place.sandbox.requests(), 2, "not repeated behind the caller's back");
    // The provider had carried it out; the user has to approve again.
    let failed = failed.into_flow().exchange().await.unwrap_err();
    let said = "; the reply began: \"Invalid request token: the token is used\"";
    let text = "the provider refused with HTTP 400";
    check(failed.error(), Stage::AccessToken, &rejected(400), text, said);
    assert!(!failed.error().is_retryable());

    // A request token that nobody received is harmless.
    let place = Place::new().await;
    let error = place.at_request_token(Fault::LostReply).await;
    assert_eq!(*error.kind(), ErrorKind::Interrupted);
}

// checklist 61
#[tokio::test]
async fn what_the_provider_refuses_of_a_right_request_is_tried_once_more() {
    for fault in [Fault::TimestampRefused, Fault::NonceRefused] {
        let place = Place::new().await;
        place.sandbox.inject(fault);
        let authorized = place.authorized().await;
        assert_eq!(place.sandbox.requests(), 2);
        place.sandbox.inject(fault);
        let session = authorized.exchange().await.unwrap();
        assert_eq!(place.sandbox.requests(), 4);
        place.sandbox.inject(fault);
        place.works(&session).await;
        assert_eq!(place.sandbox.requests(), 6);

        // Twice: the sentence of the second refusal is shown, and nothing is sent a third time.
        let place = Place::new().await;
        place.sandbox.inject(fault);
        place.sandbox.inject(fault);
        let flow = place.client.begin(Callback::out_of_band());
        let failed = flow.request_token().await.unwrap_err();
        assert_eq!(place.sandbox.requests(), 2);
        let excerpt = failed.error().excerpt().unwrap();
        if fault == Fault::TimestampRefused {
            let kind = Kind::timestamp_refused(StatusCode::BAD_REQUEST);
            assert_eq!(*failed.error().kind(), kind);
            assert!(excerpt.starts_with("Invalid/expired timestamp: oauth_timestamp "));
        } else {
            assert_eq!(*failed.error().kind(), rejected(400));
            assert!(excerpt.starts_with("Invalid/used nonce: oauth_nonce "));
        }
        quiet(&failed);
        drop(failed.into_flow().request_token().await.unwrap());
    }
}

// checklist 14, 15, 16
#[tokio::test]
async fn every_fault_of_the_callback() {
    let mismatch = "approval: the callback is for another request token; was another tab used?";
    let denied = |problem: Option<&str>| Kind::denied(problem);
    let no_verifier = "approval: access was denied: the callback has no verifier";
    for (fault, kind, text) in [
        (
            Fault::OtherToken,
            Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)),
            mismatch,
        ),
        (Fault::NoToken, Kind::from(ErrorKind::Callback(CallbackError::TokenMismatch)), mismatch),
        (
            Fault::EmptyVerifier,
            Kind::from(ErrorKind::Callback(CallbackError::MissingVerifier)),
            "approval: the verifier is empty; the provider granted nothing with this callback; begin again",
        ),
        (
            Fault::Denied(Denial::DeniedToken),
            denied(Some("denied")),
            "approval: the user or the provider denied access (\"denied\")",
        ),
        (Fault::Denied(Denial::NoVerifier), denied(None), no_verifier),
        (Fault::Denied(Denial::Nothing), denied(None), no_verifier),
        (
            Fault::Denied(Denial::UserRefused),
            denied(Some("user_refused")),
            "approval: the user or the provider denied access (\"user_refused\")",
        ),
        (
            Fault::Denied(Denial::AccessDenied),
            denied(Some("access_denied")),
            "approval: the user or the provider denied access (\"access_denied\")",
        ),
    ] {
        let place = Place::new().await;
        let issued = place.issued().await;
        place.sandbox.inject(fault);
        let approval = place.sandbox.approve(&issued.authorization_url()).unwrap();
        let back = approval.callback_url().unwrap();
        let failed = issued.receive_callback(back).expect_err(&format!("{fault:?}"));
        let error = failed.error();
        assert_eq!((error.stage(), Kind::from(error.kind())), (Stage::Approval, kind));
        assert_eq!(error.to_string(), text);
        assert_eq!(error.is_denied(), matches!(fault, Fault::Denied(_)));
        quiet(&failed);
        let flow = failed.into_flow();
        assert_eq!(place.sandbox.requests(), 1, "no I/O");
        if let Some(verifier) = approval.verifier() {
            // The right callback comes after the wrong one.
            let token = flow.oauth_token().to_owned();
            let right = format!("/cb?user=7&oauth_token={token}&oauth_verifier={verifier}");
            let session = flow.receive_callback(&right).unwrap().exchange().await.unwrap();
            place.works(&session).await;
        } else {
            // No means no, also at the provider.
            let failed = flow.authorize("guess").unwrap().exchange().await.unwrap_err();
            let said = "; the reply began: \
                        \"Invalid request token: the token is refused by the user\"";
            let text = "the provider refused with HTTP 400";
            check(failed.error(), Stage::AccessToken, &rejected(400), text, said);
        }
    }
}

/// Calls the echo while it goes wrong; the next call is well.
async fn at_resource(place: Place, fault: Fault) -> Error {
    let session = place.client.session(place.sandbox.grant());
    place.hurry.inject_at(&place.sandbox, Endpoint::Data, fault);
    let url = place.sandbox.data_url("echo/v1");
    let outcome = session.get(url).query(&[("format", "json")]).send().await;
    let error = outcome
        .and_then(tripod::ResourceResponse::error_for_status)
        .and_then(|reply| reply.json::<serde_json::Value>())
        .expect_err(&format!("{fault:?}"));
    assert_eq!(place.sandbox.requests(), 1, "{fault:?}");
    place.works(&session).await;
    place.nothing_elsewhere();
    error
}

#[tokio::test]
async fn every_fault_of_a_resource_call() {
    let no_json = || {
        let reason = "it is not the JSON that was expected";
        (Kind::malformed(reason), format!("{MALFORMED}{reason}"))
    };
    let large = || {
        let text = "the reply is larger than 1048576 bytes and was not read further";
        (Kind::too_large(LIMIT), text.to_owned())
    };
    let rows = [
        (Fault::NoAnswer, (Kind::from(ErrorKind::Timeout), TIME.to_owned())),
        (Fault::SlowBody, (Kind::from(ErrorKind::Timeout), TIME.to_owned())),
        (Fault::CutOff, (Kind::from(ErrorKind::Interrupted), CONNECTION.to_owned())),
        (Fault::HangUp, (Kind::from(ErrorKind::Interrupted), CONNECTION.to_owned())),
        (Fault::LostReply, (Kind::from(ErrorKind::Interrupted), CONNECTION.to_owned())),
        (Fault::Huge, large()),
        (Fault::GzipBomb, large()),
        (Fault::GarbageBytes, no_json()),
        (Fault::HtmlPage, no_json()),
        (Fault::Status(503), (rejected(503), "the provider refused with HTTP 503".to_owned())),
        (
            Fault::Redirect,
            (
                Kind::redirected(StatusCode::TEMPORARY_REDIRECT),
                "the provider answered with a redirect (HTTP 307), which is not followed; \
                 check the endpoint"
                    .to_owned(),
            ),
        ),
    ];
    let rows = rows.into_iter().map(|(fault, (kind, text))| (fault, kind, text)).collect();
    let ready = ready(rows).await;
    all(ready.into_iter().map(async |(mut place, fault, kind, text)| {
        place.client = place.client.with_reply_limit(LIMIT);
        let error = at_resource(place, fault).await;
        check(&error, Stage::Resource, &kind, &text, "");
    }))
    .await;
    let error = at_resource(Place::new().await, Fault::ServerError).await;
    let excerpt = error.excerpt().unwrap().to_owned();
    let said = format!("; the reply began: {excerpt:?}");
    let text = "the provider refused with HTTP 500";
    check(&error, Stage::Resource, &rejected(500), text, &said);
}

#[tokio::test]
async fn the_whole_flow_is_two_requests_on_one_connection() {
    for place in [Place::new().await, Place::new().await.over_ureq()] {
        is_on_one_connection(place).await;
    }
}

async fn is_on_one_connection(place: Place) {
    let session = place.authorized().await.exchange().await.unwrap();
    assert_eq!((place.sandbox.requests(), place.sandbox.connections()), (2, 1));
    let seen: Vec<_> = place.sandbox.log().iter().map(|seen| seen.endpoint.unwrap()).collect();
    assert_eq!(seen, [Endpoint::RequestToken, Endpoint::AccessToken]);
    place.works(&session).await;
    assert_eq!((place.sandbox.requests(), place.sandbox.connections()), (3, 1));
}

#[tokio::test]
async fn nobody_at_the_other_end_is_a_failed_connection() {
    // Bound, so that nobody else gets the port, and nobody listens.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nowhere = format!("http://{}", nobody.local_addr().unwrap());
    let place = async || {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = sandbox.provider().moved_to(&[(&sandbox.origin(), &nowhere)]).unwrap();
        let client = Client::new(provider, sandbox.consumer()).unwrap();
        Place { sandbox, client, hurry: Hurry::default() }
    };
    for place in [place().await, place().await.over_ureq()] {
        has_nobody_there(place).await;
    }
}

async fn has_nobody_there(place: Place) {
    let flow = place.client.begin(Callback::out_of_band());
    let failed = flow.request_token().await.unwrap_err();
    let text = "no connection to the provider; check the network and try again";
    check(failed.error(), Stage::RequestToken, &Kind::from(ErrorKind::Connect), text, "");
    assert!(failed.error().is_retryable());
    assert!(std::error::Error::source(&failed).is_some());
}

#[tokio::test]
async fn a_step_in_flight_that_is_given_up_leaves_a_flow_that_succeeds() {
    let place = Place::new().await;
    let authorized = place.authorized().await;
    place.sandbox.inject(Fault::NoAnswer);
    let mut step = authorized.exchange();
    let requests = place.sandbox.requests();
    let arrived = async {
        while place.sandbox.requests() == requests {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut step => panic!("nobody answers"),
        () = arrived => {}
    }
    let flow = step.into_flow().unwrap();
    place.works(&flow.exchange().await.unwrap()).await;
}
