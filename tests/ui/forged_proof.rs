//! The proofs from which states are made are private types.

use tripod::protocol::{callback::Matched, reply::Confirmed};

fn f(_matched: Matched, _confirmed: Confirmed) {}

fn main() {}
