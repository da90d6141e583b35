//! Trello: documentation of June 2025, and libraries.

// Inferred: the header without a signature; what a revocation answers; the words for anything but a token
// (only "invalid token" is known). Not known: how a denial comes back; how long a request token lives.

use crate::{
    dialect::{CallbackRule, Dialect, Done, Keys, Life, Page, Parameter, Refusals, USUAL, Values},
    endpoint::{
        Endpoint,
        Placement::{Header, Query},
    },
    route::{Route, Way},
};

const GET_OR_POST: &[Way] = &[("GET", Header), ("POST", Header)];
const DELETE: &[Way] = &[("DELETE", Header), ("DELETE", Query)];

pub(crate) static TRELLO: Dialect = Dialect {
    name: "trello",
    routes: &[
        Route::token(Endpoint::RequestToken, "trello.com", "/1/OAuthGetRequestToken", GET_OR_POST),
        Route::page("trello.com", "/1/OAuthAuthorizeToken"),
        Route::token(Endpoint::AccessToken, "trello.com", "/1/OAuthGetAccessToken", GET_OR_POST),
        Route::token(Endpoint::Revocation, "api.trello.com", "/1/tokens/*", DELETE),
        Route::data("api.trello.com", "/1/*"),
        Route::data("trello.com", "/1/*"),
    ],
    data_places: &[Header, Query],
    callback: CallbackRule::Origin,
    callback_may_be_missing: true,
    page: Page {
        parameters: &[
            Parameter("name", Values::Any),
            Parameter("scope", Values::ListOf(',', &["read", "write", "account"])),
            Parameter("expiration", Values::OneOf(&["1hour", "1day", "30days", "never"])),
        ],
        named_by_parameter: true,
        ..USUAL.page
    },
    secret_ends_with: "",
    life: Life::Expiration,
    keys: Keys::KeyAndToken,
    refusals: Refusals::PlainText,
    data_refusals: Refusals::PlainText,
    revoked: Done {
        media_type: "application/json; charset=utf-8",
        body: "{\"_value\":null}",
        ..USUAL.revoked
    },
    ..USUAL
};
