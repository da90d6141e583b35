//! The crate's own client against the sandbox: they share no code, so agreement means something.

use tripod::{Callback, Client};
use tripod_sandbox::Placement;

use crate::support::*;

#[tokio::test]
async fn a_client_goes_the_whole_way_at_both_kinds_of_provider() {
    for generic in [false, true] {
        let mut builder = tripod_sandbox::Sandbox::builder().consumer(KEY, SECRET);
        if generic {
            builder = builder.generic();
        }
        let sandbox = builder.start().await.unwrap();
        let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
        let callback = Callback::url("http://127.0.0.1:1/cb?user=7").unwrap();
        let issued = client.begin(callback).request_token().await.unwrap();
        let approval = sandbox.approve(&issued.authorization_url()).unwrap();
        let back = approval.callback_url().unwrap();
        let session = issued.receive_callback(back).unwrap().exchange().await.unwrap();
        let reply = session
            .post(sandbox.data_url("echo/v1"))
            .query(&[("format", "json"), ("q", "a+b c/\u{e9}%")])
            .form(&[("note", "1 & 2"), ("note", "")])
            .send()
            .await
            .unwrap();
        let echo: serde_json::Value = reply.json().unwrap();
        let echo = &echo["echo"];
        assert_eq!(echo["user"], "ada");
        assert_eq!(echo["query"][1][1], "a+b c/\u{e9}%");
        assert_eq!(echo["form"][0][1], "1 & 2");
        let last = if generic { Placement::Header } else { Placement::Form };
        assert_eq!(sandbox.log()[2].placement, Some(last));
        assert_eq!((sandbox.requests(), sandbox.connections()), (3, 1));
    }
}

/// The bomb is made by hand, so an independent decoder must say that it is gzip.
#[tokio::test]
async fn a_gzip_bomb_is_gzip_and_its_zeros_go_on_for_ever() {
    const MIB: usize = 1 << 20;
    // reqwest is built without a provider of its own for TLS, and wants one even for http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sandbox = sandbox();
    sandbox.inject(tripod_sandbox::Fault::GzipBomb);
    let mut reply = reqwest::get(sandbox.request_token_url()).await.unwrap();
    let mut length = 0;
    while length < 16 * MIB {
        let chunk = reply.chunk().await.unwrap().unwrap();
        assert!(chunk.iter().all(|byte| *byte == 0));
        length += chunk.len();
    }
}
