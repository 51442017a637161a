//! Two codes as one: what goes, what comes, and what stays. A sign says which, and colour only after it.

use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::Paint;
use crate::text::harmless;

/// Draws all lines of both codes: `-` for those only in the old one, `+` for those only in the new one.
/// Blank space at line ends, and around the whole, is no difference.
pub fn draw(old: &str, new: &str, paint: Paint) -> String {
    let (old, new) = (lines(old), lines(new));
    let mut text = String::new();
    for part in capture_diff_slices(Algorithm::Patience, &old, &new) {
        for change in part.iter_changes(&old, &new) {
            let line = change.value();
            let line = match change.tag() {
                ChangeTag::Equal => format!("  {line}"),
                ChangeTag::Delete => paint.removed(&format!("- {line}")),
                ChangeTag::Insert => paint.added(&format!("+ {line}")),
            };
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// Whether [`draw`] would show no difference.
pub fn is_same(old: &str, new: &str) -> bool {
    lines(old) == lines(new)
}

/// The lines of a code, without what cannot be seen.
fn lines(code: &str) -> Vec<String> {
    let code = harmless(code);
    let lines: Vec<&str> = code.lines().map(str::trim_end).collect();
    let is_blank = |line: &&str| line.is_empty();
    let first = lines.iter().take_while(|line| is_blank(line)).count();
    let last = lines.iter().rev().take_while(|line| is_blank(line)).count();
    let kept = lines.get(first..lines.len() - last).unwrap_or_default();
    kept.iter().map(|line| (*line).to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_tell_without_colour() {
        let old = "\n    let a = 1;\r\n    b();\t\n\n    c();\n";
        let new = "    let a = 2;\n    b();\n\n    c();\n    d();\n\n";
        assert_eq!(
            draw(old, new, Paint::new(false)),
            "-     let a = 1;\n+     let a = 2;\n      b();\n\n      c();\n+     d();\n"
        );
        assert!(!is_same(old, new) && is_same(old, &old.replace("\r\n", "\n")));
        assert!(is_same("", "\n\n"));
    }

    #[test]
    fn colour_only_adds_to_the_signs() {
        let (old, new) = ("a\nb\n", "a\nc\n");
        let coloured = draw(old, new, Paint::new(true));
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(
            console::strip_ansi_codes(&coloured),
            draw(old, new, Paint::new(false))
        );
        // A learner's file cannot command the terminal.
        assert!(!draw("\u{1b}[2J", "x", Paint::new(false)).contains('\u{1b}'));
    }
}
