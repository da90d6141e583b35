//! Any text as a callback that came back, as one that is asked for, and as a code that was typed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tripod::Callback;
use tripod_fuzz::{
    REQUEST_SECRET, REQUEST_TOKEN, VERIFIER, check_error, client, expand, pending, standard,
};

/// Whether another library finds in `query` what makes an approval, and nothing against it.
fn approves(query: &str) -> bool {
    let values = |wanted: &str| -> Vec<String> {
        form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
            .collect()
    };
    let verifier = values("oauth_verifier");
    values("oauth_token") == [REQUEST_TOKEN]
        && verifier.len() == 1
        && !verifier[0].is_empty()
        && ["denied", "error", "oauth_problem"].iter().all(|word| values(word).is_empty())
}

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(&expand(input)).into_owned();
    let client = client(standard(), http::Response::default());
    match pending(&client).receive_callback(&text) {
        Ok(authorized) => {
            let whole = text.trim().split('#').next().unwrap_or_default();
            let behind = whole.split_once('?').map(|(_, query)| query);
            assert!(approves(whole) || behind.is_some_and(approves), "{text}");
            assert!(authorized.build().is_ok());
        }
        Err(failed) => {
            // A code that is typed into this flow is the user's own business, and so is its name.
            check_error(&failed, &[REQUEST_TOKEN, REQUEST_SECRET, VERIFIER]);
            assert!(
                failed.into_flow().authorization_url().ends_with("canary%2Frequest%3Dtoken%2B2")
            );
        }
    }
    if let Err(failed) = pending(&client).authorize(&text) {
        assert!(text.trim().is_empty());
        check_error(&failed, &[REQUEST_TOKEN, REQUEST_SECRET]);
    }
    match Callback::url(&text) {
        Ok(callback) => {
            let request = client.begin(callback).build().expect("a callback that was checked").0;
            assert!(request.headers()[http::header::AUTHORIZATION].is_sensitive());
        }
        Err(error) => check_error(&error, &[]),
    }
});
