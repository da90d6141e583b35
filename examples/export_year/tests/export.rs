//! Runs the program as its users do, against its own sandbox.

use std::{
    error::Error,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

const PROGRAM: &str = env!("CARGO_BIN_EXE_example-export-year");

/// Runs the program with a umask that takes nothing away, so that every permission is its own choice.
fn run(arguments: &[&str], folder: &Path) -> Outcome<Output> {
    let mut command = if cfg!(unix) {
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 000; exec \"$0\" \"$@\"", PROGRAM]);
        shell
    } else {
        Command::new(PROGRAM)
    };
    command.args(arguments).arg("--folder").arg(folder);
    for name in ["CONSUMER_KEY", "CONSUMER_SECRET"] {
        command.env_remove(format!("FATSECRET_{name}"));
    }
    Ok(command.output()?)
}

fn export(folder: &Path) -> Outcome<Value> {
    Ok(serde_json::from_slice(&fs::read(folder.join("export.json"))?)?)
}

/// Three days that the sandbox's year contains, whatever the time zone is.
fn days() -> Outcome<[String; 2]> {
    let today = jiff::ZonedDateTime::now().date();
    let day = |back: i64| today.checked_sub(jiff::Span::new().days(back));
    Ok([day(12)?.to_string(), day(10)?.to_string()])
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_files() -> Outcome<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode =
        |path: &Path| -> Outcome<u32> { Ok(fs::metadata(path)?.permissions().mode() & 0o777) };
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path().join("mine/export");
    let [from, to] = days()?;
    let arguments = ["--from", &from, "--to", &to];
    assert!(run(&arguments, &folder)?.status.success());
    // Files of an earlier version, which everybody could read, are tightened by the next run.
    for again in [false, true] {
        if again {
            for entry in fs::read_dir(&folder)? {
                fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o666))?;
            }
            assert!(run(&arguments, &folder)?.status.success());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            assert_eq!(mode(&entry.path())?, 0o600, "{}", entry.path().display());
            names.push(entry.file_name().into_string().map_err(|_| "not UTF-8")?);
        }
        names.sort();
        let all = ["diary.csv", "diary.jsonl", "exercise.csv", "export.json", "weights.csv"];
        assert_eq!(names, all);
        assert_eq!(mode(&folder)?, 0o700);
        assert_eq!(mode(&temporary.path().join("mine"))?, 0o700);
    }
    Ok(())
}

#[test]
fn a_second_run_completes_what_the_first_left() -> Outcome<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let [from, to] = days()?;
    let arguments = ["--from", &from, "--to", &to];
    assert!(run(&arguments, folder)?.status.success());
    let first = export(folder)?;
    assert_eq!(first["diary"].as_object().map(serde_json::Map::len), Some(3));

    // The first run was stopped in the middle of the last line.
    let diary = folder.join("diary.jsonl");
    let text = fs::read_to_string(&diary)?;
    fs::write(&diary, &text[..text.len() - 20])?;
    assert!(run(&arguments, folder)?.status.success());
    assert_eq!(fs::read_to_string(&diary)?.lines().count(), 3);
    assert_eq!(export(folder)?["diary"].as_object().map(serde_json::Map::len), Some(3));

    // A line without its end could be one half of a longer one.
    let text = fs::read_to_string(&diary)?;
    fs::write(&diary, text.trim_end())?;
    assert!(run(&arguments, folder)?.status.success());
    assert_eq!(fs::read_to_string(&diary)?.lines().count(), 3);
    Ok(())
}

/// What is written in the course of a day is exported at once, and read again by the next run.
#[test]
fn a_day_that_is_not_over_is_asked_for_again() -> Outcome<()> {
    let today = || jiff::ZonedDateTime::now().date();
    let (temporary, yesterday) = loop {
        let (temporary, day) = (tempfile::tempdir()?, today());
        let (yesterday, tomorrow) = (day.yesterday()?.to_string(), day.tomorrow()?.to_string());
        assert!(
            run(&["--from", &yesterday, "--to", &tomorrow], temporary.path())?.status.success()
        );
        // The program has a today of its own. Over midnight, it may be another one.
        if today() == day {
            break (temporary, yesterday);
        }
    };
    let folder = temporary.path();
    assert_eq!(export(folder)?["diary"].as_object().map(serde_json::Map::len), Some(3));
    let kept = fs::read_to_string(folder.join("diary.jsonl"))?;
    assert_eq!(kept.lines().count(), 1, "{kept}");
    assert!(kept.contains(&yesterday), "{kept}");
    Ok(())
}

