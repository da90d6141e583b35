//! A request token works once, so a flow cannot be cloned before access is granted.

use tripod::{Authorized, Flow, RequestTokenIssued, Unauthorized};

fn unauthorized(flow: &Flow<Unauthorized>) -> Flow<Unauthorized> {
    flow.clone()
}

fn issued(flow: &Flow<RequestTokenIssued>) -> Flow<RequestTokenIssued> {
    flow.clone()
}

fn authorized(flow: &Flow<Authorized>) -> Flow<Authorized> {
    flow.clone()
}

fn main() {}
