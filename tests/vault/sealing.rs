//! What a seal holds to: key, provider, consumer, purpose, place and time.

use std::time::Duration;

use secrecy::ExposeSecret;
use tripod::{
    AccessToken, Client, Consumer, ErrorKind, PendingFlow, SealError, SigningError,
    vault::{KeyRing, Sealer, SealingKey},
};

use crate::support::Kind;
use crate::{
    key, keys, refused,
    support::{KEY, NOW, REQUEST_TOKEN, SECRET, Scenario, VERIFIER, photos, silent},
};

const MINUTE: Duration = Duration::from_secs(60);

fn sealer(scenario: &Scenario) -> Sealer {
    Sealer::new(&scenario.client, keys())
}

fn consumer(key: &str, secret: &str) -> Client {
    Client::from_transport(photos(), Consumer::new(key, secret), Scenario::photos().script)
        .with_clock(crate::support::Hands::at(NOW))
}

fn foreign<T>(result: Result<T, tripod::Error>) {
    refused(result, &Kind::from(ErrorKind::Seal(SealError::Foreign)));
}

fn broken<T>(result: Result<T, tripod::Error>) {
    refused(result, &Kind::from(ErrorKind::Seal(SealError::Broken)));
}

#[test]
fn a_flow_goes_on_in_another_process_with_its_age() {
    let here = Scenario::fatsecret();
    here.hands.pass(1000 * MINUTE);
    let flow = here.to_issued();
    here.hands.pass(2 * MINUTE);
    let bytes = sealer(&here).seal_pending(&flow, "a").unwrap();

    // Its monotonic clock has just begun, so it is younger than the flow.
    let there = Scenario::fatsecret();
    there.hands.set(NOW + 1005 * 60);
    let again = sealer(&there).open_pending(&bytes, "a").unwrap();
    assert_eq!(again.oauth_token(), flow.oauth_token());
    assert_eq!(again.authorization_url(), flow.authorization_url());
    assert_eq!(again.age(), 5 * MINUTE);
    assert!(!again.is_expired());
    there.hands.pass(10 * MINUTE);
    assert!(again.is_expired());
    let failed = again.authorize(VERIFIER).unwrap_err();
    assert_eq!(*failed.error().kind(), ErrorKind::RequestTokenExpired);
}

#[test]
fn the_age_survives_being_put_away_again_and_again() {
    let scenario = Scenario::fatsecret();
    let sealer = sealer(&scenario);
    let mut flow = scenario.to_issued();
    for minute in 0..14 {
        assert_eq!(flow.age(), minute * MINUTE);
        flow = sealer.open_pending(&sealer.seal_pending(&flow, "").unwrap(), "").unwrap();
        scenario.hands.pass(MINUTE);
    }
    assert_eq!(flow.age(), 14 * MINUTE);
}

#[test]
fn a_machine_whose_clock_is_behind_takes_the_flow_for_new() {
    let (here, there) = (Scenario::fatsecret(), Scenario::fatsecret());
    let bytes = sealer(&here).seal_pending(&here.to_issued(), "a").unwrap();
    there.hands.set(NOW - 300);
    assert_eq!(sealer(&there).open_pending(&bytes, "a").unwrap().age(), Duration::ZERO);
}

#[test]
fn a_session_comes_back_with_all_its_fields() {
    let scenario = Scenario::photos();
    let token = AccessToken::new("t", "").unwrap().with_extra("a", "").with_extra("", "ü\0");
    let session = scenario.client.session(token);
    let bytes = sealer(&scenario).seal_session(&session, "ada").unwrap();
    let again = sealer(&Scenario::photos()).open_session(&bytes, "ada").unwrap();
    let token = again.access_token();
    assert_eq!((token.token(), token.secret().expose_secret()), ("t", ""));
    assert_eq!((token.extra("a"), token.extra("")), (Some(""), Some("ü\0")));

    let granted = scenario.to_granted();
    let bytes = sealer(&scenario).seal_session(&granted, "ada").unwrap();
    let again = sealer(&scenario).open_session(&bytes, "ada").unwrap();
    assert_eq!(again.access_token().extra("user_id"), Some("7"));
    let signed = |session: &tripod::Session| {
        // Each on a client of its own, so that both have the first nonce.
        let session = Scenario::photos().client.session(session.access_token().clone());
        let mut request = http::Request::get("https://photos.example.net/p").body("").unwrap();
        session.sign(&mut request).unwrap();
        request.headers()["authorization"].clone()
    };
    assert_eq!(signed(&again), signed(&granted));
}

#[test]
fn another_key_opens_nothing() {
    let scenario = Scenario::photos();
    let pending = sealer(&scenario).seal_pending(&scenario.to_issued(), "a").unwrap();
    let session = sealer(&scenario).seal_session(&scenario.to_granted(), "a").unwrap();

    let same_id = Sealer::new(&scenario.client, KeyRing::new("2026-01", key(1)).unwrap());
    broken(same_id.open_pending(&pending, "a"));
    broken(same_id.open_session(&session, "a"));

    let other_id = Sealer::new(&scenario.client, KeyRing::new("2026-02", key(0)).unwrap());
    let unknown = Kind::key_unknown("2026-01");
    refused(other_id.open_pending(&pending, "a"), &unknown);
    refused(other_id.open_session(&session, "a"), &unknown);
}

