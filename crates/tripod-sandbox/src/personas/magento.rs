//! Magento 2 and Adobe Commerce: documentation of August 2026.

// Inferred: that `oauth_callback` is tolerated; which version brought HMAC-SHA256 alone. Not known for certain: the
// missing confirmation, which no sample shows. There is no page: the shop sends the verifier itself when the
// merchant activates the integration, and a merchant who does not activate it sends nothing.

use crate::{
    dialect::{Confirmed, Dialect, USUAL},
    endpoint::{Endpoint, Placement::Header},
    fault::Denial,
    naive::SignatureMethod::HmacSha256,
    route::{Route, Way},
    site::Site,
};

const POST: &[Way] = &[("POST", Header)];

pub(crate) static MAGENTO: Dialect = Dialect {
    name: "magento",
    site: Site::Base("https://shop.example"),
    routes: &[
        Route::token(Endpoint::RequestToken, "{site}", "{base}/oauth/token/request", POST),
        Route::token(Endpoint::AccessToken, "{site}", "{base}/oauth/token/access", POST),
        Route::data("{site}", "{base}/rest/*"),
    ],
    signature_methods: &[HmacSha256],
    callback_may_be_missing: true,
    pushes_verifier: true,
    denials: &[Denial::NoCallback],
    confirmed: Confirmed::Missing,
    secret_ends_with: "",
    clock_status: 400,
    ..USUAL
};
