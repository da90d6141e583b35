//! The right way: take the field `value`.

use jiff::civil::Date;
use tripod::{
    Error, Session,
    fatsecret::{FatSecret, diary::FoodEntry},
};

async fn f(fatsecret: &FatSecret<Session>, today: Date) -> Result<Vec<FoodEntry>, Error> {
    Ok(fatsecret.food_entries(today).await?.value)
}

fn main() {}
