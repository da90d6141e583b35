//! Application links of Jira, Confluence and Bitbucket Data Center: the vendor's own provider source, and
//! libraries.

// Inferred: the fields about the token's life and their values; that the renewal is the access-token call with
// the session handle. Not known: how long a request token lives.

use crate::{
    dialect::{Dialect, Granted, Life, Refusals, Renewal, USUAL},
    endpoint::{Endpoint, Placement::Header},
    fault::Denial,
    naive::SignatureMethod::RsaSha1,
    route::{Route, Way},
    site::Site,
};

const POST: &[Way] = &[("POST", Header)];
const FIVE_YEARS: i64 = 157_680_000;

pub(crate) static ATLASSIAN: Dialect = Dialect {
    name: "atlassian",
    site: Site::Base("https://jira.example"),
    routes: &[
        Route::token(
            Endpoint::RequestToken,
            "{site}",
            "{base}/plugins/servlet/oauth/request-token",
            POST,
        ),
        Route::page("{site}", "{base}/plugins/servlet/oauth/authorize"),
        Route::token(
            Endpoint::AccessToken,
            "{site}",
            "{base}/plugins/servlet/oauth/access-token",
            POST,
        ),
        Route::data("{site}", "{base}/rest/*"),
    ],
    signature_methods: &[RsaSha1],
    callback_may_be_missing: true,
    denials: &[Denial::VerifierSaysDenied],
    secret_ends_with: "",
    granted: Granted {
        more: &[
            ("oauth_expires_in", "157680000"),
            ("oauth_session_handle", "{handle}"),
            ("oauth_authorization_expires_in", "160272000"),
        ],
        ..USUAL.granted
    },
    life: Life::Seconds(FIVE_YEARS),
    renewal: Renewal::Handle,
    refusals: Refusals::ProblemInChallenge,
    data_refusals: Refusals::ProblemInChallenge,
    ..USUAL
};
