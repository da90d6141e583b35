//! The files of an export.
//!
//! They hold health data, so on Unix only the user who runs the program can read them.

use std::{
    collections::BTreeMap,
    fs::{DirBuilder, File, OpenOptions},
    io::{self, BufRead, BufReader},
    path::Path,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Outcome;

/// One day of the diary: a line of `diary.jsonl`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Day {
    pub(crate) date: Date,
    /// Where the day was read, so that invented days and those of an account do not become one export. A line
    /// without it is of another source, and so refused.
    #[serde(default)]
    pub(crate) source: String,
    pub(crate) entries: Vec<Value>,
}

/// Everything that was read.
pub(crate) struct Export {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) days: BTreeMap<Date, Vec<Value>>,
    pub(crate) weights: BTreeMap<Date, Value>,
    pub(crate) exercise: BTreeMap<Date, Value>,
}

/// Creates a folder that nobody else can open. A folder that is there already is left as it is.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens a file that nobody else can read.
fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.create(true).open(path)?;
    // The mode above is for a new file. An older one may have been readable by others.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

fn create_private(path: &Path) -> io::Result<File> {
    let file = open_private(path, OpenOptions::new().write(true))?;
    // Not before the permissions are right: nobody else shall read what is written.
    file.set_len(0)?;
    Ok(file)
}

/// Opens `diary.jsonl` for more days and returns the days that earlier runs have written.
///
/// A last line that was cut off is removed, so that its day is asked for again.
///
/// # Errors
///
/// If there is a day from another source than this.
pub(crate) fn open_diary(
    folder: &Path,
    source: &str,
) -> Outcome<(File, BTreeMap<Date, Vec<Value>>)> {
    let options = &mut OpenOptions::new();
    let path = folder.join("diary.jsonl");
    let file = open_private(&path, options.read(true).append(true))?;
    let mut days = BTreeMap::new();
    let mut complete = 0;
    let mut reader = BufReader::new(&file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        let Ok(day) = serde_json::from_slice::<Day>(&line) else { break };
        if day.source != source {
            return Err(format!(
                "{} has days from {:?}, and this run reads {source:?}: choose another --folder, or remove the file",
                path.display(),
                day.source
            )
            .into());
        }
        complete += u64::try_from(line.len())?;
        days.insert(day.date, day.entries);
        line.clear();
    }
    if file.metadata()?.len() > complete {
        file.set_len(complete)?;
    }
    Ok((file, days))
}

/// Writes `export.json`, `diary.csv`, `weights.csv` and `exercise.csv`.
pub(crate) fn write(folder: &Path, export: &Export) -> Outcome<()> {
    let all = json!({
        "from": export.from,
        "to": export.to,
        "diary": export.days,
        "weights": export.weights.values().collect::<Vec<_>>(),
        "exercise": export.exercise.values().collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(create_private(&folder.join("export.json"))?, &all)?;

    let columns = ["date", "meal", "name", "number_of_units"];
    let nutrients = ["calories", "carbohydrate", "protein", "fat", "fiber", "sugar", "sodium"];
    let mut csv = csv::Writer::from_writer(create_private(&folder.join("diary.csv"))?);
    csv.write_record(columns.iter().chain(&nutrients))?;
    for entry in export.days.values().flatten() {
        let plain = columns.iter().map(|name| text(&entry[*name]));
        let nutrition = nutrients.iter().map(|name| text(&entry["nutrition"][*name]));
        csv.write_record(plain.chain(nutrition))?;
    }
    csv.flush()?;
    for (name, rows, columns) in [
        ("weights.csv", &export.weights, ["date", "weight_kg", "comment"].as_slice()),
        ("exercise.csv", &export.exercise, ["date", "calories"].as_slice()),
    ] {
        let mut csv = csv::Writer::from_writer(create_private(&folder.join(name))?);
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
