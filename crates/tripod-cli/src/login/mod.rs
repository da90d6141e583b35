//! `tripod login`: which provider, which consumer, the user's approval, and where the session goes.

mod approve;
mod consumer;
pub(crate) mod logout;
pub(crate) mod renew;

use std::{
    fs,
    io::{self, IsTerminal as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tripod::{Ask, Session, Stage, vault::KeyRing};
use tripod_sandbox::Sandbox;

use self::{
    approve::{Way, approve},
    consumer::Application,
};
use crate::{
    cli::Login,
    fail::{Exit, Failure},
    prompt,
    provider::{
        choice::{self, Choice},
        file,
        known::Login as Known,
    },
    sandbox,
    store::{
        Data,
        index::{Entry, Holder},
        key, session,
    },
    text::say,
};

/// What a user registers with a provider that accepts no other callback.
const REGISTERED: &str = "http://127.0.0.1:8765/callback";

/// The provider's name that stands for a sandbox with FatSecret's methods.
pub(crate) const SANDBOX: &str = "sandbox";

/// The help's last part.
pub(crate) fn examples() -> String {
    format!(
        "\
Examples:
  tripod login sandbox
      a provider on this machine, which is started if `tripod sandbox` does not run
  tripod login fatsecret
      the browser comes back by itself
  tripod login fatsecret --oob --account work
      type the code that the page shows, for example on a machine without a browser
  tripod login usos --site https://usosapps.example.edu --ask-token scopes=studies
      one of many sites, with a scope
  tripod login x --callback {REGISTERED}
      a provider that accepts only the callback that is registered with it
  tripod login --provider photos.toml
      a provider that is not ready made

The consumer's key and secret come from --consumer-file, from the variables
PROVIDER_CONSUMER_KEY and PROVIDER_CONSUMER_SECRET, or are asked for.

A provider's file:

{}",
        file::EXAMPLE
    )
}

pub(crate) async fn run(arguments: &Login) -> Result<(), Failure> {
    let choice = choose(arguments)?;
    let way = way(arguments, &choice)?;
    let name = arguments.account.clone().unwrap_or_else(|| usual_name(arguments, &choice));
    // All that can go wrong on this machine goes wrong before the user is sent to the browser.
    let data = Data::open().await?;
    let may_replace = may_replace(arguments, &data, &name, &choice).await?;
    let application = consumer::read(arguments, &choice)?;
    let client = choice::client(&choice, application.consumer())?;
    let keys = prepare(&data).await?;
    let started = start_sandbox(arguments).await?;
    if choice.sandbox.is_some() {
        say!("On the page, log in as {} with the password {}.\n", sandbox::USER, sandbox::PASSWORD);
    }

    let outcome = approve(&client, &way, ask(arguments, &choice)?, !arguments.no_browser).await;
    let session = outcome.map_err(|failure| explained(failure, arguments, &choice))?;
    let new = New { name, choice, application, session };
    if let Err(failure) = store(&data, keys, &new, arguments.default, may_replace).await {
        return Err(given_back(failure, &data, new).await);
    }
    if started.is_some() {
        say!(
            "The sandbox stops now. Its token remains valid: start `tripod sandbox` before you call the API."
        );
    }
    Ok(())
}

/// The provider that the arguments name.
fn choose(arguments: &Login) -> Result<Choice, Failure> {
    if let Some(path) = &arguments.provider_file {
        let length = fs::metadata(path).map(|file| file.len());
        let text = match length {
            Ok(length) if length > file::MOST as u64 => " ".repeat(file::MOST + 1),
            _ => fs::read_to_string(path)
                .map_err(|error| Failure::file("read the provider's file", path, &error))?,
        };
        let mut choice = Choice::described(text)?;
        choice.application.clone_from(&arguments.application);
        choice.provider()?;
        return Ok(choice);
    }
    let name = arguments.provider.as_deref().unwrap_or_default();
    if name == SANDBOX {
        let url = arguments.sandbox.clone().map_or_else(sandbox::usual_origin, Ok)?;
        return Choice::named("fatsecret", arguments.site.clone(), None).at_sandbox(&url);
    }
    let choice = Choice::named(name, arguments.site.clone(), arguments.application.clone());
    let choice = match &arguments.sandbox {
        Some(url) => choice.at_sandbox(url)?,
        None => choice,
    };
    // Names and sites that are wrong are told before anything is asked.
    choice.login()?;
    choice.provider()?;
    Ok(choice)
}

fn way(arguments: &Login, choice: &Choice) -> Result<Way, Failure> {
    if arguments.oob {
        return Ok(Way::Code);
    }
    if let Some(url) = &arguments.callback {
        return Ok(Way::of_callback(url));
    }
    Ok(match choice.login()? {
        Known::Code => Way::Code,
        Known::Registered => {
            say!(
                "{} accepts only the callback that is registered with it: here {REGISTERED}.\n\
                 For another one use `--callback URL`, and for a code `--oob`.",
                choice.name
            );
            Way::At(REGISTERED.to_owned())
        }
        _ => Way::Loopback,
    })
}

fn usual_name(arguments: &Login, choice: &Choice) -> String {
    match (arguments.provider.as_deref(), &choice.sandbox) {
        (Some(SANDBOX), _) => SANDBOX.to_owned(),
        (_, Some(_)) => format!("{}-{SANDBOX}", choice.name),
        (_, None) => choice.name.clone(),
    }
}

/// Whether the session of an account that is there may be replaced: another user may have logged in to it.
async fn may_replace(
    arguments: &Login,
    data: &Data,
    name: &str,
    choice: &Choice,
) -> Result<bool, Failure> {
    check_free(data, name, choice, true).await?;
    // Everybody logs in to the sandbox of this machine as often as it is started.
    if arguments.replace || arguments.provider.as_deref() == Some(SANDBOX) {
        return Ok(true);
    }
    let index = data.index().await?;
    let Some(there) = index.get(name) else { return Ok(false) };
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return check_free(data, name, choice, false).await.map(|()| false);
    }
    say!(
        "You are already logged in to {} as the account {name}, with the consumer key {}.\n\
         A new login replaces that session. To keep both, give this one a name with `--account NAME`.",
        there.choice.shown(),
        there.consumer_key
    );
    match prompt::line("Replace the session? [y/N]")?.to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(true),
        _ => Err(Failure::new(Exit::User, format!("the account {name} stays as it was"))),
    }
}

