//! Two processes of the web program that share one store, as behind a load balancer.
//!
//! A file serves as the store, and PostgreSQL and Redis where `TRIPOD_TEST_POSTGRES` and
//! `TRIPOD_TEST_REDIS` name one; without them those trials are skipped by name, and with
//! `TRIPOD_TEST_ALL=1` they fail. The provider is a sandbox in this process. The trap: a pairing that
//! went wrong shows only if each visitor has something of their own, so each has eaten another
//! amount of bread.

mod steps;
mod stores;

use libtest_mimic::{Failed, Trial};
use stores::Kind;

use crate::beside_others;

const KINDS: [Kind; 3] = [Kind::Sqlite, Kind::Postgres, Kind::Redis];

pub(crate) fn trials() -> Vec<Trial> {
    let mut all = Vec::new();
    for kind in KINDS {
        let mut add = |name: &str, test: fn(Kind) -> Result<(), Failed>| {
            all.push(trial(name, kind, test));
        };
        add("the_store_goes_and_comes_back", |kind| beside_others(steps::store_away(kind)));
        add("killed_between_any_two_steps", |kind| beside_others(steps::killed_between(kind)));
        add("killed_in_the_middle_of_many", |kind| beside_others(steps::killed_within(kind)));
    }
    all
}

/// In one of them, a machine looks for eight seconds for what the other one does. The other ones start a thousand flows
/// each.
pub(crate) fn alone() -> Vec<Trial> {
    let mut all = Vec::new();
    for kind in KINDS {
        let mut add = |name: &str, test: fn(Kind) -> Result<(), Failed>| {
            all.push(trial(name, kind, test));
        };
        add("a_flow_begun_on_one_ends_on_the_other", |kind| crate::alone(steps::crosses(kind)));
        add("a_thousand_flows_and_no_wrong_pairing", |kind| crate::alone(steps::thousand(kind)));
    }
    all
}

fn trial(name: &str, kind: Kind, test: fn(Kind) -> Result<(), Failed>) -> Trial {
    let name = format!("many_machines::{kind}::{name}");
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