#[test]
fn another_provider_or_consumer_opens_nothing() {
    let scenario = Scenario::photos();
    let pending = sealer(&scenario).seal_pending(&scenario.to_issued(), "a").unwrap();
    let session = sealer(&scenario).seal_session(&scenario.to_granted(), "a").unwrap();
    for client in [Scenario::fatsecret().client, consumer("key 2", SECRET), consumer("key", SECRET)]
    {
        let other = Sealer::new(&client, keys());
        foreign(other.open_pending(&pending, "a"));
        foreign(other.open_session(&session, "a"));
        // Nor does it seal what is not its own.
        foreign(other.seal_pending(&scenario.to_issued(), "a"));
        foreign(other.seal_session(&scenario.to_granted(), "a"));
    }
    // A consumer's secret may change, and so may habits of the provider.
    let renewed = Sealer::new(&consumer(KEY, "another secret"), keys());
    assert!(renewed.open_pending(&pending, "a").is_ok());
    assert!(renewed.open_session(&session, "a").is_ok());
}

#[test]
fn another_purpose_opens_nothing() {
    let scenario = Scenario::photos();
    let sealer = sealer(&scenario);
    let pending = sealer.seal_pending(&scenario.to_issued(), "a").unwrap();
    foreign(sealer.open_session(&pending, "a"));
    let session = sealer.seal_session(&scenario.to_granted(), "a").unwrap();
    foreign(sealer.open_pending(&session, "a"));
}

#[test]
fn bytes_moved_from_one_user_to_another_do_not_open() {
    let scenario = Scenario::photos();
    let sealer = sealer(&scenario);
    let bytes = sealer.seal_session(&scenario.to_granted(), "ada").unwrap();
    for other in ["", "ad", "adam", "Ada", "ada ", "bob"] {
        broken(sealer.open_session(&bytes, other));
    }
    let bytes = sealer.seal_pending(&scenario.to_issued(), "tab 1").unwrap();
    broken(sealer.open_pending(&bytes, "tab 2"));
}

#[test]
fn a_flow_opens_until_its_time_is_over() {
    let scenario = Scenario::fatsecret();
    let sealer = sealer(&scenario);
    let flow = scenario.to_issued();
    scenario.hands.pass(5 * MINUTE);
    let bytes = sealer.seal_pending(&flow, "a").unwrap();
    let opens_at = |seconds| {
        scenario.hands.set(NOW + seconds);
        sealer.open_pending(&bytes, "a")
    };
    assert!(opens_at(15 * 60 - 1).is_ok());
    refused(opens_at(15 * 60), &Kind::from(ErrorKind::Seal(SealError::Expired)));
    refused(opens_at(1_000_000_000), &Kind::from(ErrorKind::Seal(SealError::Expired)));
    // Nothing that is over is sealed.
    scenario.hands.set(NOW);
    scenario.hands.pass(10 * MINUTE);
    refused(sealer.seal_pending(&flow, "a"), &Kind::from(ErrorKind::Seal(SealError::Expired)));
}

/// When the sealed flow expires, by its head.
#[track_caller]
fn expires_after(sealer: &Sealer, flow: &PendingFlow, expected: Duration) {
    let bytes = sealer.seal_pending(flow, "a").unwrap();
    let expiry = u64::from_be_bytes(bytes[6..14].try_into().unwrap());
    assert_eq!(expiry, u64::try_from(NOW).unwrap() + expected.as_secs());
}

#[test]
fn the_time_is_the_providers_or_an_hour_and_never_longer() {
    let stated = Scenario::fatsecret();
    let flow = stated.to_issued();
    expires_after(&sealer(&stated), &flow, 15 * MINUTE);
    let set = |lifetime| sealer(&stated).with_pending_lifetime(lifetime);
    expires_after(&set(5 * MINUTE), &flow, 5 * MINUTE);
    expires_after(&set(60 * MINUTE), &flow, 15 * MINUTE);
    expires_after(&set(Duration::MAX), &flow, 15 * MINUTE);
    refused(
        set(Duration::ZERO).seal_pending(&flow, "a"),
        &Kind::from(ErrorKind::Seal(SealError::Expired)),
    );

    let open = Scenario::photos();
    let flow = open.to_issued();
    expires_after(&sealer(&open), &flow, 60 * MINUTE);
    expires_after(&sealer(&open).with_pending_lifetime(600 * MINUTE), &flow, 600 * MINUTE);
    let forever = sealer(&open).with_pending_lifetime(Duration::MAX);
    let bytes = forever.seal_pending(&flow, "a").unwrap();
    assert!(forever.open_pending(&bytes, "a").is_ok());
}

