//! An endpoint says in its type that it needs a user.

use tripod::fatsecret::{FatSecret, GetFoodEntries};
use tripod::Signed;

async fn f(fatsecret: FatSecret<Signed>) {
    let _entries = fatsecret.call(&GetFoodEntries::new()).await;
}

fn main() {}
