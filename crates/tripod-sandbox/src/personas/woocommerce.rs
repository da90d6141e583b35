//! WooCommerce of a shop without TLS: documentation of March 2024, and libraries. There is no handshake.

// Inferred: the form of a refusal. A body is never signed, so a form's pairs are not either.

use crate::{
    dialect::{Dialect, Refusals, USUAL},
    endpoint::Placement::{Header, Query},
    naive::SignatureMethod::{HmacSha1, HmacSha256},
    route::Route,
    site::Site,
};

pub(crate) static WOOCOMMERCE: Dialect = Dialect {
    name: "woocommerce",
    site: Site::Base("http://shop.example"),
    routes: &[Route::data("{site}", "{base}/wp-json/wc/*")],
    data_places: &[Query, Header],
    signature_methods: &[HmacSha1, HmacSha256],
    window: 15 * 60,
    signs_forms: false,
    refusals: Refusals::WordPress,
    data_refusals: Refusals::WordPress,
    ..USUAL
};
