//! X: documentation of August 2026; the timestamp's code and the form of a denial from libraries.

// Inferred: the host for advertisements; the codes 86, 215 and 415; that a used nonce is code 32; that
// resources are read with the header only. Not known: how long a request token lives.

use crate::{
    dialect::{
        CallbackRule, Code, Dialect, Done, Granted, Page, Parameter, Refusals, Returns, USUAL,
        Values,
    },
    endpoint::{Endpoint, Placement::Header},
    fault::Denial,
    route::{Route, Way},
};

const POST: &[Way] = &[("POST", Header)];

pub(crate) static X: Dialect = Dialect {
    name: "x",
    routes: &[
        Route::token(Endpoint::RequestToken, "api.x.com", "/oauth/request_token", POST),
        Route::page("api.x.com", "/oauth/authorize"),
        Route::page("api.x.com", "/oauth/authenticate"),
        Route::token(Endpoint::AccessToken, "api.x.com", "/oauth/access_token", POST),
        Route::token(Endpoint::Revocation, "api.x.com", "/1.1/oauth/invalidate_token.json", POST),
        Route::data("api.x.com", "/*"),
        Route::data("upload.x.com", "/*"),
        Route::data("ads-api.x.com", "/*"),
        // The old name; a signature holds for one of the two.
        Route::token(Endpoint::RequestToken, "api.twitter.com", "/oauth/request_token", POST),
        Route::page("api.twitter.com", "/oauth/authorize"),
        Route::page("api.twitter.com", "/oauth/authenticate"),
        Route::token(Endpoint::AccessToken, "api.twitter.com", "/oauth/access_token", POST),
        Route::data("api.twitter.com", "/*"),
        Route::data("upload.twitter.com", "/*"),
    ],
    // The documentation shows the verifier in a form and in a query; a library sends the callback so.
    splits: true,
    callback: CallbackRule::Exact,
    asks: &[Parameter("x_auth_access_type", Values::OneOf(&["read", "write"]))],
    page: Page {
        parameters: &[
            Parameter("force_login", Values::OneOf(&["true", "false"])),
            Parameter("screen_name", Values::Any),
        ],
        ..USUAL.page
    },
    returns: Returns { code: Code::Digits(7), ..USUAL.returns },
    denials: &[Denial::DeniedToken],
    granted: Granted { more: &[("user_id", "1"), ("screen_name", "{user}")], ..USUAL.granted },
    reply_type: "text/html; charset=utf-8",
    refusals: Refusals::ListedCodes,
    data_refusals: Refusals::ListedCodes,
    revoked: Done {
        media_type: "application/json; charset=utf-8",
        body: "{\"access_token\":\"{token}\"}",
        ..USUAL.revoked
    },
    ..USUAL
};
