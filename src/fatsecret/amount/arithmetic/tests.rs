use proptest::prelude::*;

use super::*;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

#[test]
fn operators_are_exact_and_keep_places() {
    assert_eq!((amount("0.1") * 3).to_string(), "0.3");
    assert_eq!((amount("0.1") + amount("0.20")).to_string(), "0.30");
    assert_eq!((amount("1") - amount("1.001")).to_string(), "-0.001");
    assert_eq!((amount("1.50") * amount("0.25")).to_string(), "0.3750");
    assert_eq!((-amount("1.5")).to_string(), "-1.5");
    let mut sum = amount("1");
    sum += amount("0.5");
    sum -= amount("2");
    assert_eq!(sum.to_string(), "-0.5");
    let three = [amount("14.30"), amount("14.30"), amount("14.30")];
    assert_eq!(three.iter().sum::<Amount>(), amount("42.90"));
    assert_eq!(three.into_iter().sum::<Amount>().to_string(), "42.90");
    assert_eq!(amount("2").checked_sub(amount("0.5")), Ok(amount("1.5")));
}

#[test]
fn what_does_not_fit_is_rounded_by_operators_and_refused_by_checks() {
    let mut large = amount("999999999999999999");
    for _ in 0..4 {
        large = large * large;
    }
    assert_eq!(large, Amount::MAX);
    assert_eq!(large + large, Amount::MAX);
    assert_eq!(-large - large, -Amount::MAX);
    assert_eq!(large * -1, -Amount::MAX);
    assert_eq!(large.checked_add(1.into()), Err(AmountError::TooLong));
    assert_eq!(large.checked_mul(2.into()), Err(AmountError::TooLong));

    let mut small = amount("0.000000000000000001");
    for _ in 0..4 {
        small = small * small;
    }
    assert_eq!(small, Amount::ZERO);
    // Places are lost, and nothing else: eleven digits of 232305723727000036736965112570594.5 are right.
    let long = amount("123456789.123456789");
    let product = long * long * long * long;
    let scale = amount("100000000000000000");
    assert!(product > amount("2323057237270000").checked_mul(scale).unwrap());
    assert!(product < amount("2323057237280000").checked_mul(scale).unwrap());
    assert_eq!(Amount::MAX + amount("0.4"), Amount::MAX);
}

#[test]
fn division_has_the_places_and_the_rounding_that_are_asked_for() {
    use Rounding::{AwayFromZero, HalfAwayFromZero, HalfToEven, TowardZero};
    for (one, two, places, rounding, expected) in [
        ("1", "3", 4, HalfAwayFromZero, "0.3333"),
        ("2", "3", 4, HalfAwayFromZero, "0.6667"),
        ("-2", "3", 0, HalfAwayFromZero, "-1"),
        ("1", "8", 2, HalfAwayFromZero, "0.13"),
        ("1", "8", 2, HalfToEven, "0.12"),
        ("3", "8", 2, HalfToEven, "0.38"),
        ("1", "8", 2, TowardZero, "0.12"),
        ("-1", "8", 2, AwayFromZero, "-0.13"),
        ("1.50", "0.25", 0, TowardZero, "6"),
        ("0", "-7", 2, AwayFromZero, "0.00"),
        (
            "0.000000000000000001",
            "999999999999999999",
            36,
            TowardZero,
            "0.000000000000000000000000000000000001",
        ),
        (
            "999999999999999999",
            "0.000000000000000001",
            0,
            TowardZero,
            "999999999999999999000000000000000000",
        ),
    ] {
        let quotient = amount(one).div(amount(two), places, rounding).unwrap();
        assert_eq!(quotient.to_string(), expected, "{one} / {two}");
    }
    let one = amount("1");
    assert_eq!(one.div(amount("0.00"), 2, TowardZero), Err(AmountError::DivisionByZero));
    assert_eq!(one.div(one, 37, TowardZero), Err(AmountError::TooLong));
    assert_eq!(Amount::MAX.div(one, 1, TowardZero), Err(AmountError::TooLong));
}

#[test]
fn a_precision_rounds_half_away_from_zero() {
    for (text, expected) in [
        ("14.25", "14.3"),
        ("14.24", "14.2"),
        ("-14.25", "-14.3"),
        ("0.05", "0.1"),
        ("0.04", "0.0"),
        ("-0.04", "0.0"),
        ("9.99", "10.0"),
        ("7", "7.0"),
    ] {
        assert_eq!(format!("{:.1}", amount(text)), expected, "{text}");
    }
    assert_eq!(
        format!("{:.0}|{:.3}|{:>8.1}", amount("0.5"), amount("1.5"), amount("2.25")),
        "1|1.500|     2.3"
    );
}

/// Any amount that can be read.
fn any_amount() -> impl Strategy<Value = Amount> {
    let digits = -999_999_999_999_999_999_i64..=999_999_999_999_999_999;
    (digits, 0..=18_u32).prop_map(|(digits, places)| Amount { digits: digits.into(), places })
}

proptest! {
    /// Two amounts that were read never overflow: the operators are exact, and agree with the
    /// checked ones and with each other.
    #[test]
    fn two_amounts_that_were_read_never_overflow(one in any_amount(), two in any_amount()) {
        prop_assert_eq!(one.checked_add(two), Ok(one + two));
        prop_assert_eq!(one.checked_sub(two), Ok(one - two));
        prop_assert_eq!(one.checked_mul(two), Ok(one * two));
        prop_assert_eq!(one + two - two, one);
        prop_assert_eq!(one + two, two + one);
        if two.digits != 0 {
            let quotient = (one * two).div(two, 18, Rounding::TowardZero);
            prop_assert!(quotient == Ok(one) || quotient == Err(AmountError::TooLong));
        }
    }

    /// No chain of operators panics or gives a number of the wrong sign.
    #[test]
    fn chains_do_not_panic(amounts in prop::collection::vec(any_amount(), 1..8), places in 0..40_u32) {
        let product = amounts.iter().fold(Amount::from(1), |product, amount| product * *amount);
        let negative = amounts.iter().filter(|amount| amount.digits < 0).count() % 2 == 1;
        prop_assert!(product == Amount::ZERO || (product < Amount::ZERO) == negative);
        for rounding in [Rounding::HalfToEven, Rounding::AwayFromZero, Rounding::TowardZero] {
            let _ = product.div(amounts[0], places, rounding);
            let _ = (product + amounts[0]).round(places, rounding).to_string();
        }
        let _ = format!("{product:.3} {product:.60}");
    }
}
