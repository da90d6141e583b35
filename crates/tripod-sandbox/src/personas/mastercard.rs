//! Mastercard's APIs: documentation of February 2026. There is no handshake.

// Inferred: the form of a refusal, and its words; that there are no forms, because every body needs a hash and the
// extension forbids the hash of a form. RSA-PSS, which they accept too, is not checked here.

use crate::{
    dialect::{Dialect, Refusals, USUAL},
    naive::SignatureMethod::RsaSha256,
    route::Route,
};

pub(crate) static MASTERCARD: Dialect = Dialect {
    name: "mastercard",
    routes: &[
        Route::data("api.mastercard.com", "/*"),
        Route::data("sandbox.api.mastercard.com", "/*"),
    ],
    signature_methods: &[RsaSha256],
    body_hash_required: true,
    refusals: Refusals::ReasonCodes,
    data_refusals: Refusals::ReasonCodes,
    ..USUAL
};
