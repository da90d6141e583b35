//! The right way: ask the flow that has an issued request token for the URL, the token's id and its age.

use tripod::{Flow, RequestTokenIssued};

fn f(flow: &Flow<RequestTokenIssued>) -> Option<String> {
    println!("{} is {} s old", flow.oauth_token(), flow.age().as_secs());
    (!flow.is_expired()).then(|| flow.authorization_url())
}

fn main() {}
