//! NetSuite's token-based authentication: documentation of 2026, and a library for the confirmation.

// Inferred: paths and method of the revocation and of `tokeninfo`, and what they answer; `role` of the
// request-token call; the form of every refusal. Not known: how long a request token lives.

use crate::{
    dialect::{CallbackRule, Dialect, Page, Parameter, Refusals, Returns, USUAL, Values},
    endpoint::{Endpoint, Placement::Header},
    fault::Denial,
    naive::SignatureMethod::HmacSha256,
    route::{Gives, Route, Way},
    site::Site,
};

const RESTLETS: &str = "{site}.restlets.api.netsuite.com";
const GET: &[Way] = &[("GET", Header)];
const POST: &[Way] = &[("POST", Header)];

pub(crate) static NETSUITE: Dialect = Dialect {
    name: "netsuite",
    site: Site::Account("1234567_SB1"),
    routes: &[
        Route::token(Endpoint::RequestToken, RESTLETS, "/rest/requesttoken", POST),
        Route::page("{site}.app.netsuite.com", "/app/login/secure/authorizetoken.nl"),
        Route::page("system.netsuite.com", "/app/login/secure/authorizetoken.nl"),
        Route::token(Endpoint::AccessToken, RESTLETS, "/rest/accesstoken", POST),
        Route::token(Endpoint::Revocation, RESTLETS, "/rest/revoketoken", GET),
        Route::token(Endpoint::Data, RESTLETS, "/rest/tokeninfo", GET).giving(Gives::TokenInfo),
        Route::data(RESTLETS, "/*"),
        Route::data("{site}.suitetalk.api.netsuite.com", "/*"),
    ],
    signature_methods: &[HmacSha256],
    timestamps_rise: true,
    shortest_nonce: 6,
    realm_required: true,
    callback: CallbackRule::ExactButLocalPort,
    out_of_band: false,
    asks: &[Parameter("role", Values::Alphanumeric(20))],
    page: Page { parameters: &[Parameter("state", Values::Alphanumeric(512))], ..USUAL.page },
    returns: Returns {
        more: &[("company", "{account}"), ("role", "3"), ("entity", "7"), ("state", "")],
        ..USUAL.returns
    },
    denials: &[Denial::EmptyVerifier],
    secret_ends_with: "",
    reply_ends_with: "\n",
    refusals: Refusals::ErrorObject,
    data_refusals: Refusals::ErrorObject,
    ..USUAL
};
