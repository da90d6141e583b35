//! Logs in at FatSecret and prints what you have eaten today, without an async runtime.
//!
//! ```sh
//! FATSECRET_CONSUMER_KEY=… FATSECRET_CONSUMER_SECRET=… cargo run -p example-blocking
//! ```
//!
//! FatSecret shows a code on its page, which you type here.

use std::io::stdin;

use anyhow::{Result, bail};
use jiff::ZonedDateTime;
use tripod::{Consumer, Provider};

fn main() -> Result<()> {
    let consumer = Consumer::from_env("FATSECRET")?;
    let client = example_blocking::client(Provider::fatsecret(), consumer);
    let session = example_blocking::log_in(&client, |page| {
        println!("Open this page, log in and approve:\n\n   {page}\n\nType the code, then Enter:");
        let mut code = String::new();
        if stdin().read_line(&mut code)? == 0 {
            bail!("no code was typed");
        }
        Ok(code)
    })?;
    let today = ZonedDateTime::now().date();
    print!("{}", example_blocking::day(session, today)?);
    Ok(())
}
