//! The command line and the environment.

use std::{env, net::SocketAddr, path::PathBuf};

use clap::{CommandFactory, Parser, error::ErrorKind};
use tripod::{
    Consumer, Provider,
    providers::fatsecret::{DATA, HANDSHAKE},
    vault::SealingKey,
};

use crate::Outcome;

const MORE: &str = "\
Examples:
  cargo run -p example-web-app
      everything on this machine: a sandbox as the provider, a temporary file as the store
  cargo run -p example-web-app -- --listen 127.0.0.1:8080 --sqlite diary.db
      a file that is kept; needs TRIPOD_SEALING_KEY
  cargo run -p example-web-app -- --listen 0.0.0.0:8080 --public-url https://diary.example
      behind a proxy that does TLS; with TRIPOD_POSTGRES or TRIPOD_REDIS on several machines

Environment. Secrets are read from here only, because every user of a machine can see the command lines
of all programs:
  TRIPOD_SEALING_KEY   32 random bytes in base64, such as `openssl rand -base64 32` prints. The program
                       encrypts what it stores with this key. Needed for a store that is kept.
  TRIPOD_POSTGRES      the URL of a PostgreSQL server, as the store
  TRIPOD_REDIS         the URL of a Redis server, as the store
  FATSECRET_CONSUMER_KEY, FATSECRET_CONSUMER_SECRET
                       your application at FatSecret, or at the provider of --provider";

/// A web program: people connect their food diary and read it, a day at a time.
#[derive(Parser)]
#[command(after_help = MORE)]
struct Arguments {
    /// The address to listen on; port 0 means a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The address in the browser, if it is another one, such as <https://diary.example>
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Keeps logins and tokens in this SQLite file; by default in a temporary file
    #[arg(long, value_name = "FILE")]
    sqlite: Option<PathBuf>,
    /// Uses a sandbox in another process as the provider
    #[arg(long, value_name = "URL")]
    provider: Option<String>,
    /// How many logins may begin in 15 minutes; further ones are refused, so that the store stays small
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    max_logins: usize,
    /// Stops when the standard input ends
    #[arg(long)]
    stop_with_stdin: bool,
}

/// Where logins and tokens are kept.
pub(crate) enum Kept {
    Temporary,
    Sqlite(PathBuf),
    Postgres(String),
    Redis(String),
}

/// The provider whose users log in.
pub(crate) enum At {
    /// A sandbox inside this program.
    Sandbox,
    Provider(Box<Provider>, Consumer),
}

pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) kept: Kept,
    pub(crate) at: At,
    /// `None` if a key that is made for this run will do.
    pub(crate) key: Option<SealingKey>,
    pub(crate) max_logins: usize,
    pub(crate) stop_with_stdin: bool,
}

impl Settings {
    /// Reads the command line and the environment. Ends the program if the command line is wrong.
    pub(crate) fn read() -> Outcome<Self> {
        let given = Arguments::parse();
        let kept = match (given.sqlite, variable("TRIPOD_POSTGRES")?, variable("TRIPOD_REDIS")?) {
            (None, None, None) => Kept::Temporary,
            (Some(file), None, None) => Kept::Sqlite(file),
            (None, Some(url), None) => Kept::Postgres(url),
            (None, None, Some(url)) => Kept::Redis(url),
            _ => return Err("choose one of --sqlite, TRIPOD_POSTGRES and TRIPOD_REDIS".into()),
        };
        // Either of the two asks for the provider: half a consumer is a mistake, and not the sandbox.
        let is_meant = variable("FATSECRET_CONSUMER_KEY")?.is_some()
            || variable("FATSECRET_CONSUMER_SECRET")?.is_some();
        let consumer = is_meant.then(|| Consumer::from_env("FATSECRET")).transpose()?;
        let at = match (given.provider, consumer) {
            (Some(url), Some(consumer)) => At::Provider(
                Box::new(Provider::fatsecret().moved_to(&[(HANDSHAKE, &url), (DATA, &url)])?),
                consumer,
            ),
            (Some(_), None) => missing(
                "--provider needs FATSECRET_CONSUMER_KEY and FATSECRET_CONSUMER_SECRET in the \
                 environment",
            ),
            (None, Some(consumer)) => At::Provider(Box::new(Provider::fatsecret()), consumer),
            (None, None) => At::Sandbox,
        };
        let key =
            variable("TRIPOD_SEALING_KEY")?.map(|key| SealingKey::from_base64(&key)).transpose()?;
        if key.is_none() && !matches!(kept, Kept::Temporary) {
            missing("a store that is kept needs TRIPOD_SEALING_KEY in the environment")
        }
        Ok(Self {
            listen: given.listen,
            public_url: given.public_url,
            kept,
            at,
            key,
            max_logins: given.max_logins,
            stop_with_stdin: given.stop_with_stdin,
        })
    }
}

/// A variable of the environment. What cannot be read is not the same as nothing: the program would start with another
/// store, or with invented data.
fn variable(name: &str) -> Outcome<Option<String>> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8").into()),
    }
}

/// Ends the program with an explanation, as clap does for a wrong argument.
fn missing(text: &str) -> ! {
    Arguments::command().error(ErrorKind::MissingRequiredArgument, text).exit()
}
