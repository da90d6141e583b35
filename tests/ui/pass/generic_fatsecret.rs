//! The right way: the bound `Caller` for public data, and `ForUser` for a user's data.

use jiff::civil::Date;
use tripod::{
    Error,
    fatsecret::{Caller, FatSecret, FoodId, ForUser, diary::FoodEntry, foods::GetFood},
};

async fn f<C: Caller>(fatsecret: &FatSecret<C>, id: FoodId) -> Result<String, Error> {
    Ok(fatsecret.execute(&GetFood::new(id)).await?.value.name)
}

async fn g<C: ForUser>(fatsecret: &FatSecret<C>, day: Date) -> Result<Vec<FoodEntry>, Error> {
    Ok(fatsecret.food_entries(day).await?.value)
}

fn main() {}
