//! Foods and recipes, and how each method is reached.

use serde_json::{Value, json};

use crate::{data::*, support::*};

/// The names in a list of foods or recipes.
fn names<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|item| item[name].as_str().unwrap()).collect()
}

#[test]
fn version_1_of_the_search_describes_foods_in_a_line() {
    let user = User::tidy();
    let bread = [("search_expression", "BREAD whole")];
    assert_eq!(
        user.public("foods.search", &bread),
        json!({"foods": {
            "max_results": 20,
            "total_results": 1,
            "page_number": 0,
            "food": [{
                "food_id": 3017,
                "food_name": "Whole Wheat Bread",
                "food_type": "Generic",
                "food_url": "https://foods.fatsecret.example/generic/whole-wheat-bread",
                "food_description":
                    "Per 100g - Calories: 247kcal | Fat: 3.35g | Carbs: 41.29g | Protein: 12.95g",
            }],
        }})
    );
    let by_portion = user.public("foods.search", &with(&bread, "generic_description", "portion"));
    assert_eq!(
        by_portion["foods"]["food"][0]["food_description"],
        "Per 1 slice - Calories: 69kcal | Fat: 0.94g | Carbs: 11.56g | Protein: 3.63g"
    );
    let cola = user.public("foods.search", &[("search_expression", "1st cola")]);
    let cola = &cola["foods"]["food"][0];
    assert_eq!((&cola["brand_name"], &cola["food_type"]), (&json!("1st Choice"), &json!("Brand")));
    assert_eq!(
        user.public("foods.search", &[("search_expression", "nothing like it")]),
        json!({"foods":
            {"max_results": 20, "total_results": 0, "page_number": 0, "food": []}})
    );
}

#[test]
fn searches_have_pages_and_kinds() {
    let user = User::tidy();
    let page = |page| {
        let params = [("search_expression", "cheese"), ("max_results", "2"), ("page_number", page)];
        let found = user.public("foods.search.v5", &params);
        let found = &found["foods_search"];
        assert_eq!((&found["total_results"], &found["max_results"]), (&json!(3), &json!(2)));
        names(&found["results"]["food"], "food_name").join("; ")
    };
    assert_eq!(page("0"), "Cheddar Cheese; Mozzarella Cheese");
    assert_eq!(page("1"), "Cheese Pizza");
    assert_eq!(page("2147483647"), "");
    let total = |kind| {
        let found = user.public("foods.search.v5", &[("food_type", kind)]);
        found["foods_search"]["total_results"].as_u64().unwrap()
    };
    assert_eq!((total("none"), total("generic"), total("brand")), (51, 43, 8));
    for (name, value, expected) in [
        ("max_results", "51", 107),
        ("max_results", "0", 107),
        ("page_number", "-1", 107),
        ("page_number", "one", 102),
        ("include_food_images", "yes", 108),
        ("food_type", "liquid", 108),
        ("region", "Europe", 208),
        ("search_expression", &"x".repeat(256), 109),
    ] {
        assert_eq!(code(&user.public("foods.search.v5", &[(name, value)])), expected, "{name}");
    }
    // With the user's token, what they have eaten comes first.
    user.sandbox.log_food(TODAY, "lunch", 3041, 30411, 1.0).unwrap();
    let own = user.call("foods.search", &[("search_expression", "cheese")]);
    assert_eq!(
        names(&own["foods"]["food"], "food_name"),
        ["Cheese Pizza", "Cheddar Cheese", "Mozzarella Cheese"]
    );
}

#[test]
fn pictures_and_attributes_came_with_a_version_of_each_method() {
    let user = User::tidy();
    let wanted = [("include_food_images", "true"), ("include_food_attributes", "true")];
    let has_both = |food: &Value| {
        let has = |name| food.get(name).is_some();
        assert_eq!(has("food_images"), has("food_attributes"), "{food}");
        has("food_images")
    };
    for version in 1..=5 {
        let food = [wanted[0], wanted[1], ("food_id", "3017")];
        let read = user.public(&format!("food.get.v{version}"), &food);
        assert_eq!(has_both(&read["food"]), version >= 4, "{version}");
    }
    for version in 2..=5 {
        let words = [wanted[0], wanted[1], ("search_expression", "granola")];
        let found = user.public(&format!("foods.search.v{version}"), &words);
        let food = &found["foods_search"]["results"]["food"][0];
        assert_eq!(has_both(food), version >= 3, "{version}");
    }
}

