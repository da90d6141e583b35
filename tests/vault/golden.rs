//! Bytes that were sealed by libsodium from the description of version 1 open, now and for good.

use std::time::Duration;

use tripod::{
    AccessToken, ErrorKind, SealError,
    vault::{KeyRing, Sealer, SealingKey},
};

use crate::support::Kind;
use crate::{
    refused,
    support::{NOW, REQUEST_TOKEN, Scenario, VERIFIER},
};

pub(crate) struct Golden {
    pub(crate) keys: KeyRing,
    pub(crate) place: String,
    pub(crate) sealed: Vec<u8>,
}

impl Golden {
    pub(crate) fn pending() -> Self {
        Self::read(include_str!("../vectors/sealed/pending_v1.json"))
    }

    pub(crate) fn session() -> Self {
        Self::read(include_str!("../vectors/sealed/session_v1.json"))
    }

    fn read(text: &str) -> Self {
        let golden: serde_json::Value = serde_json::from_str(text).unwrap();
        let field = |name: &str| golden[name].as_str().unwrap().to_owned();
        let key = SealingKey::from_base64(&field("key")).unwrap();
        let sealed = hex::decode(field("sealed")).unwrap();
        Self { keys: KeyRing::new(&field("key_id"), key).unwrap(), place: field("place"), sealed }
    }
}

#[test]
fn a_pending_flow_of_version_1_opens() {
    let (golden, scenario) = (Golden::pending(), Scenario::photos());
    let flow = Sealer::new(&scenario.client, golden.keys)
        .open_pending(&golden.sealed, &golden.place)
        .unwrap();
    assert_eq!(flow.oauth_token(), REQUEST_TOKEN);
    assert_eq!(flow.age(), Duration::from_secs(60), "issued at {} of {NOW}", NOW - 60);
    // Its secret signs the same exchange as that of a flow that never was put away.
    let other = Scenario::photos();
    assert_eq!(
        flow.authorize(VERIFIER).unwrap().request().unwrap().headers(),
        other.to_authorized().request().unwrap().headers(),
    );
}

#[test]
fn a_pending_flow_of_version_1_expires() {
    let (golden, scenario) = (Golden::pending(), Scenario::photos());
    let sealer = Sealer::new(&scenario.client, golden.keys);
    scenario.hands.set(NOW - 60 + 3599);
    assert!(sealer.open_pending(&golden.sealed, &golden.place).is_ok());
    scenario.hands.set(NOW - 60 + 3600);
    refused(
        sealer.open_pending(&golden.sealed, &golden.place),
        &Kind::from(ErrorKind::Seal(SealError::Expired)),
    );
}

#[test]
fn a_session_of_version_1_opens() {
    let (golden, scenario) = (Golden::session(), Scenario::photos());
    let session = Sealer::new(&scenario.client, golden.keys)
        .open_session(&golden.sealed, &golden.place)
        .unwrap();
    let token: &AccessToken = session.access_token();
    assert_eq!(token.token(), "access/token+1");
    assert_eq!(secrecy::ExposeSecret::expose_secret(token.secret()), "access=secret/1");
    assert_eq!(token.extra_names().collect::<Vec<_>>(), ["screen_name", "user_id"]);
    assert_eq!(token.extra("screen_name"), Some("Jö"));
    assert_eq!(token.extra("user_id"), Some("7"));
}

/// What is sealed now differs from the golden file in the nonce, and so in what is under the seal,
/// and in nothing else.
#[test]
fn sealing_writes_version_1() {
    let golden = Golden::session();
    let scenario = Scenario::photos();
    let sealer = Sealer::new(&scenario.client, golden.keys.clone());
    let session = sealer.open_session(&golden.sealed, &golden.place).unwrap();
    let now = sealer.seal_session(&session, &golden.place).unwrap();
    let (nonce, head) = (50..74, 75 + "2026-01".len());
    assert_eq!(now.len(), golden.sealed.len());
    assert_eq!(now[..nonce.start], golden.sealed[..nonce.start]);
    assert_eq!(now[nonce.end..head], golden.sealed[nonce.end..head]);
    assert_ne!(now[nonce.clone()], golden.sealed[nonce]);
}
