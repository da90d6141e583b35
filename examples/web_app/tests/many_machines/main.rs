//! Two processes of the web program that share one store, as behind a load balancer.
//!
//! A file serves as the store, and PostgreSQL and Redis where `TRIPOD_TEST_POSTGRES` and
//! `TRIPOD_TEST_REDIS` name one; without them those trials are skipped by name, and with
//! `TRIPOD_TEST_ALL=1` they fail. The provider is a sandbox in this process. The trap: a pairing that
//! went wrong shows only if each visitor has something of their own, so each has eaten another
//! amount of bread.

#[path = "../web/site.rs"]
mod site;
mod stores;
mod trials;

use std::{
    process::ExitCode,
    sync::{PoisonError, RwLock},
};

use libtest_mimic::{Arguments, Failed, Trial};
use stores::Kind;

/// Most trials wait, and do so side by side. A thousand flows are enough at once: they have the machine alone.
static MACHINE: RwLock<()> = RwLock::new(());

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(5);
    let mut all = Vec::new();
    let kinds = [Kind::Sqlite, Kind::Postgres, Kind::Redis];
    for kind in kinds {
        let mut add = |name: &str, test: fn(Kind) -> Result<(), Failed>| {
            all.push(trial(format!("{kind}::{name}"), kind, test));
        };
        add("a_flow_begun_on_one_ends_on_the_other", |kind| beside(trials::crosses(kind)));
        add("killed_between_any_two_steps", |kind| beside(trials::killed_between(kind)));
        add("killed_in_the_middle_of_many", |kind| beside(trials::killed_within(kind)));
        add("the_store_goes_and_comes_back", |kind| beside(trials::store_away(kind)));
    }
    // Last, so that nothing waits for them.
    for kind in kinds {
        let name = format!("{kind}::a_thousand_flows_and_no_wrong_pairing");
        all.push(trial(name, kind, |kind| alone(trials::thousand(kind))));
    }
    libtest_mimic::run(&arguments, all).exit_code()
}

fn beside(trial: impl Future<Output = site::Outcome<()>>) -> Result<(), Failed> {
    let _turn = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    site::run(trial)
}

fn alone(trial: impl Future<Output = site::Outcome<()>>) -> Result<(), Failed> {
    let _turn = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    site::run(trial)
}

fn trial(name: String, kind: Kind, test: fn(Kind) -> Result<(), Failed>) -> Trial {
    let Some(variable) = kind.missing() else { return Trial::test(name, move || test(kind)) };
    if std::env::var("TRIPOD_TEST_ALL").is_ok_and(|all| all == "1") {
        let why = format!("TRIPOD_TEST_ALL is set and {variable} is not");
        return Trial::test(name, move || Err(why.into()));
    }
    eprintln!("SKIPPED {name}: {variable} is not set");
    Trial::test(name, || Ok(()))
        .with_kind(format!("SKIPPED: {variable} is not set"))
        .with_ignored_flag(true)
}
