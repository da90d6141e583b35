//! Whole flows over the crate's own transport, with everything that goes wrong on the way.

use bytes::Bytes;
use http::{Method, Request, Response, header};
use tripod::{
    Callback, Client, ResourceRequest, Session, Transmission,
    transport::{Limits, ReqwestTransport, Transport, TransportFuture},
};
use tripod_sandbox::{Builder, Denial, Endpoint, Fault, Placement, Sandbox};

use super::{
    ACCESS_SECRET, ACCESS_TOKEN, CALLBACK, CONSUMER_SECRET, PASSWORD, REQUEST_SECRET,
    REQUEST_TOKEN, VERIFIER,
    hearing::{SIGNATURES, both, chain, debug, failed},
};
use crate::{naive, support::Hurry};

/// Sends requests over the crate's own transport, and keeps their signatures.
#[derive(Clone)]
pub(super) struct Spy(pub(super) ReqwestTransport);

impl Transport for Spy {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        let pairs = match request.headers().get(header::AUTHORIZATION) {
            Some(value) => {
                assert!(value.is_sensitive());
                naive::read_header(value.to_str().unwrap()).1
            }
            None if request.body().is_empty() => naive::read_form(request.uri().query().unwrap()),
            None => naive::read_form(std::str::from_utf8(request.body()).unwrap()),
        };
        let signature = pairs.into_iter().find(|(name, _)| name == "oauth_signature").unwrap().1;
        SIGNATURES.lock().unwrap().push(signature);
        // A program that prints the headers does no harm; the URL is another matter.
        debug(&request.headers());
        self.0.send(request, limits)
    }
}

pub(super) fn canaries(builder: Builder) -> Builder {
    builder
        .consumer("the key", CONSUMER_SECRET)
        .request_token(REQUEST_TOKEN, REQUEST_SECRET)
        .access_token(ACCESS_TOKEN, ACCESS_SECRET)
        .verifier(VERIFIER)
        .user("ada", PASSWORD)
}

/// The ways the parameters can travel: on the token calls and on the session's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Header,
    Form,
    Query,
}

pub(super) struct Place {
    pub(super) sandbox: Sandbox,
    pub(super) client: Client,
    pub(super) hurry: Hurry,
    way: Way,
}

impl Place {
    pub(super) async fn new(transport: &Spy, way: Way) -> Self {
        let sandbox = match way {
            Way::Header => Sandbox::builder().generic(),
            Way::Form => {
                let ways = [(Method::POST, Placement::Form), (Method::GET, Placement::Query)];
                Sandbox::builder().handshake_reads(&ways)
            }
            Way::Query => Sandbox::builder(),
        };
        let sandbox = canaries(sandbox).start().await.unwrap();
        let mut provider = sandbox.provider();
        if let Way::Form = way {
            provider = provider
                .with_request_token_call(Method::POST, Transmission::Form)
                .and_then(|p| p.with_access_token_call(Method::POST, Transmission::Form))
                .unwrap();
        }
        let hurry = Hurry::default();
        let transport = hurry.over(transport.clone());
        let client = Client::from_transport(provider, sandbox.consumer(), transport);
        both(&sandbox.provider());
        debug(&client);
        Self { sandbox, client, hurry, way }
    }

    fn request(&self, session: &Session) -> ResourceRequest {
        let url = format!("{}?format=json", self.sandbox.data_url("echo/v1"));
        let request = match self.way {
            Way::Form => session.post(url).form(&[("note", "a b")]),
            _ => session.get(url),
        };
        debug(&request);
        request
    }

