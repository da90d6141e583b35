//! Bytes that were sealed by libsodium from the description of version 1 open, now and for good.

use std::time::Duration;

use tripod::{
    AccessToken, ErrorKind, SealError, TicketError,
    vault::{
        KeyRing, Sealer, SealingKey, Ticket, Vault,
        store::{Key, MemoryStore, Store as _, Value},
    },
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
    /// Under which it stands in a store.
    key: Option<String>,
}

impl Golden {
    pub(crate) fn pending() -> Self {
        Self::read(include_str!("../vectors/sealed/pending_v1.json"))
    }

    pub(crate) fn bound() -> Self {
        Self::read(include_str!("../vectors/sealed/bound_v1.json"))
    }

    pub(crate) fn session() -> Self {
        Self::read(include_str!("../vectors/sealed/session_v1.json"))
    }

    fn read(text: &str) -> Self {
        let golden: serde_json::Value = serde_json::from_str(text).unwrap();
        let field = |name: &str| golden[name].as_str().unwrap().to_owned();
        let key = SealingKey::from_base64(&field("key")).unwrap();
        let sealed = hex::decode(field("sealed")).unwrap();
        let keys = KeyRing::new(&field("key_id"), key).unwrap();
        let key = golden["store_key"].as_str().map(str::to_owned);
        Self { keys, place: field("place"), sealed, key }
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
        flow.authorize(VERIFIER).unwrap().build().unwrap().0.headers(),
        other.to_authorized().build().unwrap().0.headers(),
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

/// Its place is the ticket, under whose hash it stands in the store.
#[tokio::test]
async fn a_pending_flow_of_version_1_is_bound_to_its_user() {
    const CALLED_BACK: &str = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=v";
    let (golden, scenario, store) = (Golden::bound(), Scenario::photos(), MemoryStore::new());
    let ticket = Ticket::from_value(&golden.place).unwrap();
    let key = Key::new(golden.key.unwrap()).unwrap();
    store.put(&key, Value::new(&golden.sealed).unwrap(), None).await.unwrap();
    let vault = Vault::new(&scenario.client, golden.keys, store);
    for user in ["user 1", "user 1 - é", ""] {
        assert!(vault.resume_for(user, &ticket, CALLED_BACK).await.is_err());
    }
    let error = vault.resume(&ticket, CALLED_BACK).await.unwrap_err().into_error();
    refused::<()>(Err(error), &Kind::from(ErrorKind::Ticket(TicketError::OtherUser)));
    assert!(vault.resume_for("user 1 – é", &ticket, CALLED_BACK).await.is_ok());
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
