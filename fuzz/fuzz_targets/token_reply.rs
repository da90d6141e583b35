//! Any reply to the two token calls, at both kinds of provider: it is a grant as an independent
//! reader sees one, or a bounded error without a secret and the flow back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tripod::{Approval, Dialect, Callback, Client, Provider};
use tripod_fuzz::{
    CONSUMER_SECRET, FRESH, REQUEST_SECRET, REQUEST_TOKEN, VERIFIER, authorized, check_error,
    client, reply, standard,
};

/// The values of one name, as another library reads them.
fn values(body: &[u8], wanted: &str) -> Vec<String> {
    let body = body.trim_ascii();
    form_urlencoded::parse(body)
        .filter(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
        .collect()
}

fuzz_target!(|input: &[u8]| {
    let reply = reply(input);
    let ok = reply.status() == 200;
    let [token, secret, confirmed] =
        ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"]
            .map(|name| values(reply.body(), name));
    let is_token = token.len() == 1 && !token[0].is_empty() && secret.len() == 1;
    // A token that nobody else has seen is in no error. A refusal may be quoted, and then holds
    // what only its sender knows.
    let unseen: &[&str] = if ok { &[FRESH] } else { &[] };

    for provider in [standard(), Provider::fatsecret()] {
        let client: Client = client(provider.clone(), reply.clone());
        let secrets = [unseen, &[CONSUMER_SECRET]].concat();
        match client
            .begin(Callback::out_of_band())
            .build()
            .expect("it can be signed")
            .1
            .receive(&reply)
        {
            Ok(issued) => {
                assert!(ok && is_token);
                assert!(confirmed.len() == 1 && confirmed[0].eq_ignore_ascii_case("true"));
                assert_eq!(issued.oauth_token(), token[0]);
                assert!(!format!("{issued:?}").contains(FRESH));
            }
            Err(failed) => {
                check_error(&failed, &secrets);
                assert!(failed.into_flow().build().is_ok());
            }
        }
        let tolerant = provider
            .with_approval(Approval::new().tolerate_missing_confirmation())
            .with_dialect(Dialect::new().tolerate_any_success_status());
        let client = tripod_fuzz::client(tolerant, reply.clone());
        if client
            .begin(Callback::out_of_band())
            .build()
            .expect("it can be signed")
            .1
            .receive(&reply)
            .is_ok()
        {
            assert!(reply.status().is_success() && is_token);
            assert!(confirmed.is_empty() || confirmed[0].eq_ignore_ascii_case("true"));
        }

        let secrets =
            [unseen, &[CONSUMER_SECRET, REQUEST_TOKEN, REQUEST_SECRET, VERIFIER]].concat();
        match authorized(&client).build().expect("it can be signed").1.receive(&reply) {
            Ok(session) => {
                assert!(reply.status().is_success() && is_token);
                let shown = format!("{session:?} {:?}", session.access_token());
                assert!(!shown.contains(FRESH), "{shown}");
            }
            Err(failed) => {
                check_error(&failed, &secrets);
                assert!(failed.into_flow().build().is_ok());
            }
        }
    }
});
