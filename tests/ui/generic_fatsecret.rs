//! Generic code needs a bound on the type parameter of `FatSecret`.

use tripod::fatsecret::{FatSecret, FoodId, foods::GetFood};

async fn f<C>(fatsecret: &FatSecret<C>, id: FoodId) {
    let _food = fatsecret.execute(&GetFood::new(id)).await;
}

fn main() {}
