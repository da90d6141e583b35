//! The text of a reply, as far as it is searched.

use std::borrow::Cow;

/// Bodies are searched this far; JSON to its end, for which nothing has to be kept.
pub(super) const WINDOW_BYTES: usize = 64 * 1024;

/// The whole of a text, or of what is none, the beginning.
pub(super) fn text_of(body: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(body).map_or_else(
        |_| String::from_utf8_lossy(body.get(..WINDOW_BYTES).unwrap_or(body)),
        Cow::Borrowed,
    )
}

/// The first bytes of a text.
pub(super) fn window(text: &str) -> &str {
    let end = (0..=text.len().min(WINDOW_BYTES)).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}
