//! The application creates profiles, not one of its users.

use tripod::fatsecret::{FatSecret, profile::CreateProfile};
use tripod::Session;

async fn f(fatsecret: FatSecret<Session>) {
    let _token = fatsecret.execute(&CreateProfile::new()).await;
}

fn main() {}
