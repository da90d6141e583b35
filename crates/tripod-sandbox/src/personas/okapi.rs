//! OKAPI of the Opencaching sites: its source of December 2024.

// Inferred: which methods and places do, and the first reasons of a stack. Everything else is known.

use crate::{
    dialect::{
        CallbackRule, Code, Dialect, Granted, Page, Parameter, Refusals, Returns, USUAL, Values,
    },
    endpoint::{
        Endpoint,
        Placement::{Form, Header, Query},
    },
    fault::Denial,
    naive::SignatureMethod::{HmacSha1, Plaintext},
    route::{Route, Way},
    site::Site,
};

const WAYS: &[Way] =
    &[("GET", Header), ("GET", Query), ("POST", Header), ("POST", Query), ("POST", Form)];

pub(crate) static OKAPI: Dialect = Dialect {
    name: "okapi",
    site: Site::Base("https://www.opencaching.de"),
    routes: &[
        Route::token(
            Endpoint::RequestToken,
            "{site}",
            "{base}/okapi/services/oauth/request_token",
            WAYS,
        ),
        Route::page("{site}", "{base}/okapi/services/oauth/authorize"),
        Route::token(
            Endpoint::AccessToken,
            "{site}",
            "{base}/okapi/services/oauth/access_token",
            WAYS,
        ),
        Route::data("{site}", "{base}/okapi/services/*"),
    ],
    data_places: &[Header, Query, Form],
    signature_methods: &[HmacSha1, Plaintext],
    callback: CallbackRule::LowerCaseScheme,
    page: Page {
        parameters: &[
            Parameter("interactivity", Values::Words(' ')),
            Parameter("langpref", Values::Words('|')),
        ],
        ..USUAL.page
    },
    returns: Returns { code: Code::Digits(8), ..USUAL.returns },
    denials: &[Denial::AccessDeniedWithToken],
    secret_ends_with: "",
    granted: Granted { same_again: true, ..USUAL.granted },
    refusals: Refusals::ReasonStack,
    data_refusals: Refusals::ReasonStack,
    ..USUAL
};