#[test]
fn invented_days_and_those_of_an_account_are_not_mixed() -> Outcome<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let [from, to] = days()?;
    let arguments = ["--from", &from, "--to", &to];
    assert!(run(&arguments, folder)?.status.success());
    let diary = folder.join("diary.jsonl");
    let account =
        fs::read_to_string(&diary)?.replace("\"the sandbox\"", "\"FatSecret, account 0\"");
    fs::write(&diary, &account)?;
    let exported = fs::read(folder.join("export.json"))?;
    let output = run(&arguments, folder)?;
    let said = String::from_utf8(output.stderr)?;
    assert!(!output.status.success() && said.contains("choose another --folder"), "{said}");
    assert_eq!(fs::read_to_string(&diary)?, account);
    assert_eq!(fs::read(folder.join("export.json"))?, exported);
    Ok(())
}

/// Each login gives another token, so the days of an account are never those of a run that logs in.
#[test]
fn nobody_logs_in_for_an_export_that_is_refused() -> Outcome<()> {
    let temporary = tempfile::tempdir()?;
    let diary = temporary.path().join("diary.jsonl");
    let run = |source: &str| -> Outcome<String> {
        fs::write(
            &diary,
            format!("{{\"date\":\"2026-03-01\",\"source\":\"{source}\",\"entries\":[]}}\n"),
        )?;
        let mut command = Command::new(PROGRAM);
        command.arg("--folder").arg(temporary.path()).stdin(Stdio::null());
        command.env("FATSECRET_CONSUMER_KEY", "key").env("FATSECRET_CONSUMER_SECRET", "secret");
        command.env_remove("FATSECRET_ACCESS_TOKEN").env_remove("FATSECRET_ACCESS_SECRET");
        let output = command.output()?;
        assert!(!output.status.success());
        // The URL of the login would stand here.
        assert_eq!(String::from_utf8(output.stdout)?, "");
        Ok(String::from_utf8(output.stderr)?)
    };
    let said = run("FatSecret, account 0")?;
    assert!(said.contains("has days from \"FatSecret, account 0\""), "{said}");
    assert!(said.contains("log in again to the same account, add --same-account"), "{said}");
    let said = run("the sandbox")?;
    assert!(said.contains("has days from \"the sandbox\""), "{said}");
    assert!(!said.contains("--same-account"), "{said}");
    Ok(())
}

/// The reader of the last line may have gone, such as `head`.
#[cfg(target_os = "linux")]
#[test]
fn an_export_that_nobody_watches_is_written() -> Outcome<()> {
    let temporary = tempfile::tempdir()?;
    let [from, to] = days()?;
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "exec \"$0\" \"$@\" >/dev/full 2>/dev/full",
        PROGRAM,
        "--from",
        &from,
        "--to",
        &to,
    ]);
    command.arg("--folder").arg(temporary.path()).env_remove("FATSECRET_CONSUMER_KEY");
    assert!(command.status()?.success());
    assert_eq!(export(temporary.path())?["diary"].as_object().map(serde_json::Map::len), Some(3));
    Ok(())
}

#[test]
fn wrong_arguments_are_explained() -> Outcome<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path().join("export");
    for (arguments, text) in [
        (["--from", "2026-03-02", "--to", "2026-03-01"], "is after the last day"),
        (["--from", "yesterday", "--to", "2026-03-01"], "--from <DATE>"),
    ] {
        let output = run(&arguments, &folder)?;
        let said = String::from_utf8(output.stderr)?;
        assert!(!output.status.success() && said.contains(text), "{said}");
    }
    assert!(!folder.exists());

    let help = String::from_utf8(run(&["--help"], &folder)?.stdout)?;
    assert!(help.contains("Examples:\n  cargo run -p example-export-year "), "{help}");
    Ok(())
}
