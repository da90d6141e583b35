//! The right way: the URL, the name and the age of an issued request token.

use tripod::{Flow, RequestTokenIssued};

fn f(flow: &Flow<RequestTokenIssued>) -> Option<String> {
    println!("{} is {} s old", flow.oauth_token(), flow.age().as_secs());
    (!flow.is_expired()).then(|| flow.authorization_url())
}

fn main() {}
