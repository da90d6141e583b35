//! An `Answer` holds the value and a list of what could not be read. It is not the value itself.

use jiff::civil::Date;
use tripod::{Error, Session, fatsecret::{FatSecret, diary::FoodEntry}};

async fn f(fatsecret: &FatSecret<Session>, today: Date) -> Result<Vec<FoodEntry>, Error> {
    Ok(fatsecret.food_entries(today).await?)
}

async fn g(fatsecret: &FatSecret<Session>, today: Date) -> Result<Vec<FoodEntry>, Error> {
    let answer = fatsecret.food_entries(today).await?;
    Ok(*answer)
}

fn main() {}
