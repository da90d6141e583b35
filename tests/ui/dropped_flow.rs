//! A flow that is not used does nothing.
#![deny(unused_must_use)]

use tripod::{Callback, Client};

fn f(client: &Client) {
    client.begin(Callback::out_of_band());
}

fn main() {}
