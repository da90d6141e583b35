//! Discogs: libraries of July 2026, which all agree.

// Inferred: that a verifier lives about 15 minutes; every message. Not known: how a denial comes back.

use crate::{
    dialect::{Code, Dialect, Refusals, Returns, USUAL, UserAgent},
    endpoint::{
        Endpoint,
        Placement::{Header, Query},
    },
    naive::SignatureMethod::{HmacSha1, Plaintext},
    route::{Gives, Route, Way},
};

const GET_OR_POST: &[Way] = &[("GET", Header), ("POST", Header)];

pub(crate) static DISCOGS: Dialect = Dialect {
    name: "discogs",
    routes: &[
        Route::token(
            Endpoint::RequestToken,
            "api.discogs.com",
            "/oauth/request_token",
            GET_OR_POST,
        ),
        Route::page("www.discogs.com", "/oauth/authorize"),
        Route::token(Endpoint::AccessToken, "api.discogs.com", "/oauth/access_token", GET_OR_POST),
        Route::data("api.discogs.com", "/oauth/identity").giving(Gives::Identity),
        Route::data("api.discogs.com", "/*"),
    ],
    data_places: &[Header, Query],
    signature_methods: &[HmacSha1, Plaintext],
    user_agent: UserAgent::Application,
    callback_may_be_missing: true,
    returns: Returns { code: Code::Letters(10), ..USUAL.returns },
    secret_ends_with: "",
    refusals: Refusals::Message,
    data_refusals: Refusals::Message,
    ..USUAL
};
