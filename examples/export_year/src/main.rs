//! Exports the diary, weights and exercise of a range of days as JSON and CSV.
//!
//! ```sh
//! cargo run -p example-export-year
//! cargo run -p example-export-year -- --help
//! ```
//!
//! This runs offline against a sandbox, which is an OAuth provider for tests. With FatSecret's key in
//! the environment the program reads a real account; see `examples/README.md`.
//!
//! The program asks for one day after another. It pauses between calls, and longer when FatSecret asks
//! for that. You can stop it at any time: the next run asks only for the days that are still missing. If
//! you log in again for that run, add `--same-account`: the program keeps no token, and a new login gives another.
//!
//! FatSecret's terms let an application keep most content for 24 hours only. An export that users make
//! for themselves is theirs to keep.

mod files;

use std::{
    collections::BTreeMap,
    env,
    io::{Write, stderr, stdin, stdout},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Parser;
use files::{Day, Diary, Export, FATSECRET};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{ToSpan, ZonedDateTime, civil::Date};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tripod::fatsecret::{Answer, ApiError, FatSecret, Pace, Retry};
use tripod::{AccessToken, Callback, Client, Consumer, Provider, Retries, Session};
use tripod_sandbox::Sandbox;

/// Exports the diary, weights and exercise of a range of days as JSON and CSV.
#[derive(Parser)]
#[command(after_help = EXAMPLES)]
struct Arguments {
    /// The first day; by default a year ago
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day; by default yesterday
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Where to write the files, a folder for each account; only you will be able to read them. By default
    /// target/export, and target/export-sandbox for invented data
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Continue an export of the same account after a new login. The program cannot know that it is the same: it
    /// knows an account by its access token, and a new login gives another one
    #[arg(long)]
    same_account: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run -p example-export-year                  the last year
  cargo run -p example-export-year -- --from 2026-01-01 --to 2026-03-31 --folder my-data

Environment (without it, the program exports invented data):
  FATSECRET_CONSUMER_KEY, FATSECRET_CONSUMER_SECRET   your application at FatSecret
  FATSECRET_ACCESS_TOKEN, FATSECRET_ACCESS_SECRET     a stored grant; without it, you log in

If each run has its own login, continue an export with --same-account.";

/// Says something to the user. If nobody reads it, the export goes on.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = writeln!(stdout(), $($text)*);
    }};
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { from, to, folder, same_account } = Arguments::parse();
    let today = ZonedDateTime::now().date();
    let from = from.map_or_else(|| today.checked_sub(1.year()), Ok)?;
    let to = to.map_or_else(|| today.yesterday(), Ok)?;
    if from > to {
        bail!("the first day, {from}, is after the last day, {to}");
    }

    let account = Account::from_env()?;
    let folder = folder.unwrap_or_else(|| Path::new("target").join(account.usual_folder()));
    files::create_folder(&folder)?;
    // Before the login: nobody shall approve for an export that is refused then. No other run can write into the
    // folder as long as this is here.
    let mut kept = Diary::open(&folder, &account.source(), same_account)?;
    // The sandbox stops when it is dropped.
    let Connected { fatsecret, source, sandbox: _sandbox } = account.connect().await?;
    diary(&fatsecret, from..=to, today, &source, &mut kept).await?;
    let (weights, exercise) = months(&fatsecret, from, to).await?;
    let export = Export { from, to, days: kept.days, weights, exercise };
    files::write(&folder, &export)?;
    let entries: usize = export.days.values().map(Vec::len).sum();
    say!(
        "{} days, {entries} entries, {} weights, {} exercise days, in {}",
        export.days.len(),
        export.weights.len(),
        export.exercise.len(),
        folder.display()
    );
    say!("Powered by fatsecret");
    Ok(())
}

/// An account that can be read.
struct Connected {
    fatsecret: FatSecret<Session>,
    /// Which account it is.
    source: String,
    sandbox: Option<Sandbox>,
}

