//! FatSecret for assistants: a server of the Model Context Protocol over standard input and output.
//!
//! ```sh
//! cargo run --manifest-path examples/mcp_server/Cargo.toml
//! ```
//!
//! An assistant starts this program and speaks to it; `README.md` shows the configuration. Without FatSecret's
//! keys in the environment the program uses a sandbox with invented data, offline.

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::Parser;
use rmcp::{ServiceExt, service::ServerInitializeError, transport::stdio};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{account::Account, server::Server};

mod account;
mod activity;
mod ask;
mod diary;
mod entries;
mod foods;
mod kept_foods;
mod login;
mod portable;
mod reply;
mod server;
mod shelf;
mod trouble;
mod values;
mod weight;

const ENVIRONMENT: &str = "\
Environment:
  FATSECRET_CONSUMER_KEY, FATSECRET_CONSUMER_SECRET
          The OAuth 1.0 pair of FatSecret's developer console. Without both, the server uses a sandbox with
          invented data.";

/// FatSecret for assistants: speaks the Model Context Protocol on standard input and output
#[derive(Debug, Parser)]
#[command(name = "example-mcp-server", after_help = ENVIRONMENT)]
struct Options {
    /// Offer the tools that write also to clients that cannot ask you for confirmation
    #[arg(long)]
    allow_writes: bool,

    /// Where the encrypted login and its key are kept [default: a folder of this user's]
    #[arg(long, value_name = "FOLDER", env = "FATSECRET_MCP_FOLDER")]
    folder: Option<PathBuf>,

    /// Use a FatSecret sandbox at this origin (scheme, host and port) in place of FatSecret
    #[arg(long, value_name = "ORIGIN", env = "FATSECRET_MCP_ORIGIN")]
    origin: Option<String>,

    /// Log each tool call and each request to standard error
    #[arg(long)]
    verbose: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    log_to_stderr(options.verbose);
    match serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("example-mcp-server: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Options) -> Result<(), Box<dyn Error>> {
    let account = Account::open(options.folder, options.origin.as_deref()).await?;
    let server = Server::new(account, options.allow_writes);
    match server.serve(stdio()).await {
        // Lasts until the assistant closes our standard input.
        Ok(running) => drop(running.waiting().await?),
        Err(ServerInitializeError::ConnectionClosed(_)) => {}
        // Not with `Display`, which shows the client's whole message.
        Err(_) => return Err("the client did not begin with a message of the protocol".into()),
    }
    Ok(())
}

/// Logs to standard error, because standard output belongs to the protocol.
///
/// rmcp's own events are left out: they show whole messages, and with them the PIN.
fn log_to_stderr(verbose: bool) {
    let level = if verbose { tracing::Level::DEBUG } else { tracing::Level::WARN };
    let ours =
        Targets::new().with_target("tripod", level).with_target(env!("CARGO_CRATE_NAME"), level);
    tracing_subscriber::registry()
        .with(fmt::layer().with_writer(std::io::stderr).with_ansi(false))
        .with(ours)
        .init();
}
