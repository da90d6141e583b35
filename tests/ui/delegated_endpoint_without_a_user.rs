//! The type of an endpoint says that it needs a user.

use tripod::fatsecret::{FatSecret, diary::GetFoodEntries};
use tripod::Signed;

async fn f(fatsecret: FatSecret<Signed>) {
    let _entries = fatsecret.execute(&GetFoodEntries::new()).await;
}

fn main() {}