/// The account that the environment names. Nothing has been sent yet.
enum Account {
    /// A sandbox with a year of invented data: the environment has no consumer key.
    Sandbox,
    /// An account whose token is in the environment.
    Stored(Client, AccessToken),
    /// An account to which the user logs in. Which one it is shows only after that.
    NewLogin(Client),
}

impl Account {
    fn from_env() -> Result<Self> {
        if env::var_os("FATSECRET_CONSUMER_KEY").is_none() {
            return Ok(Self::Sandbox);
        }
        let consumer = Consumer::from_env("FATSECRET")?;
        let client = Client::new(Provider::fatsecret(), consumer)?.with_retries(patience());
        Ok(match AccessToken::from_env("FATSECRET")? {
            Some(token) => Self::Stored(client, token),
            None => Self::NewLogin(client),
        })
    }

    fn usual_folder(&self) -> &'static str {
        match self {
            Self::Sandbox => "export-sandbox",
            Self::Stored(..) | Self::NewLogin(_) => "export",
        }
    }

    /// Which account it is, as far as that is known before the login.
    fn source(&self) -> String {
        match self {
            Self::Sandbox => "the sandbox".to_owned(),
            Self::Stored(client, token) => source(client, token),
            Self::NewLogin(_) => format!("{FATSECRET}, a new login"),
        }
    }

    /// Starts the sandbox, or lets the user log in if there is no token.
    async fn connect(self) -> Result<Connected> {
        let session = match self {
            Self::Sandbox => {
                say!("FATSECRET_CONSUMER_KEY is not set: using a sandbox with invented data.\n");
                let sandbox = Sandbox::start().await?;
                sandbox.seed_example_year()?;
                let client =
                    Client::new(sandbox.provider(), sandbox.consumer())?.with_retries(patience());
                return Ok(Connected {
                    fatsecret: FatSecret::new(client.session(sandbox.grant())),
                    source: Self::Sandbox.source(),
                    sandbox: Some(sandbox),
                });
            }
            Self::Stored(client, token) => client.session(token),
            Self::NewLogin(client) => ask_for_approval(&client).await?,
        };
        let source = source(session.client(), session.access_token());
        // 20 calls a minute are reported to be safe.
        let fatsecret = FatSecret::new(session).with_pace(&Pace::new());
        Ok(Connected { fatsecret, source, sandbox: None })
    }
}

fn source(client: &Client, token: &AccessToken) -> String {
    format!("{FATSECRET}, account {}", mark(client.consumer().key(), token.token()))
}

/// Tells one account from another. The token cannot be read from it.
fn mark(consumer_key: &str, token: &str) -> String {
    let hash = Sha256::digest(format!("{consumer_key}\n{token}"));
    let first = hash.iter().take(8).fold(0_u64, |mark, byte| mark << 8 | u64::from(*byte));
    format!("{first:016x}")
}

async fn ask_for_approval(client: &Client) -> Result<Session> {
    let issued = client.begin(Callback::out_of_band()).request_token().await?;
    say!("Open {} and type the code that FatSecret shows:", issued.authorization_url());
    // Waiting for the user blocks this thread, which has nothing else to do.
    let pin = stdin().lines().next().context("no code was typed")??;
    Ok(issued.authorize(&pin)?.exchange().await?)
}

