use super::*;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

#[test]
fn keeps_the_digits_it_was_given() {
    for text in ["0", "0.0", "1.500", "-0.05", "80.0000", "999999999999999999"] {
        assert_eq!(amount(text).to_string(), text);
    }
    assert_eq!(amount("007").to_string(), "7");
    assert_eq!(amount("1.5e2").to_string(), "150");
    assert_eq!(amount("15e-1").to_string(), "1.5");
    assert_eq!(amount("0e999").to_string(), "0");
    assert_eq!(format!("{:>8}|{:+}", amount("1.5"), amount("2")), "     1.5|+2");
}

#[test]
fn refuses_what_it_cannot_hold_exactly() {
    let refused = [
        "",
        "-",
        ".",
        "1.",
        ".5",
        "1,5",
        "1 5",
        "+1",
        "--1",
        "NaN",
        "inf",
        "0x1",
        "1e",
        "1e99999",
        "1e19",
        "1000000000000000000",
        "1e-19",
        "0.0000000000000000001",
        "½",
        "١",
    ];
    for text in refused {
        assert!(text.parse::<Amount>().is_err(), "{text:?}");
    }
    for float in [f64::NAN, f64::INFINITY, f64::MAX, 1e18, -1e300] {
        assert!(Amount::from_f64(float, 18).is_err(), "{float}");
    }
}

#[test]
fn compares_and_adds_by_value() {
    assert_eq!(amount("1.5"), amount("1.500"));
    assert!(amount("-1") < amount("0.001"));
    assert!(amount("2") > amount("1.99999999999999999"));
    assert_eq!(amount("3.00").to_whole(), Some(3));
    assert_eq!(amount("3.01").to_whole(), None);
    assert!((amount("14.30").to_f64() - 14.3).abs() < f64::EPSILON);
}

#[test]
fn a_float_is_rounded_to_the_places_that_count() {
    for (float, places, expected) in [
        (0.1 * 3.0, 3, "0.3"),
        (0.15, 1, "0.2"),
        (-0.15, 1, "-0.2"),
        (2.5, 0, "3"),
        (80.0, 4, "80"),
        (-0.0, 2, "0"),
        (0.1, 18, "0.1"),
        (1e-300, 2, "0"),
        (0.001 / 3.0, 6, "0.000333"),
        (1e17, 60, "100000000000000000"),
    ] {
        assert_eq!(Amount::from_f64(float, places).unwrap().to_string(), expected, "{float}");
    }
}
