//! MediaWiki's extension OAuth: its source of August 2026. Wikimedia's central wiki unless a site is named.

// Inferred: the refusals of `api.php`, and every sentence but that about a timestamp. The persona is as strict
// as an older wiki: the authorization URL must name the consumer key.

use crate::{
    dialect::{
        CallbackRule, Confirmed, Dialect, Granted, Page, Refusals, TokenSecret, USUAL, UserAgent,
    },
    endpoint::{Endpoint, Placement::Header},
    fault::Denial,
    naive::SignatureMethod::{HmacSha1, RsaSha1},
    route::{Gives, Route, Way},
    site::Site,
};

const POST: &[Way] = &[("POST", Header)];
const GET_OR_POST: &[Way] = &[("GET", Header), ("POST", Header)];
const INDEX: &str = "{base}/index.php";

pub(crate) static MEDIAWIKI: Dialect = Dialect {
    name: "mediawiki",
    site: Site::Wiki("https://meta.wikimedia.org/w"),
    routes: &[
        Route::token(Endpoint::RequestToken, "{site}", INDEX, POST)
            .titled("Special:OAuth/initiate"),
        Route::page("{site}", INDEX).titled("Special:OAuth/authorize"),
        Route::page("{site}", INDEX).titled("Special:OAuth/authenticate"),
        Route::token(Endpoint::AccessToken, "{site}", INDEX, POST).titled("Special:OAuth/token"),
        Route::token(Endpoint::Data, "{site}", INDEX, GET_OR_POST)
            .titled("Special:OAuth/identify")
            .giving(Gives::SignedIdentity),
        Route::data("{site}", "{base}/api.php"),
        // Tokens of the central wiki count on all of them.
        Route::data("*.wikipedia.org", "/w/api.php"),
        Route::data("*.wikimedia.org", "/w/api.php"),
        Route::data("www.wikidata.org", "/w/api.php"),
    ],
    signature_methods: &[HmacSha1, RsaSha1],
    user_agent: UserAgent::Present,
    callback: CallbackRule::Prefix,
    page: Page { key: Some("oauth_consumer_key"), ..USUAL.page },
    denials: &[Denial::NoCallback],
    confirmed: Confirmed::Twice,
    request_token_lifetime: 600,
    secret_ends_with: "",
    granted: Granted { secret: TokenSecret::UnusedWithRsa("__unused__"), ..USUAL.granted },
    refusals: Refusals::ErrorSentence,
    data_refusals: Refusals::ActionApi,
    ..USUAL
};
