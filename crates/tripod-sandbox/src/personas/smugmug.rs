//! SmugMug: its documentation.

// Inferred: that GET and POST both do; the host for uploads; that resources refuse as the handshake does. Not
// known: how a denial comes back.

use crate::{
    dialect::{Code, Dialect, Page, Parameter, Returns, USUAL, Values},
    endpoint::{
        Endpoint,
        Placement::{Header, Query},
    },
    naive::SignatureMethod::{HmacSha1, Plaintext},
    route::{Route, Way},
};

const HOST: &str = "api.smugmug.com";
const GET_OR_POST: &[Way] = &[("GET", Header), ("POST", Header)];

pub(crate) static SMUGMUG: Dialect = Dialect {
    name: "smugmug",
    routes: &[
        Route::token(
            Endpoint::RequestToken,
            HOST,
            "/services/oauth/1.0a/getRequestToken",
            GET_OR_POST,
        ),
        Route::page(HOST, "/services/oauth/1.0a/authorize"),
        Route::token(
            Endpoint::AccessToken,
            HOST,
            "/services/oauth/1.0a/getAccessToken",
            GET_OR_POST,
        ),
        Route::data(HOST, "/api/v2*"),
        Route::data("upload.smugmug.com", "/*"),
    ],
    data_places: &[Header, Query],
    signature_methods: &[HmacSha1, Plaintext],
    page: Page {
        parameters: &[
            Parameter("Access", Values::OneOf(&["Public", "Full"])),
            Parameter("Permissions", Values::OneOf(&["Read", "Add", "Modify"])),
            Parameter("allowThirdPartyLogin", Values::Any),
            Parameter("showSignUpButton", Values::Any),
            Parameter("username", Values::Any),
            Parameter("viewportScale", Values::Any),
        ],
        ..USUAL.page
    },
    returns: Returns { code: Code::Digits(6), ..USUAL.returns },
    request_token_lifetime: 300,
    secret_ends_with: "",
    ..USUAL
};
