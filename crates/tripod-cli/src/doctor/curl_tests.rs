use super::*;

fn read_with(text: &str) -> Result<Recorded, String> {
    read(text, &|name| match name {
        "form.txt" => Ok(b"a=1\r\n&b=2\n".to_vec()),
        "text.txt" => Ok(b"x y\n".to_vec()),
        _ => Err(format!("no file {name}")),
    })
}

#[track_caller]
fn check(text: &str, method: &str, url: &str, content_type: &str, body: &str) -> Recorded {
    assert!(is_command(text), "{text}");
    let read = read_with(text).unwrap();
    let kind = read.headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap());
    assert_eq!(
        (read.method.as_str(), read.url.as_str(), kind, &*String::from_utf8_lossy(&read.body)),
        (method, url, content_type, body),
        "{text}"
    );
    read
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_command_is_read_as_curl_reads_it() {
    let url = "https://a.example/x";
    check(&format!("curl {url}"), "GET", url, "", "");
    check(&format!("$ /usr/bin/curl -sSL {url} | jq ."), "GET", url, "", "");
    check(&format!("curl --url {url} -I"), "HEAD", url, "", "");
    check(&format!("curl -XDELETE -- {url}"), "DELETE", url, "", "");
    check(&format!("curl -sXPUT {url} -d a=1 -d b=2"), "PUT", url, FORM, "a=1&b=2");
    check(&format!("curl {url} -da=1 --compressed"), "POST", url, FORM, "a=1");
    check(&format!("curl {url} -d ''"), "POST", url, FORM, "");
    check(
        &format!("curl -T up.bin {url}/ --no-keepalive"),
        "PUT",
        &format!("{url}/up.bin"),
        "",
        "",
    );
    check(&format!("curl -o out -m 3 -w '%{{http_code}}' {url}"), "GET", url, "", "");
}

#[test]
fn data_is_put_together_as_curl_does() {
    let url = "https://a.example/";
    check(&format!("curl {url} -d @form.txt"), "POST", url, FORM, "a=1&b=2");
    check(&format!("curl {url} --data-binary @form.txt"), "POST", url, FORM, "a=1\r\n&b=2\n");
    check(&format!("curl {url} --data-raw @form.txt"), "POST", url, FORM, "@form.txt");
    let encoded = "--data-urlencode 'a=b c&+' --data-urlencode '=d e' --data-urlencode 'f/' --data-urlencode g@text.txt --data-urlencode @text.txt";
    check(
        &format!("curl {url} {encoded}"),
        "POST",
        url,
        FORM,
        "a=b%20c%26%2B&d%20e&f%2F&g=x%20y%0A&x%20y%0A",
    );
    check(&format!("curl -G {url} -d a=1 -d b=2"), "GET", "https://a.example/?a=1&b=2", "", "");
    check(
        "curl -G 'https://a.example/?q=1#f' --data-urlencode 'a= '",
        "GET",
        "https://a.example/?q=1&a=%20#f",
        "",
        "",
    );
    check(
        "curl 'https://a.example/' --url-query 'a=b c' --url-query +d=%20",
        "GET",
        "https://a.example/?a=b%20c&d=%20",
        "",
        "",
    );
    let json = format!("curl {url} --json '{{\"a\":' --json '1}}'");
    check(&json, "POST", url, "application/json", "{\"a\":1}");
}

#[test]
fn headers_are_sent_as_they_stand() {
    let read = check(
        "curl 'https://a.example/' -H 'Authorization: OAuth a=\"b, c\"' -H'X;' -H 'Accept:' -H 'content-type: text/plain' -d a=1",
        "POST",
        "https://a.example/",
        "text/plain",
        "a=1",
    );
    assert_eq!(read.headers["authorization"], "OAuth a=\"b, c\"");
    assert_eq!(
        (&read.headers["x"], read.headers.get("accept")),
        (&HeaderValue::from_static(""), None)
    );
    check(
        "curl https://a.example/ -d a=1 -H Content-Type:",
        "POST",
        "https://a.example/",
        "",
        "a=1",
    );
}

