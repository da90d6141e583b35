//! The guide's table of methods, held against the declarations.

use super::{
    define::Row, diary, exercise, favorites, feedback, foods, profile, recipes, recognition,
    saved_meals, weight,
};

const GUIDE: &str = include_str!("../../docs/fatsecret.md");

/// A file of declarations that is not here is noticed: its `ROWS` are then never used.
const DECLARED: &[&[Row]] = &[
    foods::search::ROWS,
    foods::lookup::ROWS,
    foods::lists::ROWS,
    foods::create::ROWS,
    recipes::ROWS,
    recognition::ROWS,
    feedback::ROWS,
    diary::ROWS,
    weight::ROWS,
    exercise::ROWS,
    profile::ROWS,
    favorites::ROWS,
    saved_meals::ROWS,
];

fn line(row: &Row) -> String {
    let calls: Vec<String> = row.calls.iter().map(|call| format!("`{call}`")).collect();
    let access = &row.access[..1];
    format!(
        "| `{}` | {} | `{}` | {} | {access} |",
        row.method,
        row.version,
        row.ty,
        calls.join(", ")
    )
}

/// To write the table anew, copy it from this test's message.
#[test]
fn the_guide_has_the_table_of_the_declarations() {
    let (_, table) = GUIDE.split_once("|---|---|---|---|---|\n").expect("the table");
    let written: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    let declared: Vec<String> = DECLARED.iter().copied().flatten().map(line).collect();
    assert!(written == declared, "the table should be:\n{}", declared.join("\n"));
    assert_eq!(declared.len(), 51);
}
