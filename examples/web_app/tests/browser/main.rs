//! The web program in a real browser: Debian's chromium, driven through chromedriver.
//!
//! Screenshots go to `target/tmp/screenshots`, to be looked at. The trials run if `TRIPOD_TEST_BROWSER=1`
//! or `TRIPOD_TEST_ALL=1` asks for them, and fail then without chromium or chromedriver; otherwise they
//! are skipped by name, since the README's test command is for what needs only Rust. The trap: a browser does
//! things in its own time, so each step waits for the page that must come and never for the clock.

mod chrome;
#[path = "../site/site.rs"]
mod site;
mod trials;

use std::{process::ExitCode, sync::Arc};

use chrome::Driver;
use libtest_mimic::{Arguments, Failed, Trial};

type Test = fn(Arc<Driver>) -> Result<(), Failed>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A browser is many processes already.
    arguments.test_threads.get_or_insert(2);
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
    let asked = ["TRIPOD_TEST_BROWSER", "TRIPOD_TEST_ALL"]
        .iter()
        .any(|name| std::env::var(name).is_ok_and(|value| value == "1"));
    let driver = match (arguments.list, asked) {
        (true, _) => Err("only listed".to_owned()),
        (false, false) => Err("TRIPOD_TEST_BROWSER=1 is not set".to_owned()),
        (false, true) => Driver::start().map(Arc::new).map_err(|error| error.to_string()),
    };
    let trials = tests.map(|(name, test)| match &driver {
        Ok(driver) => {
            let driver = Arc::clone(driver);
            Trial::test(name, move || test(driver))
        }
        Err(why) if asked && !arguments.list => {
            let why = format!("the browser was asked for, and {why}");
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
