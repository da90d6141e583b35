//! A `Client` is no flow, so it has neither the steps nor the requests. A `Signed` without a user has no access token.

use tripod::{Client, Signed};

fn f(client: Client, signed: &Signed) {
    let _step = client.request_token();
    let _step = client.exchange();
    let _request = client.get("https://platform.fatsecret.com/rest/server.api");
    let _token = signed.access_token();
}

fn main() {}
