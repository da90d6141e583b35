//! Every one and every two mistakes, against a signer that makes them on purpose and shares no code with this.

use super::{
    hypothesis::Subject,
    key::Hash,
    mistake::Mistake,
    sent::{Reading, Sent},
    *,
};

#[path = "../../../tests/signature/mistaken.rs"]
#[allow(dead_code, reason = "shared with the tests of the public interface")]
mod mistaken;
#[path = "../../../tests/signature/naive.rs"]
#[allow(dead_code, reason = "shared with the tests of the public interface")]
mod naive;

use mistaken::requests::{Request, bare, full, json};

fn secrets(request: &Request) -> Secrets {
    let secrets = Secrets::new(request.consumer_secret)
        .with_oauth2(request.oauth2_secret)
        .with_request_token(request.request_token_secret);
    if request.token_secret.is_empty() { secrets } else { secrets.with_token(request.token_secret) }
}

#[test]
fn one_and_two_mistakes_give_what_a_signer_that_makes_them_gives() {
    for (request, possible) in [(full(), 58), (bare(), 43), (json(), 35)] {
        let (url, headers, body) = mistaken::sent(&request, "%3D");
        let sent =
            Sent { method: request.method, url: &url, headers: &headers, body: body.as_bytes() };
        let subject = Subject::new(Reading::of(&sent).unwrap(), None).unwrap();
        let secrets = secrets(&request);
        let all: Vec<Mistake> = Mistake::ALL
            .iter()
            .copied()
            .filter(|one| subject.allows(*one) && secrets.allows(*one))
            .collect();
        assert!(all.len() >= possible, "{}", all.len());
        let check = |set: &[Mistake]| {
            assert_eq!(*subject.base_string(set), mistaken::base_string(&request, set), "{set:?}");
            assert_eq!(
                *secrets.key(&subject.reading, set),
                mistaken::key(&request, set),
                "{set:?}"
            );
        };
        check(&[]);
        for (index, one) in all.iter().enumerate() {
            check(&[*one]);
            for other in all.iter().skip(index + 1) {
                if one.dimension() != other.dimension() {
                    check(&[*one, *other]);
                }
            }
        }
    }
}

#[test]
fn each_mistake_says_what_it_is_and_what_to_do() {
    for mistake in Mistake::ALL {
        assert!(mistake.to_string().len() > 10 && mistake.cure().len() > 10, "{mistake:?}");
    }
    assert!(Mistake::ALL.len() >= 70);
}

#[test]
fn methods_are_recognized_by_their_letters() {
    let hmac = |hash| Method::Hmac(hash);
    for (name, expected) in [
        ("HMAC-SHA1", Named::Well(hmac(Hash::Sha1))),
        ("PLAINTEXT", Named::Well(Method::Plaintext)),
        ("RSA-SHA1", Named::Rsa),
        ("HMAC-SHA-1", Named::Misspelled(Some(hmac(Hash::Sha1)), "HMAC-SHA1")),
        ("hmac_sha256 ", Named::Misspelled(Some(hmac(Hash::Sha256)), "HMAC-SHA256")),
        ("rsa-sha1", Named::Misspelled(None, "RSA-SHA1")),
        ("HMAC-MD5", Named::Unknown),
        ("", Named::Missing),
    ] {
        assert_eq!(Named::read(name), expected, "{name}");
    }
    assert_eq!(Named::Missing.method(Some(32)), Some(hmac(Hash::Sha256)));
    assert_eq!(Named::Rsa.method(Some(20)), None);
}
