//! The right way: sign with the consumer's key alone. The call returns the new user's session.

use tripod::fatsecret::FatSecret;
use tripod::{Error, Session, Signed};

async fn f(fatsecret: FatSecret<Signed>) -> Result<Session, Error> {
    fatsecret.create_profile("user-7").await
}

fn main() {}
