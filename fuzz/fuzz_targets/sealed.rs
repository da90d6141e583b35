//! Sealed bytes, tickets and cookies: what was changed does not open, what is under a seal is read or
//! refused, and errors tell nothing of it.
//!
//! The first letter says what the rest is: `o` bytes that claim to be sealed, `m` changes to bytes that
//! are (three bytes each: where, where, what), `p` and `s` what is under the seal of a pending flow or
//! a session, `t` a `Cookie` header and a callback in two fields.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;
use tripod::{
    AccessToken, Client, Provider,
    vault::{CookieScope, CookieVault, KeyRing, Sealer, SealingKey, Ticket},
};
use tripod_fuzz::{
    CONSUMER_SECRET, FRESH, REQUEST_SECRET, REQUEST_TOKEN, check_error, client, expand, fields,
    pending,
};

const PLACE: &str = "row 7";
const KNOWN: [&str; 4] = [CONSUMER_SECRET, REQUEST_TOKEN, REQUEST_SECRET, FRESH];

fn keys() -> KeyRing {
    let key = |byte| SealingKey::from_bytes([byte; 32]);
    let ring = KeyRing::new("2026-02", key(2)).expect("a good id");
    ring.with_older("2026-01", key(1)).expect("a good id")
}

/// Opens as both, and gives whether one of them did.
fn opens(sealer: &Sealer, sealed: &[u8]) -> bool {
    let pending = sealer.open_pending(sealed, PLACE);
    let session = sealer.open_session(sealed, PLACE);
    for error in [pending.as_ref().err(), session.as_ref().err()].into_iter().flatten() {
        check_error(error, &KNOWN);
    }
    if let Err(error) = Sealer::key_id(sealed) {
        check_error(&error, &KNOWN);
    }
    assert!(pending.is_err() || session.is_err(), "it cannot be both");
    pending.is_ok() || session.is_ok()
}

fn changed(client: &Client, sealer: &Sealer, changes: &[u8]) {
    let session =
        client.session(AccessToken::new(REQUEST_TOKEN, REQUEST_SECRET).expect("it is not empty"));
    let originals = [
        sealer.seal_pending(&pending(client), PLACE).expect("it fits"),
        sealer.seal_session(&session, PLACE).expect("it fits"),
    ];
    for original in originals {
        assert!(!String::from_utf8_lossy(&original).contains("canary"));
        let mut sealed = original.clone();
        let mut end = sealed.len();
        for change in changes.chunks_exact(3) {
            let at = usize::from(u16::from_be_bytes([change[0], change[1]]));
            match sealed.get_mut(at) {
                Some(byte) => *byte ^= change[2],
                // Beyond the end: cut there, or make it longer.
                None if at % 2 == 0 => end = end.min(usize::from(change[2])),
                None => sealed.push(change[2]),
            }
        }
        if end < sealed.len() {
            sealed.truncate(end);
        }
        assert_eq!(opens(sealer, &sealed), sealed == original, "{changes:?}");
    }
}

fn cookies(client: &Client, header: &str, callback: &str) {
    let vault = CookieVault::new(client, keys());
    let parked = vault.park(pending(client)).expect("it fits");
    let value = parked.value().expose_secret();
    // What a browser with this one, and with what the input adds, would send.
    let cookie = parked.set_cookie(CookieScope::Https);
    let cookie = cookie.split(';').next().unwrap_or_default();
    for header in [header.to_owned(), format!("{header}; {cookie}"), format!("{cookie};{header}")] {
        for scope in [CookieScope::Https, CookieScope::Loopback] {
            match Ticket::from_cookies(&header, callback, scope) {
                Ok(ticket) => {
                    assert!(!format!("{ticket:?}").contains(ticket.value().expose_secret()));
                    let line = ticket.set_cookie(scope) + &ticket.clear_cookie(scope);
                    assert!(http::HeaderValue::from_str(&line).is_ok(), "{line:?}");
                    match vault.resume(&ticket, callback) {
                        Ok(flow) => {
                            assert_eq!(ticket.value().expose_secret(), value);
                            assert!(flow.build().is_ok());
                        }
                        Err(error) => check_error(&error, &[&KNOWN[..], &[value]].concat()),
                    }
                }
                Err(error) => check_error(&error, &[&KNOWN[..], &[value]].concat()),
            }
        }
    }
    if let Ok(ticket) = Ticket::from_value(header) {
        assert!(ticket.value().expose_secret().len() <= 4096);
        if let Err(error) = vault.resume(&ticket, callback) {
            check_error(&error, &KNOWN);
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((letter, rest)) = input.split_first() else { return };
    let client = client(Provider::fatsecret(), http::Response::default());
    let sealer = Sealer::new(&client, keys());
    match letter {
        b'm' => changed(&client, &sealer, rest),
        b'p' | b's' => {
            let plain = expand(rest);
            match sealer.seal_any(*letter == b's', PLACE, &plain) {
                Ok(sealed) => {
                    opens(&sealer, &sealed);
                    assert!(sealer.open_session(&sealed, "another row").is_err());
                }
                Err(error) => check_error(&error, &KNOWN),
            }
        }
        b't' => {
            let text = String::from_utf8_lossy;
            let mut texts = fields(rest).map(|field| text(&expand(field)).into_owned());
            let header = texts.next().unwrap_or_default();
            cookies(&client, &header, &texts.next().unwrap_or_default());
        }
        _ => assert!(!opens(&sealer, rest), "nobody can seal without the key"),
    }
    if let Ok(text) = std::str::from_utf8(rest) {
        if let Ok(key) = SealingKey::from_base64(text) {
            let written = key.to_base64();
            let again = SealingKey::from_base64(written.expose_secret()).expect("it was written");
            assert_eq!(again.to_base64().expose_secret(), written.expose_secret());
        }
    }
});
