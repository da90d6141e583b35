//! Barcodes, in the form that FatSecret wants.

// The trap: eight digits may be an EAN-8 or a UPC-E, which mean different products, and the check digit
// tells them apart only nine times out of ten. So the caller has to say which it is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::ids::ParseError;

/// A product's barcode in the form that FatSecret expects: GTIN-13, thirteen digits.
///
/// Parses EAN-13 and UPC-A (12 digits). Eight digits can be an EAN-8 or a UPC-E code, so say which it
/// is: [`Barcode::ean_8`] or [`Barcode::upc_e`]. Scanners report the kind together with the digits. The
/// check digit must be right, which catches most misread codes.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::Barcode;
///
/// # fn main() -> Result<(), tripod::fatsecret::ParseError> {
/// let barcode: Barcode = "036000291452".parse()?;
/// assert_eq!(barcode.to_string(), "0036000291452");
/// assert!("036000291453".parse::<Barcode>().is_err());
///
/// assert_eq!(Barcode::upc_e("04252614")?.to_string(), "0042100005264");
/// assert_eq!(Barcode::ean_8("96385074")?.to_string(), "0000096385074");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Barcode(u64);

impl Barcode {
    /// Reads an EAN-8 code: eight digits.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it has another length, or if its check digit is wrong.
    pub fn ean_8(text: &str) -> Result<Self, ParseError> {
        const EXPECTED: &str = "an EAN-8 barcode of eight digits whose check digit is right";
        let text = text.trim();
        if text.len() != 8 {
            return Err(ParseError::new(EXPECTED));
        }
        checked(text).ok_or(ParseError::new(EXPECTED))
    }

    /// Reads a UPC-E code and expands it to the UPC-A code that it stands for.
    ///
    /// `text` has eight digits: the number system (0 or 1), six digits, and the check digit. Scanners
    /// that leave out the first and the last give six digits, and then the number system is 0.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it has another length or another number system, or if its check digit is
    /// wrong.
    pub fn upc_e(text: &str) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a UPC-E barcode of six or eight digits whose check digit is right";
        let error = || ParseError::new(EXPECTED);
        let text = text.trim();
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        let (system, middle, check) = match text.len() {
            6 => ("0", text, None),
            8 => (&text[..1], &text[1..7], Some(&text[7..])),
            _ => return Err(error()),
        };
        if !matches!(system, "0" | "1") {
            return Err(error());
        }
        // GS1 General Specifications, section 5.2.2.4.2: the last of the six says where zeros were left out.
        let body = match &middle[5..] {
            last @ ("0" | "1" | "2") => format!("{}{last}0000{}", &middle[..2], &middle[2..5]),
            "3" => format!("{}00000{}", &middle[..3], &middle[3..5]),
            "4" => format!("{}00000{}", &middle[..4], &middle[4..5]),
            last => format!("{}0000{last}", &middle[..5]),
        };
        let without_check = format!("{system}{body}");
        let right = check_digit(&without_check);
        if check.is_some_and(|check| check != right.to_string()) {
            return Err(error());
        }
        checked(&format!("{without_check}{right}")).ok_or_else(error)
    }
}

impl FromStr for Barcode {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        if text.len() == 8 {
            return Err(ParseError::new(
                "a barcode of 12 or 13 digits; use `Barcode::ean_8` or `Barcode::upc_e` for eight digits",
            ));
        }
        checked(text)
            .filter(|_| matches!(text.len(), 12 | 13))
            .ok_or(ParseError::new("a barcode of 12 or 13 digits whose check digit is right"))
    }
}

/// As text of 13 digits, so that no zero at its beginning is lost.
impl Serialize for Barcode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Barcode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The number, if it has at most 13 digits and the last of them is the check digit.
fn checked(text: &str) -> Option<Barcode> {
    if text.len() > 13 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (rest, check) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if check_digit(rest).to_string() != check {
        return None;
    }
    text.parse().ok().map(Barcode)
}

/// GS1: weights 3 and 1 alternate from the right.
fn check_digit(digits: &str) -> u32 {
    let weights = [3, 1].into_iter().cycle();
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip(weights)
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    (10 - sum % 10) % 10
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(barcode: Result<Barcode, ParseError>, expected: &str) {
        assert_eq!(barcode.unwrap().to_string(), expected);
    }

    #[test]
    fn barcodes_are_padded_and_checked() {
        is(" 4006381333931 ".parse(), "4006381333931");
        is("036000291452".parse(), "0036000291452");
        for text in
            ["", "4006381333932", "400638133393", "40063813339311", "9638507４", "4006381333９31"]
        {
            assert!(text.parse::<Barcode>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn eight_digits_are_read_only_as_what_the_caller_says() {
        is(Barcode::ean_8("96385074"), "0000096385074");
        for text in ["96385075", "036000291452", "9638507", "", "９６３"] {
            assert!(Barcode::ean_8(text).is_err(), "{text:?}");
        }
        let error = "96385074".parse::<Barcode>().unwrap_err().to_string();
        assert!(error.contains("Barcode::ean_8") && error.contains("Barcode::upc_e"), "{error}");
    }

    /// One for each way in which zeros are left out.
    #[test]
    fn upc_e_is_expanded_to_upc_a() {
        for (short, long) in [
            ("04252614", "0042100005264"),
            ("01234505", "0012000003455"),
            ("01234523", "0012200003453"),
            ("01234531", "0012300000451"),
            ("01234543", "0012340000053"),
            ("01234558", "0012345000058"),
            ("01234565", "0012345000065"),
        ] {
            is(Barcode::upc_e(short), long);
            is(Barcode::upc_e(&short[1..7]), long);
        }
        for text in ["04252615", "24252614", "0425261", "425261x", "", "٠٤٢٥"] {
            assert!(Barcode::upc_e(text).is_err(), "{text:?}");
        }
        // The number system 1 has check digits of its own.
        assert_ne!(Barcode::upc_e("425261").unwrap(), Barcode::upc_e("14252611").unwrap());
    }
}