    /// The whole flow and two requests, each of which meets a fault, where one is given.
    pub(super) async fn go(self, [request_token, exchange, resource]: [&[Fault]; 3]) {
        let Self { sandbox, client, hurry, .. } = &self;
        let mut flow = client.begin(Callback::url(CALLBACK).unwrap());
        debug(&flow);
        for fault in request_token {
            hurry.inject_at(sandbox, Endpoint::RequestToken, *fault);
            flow = match flow.request_token().await {
                Err(error) => failed(error),
                Ok(issued) => {
                    // The canary has been issued; this place is used up.
                    debug(&issued);
                    return;
                }
            };
        }
        let step = flow.request_token();
        debug(&step);
        let Ok(issued) = step.await else { return };
        debug(&issued);
        let approval = sandbox.approve(&issued.authorization_url()).unwrap();
        debug(&approval);
        let mut flow = issued.receive_callback(approval.callback_url().unwrap()).unwrap();
        for fault in exchange {
            debug(&flow);
            hurry.inject_at(sandbox, Endpoint::AccessToken, *fault);
            flow = match flow.exchange().await {
                Err(error) => failed(error),
                Ok(session) => {
                    debug(&session);
                    return;
                }
            };
        }
        let session = match flow.exchange().await {
            Ok(session) => session,
            // A lost reply has spent the token.
            Err(error) => return drop(failed(error)),
        };
        debug(&session);
        debug(session.access_token());
        for fault in resource {
            hurry.inject_at(sandbox, Endpoint::Data, *fault);
            let outcome = self.request(&session).send().await;
            if let Ok(reply) = &outcome {
                debug(reply);
            }
            let outcome = outcome
                .and_then(tripod::ResourceResponse::error_for_status)
                .and_then(|reply| reply.json::<u8>());
            chain(&outcome.unwrap_err());
        }
        both(&client.begin(Callback::out_of_band()).explain_request_token().unwrap());
        let explained = self.request(&session).explain().unwrap();
        both(&explained);
        let reply = self.request(&session).send().await.unwrap();
        assert!(reply.text().unwrap().contains("\"user\":\"ada\""));
        debug(&reply);
        chain(&reply.json::<u8>().unwrap_err());
        debug(&sandbox.log());
        debug(sandbox);
        debug(sandbox.user());
        // Some providers have the token in the path of the call that revokes it.
        let url = format!(
            "{}/{}",
            sandbox.data_url("keys"),
            naive::encode(session.access_token().token())
        );
        let request = session.delete(url);
        debug(&request);
        let reply = request.send().await.unwrap();
        debug(&reply);
        if let Err(error) = reply.error_for_status() {
            chain(&error);
        }
    }
}

/// Those that last until the client's time limit. Flows that meet them wait side by side.
pub(super) const WAITED_FOR: [Fault; 2] = [Fault::NoAnswer, Fault::SlowBody];

pub(super) const ON_THE_WIRE: [Fault; 11] = [
    Fault::CutOff,
    Fault::HangUp,
    Fault::Huge,
    Fault::GzipBomb,
    Fault::GarbageBytes,
    Fault::HtmlPage,
    Fault::JsonReply,
    Fault::ServerError,
    Fault::Status(429),
    Fault::Redirect,
    Fault::ServerError,
];

pub(super) const IN_A_REPLY: [Fault; 5] = [
    Fault::RepeatedField,
    Fault::NoSecret,
    Fault::EmptyToken,
    Fault::NoConfirmation,
    Fault::ConfirmationFalse,
];

/// What the callback says when it goes wrong.
pub(super) async fn callbacks(transport: &Spy) {
    for fault in [
        Fault::OtherToken,
        Fault::NoToken,
        Fault::EmptyVerifier,
        Fault::Denied(Denial::DeniedToken),
        Fault::Denied(Denial::UserRefused),
        Fault::Denied(Denial::NoVerifier),
    ] {
        let place = Place::new(transport, Way::Query).await;
        let callback = Callback::url(CALLBACK).unwrap();
        let issued = place.client.begin(callback).request_token().await.unwrap();
        place.sandbox.inject(fault);
        let approval = place.sandbox.approve(&issued.authorization_url()).unwrap();
        let issued = failed(issued.receive_callback(approval.callback_url().unwrap()).unwrap_err());
        // Words that a stranger chose, among them what they should not know.
        for callback in [
            format!("/cb?oauth_problem={REQUEST_TOKEN}"),
            "/cb?error=x&oauth_token=aardwolves".to_owned(),
            format!("/cb?oauth_token={}&oauth_verifier=", naive::encode(REQUEST_TOKEN)),
            format!("/cb?oauth_token=%FF&oauth_verifier={VERIFIER}"),
        ] {
            let again = place.client.begin(Callback::out_of_band());
            let reply = format!(
                "oauth_token={}&oauth_token_secret=x&oauth_callback_confirmed=true",
                naive::encode(REQUEST_TOKEN)
            );
            let pending = again.build().unwrap().1.receive(&Response::new(reply)).unwrap();
            drop(failed(pending.receive_callback(&callback).unwrap_err()));
        }
        drop(failed(issued.authorize(" ").unwrap_err()));
    }
}
