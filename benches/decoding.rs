//! How fast FatSecret's answers are decoded: a megabyte of diary entries, and a month, beside
//! `serde_json` on the same text, into a `Value` and into a struct of `&str`. The struct is the least that a
//! decoder can do: it reads no number, and knows none of FatSecret's other spellings.
//!
//! ```sh
//! cargo bench --bench decoding
//! ```
//!
//! On a busy machine, count instructions instead; the difference of two counts is free of what is done once:
//!
//! ```sh
//! cargo bench --bench decoding --no-run      # prints the program's path
//! valgrind --tool=callgrind PROGRAM count month-typed 100
//! valgrind --tool=callgrind PROGRAM count month-typed 200
//! ```

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    error::Error,
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use http::StatusCode;
use serde::Deserialize;
use tripod::fatsecret::{
    diary::{GetFoodEntries, GetFoodEntriesMonth},
    endpoint::Endpoint,
};

const ROUNDS: usize = 60;

/// A name, whether it decodes the month, and how.
type Case = (&'static str, bool, fn(&[u8]) -> usize);

const CASES: [Case; 6] = [
    ("entries-typed", false, typed_entries),
    ("entries-value", false, value),
    ("entries-struct", false, |text| whole::<Day<'_>>(text)),
    ("month-typed", true, typed_month),
    ("month-value", true, value),
    ("month-struct", true, |text| whole::<Month<'_>>(text)),
];

fn main() -> Result<(), Box<dyn Error>> {
    let (entries, month) = (entries(1 << 20)?, month()?);
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, count, name, rounds, ..] = &arguments[..] {
        if count == "count" {
            let case = CASES.iter().find(|case| case.0 == name).ok_or("no such case")?;
            let text = if case.1 { &month } else { &entries };
            for _ in 0..rounds.parse()? {
                assert!(black_box((case.2)(black_box(text.as_bytes()))) > 0);
            }
            return Ok(());
        }
    }
    let count = typed_entries(entries.as_bytes());
    println!("{count} diary entries, {} KiB; a month, {} bytes", entries.len() >> 10, month.len());
    for (name, is_month, decode) in CASES {
        report(name, if is_month { &month } else { &entries }, decode);
    }
    Ok(())
}

fn typed_entries(text: &[u8]) -> usize {
    GetFoodEntries::new().decode(StatusCode::OK, text).map(|day| day.len()).unwrap_or_default()
}

fn typed_month(text: &[u8]) -> usize {
    let month = GetFoodEntriesMonth::new().decode(StatusCode::OK, text);
    month.map(|month| month.days.len()).unwrap_or_default()
}

fn value(text: &[u8]) -> usize {
    whole::<serde_json::Value>(text)
}

fn whole<'a, T: Deserialize<'a>>(text: &'a [u8]) -> usize {
    serde_json::from_slice::<T>(text).map(|_| 1).unwrap_or_default()
}

macro_rules! texts {
    ($(struct $name:ident { $($field:ident)* })*) => { $(
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "they are read from the text, and not looked at")]
        struct $name<'a> {
            $( $field: &'a str, )*
        }
    )* };
}

texts! {
    struct Entry {
        food_entry_id food_id food_entry_name food_entry_description date_int meal serving_id number_of_units
        calories carbohydrate protein fat saturated_fat polyunsaturated_fat monounsaturated_fat cholesterol
        sodium potassium fiber sugar vitamin_a vitamin_c calcium iron
    }
    struct MonthDay { date_int calories carbohydrate protein fat }
}

macro_rules! wrappers {
    ($(struct $name:ident { $field:ident: $ty:ty $(, $text:ident)* })*) => { $(
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "they are read from the text, and not looked at")]
        struct $name<'a> {
            #[serde(borrow)]
            $field: $ty,
            $( $text: &'a str, )*
        }
    )* };
}

wrappers! {
    struct Day { food_entries: Entries<'a> }
    struct Entries { food_entry: Vec<Entry<'a>> }
    struct Month { month: Days<'a> }
    struct Days { day: Vec<MonthDay<'a>>, from_date_int, to_date_int }
}

fn report(name: &str, text: &str, decode: impl Fn(&[u8]) -> usize) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            assert!(black_box(decode(black_box(text.as_bytes()))) > 0, "{name}");
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    let speed = text.len() as f64 / median.as_secs_f64() / 1e6;
    println!("{name:36} {:10.1} µs {speed:8.1} MB/s", median.as_secs_f64() * 1e6);
}

/// Entries with all their nutrients, as FatSecret writes them: every number as text.
fn entries(bytes: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from(r#"{"food_entries":{"food_entry":["#);
    let mut number = 0_u32;
    while text.len() < bytes {
        if number > 0 {
            text.push(',');
        }
        write!(
            text,
            r#"{{"food_entry_id":"{}","food_id":"{}","food_entry_name":"Crème brûlée {number}","food_entry_description":"1 serving Crème brûlée","date_int":"20454","meal":"Dinner","serving_id":"33","number_of_units":"1.000","calories":"{}","carbohydrate":"24.30","protein":"2.60","fat":"11.00","saturated_fat":"1.234","polyunsaturated_fat":"0.500","monounsaturated_fat":"0.250","cholesterol":"12","sodium":"140","potassium":"75","fiber":"1.2","sugar":"3.40","vitamin_a":"12","vitamin_c":"1.2","calcium":"30","iron":"0.40"}}"#,
            11_000_000 + number,
            4000 + number % 900,
            75 + number % 600,
        )?;
        number += 1;
    }
    text.push_str("]}}");
    Ok(text)
}

fn month() -> Result<String, std::fmt::Error> {
    let mut text = String::from(r#"{"month":{"day":["#);
    for day in 0..31 {
        let comma = if day > 0 { "," } else { "" };
        let date = 20_454 + day;
        write!(
            text,
            r#"{comma}{{"date_int":"{date}","calories":"2150","carbohydrate":"224.30","protein":"92.60","fat":"71.00"}}"#
        )?;
    }
    text.push_str(r#"],"from_date_int":"20454","to_date_int":"20484"}}"#);
    Ok(text)
}