/// An account is replaced by one of the same provider only: another one was meant to stay.
async fn check_free(
    data: &Data,
    name: &str,
    choice: &Choice,
    may_replace: bool,
) -> Result<(), Failure> {
    let index = data.index().await?;
    match index.get(name) {
        Some(there) if !there.choice.is_of_the_same(choice) => {
            let message = format!("the account {name} is one of {}", there.choice.shown());
            Err(Failure::new(Exit::Usage, message).with_advice(
                "Choose another name with `--account NAME`, or log out of that one first.",
            ))
        }
        Some(there) if !may_replace => {
            let shown = there.choice.shown();
            let message = format!("the account {name} is already logged in to {shown}");
            Err(Failure::new(Exit::Usage, message).with_advice(
                "To keep both, choose another name with `--account NAME`. To replace the session, use `--replace`.",
            ))
        }
        _ => Ok(()),
    }
}

/// Finds or makes the sealing key, and writes down where it is.
async fn prepare(data: &Data) -> Result<KeyRing, Failure> {
    let _lock = data.lock()?;
    let mut index = data.index().await?;
    let has_sessions = !index.accounts.is_empty();
    let sealing = key::existing_or_new(data.folder(), index.key, has_sessions).await?;
    if let Some(reason) = sealing.note {
        say!(
            "This system has no keyring that can be used ({reason}).\nThe sealing key is kept in the file {}.\n",
            key::file(data.folder()).display()
        );
    }
    if index.key != Some(sealing.holder) {
        index.key = Some(sealing.holder);
        data.write_index(&index).await?;
    }
    Ok(sealing.keys)
}

