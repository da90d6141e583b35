//! The rules of a provider that follows RFC 5849 alone.

use tripod_sandbox::Sandbox;

use crate::support::*;

/// Status, body and challenge of a generic provider.
#[track_caller]
fn reported(sandbox: &Sandbox, call: Call, status: u16, body: &str) {
    let reply = call.send(sandbox);
    assert_eq!((reply.status, reply.text()), (status, body));
    let challenge = (status == 401).then_some("OAuth realm=\"sandbox\"");
    assert_eq!(reply.header("www-authenticate"), challenge);
}

#[test]
fn a_generic_provider_reads_everywhere_and_reports_problems() {
    let sandbox = builder().generic().start_blocking().unwrap();
    for (verb, way) in [
        ("GET", Way::Header),
        ("POST", Way::Header),
        ("GET", Way::Query),
        ("POST", Way::Query),
        ("POST", Way::Form),
    ] {
        let mut call = Call::request_token(&sandbox).without("oauth_version");
        (call.verb, call.way) = (verb, way);
        let reply = call.send(&sandbox);
        assert_eq!(reply.status, 200);
        // Secrets with reserved characters, so that a client that forgets to encode them is found.
        assert!(reply.field("oauth_token_secret").unwrap().ends_with("+/&=% ~"));
    }
    let call = || Call::request_token(&sandbox);
    reported(
        &sandbox,
        call().without("oauth_nonce"),
        400,
        "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce",
    );
    reported(
        &sandbox,
        call().set("oauth_version", "2"),
        400,
        "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0",
    );
    reported(
        &sandbox,
        call().set("oauth_timestamp", "9"),
        401,
        "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1767225300-1767225900",
    );
    reported(
        &sandbox,
        call().set("oauth_consumer_key", "none"),
        401,
        "oauth_problem=consumer_key_unknown",
    );
    reported(
        &sandbox,
        call().set("oauth_signature_method", "RSA-SHA1"),
        400,
        "oauth_problem=signature_method_rejected",
    );
    let mut wrong = call();
    wrong.key.push('x');
    reported(&sandbox, wrong, 401, "oauth_problem=signature_invalid");
    assert_eq!(call().set("oauth_nonce", "n").send(&sandbox).status, 200);
    reported(&sandbox, call().set("oauth_nonce", "n"), 401, "oauth_problem=nonce_used");
    reported(
        &sandbox,
        Call::access_token(&sandbox, "none", "x", "x"),
        401,
        "oauth_problem=token_rejected",
    );
    reported(&sandbox, Call::echo(&sandbox, "none", "x"), 401, "oauth_problem=token_rejected");
    // Unknown parameters are signed and left alone; timestamps may go back.
    let odd = call().set("oauth_custom", "x").set("oauth_timestamp", &(NOW - 10).to_string());
    assert_eq!(odd.send(&sandbox).status, 200);
}

#[test]
fn a_generic_provider_takes_plaintext_and_checks_body_hashes() {
    let sandbox = builder().generic().start_blocking().unwrap();
    let plaintext = Call::request_token(&sandbox)
        .set("oauth_signature_method", "PLAINTEXT")
        .without("oauth_timestamp")
        .without("oauth_nonce")
        .set("oauth_signature", "consumer%26secret&");
    assert_eq!(parse(&plaintext.send_as_is(&sandbox)).status, 200);
    let wrong = plaintext.set("oauth_signature", "consumer&secret&");
    assert_eq!(parse(&wrong.send_as_is(&sandbox)).status, 401);

    // SHA-1 of nothing, and of something else.
    let hash = |hash: &str| Call::request_token(&sandbox).set("oauth_body_hash", hash);
    assert_eq!(hash("2jmj7l5rSw0yVb/vlWAYkK/YBwk=").send(&sandbox).status, 200);
    reported(
        &sandbox,
        hash("L7j0ARXdHmlcviPU+Xxkrsv4cP8="),
        401,
        "oauth_problem=parameter_rejected",
    );
}
