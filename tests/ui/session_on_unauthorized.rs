//! Requests that act for a user need an access token.

use tripod::{Flow, Unauthorized};

fn f(flow: Flow<Unauthorized>, mut request: http::Request<String>) {
    let _request = flow.get("https://platform.fatsecret.com/rest/server.api");
    let _request = flow.post("https://platform.fatsecret.com/rest/server.api");
    let _request = flow.put("https://platform.fatsecret.com/rest/server.api");
    let _request = flow.delete("https://platform.fatsecret.com/rest/server.api");
    let _request =
        flow.resource(http::Method::PATCH, "https://platform.fatsecret.com/rest/server.api");
    let _result = flow.sign(&mut request);
    let _token = flow.access_token();
}

fn main() {}
