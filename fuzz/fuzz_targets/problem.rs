//! Refusals: challenges and bodies of any kind, at each stage. What is told of them is bounded, and
//! holds nothing that the flow knows or that looks like a key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tripod::{AccessToken, Callback, ErrorKind, Provider};
use tripod_fuzz::{
    CONSUMER_SECRET, FRESH, REQUEST_SECRET, REQUEST_TOKEN, VERIFIER, authorized, check_error,
    client, reply, run, standard,
};

fn check(error: &tripod::Error, secrets: &[&str]) {
    check_error(error, secrets);
    if let Some(excerpt) = error.excerpt() {
        assert!(excerpt.chars().count() <= 301, "{excerpt}");
        assert!(!excerpt.chars().any(char::is_control), "{excerpt:?}");
    }
    if let ErrorKind::Rejected { problem: Some(word), .. } = error.kind() {
        // A word, or a sentence in its place.
        assert!((1..=200).contains(&word.chars().count()), "{word}");
        assert!(!word.chars().any(char::is_control), "{word:?}");
    }
}

fuzz_target!(|input: &[u8]| {
    let mut reply = reply(input);
    if reply.status() == 200 {
        *reply.status_mut() = http::StatusCode::UNAUTHORIZED;
    }
    for provider in [standard(), Provider::fatsecret()] {
        let resource = if format!("{provider:?}").contains("fatsecret") {
            "https://platform.fatsecret.com/rest/server.api"
        } else {
            "https://provider.example/resource"
        };
        let client = client(provider, reply.clone());
        if let Err(failed) = run(client.begin(Callback::out_of_band()).request_token()) {
            check(failed.error(), &[CONSUMER_SECRET, FRESH]);
        }
        if let Err(failed) = run(authorized(&client).exchange()) {
            let known = [CONSUMER_SECRET, REQUEST_TOKEN, REQUEST_SECRET, VERIFIER, FRESH];
            check(failed.error(), &known);
        }
        let session = client
            .session(AccessToken::new(REQUEST_TOKEN, REQUEST_SECRET).expect("it is not empty"));
        let answer = run(session.get(resource).send()).expect("the script answers");
        assert!(format!("{answer:?}").len() < 500);
        match answer.error_for_status() {
            Ok(answer) => assert!(answer.status().is_success() || answer.status() == 304),
            Err(error) => {
                check(&error, &[CONSUMER_SECRET, REQUEST_TOKEN, REQUEST_SECRET, FRESH]);
            }
        }
    }
});
