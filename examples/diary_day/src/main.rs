//! Logs a breakfast in the food diary, then reads the day with the totals of each meal.
//!
//! ```sh
//! cargo run -p example-diary-day
//! ```
//!
//! This runs offline against a sandbox, which is an OAuth provider for tests. With FatSecret's key in
//! the environment the program writes into a real diary; see `examples/README.md`.

use std::{
    env,
    io::{Write, stdin, stdout},
};

use anyhow::{Context, Result};
use jiff::ZonedDateTime;
use tripod::fatsecret::diary::{CreateFoodEntry, FoodEntry};
use tripod::fatsecret::{Amount, FatSecret, Meal, Pace, Total};
use tripod::{AccessToken, Callback, Client, Consumer, Provider, Session};
use tripod_sandbox::Sandbox;

/// Says something to the user. If nobody reads it, the diary is written all the same.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = writeln!(stdout(), $($text)*);
    }};
}

#[tokio::main]
async fn main() -> Result<()> {
    let (fatsecret, _sandbox) = connect().await?;
    // The day where the user is, which need not be the day in UTC.
    let today = ZonedDateTime::now().date();

    say!("Breakfast, {today}");
    for (words, servings) in [("oatmeal", "1"), ("banana", "0.5"), ("coffee", "2")] {
        let found = fatsecret.search_foods(words).await?;
        let first = found.items.first().with_context(|| format!("no food found for {words}"))?;
        let food = fatsecret.food(first.id).await?;
        let serving = food.default_serving().context("the food has no serving")?;
        // FatSecret counts units, not servings: 1 for "1 cup", but 100 for a serving of "100 g".
        let units = serving.units(servings.parse::<Amount>()?);
        let entry = CreateFoodEntry::of(&food, serving, units, Meal::Breakfast).with_date(today);
        fatsecret.create_food_entry(&entry).await?;
        let portion = serving.description.as_deref().unwrap_or("a serving");
        say!("  logged {servings} x {portion} of {}", food.name);
    }

    let day = fatsecret.food_entries(today).await?;
    say!("\n{today} {:>34} {:>8} {:>8} {:>8}", "kcal", "carbs g", "prot. g", "fat g");
    for meal in [Meal::Breakfast, Meal::Lunch, Meal::Dinner, Meal::Other] {
        let entries: Vec<&FoodEntry> = day.iter().filter(|entry| entry.meal == meal).collect();
        if entries.is_empty() {
            continue;
        }
        say!("{meal}");
        for entry in &entries {
            row(&format!("  {}", entry.name), &[entry]);
        }
        row("  total", &entries);
    }
    row("The day", &day.iter().collect::<Vec<_>>());
    for problem in day.unreadable() {
        say!("  (an entry could not be read: {problem})");
    }
    say!("\nPowered by fatsecret");
    Ok(())
}

/// Connects to a FatSecret account if the environment has a consumer key, and otherwise to a sandbox.
///
/// The sandbox stops when it is dropped, so the caller keeps it.
async fn connect() -> Result<(FatSecret<Session>, Option<Sandbox>)> {
    if env::var_os("FATSECRET_CONSUMER_KEY").is_none() {
        say!("FATSECRET_CONSUMER_KEY is not set: using a sandbox with invented data.\n");
        let sandbox = Sandbox::start().await?;
        let client = Client::new(sandbox.provider(), sandbox.consumer())?;
        return Ok((FatSecret::new(client.session(sandbox.grant())), Some(sandbox)));
    }
    let client = Client::new(Provider::fatsecret(), Consumer::from_env("FATSECRET")?)?;
    let session = match AccessToken::from_env("FATSECRET")? {
        Some(token) => client.session(token),
        None => ask_for_approval(&client).await?,
    };
    // 20 calls a minute are reported to be safe.
    Ok((FatSecret::new(session).with_pace(&Pace::new()), None))
}

async fn ask_for_approval(client: &Client) -> Result<Session> {
    let issued = client.begin(Callback::out_of_band()).request_token().await?;
    say!("Open {} and type the code that FatSecret shows:", issued.authorization_url());
    // Waiting for the user blocks this thread, which has nothing else to do.
    let pin = stdin().lines().next().context("no code was typed")??;
    Ok(issued.authorize(&pin)?.exchange().await?)
}

/// Prints the sums of some entries. They are exact, because an `Amount` is a decimal number.
fn row(name: &str, entries: &[&FoodEntry]) {
    let sum = |of: fn(&FoodEntry) -> Option<Amount>| {
        let total: Total<Amount> = entries.iter().map(|entry| of(entry)).sum();
        // A food may lack one of them.
        format!("{}{}", total.value, if total.is_complete { "" } else { "+" })
    };
    say!(
        "{name:<40} {:>8} {:>8} {:>8} {:>8}",
        sum(|entry| entry.nutrition.calories),
        sum(|entry| entry.nutrition.carbohydrate),
        sum(|entry| entry.nutrition.protein),
        sum(|entry| entry.nutrition.fat),
    );
}
