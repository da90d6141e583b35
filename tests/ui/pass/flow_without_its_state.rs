//! The right way: name the state, or use an alias.

use tripod::{Flow, PendingFlow, RequestTokenIssued};

struct Login {
    flow: PendingFlow,
}

fn f(login: Login) -> Flow<RequestTokenIssued> {
    login.flow
}

fn main() {}
