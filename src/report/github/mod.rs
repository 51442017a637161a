//! Annotations for GitHub Actions: workflow commands on standard output, one to a line; and a step summary.
//!
//! The runner carries out every line that looks like a command, so what others wrote stands only where
//! it is escaped, as GitHub's own toolkit escapes it. While programs of others run, no command is carried out at all:
//! see [`silence`].

mod runner;
mod silence;
mod summary;

use runner::Runner;

use super::{Context, ReportError, Reporter};
use crate::location::Location;
use crate::text::{clipped, escape_workflow_commands, on_one_line, sanitize};
use crate::verdict::{CheckReport, Diagnosis, LessonReport, Outcome};

/// Annotations for GitHub Actions, and a step summary.
#[derive(Debug)]
pub struct Github;

impl Reporter for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn help(&self) -> &'static str {
        "Annotations for GitHub Actions, and a step summary"
    }

    fn beginning(&self) -> Option<String> {
        Some(silence::begin())
    }

    fn interrupted(&self) -> Option<String> {
        Some(silence::end())
    }

    fn report(&self, report: &CheckReport, context: &Context<'_>) -> Result<String, ReportError> {
        let runner = Runner::from_environment();
        runner.add_to_summary(&summary::render(report));
        let commands = render(report, |lesson| {
            let Location { file, line } = (context.locate)(lesson)?;
            let file = runner.path_in_repository(context.folder?, &file);
            Some(Location { file, line })
        });
        Ok(silence::end() + &commands)
    }

    fn problem(&self, _target: &str, message: &str) -> Result<String, ReportError> {
        Runner::from_environment().add_to_summary(&summary::render_problem(message));
        Ok(silence::end() + &render_problem(message))
    }
}

/// How many characters of an annotation's message. GitHub shows no more than about 4 KiB.
const LONGEST: usize = 3_000;
/// How many of each side of a difference.
const LONGEST_SIDE: usize = 500;

/// An error for each lesson that is not right, at its location, if it has one, with the file named from the root of
/// the repository; or a notice that all is well.
fn render(report: &CheckReport, locate: impl Fn(&LessonReport) -> Option<Location>) -> String {
    let notes: String = report.notes.iter().map(note).collect();
    if report.outcome() == Outcome::Pass {
        let lessons = match report.lessons.len() {
            1 => "1 lesson".to_string(),
            n => format!("{n} lessons"),
        };
        let words = format!("{lessons} passed (seed {}).", report.seed);
        return notes + &command("notice", None, "routeguide-lab", &words);
    }
    let is_wrong =
        |lesson: &&LessonReport| matches!(lesson.outcome, Outcome::Fail | Outcome::Error);
    let wrong = report.lessons.iter().filter(is_wrong);
    let errors: String = wrong
        .map(|lesson| {
            let said = match lesson.outcome {
                Outcome::Error => "could not be checked",
                _ => "not right yet",
            };
            let title = format!("{}: {said}", lesson.lesson);
            command("error", locate(lesson).as_ref(), &title, &message(lesson))
        })
        .collect();
    errors + &notes
}

/// A warning that is no reason to fail.
fn note(note: &Diagnosis) -> String {
    command("warning", None, "routeguide-lab", &sanitize(&note.message))
}

/// The report of a check that could not be made at all.
fn render_problem(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    command(
        "error",
        None,
        "routeguide-lab could not check",
        &sanitize(message),
    )
}

/// What is wrong, what was expected and came, and what to do.
fn message(lesson: &LessonReport) -> String {
    let Some(found) = &lesson.diagnosis else {
        return format!("{} is not right yet.", lesson.title);
    };
    let mut parts = vec![clipped(&sanitize(&found.text()), LONGEST / 2)];
    if let Some(contrast) = &found.contrast {
        let side = |text: &str| clipped(&on_one_line(text), LONGEST_SIDE);
        parts.push(format!("expected  {}", side(&contrast.expected)));
        parts.push(format!("received  {}", side(&contrast.received)));
    }
    if let Some(hint) = &found.hint {
        parts.push(clipped(&sanitize(hint), LONGEST / 3));
    }
    parts.join("\n")
}

fn command(kind: &str, location: Option<&Location>, title: &str, message: &str) -> String {
    let mut properties = Vec::new();
    if let Some(Location { file, line }) = location {
        properties.push(format!("file={}", property(file)));
        // A line 0 is one that is not known.
        if *line > 0 {
            properties.push(format!("line={line}"));
        }
    }
    properties.push(format!("title={}", property(title)));
    let message = data(&escape_workflow_commands(&clipped(message, LONGEST)));
    format!("::{kind} {}::{message}\n", properties.join(","))
}

/// The data of a command, escaped as `escapeData` of GitHub's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command, escaped as `escapeProperty` of GitHub's toolkit does.
fn property(text: &str) -> String {
    data(&escape_workflow_commands(&on_one_line(text)))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    /// A command, taken apart as the runner does it.
    fn parse(line: &str) -> (&str, Vec<(&str, String)>, String) {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap();
        let plain = |text: &str| {
            let text = text.replace("%0D", "\r").replace("%0A", "\n");
            text.replace("%3A", ":")
                .replace("%2C", ",")
                .replace("%25", "%")
        };
        let properties = properties.split(',').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name, plain(value))
        });
        (kind, properties.collect(), plain(message))
    }

    #[test]
    fn whatever_is_quoted_there_is_one_command_and_it_is_ours() {
        for words in samples::HOSTILE {
            let report = samples::failing(words);
            let text = render(&report, |_| Some(Location::new(*words, 7)));
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(samples::commands(&text), lines, "{words:?}");
            let [error, note] = lines[..] else {
                panic!("an error and a note, but {text}");
            };
            let (kind, _, message) = parse(note);
            assert!(kind == "warning" && message.starts_with("Note"), "{note}");
            let (kind, properties, message) = parse(error);
            assert_eq!(kind, "error");
            let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, ["file", "line", "title"], "{words:?}");
            assert_eq!(properties[1].1, "7");
            assert!(message.contains(" came.") && message.contains("Filter them."));
            assert_eq!(
                samples::commands(&message),
                Vec::<String>::new(),
                "{words:?}"
            );
            assert_eq!(samples::commands(&render_problem(words)).len(), 1);
        }
    }

    #[test]
    fn percent_signs_come_back_as_they_were() {
        let text = render(&samples::failing("100%0A, a:b"), |_| {
            Some(Location::new("a,b:c%.rs", 0))
        });
        let (_, properties, message) = parse(text.lines().next().unwrap());
        assert!(
            message.starts_with("100%0A, a:b came.\nexpected  not this feature\n"),
            "{message}"
        );
        assert_eq!(properties[0], ("file", "a,b:c%.rs".to_string()));
        assert_eq!(properties[1].0, "title");
    }
}
