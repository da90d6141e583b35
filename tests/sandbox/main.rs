//! Drives the sandbox over raw sockets, with a signer that is neither the crate's nor its own.

mod faults;
mod flow;
mod pages;
mod rules;
mod support;
