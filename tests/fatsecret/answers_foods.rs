//! What the methods for foods and recipes answer, decoded: recorded shapes and odd ones.

use crate::all::*;

use crate::samples::{RECIPE, SERVING, decode, food, refuse, same};

#[test]
fn searches_of_version_1() {
    let endpoint = SearchFoodsV1::new();
    let none = decode(
        &endpoint,
        r#"{"foods":{"max_results":"20","page_number":"0","total_results":"0"}}"#,
    );
    assert_eq!((none.items.len(), none.total_results), (0, 0));
    assert_eq!((none.page_number, none.max_results), (Some(0), Some(20)));
    assert_eq!(decode(&endpoint, r#"{"foods":null}"#).total_results, 0);

    let one = r#"{"foods":{"food":{"food_id":"22","food_name":"Toast","food_type":"Generic",
        "food_url":"http://f.example/toast","food_description":"Per 100g - Calories: 75kcal | Fat: 1.00g | Carbs: 14.30g | Protein: 2.60g"},
        "max_results":"20","page_number":"0","total_results":"1"}}"#;
    let page = decode(&endpoint, one);
    assert_eq!(page.total_results, 1);
    let toast = &page.items[0];
    assert_eq!((toast.id, toast.name.as_str()), (22.into(), "Toast"));
    assert_eq!(toast.food_type, Some(FoodType::Generic));
    assert_eq!(toast.brand_name, None);
    assert!(toast.description.as_deref().unwrap().starts_with("Per 100g"));
}

#[test]
fn foods_whole() {
    let body = format!(r#"{{"food":{}}}"#, food(&format!("[{SERVING},{SERVING}]")));
    let toast = decode(&GetFood::new(22.into()), &body);
    assert_eq!((toast.id, toast.name.as_str()), (22.into(), "Toast"));
    assert_eq!(
        (toast.food_type, toast.brand_name.as_deref()),
        (Some(FoodType::Brand), Some("Mill"))
    );
    assert_eq!(toast.sub_categories, ["Bread", "Toast"]);
    assert_eq!(toast.images[0].url, "https://m.example/1.jpg");
    assert_eq!(toast.images[0].kind.as_deref(), Some("Standard"));
    let attributes = toast.attributes.as_ref().unwrap();
    let known = |attribute: &FoodAttribute| (attribute.name.clone(), attribute.id, attribute.value);
    assert_eq!(known(&attributes.allergens[0]), ("Milk".to_owned(), Some(1), Some(true)));
    assert_eq!(known(&attributes.allergens[1]), ("Egg".to_owned(), Some(2), None));
    assert_eq!(known(&attributes.preferences[0]), ("Vegan".to_owned(), Some(3), Some(false)));
    assert_eq!(toast.servings.len(), 2);
    let serving = &toast.servings[0];
    assert_eq!(serving.id, ServingId::from(29131));
    assert_eq!(serving.description.as_deref(), Some("1 slice"));
    assert_eq!(serving.url.as_deref(), Some("http://foods.example/(1)%20slice"));
    same(serving.metric_amount.unwrap(), "25.000");
    assert_eq!(serving.metric_unit, Some(MetricUnit::Gram));
    same(serving.number_of_units.unwrap(), "1.000");
    assert_eq!(serving.measurement_description.as_deref(), Some("slice"));
    assert_eq!(serving.is_default, Some(true));
    same(serving.nutrition.saturated_fat.unwrap(), "0.179");
    same(serving.nutrition.iron.unwrap(), "0.94");
    assert_eq!(serving.nutrition.vitamin_d, None);

    let page = format!(
        r#"{{"foods_search":{{"max_results":"20","total_results":"1","page_number":"0",
        "results":{{"food":{}}}}}}}"#,
        food(SERVING)
    );
    let page = decode(&SearchFoodsV5::new(), &page);
    assert_eq!((page.total_results, page.items[0].servings.len()), (1, 1));
    let none = r#"{"foods_search":{"max_results":"20","total_results":"0","page_number":"0"}}"#;
    assert_eq!(decode(&SearchFoodsV5::new(), none).items, []);
}

