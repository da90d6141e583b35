//! The diary belongs to a user, and `FatSecret::signed` acts without a user.

use jiff::civil::Date;
use tripod::{Signed, fatsecret::FatSecret};

async fn f(signed: Signed, today: Date) {
    let _entries = FatSecret::signed(signed).food_entries(today).await;
}

fn main() {}
