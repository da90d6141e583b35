//! XML, which FatSecret writes when `format=json` is missing.

use serde_json::Value;

use crate::escape::escape;

/// What each document begins with.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\" ?>";

pub(super) fn document(value: &Value) -> String {
    let mut out = String::from(HEAD);
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                out.extend(["<", name, ">"]);
                write(out, field);
                out.extend(["</", name, ">"]);
            }
        }
        Value::Array(items) => {
            for item in items {
                out.push_str("<item>");
                write(out, item);
                out.push_str("</item>");
            }
        }
        Value::String(text) => out.push_str(&escape(text)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_escaped_in_xml() {
        let value = serde_json::json!({"a": {"b": "<&'\"\u{1}", "c": [1, null, true]}});
        assert_eq!(
            document(&value),
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?><a><b>&lt;&amp;&#39;&quot;\u{fffd}</b>\
             <c><item>1</item><item></item><item>true</item></c></a>"
        );
    }
}
