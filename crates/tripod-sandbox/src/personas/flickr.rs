//! Flickr: its documentation, samples of replies from 2011 to 2026, and a library of 2026.

// Inferred: the host for uploads and that for phones; code 98; that a wrong clock is reported at resources as in
// the handshake. Not known: how a denial comes back; how long a request token lives.

use crate::{
    dialect::{
        Code, Confirmed, Dialect, Granted, Page, Parameter, Refusals, Returns, USUAL, Values,
    },
    endpoint::{
        Endpoint,
        Placement::{Header, Query},
    },
    route::{Gives, Route, Way},
};

const GET_OR_POST: &[Way] = &[("GET", Header), ("GET", Query), ("POST", Header), ("POST", Query)];
const UPLOAD: &[Way] = &[("POST", Header)];

pub(crate) static FLICKR: Dialect = Dialect {
    name: "flickr",
    routes: &[
        Route::token(
            Endpoint::RequestToken,
            "www.flickr.com",
            "/services/oauth/request_token",
            GET_OR_POST,
        ),
        Route::page("www.flickr.com", "/services/oauth/authorize"),
        Route::page("m.flickr.com", "/services/oauth/authorize"),
        Route::token(
            Endpoint::AccessToken,
            "www.flickr.com",
            "/services/oauth/access_token",
            GET_OR_POST,
        ),
        Route::data("api.flickr.com", "/services/rest"),
        Route::data("api.flickr.com", "/services/rest/"),
        Route::data("www.flickr.com", "/services/rest"),
        Route::data("www.flickr.com", "/services/rest/"),
        Route::token(Endpoint::Data, "up.flickr.com", "/services/upload/", UPLOAD)
            .giving(Gives::Upload),
        Route::token(Endpoint::Data, "up.flickr.com", "/services/replace/", UPLOAD)
            .giving(Gives::Upload),
    ],
    data_places: &[Header, Query],
    page: Page {
        parameters: &[Parameter("perms", Values::OneOf(&["read", "write", "delete"]))],
        ..USUAL.page
    },
    returns: Returns { code: Code::Dashes, ..USUAL.returns },
    confirmed: Confirmed::First,
    secret_ends_with: "",
    granted: Granted {
        more: &[
            ("fullname", "Ada, Countess of Lov\u{e9}lace"),
            ("user_nsid", "12345678@N00"),
            ("username", "{user}"),
        ],
        ..USUAL.granted
    },
    reply_type: "text/plain;charset=UTF-8",
    refusals: Refusals::ProblemWithBaseString,
    data_refusals: Refusals::StatFail,
    ..USUAL
};
