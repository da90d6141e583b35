//! A profile is created by the application, not by one of its users.

use tripod::fatsecret::{CreateProfile, FatSecret};
use tripod::Session;

async fn f(fatsecret: FatSecret<Session>) {
    let _token = fatsecret.call(&CreateProfile::new()).await;
}

fn main() {}
