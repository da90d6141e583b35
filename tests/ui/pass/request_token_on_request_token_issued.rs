//! The right way of `request_token_on_request_token_issued.rs`.

use tripod::{Flow, RequestTokenIssued};

fn f(flow: &Flow<RequestTokenIssued>) -> String {
    flow.authorization_url()
}

fn main() {}