#[test]
fn a_clock_before_1970_is_an_error() {
    let scenario = Scenario::photos();
    let sealer = sealer(&scenario);
    let flow = scenario.to_issued();
    let bytes = sealer.seal_pending(&flow, "a").unwrap();
    scenario.hands.set(-5);
    refused(
        sealer.seal_pending(&flow, "a"),
        &Kind::from(ErrorKind::Signing(SigningError::ClockBeforeEpoch)),
    );
    refused(
        sealer.open_pending(&bytes, "a"),
        &Kind::from(ErrorKind::Signing(SigningError::ClockBeforeEpoch)),
    );
}

#[test]
fn keys_rotate() {
    let scenario = Scenario::photos();
    let old = Sealer::new(&scenario.client, KeyRing::new("old", key(0)).unwrap());
    let bytes = old.seal_session(&scenario.to_granted(), "ada").unwrap();
    assert_eq!(Sealer::key_id(&bytes).unwrap(), "old");

    let ring = KeyRing::new("new", key(1)).unwrap().with_older("old", key(0)).unwrap();
    let both = Sealer::new(&scenario.client, ring);
    let session = both.open_session(&bytes, "ada").unwrap();
    let bytes = both.seal_session(&session, "ada").unwrap();
    assert_eq!(Sealer::key_id(&bytes).unwrap(), "new");

    let new = Sealer::new(&scenario.client, KeyRing::new("new", key(1)).unwrap());
    assert!(new.open_session(&bytes, "ada").is_ok());
    refused(old.open_session(&bytes, "ada"), &Kind::key_unknown("new"));
    refused(
        Sealer::key_id(&bytes.repeat(2)).map(drop),
        &Kind::from(ErrorKind::Seal(SealError::Broken)),
    );
}

#[test]
fn ids_of_keys_are_plain_and_differ() {
    let invalid = |ring: Result<KeyRing, tripod::Error>| {
        assert!(matches!(ring.unwrap_err().kind(), ErrorKind::InvalidSetting { .. }));
    };
    for id in ["", "a b", "a\n", "é", "a/b", &"a".repeat(33)] {
        invalid(KeyRing::new(id, key(0)));
        invalid(KeyRing::new("a", key(0)).unwrap().with_older(id, key(1)));
    }
    invalid(KeyRing::new("a", key(0)).unwrap().with_older("a", key(1)));
    let ring = KeyRing::new("a", key(0)).unwrap().with_older("b", key(1)).unwrap();
    invalid(ring.clone().with_older("b", key(2)));
    assert_eq!(format!("{ring:?}"), r#"["a", "b"]"#);
    assert!(KeyRing::new(&"aZ9-_.".repeat(6)[..32], key(0)).is_ok());
}

#[test]
fn keys_are_written_in_base64() {
    let text = "+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=";
    for spelling in [
        text.to_owned(),
        text.trim_end_matches('=').to_owned(),
        text.replace('+', "-").replace('/', "_"),
        format!(" {text}\r\n"),
    ] {
        let key = SealingKey::from_base64(&spelling).unwrap();
        assert_eq!(key.to_base64().expose_secret(), text);
    }
    for wrong in
        ["", "AAAA", &text[4..], &format!("AAAA{text}"), &"!".repeat(44), &"A".repeat(9999)]
    {
        let error = SealingKey::from_base64(wrong).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }), "{wrong}");
    }
    let key = SealingKey::generate();
    assert_ne!(key.to_base64().expose_secret(), SealingKey::generate().to_base64().expose_secret());
    assert_eq!(format!("{key:?}"), "SealingKey(..)");
}

#[test]
fn what_no_store_could_hold_is_not_sealed() {
    let scenario = Scenario::photos();
    let sealer = sealer(&scenario);
    let size = |letters: usize| {
        let session = scenario.client.session(AccessToken::new("t".repeat(letters), "s").unwrap());
        sealer.seal_session(&session, "a").map(|bytes| bytes.len())
    };
    // Head and id, two lengths and a count, the secret's letter, the tag.
    let most = 65_536 - 82 - 12 - 1 - 16;
    assert_eq!(size(most).unwrap(), 65_536);
    refused(size(most + 1), &Kind::seal_too_large(65_536));
}

#[test]
fn nothing_readable_is_in_sealed_bytes() {
    // Too long to be in random bytes by chance.
    const USER: &str = "ada lovelace";
    let scenario = Scenario::photos();
    let sealer = sealer(&scenario);
    let flow = scenario.to_issued();
    let (one, two) =
        (sealer.seal_pending(&flow, USER).unwrap(), sealer.seal_pending(&flow, USER).unwrap());
    assert_ne!(one[50..], two[50..], "the nonce is drawn each time");
    let text = String::from_utf8_lossy(&one);
    silent(&text);
    assert!(!text.contains(USER) && !text.contains(REQUEST_TOKEN) && !text.contains(KEY));
    assert!(!text.contains("photos"));
}