/// As Chrome and Firefox write it.
#[test]
fn what_browsers_copy_is_read() {
    let text = "curl 'https://a.example/1/x?q=tea%20pot' \\\n  -X 'POST' \\\n  -H 'accept: */*' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  -b 'sid=1' \\\n  --data-raw $'name=it\\'s\\u0021&x=1' \\\n  --insecure";
    check(text, "POST", "https://a.example/1/x?q=tea%20pot", FORM, "name=it's!&x=1");
}

#[test]
fn a_multipart_body_is_its_text_parts_and_a_note() {
    let read = check(
        "curl https://a.example/ -F 'title=The sea' -F photo=@sea.jpg -F 'a=b;type=text/plain' --form-string 'c=@d;type=e'",
        "POST",
        "https://a.example/",
        "multipart/form-data",
        "title=The%20sea&a=b&c=%40d%3Btype%3De",
    );
    assert!(read.notes[0].starts_with("the body is multipart"), "{:?}", read.notes);
}

#[test]
fn what_may_matter_is_said() {
    for (text, said) in [
        ("curl a.example/x", "plain http"),
        ("curl https://a.example/ -u a:canary", "-u sends an Authorization header of another kind"),
        ("curl -sL https://a.example/", "with -L curl follows redirects"),
    ] {
        let notes = read_with(text).unwrap().notes;
        assert!(notes.len() == 1 && notes[0].contains(said), "{text}: {notes:?}");
        assert!(!notes[0].contains("canary"), "{notes:?}");
    }
    assert_eq!(read_with("curl a.example/x").unwrap().url, "http://a.example/x");
}

#[test]
fn a_caret_in_quotes_is_no_escape_of_cmd() {
    for text in [
        r#"curl https://a.example/ -d '{"re":"^"}'"#,
        r#"curl https://a.example/ -d "^""#,
        r#"curl https://a.example/ -d $'it\'s ^"'"#,
        "curl https://a.example/ -d 'a^\nb'",
    ] {
        assert!(read_with(text).is_ok(), "{text}");
    }
    for text in ["curl \"https://a.example/\" ^\r\n -H \"A: b\"", "curl ^\"https://a.example/^\""] {
        assert!(read_with(text).err().unwrap().contains("cmd.exe"), "{text}");
    }
}

#[test]
fn a_url_in_a_query_is_no_scheme() {
    let read = read_with("curl 'a.example/x?u=https://y'").unwrap();
    assert_eq!(read.url, "http://a.example/x?u=https://y");
}

#[test]
fn what_cannot_be_read_is_an_error() {
    for (text, said) in [
        ("curl -s", "has no URL"),
        ("curl https://a.example/ b", "several URLs"),
        ("curl https://a.example/ --frobnicate", "the option --frobnicate of curl is not known"),
        ("curl https://a.example/ -sy", "the option -y of curl is not known"),
        ("curl https://a.example/ -d", "nothing follows the option -d"),
        ("curl https://a.example/ --header", "nothing follows the option --header"),
        ("curl https://a.example/ -H canary", "is not `Name: value`"),
        ("curl https://a.example/ -H @headers", "-H @file is not supported"),
        ("curl https://a.example/ --next x", "several requests"),
        ("curl https://a.example/ -d @missing", "no file missing"),
        ("curl https://a.example/ -F canary", "is not `name=value`"),
        ("curl ^\"https://a.example/^\"", "Copy as cURL (bash)"),
        ("curl https://a.example/ -H \"A: $TOKEN\"", "the variable $TOKEN"),
        ("curl $'\\xff'", "not UTF-8"),
    ] {
        let error = read_with(text).err().unwrap();
        assert!(error.contains(said), "{text}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn only_a_command_is_taken_for_one() {
    for (text, is) in [
        ("curl https://a.example/", true),
        ("  \n$ curl -s x", true),
        ("curl.exe x", true),
        ("curl", false),
        ("curly x", false),
        ("GET https://a.example/curl HTTP/1.1", false),
    ] {
        assert_eq!(is_command(text), is, "{text}");
    }
}
