//! Requests: what is sent, what is printed, and the exit code.

mod calls;
mod logged_in;
mod sign;
mod streams;