/// Reads the diary of each day that is not in the file yet, and appends it at once, so that a later run can go
/// on where this one stopped.
///
/// A day that is not over, or has entries that cannot be read, is exported as it is and not kept: the next run asks
/// for it again.
async fn diary(
    fatsecret: &FatSecret<Session>,
    range: RangeInclusive<Date>,
    today: Date,
    source: &str,
    kept: &mut Diary,
) -> Result<()> {
    let wanted: Vec<Date> =
        range.start().series(1.day()).take_while(|date| date <= range.end()).collect();
    let bar = ProgressBar::new(u64::try_from(wanted.len())?).with_style(
        ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} days, {eta} left")?,
    );
    for date in wanted {
        bar.set_message(date.to_string());
        if !kept.days.contains_key(&date) {
            let answer = fatsecret.food_entries(date).await.map_err(told)?;
            if let Some(lost) = lost(&answer) {
                bar.suspend(|| warn(&format!("{date}: {lost}")));
            }
            let entries = answer.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
            let day = Day { date, source: source.to_owned(), entries };
            if answer.omitted() == 0 && date < today {
                kept.keep(&day)?;
            }
            kept.days.insert(date, day.entries);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    kept.days.retain(|date, _| range.contains(date));
    Ok(())
}

/// Reads the weights and the exercise, a month with each call.
async fn months(
    fatsecret: &FatSecret<Session>,
    from: Date,
    to: Date,
) -> Result<(BTreeMap<Date, Value>, BTreeMap<Date, Value>)> {
    let (mut weights, mut exercise) = (BTreeMap::new(), BTreeMap::new());
    let months: Vec<Date> =
        from.first_of_month().series(1.month()).take_while(|month| *month <= to).collect();
    for month in months {
        let answer = fatsecret.weights_month(month).await.map_err(told)?;
        if let Some(lost) = lost(&answer) {
            warn(&format!("weights of the month of {month}: {lost}"));
        }
        for day in &answer.days {
            weights.insert(day.date, serde_json::to_value(day)?);
        }
        let answer = fatsecret.exercise_entries_month(month).await.map_err(told)?;
        if let Some(lost) = lost(&answer) {
            warn(&format!("exercise of the month of {month}: {lost}"));
        }
        for day in &answer.days {
            exercise.insert(day.date, serde_json::to_value(day)?);
        }
    }
    weights.retain(|date, _| (from..=to).contains(date));
    exercise.retain(|date, _| (from..=to).contains(date));
    Ok((weights, exercise))
}

/// Repeats calls that failed but may succeed later, after longer and longer pauses. All calls here only read.
fn patience() -> Retries {
    Retries::standard()
        .with_attempts(6)
        .with_pauses(Duration::from_secs(2), Duration::from_secs(32))
        .with_total_time(Duration::from_secs(120))
}

/// Writes a line to standard error. If nobody reads it, the export goes on.
fn warn(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

/// What could not be read and so is missing from the export, and why.
fn lost<T>(answer: &Answer<T>) -> Option<String> {
    let fields: Vec<_> = answer.unreadable().iter().map(ToString::to_string).collect();
    let (number, why) = (answer.omitted(), fields.join("; "));
    (number > 0)
        .then(|| format!("missing, because it cannot be read: {number} of the list ({why})"))
}

/// The error with its causes, and what helps against it: after a day of pause, many have to log in again.
fn told(error: tripod::Error) -> anyhow::Error {
    let tomorrow = ApiError::of(&error).map(ApiError::retry) == Some(Retry::NextDay);
    let error = anyhow::Error::new(error);
    if !tomorrow {
        return error;
    }
    error.context(
        "the export is not complete: run this again tomorrow, with --same-account if you log in again, and it will \
         continue here",
    )
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use tripod_sandbox::Fault;

    use super::*;

    #[test]
    fn accounts_have_marks_of_their_own() {
        assert_eq!(mark("key", "token"), "ba988bfa7dd9d68e");
        assert_ne!(mark("key", "token"), mark("key", "other"));
        assert_ne!(mark("key", "token"), mark("other", "token"));
    }

    #[tokio::test]
    async fn an_error_is_told_with_its_causes_and_what_helps() {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
        let fatsecret = FatSecret::new(client.session(sandbox.grant()));
        let today = ZonedDateTime::now().date();
        for (fault, helps) in [(Fault::ApiError(11), true), (Fault::HangUp, false)] {
            sandbox.inject(fault);
            let told = told(fatsecret.food_entries(today).await.unwrap_err());
            assert_eq!(told.to_string().contains("run this again tomorrow"), helps, "{told:?}");
            let error = told.downcast_ref::<tripod::Error>().unwrap();
            let cause = error.source().unwrap().to_string();
            assert!(format!("{told:?}").contains(&cause), "{cause} is not in {told:?}");
        }
    }
}
