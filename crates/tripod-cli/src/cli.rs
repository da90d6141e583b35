//! The command line. Each command's arguments stand here; what it does is in a module of its name.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use tripod_sandbox::Persona;

use crate::{
    account::AccountSelection,
    call::{self, Call},
    doctor::{self, Doctor},
    fail::{Failure, TABLE},
    login,
    provider::known,
    sandbox,
    sign::{self, Printed, Sign},
    store::index::check_name,
};

const EXAMPLES: &str = "\
Examples:
  tripod login sandbox
      log in to a provider on this machine; nothing has to be registered
  tripod login fatsecret
      log in to FatSecret; the consumer's key and secret are asked for
  tripod get profile/v1 -q format=json
      call the provider's API, and print the reply
  tripod doctor @request.txt
      find out why a signature is refused";

/// Logs in to providers that speak OAuth 1.0a, and calls their APIs
#[derive(Debug, Parser)]
#[command(name = "tripod", version, after_help = help(), max_term_width = 100)]
pub(crate) struct Cli {
    /// When to use colours; `NO_COLOR` turns them off too
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Reads the command line, or prints the help or what is wrong, and ends the program.
    pub(crate) fn read() -> Self {
        // The help is printed while the arguments are read, so its colours are decided before.
        let arguments: Vec<_> = std::env::args_os().collect();
        let command = Self::command().color(color_of(&arguments));
        let matches = command.get_matches_from(arguments);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// What `--color` says, wherever it stands. Whether it is valid is checked later.
fn color_of(arguments: &[OsString]) -> clap::ColorChoice {
    let mut words = arguments.iter().map(|word| word.to_str().unwrap_or_default());
    let mut found = clap::ColorChoice::Auto;
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            _ if word == "--" => break,
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        match value {
            Some("never") => found = clap::ColorChoice::Never,
            Some("always") => found = clap::ColorChoice::Always,
            _ => {}
        }
    }
    found
}

fn help() -> String {
    format!("{EXAMPLES}\n\n{TABLE}")
}

/// When to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    // On a terminal that has them. Not in the help, which would be longer by five lines for each command.
    Auto,
    Always,
    Never,
}

impl Color {
    /// Decides for `anstream`, through which everything coloured is written.
    pub(crate) fn apply(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Log in to a provider, and keep the session
    #[command(after_long_help = login::examples())]
    Login(Login),

    /// Forget a session, and revoke its token if the provider can
    #[command(after_long_help = login::logout::EXAMPLES)]
    Logout(Logout),

    /// Renew an access token before it ends, if the provider can
    #[command(after_long_help = login::renew::EXAMPLES)]
    Renew(AccountSelection),

    /// Send a GET request, signed, and print the reply
    #[command(after_long_help = call::EXAMPLES)]
    Get(Box<Call>),

    /// Send a POST request
    #[command(after_long_help = call::EXAMPLES)]
    Post(Box<Call>),

    /// Send a PUT request
    #[command(after_long_help = call::EXAMPLES)]
    Put(Box<Call>),

    /// Send a PATCH request
    #[command(after_long_help = call::EXAMPLES)]
    Patch(Box<Call>),

    /// Send a DELETE request
    #[command(after_long_help = call::EXAMPLES)]
    Delete(Box<Call>),

    /// Send a HEAD request; use -i to see the headers of the reply
    #[command(after_long_help = call::EXAMPLES)]
    Head(Box<Call>),

    /// Print the signature of a request, for another program to send
    #[command(after_long_help = sign::SIGN_EXAMPLES)]
    Sign(Box<Printed>),

    /// Print a signed request as a curl command
    #[command(after_long_help = sign::CURL_EXAMPLES)]
    Curl(Box<Printed>),

    /// Show the base string of a request and what is signed
    #[command(after_long_help = sign::EXPLAIN_EXAMPLES)]
    Explain(Box<Sign>),

    /// Find out why a signature is refused, of any program's request
    #[command(after_long_help = doctor::EXAMPLES)]
    Doctor(Box<Doctor>),

    /// List the accounts that are logged in, and say where they are stored
    #[command(after_long_help = "Examples:\n  tripod status\n  tripod status --json")]
    Status(Status),

    /// Choose the account that commands use if none is named
    #[command(after_long_help = "Examples:\n  tripod use work")]
    Use(Use),

    /// List the ready-made providers
    #[command(after_long_help = "Examples:\n  tripod providers")]
    Providers,

    /// Run a strict provider on this machine, for trying things out
    #[command(after_long_help = sandbox::EXAMPLES)]
    Sandbox(Sandbox),

    /// Print the completions for a shell
    #[command(after_long_help = COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Arguments of `tripod login`.
#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Login {
    /// The provider's name, as in `tripod providers`; `sandbox` for a provider on this machine
    #[arg(value_name = "PROVIDER", required_unless_present = "provider_file", value_parser = provider_names())]
    pub(crate) provider: Option<String>,

    /// A file that describes a provider which is not ready made
    #[arg(long = "provider", value_name = "FILE.toml", conflicts_with = "provider")]
    pub(crate) provider_file: Option<PathBuf>,

    /// Which one, of a provider of which there are many: a base URL, or NetSuite's account
    #[arg(long, value_name = "SITE", requires = "provider")]
    pub(crate) site: Option<String>,

    /// Talk to a sandbox at this address in place of the provider; see `tripod sandbox --like`
    #[arg(long, value_name = "URL", requires = "provider")]
    pub(crate) sandbox: Option<String>,

    /// The account's name; without it, the provider's
    #[arg(long, value_name = "NAME", value_parser = check_name)]
    pub(crate) account: Option<String>,

    /// Make this the default account
    #[arg(long)]
    pub(crate) default: bool,

    /// Replace the session of an account that is logged in, without asking
    #[arg(long)]
    pub(crate) replace: bool,

    /// Type the code that the provider shows, in place of coming back from the browser
    #[arg(long)]
    pub(crate) oob: bool,

    /// The callback that is registered with the provider; if it is not on this machine, you paste the
    /// address on which the browser ends
    #[arg(long, value_name = "URL", conflicts_with = "oob")]
    pub(crate) callback: Option<String>,

    /// Do not open a browser; show the page's address only
    #[arg(long)]
    pub(crate) no_browser: bool,

    /// A parameter for the provider's page, such as perms=write; can be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) ask: Vec<(String, String)>,

    /// A parameter for the request-token call, such as scopes=studies; can be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) ask_token: Vec<(String, String)>,

    /// How this program names itself to the provider
    #[arg(long, value_name = "NAME")]
    pub(crate) application: Option<String>,

    /// A file with `consumer_key = "…"` and `consumer_secret = "…"`
    #[arg(long, value_name = "FILE.toml", conflicts_with = "consumer_env")]
    pub(crate) consumer_file: Option<PathBuf>,

    /// Read the variables `PREFIX_CONSUMER_KEY` and `PREFIX_CONSUMER_SECRET`; without it, the prefix is the
    /// provider's name in capitals
    #[arg(long, value_name = "PREFIX")]
    pub(crate) consumer_env: Option<String>,
}

/// Arguments of `tripod logout`.
#[derive(Args, Debug)]
pub(crate) struct Logout {
    #[command(flatten)]
    pub(crate) account: AccountSelection,

