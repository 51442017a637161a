//! Panics, as a Rust program reports them on standard error.

use super::{Diagnosis, LessonReport, Outcome};
use crate::probe::Status;

/// One panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    /// The file, as the compiler knew it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// Everything that was written about it.
    pub words: String,
}

/// Finds the panics in what a program wrote, in their order.
pub fn find(stderr: &str) -> Vec<Panic> {
    let mut panics: Vec<Panic> = Vec::new();
    for line in stderr.lines() {
        if let Some((_, place)) = line.split_once(" panicked at ") {
            // `src/server.rs:55:9:`
            let mut parts = place.trim_end_matches(':').rsplitn(3, ':');
            let (_column, number, file) = (parts.next(), parts.next(), parts.next());
            panics.push(Panic {
                file: file.unwrap_or_default().replace('\\', "/"),
                line: number.and_then(|n| n.parse().ok()).unwrap_or(0),
                words: line.to_string(),
            });
        } else if let Some(panic) = panics.last_mut() {
            panic.words.push('\n');
            panic.words.push_str(line);
        }
    }
    panics
}

/// A call that broke off because its handler panicked is told so.
pub fn explain(report: LessonReport, panic: Option<&Panic>) -> LessonReport {
    let broke_off = report.cases.iter().any(|case| {
        case.outcome == Outcome::Fail && case.status.as_ref().is_some_and(Status::broke_off)
    });
    match panic {
        Some(panic) if broke_off => {
            let place = format!("{}:{}", panic.file, panic.line);
            let hint = if panic
                .words
                .contains("called `Option::unwrap()` on a `None` value")
            {
                "A message field can be absent. It reads as its default: `unwrap_or_default()`."
            } else {
                "A panic ends the call without a status. Return an `Err(Status::…)` instead."
            };
            let message = format!("Your handler panicked at {place}.");
            let diagnosis = Diagnosis::mistake("panics", message)
                .hint(hint)
                .quoting(panic.words.trim_end())
                .edit(&panic.file, panic.line);
            LessonReport {
                diagnosis: Some(diagnosis),
                ..report
            }
        }
        _ => report,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_told_apart() {
        let stderr = "starting\n\
            \nthread 'tokio-rt-worker' (7) panicked at start_here/src/server.rs:55:9:\nno corner\n\
            \nthread 'main' panicked at C:\\a\\b.rs:1:2:\nmore\nlines\n";
        let panics = find(stderr);
        assert_eq!(panics.len(), 2);
        assert_eq!(
            (panics[0].file.as_str(), panics[0].line),
            ("start_here/src/server.rs", 55)
        );
        assert!(
            panics[0].words.ends_with("no corner\n"),
            "{:?}",
            panics[0].words
        );
        assert_eq!((panics[1].file.as_str(), panics[1].line), ("C:/a/b.rs", 1));
        assert!(find("all is well").is_empty());
    }
}
