//! The right way: called in a user's name; public ones in anybody's.

use tripod::fatsecret::{FatSecret, GetFoodCategories, GetFoodEntries};
use tripod::{Error, Session, Signed};

async fn f(user: FatSecret<Session>, nobody: FatSecret<Signed>) -> Result<(), Error> {
    let _entries = user.call(&GetFoodEntries::new()).await?;
    let _shared = user.call(&GetFoodCategories::new()).await?;
    let _shared = nobody.call(&GetFoodCategories::new()).await?;
    Ok(())
}

fn main() {}
