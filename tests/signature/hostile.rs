//! Properties over hostile input, with the naive signer as the judge.

use proptest::{collection::vec, prelude::*};
use secrecy::SecretString;
use tripod::{
    Consumer,
    signature::{
        BaseUri, PreparedUri, SignatureMethod, Signer, Stamp, ToSign, decode_pairs,
        encode_pairs_into, percent_encode,
    },
};

use crate::naive;

/// Text that is awkward to encode, to sort or to send.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[-a-z0-9._~A-Z]{0,9}",
        3 => "[+%=&;,:/?#\"'\\\\ \r\n\t\0é☃🦀ab]{0,12}",
        1 => any::<String>(),
        1 => Just(String::new()),
        1 => "(oauth|oauth_|oauth_t|oauth_nonce|oauth_signature|oauthz|OAuth_token|realm)[a-z_]{0,3}",
        1 => "%[0-9a-fA-F]{0,2}|a|a-b|a1|a\\[\\]|a%20",
    ]
}

fn long() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => text(),
        1 => ("[a-z é%]{1,4}", 900..1100_usize).prop_map(|(unit, count)| unit.repeat(count)),
    ]
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop_oneof![
        8 => vec((text(), long()), 0..12),
        2 => vec((text(), text()), 12..40),
        // Few different names, so that most are repeated and the values decide.
        2 => vec(("[ab]{0,2}", text()), 0..40),
        1 => vec(("item_[0-9é]{0,3}", text()), 100..600),
    ]
}

/// What a flow lets through: names that are not OAuth's own.
fn without_oauth(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.into_iter().filter(|(name, _)| !name.starts_with("oauth_")).collect()
}

