//! Zotero: its documentation, libraries, and a server test of August 2026 which shows that a signature does not
//! count at resources.

// Inferred: the revocation's path; the problem words. Known from questions only: that the secret equals the
// token. Not known: whether the callback is confirmed (it is here); how a denial comes back. `identity=1`, which
// makes no key, is accepted and makes one here.

use crate::{
    dialect::{
        Dialect, Done, Granted, Keys, Page, Parameter, Refusals, TokenSecret, USUAL, Values,
    },
    endpoint::{Endpoint, Placement::Header},
    route::{Route, Way},
};

const HOST: &str = "www.zotero.org";
const GET_OR_POST: &[Way] = &[("GET", Header), ("POST", Header)];
const DELETE: &[Way] = &[("DELETE", Header)];
const SWITCH: Values = Values::OneOf(&["0", "1"]);

pub(crate) static ZOTERO: Dialect = Dialect {
    name: "zotero",
    routes: &[
        Route::token(Endpoint::RequestToken, HOST, "/oauth/request", GET_OR_POST),
        Route::page(HOST, "/oauth/authorize"),
        Route::token(Endpoint::AccessToken, HOST, "/oauth/access", GET_OR_POST),
        Route::token(Endpoint::Revocation, "api.zotero.org", "/keys/*", DELETE),
        Route::data("api.zotero.org", "/*"),
    ],
    page: Page {
        parameters: &[
            Parameter("name", Values::Any),
            Parameter("library_access", SWITCH),
            Parameter("notes_access", SWITCH),
            Parameter("write_access", SWITCH),
            Parameter("all_groups", Values::OneOf(&["none", "read", "write"])),
            Parameter("identity", SWITCH),
        ],
        ..USUAL.page
    },
    secret_ends_with: "",
    granted: Granted {
        more: &[("userID", "1"), ("username", "{user}")],
        secret: TokenSecret::Token,
        ..USUAL.granted
    },
    keys: Keys::Only,
    data_refusals: Refusals::PlainText,
    revoked: Done { status: 204, ..USUAL.revoked },
    ..USUAL
};
