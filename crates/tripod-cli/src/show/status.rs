//! `tripod status` and `tripod use`.

use std::time::SystemTime;

use serde_json::json;

use crate::{
    account::nobody,
    cli::{Status, Use},
    fail::{Exit, Failure},
    store::{
        self, Data,
        index::{Entry, Holder, Index},
        key,
    },
    text::{print, say, table, width},
};

pub(crate) async fn run(arguments: &Status) -> Result<(), Failure> {
    let folder = store::folder()?;
    let index = match Data::existing().await? {
        Some(data) => data.index().await?,
        None => Index::default(),
    };
    if arguments.json {
        return print(&json_text(&index));
    }
    if index.accounts.is_empty() {
        print("No account is logged in.\n")?;
    } else {
        let rows: Vec<Vec<String>> =
            index.accounts.iter().map(|entry| row(&index, entry)).collect();
        let heads = ["  Account", "Logged in (UTC)", "Token ends (UTC)", "Provider"];
        print(&table(&heads, &rows, width()))?;
        print("\n* the default account\n")?;
    }
    let key = match index.key {
        Some(Holder::Keyring) => "in the system's keyring".to_owned(),
        Some(Holder::File) => key::file(&folder).display().to_string(),
        None => "none yet".to_owned(),
    };
    print(&format!(
        "Sessions are in {}\nThe sealing key is {}{key}\n",
        folder.display(),
        key_word(index.key)
    ))
}

fn key_word(holder: Option<Holder>) -> &'static str {
    if holder == Some(Holder::File) { "in " } else { "" }
}

fn row(index: &Index, entry: &Entry) -> Vec<String> {
    let mark = if index.default.as_ref() == Some(&entry.name) { '*' } else { ' ' };
    let end = match entry.until() {
        Some(moment) if moment <= SystemTime::now() => "ended".to_owned(),
        Some(_) => moment(entry.until.unwrap_or_default()),
        None => "not known".to_owned(),
    };
    vec![format!("{mark} {}", entry.name), moment(entry.since), end, entry.choice.shown()]
}

/// A moment in UTC, such as `2026-11-26 20:04`.
fn moment(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "?".to_owned(), |moment| moment.strftime("%Y-%m-%d %H:%M").to_string())
}

fn json_text(index: &Index) -> String {
    let accounts: Vec<_> = index
        .accounts
        .iter()
        .map(|entry| {
            json!({
                "account": entry.name,
                "provider": entry.choice.name,
                "site": entry.choice.site,
                "sandbox": entry.choice.sandbox,
                "consumer_key": entry.consumer_key,
                "logged_in": entry.since,
                "ends": entry.until,
                "default": index.default.as_ref() == Some(&entry.name),
            })
        })
        .collect();
    format!("{:#}\n", json!(accounts))
}

/// Makes an account the default.
pub(crate) async fn choose(arguments: &Use) -> Result<(), Failure> {
    let Some(data) = Data::existing().await? else { return Err(nobody()) };
    let _lock = data.lock()?;
    let mut index = data.index().await?;
    let name = index
        .select(Some(&arguments.account))
        .map_err(|failure| failure.with_exit(Exit::Usage))?
        .name
        .clone();
    index.default = Some(name.clone());
    data.write_index(&index).await?;
    say!("The default account is {name}.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_utc() {
        assert_eq!(moment(1_795_723_440), "2026-11-26 20:04");
        assert_eq!(moment(u64::MAX), "?");
    }
}
