//! How fast FatSecret's answers are decoded: a megabyte of diary entries, and a month, beside
//! `serde_json::Value` on the same text.
//!
//! ```sh
//! cargo bench --bench decoding
//! ```

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    error::Error,
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use http::StatusCode;
use tripod::fatsecret::{
    diary::{GetFoodEntries, GetFoodEntriesMonth},
    endpoint::Endpoint,
};

const ROUNDS: usize = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let entries = entries(1 << 20)?;
    let month = month()?;
    let count = GetFoodEntries::new().decode(StatusCode::OK, entries.as_bytes())?.len();
    println!("{count} diary entries, {} KiB; a month, {} bytes", entries.len() >> 10, month.len());
    report("diary entries, typed", &entries, |text| {
        GetFoodEntries::new().decode(StatusCode::OK, text).map(|day| day.len()).unwrap_or_default()
    });
    report("diary entries, serde_json::Value", &entries, value);
    report("a month, typed", &month, |text| {
        let month = GetFoodEntriesMonth::new().decode(StatusCode::OK, text);
        month.map(|month| month.days.len()).unwrap_or_default()
    });
    report("a month, serde_json::Value", &month, value);
    Ok(())
}

fn value(text: &[u8]) -> usize {
    serde_json::from_slice::<serde_json::Value>(text).map(|_| 1).unwrap_or_default()
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
