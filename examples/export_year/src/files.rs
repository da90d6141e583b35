//! The files of an export.
//!
//! They hold health data, so on Unix only the user who runs the program can read them.

use std::{
    collections::BTreeMap,
    fs::{DirBuilder, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One day of the diary: a line of `diary.jsonl`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Day {
    pub(crate) date: Date,
    /// Where the day was read, so that invented days and those of two accounts do not become one export. A line
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

/// The days that are in `diary.jsonl`, and the file, which no other run can open meanwhile.
pub(crate) struct Diary {
    file: File,
    pub(crate) days: BTreeMap<Date, Vec<Value>>,
}

/// How each line begins.
const BEGINNING: &[u8] = b"{\"date\":";

impl Diary {
    /// Opens `diary.jsonl` for more days and reads the days that earlier runs have written.
    ///
    /// A last line that was cut off is removed, so that its day is asked for again. With `same_account`, the days of
    /// other FatSecret accounts are taken for this one's.
    ///
    /// # Errors
    ///
    /// If another run has the file, if a line is not a day, or if there is a day from another source than this. The
    /// file stays as it is then.
    pub(crate) fn open(folder: &Path, source: &str, same_account: bool) -> Result<Self> {
        let path = folder.join("diary.jsonl");
        let shown = path.display();
        let file = open_alone(&path)?;
        let mut days = BTreeMap::new();
        let mut complete = 0;
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            if !line.ends_with(b"\n") && is_begun(&line) {
                file.set_len(complete)?;
                break;
            }
            let day: Day = serde_json::from_slice(&line).with_context(|| {
                format!("line {number} of {shown} is not a day: remove the line, or choose another --folder")
            })?;
            if day.source != source && !(same_account && is_account(&day.source, source)) {
                let flag = if is_account(&day.source, source) {
                    ". If you log in again to the same account, add --same-account"
                } else {
                    ""
                };
                bail!(
                    "{shown} has days from {:?}, and this run reads {source:?}: choose another --folder, or remove the file{flag}",
                    day.source
                );
            }
            complete += u64::try_from(line.len())?;
            days.insert(day.date, day.entries);
        }
        drop(reader);
        Ok(Self { file, days })
    }

    /// Appends a day.
    pub(crate) fn keep(&mut self, day: &Day) -> Result<()> {
        // With its end in one piece, so that a line without an end is one that was cut off.
        let mut line = serde_json::to_vec(day)?;
        line.push(b'\n');
        Ok(self.file.write_all(&line)?)
    }
}

/// Whether this is the beginning of a line of ours. A file of somebody else's is not cut.
fn is_begun(line: &[u8]) -> bool {
    line.starts_with(BEGINNING) || BEGINNING.starts_with(line)
}

/// Whether both are accounts at FatSecret, which can be one and the same. Invented days are never those of an account.
fn is_account(one: &str, other: &str) -> bool {
    one.starts_with(FATSECRET) && other.starts_with(FATSECRET)
}

/// What the source of an account's days begins with.
pub(crate) const FATSECRET: &str = "FatSecret";

/// Opens a file for this run alone: two runs at once would write the same days twice.
fn open_alone(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    let taken = || anyhow!("another run of this program uses {}: wait for its end", path.display());
    #[cfg(windows)]
    {
        // Others may read the file, and not write it.
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
        const SHARING_VIOLATION: i32 = 32;
        open_private(path, &mut options).map_err(|error| match error.raw_os_error() {
            Some(SHARING_VIOLATION) => taken(),
            _ => error.into(),
        })
    }
    #[cfg(not(windows))]
    {
        let file = open_private(path, &mut options)?;
        #[cfg(unix)]
        {
            use rustix::{
                fs::{FlockOperation, flock},
                io::Errno,
            };
            flock(&file, FlockOperation::NonBlockingLockExclusive)
                .map_err(|error| if error == Errno::WOULDBLOCK { taken() } else { error.into() })?;
        }
        Ok(file)
    }
}

/// Writes `export.json`, `diary.csv`, `weights.csv` and `exercise.csv`.
pub(crate) fn write(folder: &Path, export: &Export) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const FIRST: &str =
        "{\"date\":\"2026-03-01\",\"source\":\"FatSecret, account a\",\"entries\":[]}\n";
    const SECOND: &str =
        "{\"date\":\"2026-03-02\",\"source\":\"FatSecret, account a\",\"entries\":[]}\n";

    fn open(folder: &Path, source: &str, same_account: bool) -> Result<usize, String> {
        let diary = Diary::open(folder, source, same_account);
        diary.map(|diary| diary.days.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn only_a_last_line_without_an_end_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diary.jsonl");
        let of_a = |text: &str| {
            fs::write(&path, text).unwrap();
            (open(folder.path(), "FatSecret, account a", false), fs::read_to_string(&path).unwrap())
        };
        for cut in ["", "{", "{\"date\":\"20", SECOND.trim_end()] {
            assert_eq!(of_a(&format!("{FIRST}{cut}")), (Ok(1), FIRST.to_owned()), "{cut}");
        }
        for (text, line) in [
            (format!("{FIRST}oops\n{SECOND}"), "line 2 of "),
            ("my shopping list\n".to_owned(), "line 1 of "),
            ("a file without a line break".to_owned(), "line 1 of "),
        ] {
            let (opened, left) = of_a(&text);
            assert!(opened.as_ref().is_err_and(|error| error.contains(line)), "{opened:?}");
            assert_eq!(left, text);
        }
    }

    #[test]
    fn the_days_of_another_account_are_taken_only_if_the_user_says_so() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("diary.jsonl"), FIRST).unwrap();
        let of = |source, same_account| open(folder.path(), source, same_account);
        assert_eq!(of("FatSecret, account a", false), Ok(1));
        let refused = of("FatSecret, account b", false);
        assert!(refused.is_err_and(|error| error.contains("add --same-account")));
        assert_eq!(of("FatSecret, account b", true), Ok(1));
        let refused = of("the sandbox", true);
        assert!(refused.is_err_and(|error| !error.contains("--same-account")));
    }

    #[test]
    fn two_runs_do_not_share_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Diary::open(folder.path(), "a", false).unwrap();
        let refused = open(folder.path(), "a", false);
        assert!(refused.is_err_and(|error| error.contains("another run of this program")));
        let day = Day { date: jiff::civil::date(2026, 3, 1), source: "a".into(), entries: vec![] };
        first.keep(&day).unwrap();
        drop(first);
        assert_eq!(open(folder.path(), "a", false), Ok(1));
    }
}
