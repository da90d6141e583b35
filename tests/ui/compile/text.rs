//! The parts of rustc's texts that depend on the machine or on lines elsewhere are left out.

use std::path::Path;

/// One message about `case`, which is a path within `root`.
///
/// Paths begin at `root`. Where the message shows another file than the case, line numbers are left out, so that
/// the text stays when that file changes; the margin is then as wide as the numbers that are left.
pub(super) fn normalize(rendered: &str, root: &Path, case: &str) -> String {
    let root = format!("{}/", root.display()).replace('\\', "/");
    let mut lines = Vec::new();
    let mut elsewhere = false;
    for line in rendered.trim_end().lines() {
        if let Some((margin, arrow, place)) = arrow(line) {
            let place = place.replace('\\', "/").replace(&root, "");
            elsewhere = !place.starts_with(case);
            let place = if elsewhere { without_numbers(&place) } else { &place };
            lines.push(format!("{margin}{arrow} {place}"));
        } else if elsewhere && starts_a_line_of_code(line) {
            let code = line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
            lines.push(" ".repeat(line.len() - code.len()) + code);
        } else {
            elsewhere = false;
            lines.push(others(line));
        }
    }
    narrow(&mut lines);
    lines.join("\n") + "\n"
}

/// `  --> src/lib.rs:10:5`, or with `:::`: the margin, the arrow, the place.
fn arrow(line: &str) -> Option<(&str, &str, &str)> {
    let text = line.trim_start();
    let margin = &line[..line.len() - text.len()];
    let (arrow, place) = text.split_once(' ')?;
    (arrow == "-->" || arrow == ":::").then_some((margin, arrow, place))
}

/// `src/lib.rs:10:5` is `src/lib.rs`.
fn without_numbers(place: &str) -> &str {
    place.trim_end_matches(|c: char| c == ':' || c.is_ascii_digit())
}

fn starts_a_line_of_code(line: &str) -> bool {
    line.trim_start().starts_with(|c: char| c == '|' || c == '.' || c.is_ascii_digit())
}

/// How many other types implement a trait is theirs to change.
fn others(line: &str) -> String {
    let count =
        line.trim_start().strip_prefix("and ").and_then(|rest| rest.strip_suffix(" others"));
    match count {
        Some(count) if count.bytes().all(|byte| byte.is_ascii_digit()) => line.replace(count, "$N"),
        _ => line.to_owned(),
    }
}

/// Takes the blanks that no line number needs any more from the margin. Numbers end where the arrow begins.
fn narrow(lines: &mut [String]) {
    let Some(width) = lines.iter().find_map(|line| Some(arrow(line)?.0.len())) else { return };
    let numbers = lines.iter().filter_map(|line| {
        let (number, rest) = line.trim_start().split_once(' ')?;
        let in_margin = rest.starts_with(['|', '~', '+', '-']);
        (in_margin && number.parse::<u32>().is_ok()).then_some(number.len())
    });
    let blanks = width.saturating_sub(numbers.max().unwrap_or(1));
    let margin = " ".repeat(width);
    for line in lines {
        let number = line.trim_start();
        let in_margin = number.starts_with(|c: char| c.is_ascii_digit())
            && line.len() - number.len() < width
            || line.starts_with(&margin);
        if let Some(rest) = line.strip_prefix("... ") {
            *line = format!("... {}", &rest[blanks.min(rest.len())..]);
        } else if in_margin && line.starts_with(&margin[..blanks]) {
            line.replace_range(..blanks, "");
        }
    }
}
