//! The header, as libraries write it. What a client does is tested over TCP, by `tests/it/production/deadlines.rs`.

use std::time::Duration;

use super::Timeout;

#[test]
fn a_header_is_up_to_eight_digits_and_a_unit() {
    for (header, time) in [
        ("3S", Duration::from_secs(3)),
        ("2000000u", Duration::from_secs(2)),
        ("998m", Duration::from_millis(998)),
        ("1H", Duration::from_secs(3_600)),
        ("99999999M", Duration::from_secs(60 * 99_999_999)),
        ("5n", Duration::from_nanos(5)),
    ] {
        assert_eq!(Timeout::parse(header), Some(Timeout(time)), "{header}");
    }
    for header in ["", "S", "3", "3 S", "-3S", "+3S", "3s", "123456789S", "3é"] {
        assert_eq!(Timeout::parse(header), None, "{header}");
    }
}

#[test]
fn a_deadline_is_said_in_seconds() {
    assert_eq!(Timeout(Duration::from_millis(1_500)).to_string(), "1.5 s");
    assert_eq!(Timeout(Duration::from_millis(2_999)).to_string(), "3 s");
}
