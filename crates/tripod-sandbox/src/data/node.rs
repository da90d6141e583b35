//! Answers as FatSecret writes them, in JSON with all its habits and in XML.

// A method says what it answers; this file says how that looks. The trap: the shapes change from
// answer to answer on purpose, in a fixed rotation, so that a client which knows only one of them
// is found out, and in the same place each time.

use serde_json::Value;

use crate::{
    data::{error::DataError, xml},
    escape::escape,
};

/// A part of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A number; as text in odd shapes.
    Number(String),
    /// An id that FatSecret sends as a number even where it sends text otherwise.
    Id(u64),
    Text(String),
    /// A list without a wrapper; of one, it may be the one.
    List(Vec<Node>),
    Object(Vec<(&'static str, Node)>),
    /// An object with nothing but a list; of none, it may be nothing.
    Wrapper(&'static str, Vec<Node>),
    /// Something of the sandbox's own, which has no odd shapes.
    Verbatim(Value),
}

/// Which shapes answers have, and where in the rotation they are.
#[derive(Debug)]
pub(crate) struct Shapes {
    pub(crate) odd: bool,
    pub(crate) code_as_text: bool,
    /// How many answers have been written.
    turn: u64,
    /// How many empty lists have been written.
    empties: u64,
}

impl Shapes {
    pub(crate) fn new(odd: bool, code_as_text: bool) -> Self {
        Self { odd, code_as_text, turn: 0, empties: 0 }
    }

    /// Which of so many ways is next for whole answers.
    pub(super) fn way(&self, ways: u64) -> u64 {
        if self.odd { self.turn % ways } else { 0 }
    }
}

impl Node {
    #[expect(clippy::needless_pass_by_value, reason = "numbers are small, and `&` would be noise")]
    pub(super) fn number(number: impl ToString) -> Self {
        Self::Number(number.to_string())
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The object that holds one field.
    pub(super) fn one(name: &'static str, node: Self) -> Self {
        Self::Object(vec![(name, node)])
    }

    /// A list in its wrapper, as the whole answer.
    pub(super) fn wrapped(
        wrapper: &'static str,
        item: &'static str,
        items: impl IntoIterator<Item = Self>,
    ) -> Self {
        Self::one(wrapper, Self::Wrapper(item, items.into_iter().collect()))
    }

    /// The id of something that was created.
    pub(super) fn created(name: &'static str, id: u64) -> Self {
        Self::one(name, Self::one("value", Self::number(id)))
    }

    pub(super) fn success() -> Self {
        Self::created("success", 1)
    }

    fn is_empty_list(&self) -> bool {
        matches!(self, Self::List(items) | Self::Wrapper(_, items) if items.is_empty())
    }
}

/// Writes an answer of a method of that version.
pub(crate) fn write(node: &Node, version: u8, shapes: &mut Shapes, as_json: bool) -> String {
    match (as_json, node) {
        (true, Node::Verbatim(value)) => value.to_string(),
        (true, node) => {
            // Version 1 always writes a list of one as the one; later versions do it now and then.
            let single = shapes.odd && (version == 1 || shapes.turn % 2 == 0);
            let backwards = shapes.odd && shapes.turn % 4 >= 2;
            shapes.turn += 1;
            let mut writer = Writer { out: String::new(), shapes, single, backwards };
            writer.node(node, 0);
            writer.out
        }
        (false, Node::Verbatim(value)) => xml::document(value),
        (false, node) => {
            let mut out = String::from(xml::HEAD);
            write_xml(&mut out, "", node);
            out
        }
    }
}

/// Writes an error.
pub(crate) fn write_error(error: &DataError, shapes: &Shapes, as_json: bool) -> String {
    let code: Value = if shapes.code_as_text && as_json {
        error.code.to_string().into()
    } else {
        error.code.into()
    };
    let value = serde_json::json!({"error": {"code": code, "message": error.message}});
    if as_json { value.to_string() } else { xml::document(&value) }
}

struct Writer<'a> {
    out: String,
    shapes: &'a mut Shapes,
    single: bool,
    backwards: bool,
}

impl Writer<'_> {
    fn node(&mut self, node: &Node, depth: usize) {
        match node {
            Node::Number(digits) if self.shapes.odd => self.text(digits),
            Node::Number(digits) => self.out.push_str(digits),
            Node::Id(id) => self.out.push_str(&id.to_string()),
            Node::Text(text) => self.text(text),
            Node::Verbatim(value) => self.out.push_str(&value.to_string()),
            Node::List(items) => self.list(items, depth),
            Node::Wrapper(item, items) => {
                self.key("{", item);
                self.list(items, depth + 1);
                self.out.push('}');
            }
            Node::Object(fields) => self.object(fields, depth),
        }
    }

    fn list(&mut self, items: &[Node], depth: usize) {
        if let ([only], true) = (items, self.single) {
            return self.node(only, depth);
        }
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.node(item, depth);
        }
        self.out.push(']');
    }

    fn object(&mut self, fields: &[(&'static str, Node)], depth: usize) {
        let mut fields: Vec<&(&'static str, Node)> = fields.iter().collect();
        if self.backwards {
            fields.reverse();
        }
        let mut before = "{";
        for (name, node) in fields {
            let Some(nothing) = self.nothing(node) else { continue };
            self.key(before, name);
            match nothing {
                "" => self.node(node, depth + 1),
                nothing => self.out.push_str(nothing),
            }
            before = ",";
        }
        // A field that no documentation has: FatSecret adds some without a new version.
        if self.shapes.odd && depth > 0 && before == "," {
            self.key(before, "sandbox_extra");
            self.out.push_str(r#"{"new":["field",null]}"#);
        }
        if before == "{" {
            self.out.push('{');
        }
        self.out.push('}');
    }

    /// How an empty list is written: none, not at all; empty text, as it is.
    fn nothing(&mut self, node: &Node) -> Option<&'static str> {
        if !self.shapes.odd || !node.is_empty_list() {
            return Some("");
        }
        let ways = match node {
            Node::Wrapper(..) => [Some("null"), Some("\"\""), Some("{}"), None],
            _ => [None, Some("null"), Some("\"\""), Some("{}")],
        };
        let way = usize::try_from(self.shapes.empties % 4).unwrap_or(0);
        self.shapes.empties += 1;
        ways.get(way).copied().flatten()
    }

    fn key(&mut self, before: &str, name: &str) {
        self.out.push_str(before);
        self.text(name);
        self.out.push(':');
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(&Value::from(text).to_string());
    }
}

/// In XML, the items of a list bear the list's name, one after the other.
fn write_xml(out: &mut String, name: &str, node: &Node) {
    if let Node::List(items) = node {
        for item in items {
            write_xml(out, name, item);
        }
        return;
    }
    let element = !name.is_empty();
    if element {
        out.extend(["<", name, ">"]);
    }
    match node {
        Node::Number(text) | Node::Text(text) => out.push_str(&escape(text)),
        Node::Id(id) => out.push_str(&id.to_string()),
        Node::Wrapper(item, items) => items.iter().for_each(|node| write_xml(out, item, node)),
        Node::Object(fields) => fields.iter().for_each(|(name, node)| write_xml(out, name, node)),
        Node::List(_) | Node::Verbatim(_) => {}
    }
    if element {
        out.extend(["</", name, ">"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(node: &Node, version: u8, shapes: &mut Shapes, times: usize) -> Vec<String> {
        (0..times).map(|_| write(node, version, shapes, true)).collect()
    }

    #[test]
    fn lists_of_one_and_of_none_take_turns() {
        let one = Node::wrapped("days", "day", [Node::number("1.50")]);
        let none = Node::wrapped("days", "day", []);
        let mut odd = Shapes::new(true, false);
        let extra = r#","sandbox_extra":{"new":["field",null]}"#;
        assert_eq!(all(&one, 1, &mut odd, 2), [r#"{"days":{"day":"1.50"}}"#; 2]);
        assert_eq!(
            all(&one, 2, &mut odd, 2),
            [r#"{"days":{"day":"1.50"}}"#, r#"{"days":{"day":["1.50"]}}"#]
        );
        assert_eq!(
            all(&none, 2, &mut odd, 4),
            [r#"{"days":null}"#, r#"{"days":""}"#, r#"{"days":{}}"#, "{}"]
        );
        let paged = Node::one(
            "page",
            Node::Object(vec![("total", Node::number(0)), ("item", Node::List(Vec::new()))]),
        );
        let page = |tail: &str| format!(r#"{{"page":{{"total":"0"{tail}{extra}}}}}"#);
        assert_eq!(all(&paged, 2, &mut odd, 1), [page("")]);
        // From the ninth answer on, keys are in the order of before.
        assert_eq!(all(&paged, 2, &mut odd, 1), [page(r#","item":null"#)]);

        let mut tidy = Shapes::new(false, false);
        assert_eq!(all(&one, 1, &mut tidy, 1), [r#"{"days":{"day":[1.50]}}"#]);
        assert_eq!(all(&none, 1, &mut tidy, 1), [r#"{"days":{"day":[]}}"#]);
    }

    #[test]
    fn xml_names_each_item() {
        let two = Node::wrapped("days", "day", [Node::text("<"), Node::Id(2)]);
        assert_eq!(
            write(&two, 1, &mut Shapes::new(true, false), false),
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?><days><day>&lt;</day><day>2</day></days>"
        );
    }
}