const CALLBACKS: [&str; 3] = ["oob", "https://app.example/cb?x=a%20b&y=é", ""];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    // checklist 19, 36-43, 48, 51, 54, 55, 57
    #[test]
    fn signs_and_sends_as_the_naive_signer_does(
        pairs in pairs(),
        [consumer_key, consumer_secret] in [long(), long()],
        [token, token_secret] in [text(), text()],
        has_token: bool,
        has_version: bool,
        nonce in "[a-zA-Z0-9]{1,50}|[é%+ ]{1,5}|[é%+ ]{1,5}[a-z0-9]{16,40}",
        timestamp in 1..u64::MAX,
        http_method in "[a-zA-Z!é]{1,8}",
        callback in proptest::option::of(prop::sample::select(&CALLBACKS)),
        body_hash in proptest::option::of(text()),
        realm in proptest::option::of("[ -~]{0,10}"),
        in_url in 0..8_usize,
        port in prop::sample::select(&["", ":80", ":443", ":8443"]),
    ) {
        let secret = SecretString::from(token_secret.clone());
        let signer = Signer::new(
            SignatureMethod::HmacSha1,
            &Consumer::new(consumer_key.clone(), consumer_secret.clone()),
            has_token.then_some((&*token, &secret)),
        );
        let signer = if has_version { signer } else { signer.without_version() };
        let mut protocol = Vec::new();
        // Not in order, on purpose.
        protocol.extend(callback.map(|callback| ("oauth_callback", callback)));
        protocol.extend(body_hash.as_deref().map(|hash| ("oauth_body_hash", hash)));
        let url = format!("HTTPS://u:p@Api.Example{port}/a%2fB/(x)");
        let request = ToSign {
            http_method: &http_method,
            uri: BaseUri::parse(&url).unwrap(),
            pairs: &pairs,
            protocol: &protocol,
            stamp: Some(Stamp { timestamp, nonce: &nonce }),
        };

        let timestamp = timestamp.to_string();
        let mut own = vec![
            ("oauth_consumer_key", &*consumer_key),
            ("oauth_nonce", &nonce),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &timestamp),
        ];
        own.extend(has_token.then_some(("oauth_token", &*token)));
        own.extend(has_version.then_some(("oauth_version", "1.0")));
        own.extend(&protocol);
        let mut all: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
        all.extend(&own);
        let port = if port == ":443" { "" } else { port };
        let base_uri = format!("https://api.example{port}/a%2fB/(x)");
        let base_string = naive::base_string(&http_method, &base_uri, &all);
        let key_secret = if has_token { &*token_secret } else { "" };
        let expected = naive::base64(&naive::hmac_sha1(&consumer_secret, key_secret, &base_string));

        prop_assert_eq!(signer.signature(&request).unwrap(), &*expected);
        let prepared = PreparedUri::new(request.uri);
        let prepared = ToSign { uri: prepared.uri(), ..request };
        prop_assert_eq!(signer.signature(&prepared).unwrap(), &*expected);

        // It makes no difference which of the pairs the URL has already.
        let (in_url, rest) = pairs.split_at(in_url.min(pairs.len()));
        let mut longer = format!("{url}?");
        encode_pairs_into(in_url, &mut longer);
        let uri = BaseUri::parse(&longer).unwrap();
        let prepared = PreparedUri::new(uri);
        for uri in [uri, prepared.uri()] {
            let request = ToSign { uri, pairs: rest, ..request };
            prop_assert_eq!(signer.signature(&request).unwrap(), &*expected);
        }

        let to_owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
        };
        own.push(("oauth_signature", &expected));
        let own = to_owned(&own);

        let header = signer.authorization(&request, realm.as_deref()).unwrap();
        prop_assert!(http::HeaderValue::from_str(&header).is_ok());
        let (sent_realm, sent) = naive::read_header(&header);
        prop_assert_eq!(sent_realm, realm);
        prop_assert_eq!(&sent, &own);

        let mut form = String::from("a=b");
        signer.parameters_into(&request, &mut form).unwrap();
        prop_assert_eq!(&naive::read_form(&form)[1..], &*own);

        let mut query = String::new();
        signer.signed_query_into(&request, &mut query).unwrap();
        prop_assert_eq!(naive::read_form(&query), [pairs.clone(), own].concat());

        // Each of OAuth's names is in one place, once.
        let own_pairs = without_oauth(pairs.clone());
        if own_pairs.len() == pairs.len() {
            let sent = naive::read_form(&query);
            let names: Vec<_> =
                sent.iter().map(|(n, _)| n).filter(|n| n.starts_with("oauth_")).collect();
            let mut once = names.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), names.len());
        }
    }

    // checklist 33, 38, 57-59
    #[test]
    fn written_pairs_are_read_back(pairs in pairs()) {
        let mut written = String::new();
        encode_pairs_into(&pairs, &mut written);
        prop_assert_eq!(&naive::read_form(&written), &pairs);
        let read: Vec<(String, String)> = decode_pairs(&written)
            .unwrap()
            .into_iter()
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect();
        prop_assert_eq!(read, pairs);
    }

    #[test]
    fn encodes_as_the_naive_signer_does(text: String) {
        prop_assert_eq!(percent_encode(&text), naive::encode(&text));
    }

    // Never panics, and never takes what a header or a request line could not carry.
    #[test]
    fn any_text_as_url_or_query(
        text in prop_oneof![
            any::<String>(),
            "(https?|HTTP|ftp)?(://|:|//)?[a-zé@:\\[\\]./?#%0-9 \r\n&=+]{0,30}",
        ],
        host in any::<String>(),
    ) {
        let _ = decode_pairs(&text);
        if let Ok(uri) = BaseUri::parse(&text) {
            let shown = uri.to_string();
            prop_assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()));
            // What it writes is read to the same.
            prop_assert_eq!(BaseUri::parse(&shown).unwrap().to_string(), shown);
            if let Ok(uri) = uri.with_host(&host) {
                prop_assert!(uri.to_string().is_ascii());
            }
        }
        if let Ok(uri) = text.parse::<http::Uri>() {
            let _ = BaseUri::from_uri(&uri);
        }
    }
}
