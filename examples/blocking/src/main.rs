//! Logs in at FatSecret and prints what you have eaten today, without an async runtime.
//!
//! ```sh
//! FATSECRET_CONSUMER_KEY=… FATSECRET_CONSUMER_SECRET=… cargo run -p example-blocking
//! ```
//!
//! FatSecret shows a code on its page, which you type here.

use std::{error::Error, io::stdin, process::ExitCode};

use jiff::ZonedDateTime;
use tripod::{Consumer, Provider};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

/// Prints an error and what caused it.
fn complain(error: &dyn Error) {
    eprintln!("{error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  caused by: {cause}");
        source = cause.source();
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let consumer = Consumer::from_env("FATSECRET")?;
    let client = example_blocking::client(Provider::fatsecret(), consumer);
    let session = example_blocking::log_in(&client, |page| {
        println!("Open this page, log in and approve:\n\n   {page}\n\nType the code, then Enter:");
        let mut code = String::new();
        if stdin().read_line(&mut code)? == 0 {
            return Err("no code was typed".into());
        }
        Ok(code)
    })?;
    let today = ZonedDateTime::now().date();
    print!("{}", example_blocking::day(session, today)?);
    Ok(())
}