#[test]
fn a_food_has_servings_and_what_its_version_offers() {
    let user = User::tidy();
    let all = [
        ("food_id", "3017"),
        ("include_sub_categories", "true"),
        ("include_food_images", "true"),
        ("include_food_attributes", "true"),
        ("flag_default_serving", "true"),
    ];
    let food = user.public("food.get.v5", &all);
    let food = &food["food"];
    assert_eq!(food["food_sub_categories"], json!({"food_sub_category": ["Bread"]}));
    assert_eq!(food["food_images"]["food_image"][0]["image_type"], "Standard");
    assert_eq!(
        food["food_attributes"]["allergens"]["allergen"][2],
        json!({"id": 3, "name": "Gluten", "value": 1})
    );
    let slice = &food["servings"]["serving"][0];
    assert_eq!(
        slice,
        &json!({
            "serving_id": 30171,
            "serving_description": "1 slice",
            "serving_url": "https://foods.fatsecret.example/generic/whole-wheat-bread\
                            ?portionid=30171&portionamount=1.000",
            "metric_serving_amount": 28.0,
            "metric_serving_unit": "g",
            "number_of_units": 1.0,
            "measurement_description": "slice",
            "is_default": 1,
            "calories": 69,
            "carbohydrate": 11.56,
            "protein": 3.63,
            "fat": 0.94,
            "saturated_fat": 0.211,
            "polyunsaturated_fat": 0.44,
            "monounsaturated_fat": 0.191,
            "cholesterol": 0,
            "sodium": 132,
            "potassium": 69,
            "fiber": 1.9,
            "sugar": 1.56,
            "vitamin_a": 0,
            "vitamin_c": 0.0,
            "calcium": 30,
            "iron": 0.68,
        })
    );
    let hundred = &food["servings"]["serving"][1];
    assert_eq!(
        (&hundred["number_of_units"], &hundred["calories"], &hundred["iron"]),
        (&json!(100.0), &json!(247), &json!(2.43))
    );
    // 2.43 mg of 18 and 107 mg of 1300, in per cent.
    let old = user.public("food.get", &all);
    let old = &old["food"];
    let hundred = &old["servings"]["serving"][1];
    assert_eq!((&hundred["iron"], &hundred["calcium"]), (&json!(14), &json!(8)));
    assert_eq!(old.get("food_images"), None);

    let brand = |version: &str| user.public(version, &[("food_id", "4001")]);
    let derived = &brand("food.get.v5")["food"]["servings"]["serving"][1];
    assert_eq!(derived["serving_id"], 0);
    assert_eq!(derived["calories"], 436);
    assert_eq!(derived.get("serving_url"), None);
    assert_eq!(brand("food.get.v4")["food"]["servings"]["serving"].as_array().unwrap().len(), 1);

    assert_eq!(code(&user.public("food.get.v5", &[])), 101);
    assert_eq!(code(&user.public("food.get.v5", &[("food_id", "1.5")])), 105);
    assert_eq!(code(&user.public("food.get.v5", &[("food_id", "1")])), 106);
}