#[test]
fn barcodes() {
    let barcode = "4006381333931".parse().unwrap();
    let by_id = FindFoodIdForBarcode::new(barcode);
    assert_eq!(decode(&by_id, r#"{"food_id":{"value":"0"}}"#), None);
    assert_eq!(decode(&by_id, r#"{"food_id":{"value":"22"}}"#), Some(22.into()));

    let whole = FindFoodForBarcode::new(barcode);
    let found = decode(&whole, &format!(r#"{{"food":{}}}"#, food(SERVING))).unwrap();
    assert_eq!(found.name, "Toast");
    for none in [
        r#"{"error":{"code":211,"message":"No food item detected"}}"#,
        r#"{"food_id":{"value":"0"}}"#,
        r#"{"food":null}"#,
        "{}",
    ] {
        assert_eq!(decode(&whole, none), None, "{none}");
    }
    assert_eq!(refuse(&whole, r#"{"food_id":{"value":"22"}}"#).field().unwrap().path(), "food");
    let error = refuse(&whole, r#"{"error":{"code":10,"message":"Unknown method"}}"#);
    assert_eq!(error.code(), Some(ErrorCode::MethodUnknown));
}

#[test]
fn lists_of_names() {
    let suggest = AutocompleteFoods::new("chic");
    assert_eq!(
        decode(&suggest, r#"{"suggestions":{"suggestion":["chicken","chickpea"]}}"#),
        ["chicken", "chickpea"]
    );
    assert_eq!(decode(&suggest, r#"{"suggestions":{"suggestion":"chicken"}}"#), ["chicken"]);
    assert_eq!(decode(&suggest, r#"{"suggestions":null}"#), Vec::<String>::new());
    assert_eq!(
        decode(
            &GetFoodBrands::new().with_starts_with("m"),
            r#"{"food_brands":{"food_brand":["Mill","Mühle"]}}"#
        ),
        ["Mill", "Mühle"]
    );
    assert_eq!(
        decode(
            &GetFoodSubCategories::new(1.into()),
            r#"{"food_sub_categories":{"food_sub_category":"Beans"}}"#
        ),
        ["Beans"]
    );
    let types = GetRecipeTypes::new();
    assert_eq!(
        decode(&types, r#"{"recipe_types":{"recipe_type":["Soup","Lunch"]}}"#),
        ["Soup", "Lunch"]
    );
    assert_eq!(decode(&types, r#"{"recipe_types":{"recipe_types":["Soup"]}}"#), ["Soup"]);
    let categories = decode(
        &GetFoodCategories::new(),
        r#"{"food_categories":{"food_category":[{"food_category_id":"1",
            "food_category_name":"Beans","food_category_description":"Beans and lentils"}]}}"#,
    );
    assert_eq!((categories[0].id, categories[0].name.as_str()), (1.into(), "Beans"));
}

#[test]
fn recipes() {
    let soup = decode(&GetRecipe::new(91.into()), RECIPE);
    assert_eq!((soup.id, soup.name.as_str()), (91.into(), "Soup"));
    assert_eq!(soup.number_of_servings, Some(4.into()));
    same(soup.grams_per_portion.unwrap(), "250.123");
    assert_eq!((soup.preparation_time_min, soup.cooking_time_min), (Some(10), Some(20)));
    assert_eq!(soup.types, ["Soup"]);
    assert_eq!(soup.categories[0].name, "Winter");
    assert_eq!(soup.images, ["https://m.example/soup.jpg"]);
    assert_eq!(soup.servings[0].size.as_deref(), Some("1 serving"));
    assert_eq!(soup.servings[0].nutrition.sodium, Some(300.into()));
    assert_eq!(soup.ingredients[0].number_of_units, Some(2.into()));
    assert_eq!(soup.ingredients[0].description.as_deref(), Some("2 slices toast"));
    assert_eq!(
        (soup.directions[0].number, soup.directions[0].description.as_str()),
        (Some(1), "Heat.")
    );

    let found = r#"{"recipes":{"recipe":[{"recipe_id":"91","recipe_name":"Soup","recipe_description":"Warm",
        "recipe_image":"https://m.example/soup.jpg",
        "recipe_nutrition":{"calories":"120","carbohydrate":"20.5","protein":"4","fat":"2.1"},
        "recipe_ingredients":{"ingredient":["toast","water"]},"recipe_types":{"recipe_type":["Soup"]}}],
        "max_results":"20","page_number":"0","total_results":"1"}}"#;
    let page = decode(&SearchRecipes::new(), found);
    assert_eq!(page.total_results, 1);
    assert_eq!(page.items[0].ingredients, ["toast", "water"]);
    same(page.items[0].nutrition.as_ref().unwrap().fat.unwrap(), "2.1");

    let favorites = r#"{"recipes":{"recipe":{"recipe_id":91,"recipe_name":"Soup",
        "recipe_url":"https://r.example/soup","recipe_description":"Warm"}}}"#;
    let list = decode(&GetFavoriteRecipes::new(), favorites);
    assert_eq!((list[0].id, list[0].url.as_deref()), (91.into(), Some("https://r.example/soup")));
    assert_eq!(list[0].nutrition, None);
}

/// In recipes, vitamins and minerals are per cent of a daily amount, and everything else is a weight.
#[test]
fn a_recipe_has_vitamins_and_minerals_in_per_cent() {
    let body = r#"{"recipe":{"recipe_id":"812","recipe_name":"Lentil Pot","number_of_servings":"3",
        "serving_sizes":{"serving":{"serving_size":"1 serving","calories":"241","carbohydrate":"36.10",
        "protein":"15.20","fat":"4.05","saturated_fat":"0.610","fiber":"11.4","sugar":"5.10","sodium":"402",
        "potassium":"655","vitamin_a":"9","vitamin_c":31,"calcium":"11","iron":"24.5"}}}}"#;
    let pot = decode(&GetRecipe::new(812.into()), body);
    let has: &RecipeNutrition = &pot.servings[0].nutrition;
    let percent = |value: Option<DailyValue>| value.unwrap().percent().to_string();
    assert_eq!(
        [has.vitamin_a, has.vitamin_c, has.calcium, has.iron].map(percent),
        ["9", "31", "11", "24.5"]
    );
    let weights: [Option<Amount>; 5] =
        [has.saturated_fat, has.fiber, has.sugar, has.sodium, has.potassium];
    assert_eq!(
        weights.map(|weight| weight.unwrap().to_string()),
        ["0.610", "11.4", "5.10", "402", "655"]
    );
    same(has.macros().fat.unwrap(), "4.05");

    // Nobody who reads it later takes 11 per cent for 11 milligrams.
    let json = serde_json::to_value(has).unwrap();
    assert_eq!((&json["calcium"], &json["sodium"]), (&"11%".into(), &"402".into()));

    let odd = body.replace("\"11\"", "\"much\"");
    let answer = GetRecipe::new(812.into()).decode(http::StatusCode::OK, odd.as_bytes()).unwrap();
    assert_eq!(answer.servings[0].nutrition.calcium, None);
    assert_eq!(answer.unreadable()[0].path(), "recipe.serving_sizes.serving[0].calcium");
}

#[test]
fn foods_in_a_text_or_a_picture() {
    let body = format!(
        r#"{{"food_response":[{{"food_id":22,"food_entry_name":"Toast","eaten":{{
        "food_name_singular":"Toast","food_name_plural":"Toasts","singular_description":"slice",
        "plural_description":"slices","units":2.0,"metric_description":"g",
        "total_metric_amount":50.0,"per_unit_metric_amount":25.0,
        "total_nutritional_content":{{"calories":"150","carbohydrate":"28.60","protein":"5.20","fat":"2.00"}}}},
        "suggested_serving":{{"serving_id":33,"serving_description":"1 slice",
        "custom_serving_description":"slices","metric_serving_description":"g",
        "metric_measure_amount":"25.000","number_of_units":"2"}},
        "food":{}}},
        {{"food_id":23,"food_entry_name":"Tea","eaten":{{"units":1,"total_nutritional_content":{{}}}}}}]}}"#,
        food(SERVING)
    );
    let foods = decode(&AnalyzeText::new("two slices of toast and tea"), &body);
    assert_eq!((foods[0].food_id, foods[0].entry_name.as_str()), (22.into(), "Toast"));
    let eaten = foods[0].eaten.as_ref().unwrap();
    assert_eq!(eaten.units, Some(2.into()));
    same(eaten.nutrition.as_ref().unwrap().carbohydrate.unwrap(), "28.60");
    let serving = foods[0].suggested_serving.as_ref().unwrap();
    assert_eq!((serving.id, serving.number_of_units), (Some(33.into()), Some(2.into())));
    assert_eq!(foods[0].food.as_ref().unwrap().servings.len(), 1);
    assert_eq!(foods[1].eaten.as_ref().unwrap().nutrition, None);
    assert_eq!(foods[1].food, None);
    assert_eq!(decode(&RecognizeImage::new(Picture::new(&[])), &body), foods);

    let error = refuse(
        &AnalyzeText::new("nothing"),
        r#"{"error":{"code":211,"message":"No food item detected"}}"#,
    );
    assert_eq!(error.code(), Some(ErrorCode::NoFoodDetected));
}

