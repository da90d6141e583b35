//! What is known of a method, apart from what it does.

use http::Method;

use crate::{
    data::{account::Account, error::DataError, host::DataHost, node::Node, params::Params},
    oauth::OauthServer,
};

type Function = fn(&mut Account, &Params) -> Result<Node, DataError>;
type Paths = &'static [&'static str];

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Public,
    /// With an access token.
    Delegated,
    /// Without an access token.
    SignedOnly,
}

/// What a method works on.
#[derive(Clone, Copy)]
pub(super) enum Run {
    Account(fn(&mut Account, &Params) -> Result<Node, DataError>),
    Host(fn(&mut DataHost, &mut OauthServer, &Params) -> Result<Node, DataError>),
}

/// One method of the data host.
pub(super) struct Handler {
    /// Its name at `/rest/server.api`; empty: it has none.
    pub(super) method: &'static str,
    /// Its newest version; the others are those from 1 to it.
    pub(super) newest: u8,
    /// Its paths below `/rest/`, without the version. Two where the documentation has two.
    pub(super) paths: &'static [&'static str],
    /// The HTTP methods that reach it by its path; empty: all.
    pub(super) verbs: &'static [Method],
    pub(super) access: Access,
    /// The version from which on it is sold apart; 0: none.
    pub(super) premium_from: u8,
    pub(super) run: Run,
}

impl Handler {
    /// A method that needs no access token.
    pub(super) const fn public(
        method: &'static str,
        newest: u8,
        verbs: &'static [Method],
        paths: Paths,
        run: Function,
    ) -> Self {
        Self {
            method,
            newest,
            paths,
            verbs,
            access: Access::Public,
            premium_from: 0,
            run: Run::Account(run),
        }
    }

    /// A method that needs an access token.
    pub(super) const fn of_user(
        method: &'static str,
        newest: u8,
        verbs: &'static [Method],
        paths: Paths,
        run: Function,
    ) -> Self {
        let mut handler = Self::public(method, newest, verbs, paths, run);
        handler.access = Access::Delegated;
        handler
    }

    /// A method that must be called without an access token, and that may make one.
    pub(super) const fn of_host(
        method: &'static str,
        verbs: &'static [Method],
        paths: Paths,
        run: fn(&mut DataHost, &mut OauthServer, &Params) -> Result<Node, DataError>,
    ) -> Self {
        let access = Access::SignedOnly;
        Self { method, newest: 1, paths, verbs, access, premium_from: 0, run: Run::Host(run) }
    }

    /// The same, sold apart from that version on.
    pub(super) const fn premium_from(mut self, version: u8) -> Self {
        self.premium_from = version;
        self
    }
}
