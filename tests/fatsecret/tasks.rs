//! The six tasks of the guide, run against the sandbox. The guide's code is the code here.

use std::error::Error;

use jiff::{ToSpan, civil::Date};
use tripod::{Client, Session};
use tripod_sandbox::Sandbox;

use crate::all::*;

type Outcome = Result<(), Box<dyn Error>>;

const GUIDE: &str = include_str!("../../docs/fatsecret.md");
const HERE: &str = include_str!("tasks.rs");

async fn log_twice(fatsecret: &FatSecret<Session>, today: Date) -> Outcome {
    #[rustfmt::skip]
    {
let found = fatsecret.search_foods("oatmeal").await?;
let food = fatsecret.food(found.items.first().ok_or("nothing was found")?.id).await?;
let serving = food.default_serving().ok_or("it has no serving")?;
let entry = CreateFoodEntry::of(&food, serving, serving.units(2), Meal::Breakfast);
for day in [today, today.tomorrow()?] { fatsecret.create_food_entry(&entry.clone().with_date(day)).await?; }
    };
    Ok(())
}

async fn log_a_barcode(fatsecret: &FatSecret<Session>, today: Date) -> Outcome {
    #[rustfmt::skip]
    {
let found = fatsecret.food_for_barcode("4006381333931".parse()?).await?;
let food = found.value.ok_or("FatSecret does not know the barcode")?;
let serving = food.default_serving().ok_or("it has no serving")?;
let entry = CreateFoodEntry::of(&food, serving, serving.units(1), Meal::Other).with_date(today);
fatsecret.create_food_entry(&entry).await?;
    };
    Ok(())
}

async fn totals(
    fatsecret: &FatSecret<Session>,
    today: Date,
) -> Result<Total<Macros>, Box<dyn Error>> {
    #[rustfmt::skip]
    let total = {
let day = fatsecret.food_entries(today).await?;
let total: Total<Macros> = day.iter().map(|entry| entry.nutrition.macros()).sum();
println!("{} kcal", total.value.calories.unwrap_or_default());
total
    };
    Ok(total)
}

#[cfg(feature = "pacing")]
async fn weights(fatsecret: &FatSecret<Session>, today: Date) -> Outcome {
    #[rustfmt::skip]
    {
let since = today.checked_sub(jiff::Span::new().months(3))?;
for day in fatsecret.weights(since..=today).into_vec().await? {
    println!("{} {} kg", day.date, day.weight_kg);
}
    };
    Ok(())
}

async fn copy(fatsecret: &FatSecret<Session>, today: Date) -> Result<bool, Box<dyn Error>> {
    #[rustfmt::skip]
    let copied = {
let copied = fatsecret.copy_food_entries(today.yesterday()?, today, Meal::Breakfast).await?;
println!("{}", if copied.value { "copied" } else { "there was no breakfast yesterday" });
copied.value
    };
    Ok(copied)
}

async fn double(fatsecret: &FatSecret<Session>, id: FoodEntryId) -> Outcome {
    #[rustfmt::skip]
    {
let entry = fatsecret.food_entry(id).await?.value.ok_or("it was deleted")?;
let edit = entry.edit().with_number_of_units(entry.number_of_units * 2);
fatsecret.edit_food_entry(&edit).await?;
    };
    Ok(())
}

#[tokio::test]
async fn the_six_tasks_of_the_guide() {
    let sandbox = Sandbox::builder().start_blocking().unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let fatsecret = FatSecret::new(client.session(sandbox.grant()));
    let today = sandbox.today();

    log_twice(&fatsecret, today).await.unwrap();
    assert_eq!(fatsecret.food_entries(today.tomorrow().unwrap()).await.unwrap().len(), 1);
    log_a_barcode(&fatsecret, today).await.unwrap();
    let day = fatsecret.food_entries(today).await.unwrap().value;
    assert_eq!(day.len(), 2);
    assert_eq!((day[0].number_of_units, day[0].meal.clone()), (2.into(), Meal::Breakfast));

    let total = totals(&fatsecret, today).await.unwrap();
    let expected: Amount = day.iter().filter_map(|entry| entry.nutrition.calories).sum();
    assert_eq!((total.value.calories, total.is_complete), (Some(expected), true));

    double(&fatsecret, day[0].id).await.unwrap();
    let edited = fatsecret.food_entry(day[0].id).await.unwrap().value.unwrap();
    assert_eq!((edited.number_of_units, edited.meal), (4.into(), Meal::Breakfast));

    let (first, second) = (today.tomorrow().unwrap(), today.checked_add(2.days()).unwrap());
    assert!(copy(&fatsecret, second).await.unwrap());
    assert_eq!(fatsecret.food_entries(second).await.unwrap()[0].date, second);
    assert!(!copy(&fatsecret, first.checked_add(9.days()).unwrap()).await.unwrap());

    #[cfg(feature = "pacing")]
    {
        let weight = UpdateWeight::new(80.into()).with_goal(75.into()).with_height(180.into());
        fatsecret.update_weight(&weight.with_date(today)).await.unwrap();
        weights(&fatsecret, today).await.unwrap();
    }
}

/// Each task has at most five lines, and is here as it is in the guide.
#[test]
fn the_guides_tasks_are_those_that_run_here() {
    let (_, tasks) = GUIDE.split_once("## Six tasks").unwrap();
    let (tasks, _) = tasks.split_once("\n## ").unwrap();
    let blocks: Vec<&str> = tasks.split("```").skip(1).step_by(2).collect();
    assert_eq!(blocks.len(), 6);
    for block in blocks {
        let lines: Vec<&str> =
            block.lines().skip(1).filter(|line| !line.starts_with('#')).collect();
        assert!((2..=5).contains(&lines.len()), "{block}");
        assert!(HERE.contains(&format!("\n{}\n", lines.join("\n"))), "{block}");
    }
}

#[tokio::test]
async fn the_sandbox_is_filled_with_what_the_typed_api_has() {
    let sandbox = Sandbox::start().await.unwrap();
    let day = jiff::civil::date(2026, 1, 2);
    let units: Amount = "62.5".parse().unwrap();
    let (food, serving) = (FoodId::from(3017), ServingId::from(30172));
    sandbox.log_food(day, Meal::Lunch, food, serving, units).unwrap();
    sandbox.log_weight(day, "80.5".parse::<Amount>().unwrap()).unwrap();
    assert!(sandbox.log_food(day, "tea", food, serving, units).is_err());
    assert!(sandbox.log_food(day, Meal::Lunch, food, serving, "much").is_err());

    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let fatsecret = FatSecret::new(client.session(sandbox.grant()));
    let entries = fatsecret.food_entries(day).await.unwrap();
    let [entry] = &entries.value[..] else { panic!("{entries:?}") };
    assert_eq!((entry.food_id, entry.serving_id), (food, serving));
    assert_eq!((entry.number_of_units, entry.meal.clone()), (units, Meal::Lunch));
}
