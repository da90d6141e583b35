//! What a person types: with an echo, or without one for secrets.
//!
//! Prompts go to standard error, so that standard output has only what was asked for.

use std::io::{self, Write as _};

use tripod::secrecy::SecretString;

use crate::fail::{Exit, Failure};

/// Longest line that is read, in bytes.
const MOST: u64 = 64 << 10;

/// Asks for a line, which is echoed.
///
/// # Errors
///
/// [`Exit::User`] if the input ended.
pub(crate) fn line(question: &str) -> Result<String, Failure> {
    ask(question);
    let mut line = String::new();
    let mut input = io::Read::take(io::stdin().lock(), MOST);
    let read = io::BufRead::read_line(&mut input, &mut line);
    match read {
        Ok(1..) => Ok(line.trim().to_owned()),
        Ok(0) => Err(nothing()),
        Err(error) => Err(Failure::new(Exit::User, "the answer cannot be read").with_cause(&error)),
    }
}

/// Asks for a secret on the terminal, without an echo.
///
/// # Errors
///
/// [`Exit::User`] if there is no terminal to ask on, or nothing was typed.
pub(crate) fn secret(question: &str) -> Result<SecretString, Failure> {
    match rpassword::prompt_password(format!("{question}: ")) {
        Ok(text) if text.trim().is_empty() => Err(nothing()),
        Ok(text) => Ok(SecretString::from(text)),
        Err(error) => Err(Failure::new(Exit::User, "there is no terminal to ask for a secret on")
            .with_cause(&error)),
    }
}

fn ask(question: &str) {
    let mut out = io::stderr();
    // If the question cannot be shown, the answer will tell.
    let _ = write!(out, "{question}: ");
    let _ = out.flush();
}

fn nothing() -> Failure {
    Failure::new(Exit::User, "nothing was typed")
}