#[test]
fn feedback_names_where_pictures_go_and_does_not_print_it() {
    let barcode = "4006381333931".parse().unwrap();
    let endpoint = SendFeedback::new(Issue::BarcodeNotFound { barcode }, "report-1");
    let body = r#"{"images":{"barcode":"https://u.example/1?sig=canary","nutritionFacts":"https://u.example/2?sig=canary"},
        "contentTypeHeader":"image/jpeg","docs":"ftp://u.example/"}"#;
    let receipt = decode(&endpoint, body);
    assert_eq!(receipt.as_json(), body);
    let said = format!("{receipt:?} {:?}", receipt.uploads()[0]);
    assert!(!said.contains("canary") && !said.contains("u.example"), "{said}");

    let names: Vec<&str> = receipt.uploads().iter().map(Upload::name).collect();
    assert_eq!(names, ["barcode", "nutritionFacts"]);
    assert_eq!(receipt.content_type(), Some("image/jpeg"));
    let upload = receipt.uploads()[0].request(&b"picture"[..]);
    assert_eq!((upload.method(), upload.body().as_ref()), (&http::Method::PUT, &b"picture"[..]));
    assert_eq!(upload.uri(), "https://u.example/1?sig=canary");
    assert_eq!(upload.headers()["content-type"], "image/jpeg");

    assert_eq!(decode(&endpoint, "{}").uploads(), []);
    let long = format!(r#"{{"a":"https://u.example/","b":"{}"}}"#, "x".repeat(100_000));
    assert_eq!(decode(&endpoint, &long).uploads(), []);
}

