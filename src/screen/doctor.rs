//! The findings of `doctor`, for people.

use super::evidence::{wrapped, wrapped_behind};
use super::{Canvas, fit};
use crate::doctor::{Finding, Severity};
use crate::text::sanitize;

/// Draws a paragraph for each finding, and a line that counts errors and warnings.
pub fn draw(findings: &[Finding], canvas: Canvas) -> String {
    let names = findings
        .iter()
        .map(|finding| fit::width(finding.check.name()));
    let column = names.max().unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        text.push_str(&paragraph(finding, column, canvas));
    }
    text.push('\n');
    text.push_str(&summary(findings, canvas));
    text
}

/// The sign, the name and, in a column of its own, the message.
fn paragraph(finding: &Finding, column: usize, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let (sign, word) = match finding.severity {
        Severity::Ok => (paint.good("✓"), String::new()),
        Severity::Warning => (paint.notice("!"), paint.notice("warning: ")),
        Severity::Error => (paint.bad("✗"), paint.bad("error: ")),
    };
    let name = fit::padded(finding.check.name(), column);
    let message = format!("{word}{}", sanitize(&finding.message));
    let mut text = wrapped_behind(&format!("{sign} {name}  "), &message, canvas);
    let margin = " ".repeat(column + 4);
    if let Some(quoted) = &finding.quoted {
        // Quoted output keeps its line breaks: a linker points at columns.
        for line in sanitize(quoted).lines() {
            let columns = canvas.width.saturating_sub(column + 6);
            for part in fit::lines(line, columns, usize::MAX) {
                let line = format!("{margin}  {}", paint.faint(&part));
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    if let Some(fix) = &finding.fix {
        text.push_str(&wrapped_behind(
            &format!("{margin}→ "),
            &sanitize(fix),
            canvas,
        ));
    }
    text
}

/// `2 errors, 1 warning`
fn summary(findings: &[Finding], canvas: Canvas) -> String {
    let count = |severity: Severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let paint = canvas.paint;
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let warnings = count(Severity::Warning);
    let errors = match count(Severity::Error) {
        0 if warnings == 0 => paint.good("No problems found."),
        0 => paint.good("No errors"),
        n => paint.bad(&counted(n, "error")),
    };
    let text = match warnings {
        0 => errors,
        n => format!("{errors}, {}", counted(n, "warning")),
    };
    wrapped(&text, "", canvas)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::CheckId;
    use crate::screen::Paint;

    fn finding(severity: Severity, words: usize) -> Finding {
        Finding {
            check: CheckId::LoopbackIpv4,
            severity,
            message: "word ".repeat(words),
            quoted: (words > 9)
                .then(|| format!("error: {}\n  |\n  = \u{1b}[2Jnote", "x".repeat(200))),
            fix: (words > 9).then(|| "Install `something` now. ".repeat(5)),
        }
    }

    #[test]
    fn findings_fit_and_nothing_that_is_quoted_reaches_the_terminal_as_a_command() {
        let findings = [
            finding(Severity::Ok, 3),
            finding(Severity::Warning, 30),
            finding(Severity::Error, 30),
        ];
        for width in [40, 80, 100] {
            let canvas = Canvas::new(width, Paint::new(false));
            let drawn = draw(&findings, canvas);
            assert!(
                drawn.lines().all(|line| fit::width(line) <= width),
                "{drawn}"
            );
            assert!(
                drawn.contains("✓ loopback-ipv4  word")
                    && drawn.contains("✗ loopback-ipv4  error:")
            );
            assert!(!drawn.contains('\u{1b}'));
            assert!(drawn.ends_with("\n\n1 error, 1 warning\n"), "{drawn}");
        }
    }

    #[test]
    fn without_errors_and_warnings_that_is_said() {
        let drawn = draw(&[finding(Severity::Ok, 1)], Canvas::plain());
        assert_eq!(drawn, "✓ loopback-ipv4  word\n\nNo problems found.\n");
    }
}