#[test]
fn the_catalogue_suggests_and_lists() {
    let user = User::tidy();
    let suggestions = |start| {
        let reply = user.public("foods.autocomplete.v2", &[("expression", start)]);
        reply["suggestions"]["suggestion"].clone()
    };
    assert_eq!(suggestions("b"), json!(["bananas", "blueberries", "boiled potatoes", "broccoli"]));
    assert_eq!(suggestions("Toasted w"), json!(["toasted white bread"]));
    assert_eq!(suggestions("zz"), json!([]));
    assert_eq!(code(&user.public("foods.autocomplete", &[])), 101);
    let ten = [("expression", "b"), ("max_results", "11")];
    assert_eq!(code(&user.public("foods.autocomplete", &ten)), 107);

    let known = [("barcode", "0012345678905")];
    let unknown = [("barcode", "9999999999999")];
    let v1 = |params| user.public("food.find_id_for_barcode", params);
    assert_eq!(v1(&known), json!({"food_id": {"value": 4001}}));
    assert_eq!(v1(&unknown), json!({"food_id": {"value": 0}}));
    assert_eq!(code(&v1(&[("barcode", "12345678")])), 108);
    let v2 = |params| user.public("food.find_id_for_barcode.v2", params);
    assert_eq!(v2(&known)["food"]["food_name"], "Crunchy Granola");
    assert_eq!(code(&v2(&unknown)), 211);

    // Pictures and attributes came with version 2.
    let both = [known[0], ("include_food_images", "true"), ("include_food_attributes", "true")];
    let food = &v2(&both)["food"];
    assert_eq!(food["food_images"]["food_image"][0]["image_type"], "Standard");
    assert_eq!(food["food_attributes"]["preferences"]["preference"][0]["name"], "Vegan");

    let brands = |params| user.public("food_brands.get.v2", params)["food_brands"].clone();
    // Without a first letter, these are the most popular brands, which are those with the most foods.
    assert_eq!(brands(&[]), json!({"food_brand": ["Alpine Dairy", "Sunny Mill"]}));
    assert_eq!(brands(&[("starts_with", "A")]), json!({"food_brand": ["Alpine Dairy"]}));
    let digits = [("starts_with", "*"), ("brand_type", "supermarket")];
    assert_eq!(brands(&digits), json!({"food_brand": ["1st Choice"]}));
    assert_eq!(code(&user.public("food_brands.get", &[])), 101);
    assert_eq!(code(&user.public("food_brands.get", &[("starts_with", "Al")])), 107);

    let categories = user.public("food_categories.get.v2", &[]);
    let categories = categories["food_categories"]["food_category"].as_array().unwrap().clone();
    assert_eq!(categories.len(), 10);
    assert_eq!(
        categories[2],
        json!({"food_category_id": 3, "food_category_name": "Grains",
            "food_category_description": "Bread, pasta, rice and cereal"})
    );
    let sub = |params| user.public("food_sub_categories.get.v2", params);
    assert_eq!(
        sub(&[("food_category_id", "3")]),
        json!({"food_sub_categories": {"food_sub_category": ["Bread", "Cereal", "Pasta", "Rice"]}})
    );
    assert_eq!(code(&sub(&[("food_category_id", "99")])), 106);
}

#[test]
fn recipes_are_searched_and_read() {
    let user = User::tidy();
    let search = |params: &[(&str, &str)]| {
        let found = user.public("recipes.search.v3", params);
        names(&found["recipes"]["recipe"], "recipe_name").join("; ")
    };
    assert_eq!(
        search(&[("sort_by", "oldest"), ("max_results", "2")]),
        "Blueberry Oatmeal; Spinach and Avocado Salad"
    );
    assert_eq!(search(&[("recipe_types", "Soup,Snack")]), "Banana Almond Snack; Lentil Soup");
    let both = [("recipe_types", "soup,main dish"), ("recipe_types_matchall", "true")];
    assert_eq!(search(&both), "Lentil Soup");
    assert_eq!(
        search(&[("must_have_images", "true"), ("search_expression", "dark")]),
        "Dark Chocolate Strawberries"
    );
    // 152.6 g of carbohydrate in 952 kcal are 64 per cent, 100.8 g in 554 kcal are 73.
    // Preparation and cooking count together: 15 and 5 minutes are 20.
    assert_eq!(search(&[("prep_time.to", "4")]), "Banana Almond Snack");
    let quick = [("prep_time.from", "16"), ("prep_time.to", "20")];
    assert_eq!(search(&quick), "Dark Chocolate Strawberries");
    assert_eq!(
        search(&[("carb_percentage.from", "64"), ("carb_percentage.to", "100")]),
        "Lentil Soup; Blueberry Oatmeal"
    );
    let crossed = [("calories.from", "9"), ("calories.to", "1")];
    assert_eq!(code(&user.public("recipes.search.v3", &crossed)), 107);
    let old = user.public("recipes.search", &[("recipe_type", "Soup")]);
    assert_eq!(
        old["recipes"]["recipe"][0]["recipe_url"],
        "https://www.fatsecret.example/recipes/lentil-soup/Default.aspx"
    );

    let snack = user.public("recipe.get.v2", &[("recipe_id", "505")]);
    let snack = &snack["recipe"];
    // A banana of 118 g and an ounce of almonds.
    assert_eq!(snack["serving_sizes"]["serving"][0]["calories"], 269);
    assert_eq!(snack["grams_per_portion"], 146.35);
    assert_eq!(snack["ingredients"]["ingredient"][1]["ingredient_description"], "1 oz almonds");
    assert_eq!(snack["directions"]["direction"][0]["direction_number"], 1);
    assert_eq!(code(&user.public("recipe.get.v2", &[("recipe_id", "5")])), 106);
    let types = user.public("recipe_types.get.v2", &[]);
    assert_eq!(types["recipe_types"]["recipe_type"].as_array().unwrap().len(), 13);
}