/// The derived serving with the id 0 is never the one to log.
#[test]
fn the_default_serving_can_be_logged() {
    let serving = |id: u32, units: &str, more: &str| {
        format!(r#"{{"serving_id":"{id}","number_of_units":"{units}","calories":"1"{more}}}"#)
    };
    let food = |servings: &[String]| {
        let body = format!(
            r#"{{"food":{{"food_id":"22","food_name":"Toast","servings":{{"serving":[{}]}}}}}}"#,
            servings.join(",")
        );
        let answer = GetFood::new(22.into()).decode(http::StatusCode::OK, body.as_bytes());
        answer.unwrap().value
    };
    let marked = r#","is_default":"1""#;
    for (servings, expected) in [
        (vec![], None),
        (vec![serving(0, "100", marked)], None),
        (vec![serving(0, "100", marked), serving(7, "1", ""), serving(8, "1", "")], Some(7)),
        (vec![serving(7, "1", ""), serving(8, "1", marked)], Some(8)),
    ] {
        let food = food(&servings);
        let found = food.default_serving().map(|serving| serving.id.get());
        assert_eq!(found, expected, "{servings:?}");
    }

    let food = food(&[serving(7, "100.000", "")]);
    let serving = food.default_serving().unwrap();
    same(serving.units(2), "200.000");
    same(serving.units("0.5".parse::<Amount>().unwrap()), "50.0000");
    let entry = CreateFoodEntry::of(&food, serving, serving.units(2), Meal::Lunch);
    let same_entry =
        CreateFoodEntry::new(22.into(), "Toast", 7.into(), "200".parse().unwrap(), Meal::Lunch);
    assert_eq!(entry, same_entry);
}
