//! `tripod providers`.

use std::fmt::Write as _;

use crate::{
    fail::Failure,
    provider::known::{ALL, Known, Login},
    text::{print, table, width, wrap},
};

pub(crate) fn run() -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = ALL.iter().map(row).collect();
    let mut out = table(&["Name", "API", "Notes"], &rows, width());
    let more = "Relative URLs go to the API. For another provider, see `tripod login --help`.";
    let _ = write!(out, "\n{}\n", wrap(more, width()).join("\n"));
    print(&out)
}

fn row(known: &Known) -> Vec<String> {
    let mut notes = Vec::new();
    if !known.title.eq_ignore_ascii_case(known.name) {
        notes.push(known.title.to_owned());
    }
    if let Login::No(_) = known.login {
        notes.push("no login from here".to_owned());
    } else if known.login == Login::Registered {
        notes.push("only a registered callback".to_owned());
    }
    if let Some(site) = known.site {
        notes.push(format!("--site: {site}"));
    }
    if !known.note.is_empty() {
        notes.push(known.note.to_owned());
    }
    let api = match known.site {
        // The account of NetSuite is in the middle of a host, the site of others in front of a path.
        Some(_) => known
            .api
            .replace("{site}", "SITE")
            .replace("{folder}", "SITE/")
            .replace("{account}", "SITE"),
        None => known.api.to_owned(),
    };
    vec![known.name.to_owned(), api, notes.join("; ")]
}
