//! How often signing allocates: a promise of `docs/performance.md`.
//!
//! Counting needs an allocator of its own, which all tests of this binary run with.
use allocation_counter::measure;
use secrecy::SecretString;
use tripod::{
    Consumer,
    signature::{BaseUri, SignatureMethod, Signer, Stamp, ToSign},
};

fn signer(method: SignatureMethod) -> Signer {
    let secret = SecretString::from("ffeeddccbbaa99887766554433221100");
    let consumer =
        Consumer::new("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    Signer::new(method, &consumer, Some(("00112233445566778899aabbccddeeff", &secret)))
}

fn numbered(count: usize) -> Vec<(String, String)> {
    let pair = |i: usize| (format!("näme {}", i * 7 % count), format!("välue & more: {i}"));
    (0..count).map(pair).collect()
}

fn with<R>(
    pairs: &[(String, String)],
    protocol: &[(&str, &str)],
    sign: impl FnOnce(&ToSign<'_, String, String>) -> R,
) -> R {
    sign(&ToSign {
        http_method: "POST",
        uri: BaseUri::parse("https://platform.fatsecret.com/rest/server.api").unwrap(),
        pairs,
        protocol,
        stamp: Some(Stamp { timestamp: 1_767_225_600, nonce: "c0ffee00c0ffee00c0ffee00c0ffee00" }),
    })
}

/// Allocations after the first signature in each place, of: a header into a buffer with room, a header as a `String`, and a signed query into a
/// buffer with room.
fn counts(signer: &Signer, pairs: &[(String, String)], protocol: &[(&str, &str)]) -> [u64; 3] {
    with(pairs, protocol, |request| {
        let mut buffer = String::with_capacity(1 << 20);
        signer.signed_query_into(request, &mut buffer).unwrap();
        signer.authorization_into(request, None, &mut buffer).unwrap();
        let into = measure(|| {
            signer.authorization_into(request, None, &mut buffer).unwrap();
        });
        let string = measure(|| {
            signer.authorization(request, None).unwrap();
        });
        let query = measure(|| {
            signer.signed_query_into(request, &mut buffer).unwrap();
        });
        [into, string, query].map(|measured| measured.count_total)
    })
}

#[test]
fn a_call_with_few_parameters_allocates_for_its_result_only() {
    let signer = signer(SignatureMethod::HmacSha1);
    for count in [0, 1, 3, 16] {
        assert_eq!(counts(&signer, &numbered(count), &[]), [0, 1, 0], "{count}");
    }
    let protocol = [("oauth_callback", "https://app.example/callback?x=1")];
    assert_eq!(counts(&signer, &[], &protocol), [0, 1, 0]);
}

#[test]
fn a_query_of_the_urls_own_adds_the_list_of_its_pairs() {
    let signer = signer(SignatureMethod::HmacSha1);
    with(&numbered(3), &[], |request| {
        let mut buffer = String::with_capacity(1 << 20);
        signer.authorization_into(request, None, &mut buffer).unwrap();
        for (query, expected) in [("?", 0), ("?a=b&c", 1), ("?a=b+c", 2)] {
            let url = format!("https://platform.fatsecret.com/rest/server.api{query}");
            let request = ToSign { uri: BaseUri::parse(&url).unwrap(), ..*request };
            let measured = measure(|| {
                signer.authorization_into(&request, None, &mut buffer).unwrap();
            });
            assert_eq!(measured.count_total, expected, "{query}");
        }
    });
}

#[test]
fn any_number_of_parameters_adds_one_list() {
    let signer = signer(SignatureMethod::HmacSha1);
    for count in [17, 200, 2000] {
        assert_eq!(counts(&signer, &numbered(count), &[]), [1, 2, 1], "{count}");
    }
}

#[test]
fn a_header_with_everything_to_encode_still_allocates_once() {
    let secret = SecretString::from("ü");
    let consumer = Consumer::new("ü".repeat(300), "ü");
    let signer = Signer::new(SignatureMethod::HmacSha1, &consumer, Some(("\"\r\n", &secret)));
    let protocol = [("oauth_x", "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%")];
    let header = with(&[], &protocol, |request| {
        let request = ToSign {
            stamp: Some(Stamp { timestamp: u64::MAX, nonce: "ééééééééééééééééé" }),
            ..*request
        };
        signer.authorization(&request, None).unwrap();
        measure(|| {
            signer.authorization(&request, Some("\\\"\\\"\\\"\\\"")).unwrap();
        })
    });
    assert_eq!(header.count_total, 1);
}

/// A signer has the text of a place made ready when it first sends there: three pieces of it.
#[test]
fn the_first_signature_in_a_place_makes_its_text_ready() {
    let signer = signer(SignatureMethod::HmacSha1);
    let mut buffer = String::with_capacity(1 << 20);
    with(&numbered(3), &[], |request| {
        for expected in [3, 0] {
            let header = measure(|| {
                signer.authorization_into(request, None, &mut buffer).unwrap();
            });
            let query = measure(|| {
                signer.signed_query_into(request, &mut buffer).unwrap();
            });
            assert_eq!([header, query].map(|measured| measured.count_total), [expected; 2]);
        }
    });
}

#[test]
fn reading_a_url_allocates_nothing() {
    let url = "HTTPS://User@EXAMPLE.com:8443/a/b?c=d#e";
    assert_eq!(
        measure(|| {
            assert_eq!(BaseUri::parse(url).unwrap().query(), Some("c=d"));
        })
        .count_total,
        0
    );
}

#[test]
fn the_longer_hashes_add_their_result() {
    for method in [SignatureMethod::HmacSha256, SignatureMethod::HmacSha512] {
        assert_eq!(counts(&signer(method), &numbered(3), &[]), [1, 2, 1]);
    }
}
