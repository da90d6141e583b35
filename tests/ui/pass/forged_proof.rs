//! The right way: a function that needs the proof takes a flow in the state that holds it.

use tripod::{Authorized, Flow, RequestTokenIssued};

fn f(_matched: &Flow<Authorized>, _confirmed: &Flow<RequestTokenIssued>) {}

fn main() {}
