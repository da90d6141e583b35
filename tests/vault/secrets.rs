//! Nothing that is printed, stored in the open, or told to `tracing` holds a secret.

use std::fmt::Write as _;

use secrecy::ExposeSecret;
use tracing_subscriber::filter::LevelFilter;
use tripod::vault::{CookieVault, Sealer, Vault};

use crate::{
    key, keys,
    store::{Fault, Shelf},
    support::{Heard, Scenario, silent},
};

const CALLED_BACK: &str = "/back?oauth_token=request%2Ftoken%2B1&oauth_verifier=verifier%2F77";

#[tokio::test]
async fn no_secret_is_shown_or_told() {
    let (scenario, shelf) = (Scenario::fatsecret(), Shelf::default());
    let vault = Vault::new(&scenario.client, keys(), shelf.clone());
    // Once before somebody listens, as `listen` needs it.
    let ticket = vault.park(scenario.to_issued()).await.unwrap();
    let _flow = vault.resume(&ticket, CALLED_BACK).await.unwrap();

    let (heard, guard) = Heard::listen(LevelFilter::TRACE);
    let park = vault.park(scenario.to_issued());
    let mut shown = format!("{vault:?} {vault:#?} {park:?} {:?}", key(0));
    let ticket = park.await.unwrap();
    vault.save("ada@app.example", &scenario.to_granted()).await.unwrap();
    shelf.fail([Fault::None, Fault::After]);
    let failed = vault.resume(&ticket, CALLED_BACK).await.unwrap_err();
    write!(shown, "{failed} {failed:?} {failed:#?}").unwrap();
    let resume = failed.retry();
    write!(shown, "{resume:?} {resume:#?}").unwrap();
    let flow = resume.await.unwrap();
    write!(shown, "{flow:?}").unwrap();
    let failed = vault.resume(&ticket, CALLED_BACK).await.unwrap_err();
    write!(shown, "{failed} {failed:?}").unwrap();
    write!(shown, "{:?}", vault.load("ada@app.example").await.unwrap()).unwrap();
    let sealer = Sealer::new(&scenario.client, keys());
    let cookies = CookieVault::new(&scenario.client, keys());
    write!(shown, "{sealer:?} {cookies:?} {ticket:?}").unwrap();
    drop(guard);

    let told = heard.text();
    assert!(told.contains("a flow was parked") && told.contains("a parked flow was resumed"));
    let (tag, body) = ticket.value().expose_secret().split_once('.').unwrap();
    let key = key(0).to_base64();
    for text in [&shown, &told] {
        silent(text);
        for secret in [tag, body, key.expose_secret(), "ada@app.example"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[tokio::test]
async fn whoever_reads_the_store_learns_no_ticket_and_no_user() {
    let (scenario, shelf) = (Scenario::fatsecret(), Shelf::default());
    let vault = Vault::new(&scenario.client, keys(), shelf.clone());
    let ticket = vault.park(scenario.to_issued()).await.unwrap();
    vault.save("ada@app.example", &scenario.to_granted()).await.unwrap();
    let entries = shelf.entries();
    assert_eq!(entries.len(), 2);
    let (tag, body) = ticket.value().expose_secret().split_once('.').unwrap();
    for (key, entry) in entries {
        let (kind, hash) = key.split_once(':').unwrap();
        assert!(["flow", "session"].contains(&kind));
        assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
        let kept = format!("{key} {}", String::from_utf8_lossy(&entry.value));
        silent(&kept);
        // With the sign, which no hash in hexadecimal has: "ada" alone is one now and then.
        for secret in [tag, body, "ada@"] {
            assert!(!kept.contains(secret), "{secret} is in {kept}");
        }
    }
}
