//! How parameters are spelled in each of the places where they stand.

use super::{
    cursor::Mark,
    encode::{ONCE, TWICE, Table},
};

/// How parameters are spelled in one place.
pub(super) struct Style {
    /// Before the first name, unless something else comes first.
    pub(super) begin: &'static str,
    /// Between two parameters, from the end of a value to the beginning of a name.
    pub(super) between: Mark,
    /// Between a name and its value.
    pub(super) equals: Mark,
    /// From the end of a value to the beginning of the signature, where that is sent.
    pub(super) signature: &'static str,
    /// After the signature.
    pub(super) end: Mark,
    pub(super) table: &'static Table,
}

/// In a base string, where `&` and `=` are encoded once and the values twice.
pub(super) const BASE_STRING: Style = Style {
    begin: "",
    between: Mark::new("%26"),
    equals: Mark::new("%3D"),
    signature: "",
    end: Mark::NONE,
    table: &TWICE,
};
/// In a query or a form body.
pub(super) const FORM: Style = Style {
    begin: "",
    between: Mark::new("&"),
    equals: Mark::new("="),
    signature: "&oauth_signature=",
    end: Mark::NONE,
    table: &ONCE,
};
/// In the header.
pub(super) const HEADER: Style = Style {
    begin: "OAuth ",
    between: Mark::new("\", "),
    equals: Mark::new("=\""),
    signature: "\", oauth_signature=\"",
    end: Mark::new("\""),
    table: &ONCE,
};
