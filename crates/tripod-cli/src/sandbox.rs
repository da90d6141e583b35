//! `tripod sandbox`: the strict provider on this machine, with credentials that do not change.

use std::{env, fmt::Write as _, io, path::Path};

use tripod_sandbox::{Builder, Persona, Sandbox};

use crate::{
    cli,
    fail::{Exit, Failure},
    provider::known::{self, Login},
    text::{print, say},
};

/// The usual port. `tripod login sandbox` looks there.
pub(crate) const PORT: u16 = 8080;

/// The variable that names another one, for both commands.
pub(crate) const PORT_VARIABLE: &str = "TRIPOD_SANDBOX_PORT";

/// The same credentials each time, so that a stored session remains valid when the sandbox starts again. They open
/// nothing but a sandbox.
pub(crate) const KEY: &str = "sandbox-key";
pub(crate) const SECRET: &str = "sandbox-secret";
pub(crate) const USER: &str = "ada";
pub(crate) const PASSWORD: &str = "lovelace";
const TOKEN: (&str, &str) = ("sandbox-token", "sandbox-token-secret");

pub(crate) const EXAMPLES: &str = "\
Examples:
  tripod sandbox
      FatSecret's paths, methods and errors; log in with `tripod login sandbox`
  tripod sandbox --like x --port 8081
      X's paths, errors and tokens; log in with `tripod login x --sandbox http://127.0.0.1:8081`
  tripod sandbox --base-strings
      log what the provider had signed, for each request with a wrong signature";

/// The port that both commands use.
///
/// # Errors
///
/// [`Exit::Usage`] if the variable is set and is no port.
pub(crate) fn usual_port() -> Result<u16, Failure> {
    let Some(port) = env::var_os(PORT_VARIABLE) else { return Ok(PORT) };
    port.to_str().and_then(|port| port.parse().ok()).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("{PORT_VARIABLE} is not a port: {}", port.display()))
    })
}

pub(crate) fn usual_origin() -> Result<String, Failure> {
    Ok(format!("http://127.0.0.1:{}", usual_port()?))
}

/// A sandbox with the credentials above. Its first login gives a token that a later sandbox knows too.
pub(crate) fn builder() -> Builder {
    Sandbox::builder()
        .consumer(KEY, SECRET)
        .user(USER, PASSWORD)
        .application("tripod")
        .grant(TOKEN.0, TOKEN.1)
        .access_token(TOKEN.0, TOKEN.1)
}

/// Starts a sandbox.
pub(crate) async fn start(builder: Builder, port: u16) -> Result<Sandbox, Failure> {
    builder.start().await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            Failure::new(Exit::Other, format!("another program uses port {port}"))
                .with_advice("Choose another port with `--port`, or any free one with `--port 0`.")
        }
        io::ErrorKind::InvalidInput => {
            Failure::new(Exit::Usage, "the sandbox cannot be set up so").with_cause(&error)
        }
        _ => Failure::new(Exit::Other, "the sandbox cannot be started").with_cause(&error),
    })
}

pub(crate) async fn run(arguments: &cli::Sandbox) -> Result<(), Failure> {
    let mut stop = stop::Signals::listen().map_err(|error| {
        Failure::new(Exit::Other, "cannot listen for Ctrl-C").with_cause(&error)
    })?;
    let persona = arguments.like.as_deref().and_then(|name| name.parse::<Persona>().ok());
    let mut builder = builder().port(arguments.port).keep_base_strings(arguments.base_strings);
    if let Some(persona) = persona {
        builder = builder.like(persona);
    }
    if let Some(site) = &arguments.site {
        builder = builder.site(site);
    }
    if let Some(url) = &arguments.callback {
        builder = builder.registered_callback(url);
    }
    if let Some(path) = &arguments.rsa_public_key {
        builder = with_key(builder, path)?;
    }
    let now = || jiff::Timestamp::now().strftime("%H:%M:%SZ").to_string();
    let builder = builder.on_request(move |seen| say!("{} {seen}", now()));
    let sandbox = start(builder, arguments.port).await?;
    if arguments.seed_year {
        sandbox.seed_example_year().map_err(|error| {
            Failure::new(Exit::Usage, "this sandbox has no diary to fill").with_cause(&error)
        })?;
    }
    print(&introduction(&sandbox, persona, arguments.site.as_deref()))?;
    stop.wait().await;
    Ok(())
}

fn with_key(builder: Builder, path: &Path) -> Result<Builder, Failure> {
    let pem = std::fs::read_to_string(path)
        .map_err(|error| Failure::file("read the public key", path, &error))?;
    builder.rsa_public_key(&pem).map_err(|error| {
        let message = format!("the public key cannot be used: {}", path.display());
        Failure::new(Exit::Usage, message).with_cause(&error)
    })
}

