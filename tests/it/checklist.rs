//! `docs/rfc5849.md` tells the truth: every rule is there, and so is every test and item it names.

use std::{collections::BTreeMap, fs, path::Path};

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of the table: the number, the place in the code, the tests.
fn rows(document: &str) -> BTreeMap<u32, (String, String)> {
    let mut rows = BTreeMap::new();
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let Ok(number) = cells[0].parse() else { continue };
        assert_eq!(cells.len(), 4, "row {number} has four cells");
        let row = (cells[2].to_owned(), cells[3].to_owned());
        assert!(rows.insert(number, row).is_none(), "row {number} is there twice");
    }
    rows
}

/// The names in backticks of the form `path.rs` or `path.rs::name`.
fn names(cell: &str) -> Vec<(&str, Option<&str>)> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(|name| name.split_once("::").map_or((name, None), |(path, item)| (path, Some(item))))
        .collect()
}

/// The numbers of a `// checklist 19, 21, 27-33: why` comment.
fn numbers(comment: &str) -> Vec<u32> {
    let list = comment.split(':').next().unwrap();
    list.split(',')
        .flat_map(|part| {
            let part = part.trim();
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            from.parse().unwrap()..=to.parse().unwrap()
        })
        .collect()
}

/// The test of that name is a test, and its comment has the number.
#[track_caller]
fn check_test(number: u32, path: &str, test: &str) {
    let source = read(path);
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let wanted = [format!("fn {test}("), format!("async fn {test}(")];
    let at = lines
        .iter()
        .position(|line| wanted.iter().any(|wanted| line.starts_with(wanted)))
        .unwrap_or_else(|| panic!("row {number}: there is no {test} in {path}"));
    let above: Vec<&str> = lines[..at]
        .iter()
        .rev()
        .take_while(|line| line.starts_with("//") || line.starts_with("#["))
        .copied()
        .collect();
    // A suite without a harness of rustc's has its tests in a list.
    let is_listed = lines.iter().any(|line| line.trim().strip_suffix(',') == Some(test));
    let is_test = is_listed || above.iter().any(|line| line.contains("test]"));
    assert!(is_test, "row {number}: {test} in {path} is no test");
    let carried = above.iter().filter_map(|line| line.strip_prefix("// checklist "));
    let carried: Vec<u32> = carried.flat_map(numbers).collect();
    assert!(carried.contains(&number), "{test} in {path} does not carry checklist {number}");
}

#[test]
fn every_rule_has_its_place_and_its_test() {
    let document = read("docs/rfc5849.md");
    let rows = rows(&document);
    let all: Vec<u32> = rows.keys().copied().collect();
    assert_eq!(all, (1..=63).collect::<Vec<_>>());
    for (number, (code, tests)) in &rows {
        for (path, item) in names(code) {
            let text = read(path);
            let item = item.unwrap_or_default().rsplit("::").next().unwrap();
            assert!(text.contains(item), "row {number}: there is no {item} in {path}");
        }
        if tests.starts_with("Not built") {
            continue;
        }
        let tests = names(tests);
        assert!(!tests.is_empty(), "row {number} has no test");
        for (path, test) in tests {
            let test = test.unwrap_or_else(|| panic!("row {number}: {path} is no test"));
            check_test(*number, path, test);
        }
    }
}
