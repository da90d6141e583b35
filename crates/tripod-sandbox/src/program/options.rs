//! The command line.

use std::{fs, io, path::PathBuf};

use clap::Parser;
use tripod_sandbox::{Builder, Denial, Endpoint, Fault, Persona, Sandbox};

use crate::fault;

const EXAMPLES: &str = "\
Examples:
  tripod-sandbox
      FatSecret's paths, methods and errors on port 8080
  tripod-sandbox --generic --port 0
      any OAuth 1.0a provider, on a free port
  tripod-sandbox --like etrade --registered-callback http://127.0.0.1:8765/back
      E*TRADE: its paths, its errors, the life of its tokens
  tripod-sandbox --like netsuite --site 7654321
      one NetSuite account
  tripod-sandbox --seed-year --grant my-token my-token-secret
      a year of diary, weights and exercise behind a token that you know
  tripod-sandbox --fault server-error --fault status:429@data
      the first request gets a 500 page, the first API call a 429

Everything is kept in memory and gone when the program ends. The credentials have fixed defaults, so
that a program which stored a session finds the same provider after a restart.";

/// Runs a strict OAuth 1.0a provider on 127.0.0.1, for tests and for trying things out
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on the command line")]
#[command(name = "tripod-sandbox", version, after_help = EXAMPLES)]
pub(crate) struct Options {
    /// The port to listen on; 0 takes any free port
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,

    /// The application's consumer key
    #[arg(
        long,
        value_name = "KEY",
        env = "TRIPOD_SANDBOX_CONSUMER_KEY",
        default_value = "sandbox-key"
    )]
    pub(crate) consumer_key: String,

    /// The application's consumer secret
    #[arg(
        long,
        value_name = "SECRET",
        env = "TRIPOD_SANDBOX_CONSUMER_SECRET",
        hide_env_values = true,
        default_value = "sandbox-secret"
    )]
    pub(crate) consumer_secret: String,

    /// The application's name, which the authorization page shows
    #[arg(long, value_name = "NAME", default_value = "Test application")]
    pub(crate) application: String,

    /// The name with which the user logs in
    #[arg(long, value_name = "NAME", default_value = "ada")]
    pub(crate) user: String,

    /// The password with which the user logs in
    #[arg(long, value_name = "PASSWORD", default_value = "lovelace")]
    pub(crate) password: String,

    /// An access token of the user, and its secret; can be given several times
    #[arg(
        long,
        num_args = 2,
        value_names = ["TOKEN", "SECRET"],
        default_values = ["sandbox-token", "sandbox-token-secret"]
    )]
    grant: Vec<String>,

    /// Follow RFC 5849 alone instead of FatSecret's habits
    #[arg(long, conflicts_with = "like")]
    pub(crate) generic: bool,

    /// Behave like another living provider; resources answer with what was asked
    #[arg(long, value_name = "NAME", long_help = like_help())]
    pub(crate) like: Option<Persona>,

    /// Which one, of a provider of which there are many: a base URL, or NetSuite's account
    #[arg(long, value_name = "SITE", requires = "like")]
    site: Option<String>,

    /// The callback URL that is registered for the application
    #[arg(long, value_name = "URL")]
    registered_callback: Option<String>,

    /// A file with the application's RSA public key (PEM), for providers that check RSA signatures
    #[arg(long, value_name = "FILE")]
    rsa_public_key: Option<PathBuf>,

    /// How every denial comes back; the names are those of --fault, without `denied-`
    #[arg(long, value_name = "FORM", value_parser = fault::parse_denial)]
    denial: Option<Denial>,

    /// Write numbers as JSON numbers and lists as arrays, instead of FatSecret's changing shapes
    #[arg(long)]
    tidy: bool,

    /// Read the parameters of FatSecret's methods from form bodies too
    #[arg(long)]
    forms: bool,

    /// Fill the user's account with a year of diary, weights and exercise
    #[arg(long)]
    pub(crate) seed_year: bool,

    /// The code of the first approval, instead of a random one
    #[arg(long, value_name = "CODE")]
    verifier: Option<String>,

    /// Seconds by which the provider's clock is wrong
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset: i64,

    /// Make the next request go wrong: NAME, NAME:NUMBER, or either with @ENDPOINT; in order if
    /// given several times
    #[arg(long = "fault", value_name = "FAULT", value_parser = fault::parse, long_help = fault::help())]
    pub(crate) faults: Vec<(Option<Endpoint>, Fault)>,

    /// Log the signature base string of each request whose signature was wrong; it holds the token
    /// and every parameter
    #[arg(long)]
    base_strings: bool,
}

impl Options {
    /// The tokens that are granted from the start, with their secrets.
    pub(crate) fn grants(&self) -> impl Iterator<Item = (&str, &str)> {
        self.grant.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str()))
    }

    /// # Errors
    ///
    /// If the public key cannot be read.
    pub(crate) fn builder(&self) -> io::Result<Builder> {
        let mut builder = Sandbox::builder();
        if self.generic {
            builder = builder.generic();
        }
        if let Some(persona) = self.like {
            builder = builder.like(persona);
        }
        if let Some(site) = &self.site {
            builder = builder.site(site);
        }
        if let Some(url) = &self.registered_callback {
            builder = builder.registered_callback(url);
        }
        if let Some(file) = &self.rsa_public_key {
            builder = builder.rsa_public_key(&fs::read_to_string(file)?)?;
        }
        if let Some(denial) = self.denial {
            builder = builder.denial(denial);
        }
        if let Some(verifier) = &self.verifier {
            builder = builder.verifier(verifier);
        }
        builder = builder
            .port(self.port)
            .consumer(&self.consumer_key, &self.consumer_secret)
            .application(&self.application)
            .user(&self.user, &self.password)
            .odd_shapes(!self.tidy)
            .forms(self.forms)
            .clock_offset(self.clock_offset)
            .keep_base_strings(self.base_strings);
        Ok(self.grants().fold(builder, |builder, (token, secret)| builder.grant(token, secret)))
    }
}

fn like_help() -> String {
    let names = Persona::ALL.map(Persona::name).join(", ");
    format!(
        "Behave like another living provider, in place of FatSecret. Resources answer with what was \
         asked, and by whom. The names are: {names}"
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn grants_come_in_pairs() {
        let of = |arguments: &[&str]| {
            let program = ["tripod-sandbox"].into_iter();
            Options::try_parse_from(program.chain(arguments.iter().copied()))
        };
        let grants = |arguments: &[&str]| {
            let options = of(arguments).unwrap();
            options.grants().map(|(a, b)| format!("{a}/{b}")).collect::<Vec<_>>()
        };
        assert_eq!(grants(&[]), ["sandbox-token/sandbox-token-secret"]);
        assert_eq!(grants(&["--grant", "a", "b", "--grant", "c", "d"]), ["a/b", "c/d"]);
        assert!(of(&["--grant", "a"]).is_err());
    }
}