/// What the sandbox is and how to reach it. It shows the secrets, because the reader needs them.
fn introduction(sandbox: &Sandbox, persona: Option<Persona>, site: Option<&str>) -> String {
    let origin = sandbox.origin();
    let habits = persona.map_or("fatsecret", Persona::name);
    let mut out = format!(
        "A strict OAuth 1.0a provider with the habits of {habits}: {origin}\n\
         Ctrl-C ends it. It forgets everything then.\n\n"
    );
    if let Some(login) = login_command(persona, site, &origin) {
        let _ = writeln!(out, "Log in from another terminal:\n  {login}\n");
    }
    let _ = write!(
        out,
        "On its page, log in as {USER} with the password {PASSWORD}.\n\n\
         For another program:\n  \
         consumer key    {KEY}\n  consumer secret {SECRET}\n  \
         access token    {}\n  token secret    {}\n\n",
        TOKEN.0, TOKEN.1
    );
    if persona.is_some_and(|persona| persona != Persona::FatSecret) {
        out += "Origins of the provider, which all answer here:\n";
        for origin in sandbox.origins() {
            let _ = writeln!(out, "  {origin}");
        }
        out.push('\n');
    }
    out
}

/// The command that logs in to this sandbox. None for a provider to which this program cannot log in.
fn login_command(persona: Option<Persona>, site: Option<&str>, origin: &str) -> Option<String> {
    let is_usual = usual_origin().is_ok_and(|usual| origin == usual);
    let at = if is_usual { String::new() } else { format!(" --sandbox {origin}") };
    let Some(persona) = persona else { return Some(format!("tripod login sandbox{at}")) };
    // Without a site, MediaWiki's sandbox is Wikimedia's.
    let fits =
        |known: &&known::Known| known.persona == persona && known.site.is_some() == site.is_some();
    let known = known::ALL
        .iter()
        .find(fits)
        .or_else(|| known::ALL.iter().find(|known| known.persona == persona))?;
    if matches!(known.login, Login::No(_)) {
        return None;
    }
    let site = site.or_else(|| persona.default_site()).filter(|_| known.site.is_some());
    let site = site.map_or_else(String::new, |site| {
        // `tripod login` takes the wiki's address as its owners write it.
        let site = site.trim_end_matches('/');
        let is_short = persona == Persona::MediaWiki && !site.ends_with("/index.php");
        let script = if is_short { "/index.php" } else { "" };
        format!(" --site {site}{script}")
    });
    Some(format!("tripod login {}{site} --sandbox {origin}", known.name))
}

/// Ctrl-C, and the signal by which a service manager ends a program.
#[cfg(unix)]
mod stop {
    use std::{future::poll_fn, io};

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            let interrupt = signal(SignalKind::interrupt())?;
            Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
        }

        pub(super) async fn wait(&mut self) {
            poll_fn(|context| {
                let interrupt = self.interrupt.poll_recv(context);
                if interrupt.is_ready() { interrupt } else { self.terminate.poll_recv(context) }
            })
            .await;
        }
    }
}

#[cfg(not(unix))]
mod stop {
    use std::io;

    pub(super) struct Signals;

    impl Signals {
        #[expect(clippy::unnecessary_wraps, reason = "on Unix this can fail")]
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn wait(&mut self) {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sandbox_says_how_to_log_in() {
        let usual = usual_origin().unwrap();
        let command =
            |persona, site: Option<&str>, origin: &str| login_command(persona, site, origin);
        assert_eq!(command(None, None, &usual).unwrap(), "tripod login sandbox");
        assert_eq!(
            command(None, None, "http://127.0.0.1:1").unwrap(),
            "tripod login sandbox --sandbox http://127.0.0.1:1"
        );
        for (persona, site, says) in [
            (Persona::X, None, "tripod login x --sandbox http://127.0.0.1:8080"),
            (Persona::MediaWiki, None, "tripod login wikimedia --sandbox http://127.0.0.1:8080"),
            (
                Persona::NetSuite,
                Some("1234567_SB1"),
                "tripod login netsuite --site 1234567_SB1 --sandbox http://127.0.0.1:8080",
            ),
            (
                Persona::NetSuite,
                None,
                "tripod login netsuite --site 1234567_SB1 --sandbox http://127.0.0.1:8080",
            ),
            (
                Persona::Usos,
                None,
                "tripod login usos --site https://usosapps.example.edu.pl --sandbox http://127.0.0.1:8080",
            ),
            (
                Persona::MediaWiki,
                Some("https://wiki.example/w"),
                "tripod login mediawiki --site https://wiki.example/w/index.php --sandbox http://127.0.0.1:8080",
            ),
            (
                Persona::MediaWiki,
                Some("https://wiki.example/w/index.php/"),
                "tripod login mediawiki --site https://wiki.example/w/index.php --sandbox http://127.0.0.1:8080",
            ),
            (
                Persona::MediaWiki,
                Some("https://wiki.example/w/index.php"),
                "tripod login mediawiki --site https://wiki.example/w/index.php --sandbox http://127.0.0.1:8080",
            ),
        ] {
            assert_eq!(command(Some(persona), site, &usual).as_deref(), Some(says));
        }
        assert_eq!(command(Some(Persona::Mastercard), None, &usual), None);
        assert_eq!(command(Some(Persona::WooCommerce), None, &usual), None);
    }
}
