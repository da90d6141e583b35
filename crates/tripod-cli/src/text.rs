//! Text for a terminal: its width, and words that fit into it.

use terminal_size::{Width, terminal_size};

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

    #[test]
    fn words_are_kept_together_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a https://x.example b", 9), ["a", "https://x", ".example", "b"]);
        assert_eq!(wrap("é é é", 3), ["é é", "é"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
