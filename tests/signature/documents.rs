//! Signatures that documents print or that are computed for FatSecret's own calls.

use tripod::{
    Consumer,
    signature::{BaseUri, SignatureMethod, Signer, Stamp, ToSign, decode_pairs},
};

// checklist 36: RFC 5849 section 3.4.1, with the signature that erratum 2550 corrects.
#[test]
fn the_request_of_rfc_5849_section_3_4_1() {
    let url = "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b";
    let uri = BaseUri::parse(url).unwrap();
    let pairs = decode_pairs("c2&a3=2+q").unwrap();
    let secret = "dh893hdasih9".into();
    let consumer = Consumer::new("9djdj82h48djs9d2", "j49sk3j29djd");
    let signer =
        Signer::new(SignatureMethod::HmacSha1, &consumer, Some(("kkk9d7dh3k39sjv7", &secret)))
            .without_version();
    let request = ToSign {
        http_method: "POST",
        uri,
        pairs: &pairs,
        protocol: &[],
        stamp: Some(Stamp { timestamp: 137_131_201, nonce: "7d8f3e4a" }),
    };
    assert_eq!(signer.signature(&request).unwrap(), "r6/TJjbCOr97/+UU0NsvSne7s5g=");
    // checklist 34, 51: the realm is sent and not signed.
    assert_eq!(
        signer.authorization(&request, Some("Example")).unwrap(),
        "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", \
         oauth_nonce=\"7d8f3e4a\", oauth_signature_method=\"HMAC-SHA1\", \
         oauth_timestamp=\"137131201\", oauth_token=\"kkk9d7dh3k39sjv7\", \
         oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\""
    );
}

/// A call of FatSecret's: its signature with these further parameters.
#[track_caller]
fn fatsecret(
    method: &str,
    url: &str,
    token: Option<(&str, &str)>,
    (timestamp, nonce): (u64, &str),
    protocol: &[(&str, &str)],
    pairs: &[(&str, &str)],
    expected: &str,
) {
    let secret = token.map_or("", |(_, secret)| secret).into();
    let signer = Signer::new(
        SignatureMethod::default(),
        &Consumer::new("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"),
        token.map(|(token, _)| (token, &secret)),
    );
    let signature = signer.signature(&ToSign {
        http_method: method,
        uri: BaseUri::parse(url).unwrap(),
        pairs,
        protocol,
        stamp: Some(Stamp { timestamp, nonce }),
    });
    assert_eq!(signature.unwrap(), expected);
}

#[test]
fn the_calls_of_fatsecret() {
    let request_token = "https://authentication.fatsecret.com/oauth/request_token";
    let access_token = "https://authentication.fatsecret.com/oauth/access_token";
    let api = "https://platform.fatsecret.com/rest/server.api";
    let granted = Some(("acctok789", "accsec012"));
    // checklist 6: no token, and a key that ends in `&`.
    fatsecret(
        "GET",
        request_token,
        None,
        (1_767_225_600, "nonce0001"),
        &[("oauth_callback", "oob")],
        &[],
        "EGWNxY9oMWfwAQMe0/7JRnheXfU=",
    );
    fatsecret(
        "GET",
        request_token,
        None,
        (1_767_225_600, "nonce0001"),
        &[("oauth_callback", "https://app.example/cb?user=7")],
        &[],
        "DVHvKXJXKZ2uAnx+0d7kZaYJc4o=",
    );
    fatsecret(
        "GET",
        access_token,
        Some(("reqtok123", "reqsec456")),
        (1_767_225_660, "nonce0002"),
        &[("oauth_verifier", "1234567")],
        &[],
        "S6n/YytVOy2o+pCdSW+hsxGBweQ=",
    );
    fatsecret(
        "GET",
        api,
        None,
        (1_767_225_720, "nonce0003"),
        &[],
        &[
            ("method", "foods.search"),
            ("format", "json"),
            ("search_expression", "Müsli (50% nuts) & dates+figs*"),
        ],
        "uSpmqDSlVejuSxANYQQeSfSAa/Y=",
    );
    fatsecret(
        "POST",
        api,
        granted,
        (1_767_225_780, "nonce0004"),
        &[],
        &[
            ("method", "food_entry.create"),
            ("format", "json"),
            ("food_id", "33691"),
            ("food_entry_name", "Mum's cheddar ~ slice"),
            ("serving_id", "29131"),
            ("number_of_units", "1.5"),
            ("meal", "lunch"),
            ("date", "20454"),
        ],
        "7eKdzvWepHPWcLAZ8Yw2R7korhE=",
    );
    fatsecret(
        "GET",
        "https://platform.fatsecret.com/rest/food-entries/v2",
        granted,
        (1_767_225_840, "nonce0005"),
        &[],
        &[("format", "json"), ("date", "20454")],
        "Hb9GR4EtwyEEScE1JRuCN/xgQmM=",
    );
}
