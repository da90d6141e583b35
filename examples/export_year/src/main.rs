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
//! for that. You can stop it at any time: the next run asks only for the days that are still missing.
//!
//! FatSecret's terms let an application keep most content for 24 hours only. An export that users make
//! for themselves is theirs to keep.

mod files;

use std::{
    collections::{BTreeMap, btree_map::Entry},
    env,
    error::Error,
    fs::File,
    io::{Write, stdin},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Parser;
use files::Export;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{ToSpan, ZonedDateTime, civil::Date};
use serde_json::Value;
use tripod::fatsecret::{Answer, ApiError, FatSecret, Pace, Retry};
use tripod::{AccessToken, Callback, Client, Consumer, Provider, Retries, Session};
use tripod_sandbox::Sandbox;

type Outcome<T> = Result<T, Box<dyn Error>>;

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
}

const EXAMPLES: &str = "\
Examples:
  cargo run -p example-export-year                  the last year
  cargo run -p example-export-year -- --from 2026-01-01 --to 2026-03-31 --folder my-data

Environment (without it, the program exports invented data):
  FATSECRET_CONSUMER_KEY, FATSECRET_CONSUMER_SECRET   your application at FatSecret
  FATSECRET_ACCESS_TOKEN, FATSECRET_ACCESS_SECRET     a stored grant; without it, you log in";

#[tokio::main]
async fn main() -> Outcome<()> {
    let Arguments { from, to, folder } = Arguments::parse();
    let today = ZonedDateTime::now().date();
    let from = from.map_or_else(|| today.checked_sub(1.year()), Ok)?;
    let to = to.map_or_else(|| today.yesterday(), Ok)?;
    if from > to {
        return Err(format!("the first day, {from}, is after the last day, {to}").into());
    }

    let (fatsecret, sandbox) = connect().await?;
    let source = if sandbox.is_some() { "the sandbox" } else { "FatSecret" };
    let folder = folder.unwrap_or_else(|| {
        Path::new("target").join(if sandbox.is_some() { "export-sandbox" } else { "export" })
    });
    files::create_folder(&folder)?;
    let kept = files::open_diary(&folder, source)?;
    let days = diary(&fatsecret, from..=to, today, source, kept).await?;
    let (weights, exercise) = months(&fatsecret, from, to).await?;
    let entries: usize = days.values().map(Vec::len).sum();
    println!(
        "{} days, {entries} entries, {} weights, {} exercise days, in {}",
        days.len(),
        weights.len(),
        exercise.len(),
        folder.display()
    );
    files::write(&folder, &Export { from, to, days, weights, exercise })?;
    println!("Powered by fatsecret");
    Ok(())
}

/// Connects to a FatSecret account if the environment has a consumer key, and otherwise to a sandbox
/// with a year of invented data.
///
/// The sandbox stops when it is dropped, so the caller keeps it.
async fn connect() -> Outcome<(FatSecret<Session>, Option<Sandbox>)> {
    if env::var_os("FATSECRET_CONSUMER_KEY").is_none() {
        println!("FATSECRET_CONSUMER_KEY is not set: using a sandbox with invented data.\n");
        let sandbox = Sandbox::start().await?;
        sandbox.seed_example_year()?;
        let client = Client::new(sandbox.provider(), sandbox.consumer())?.with_retries(patience());
        return Ok((FatSecret::new(client.session(sandbox.grant())), Some(sandbox)));
    }
    let client = Client::new(Provider::fatsecret(), Consumer::from_env("FATSECRET")?)?
        .with_retries(patience());
    let session = match (env::var("FATSECRET_ACCESS_TOKEN"), env::var("FATSECRET_ACCESS_SECRET")) {
        (Ok(token), Ok(secret)) => client.session(AccessToken::new(token, secret)?),
        _ => ask_for_approval(&client).await?,
    };
    // 20 calls a minute are reported to be safe.
    Ok((FatSecret::new(session).with_pace(&Pace::new()), None))
}

async fn ask_for_approval(client: &Client) -> Outcome<Session> {
    let issued = client.begin(Callback::out_of_band()).request_token().await?;
    println!("Open {} and type the code that FatSecret shows:", issued.authorization_url());
    // Waiting for the user blocks this thread, which has nothing else to do.
    let pin = stdin().lines().next().ok_or("no code was typed")??;
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
    (mut file, mut days): (File, BTreeMap<Date, Vec<Value>>),
) -> Outcome<BTreeMap<Date, Vec<Value>>> {
    let wanted: Vec<Date> =
        range.start().series(1.day()).take_while(|date| date <= range.end()).collect();
    let bar = ProgressBar::new(u64::try_from(wanted.len())?).with_style(
        ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} days, {eta} left")?,
    );
    for date in wanted {
        bar.set_message(date.to_string());
        if let Entry::Vacant(missing) = days.entry(date) {
            let answer = fatsecret.food_entries(date).await.map_err(|error| told(&error))?;
            if let Some(lost) = lost(&answer) {
                bar.suspend(|| eprintln!("{date}: {lost}"));
            }
            let entries = answer.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
            let day = files::Day { date, source: source.to_owned(), entries };
            if answer.omitted() == 0 && date < today {
                writeln!(file, "{}", serde_json::to_string(&day)?)?;
            }
            missing.insert(day.entries);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    days.retain(|date, _| range.contains(date));
    Ok(days)
}

/// Reads the weights and the exercise, a month with each call.
async fn months(
    fatsecret: &FatSecret<Session>,
    from: Date,
    to: Date,
) -> Outcome<(BTreeMap<Date, Value>, BTreeMap<Date, Value>)> {
    let (mut weights, mut exercise) = (BTreeMap::new(), BTreeMap::new());
    let months: Vec<Date> =
        from.first_of_month().series(1.month()).take_while(|month| *month <= to).collect();
    for month in months {
        let answer = fatsecret.weights_month(month).await.map_err(|error| told(&error))?;
        if let Some(lost) = lost(&answer) {
            eprintln!("weights of the month of {month}: {lost}");
        }
        for day in &answer.days {
            weights.insert(day.date, serde_json::to_value(day)?);
        }
        let answer = fatsecret.exercise_entries_month(month).await.map_err(|error| told(&error))?;
        if let Some(lost) = lost(&answer) {
            eprintln!("exercise of the month of {month}: {lost}");
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

/// What could not be read and so is missing from the export, and why.
fn lost<T>(answer: &Answer<T>) -> Option<String> {
    let fields: Vec<_> = answer.unreadable().iter().map(ToString::to_string).collect();
    let (number, why) = (answer.omitted(), fields.join("; "));
    (number > 0)
        .then(|| format!("missing, because it cannot be read: {number} of the list ({why})"))
}

/// The error, and what helps against it.
fn told(error: &tripod::Error) -> String {
    let tomorrow = ApiError::of(error).map(ApiError::retry) == Some(Retry::NextDay);
    let hint = if tomorrow { " Run this again tomorrow: it will continue here." } else { "" };
    format!("{error}.{hint}")
}