/// Starts a sandbox for `tripod login sandbox`, unless one is named or runs.
async fn start_sandbox(arguments: &Login) -> Result<Option<Sandbox>, Failure> {
    if arguments.provider.as_deref() != Some(SANDBOX) || arguments.sandbox.is_some() {
        return Ok(None);
    }
    let port = sandbox::usual_port()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok() {
        return Ok(None);
    }
    say!("No sandbox runs on port {port}: starting one for this login.");
    sandbox::start(sandbox::builder().port(port), port).await.map(Some)
}

fn ask(arguments: &Login, choice: &Choice) -> Result<Ask, Failure> {
    let mut ask = choice.ask()?;
    for (name, value) in &arguments.ask {
        ask = ask.with_page_parameter(name, value);
    }
    for (name, value) in &arguments.ask_token {
        ask = ask.with_request_parameter(name, value);
    }
    Ok(ask)
}

/// Adds what the setup may lack, where the provider itself does not say.
fn explained(failure: Failure, arguments: &Login, choice: &Choice) -> Failure {
    if failure.stage() != Some(Stage::RequestToken) {
        return failure;
    }
    match (&choice.sandbox, failure.exit()) {
        (Some(url), Exit::Provider) => failure.with_advice(format!(
            "Does another program listen at {url}? Start the sandbox at another port: set {} for it and for the login.",
            sandbox::PORT_VARIABLE
        )),
        (Some(url), Exit::RetryLater) => failure.with_advice(format!(
            "Start a sandbox with `tripod sandbox`, or name another one than {url} with `--sandbox URL`."
        )),
        (None, Exit::Configuration | Exit::Provider) if !arguments.oob => failure.with_advice(
            "Check the consumer's key and secret. Some providers also refuse a callback that is not registered \
             with them: use `--callback URL` with the registered one, or `--oob`.",
        ),
        _ => failure,
    }
}

/// What a login brought.
struct New {
    name: String,
    choice: Choice,
    application: Application,
    session: Session,
}

async fn store(
    data: &Data,
    keys: KeyRing,
    new: &New,
    make_default: bool,
    may_replace: bool,
) -> Result<(), Failure> {
    let New { name, choice, application, session } = new;
    let _lock = data.lock()?;
    // Once more: another login may have ended while the user was at the page of this one.
    check_free(data, name, choice, may_replace).await?;
    let mut index = data.index().await?;
    let entry = Entry {
        name: name.clone(),
        choice: choice.clone(),
        consumer_key: application.key.clone(),
        since: seconds(Some(SystemTime::now())).unwrap_or_default(),
        until: seconds(session.expires_at()),
        edition: 0,
    };
    session::save(data, keys, &mut index, entry, make_default, session, &application.secret)
        .await?;

    let place = match index.key {
        Some(Holder::Keyring) => "the key that seals it is in the system's keyring",
        _ => "the key that seals it is in a file that only you can read",
    };
    say!("Logged in to {} as the account {name}; {place}.", choice.shown());
    if index.default.as_deref() != Some(name) {
        say!("Use it with `--account {name}`, or make it the default with `tripod use {name}`.");
    }
    Ok(())
}

/// Says what became of the token that the user granted, where its session could not be stored, and revokes it if the
/// provider can.
async fn given_back(failure: Failure, data: &Data, new: New) -> Failure {
    // Many providers grant the same token again. A stored session of theirs may have this one.
    let may_be_stored = match data.index().await {
        Ok(index) => index.accounts.iter().any(|there| there.choice.is_of_the_same(&new.choice)),
        Err(_) => true,
    };
    let is_revoked = !may_be_stored && new.session.revoke().await.is_ok();
    failure.with_more_advice(if is_revoked {
        "The provider had granted access; the new token was revoked."
    } else {
        "The provider has granted access, but the session is not stored: the new token remains valid until you remove \
         it in the provider's settings."
    })
}

/// A moment in Unix seconds.
fn seconds(moment: Option<SystemTime>) -> Option<u64> {
    moment?.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}
