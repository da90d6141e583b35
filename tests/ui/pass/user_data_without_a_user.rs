//! The right way: use the session of a user.

use jiff::civil::Date;
use tripod::{Error, Session, fatsecret::FatSecret};

async fn f(session: Session, today: Date) -> Result<usize, Error> {
    Ok(FatSecret::new(session).food_entries(today).await?.len())
}

fn main() {}
