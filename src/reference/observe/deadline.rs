//! The deadline of a call.

use std::time::Duration;

use http::HeaderMap;

/// The `grpc-timeout` of a request: up to eight digits and a unit. `None` if the header is absent or invalid.
pub fn timeout_of(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_digits_and_a_unit() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", value.parse().unwrap());
            timeout_of(&headers)
        };
        assert_eq!(read("500m"), Some(Duration::from_millis(500)));
        assert_eq!(read("2S"), Some(Duration::from_secs(2)));
        assert_eq!(
            read("99999999H"),
            Some(Duration::from_secs(99_999_999 * 3600))
        );
        for invalid in ["", "S", "5", "123456789S", "-1S", "1 S", "1s"] {
            assert_eq!(read(invalid), None, "{invalid}");
        }
        assert_eq!(timeout_of(&HeaderMap::new()), None);
    }
}
