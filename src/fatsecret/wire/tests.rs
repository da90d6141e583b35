use proptest::prelude::*;

use jiff::civil::Date;

use super::{
    notes::MOST_NOTES,
    values::{date_of_day, day_of_date},
    *,
};
use crate::fatsecret::{Amount, FoodId, Meal};

/// Reads `field` of `text` with `read`, and gives the value and the notes.
#[track_caller]
fn read<T>(
    text: &str,
    read: impl FnOnce(&Fields<'_>) -> Result<T, FieldError>,
) -> Result<(T, Vec<String>), FieldError> {
    let answer = read_object(text, read).unwrap()?;
    let notes = answer.unreadable().iter().map(ToString::to_string).collect();
    Ok((answer.into_inner(), notes))
}

#[track_caller]
fn value<T: FromJson>(value: &str) -> Result<T, FieldError> {
    read(&format!("{{\"x\":{value}}}"), |fields| fields.get("x")).map(|(value, _)| value)
}

#[test]
fn numbers_come_as_numbers_and_as_text() {
    for text in ["5", "\"5\"", "\" 5 \"", "\"5.00\"", "5.0", "\"0x5\"", "\"\\u0035\""] {
        let expected = (text != "\"0x5\"").then_some(5);
        assert_eq!(value::<u32>(text).ok(), expected, "{text}");
    }
    assert_eq!(value::<FoodId>("22").unwrap(), value::<FoodId>("\"22\"").unwrap());
    assert_eq!(value::<Amount>("14.30").unwrap().to_string(), "14.30");
    assert_eq!(value::<Amount>("\"14.30\"").unwrap().to_string(), "14.30");
    for text in ["-1", "5.5", "4294967296", "\"\"", "null", "true", "[5]", "{\"value\":5}", "1e99"]
    {
        assert!(value::<u32>(text).is_err(), "{text}");
    }
}

#[test]
fn a_json_number_is_read_from_its_own_text() {
    // As an `f64` this would be 0.3.
    assert_eq!(value::<Amount>("0.30000000000000001").unwrap().to_string(), "0.30000000000000001");
    // As an `f64` this would be 9007199254740992.
    assert_eq!(value::<FoodId>("9007199254740993").unwrap().get(), 9_007_199_254_740_993);
    assert!(value::<Amount>("1e400").is_err());
}

#[test]
fn booleans_come_in_five_spellings() {
    for text in ["true", "1", "\"1\"", "\"true\""] {
        assert!(value::<bool>(text).unwrap(), "{text}");
    }
    for text in ["false", "0", "\"0\"", "\"false\""] {
        assert!(!value::<bool>(text).unwrap(), "{text}");
    }
    for text in ["2", "\"\"", "null", "\"yes\"", "[]"] {
        assert!(value::<bool>(text).is_err(), "{text}");
    }
}

#[test]
fn dates_are_days_since_1970_in_both_directions() {
    for (day, year, month, of_month) in
        [(0, 1970, 1, 1), (14289, 2009, 2, 14), (20454, 2026, 1, 1), (-1, 1969, 12, 31)]
    {
        let date = Date::constant(year, month, of_month);
        assert_eq!(day_of_date(date), i64::from(day));
        assert_eq!(date_of_day(day), Some(date));
        assert_eq!(value::<Date>(&format!("\"{day}\"")).unwrap(), date);
    }
    for date in [Date::MIN, Date::MAX] {
        let day = i32::try_from(day_of_date(date)).unwrap();
        assert_eq!(date_of_day(day), Some(date));
        assert_eq!(date_of_day(day + day.signum()), None);
    }
    for text in ["\"2026-01-01\"", "2147483648", "2932897", "20454.5", "null"] {
        assert!(value::<Date>(text).is_err(), "{text}");
    }
}

#[test]
fn lists_are_empty_in_many_ways() {
    let empty = [
        "{}",
        r#"{"w":null}"#,
        r#"{"w":""}"#,
        r#"{"w":{}}"#,
        r#"{"w":{ }}"#,
        r#"{"w":[]}"#,
        r#"{"w":{"total":"0"}}"#,
        r#"{"w":{"i":null}}"#,
        r#"{"w":{"i":""}}"#,
        r#"{"w":{"i":{}}}"#,
        r#"{"w":{"i":[]}}"#,
        r#"{"w":{"i":[null]}}"#,
    ];
    for text in empty {
        let list = read(text, |fields| fields.list::<FoodId>("w", "i"));
        assert_eq!(list, Ok((vec![], vec![])), "{text}");
    }
}

#[test]
fn a_reply_with_something_else_is_no_empty_list() {
    // Another object in the place of the answer.
    for text in [r#"{"errors":[{"code":12}]}"#, r#"{"message":"down"}"#, r#"{"i":["1"]}"#] {
        let error = read(text, |fields| fields.list::<FoodId>("w", "i")).unwrap_err();
        assert_eq!(error.to_string(), "the field w should be there, and is missing", "{text}");
        let error = read(text, |fields| fields.items::<FoodId>("w")).unwrap_err();
        assert_eq!((error.path(), error.found()), ("w", None), "{text}");
        assert!(read(text, |fields| fields.object_or_none("w").map(|_| ())).is_err(), "{text}");
    }
    // Inside of the answer a list may be left out, whatever else is there.
    let inner = read(r#"{"a":{"b":"1"}}"#, |fields| fields.object("a")?.list::<FoodId>("w", "i"));
    assert_eq!(inner, Ok((vec![], vec![])));
    // A list of another name does not pass unseen.
    for text in [r#"{"w":{"w":["1"]}}"#, r#"{"w":{"total":"1","w":{"id":"1"}}}"#] {
        let (list, unreadable) = read(text, |fields| fields.list::<FoodId>("w", "i")).unwrap();
        assert_eq!(list, []);
        assert_eq!(unreadable, ["the field w.i should be there, and is missing"], "{text}");
    }
}

#[test]
fn lists_have_one_or_many_items() {
    for (text, expected) in [
        (r#"{"w":{"i":"a"}}"#, vec!["a"]),
        (r#"{"w":{"i":["a"]}}"#, vec!["a"]),
        (r#"{"w":{"i":["a","b",7]}}"#, vec!["a", "b", "7"]),
        (r#"{"w":["a","b"]}"#, vec!["a", "b"]),
    ] {
        let list = read(text, |fields| fields.list::<String>("w", "i")).unwrap();
        assert_eq!(list.0, expected, "{text}");
    }
}

#[test]
fn an_odd_list_is_an_error_and_not_an_empty_list() {
    for (text, path, found) in [
        (r#"{"w":5}"#, "w", "5"),
        (r#"{"w":"none"}"#, "w", "\"none\""),
        (r#"{"w":false}"#, "w", "false"),
        (r#"{"w":{"i":[{"a":2},1]}}"#, "w.i[0]", "{\"a\":2}"),
        (r#"{"w":{"i":{"a":2}}}"#, "w.i[0]", "{\"a\":2}"),
    ] {
        let error = read(text, |fields| fields.list::<FoodId>("w", "i")).unwrap_err();
        assert_eq!((error.path(), error.found()), (path, Some(found)), "{text}");
    }
}

/// A food of which the id is wanted, and nothing else.
#[derive(Debug, PartialEq)]
struct Id(FoodId);

impl FromJson for Id {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        let fields = json.fields()?;
        // A list of its own, which is required.
        fields.items::<u32>("n")?;
        fields.get("id").map(Self)
    }
}

fn ids(text: &str) -> Result<Answer<Vec<Id>>, FieldError> {
    read_object(text, |fields| fields.list("w", "i")).unwrap()
}

#[test]
fn an_item_that_cannot_be_read_is_left_out_and_named() {
    let answer = ids(r#"{"w":{"i":[{"id":"x"},{"id":1},5,null,{"id":2},{}]}}"#).unwrap();
    assert_eq!(answer.value, [Id(1.into()), Id(2.into())]);
    assert_eq!(answer.omitted(), 3);
    let paths: Vec<&str> = answer.unreadable().iter().map(FieldError::path).collect();
    assert_eq!(paths, ["w.i[0].id", "w.i[2]", "w.i[5].id"]);
}

#[test]
fn a_list_of_which_nothing_can_be_read_is_an_error() {
    // The only item, as an array and collapsed: an empty list would be a lie.
    for text in [r#"{"w":{"i":[{"id":"x"},{"id":"y"}]}}"#, r#"{"w":{"i":{"id":"x"}}}"#] {
        assert_eq!(ids(text).unwrap_err().path(), "w.i[0].id", "{text}");
    }
    // One that is not the point of the answer is empty, and reported.
    let text = r#"{"w":{"i":[{"id":"x"},{"id":"y"}]}}"#;
    let answer = read_object(text, |fields| Ok(fields.optional_list::<Id>("w", "i")));
    let answer = answer.unwrap().unwrap();
    assert_eq!((answer.value.len(), answer.omitted(), answer.unreadable().len()), (0, 2, 2));
}

/// Where lists stand in lists, an item that is left out takes its own omissions with it.
#[test]
fn omitted_items_are_counted_exactly() {
    let item = r#"{"id":"x","n":[1,"y","z"]}"#;
    let text = format!(r#"{{"w":{{"i":[{{"id":1,"n":[1,"y"]}},{item},{item}]}}}}"#);
    let answer = ids(&text).unwrap();
    assert_eq!((answer.value.len(), answer.omitted()), (1, 3));
    let paths: Vec<&str> = answer.unreadable().iter().map(FieldError::path).collect();
    assert_eq!(paths, ["w.i[0].n[1]", "w.i[1].id", "w.i[2].id"]);

    let many = format!(r#"{{"w":{{"i":[{{"id":1}}{}]}}}}"#, r#",{"id":"x"}"#.repeat(500));
    let answer = ids(&many).unwrap();
    assert_eq!((answer.omitted(), answer.unreadable().len()), (500, MOST_NOTES));
}

#[test]
fn the_lists_of_a_reply_have_ten_thousand_items_together() {
    let list = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let text = |one, two| format!(r#"{{"a":{},"b":{}}}"#, list(one), list(two));
    let both = |text: &str| {
        let answer = read_object(text, |fields| {
            Ok((fields.items::<u32>("a")?.len(), fields.items::<u32>("b")?.len()))
        });
        answer.unwrap().map(Answer::into_inner)
    };
    assert_eq!(both(&text(10_000, 0)), Ok((10_000, 0)));
    assert_eq!(both(&text(4_000, 6_000)), Ok((4_000, 6_000)));
    let error = both(&text(4_000, 6_001)).unwrap_err();
    assert_eq!((error.path(), error.found()), ("b", Some("longer")));
    assert!(error.expected().contains("10,000"), "{error}");
}

#[test]
fn an_object_has_a_limit_of_fields() {
    let object = |count: usize| {
        let fields: Vec<String> = (0..count).map(|number| format!("\"f{number}\":1")).collect();
        format!("{{\"x\":{{{}}}}}", fields.join(","))
    };
    let last = |text: &str, name: &str| {
        read(text, |fields| fields.object("x")?.get::<u32>(name)).map(|(value, _)| value)
    };
    assert_eq!(last(&object(1_000), "f999"), Ok(1));
    let error = last(&object(1_001), "f0").unwrap_err();
    assert_eq!((error.path(), error.expected()), ("x", "an object of at most 1,000 fields"));
}

#[test]
fn an_odd_optional_field_is_reported_and_does_not_fail() {
    let (fat, notes) =
        read(r#"{"x":[{"a":1}]}"#, |fields| Ok(fields.optional::<Amount>("x"))).unwrap();
    assert_eq!(fat, None);
    assert_eq!(notes, [r#"the field x should be a decimal number, and is [{"a":1}]"#]);

    let nothing = ["{}", r#"{"x":null}"#, r#"{"x":""}"#, r#"{"x":{}}"#];
    for text in nothing {
        let (fat, notes) = read(text, |fields| Ok(fields.optional::<Amount>("x"))).unwrap();
        assert_eq!((fat, notes), (None, vec![]), "{text}");
    }

    let (list, notes) =
        read(r#"{"w":"x"}"#, |fields| Ok(fields.optional_list::<FoodId>("w", "i"))).unwrap();
    assert_eq!((list, notes.len()), (vec![], 1));
}

#[test]
fn reports_are_bounded_in_number_and_length() {
    let names: Vec<String> = (0..100).map(|index| format!("x{index}")).collect();
    let members: Vec<String> =
        names.iter().map(|name| format!("\"{name}\":[{}]", "1,".repeat(5_000) + "1")).collect();
    let text = format!("{{{}}}", members.join(","));
    let answer = read_object(&text, |fields| {
        for name in &names {
            assert_eq!(fields.optional::<Amount>(name), None);
        }
        Ok(())
    });
    let answer = answer.unwrap().unwrap();
    assert_eq!(answer.unreadable().len(), MOST_NOTES);
    for note in answer.unreadable() {
        assert!(note.found().unwrap().chars().count() <= 60);
    }
}

#[test]
fn a_missing_required_field_is_named() {
    let error =
        read(r#"{"a":{"b":{}}}"#, |fields| fields.object("a")?.object("b")?.get::<u32>("c"))
            .unwrap_err();
    assert_eq!((error.path(), error.found()), ("a.b.c", None));
    assert_eq!(error.to_string(), "the field a.b.c should be there, and is missing");
}

#[test]
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method is for one lifetime")]
fn created_ids_and_successes_are_wrapped_or_bare() {
    for text in [r#"{"n":{"value":"7"}}"#, r#"{"n":{"value":7}}"#, r#"{"n":"7"}"#, r#"{"n":7}"#] {
        let (id, _) = read(text, |fields| fields.created::<FoodId>("n")).unwrap();
        assert_eq!(id.get(), 7, "{text}");
    }
    for text in [
        r#"{"success":{"value":"1"}}"#,
        r#"{"success":{"value":1}}"#,
        r#"{"success":{"value":true}}"#,
        r#"{"success":"1"}"#,
    ] {
        assert!(read(text, |fields| fields.success()).is_ok(), "{text}");
    }
    for text in ["{}", r#"{"success":{"value":"0"}}"#, r#"{"success":null}"#, r#"{"success":{}}"#] {
        assert!(read(text, |fields| fields.success()).is_err(), "{text}");
    }
}

#[test]
fn unknown_words_are_kept() {
    assert_eq!(value::<Meal>("\"LUNCH\"").unwrap(), Meal::Lunch);
    assert_eq!(value::<Meal>("\"Sn\\u00e4ck\"").unwrap(), Meal::Unknown("Snäck".into()));
    assert!(value::<Meal>("[]").is_err());
}

#[test]
fn depth_and_size_do_not_break_it() {
    let deep = 200_000;
    let nested = format!("{{\"x\":{}{},\"y\":5}}", "[".repeat(deep), "]".repeat(deep));
    let (y, notes) = read(&nested, |fields| {
        assert_eq!(fields.optional::<Amount>("x"), None);
        fields.get::<u32>("y")
    })
    .unwrap();
    assert_eq!((y, notes.len()), (5, 1));
    assert!(read_object(&"{\"x\":".repeat(deep), |_| Ok(())).is_err());

    let (list, _) = read(&nested, |fields| Ok(fields.optional_list::<Vec1>("x", "i"))).unwrap();
    assert_eq!(list.len(), 0);
}

/// A type that looks no deeper than one level.
struct Vec1;

impl FromJson for Vec1 {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        json.fields().map(|_| Self)
    }
}

/// Any JSON, with FatSecret's own words in it more often than not.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "-?[0-9]{0,20}(\\.[0-9]{0,20})?(e-?[0-9]{1,3})?".prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec(("value|x|i|.{0,3}", inner), 0..4)
                .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// What the value says as a number, in the words of another reader: its text, if it is a number or
/// a string.
fn spelled(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

proptest! {
    /// Whatever stands where a number should: no panic, and no number but the one that is there.
    #[test]
    fn never_a_wrong_number(json in any_json()) {
        let text = format!("{{\"x\":{json}}}");
        if let Ok((amount, _)) = read(&text, |fields| fields.get::<Amount>("x")) {
            let spelled = spelled(&json).unwrap();
            // `f64`'s own reader is the reference, and the digits themselves where there are only
            // digits.
            let expected: f64 = spelled.parse().unwrap();
            prop_assert_eq!(amount.to_f64().to_bits(), (expected + 0.0).to_bits());
            if !spelled.contains(['e', 'E', '-']) {
                let (digits, written) = (amount.to_string(), spelled.trim_start_matches('0'));
                prop_assert_eq!(digits.trim_start_matches('0'), written);
            }
        }
        if let Ok((id, _)) = read(&text, |fields| fields.get::<FoodId>("x")) {
            prop_assert_eq!(Some(id.get()), spelled(&json).unwrap().parse().ok());
        }
        if let Ok((whole, _)) = read(&text, |fields| fields.get::<u32>("x")) {
            prop_assert_eq!(Ok(f64::from(whole)), spelled(&json).unwrap().parse());
        }
        if let Ok((date, _)) = read(&text, |fields| fields.get::<Date>("x")) {
            let day: f64 = spelled(&json).unwrap().parse().unwrap();
            let read_back = i32::try_from(day_of_date(date)).unwrap();
            prop_assert_eq!(f64::from(read_back).to_bits(), (day + 0.0).to_bits());
        }
    }

    /// An optional field takes everything, and either gives a value or reports what it left out.
    #[test]
    fn an_optional_field_never_fails(json in any_json()) {
        let text = format!("{{\"x\":{json}}}");
        let (amount, notes) =
            read(&text, |fields| Ok(fields.optional::<Amount>("x"))).unwrap();
        let nothing = matches!(&json, serde_json::Value::Null)
            || json.as_str() == Some("")
            || json.as_array().is_some_and(Vec::is_empty)
            || json.as_object().is_some_and(serde_json::Map::is_empty);
        prop_assert_eq!(notes.len(), usize::from(amount.is_none() && !nothing));
    }

    /// A list of anything does not panic, and is as long as what is there.
    #[test]
    fn lists_lose_nothing(json in any_json()) {
        let text = format!("{{\"w\":{{\"i\":{json}}}}}");
        let list = read_object(&text, |fields| fields.list::<String>("w", "i")).unwrap();
        if let Ok(list) = list {
            let expected = match &json {
                serde_json::Value::Array(items) => items.iter().filter(|item| !item.is_null()).count(),
                serde_json::Value::Number(_) => 1,
                serde_json::Value::String(text) => usize::from(!text.is_empty()),
                _ => 0,
            };
            prop_assert_eq!(list.len() + list.omitted(), expected);
        }
    }

    /// Any bytes at all: an answer or an error, no panic.
    #[test]
    fn any_text_is_taken(text in "[\\{\\}\\[\\]\":,0-9a-z\\\\ ]{0,40}") {
        let _ = read_object(&text, |fields| {
            let _ = fields.optional_list::<Amount>("w", "i");
            fields.get::<bool>("x")
        });
    }
}
