//! What every method of FatSecret's sends, held against the table of cases.

use tripod::{Session, Signed};

use crate::all::*;

use crate::{
    cases::{all, barcode},
    naive::read_form,
    support::user,
};

#[test]
fn every_method_sends_what_the_documentation_says() {
    for case in all() {
        let mut expected = vec![("method", case.method), ("format", "json")];
        expected.extend(case.pairs);
        let sent: Vec<(&str, &str)> =
            case.request.pairs().iter().map(|(name, value)| (&**name, value.as_str())).collect();
        assert_eq!(sent, expected, "{}", case.method);
        assert_eq!(case.how, case.expected_how, "{}", case.method);
        assert_eq!(case.request.name(), case.method);
        assert_eq!(case.request.path(), "server.api");
        assert_eq!(case.request.json_body(), None);
    }
}

/// Each write as it is built: a POST with everything in the query, the OAuth parameters too, and
/// nothing in the body.
#[test]
fn a_write_has_everything_in_the_query_and_an_empty_body() {
    let api = user().api;
    for case in all().into_iter().filter(|case| case.request.verb() == http::Method::POST) {
        let (built, _) = api.prepare(&case.request).build().unwrap();
        assert_eq!(built.method(), http::Method::POST);
        assert_eq!(built.uri().path(), "/rest/server.api");
        assert!(built.body().is_empty(), "{}", case.method);
        assert_eq!(built.headers()[http::header::CONTENT_LENGTH], "0");
        assert!(!built.headers().contains_key(http::header::CONTENT_TYPE));
        assert!(!built.headers().contains_key(http::header::AUTHORIZATION));

        let mut query = read_form(built.uri().query().unwrap());
        let oauth = query.split_off(2 + case.pairs.len());
        let mut expected = vec![("method", case.method), ("format", "json")];
        expected.extend(case.pairs);
        let expected: Vec<_> =
            expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(query, expected);
        let names: Vec<&str> = oauth.iter().map(|(name, _)| name.as_str()).collect();
        let wanted = [
            "oauth_consumer_key",
            "oauth_nonce",
            "oauth_signature_method",
            "oauth_timestamp",
            "oauth_token",
            "oauth_version",
            "oauth_signature",
        ];
        assert_eq!(names, wanted, "{}", case.method);
    }
}

/// The three methods with a path of their own and a JSON body.
#[track_caller]
fn check_json<E: Endpoint>(endpoint: &E, path: &str, repeatable: bool, body: &str) {
    let request = endpoint.request();
    assert_eq!(E::Access::NAME, "Public");
    assert_eq!(request.verb(), http::Method::POST);
    assert_eq!(request.path(), path);
    assert_eq!(request.pairs(), [("format".into(), "json".to_owned())]);
    assert_eq!(request.is_repeatable(), repeatable);
    let sent: serde_json::Value = serde_json::from_str(&request.json_body().unwrap()).unwrap();
    assert_eq!(sent, serde_json::from_str::<serde_json::Value>(body).unwrap());
}

#[test]
fn three_methods_have_a_json_body() {
    let eaten = EatenFood::new(FoodId::from(22), "Toast")
        .with_brand("Mill")
        .with_serving_description("1 slice")
        .with_serving_size("25 g");
    let eaten_json = r#"[{"food_id":22,"food_name":"Toast","food_brand":"Mill",
        "serving_description":"1 slice","serving_size":"25 g"}]"#;

    check_json(
        &AnalyzeText::new("two slices of toast")
            .with_food_data(true)
            .with_eaten_foods([eaten.clone()])
            .with_region("US")
            .with_language("en"),
        "natural-language-processing/v1",
        true,
        &format!(
            r#"{{"user_input":"two slices of toast","include_food_data":true,
            "eaten_foods":{eaten_json},"region":"US","language":"en"}}"#
        ),
    );
    check_json(
        &RecognizeImage::new(Picture::new(b"\xff\xd8\xff")).with_eaten_foods([eaten]),
        "image-recognition/v2",
        true,
        &format!(r#"{{"image_b64":"/9j/","eaten_foods":{eaten_json}}}"#),
    );
    check_json(
        &SendFeedback::new(Issue::Other("smells odd".into()), "report-1")
            .with_notes("twice")
            .with_images(ImageExtension::Jpg)
            .with_barcode(barcode()),
        "feedback/v1",
        false,
        r#"{"issue_type_id":99,"issue_type":"smells odd","external_id":"report-1","notes":"twice",
            "image_file_extension":"jpg","barcode":"4006381333931"}"#,
    );
}

/// Each issue has what FatSecret requires of it.
#[test]
fn feedback_says_which_food_is_meant() {
    let (food_id, serving_id) = (FoodId::from(22), ServingId::from(33));
    for (issue, sent) in [
        (
            Issue::WrongNameOrBrand { barcode: barcode(), food_id },
            r#""issue_type_id":1,"barcode":"4006381333931","returned_food":{"food_id":22}"#,
        ),
        (
            Issue::WrongNutrition { food_id, serving_id },
            r#""issue_type_id":2,"returned_food":{"food_id":22,"serving_id":33}"#,
        ),
        (
            Issue::MissingServing { food_id, serving_id },
            r#""issue_type_id":3,"returned_food":{"food_id":22,"serving_id":33}"#,
        ),
        (
            Issue::BarcodeNotFound { barcode: barcode() },
            r#""issue_type_id":4,"barcode":"4006381333931""#,
        ),
    ] {
        check_json(
            &SendFeedback::new(issue, "report-2"),
            "feedback/v1",
            false,
            &format!(r#"{{{sent},"external_id":"report-2"}}"#),
        );
    }
}

#[test]
fn a_new_food_is_a_manufacturers_unless_something_else_is_said() {
    let nutrition = Nutrition::new(75.into(), 14.into(), 2.into(), 1.into());
    let request = CreateFood::new("Mill", "Toast", "1 slice", nutrition).request();
    assert!(request.pairs().contains(&("brand_type".into(), "manufacturer".to_owned())));
}

#[test]
fn a_picture_is_not_printed() {
    let endpoint = RecognizeImage::new(Picture::new(&[7; 3000]));
    assert!(format!("{endpoint:?}").contains("Picture(4000 characters of base64)"));
    let request = format!("{:?}", endpoint.request());
    assert!(request.contains(r#"Some(["image_b64"])"#) && request.len() < 400, "{request}");
}

/// Public calls work with and without a user; the others with one of them only.
#[test]
fn access_kinds_say_who_may_call() {
    fn by_user<E: Endpoint<Access: CalledBy<Session>>>(_: &E) {}
    fn by_key<E: Endpoint<Access: CalledBy<Signed>>>(_: &E) {}
    by_user(&GetRecipeTypes::new());
    by_key(&GetRecipeTypes::new());
    by_user(&GetProfile::new());
    by_key(&CreateProfile::new());
}
