//! What arrived, where, and what became of it: the words in which a test asks about requests.

use std::{collections::VecDeque, fmt};

use http::{Method, StatusCode};

use crate::{
    endpoint::{Endpoint, Placement},
    fault::Fault,
};

/// A request that arrived, without secrets, tokens or parameters, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The number of the connection, counted from 1.
    pub connection: u64,
    /// The HTTP method.
    pub verb: Method,
    /// The path without the query, cut after 200 characters.
    pub path: String,
    /// The endpoint that the path belongs to, if it belongs to one.
    pub endpoint: Option<Endpoint>,
    /// The data host's method that `method` named, such as `foods.search`, shortened. It is `None`
    /// if the method was called by its path.
    pub method: Option<String>,
    /// Where the OAuth parameters were. It is `None` if there were none.
    pub placement: Option<Placement>,
    /// The value of `oauth_timestamp`, if it was a number.
    pub timestamp: Option<u64>,
    /// The value of `oauth_nonce`, shortened.
    pub nonce: Option<String>,
    /// Whether there was an `oauth_token`.
    pub with_token: bool,
    /// The injected fault that changed the reply.
    pub fault: Option<Fault>,
    /// The status of the reply. It is `None` if the connection closed without a reply, or if the
    /// reply never came.
    pub status: Option<StatusCode>,
    /// Why the sandbox refused the request, in words for a developer.
    ///
    /// It quotes no token, secret, verifier or signature. FatSecret's data host answers refusals
    /// with status 200, so this field tells a refusal from a success there.
    pub refusal: Option<String>,
    /// The signature base string that the sandbox computed, if the signature was wrong and
    /// [`Builder::keep_base_strings`](crate::Builder::keep_base_strings) asked for it.
    ///
    /// It holds every parameter of the request, the token and the verifier included. Of a base string that is longer
    /// than 64 KiB, the first 64 KiB are here, and a note that says so.
    pub base_string: Option<String>,
}

/// A line for a log: what arrived, and what became of it, such as
/// `POST /oauth/request_token 401 refused: the nonce was used before`.
///
/// It shows no token, no secret, no verifier and no signature, and no control characters, with which a client could
/// write into a terminal. A base string has a second line, if there is one.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, visible(&self.path))?;
        if let Some(method) = &self.method {
            write!(f, " {}", visible(method))?;
        }
        match self.status {
            Some(status) => write!(f, " {}", status.as_u16())?,
            None => f.write_str(" no reply")?,
        }
        if let Some(fault) = self.fault {
            write!(f, " (injected: {fault:?})")?;
        }
        if let Some(refusal) = &self.refusal {
            write!(f, " refused: {}", visible(refusal))?;
        }
        if let Some(base_string) = &self.base_string {
            write!(f, "\n          expected base string: {}", visible(base_string))?;
        }
        Ok(())
    }
}

fn visible(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '?' } else { character }).collect()
}

/// Why a request was refused; it travels with the response to the log.
#[derive(Clone)]
pub(crate) struct Refusal(pub(crate) String);

/// The latest requests, and how many there were.
pub(crate) struct Log {
    pub(crate) requests: usize,
    pub(crate) connections: u64,
    seen: VecDeque<Seen>,
    capacity: usize,
}

impl Log {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { requests: 0, connections: 0, seen: VecDeque::new(), capacity }
    }

    pub(crate) fn record(&mut self, seen: Seen) {
        if self.seen.len() >= self.capacity {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.seen.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\nc"), "a?[2Jb?c");
    }
}
