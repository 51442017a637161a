//! Ages, as people say them.

use std::time::Duration;

use indicatif::HumanDuration;

/// `a moment ago`, `12 minutes ago`.
pub fn ago(age: Duration) -> String {
    match age.as_secs() {
        0..90 => "a moment ago".to_string(),
        _ => format!("{} ago", HumanDuration(age)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_a_fitting_unit() {
        let ago = |seconds| ago(Duration::from_secs(seconds));
        assert_eq!(ago(89), "a moment ago");
        assert_eq!(ago(90), "2 minutes ago");
        assert_eq!(ago(3_700), "62 minutes ago");
        assert_eq!(ago(200_000), "2 days ago");
    }
}
