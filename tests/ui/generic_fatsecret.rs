//! Generic code says of its caller that it is one.

use tripod::fatsecret::{FatSecret, FoodId, foods::GetFood};

async fn f<C>(fatsecret: &FatSecret<C>, id: FoodId) {
    let _food = fatsecret.execute(&GetFood::new(id)).await;
}

fn main() {}
