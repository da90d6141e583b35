//! What a client sent, shortened so that it can be repeated to it or logged.

/// Longest value that is repeated, in characters.
const QUOTED: usize = 200;
/// Longest name that is logged, in bytes.
const NAME: usize = 40;

/// The beginning of a client's value, to be repeated to it.
pub(crate) fn quoted(value: &str) -> String {
    value.chars().filter(|character| !character.is_control()).take(QUOTED).collect()
}

/// The beginning of a client's text that can be a name. The rest may be a value by mistake.
pub(crate) fn name_in(text: &str) -> &str {
    let is_name = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    match text.find(|character| !is_name(character)).unwrap_or(text.len()) {
        0 => "(not a name)",
        end => &text[..end.min(NAME)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_and_have_no_control_characters() {
        assert_eq!(quoted("a\r\nb"), "ab");
        assert_eq!(quoted(&"é".repeat(300)), "é".repeat(QUOTED));
    }

    #[test]
    fn a_name_ends_where_a_value_may_begin() {
        assert_eq!(name_in("oauth_token"), "oauth_token");
        assert_eq!(name_in("oauth_token=private"), "oauth_token");
        assert_eq!(name_in("=private"), "(not a name)");
        assert_eq!(name_in(&"a".repeat(50)), "a".repeat(NAME));
    }
}