#[test]
fn a_method_is_reached_by_its_name_and_by_its_path() {
    let user = User::tidy();
    let by_path = user.path("GET", "food/v2", &[("food_id", "3001")]);
    assert_eq!(by_path, user.call("food.get.v2", &[("food_id", "3001")]));
    let entry = [
        ("food_id", "3002"),
        ("food_entry_name", "Apple"),
        ("serving_id", "30021"),
        ("number_of_units", "1"),
        ("meal", "other"),
    ];
    // By its path, creating gives the whole entry.
    let created = user.path("POST", "food-entries/v1", &entry);
    let created = &created["food_entries"]["food_entry"][0];
    assert_eq!(created["calories"], 72);
    let id = created["food_entry_id"].to_string();
    let id = [("food_entry_id", id.as_str())];
    let success = json!({"success": {"value": 1}});
    let edit = with(&id, "meal", "dinner");
    assert_eq!(user.path("PUT", "food-entries/v1", &edit), success);
    assert_eq!(user.path("DELETE", "food-entries/v1", &id), success);
    assert_eq!(code(&user.path("DELETE", "food-entries/v1", &id)), 106);
    // Paths that are documented in two ways.
    let shift = [("shift_to_id", "12"), ("shift_from_id", "2"), ("minutes", "1")];
    for path in ["exercise-entries/v1", "exercise-entries/template/v1"] {
        assert_eq!(user.path("PUT", path, &shift), success);
    }
    for path in ["food-entries/month/v1", "food-entries/month/v2"] {
        assert_eq!(user.path("GET", path, &[])["month"]["from_date_int"], 20454);
    }
    // Writes by a form are refused as the strictest report has it, unless they are allowed.
    let pairs = [
        ("method", "weight.update"),
        ("format", "json"),
        ("current_weight_kg", "80"),
        ("goal_weight_kg", "70"),
        ("current_height_cm", "180"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let by_form = |user: &User| {
        let mut call = user.signed("POST", "server.api");
        call.way = Way::Form;
        call.form = pairs.clone().into();
        call.send(&user.sandbox).json()
    };
    assert_eq!(code(&by_form(&user)), 8);
    assert_eq!(by_form(&User::of(builder().odd_shapes(false).forms(true))), success);
    let mut by_query = user.signed("POST", "server.api");
    by_query.query = pairs.clone().into();
    assert_eq!(by_query.send(&user.sandbox).json(), success);

    for (method, expected) in [
        ("food.get.v6", 10),
        ("weight.update.v2", 10),
        ("food_entry.copy", 10),
        (".v2", 10),
        ("", 101),
    ] {
        assert_eq!(user.code(method, &[]), expected, "{method}");
    }
    assert_eq!(code(&user.path("GET", "food/v6", &[])), 23);
    assert_eq!(code(&user.path("GET", "food", &[])), 23);
    assert_eq!(code(&user.path("POST", "food-entries/month/v2", &[])), 22);
    // A user's data need their token.
    assert_eq!(
        user.public("food_entries.get.v2", &[]),
        json!({"error": {"code": 9, "message": "Invalid access token: oauth_token ''"}})
    );
}

/// A call with a JSON body.
fn post(user: &User, path: &str, body: &Value) -> Value {
    let call = Call::new("POST", user.sandbox.data_url(path), Way::Query).query("format", "json");
    let body = body.to_string();
    let head =
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    // The client of these tests writes forms only; the head's own length of zero is replaced.
    let text = call.signed().text("close").replace("Content-Length: 0\r\n\r\n", &head);
    parse(&raw(&user.sandbox, &text)).json()
}

#[test]
fn sentences_pictures_and_feedback_come_as_json() {
    let user = User::tidy();
    let path = "natural-language-processing/v1";
    let found = post(
        &user,
        path,
        &json!({
            "user_input": "Two bananas, 3 slices of toasted bread and a cup of coffee",
            "include_food_data": true,
            "eaten_foods": [{"food_id": 3003, "food_name": "Bananas"}],
        }),
    );
    let found = &found["food_response"];
    assert_eq!(names(found, "food_entry_name"), ["Bananas", "Toasted White Bread", "Coffee"]);
    let bananas = &found[0];
    assert_eq!(bananas["eaten"]["units"], 2.0);
    assert_eq!(bananas["eaten"]["total_metric_amount"], 236.0);
    assert_eq!(bananas["eaten"]["total_nutritional_content"]["calories"], 210);
    assert_eq!(bananas["suggested_serving"]["serving_id"], 30031);
    assert_eq!(bananas["food"]["food_id"], 3003);
    assert_eq!(code(&post(&user, path, &json!({"user_input": "a chair"}))), 211);
    assert_eq!(code(&post(&user, path, &json!({"user_input": "x".repeat(1001)}))), 109);
    assert_eq!(code(&post(&user, path, &json!({}))), 101);
    assert_eq!(code(&post(&user, path, &json!([]))), 22);

    let picture = json!({"image_b64": "iVBORw0KGgo="});
    for version in ["image-recognition/v1", "image-recognition/v2"] {
        let seen = post(&user, version, &picture);
        assert_eq!(seen["food_response"].as_array().unwrap().len(), 1);
    }
    let text = json!({"image_b64": "aGVsbG8="});
    assert_eq!(code(&post(&user, "image-recognition/v2", &text)), 108);

    let mut feedback = json!({
        "barcode": "0012345678905",
        "issue_type_id": 99,
        "issue_type": "The picture is old",
        "external_id": "7",
        "image_file_extension": "png",
    });
    let receipt = post(&user, "feedback/v1", &feedback);
    assert_eq!(receipt["feedback"]["contentTypeHeader"], "image/png");
    assert!(receipt["feedback"]["nutritionFacts"].as_str().unwrap().starts_with("https://"));
    for (issue, food, expected) in [
        (1, json!({}), 101),
        (1, json!({"food_id": 3001}), 0),
        (2, json!({"food_id": 3001}), 101),
        (3, json!({"food_id": 3001, "serving_id": 0}), 0),
    ] {
        feedback["issue_type_id"] = json!(issue);
        feedback["returned_food"] = food;
        let answer = post(&user, "feedback/v1", &feedback);
        assert_eq!(answer["error"]["code"].as_u64().unwrap_or(0), expected, "{issue}: {answer}");
    }
    feedback["issue_type_id"] = json!(5);
    assert_eq!(code(&post(&user, "feedback/v1", &feedback)), 107);
    feedback["issue_type_id"] = json!(99);
    feedback["issue_type"] = json!("");
    assert_eq!(code(&post(&user, "feedback/v1", &feedback)), 101);
}

#[test]
fn what_is_sold_apart_can_be_missing() {
    let user = User::of(builder().odd_shapes(false).premium(false));
    for method in [
        "foods.search.v2",
        "foods.search.v5",
        "foods.autocomplete",
        "food_brands.get",
        "food.find_id_for_barcode.v2",
        "food_categories.get",
        "food_sub_categories.get",
        "food.create.v2",
    ] {
        assert_eq!(user.code(method, &[]), 10, "{method}");
    }
    assert_eq!(code(&user.path("GET", "foods/search/v3", &[])), 10);
    assert_eq!(code(&post(&user, "feedback/v1", &json!({}))), 10);
    assert_eq!(user.public("foods.search", &[])["foods"]["total_results"], 51);
    let images = [("food_id", "3001"), ("include_food_images", "true")];
    assert_eq!(user.public("food.get.v5", &images)["food"].get("food_images"), None);
}
