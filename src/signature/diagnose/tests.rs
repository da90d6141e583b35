//! Every one and every two mistakes, against a signer that makes them on purpose and shares no code with this.

use super::{
    hypothesis::Subject,
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

use mistaken::requests::{Request, bare, full};

fn secrets(request: &Request) -> Secrets {
    let secrets = Secrets::new(request.consumer_secret)
        .with_oauth2(request.oauth2_secret)
        .with_request_token(request.request_token_secret);
    if request.token_secret.is_empty() { secrets } else { secrets.with_token(request.token_secret) }
}

#[test]
fn one_and_two_mistakes_give_what_a_signer_that_makes_them_gives() {
    for (request, possible) in [(full(), 55), (bare(), 40)] {
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
