//! Whether a client has said anything about an error that it met.

use crate::transcript::Status;

/// Whether a client's words are about an error: they hold its message or its code, in letters or as a
/// number, or speak of failure where they did not when all went well.
pub fn mentions(error: &Status, when_well: &str, words: &str) -> bool {
    let squeezed = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    let count = |text: &str, part: &str| text.matches(part).count();
    let (before, now) = (squeezed(when_well), squeezed(words));
    if now.contains(&squeezed(&error.message)) || now.contains(&squeezed(error.code)) {
        return true;
    }
    let number = i32::from(error.tonic_code()).to_string();
    let stands_alone = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .any(|word| word == number)
    };
    if stands_alone(words) && !stands_alone(when_well) {
        return true;
    }
    ["error", "fail", "exception", "status"]
        .iter()
        .any(|word| count(&now, word) > count(&before, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_mentioned_in_many_ways() {
        let error = Status {
            code: "DATA_LOSS",
            message: "Storm 12345".into(),
            flaw: None,
            details: None,
        };
        let well = "Found 4 features, no errors\n";
        for words in [
            "Found 2 features\nerror: Storm 12345",
            "status = StatusCode.DATA_LOSS",
            "code: 'Unrecoverable data loss or corruption'",
            "rpc error: code = DataLoss desc = storm",
            "the call ended with 15",
            "ListFeatures rpc failed.",
        ] {
            assert!(mentions(&error, well, words), "{words}");
        }
        for words in [well, "Found 2 features, no errors\n", "", "at 41.15 2015"] {
            assert!(!mentions(&error, well, words), "{words}");
        }
    }
}
