//! Logs a breakfast and reads the day back, with totals for each meal.
//!
//! ```sh
//! cargo run -p example-diary-day
//! ```
//!
//! Offline against the sandbox, or with FatSecret's key in the environment against FatSecret, where
//! it really writes into the diary. See `examples/README.md`.

mod account;

use account::Outcome;
use tripod::fatsecret::{Amount, CreateFoodEntry, FoodEntry, Meal};

#[tokio::main]
async fn main() -> Outcome<()> {
    let account = account::open().await?;
    let (fatsecret, today) = (&account.fatsecret, account.today);

    println!("Breakfast, {today}");
    for (words, servings) in [("oatmeal", "1"), ("banana", "0.5"), ("coffee", "2")] {
        // Version 1 of the search is the one that every plan has.
        let found = fatsecret.search_food_summaries(words).await?;
        let first = found.items.first().ok_or_else(|| format!("no food is called {words}"))?;
        let food = fatsecret.food(first.id).await?;
        let serving = food.servings.first().ok_or("a food without a serving")?;
        // FatSecret counts a serving's units: 1 for "1 cup", 100 for a serving of "100 g".
        let units =
            serving.number_of_units.map_or(1.0, Amount::to_f64) * servings.parse::<f64>()?;
        let entry = CreateFoodEntry::new(
            food.id,
            food.name.as_str(),
            serving.id,
            Amount::try_from(units)?,
            Meal::Breakfast,
        );
        fatsecret.create_food_entry(&entry.with_date(today)).await?;
        let portion = serving.description.as_deref().unwrap_or("a serving");
        println!("  logged {servings} x {portion} of {}", food.name);
    }

    let day = fatsecret.food_entries(today).await?;
    println!("\n{today} {:>34} {:>8} {:>8} {:>8}", "kcal", "carbs g", "prot. g", "fat g");
    for meal in [Meal::Breakfast, Meal::Lunch, Meal::Dinner, Meal::Other] {
        let entries: Vec<&FoodEntry> = day.iter().filter(|entry| entry.meal == meal).collect();
        if entries.is_empty() {
            continue;
        }
        println!("{meal}");
        for entry in &entries {
            row(&format!("  {}", entry.name), &[entry]);
        }
        row("  together", &entries);
    }
    row("The day", &day.iter().collect::<Vec<_>>());
    for odd in day.unreadable() {
        println!("  (not readable: {odd})");
    }
    println!("\nPowered by fatsecret");
    Ok(())
}

/// Sums are exact: amounts are decimals, as FatSecret wrote them.
fn row(name: &str, entries: &[&FoodEntry]) {
    let sum = |of: fn(&FoodEntry) -> Amount| {
        let total: Option<Amount> = entries.iter().map(|entry| of(entry)).sum();
        total.map_or_else(|| "?".to_owned(), |total| total.to_string())
    };
    println!(
        "{name:<40} {:>8} {:>8} {:>8} {:>8}",
        sum(|entry| entry.nutrition.calories),
        sum(|entry| entry.nutrition.carbohydrate),
        sum(|entry| entry.nutrition.protein),
        sum(|entry| entry.nutrition.fat),
    );
}
