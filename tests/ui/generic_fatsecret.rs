//! Which methods can be called depends on the caller, so generic code has no `call`.

use tripod::fatsecret::{Caller, FatSecret, FoodId, GetFood};

async fn f<C: Caller>(fatsecret: &FatSecret<C>, id: FoodId) {
    let _food = fatsecret.call(&GetFood::new(id)).await;
}

fn main() {}
