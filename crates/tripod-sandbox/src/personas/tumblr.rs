//! Tumblr: its documentation's repository, and a library of July 2026.

// Inferred: that the handshake refuses in the form of the API; the fragment behind a callback. Not known: whether
// `oob` is accepted (it is here); how a denial comes back; how a wrong clock is told from another refusal.

use crate::{
    dialect::{CallbackRule, Dialect, Refusals, Returns, USUAL},
    endpoint::{Endpoint, Placement::Header},
    route::{Route, Way},
};

const POST: &[Way] = &[("POST", Header)];

pub(crate) static TUMBLR: Dialect = Dialect {
    name: "tumblr",
    routes: &[
        Route::token(Endpoint::RequestToken, "www.tumblr.com", "/oauth/request_token", POST),
        Route::page("www.tumblr.com", "/oauth/authorize"),
        Route::token(Endpoint::AccessToken, "www.tumblr.com", "/oauth/access_token", POST),
        Route::data("api.tumblr.com", "/*"),
    ],
    callback: CallbackRule::Exact,
    returns: Returns { fragment: "#_=_", ..USUAL.returns },
    secret_ends_with: "",
    refusals: Refusals::Meta,
    data_refusals: Refusals::Meta,
    ..USUAL
};
