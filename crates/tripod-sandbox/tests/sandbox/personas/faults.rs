//! Faults at providers of other kinds: one that cannot happen to a request waits, and is not said to have happened.

use tripod_sandbox::{Fault, Persona, Sandbox};

use super::{like, route, tokens};
use crate::support::*;

/// The last request's status and fault.
fn last(sandbox: &Sandbox) -> (Option<u16>, Option<Fault>) {
    let seen = sandbox.log().pop().unwrap();
    (seen.status.map(|status| status.as_u16()), seen.fault)
}

#[test]
fn an_error_of_fatsecrets_waits_at_another_provider() {
    let sandbox = like(Persona::X).start_blocking().unwrap();
    let route = route(Persona::X);
    let (token, secret) = tokens(&route.grant(&sandbox, route.callback()));
    sandbox.inject(Fault::ApiError(20));
    sandbox.inject(Fault::Status(503));
    assert_eq!(route.data(&sandbox, &token, &secret).send(&sandbox).status, 503);
    assert_eq!(last(&sandbox), (Some(503), Some(Fault::Status(503))));
    assert_eq!(route.data(&sandbox, &token, &secret).send(&sandbox).status, 200);
    assert_eq!((last(&sandbox), sandbox.faults_waiting()), ((Some(200), None), 1));
}

#[test]
fn a_confirmation_that_is_never_sent_cannot_be_spoilt() {
    let sandbox = like(Persona::Magento).site("https://shop.example").start_blocking().unwrap();
    sandbox.inject(Fault::ConfirmationFalse);
    let mut call = route(Persona::Magento).call(&sandbox, "POST", "/oauth/token/request");
    call.extra_head.clear();
    assert_eq!(call.send(&sandbox).status, 200);
    assert_eq!((last(&sandbox).1, sandbox.faults_waiting()), (None, 1));
}

#[test]
fn a_request_without_a_time_leaves_the_faults_of_times_to_others() {
    let sandbox = builder().generic().start_blocking().unwrap();
    sandbox.inject(Fault::NonceRefused);
    let call = || Call::request_token(&sandbox);
    let plain = call()
        .set("oauth_signature_method", "PLAINTEXT")
        .without("oauth_timestamp")
        .without("oauth_nonce")
        .set("oauth_signature", "consumer%26secret&");
    assert_eq!(parse(&plain.send_as_is(&sandbox)).status, 200);
    assert_eq!((last(&sandbox).1, sandbox.faults_waiting()), (None, 1));
    assert_eq!(call().send(&sandbox).status, 401);
    assert_eq!((last(&sandbox).1, sandbox.faults_waiting()), (Some(Fault::NonceRefused), 0));
}
