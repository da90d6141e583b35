//! The web program in a real browser: Debian's chromium, driven through chromedriver.
//!
//! Screenshots go to `target/tmp/screenshots`, to be looked at. Without chromium or chromedriver the
//! trials are skipped by name, and with `TRIPOD_TEST_ALL=1` they fail. The trap: a browser does
//! things in its own time, so each step waits for the page that must come and never for the clock.

mod chrome;
#[path = "../web/site.rs"]
mod site;
mod trials;

use std::{process::ExitCode, sync::Arc};

use chrome::Driver;
use libtest_mimic::{Arguments, Failed, Trial};

type Test = fn(Arc<Driver>) -> Result<(), Failed>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A browser is many processes already.
    arguments.test_threads.get_or_insert(1);
    let tests: [(&str, Test); 11] = [
        ("log_in_and_approve", |driver| site::run(trials::log_in_and_approve(driver))),
        ("deny", |driver| site::run(trials::deny(driver))),
        ("back_button_then_approve", |driver| site::run(trials::back_then_approve(driver))),
        ("double_click_on_approve", |driver| site::run(trials::double_click(driver))),
        ("clicking_on_while_the_callback_waits", |driver| site::run(trials::clicking_on(driver))),
        ("two_tabs_in_either_order", |driver| site::run(trials::two_tabs(driver))),
        ("a_link_in_another_browser", |driver| site::run(trials::another_browser(driver))),
        ("an_expired_request_token", |driver| site::run(trials::expired(driver))),
        ("by_keyboard_alone", |driver| site::run(trials::keyboard(driver))),
        ("a_provider_that_is_away", |driver| site::run(trials::provider_away(driver))),
        ("screenshots_wide_and_narrow", |driver| site::run(trials::screenshots(driver))),
    ];
    let driver = match (arguments.list, Driver::start()) {
        (false, Ok(driver)) => Ok(Arc::new(driver)),
        (true, _) => Err("only listed".to_owned()),
        (false, Err(error)) => Err(error.to_string()),
    };
    let needed = std::env::var("TRIPOD_TEST_ALL").is_ok_and(|all| all == "1");
    let trials = tests.map(|(name, test)| match &driver {
        Ok(driver) => {
            let driver = Arc::clone(driver);
            Trial::test(name, move || test(driver))
        }
        Err(why) if needed && !arguments.list => {
            let why = format!("TRIPOD_TEST_ALL is set, and {why}");
            Trial::test(name, move || Err(why.into()))
        }
        Err(why) => {
            if !arguments.list {
                eprintln!("SKIPPED {name}: {why}");
            }
            Trial::test(name, || Ok(()))
                .with_kind(format!("SKIPPED: {why}"))
                .with_ignored_flag(true)
        }
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}
