//! The right way: the named methods need no user, or say which caller they need.

use jiff::civil::Date;
use tripod::{
    Error,
    fatsecret::{Caller, FatSecret, FoodEntry, FoodId, ForUser},
};

async fn f<C: Caller>(fatsecret: &FatSecret<C>, id: FoodId) -> Result<String, Error> {
    Ok(fatsecret.food(id).await?.value.name)
}

async fn g<C: ForUser>(fatsecret: &FatSecret<C>, day: Date) -> Result<Vec<FoodEntry>, Error> {
    Ok(fatsecret.food_entries(day).await?.value)
}

fn main() {}
