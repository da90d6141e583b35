//! USOS API: documentation of October 2024, and libraries of 2026.

// Inferred: refusals, codes and denials as at OKAPI, which is of the same family; which methods and places do.
// Known from questions only: the two hours. Not known: whether the callback is confirmed (it is here).

use crate::{
    dialect::{Code, Dialect, Life, Page, Parameter, Refusals, Returns, USUAL, Values},
    endpoint::{
        Endpoint,
        Placement::{Form, Header, Query},
    },
    fault::Denial,
    route::{Route, Way},
    site::Site,
};

const WAYS: &[Way] =
    &[("GET", Header), ("GET", Query), ("POST", Header), ("POST", Query), ("POST", Form)];

pub(crate) static USOS: Dialect = Dialect {
    name: "usos",
    site: Site::Base("https://usosapps.example.edu.pl"),
    routes: &[
        Route::token(Endpoint::RequestToken, "{site}", "{base}/services/oauth/request_token", WAYS),
        Route::page("{site}", "{base}/services/oauth/authorize"),
        Route::token(Endpoint::AccessToken, "{site}", "{base}/services/oauth/access_token", WAYS),
        Route::token(Endpoint::Revocation, "{site}", "{base}/services/oauth/revoke_token", WAYS),
        Route::data("{site}", "{base}/services/*"),
    ],
    data_places: &[Header, Query, Form],
    asks: &[Parameter("scopes", Values::Words('|'))],
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
    life: Life::Unless(2 * 3600, "scopes", "offline_access"),
    refusals: Refusals::ReasonStack,
    data_refusals: Refusals::ReasonStack,
    ..USUAL
};
