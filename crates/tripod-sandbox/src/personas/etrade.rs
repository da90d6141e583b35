//! E*TRADE: its documentation, and a compilation of January 2026.

// Inferred: which words stand in `oauth_problem`; the form of the code. Not known: whether a denial comes back at
// all. The time of day at which tokens end is midnight in New York, summer time included.

use crate::{
    dialect::{
        CallbackRule, Code, Confirmed, Dialect, Done, Life, Page, Renewal, Returns, UNKNOWN_DENIAL,
        USUAL,
    },
    endpoint::{
        Endpoint,
        Placement::{Header, Query},
    },
    route::{Route, Way},
};

const GET: &[Way] = &[("GET", Header), ("GET", Query)];

pub(crate) static ETRADE: Dialect = Dialect {
    name: "etrade",
    routes: &[
        Route::token(Endpoint::RequestToken, "api.etrade.com", "/oauth/request_token", GET),
        Route::page("us.etrade.com", "/e/t/etws/authorize"),
        Route::token(Endpoint::AccessToken, "api.etrade.com", "/oauth/access_token", GET),
        Route::token(Endpoint::Renewal, "api.etrade.com", "/oauth/renew_access_token", GET),
        Route::token(Endpoint::Revocation, "api.etrade.com", "/oauth/revoke_access_token", GET),
        Route::data("api.etrade.com", "/v1/*"),
        Route::data("apisb.etrade.com", "/v1/*"),
    ],
    data_places: &[Header, Query],
    callback: CallbackRule::OutOfBandOnly,
    page: Page { token: "token", key: Some("key"), ..USUAL.page },
    returns: Returns { token: false, code: Code::Letters(5), ..USUAL.returns },
    denials: UNKNOWN_DENIAL,
    confirmed: Confirmed::IfRegistered,
    request_token_lifetime: 300,
    token_ends_with: "/+=",
    secret_ends_with: "/+=",
    life: Life::DayInNewYork(2 * 3600),
    renewal: Renewal::Wakes,
    renewed: Done { body: "Access Token has been renewed", ..USUAL.renewed },
    revoked: Done { body: "Revoked Access Token", ..USUAL.revoked },
    ..USUAL
};
