//! Text for a terminal: its width, and words that fit into it.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use anstyle::Style;
use terminal_size::{Width, terminal_size};

use crate::fail::{Failure, visible};

/// Says something to the user on standard error, so that standard output has only what was asked for. If nobody
/// listens, that is no reason to stop.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::text::say_line(&format!($($text)*))
    };
}
pub(crate) use say;

pub(crate) fn say_line(text: &str) {
    let _ = writeln!(anstream::stderr(), "{}", visible(text));
}

/// Writes the command's output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error: io::Error| Failure::output(&error))
}

/// Sets a text in bold, if it is written to a terminal.
pub(crate) fn bold(text: &str) -> String {
    let bold = Style::new().bold();
    format!("{bold}{text}{bold:#}")
}

/// Lays out rows under their heads: as a table, or as a block for each row where a table does not fit.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let longest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).chain([heads[column].len()]).max().unwrap_or(0)
    };
    let Some(last) = heads.len().checked_sub(1) else { return String::new() };
    let fixed: Vec<usize> = (0..last).map(longest).collect();
    let used: usize = fixed.iter().map(|column| column + GAP).sum();
    // The last column takes what is left, and its cells go on below.
    let left = width.saturating_sub(used);
    if left < longest(last).min(LAST) {
        return blocks(heads, rows, width);
    }
    let mut out = String::new();
    for (number, head) in heads.iter().enumerate() {
        let padding = fixed.get(number).map_or(0, |column| column + GAP - head.len());
        out += &bold(head);
        out += &" ".repeat(padding);
    }
    out.push('\n');
    for row in rows {
        let mut line = String::new();
        for (cell, column) in row.iter().zip(&fixed) {
            line += cell;
            line += &" ".repeat(column + GAP - cell.chars().count());
        }
        for (number, part) in
            wrap(row.get(last).map_or("", String::as_str), left).iter().enumerate()
        {
            if number > 0 {
                line = " ".repeat(used);
            }
            line += part;
            out += line.trim_end();
            out.push('\n');
        }
    }
    out
}

fn blocks(heads: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let mut out = String::new();
    for row in rows {
        for (number, (head, cell)) in heads.iter().zip(row).enumerate() {
            if number == 0 {
                out += &bold(cell);
                out.push('\n');
            } else if !cell.is_empty() {
                for part in wrap(&format!("{head}: {cell}"), width.saturating_sub(GAP)) {
                    let _ = writeln!(out, "  {part}");
                }
            }
        }
    }
    out
}

/// Between two columns.
const GAP: usize = 2;
/// The least that the last column is given.
const LAST: usize = 24;

/// The width of the terminal, or what is usual where there is none.
pub(crate) fn width() -> usize {
    terminal_size().map_or(100, |(Width(columns), _)| usize::from(columns).clamp(20, 120))
}

/// Breaks a text into lines of at most `width` characters, between words where it can.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.len() > width {
            lines.push(String::new());
        } else if last > 0 {
            push(&mut lines, " ");
        }
        // A word that fits into no line, such as a URL.
        while word.len() > width {
            let rest = word.split_off(width);
            push(&mut lines, &word.iter().collect::<String>());
            lines.push(String::new());
            word = rest;
        }
        push(&mut lines, &word.iter().collect::<String>());
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_table_becomes_blocks_where_it_does_not_fit() {
        let rows = [
            vec![
                "x".to_owned(),
                "https://api.x.example".to_owned(),
                "words that go on for a while".to_owned(),
            ],
            vec!["trello".to_owned(), "https://api.trello.example".to_owned(), String::new()],
        ];
        let heads = ["Name", "API", "Note"];
        assert_eq!(
            plain(&table(&heads, &rows, 60)),
            "\
Name    API                         Note
x       https://api.x.example       words that go on for a
                                    while
trello  https://api.trello.example
"
        );
        assert_eq!(
            plain(&table(&heads, &rows, 24)),
            "\
x
  API:
  https://api.x.example
  Note: words that go on
  for a while
trello
  API:
  https://api.trello.exa
  mple
"
        );
    }

    #[test]
    fn words_are_kept_together_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a https://x.example b", 9), ["a", "https://x", ".example", "b"]);
        assert_eq!(wrap("é é é", 3), ["é é", "é"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
