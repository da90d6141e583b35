//! What the command line and the environment say.

use std::{env, net::SocketAddr, path::PathBuf, str::FromStr};

use tripod::{Consumer, Provider, vault::SealingKey};

use crate::Outcome;

const USAGE: &str = "\
cargo run -p example-web-app -- [OPTION]...

  --listen ADDR       where to listen; 127.0.0.1 and a free port if left out
  --public-url URL    the address that browsers know, if it is another: https://diary.example
  --sqlite FILE       keep flows and tokens in this file; a temporary one if left out
  --postgres URL      keep them in PostgreSQL, for several machines
  --redis URL         keep them in Redis, for several machines
  --provider URL      a sandbox in another process, instead of one of our own
  --stop-with-stdin   end when the standard input ends

In the environment: TRIPOD_SEALING_KEY (32 bytes in base64), which is needed where what is kept
outlives the program; TRIPOD_POSTGRES or TRIPOD_REDIS for a URL with a password, which on the command
line everybody on the machine could read; and for a provider of your own or FatSecret itself
FATSECRET_CONSUMER_KEY and FATSECRET_CONSUMER_SECRET.";

/// Where flows and tokens are kept.
pub(crate) enum Kept {
    Temporary,
    Sqlite(PathBuf),
    Postgres(String),
    Redis(String),
}

/// Whose users log in.
pub(crate) enum At {
    /// A sandbox that lives in this program.
    Sandbox,
    Provider(Box<Provider>, Consumer),
}

pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) kept: Kept,
    pub(crate) at: At,
    /// None: one is made for this run.
    pub(crate) key: Option<SealingKey>,
    pub(crate) stop_with_stdin: bool,
}

impl Settings {
    pub(crate) fn read() -> Outcome<Self> {
        let mut listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let (mut public_url, mut provider, mut kept) = (None, None, Kept::Temporary);
        let mut stop_with_stdin = false;
        let mut arguments = env::args().skip(1);
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--listen" => listen = SocketAddr::from_str(&value()?)?,
                "--public-url" => public_url = Some(value()?),
                "--provider" => provider = Some(value()?),
                "--sqlite" => kept = Kept::Sqlite(value()?.into()),
                "--postgres" => kept = Kept::Postgres(value()?),
                "--redis" => kept = Kept::Redis(value()?),
                "--stop-with-stdin" => stop_with_stdin = true,
                other => return Err(format!("what is {other}?\n\n{USAGE}").into()),
            }
        }
        // A secret on the command line can be read by everybody on the machine.
        let variable = |name: &str| env::var(name).ok();
        if let Kept::Temporary = kept {
            if let Some(url) = variable("TRIPOD_POSTGRES") {
                kept = Kept::Postgres(url);
            } else if let Some(url) = variable("TRIPOD_REDIS") {
                kept = Kept::Redis(url);
            }
        }
        let consumer = variable("FATSECRET_CONSUMER_KEY")
            .zip(variable("FATSECRET_CONSUMER_SECRET"))
            .map(|(key, secret)| Consumer::new(key, secret));
        let at = match (provider, consumer) {
            (Some(url), Some(consumer)) => {
                At::Provider(Box::new(Provider::fatsecret_at(&url, &url)?), consumer)
            }
            (Some(_), None) => {
                return Err("--provider needs FATSECRET_CONSUMER_KEY and _SECRET".into());
            }
            (None, Some(consumer)) => At::Provider(Box::new(Provider::fatsecret()), consumer),
            (None, None) => At::Sandbox,
        };
        let key =
            variable("TRIPOD_SEALING_KEY").map(|key| SealingKey::from_base64(&key)).transpose()?;
        if key.is_none() && !matches!(kept, Kept::Temporary) {
            return Err("a store that outlives the program needs TRIPOD_SEALING_KEY".into());
        }
        Ok(Self { listen, public_url, kept, at, key, stop_with_stdin })
    }
}
