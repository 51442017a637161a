//! The difference of two texts, line by line. Signs mark the lines; colour only adds to them.

use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::{Canvas, fit};
use crate::text::sanitize;

/// The columns of a sign and the blank behind it.
const SIGN: usize = 2;

/// Draws all lines of both texts: `-` for those only in the old one, `+` for those only in the new one. White space at
/// line ends and blank lines around the text are ignored. A line that is wider than the canvas goes on in the next, behind
/// the same sign.
pub fn draw(old: &str, new: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let columns = canvas.width.saturating_sub(SIGN).max(1);
    let (old, new) = (lines(old), lines(new));
    let mut text = String::new();
    for part in capture_diff_slices(Algorithm::Patience, &old, &new) {
        for change in part.iter_changes(&old, &new) {
            for line in fit::folded(&change.value(), columns) {
                let line = match change.tag() {
                    ChangeTag::Equal => format!("  {line}"),
                    ChangeTag::Delete => paint.removed(&format!("- {line}")),
                    ChangeTag::Insert => paint.added(&format!("+ {line}")),
                };
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    text
}

/// Whether [`draw`] would show no difference.
pub fn is_same(old: &str, new: &str) -> bool {
    lines(old) == lines(new)
}

/// The lines of a text, without the white space that is ignored.
fn lines(code: &str) -> Vec<String> {
    let code = sanitize(code);
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
    use crate::screen::Paint;

    fn drawn(old: &str, new: &str, colour: bool) -> String {
        let canvas = Canvas::new(24, Paint::new(colour));
        draw(old, new, canvas)
    }

    #[test]
    fn a_long_line_keeps_its_sign() {
        assert_eq!(
            drawn("same\n", "same\nthis line is longer than it fits", false),
            "  same\n+ this line is longer\n+ than it fits\n"
        );
    }

    #[test]
    fn signs_tell_without_colour() {
        let old = "\n    let a = 1;\r\n    b();\t\n\n    c();\n";
        let new = "    let a = 2;\n    b();\n\n    c();\n    d();\n\n";
        assert_eq!(
            drawn(old, new, false),
            "-     let a = 1;\n+     let a = 2;\n      b();\n\n      c();\n+     d();\n"
        );
        assert!(!is_same(old, new) && is_same(old, &old.replace("\r\n", "\n")));
        assert!(is_same("", "\n\n"));
    }

    #[test]
    fn colour_only_adds_to_the_signs() {
        let (old, new) = ("a\nb\n", "a\nc\n");
        let coloured = drawn(old, new, true);
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(console::strip_ansi_codes(&coloured), drawn(old, new, false));
        // Control characters in a learner's file do not reach the terminal.
        assert!(!drawn("\u{1b}[2J", "x", false).contains('\u{1b}'));
    }
}
