//! The program `tripod`: log in to a provider that speaks OAuth 1.0a, call its API by hand or from a script, and
//! find out why a signature is refused.

mod account;
mod call;
mod cli;
mod doctor;
mod fail;
mod login;
mod output;
mod prompt;
mod provider;
mod sandbox;
mod show;
mod sign;
mod store;
mod text;

use std::process::ExitCode;

use tokio::runtime;
use tripod::http::Method;

use crate::{
    cli::{Cli, Command},
    fail::{Exit, Failure},
};

fn main() -> ExitCode {
    let cli = Cli::read();
    cli.color.apply();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.exit().into()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new(Exit::Other, "there is no async runtime").with_cause(&error)
    })?;
    let outcome = runtime.block_on(dispatch(command));
    // A thread that still waits for the keyboard or the keyring does not keep the program.
    runtime.shutdown_background();
    outcome
}

async fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Login(arguments) => login::run(&arguments).await,
        Command::Logout(arguments) => login::logout::run(&arguments).await,
        Command::Renew(account) => login::renew::run(&account).await,
        Command::Get(arguments) => call::run(Method::GET, *arguments).await,
        Command::Post(arguments) => call::run(Method::POST, *arguments).await,
        Command::Put(arguments) => call::run(Method::PUT, *arguments).await,
        Command::Patch(arguments) => call::run(Method::PATCH, *arguments).await,
        Command::Delete(arguments) => call::run(Method::DELETE, *arguments).await,
        Command::Head(arguments) => call::run(Method::HEAD, *arguments).await,
        Command::Sign(arguments) => sign::sign(&arguments).await,
        Command::Curl(arguments) => sign::curl(&arguments).await,
        Command::Explain(arguments) => sign::explain(&arguments).await,
        Command::Doctor(arguments) => doctor::run(*arguments).await,
        Command::Status(arguments) => show::status::run(&arguments).await,
        Command::Use(arguments) => show::status::choose(&arguments).await,
        Command::Providers => show::providers::run(),
        Command::Sandbox(arguments) => sandbox::run(&arguments).await,
        Command::Completions { shell } => cli::completions(shell),
    }
}
