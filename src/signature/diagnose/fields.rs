//! The fields of a body that is not a form, which a signer may take for a form's: the scalars of a JSON object, and
//! the text parts of a multipart body.

// A number stays as it is written. A body that cannot be read has no fields: nothing here is an error.

use crate::json::Value;

/// The fields, in the order of the body.
pub(super) fn of_body(content_type: &str, body: &str) -> Vec<(String, String)> {
    if is_multipart(content_type) {
        boundary(content_type).map_or_else(Vec::new, |boundary| of_multipart(&boundary, body))
    } else if body.trim_start().starts_with('{') {
        Value::document(body).scalars().unwrap_or_default()
    } else {
        Vec::new()
    }
}

pub(super) fn is_multipart(content_type: &str) -> bool {
    content_type.trim_start().to_ascii_lowercase().starts_with("multipart/")
}

fn boundary(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case("boundary");
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn of_multipart(boundary: &str, body: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let delimiter = format!("\n--{boundary}");
    // So that the first delimiter, too, begins with a line break.
    let body = format!("\n{body}");
    for part in body.split(&delimiter).skip(1) {
        let Some(part) = part.strip_prefix("\r\n").or_else(|| part.strip_prefix('\n')) else {
            // The end, or a longer boundary.
            continue;
        };
        let heads = ["\r\n\r\n", "\n\n"];
        let Some((head, content)) = heads.iter().find_map(|end| part.split_once(end)) else {
            continue;
        };
        let content = content.strip_suffix('\r').unwrap_or(content);
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        });
        let Some(disposition) = disposition else { continue };
        let parameter = |name: &str| {
            disposition.split(';').find_map(|one| {
                let (found, value) = one.split_once('=')?;
                (found.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
            })
        };
        if let (Some(name), None) = (parameter("name"), parameter("filename")) {
            fields.push((name, content.to_owned()));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: &str, body: &str, expected: &[(&str, &str)]) {
        let found = of_body(content_type, body);
        let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn the_scalars_of_an_object_are_fields() {
        check(
            "application/json",
            r#" {"a": 1.0, "b":"x\"\u00e9\ud83d\ude00\n/\/", "no":{"c":["}",{}]}, "d":true,"e":null } "#,
            &[("a", "1.0"), ("b", "x\"é😀\n//"), ("d", "true"), ("e", "null")],
        );
        check("application/json", "{}", &[]);
        for damaged in [
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":[",
            "{\"a\":\"\\u12",
            "{\"a\":\"\\uéé\"}",
            "{\"a\":1 2}",
            "{\"a\":[]]}",
        ] {
            check("application/json", damaged, &[]);
        }
    }

    #[test]
    fn the_text_parts_of_a_multipart_body_are_fields() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nfile\r\n--b\r\ncontent-disposition: form-data; name=c\r\nContent-Type: text/plain\r\n\r\n\r\n--b--\r\n";
        check("multipart/form-data; boundary=b", body, &[("a", "1\r\n2"), ("c", "")]);
        check(
            "Multipart/Form-Data; boundary=\"b\"",
            &body.replace("\r\n", "\n"),
            &[("a", "1\n2"), ("c", "")],
        );
        check("multipart/form-data", body, &[]);
        check("multipart/form-data; boundary=other", body, &[]);
    }
}
