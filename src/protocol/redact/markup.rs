//! What a web page says, without its markup.

/// Elements whose content is not for people.
const UNREAD: [&str; 3] = ["style", "script", "template"];

/// Names of elements that a page, or a piece of one, begins with.
const HTML: [&str; 24] = [
    "!doctype", "html", "head", "body", "title", "meta", "h1", "h2", "h3", "h4", "p", "div",
    "span", "pre", "center", "table", "ul", "b", "i", "br", "hr", "font", "style", "script",
];

/// Returns whether a text is a web page, or a piece of one, and not XML of a service.
pub(crate) fn is_html(text: &str) -> bool {
    let mut text = text.trim_start();
    while text.starts_with("<?") || text.starts_with("<!--") {
        let end = if text.starts_with("<?") { "?>" } else { "-->" };
        text = behind(text, end).trim_start();
    }
    text.strip_prefix('<')
        .is_some_and(|tag| HTML.iter().any(|name| element(tag).eq_ignore_ascii_case(name)))
}

/// The text of a page: a space for each tag, nothing of comments, styles and scripts, white space
/// joined. Entities stay.
pub(crate) fn text_of(page: &str) -> String {
    let mut out = String::with_capacity(page.len().min(4096));
    let mut rest = page;
    loop {
        let (text, markup) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        for word in text.split_ascii_whitespace() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
        let Some(tag) = markup.strip_prefix('<') else {
            return out;
        };
        let name = element(tag);
        rest = if let Some(comment) = tag.strip_prefix("!--") {
            behind(comment, "-->")
        } else if let Some(unread) = UNREAD.iter().find(|unread| name.eq_ignore_ascii_case(unread))
        {
            behind(closing(tag, unread), ">")
        } else if name.is_empty() && !tag.starts_with(['/', '!', '?']) {
            // A sign of its own: `a < b`.
            out.push_str(" <");
            tag
        } else {
            behind(tag, ">")
        };
    }
}

fn element(tag: &str) -> &str {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '!').unwrap_or(tag.len());
    &tag[..end]
}

/// What stands behind `end`; nothing if it is not there.
fn behind<'t>(text: &'t str, end: &str) -> &'t str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

/// The text from the closing tag of this element on.
fn closing<'t>(text: &'t str, name: &str) -> &'t str {
    text.match_indices("</")
        .map(|(at, _)| &text[at + 2..])
        .find(|tag| element(tag).eq_ignore_ascii_case(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_person_reads_it() {
        let page = "<!doctype html><html><head><title>401 – Unauthorized</title><STYLE type=\"text/css\">\n\
            h1 {color: red} a > b {}</Style\n></head><!-- <p>no</p> --><body onload=\"x()\">\
            <script>if (1 < 2) { document.write('<p>no</p>') }</script><h1>401</h1>\n <p>a &lt; b</p>\
            <p>1 < 2</p><br/>end";
        assert_eq!(text_of(page), "401 – Unauthorized 401 a &lt; b 1 < 2 end");
        for cut in ["<p>a<style>b", "<p>a<script>b</p>", "<p>a<!-- b", "<p>a<b", "<p>a</"] {
            assert_eq!(text_of(cut), "a", "{cut}");
        }
    }

    #[test]
    fn pages_are_told_from_xml() {
        for page in [
            "<html>",
            "<!DOCTYPE HTML>",
            " <h1>",
            "<P>",
            "<?xml version='1.0'?>\n<html/>",
            "<!-- x --><!doctype html>",
        ] {
            assert!(is_html(page), "{page}");
        }
        for text in [
            "",
            "<",
            "<error>",
            "<!-- x --><error>",
            "<?xml version='1.0'?><error/>",
            "html",
            "{}",
            "<oauth_token>",
        ] {
            assert!(!is_html(text), "{text}");
        }
    }
}
