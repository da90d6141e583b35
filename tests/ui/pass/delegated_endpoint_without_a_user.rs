//! The right way: call it with a user's session. Public endpoints can be called with or without a user.

use tripod::fatsecret::{FatSecret, diary::GetFoodEntries, foods::GetFoodCategories};
use tripod::{Error, Session, Signed};

async fn f(user: FatSecret<Session>, nobody: FatSecret<Signed>) -> Result<(), Error> {
    let _entries = user.execute(&GetFoodEntries::new()).await?;
    let _shared = user.execute(&GetFoodCategories::new()).await?;
    let _shared = nobody.execute(&GetFoodCategories::new()).await?;
    Ok(())
}

fn main() {}
