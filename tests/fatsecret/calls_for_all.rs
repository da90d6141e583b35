//! The calls that need no user: once in a user's name and once in nobody's, in both styles. And the
//! two that make a user's session.

use http::StatusCode;

use crate::all::*;

use crate::{
    samples::{RECIPE, SERVING, food},
    support::{key, read, silent, user},
};

/// Checks a call of both kinds of caller; they get the same answer.
macro_rules! check {
    ($call:expr, $($expected:expr),*) => {{
        let by_user = user().check($call, $($expected),*).await;
        let by_key = key().check($call, $($expected),*).await;
        assert_eq!(by_user, by_key);
        by_user
    }};
}

#[tokio::test]
async fn foods() {
    let whole = food(SERVING);
    let found = check!(
        async |api| api.search_foods_with_servings("Müsli & nuts+").await,
        "GET foods.search.v5",
        "GET foods/search/v5",
        "search_expression=M%C3%BCsli%20%26%20nuts%2B",
        &format!(r#"{{"foods_search":{{"total_results":"7","results":{{"food":{whole}}}}}}}"#)
    );
    assert_eq!((found.total_results, found.items[0].servings.len()), (7, 1));

    let summaries = check!(
        async |api| api.search_foods("toast").await,
        "GET foods.search",
        "GET foods/search/v1",
        "search_expression=toast",
        r#"{"foods":{"food":{"food_id":"22","food_name":"Toast"},"total_results":"1"}}"#
    );
    assert_eq!((summaries.total_results, summaries.items[0].id), (1, 22.into()));

    let toast = check!(
        async |api| api.food(22.into()).await,
        "GET food.get.v5",
        "GET food/v5",
        "food_id=22&flag_default_serving=true",
        &format!(r#"{{"food":{whole}}}"#)
    );
    assert_eq!((toast.id, toast.name.as_str()), (22.into(), "Toast"));

    let words = check!(
        async |api| api.autocomplete_foods("chic").await,
        "GET foods.autocomplete.v2",
        "GET food/autocomplete/v2",
        "expression=chic",
        r#"{"suggestions":{"suggestion":"chicken"}}"#
    );
    assert_eq!(words, ["chicken"]);

    let barcode: Barcode = "036000291452".parse().unwrap();
    let scanned = check!(
        async |api| api.food_for_barcode(barcode).await,
        "GET food.find_id_for_barcode.v2",
        "GET food/barcode/find-by-id/v2",
        "barcode=0036000291452&flag_default_serving=true",
        &format!(r#"{{"food":{whole}}}"#)
    );
    assert_eq!(scanned.unwrap().name, "Toast");
    let id = check!(
        async |api| api.food_id_for_barcode(barcode).await,
        "GET food.find_id_for_barcode",
        "GET food/barcode/find-by-id/v1",
        "barcode=0036000291452",
        r#"{"food_id":{"value":"0"}}"#
    );
    assert_eq!(id, None);
}

#[tokio::test]
async fn lists() {
    let brands = check!(
        async |api| api.food_brands("*").await,
        "GET food_brands.get.v2",
        "GET brands/v2",
        "starts_with=%2A",
        r#"{"food_brands":{"food_brand":["3 Mills"]}}"#
    );
    assert_eq!(brands, ["3 Mills"]);

    let categories = check!(
        async |api| api.food_categories().await,
        "GET food_categories.get.v2",
        "GET food-categories/v2",
        "",
        r#"{"food_categories":{"food_category":{"food_category_id":"1","food_category_name":"Beans"}}}"#
    );
    assert_eq!((categories[0].id, categories[0].name.as_str()), (1.into(), "Beans"));

    let parts = check!(
        async |api| api.food_sub_categories(1.into()).await,
        "GET food_sub_categories.get.v2",
        "GET food-sub-categories/v2",
        "food_category_id=1",
        r#"{"food_sub_categories":{"food_sub_category":"Lentils"}}"#
    );
    assert_eq!(parts, ["Lentils"]);

    let types = check!(
        async |api| api.recipe_types().await,
        "GET recipe_types.get.v2",
        "GET recipe-types/v2",
        "",
        r#"{"recipe_types":{"recipe_type":["Soup","Lunch"]}}"#
    );
    assert_eq!(types, ["Soup", "Lunch"]);
}

#[tokio::test]
async fn recipes() {
    let found = check!(
        async |api| api.search_recipes("soup").await,
        "GET recipes.search.v3",
        "GET recipes/search/v3",
        "search_expression=soup",
        r#"{"recipes":{"recipe":{"recipe_id":"91","recipe_name":"Soup"},"total_results":"1"}}"#
    );
    assert_eq!((found.total_results, found.items[0].id), (1, 91.into()));

    let soup = check!(
        async |api| api.recipe(91.into()).await,
        "GET recipe.get.v2",
        "GET recipe/v2",
        "recipe_id=91",
        RECIPE
    );
    assert_eq!((soup.name.as_str(), soup.directions.len()), ("Soup", 1));
}

/// The three with a path of their own and a JSON body, which is sent and not signed.
#[tokio::test]
async fn foods_in_words_and_pictures() {
    let tea = r#"{"food_response":[{"food_id":23,"food_entry_name":"Tea"}]}"#;
    let in_words = check!(
        async |api| api.analyze_text("a cup of tea").await,
        "POST natural-language-processing/v1",
        "",
        "",
        tea
    );
    assert_eq!((in_words[0].food_id, in_words[0].entry_name.as_str()), (23.into(), "Tea"));

    let picture = Picture::new(b"\xff\xd8\xff");
    let seen = check!(
        async |api| api.recognize_image(picture.clone()).await,
        "POST image-recognition/v2",
        "",
        "",
        tea
    );
    assert_eq!(seen, in_words);

    let barcode: Barcode = "4006381333931".parse().unwrap();
    let feedback = SendFeedback::new(Issue::BarcodeNotFound { barcode }, "report-1");
    let receipt = check!(
        async |api| api.send_feedback(&feedback).await,
        "POST feedback/v1",
        "",
        "",
        r#"{"upload":"https://u.example/"}"#
    );
    assert_eq!(receipt.as_json(), r#"{"upload":"https://u.example/"}"#);

    let wire = user();
    wire.script.answer(200, tea);
    wire.api.analyze_text("a cup of tea").await.unwrap();
    let sent = wire.script.only();
    assert_eq!(sent.headers()["content-type"], "application/json");
    let body: serde_json::Value = serde_json::from_slice(sent.body()).unwrap();
    assert_eq!(body, serde_json::json!({"user_input": "a cup of tea"}));
}

/// Signed without a token, and the session that comes of it signs with the new one.
#[tokio::test]
async fn a_profile_gives_a_session() {
    const NEW: (&str, &str) = ("new/token", "new/secret");
    const TOKENS: &str = r#"{"profile":{"auth_token":"new\/token","auth_secret":"new\/secret"}}"#;
    const EMPTY: &str = r#"{"profile":{}}"#;

    for newer in [false, true] {
        let wire = key();
        let api = if newer { wire.api.clone().with_url_style() } else { wire.api.clone() };
        let line = |server: &'static str, path| if newer { path } else { server };

        wire.script.answer(200, TOKENS).answer(200, EMPTY).answer(200, EMPTY);
        let made = api.create_profile("user 7").await.unwrap();
        let expected = line("POST profile.create", "POST profile/v1");
        read(&wire.script.only(), None).is(expected, "user_id=user%207");
        assert_eq!(made.access_token().token(), NEW.0);
        FatSecret::new(made.clone()).profile().await.unwrap();
        read(&wire.script.only(), Some(NEW)).is("GET profile.get", "");
        // The one who made it still signs without a token.
        api.execute(&GetProfileAuth::new("user 7")).await.unwrap_err();
        read(&wire.script.only(), None);

        wire.script.answer(200, TOKENS).answer(200, EMPTY);
        let found = api.find_profile("user 7").await.unwrap();
        let expected = line("GET profile.get_auth", "GET profile/auth/v1");
        read(&wire.script.only(), None).is(expected, "user_id=user%207");
        FatSecret::new(found.clone()).profile().await.unwrap();
        read(&wire.script.only(), Some(NEW)).is("GET profile.get", "");

        for said in [format!("{made:?}{found:?}"), format!("{api:?}{:?}", user().api)] {
            assert!(!said.contains(NEW.0) && !said.contains(NEW.1), "{said}");
            silent(&said);
        }
    }
}

/// An endpoint that is not this crate's is called as its own are.
#[tokio::test]
async fn an_endpoint_of_ones_own() {
    #[derive(Debug)]
    struct OldFood(FoodId, bool);

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Wrapped {
        food: Named,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Named {
        food_name: String,
    }

    impl Endpoint for OldFood {
        type Access = Public;
        type Output = Wrapped;

        fn request(&self) -> Request {
            let request = Request::read("food.get.v4").with("food_id", self.0);
            if self.1 { request.with_path(http::Method::GET, "food/v4") } else { request }
        }

        fn read(&self, reply: &Reply<'_>) -> Result<Answer<Wrapped>, ApiError> {
            reply.json()
        }
    }

    // A method without a known path is called by `server.api` in either style.
    for (has_path, path) in [(false, ""), (true, "GET food/v4")] {
        let reply = check!(
            async |api| api.execute(&OldFood(22.into(), has_path)).await,
            "GET food.get.v4",
            path,
            "food_id=22",
            r#"{"food":{"food_name":"Toast"}}"#
        );
        assert_eq!(reply.food.food_name, "Toast");
    }
    let decode = |body: &str| OldFood(22.into(), false).decode(StatusCode::OK, body.as_bytes());
    let refused = decode(r#"{"error":{"code":"106","message":"Invalid ID"}}"#).unwrap_err();
    assert_eq!(refused.code(), Some(ErrorCode::IdInvalid));
    for odd in [r#"{"food":7}"#, "[]", "", "<html>"] {
        let kind = decode(odd).unwrap_err().kind().clone();
        assert!(!matches!(kind, ApiErrorKind::Refused { .. }), "{odd}: {kind:?}");
    }
}