    /// Forget the session on this machine only; the token remains valid at the provider
    #[arg(long)]
    pub(crate) local: bool,
}

/// Arguments of `tripod status`.
#[derive(Args, Debug)]
pub(crate) struct Status {
    /// Write JSON, for other programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `tripod use`.
#[derive(Args, Debug)]
pub(crate) struct Use {
    /// The account's name
    #[arg(value_name = "NAME")]
    pub(crate) account: String,
}

/// Arguments of `tripod sandbox`.
#[derive(Args, Debug)]
pub(crate) struct Sandbox {
    /// The port to listen on; 0 takes any free port
    #[arg(long, value_name = "PORT", env = sandbox::PORT_VARIABLE, default_value_t = sandbox::PORT)]
    pub(crate) port: u16,

    /// Behave like this provider; otherwise like FatSecret
    #[arg(long, value_name = "PROVIDER", value_parser = persona_names())]
    pub(crate) like: Option<String>,

    /// Which one, of a provider of which there are many
    #[arg(long, value_name = "SITE", requires = "like")]
    pub(crate) site: Option<String>,

    /// The callback that is registered for the application
    #[arg(long, value_name = "URL")]
    pub(crate) callback: Option<String>,

    /// A file with the application's RSA public key (PEM), for providers that check RSA signatures
    #[arg(long, value_name = "FILE")]
    pub(crate) rsa_public_key: Option<PathBuf>,

    /// Fill the user's account with a year of diary, weights and exercise
    #[arg(long)]
    pub(crate) seed_year: bool,

    /// Log the signature base string of each request whose signature was wrong; it holds the token and
    /// every parameter
    #[arg(long)]
    pub(crate) base_strings: bool,
}

fn provider_names() -> Vec<&'static str> {
    [login::SANDBOX].into_iter().chain(known::ALL.iter().map(|known| known.name)).collect()
}

fn persona_names() -> [&'static str; 17] {
    Persona::ALL.map(Persona::name)
}

/// Reads NAME=VALUE.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write a name, '=', and a value".to_owned()),
    }
}

const COMPLETIONS: &str = "\
Examples:
  tripod completions bash > ~/.local/share/bash-completion/completions/tripod
  tripod completions zsh > ~/.zfunc/_tripod
  tripod completions fish > ~/.config/fish/completions/tripod.fish";

/// Writes the completions for a shell.
pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    // Into memory first: the generator panics if it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tripod", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)
        .map_err(|error| Failure::output(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_colour_of_the_help_is_read_before_the_rest() {
        use clap::ColorChoice::{Always, Auto, Never};
        for (line, expected) in [
            ("tripod --color never --help", Never),
            ("tripod login --help --color=always", Always),
            ("tripod --help", Auto),
            ("tripod get -- --color never", Auto),
        ] {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            assert_eq!(color_of(&words), expected, "{line}");
        }
    }

    #[test]
    fn a_login_names_one_provider() {
        let read = |arguments: &[&str]| {
            let all = ["tripod", "login"].iter().chain(arguments);
            Cli::try_parse_from(all)
        };
        assert!(read(&["fatsecret"]).is_ok());
        assert!(read(&["--provider", "x.toml", "--oob"]).is_ok());
        for bad in [
            &[][..],
            &["x", "--provider", "x.toml"],
            &["x", "--ask", "perms"],
            &["x", "--account", "a b"],
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
