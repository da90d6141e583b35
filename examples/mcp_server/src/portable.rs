//! Schemas that more clients understand.
//!
//! schemars describes an `Option` as a value that may be null, with a list of types. Some clients turn schemas into a
//! dialect without such lists, and then drop the tool. Here a value that may be missing is left out instead: its
//! property has one type and is not required, and answers have no nulls. A null in the arguments is accepted all the same.

use std::sync::Arc;

use rmcp::{handler::server::router::tool::ToolRouter, model::JsonObject};
use serde_json::Value;

/// Rewrites the schemas of all tools.
pub(crate) fn portable<S>(mut router: ToolRouter<S>) -> ToolRouter<S> {
    for route in router.map.values_mut() {
        rewrite(Arc::make_mut(&mut route.attr.input_schema));
        if let Some(schema) = &mut route.attr.output_schema {
            rewrite(Arc::make_mut(schema));
        }
    }
    router
}

fn rewrite(schema: &mut JsonObject) {
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        rewrite(items);
    }
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    let mut optional = Vec::new();
    for (name, property) in properties {
        let Value::Object(property) = property else { continue };
        rewrite(property);
        if drop_null(property) {
            optional.push(name.clone());
        }
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !optional.iter().any(|optional| name == optional));
    }
}

/// Takes null out of what a property may be. Says whether it was in.
fn drop_null(property: &mut JsonObject) -> bool {
    let Some(Value::Array(types)) = property.get_mut("type") else { return false };
    types.retain(|kind| kind != "null");
    if let [one] = types.as_slice() {
        let one = one.clone();
        property.insert("type".to_owned(), one);
    }
    if let Some(Value::Array(words)) = property.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if property.get("default").is_some_and(Value::is_null) {
        property.remove("default");
    }
    true
}

/// Leaves out what is null, in objects of any depth.
pub(crate) fn drop_nulls(data: &mut Value) {
    match data {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
