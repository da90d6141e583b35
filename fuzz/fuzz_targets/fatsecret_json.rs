//! Any reply as the answer of every endpoint, and through calls over a scripted transport.
#![no_main]

use std::fmt::Debug;

use http::{Response, StatusCode};
use libfuzzer_sys::fuzz_target;
use tripod::{
    AccessToken, Provider,
    fatsecret::{
        ApiErrorKind, Barcode, ErrorCode, FatSecret, FoodCategoryId, FoodEntryId, FoodId, RecipeId,
        SavedMealId, diary::*, endpoint::*, exercise::*, favorites::*, feedback::*, foods::*,
        profile::*, recipes::*, recognition::*, saved_meals::*, weight::*,
    },
};
use tripod_fuzz::{
    CONSUMER_SECRET, FRESH, MOST_SAID, REQUEST_SECRET, REQUEST_TOKEN, check_error, check_shown,
    client, reply, run,
};

fn decode<E: Endpoint<Output: Debug>>(endpoint: &E, reply: &Response<bytes::Bytes>) {
    match endpoint.decode(reply.status(), reply.body()) {
        Ok(answer) => {
            // 304 is a status that no refusal has; what FatSecret says of a refusal comes with 200.
            assert!(reply.status().is_success(), "{}", reply.status());
            assert!(answer.unreadable().len() <= 32);
            for field in answer.unreadable() {
                check_shown(field, MOST_SAID, &[FRESH]);
            }
        }
        Err(error) => {
            check_error(&error, &[FRESH]);
            match error.kind() {
                ApiErrorKind::Refused { message, .. } => assert!(message.chars().count() <= 300),
                ApiErrorKind::NotAnAnswer { excerpt, .. } => {
                    assert!(excerpt.chars().count() <= 300);
                }
                _ => {}
            }
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let reply = reply(input);
    let barcode: Barcode = "4006381333931".parse().expect("a good barcode");
    let food = FoodId::from(1);
    macro_rules! all {
        ($($endpoint:expr,)*) => { $( decode(&$endpoint, &reply); )* };
    }
    all! {
        SearchFoodsV1::new(), SearchFoodsV5::new(), GetFood::new(food),
        AutocompleteFoods::new("a"), FindFoodIdForBarcode::new(barcode),
        FindFoodForBarcode::new(barcode), GetFoodBrands::new(), GetFoodCategories::new(),
        GetFoodSubCategories::new(FoodCategoryId::from(1)), SearchRecipes::new(),
        GetRecipe::new(RecipeId::from(1)), GetRecipeTypes::new(), AnalyzeText::new("a"),
        RecognizeImage::new(Picture::new(b"x")),
        SendFeedback::new(Issue::BarcodeNotFound { barcode }, "x"),
        GetFoodEntries::new(), GetFoodEntriesMonth::new(),
        DeleteFoodEntry::new(FoodEntryId::from(1)), GetWeightsMonth::new(), GetExercises::new(),
        GetExerciseEntries::new(), GetExerciseEntriesMonth::new(), GetProfile::new(),
        GetFavoriteFoods::new(), GetMostEatenFoods::new(), GetRecentlyEatenFoods::new(),
        GetFavoriteRecipes::new(), GetSavedMeals::new(), CreateSavedMeal::new("x"),
        GetSavedMealItems::new(SavedMealId::from(1)), CreateProfile::new(),
        GetProfileAuth::new("u"),
    }
    assert_eq!(
        ErrorCode::in_body(reply.body()),
        GetProfile::new().decode(StatusCode::OK, reply.body()).err().and_then(|e| e.code())
    );

    let client = client(Provider::fatsecret(), reply);
    let session =
        client.session(AccessToken::new(REQUEST_TOKEN, REQUEST_SECRET).expect("it is not empty"));
    if let Err(error) = run(FatSecret::new(session).profile()) {
        check_error(&error, &[CONSUMER_SECRET, REQUEST_TOKEN, REQUEST_SECRET, FRESH]);
    }
    match run(FatSecret::signed(client.signed()).create_profile("u")) {
        Ok(session) => {
            let said = format!("{session:?} {:?}", session.access_token());
            assert!(!said.contains(FRESH), "{said}");
        }
        // Without a user there is no other secret to know.
        Err(error) => check_error(&error, &[CONSUMER_SECRET, FRESH]),
    }
});
