// Lower-case hexadecimal. (Percent-encoding has upper-case digits, and its own table beside it.)

/// Each byte as two digits.
pub(crate) static DIGITS: [[u8; 2]; 256] = {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = [HEX[byte >> 4], HEX[byte & 15]];
        byte += 1;
    }
    digits
};

#[cfg(feature = "vault")]
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| DIGITS[usize::from(*byte)].map(char::from)).collect()
}

#[cfg(all(test, feature = "vault"))]
mod tests {
    #[test]
    fn each_byte_is_two_lower_case_digits() {
        assert_eq!(super::encode(&[0, 9, 10, 0x7f, 0xff]), "00090a7fff");
    }
}
