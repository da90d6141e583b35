//! The web program as its users meet it: it runs as a process of its own, and a sandbox in this process is its provider.
//!
//! One binary for both folders, since most trials wait most of the time and can do so side by side:
//!
//! - `web`: the pages for everything that can go wrong, and what is refused;
//! - `many_machines`: two processes that share one store, as behind a load balancer.

mod many_machines;
mod site;
mod web;

use std::{
    process::ExitCode,
    sync::{PoisonError, RwLock},
};

use libtest_mimic::{Arguments, Failed};

/// Who has the machine: most trials share it, and a few that need all of it have it alone.
static MACHINE: RwLock<()> = RwLock::new(());

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(8);
    // Those that wait longest begin first; those that have the machine alone are last, so that nothing waits for them.
    let mut all = many_machines::trials();
    all.extend(web::trials());
    all.extend(web::hurried());
    all.extend(many_machines::alone());
    libtest_mimic::run(&arguments, all).exit_code()
}

fn beside_others(trial: impl Future<Output = site::Outcome<()>>) -> Result<(), Failed> {
    let _turn = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    site::run(trial)
}

fn alone(trial: impl Future<Output = site::Outcome<()>>) -> Result<(), Failed> {
    let _turn = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    site::run(trial)
}
