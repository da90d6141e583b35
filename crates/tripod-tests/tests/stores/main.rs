//! The stores behind a vault: one suite for all of them, and what is particular to each.
//!
//! Those on servers need URLs in the environment, which `crates/tripod-tests/services` sets:
//!
//! ```sh
//! crates/tripod-tests/services cargo test -p tripod-tests --test stores
//! ```
//!
//! Without them their trials are skipped, by name; with `TRIPOD_TEST_ALL=1` a skip is a failure. The
//! harness is its own for that, and because some trials start this program again.

#![allow(clippy::print_stdout, reason = "says what was skipped")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by it")]

use std::{env, future::Future, process::ExitCode};

use libtest_mimic::{Arguments, Trial};

mod backend;
mod broken;
mod conformance;
mod crash;
mod full;
mod killed;
mod power;
mod proxy;
mod schema;
mod tls;

use backend::Backend;

fn main() -> ExitCode {
    // Started by a trial, in another environment or to be killed.
    if let Ok(job) = env::var("TRIPOD_STORES_JOB") {
        return match job.as_str() {
            "write" => killed::write(),
            "look" => killed::look(),
            "live" => power::live(),
            _ => tls::connect(),
        };
    }
    let backends = [
        Ok(Backend::Memory),
        Ok(Backend::Sqlite),
        Backend::of_url("postgres", "TRIPOD_TEST_POSTGRES", Backend::Postgres),
        Backend::of_url("redis", "TRIPOD_TEST_REDIS", Backend::Redis),
    ];
    let mut trials = vec![killed::trial(), killed::closed_by_another(), tls::trial()];
    trials.extend([power::trial(), crash::trial()]);
    trials.extend(broken::trials());
    for backend in backends {
        trials.extend(conformance::trials(&backend));
        match backend {
            Ok(Backend::Postgres(url)) => {
                trials.push(proxy::trial(&Backend::Postgres(url.clone())));
                trials.extend(schema::trials(&url));
            }
            Ok(Backend::Redis(url)) => {
                trials.push(proxy::trial(&Backend::Redis(url.clone())));
                trials.push(broken::wrong_password(&url));
                trials.push(full::trial());
            }
            Ok(_) => {}
            Err((name, reason)) => {
                println!("skipped: {name}: {reason}");
                trials.push(skipped(&format!("{name}::what_is_particular_to_it"), &reason));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A trial that is ignored, or fails with the reason if nothing may be skipped.
fn skipped(name: &str, reason: &str) -> Trial {
    if env::var("TRIPOD_TEST_ALL").is_ok_and(|all| all == "1") {
        let reason = format!("skipped: {reason}");
        return Trial::test(name, move || Err(reason.into()));
    }
    Trial::test(name, || Ok(())).with_ignored_flag(true)
}

/// A trial on two threads, as a program would have.
fn trial<F>(name: String, test: impl FnOnce() -> F + Send + 'static) -> Trial
where
    F: Future<Output = ()>,
{
    Trial::test(name, move || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(2).enable_all().build()?.block_on(test());
        Ok(())
    })
}
