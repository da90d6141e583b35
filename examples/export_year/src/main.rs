//! Exports the diary, weights and exercise of a date range to JSON and CSV.
//!
//! ```sh
//! cargo run -p example-export-year                                   # the last year
//! cargo run -p example-export-year -- 2026-01-01 2026-03-31 my-data
//! ```
//!
//! It asks for one day after another, politely (a pause between calls, a longer one when FatSecret
//! asks for it), and can be stopped at any time: what is there is not asked for again. Offline against
//! the sandbox, or with FatSecret's key in the environment against FatSecret. See `examples/README.md`.
//!
//! FatSecret's terms let an application keep most content for 24 hours only. An export that a user asks
//! for is the user's own to keep.

mod account;

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use account::Outcome;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tripod::{
    Error, Session,
    fatsecret::{ApiError, FatSecret, Retry},
};

/// One day of the diary, as it stands on a line of `diary.jsonl`.
#[derive(Serialize, Deserialize)]
struct Day {
    date: Date,
    entries: Vec<Value>,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let account = account::open().await?;
    if let Some(sandbox) = &account.sandbox {
        sandbox.seed_example_year()?;
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (from, to) = match arguments.as_slice() {
        [from, to, ..] => (from.parse()?, to.parse()?),
        _ => (account.today.checked_sub(1.year())?, account.today.checked_sub(1.day())?),
    };
    if from > to {
        return Err(format!("{from} is after {to}").into());
    }
    let folder = arguments.get(2).map_or_else(|| "target/export".into(), PathBuf::from);
    fs::create_dir_all(&folder)?;

    let days = diary(&account.fatsecret, from, to, &folder).await?;
    let (weights, exercise) = months(&account.fatsecret, from, to).await?;
    write(&folder, from, to, &days, &weights, &exercise)?;
    let entries: usize = days.values().map(Vec::len).sum();
    println!(
        "{} days, {entries} entries, {} weights, {} exercise days, in {}",
        days.len(),
        weights.len(),
        exercise.len(),
        folder.display()
    );
    println!("Powered by fatsecret");
    Ok(())
}

/// Reads each day's diary, and appends it to `diary.jsonl` as it comes, which is what makes the
/// export resumable.
async fn diary(
    fatsecret: &FatSecret<Session>,
    from: Date,
    to: Date,
    folder: &Path,
) -> Outcome<BTreeMap<Date, Vec<Value>>> {
    let path = folder.join("diary.jsonl");
    let mut days = already_there(&path)?;
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let wanted: Vec<Date> = from.series(1.day()).take_while(|date| *date <= to).collect();
    let bar = ProgressBar::new(u64::try_from(wanted.len())?).with_style(
        ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} days, {eta} left")?,
    );
    for date in &wanted {
        bar.set_message(date.to_string());
        if !days.contains_key(date) {
            let answer = patiently(|| fatsecret.food_entries(*date)).await?;
            let entries = answer.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
            let day = Day { date: *date, entries };
            writeln!(file, "{}", serde_json::to_string(&day)?)?;
            days.insert(*date, day.entries);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    days.retain(|date, _| (from..=to).contains(date));
    Ok(days)
}

/// What an earlier run has left. A last line that was cut off is taken away and asked for again.
fn already_there(path: &Path) -> Outcome<BTreeMap<Date, Vec<Value>>> {
    let mut days = BTreeMap::new();
    let Ok(file) = File::open(path) else { return Ok(days) };
    let mut good = 0;
    for line in BufReader::new(file).split(b'\n') {
        let line = line?;
        let Ok(day) = serde_json::from_slice::<Day>(&line) else { break };
        good += u64::try_from(line.len())? + 1;
        days.insert(day.date, day.entries);
    }
    let file = OpenOptions::new().write(true).open(path)?;
    if file.metadata()?.len() > good {
        file.set_len(good)?;
    }
    Ok(days)
}

/// Weights and energy used, a month at a time.
async fn months(
    fatsecret: &FatSecret<Session>,
    from: Date,
    to: Date,
) -> Outcome<(BTreeMap<Date, Value>, BTreeMap<Date, Value>)> {
    let (mut weights, mut exercise) = (BTreeMap::new(), BTreeMap::new());
    let months: Vec<Date> =
        from.first_of_month().series(1.month()).take_while(|month| *month <= to).collect();
    for month in months {
        let answer = patiently(|| fatsecret.weights_month(month)).await?;
        for day in &answer.days {
            weights.insert(day.date, serde_json::to_value(day)?);
        }
        let answer = patiently(|| fatsecret.exercise_entries_month(month)).await?;
        for day in &answer.days {
            exercise.insert(day.date, serde_json::to_value(day)?);
        }
    }
    weights.retain(|date, _| (from..=to).contains(date));
    exercise.retain(|date, _| (from..=to).contains(date));
    Ok((weights, exercise))
}

/// Calls again, after growing pauses, what may succeed if it is called again. Only reads are here.
async fn patiently<T, F: Future<Output = Result<T, Error>>>(call: impl Fn() -> F) -> Outcome<T> {
    let mut pause = Duration::from_secs(1);
    loop {
        match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) if error.is_retryable() && pause <= Duration::from_secs(16) => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Err(error) => {
                let tomorrow = ApiError::of(&error).map(ApiError::retry) == Some(Retry::NextDay);
                let hint =
                    if tomorrow { " Run this again tomorrow; it goes on from here." } else { "" };
                return Err(format!("{error}.{hint}").into());
            }
        }
    }
}

fn write(
    folder: &Path,
    from: Date,
    to: Date,
    days: &BTreeMap<Date, Vec<Value>>,
    weights: &BTreeMap<Date, Value>,
    exercise: &BTreeMap<Date, Value>,
) -> Outcome<()> {
    let all = json!({
        "from": from,
        "to": to,
        "diary": days,
        "weights": weights.values().collect::<Vec<_>>(),
        "exercise": exercise.values().collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(File::create(folder.join("export.json"))?, &all)?;

    let columns = ["date", "meal", "name", "number_of_units"];
    let nutrients = ["calories", "carbohydrate", "protein", "fat", "fiber", "sugar", "sodium"];
    let mut csv = csv::Writer::from_path(folder.join("diary.csv"))?;
    csv.write_record(columns.iter().chain(&nutrients))?;
    for entry in days.values().flatten() {
        let plain = columns.iter().map(|name| text(&entry[*name]));
        csv.write_record(
            plain.chain(nutrients.iter().map(|name| text(&entry["nutrition"][*name]))),
        )?;
    }
    csv.flush()?;
    for (name, rows, columns) in [
        ("weights.csv", weights, ["date", "weight_kg", "comment"].as_slice()),
        ("exercise.csv", exercise, ["date", "calories"].as_slice()),
    ] {
        let mut csv = csv::Writer::from_path(folder.join(name))?;
        csv.write_record(columns)?;
        for row in rows.values() {
            csv.write_record(columns.iter().map(|column| text(&row[*column])))?;
        }
        csv.flush()?;
    }
    Ok(())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
