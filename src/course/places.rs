//! Bringing places back to a file that lacks them: one that an older lab handed out, or one from which they were deleted.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::region;

/// A line outside of the regions, or a whole region with its markers.
struct Unit<'a> {
    /// What it is compared by: the line without what an editor may change, or the region's opening marker.
    key: &'a str,
    /// Its text, with line ends.
    text: &'a str,
    /// Whether it is a region.
    is_region: bool,
}

/// The text with each region of the handed-out file that it lacks, in the place where the handed-out file has it, with the
/// new lines around it. What the text holds stays. None if it lacks no region, if a marker is damaged, or if it differs
/// from the handed-out file just there, so that the place is not certain.
pub fn with_missing(text: &str, original: &str) -> Option<String> {
    let (own, handed_out) = (units(text)?, units(original)?);
    let lacks = |unit: &Unit<'_>| unit.is_region && !own.iter().any(|other| other.key == unit.key);
    if !handed_out.iter().any(lacks) {
        return None;
    }
    let keys = |units: &[Unit<'_>]| -> Vec<String> {
        units.iter().map(|unit| unit.key.to_string()).collect()
    };
    let mut new = String::new();
    for change in capture_diff_slices(Algorithm::Patience, &keys(&own), &keys(&handed_out)) {
        let added = &handed_out[change.new_range()];
        let adds_place = added.iter().any(lacks);
        match change {
            DiffOp::Replace { .. } if adds_place => return None,
            DiffOp::Insert { .. } if adds_place => {
                // The last line of a file need not have an end.
                if !new.is_empty() && !new.ends_with('\n') {
                    new.push('\n');
                }
                added.iter().for_each(|unit| new.push_str(unit.text));
            }
            DiffOp::Insert { .. } => {}
            DiffOp::Equal { .. } | DiffOp::Delete { .. } | DiffOp::Replace { .. } => {
                let kept = &own[change.old_range()];
                kept.iter().for_each(|unit| new.push_str(unit.text));
            }
        }
    }
    Some(match text.contains("\r\n") {
        true => new.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => new,
    })
}

/// The units of a text. None if a region has no end.
fn units(text: &str) -> Option<Vec<Unit<'_>>> {
    let mut units = Vec::new();
    let mut rest = text;
    while let Some(line) = rest.split_inclusive('\n').next() {
        let ids = region::ids(line);
        let length = match ids.first() {
            Some(id) => region::whole(rest, id)?.len(),
            None => line.len(),
        };
        let (whole, after) = rest.split_at(length);
        units.push(Unit {
            key: line.trim(),
            text: whole,
            is_region: !ids.is_empty(),
        });
        rest = after;
    }
    Some(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGINAL: &str = "use a;\n\nfn one() {\n    // lesson: one\n    todo\n    // end lesson\n}\n\n/// New.\nfn two() {\n    // lesson: two\n    todo 2\n    // end lesson\n}\n\nfn last() {}\n";
    const OLD: &str = "use a;\n\nfn one() {\n    // lesson: one\n    mine();\n    // end lesson\n}\n\nfn last() {}\n";

    #[test]
    fn a_place_that_is_new_comes_with_its_surroundings_and_code_stays() {
        let new = with_missing(OLD, ORIGINAL).unwrap();
        assert_eq!(new, ORIGINAL.replacen("todo\n", "mine();\n", 1));
        // What else was added to the file stays too.
        let own = OLD.replace("use a;\n", "use a;\nuse b;\n") + "\nfn helper() {}\n";
        let new = with_missing(&own, ORIGINAL).unwrap();
        assert_eq!(
            new,
            ORIGINAL
                .replacen("todo\n", "mine();\n", 1)
                .replace("use a;\n", "use a;\nuse b;\n")
                + "\nfn helper() {}\n"
        );
        let windows = with_missing(&OLD.replace('\n', "\r\n"), ORIGINAL).unwrap();
        assert_eq!(windows.replace("\r\n", "\n"), new_of(OLD));
        assert!(!windows.replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn a_last_line_without_an_end_stays_a_line() {
        let old = "use a;\nfn one() {}";
        let original = "use a;\nfn one() {}\n// lesson: two\n// end lesson\n";
        assert_eq!(with_missing(old, original).unwrap(), original);
    }

    fn new_of(text: &str) -> String {
        with_missing(text, ORIGINAL).unwrap()
    }

    #[test]
    fn a_place_whose_surroundings_differ_is_not_guessed() {
        // The markers are gone, and the code is there.
        let bare = ORIGINAL
            .replace("    // lesson: two\n", "")
            .replace("todo 2\n    // end lesson\n", "mine();\n");
        assert_eq!(with_missing(&bare, ORIGINAL), None);
        // Only one of the markers is.
        let half = ORIGINAL.replacen("    // end lesson\n", "", 1);
        assert_eq!(with_missing(&half, ORIGINAL), None);
        // None is.
        assert_eq!(with_missing(ORIGINAL, ORIGINAL), None);
        assert_eq!(with_missing("", ""), None);
    }
}
