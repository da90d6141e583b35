//! Prints the public API that a file of rustdoc's JSON describes, an item a line.

use std::{env, error::Error, io::Write as _};

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args_os().nth(1).ok_or("usage: tripod-public-api FILE.json")?;
    let api = public_api::Builder::from_rustdoc_json(file)
        // Implementations for all types and auto traits say little here; tests/it/types.rs has the latter.
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()?;
    let mut out = std::io::stdout().lock();
    for item in api.items() {
        writeln!(out, "{item}")?;
    }
    Ok(())
}
