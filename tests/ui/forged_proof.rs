//! The proofs that the states are made from have no public path.

use tripod::protocol::{callback::Matched, reply::Confirmed};

fn f(_matched: Matched, _confirmed: Confirmed) {}

fn main() {}
