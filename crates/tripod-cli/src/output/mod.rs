//! Replies for people, for other programs, and in files.

mod json;
mod target;

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use tripod::{
    Download,
    bytes::Bytes,
    http::{HeaderMap, StatusCode, Version},
};

pub(crate) use self::target::Target;
use crate::fail::{Exit, Failure, visible};

/// More than anybody reads on a terminal.
const MOST_SHOWN: usize = 4 << 20;

/// Where a reply goes.
#[derive(Debug)]
pub(crate) struct Output {
    /// A file for the body.
    pub(crate) file: Option<Target>,
    /// Whether the status and the headers are shown too.
    pub(crate) with_head: bool,
}

impl Output {
    /// Shows the status and the headers, if they are asked for.
    pub(crate) fn head(
        &self,
        version: Version,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<(), Failure> {
        if !self.with_head {
            return Ok(());
        }
        let color = if status.is_success() { AnsiColor::Green } else { AnsiColor::Red };
        let (bold, name_style) = (color.on_default().bold(), Style::new().bold());
        let mut text = format!("{version:?} {bold}{status}{bold:#}\n");
        for (name, value) in headers {
            let value = visible(&String::from_utf8_lossy(value.as_bytes()));
            let _ = writeln!(text, "{name_style}{name}{name_style:#}: {value}");
        }
        text.push('\n');
        anstream::stdout().write_all(text.as_bytes()).map_err(|error| Failure::output(&error))
    }

    /// Writes an answer's body while it arrives.
    pub(crate) async fn stream(self, mut download: Download) -> Result<(), Failure> {
        if let Some(file) = self.file {
            let mut file = file.empty().map_err(carried_out)?;
            while let Some(piece) = next(&mut download).await? {
                file.write(&piece).map_err(carried_out)?;
            }
            return Ok(());
        }
        if is_for_people() {
            let mut body = Vec::new();
            while let Some(piece) = next(&mut download).await? {
                body.extend_from_slice(&piece);
                if body.len() > MOST_SHOWN {
                    break;
                }
            }
            return show(&body);
        }
        let mut out = io::stdout();
        while let Some(piece) = next(&mut download).await? {
            // Standard output would hold back what follows the last line break.
            let written = out.write_all(&piece).and_then(|()| out.flush());
            written.map_err(|error| carried_out(Failure::output(&error)))?;
        }
        Ok(())
    }

    /// Writes an answer's body that has arrived.
    pub(crate) fn whole(self, body: &[u8]) -> Result<(), Failure> {
        match self.file {
            Some(file) => file.empty().and_then(|mut file| file.write(body)).map_err(carried_out),
            None => show(body),
        }
    }
}

/// What is still to be said if the reply is lost here: whoever reads of a failure sends the request again.
pub(crate) fn carried_out(failure: Failure) -> Failure {
    failure.with_more_advice("The request was carried out.")
}

const TO_A_FILE: &str =
    "The request was carried out. Write such a reply to a file with `-o FILE`, or into a pipe.";

async fn next(download: &mut Download) -> Result<Option<Bytes>, Failure> {
    download.chunk().await.map_err(|error| {
        Failure::from(error).with_advice("The reply is incomplete, and the request was carried out. Send it again only if it changes nothing.")
    })
}

/// Whether a person reads the output: on a terminal, or where colours are asked for.
fn is_for_people() -> bool {
    io::stdout().is_terminal() || ColorChoice::global() == ColorChoice::Always
}

/// Writes a body to standard output: for people JSON is indented and coloured, and nothing moves the cursor.
pub(crate) fn show(body: &[u8]) -> Result<(), Failure> {
    if !is_for_people() {
        let mut out = io::stdout();
        let written = out.write_all(body).and_then(|()| out.flush());
        return written.map_err(|error| carried_out(Failure::output(&error)));
    }
    if body.len() > MOST_SHOWN {
        let failure = Failure::new(Exit::Other, "the reply is larger than 4 MiB");
        return Err(failure.with_advice(TO_A_FILE));
    }
    let Some(text) = readable(body) else {
        let message = format!("the reply is binary ({} bytes)", body.len());
        return Err(Failure::new(Exit::Other, message).with_advice(TO_A_FILE));
    };
    let written = anstream::stdout().write_all(text.as_bytes());
    written.map_err(|error| carried_out(Failure::output(&error)))
}

/// A body as a terminal may show it. None if it is not text.
fn readable(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok().filter(|text| !text.contains('\0'))?;
    if let Some(json) = json::pretty(text) {
        return Some(json);
    }
    let lines = text.replace("\r\n", "\n");
    let pieces: Vec<_> = lines.split('\t').map(visible).collect();
    let mut text = pieces.join("\t");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_text_that_cannot_move_the_cursor() {
        assert_eq!(readable(b"a\tb\r\nc\x1b[2J").as_deref(), Some("a\tb\nc?[2J\n"));
        assert_eq!(readable(b"").as_deref(), Some(""));
        assert_eq!(readable(b"a\n").as_deref(), Some("a\n"));
        for binary in [&b"\x89PNG\xff"[..], b"a\0b"] {
            assert_eq!(readable(binary), None);
        }
        assert!(readable(b"{\"a\":1}").unwrap().contains('\n'));
    }
}
