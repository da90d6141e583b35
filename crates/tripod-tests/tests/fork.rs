//! Two processes after a `fork` draw different keys, claims, tickets and seal nonces.
//!
//! The harness is its own: a fork takes the calling thread along and no other.

#![allow(clippy::print_stdout, reason = "says what it did")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

#[cfg(not(unix))]
fn main() {
    println!("skipped: this system has no fork");
}

#[cfg(unix)]
fn main() {
    unix::what_two_processes_draw_differs();
    println!("what_two_processes_draw_differs ... ok");
}

#[cfg(unix)]
mod unix {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use fork::Fork;
    use rand::Rng as _;
    use secrecy::ExposeSecret as _;
    use tripod::{
        AccessToken, Callback, Client, PendingFlow,
        vault::{
            KeyRing, Sealer, SealingKey, Vault,
            store::{Claim, MemoryStore},
        },
    };
    use tripod_sandbox::Sandbox;

    const NAMES: [&str; 4] = ["key", "claim", "seal nonce", "ticket"];

    pub(crate) fn what_two_processes_draw_differs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("child");
        let flow = pending();
        let keys = KeyRing::new("1", SealingKey::from_bytes([7; 32])).unwrap();
        // Seeds this thread's own generator, which the child then has as well.
        rand::rng().next_u64();
        match fork::fork().unwrap() {
            Fork::Child => {
                std::fs::write(file, draw(flow, keys)).unwrap();
                // Without destructors: the folder is the parent's.
                std::process::exit(0);
            }
            Fork::Parent(child) => {
                let here = draw(flow, keys);
                assert_eq!(fork::waitpid(child).unwrap(), 0);
                let there = std::fs::read_to_string(file).unwrap();
                let lines: Vec<_> = here.lines().zip(there.lines()).collect();
                assert_eq!(lines.len(), NAMES.len() + 1);
                assert_eq!(lines[0].0, lines[0].1, "a generator that is seeded once repeats");
                for ((here, there), name) in lines[1..].iter().zip(NAMES) {
                    assert!(!here.is_empty());
                    assert_ne!(here, there, "{name}");
                }
            }
        }
    }

    fn pending() -> PendingFlow {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::start().await.unwrap();
            let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
            client.begin(Callback::out_of_band()).request_token().await.unwrap()
        })
    }

    /// A line for each of them, after one of the thread's own generator.
    fn draw(flow: PendingFlow, keys: KeyRing) -> String {
        let client = flow.client().clone();
        let session = client.session(AccessToken::new("token", "secret").unwrap());
        let sealed = Sealer::new(&client, keys.clone()).seal_session(&session, "place").unwrap();
        let vault = Vault::new(&client, keys, MemoryStore::new());
        let parked = pin!(vault.park(flow)).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(ticket)) = parked else { panic!("parking in memory takes no time") };
        [
            format!("{:x}", rand::rng().next_u64()),
            SealingKey::generate().to_base64().expose_secret().to_owned(),
            format!("{:x?}", Claim::new().as_bytes()),
            format!("{:x?}", &sealed[50..74]),
            // The tag before it is the flow's.
            ticket.value().expose_secret().split_once('.').unwrap().1.to_owned(),
        ]
        .join("\n")
    }
}
