//! JUnit XML: a suite for each lesson, a test case for each case.

use std::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::{Context, ReportError, Reporter};
use crate::draw::Canvas;
use crate::draw::evidence::{self, Detail};
use crate::text::{clipped, on_one_line, replace_workflow_commands, sanitize};
use crate::verdict::report::most_telling;
use crate::verdict::{CaseReport, CheckReport, Diagnosis, LessonReport, Outcome};

/// The name of the whole, and the first part of every class name.
const NAME: &str = "routeguide-lab";
/// How many characters of a sentence.
const LONGEST: usize = 1_500;

/// JUnit XML.
#[derive(Debug)]
pub struct Junit;

impl Reporter for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn help(&self) -> &'static str {
        "JUnit XML, which most CI systems read"
    }

    fn report(&self, report: &CheckReport, _context: &Context<'_>) -> Result<String, ReportError> {
        Ok(render(report)?)
    }

    fn problem(&self, target: &str, message: &str) -> Result<String, ReportError> {
        Ok(render_problem(target, message)?)
    }
}

/// The report as XML, with a line end.
fn render(report: &CheckReport) -> Result<String, SerializeError> {
    let mut junit = Report::new(NAME);
    junit.set_time(report.duration);
    let mut suites: Vec<TestSuite> = report.lessons.iter().map(|l| suite(report, l)).collect();
    // Warnings are about no lesson, and JUnit has no other place for them.
    let notes = report.notes.iter();
    let notes = notes.map(|note| sanitize(&clipped(&note.message, LONGEST)));
    let notes: Vec<String> = notes.collect();
    if let Some(last) = suites.last_mut().filter(|_| !notes.is_empty()) {
        last.set_system_out(notes.join("\n"));
    }
    junit.add_test_suites(suites);
    written(&junit)
}

/// The report of a check that could not be made at all: one test case, which is an error.
fn render_problem(target: &str, message: &str) -> Result<String, SerializeError> {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let first = message.lines().next().unwrap_or_default();
    status.set_message(on_one_line(&clipped(first, LONGEST)));
    status.set_description(sanitize(&clipped(message, LONGEST)));
    let mut case = TestCase::new("check", status);
    case.set_classname(NAME);
    let mut suite = TestSuite::new(NAME);
    suite.add_property(Property::new("target", on_one_line(target)));
    suite.add_test_case(case);
    let mut junit = Report::new(NAME);
    junit.add_test_suite(suite);
    written(&junit)
}

/// As XML that also is no command to a CI runner which reads what its steps print.
fn written(report: &Report) -> Result<String, SerializeError> {
    Ok(replace_workflow_commands(
        &report.to_string()?,
        "&#58;:",
        "&#35;#[",
    ))
}

fn suite(report: &CheckReport, lesson: &LessonReport) -> TestSuite {
    let mut suite = TestSuite::new(on_one_line(&lesson.lesson));
    suite.set_time(lesson.duration);
    suite.add_properties([
        Property::new("title", on_one_line(&lesson.title)),
        Property::new("seed", report.seed.to_string()),
        Property::new("target", on_one_line(&report.target)),
    ]);
    let telling = most_telling(&lesson.cases);
    for case in &lesson.cases {
        // A cause that was found for the whole lesson stands with the case that shows it best.
        let of_lesson = telling.filter(|telling| std::ptr::eq(*telling, case));
        let diagnosis = of_lesson
            .and(lesson.diagnosis.as_ref())
            .or(case.diagnosis.as_ref());
        suite.add_test_case(test_case(lesson, Some(case), case.outcome, diagnosis));
    }
    // Where no case says what became of the lesson, because nothing was built for example, the lesson
    // itself stands for one.
    if !lesson
        .cases
        .iter()
        .any(|case| case.outcome == lesson.outcome)
    {
        let diagnosis = lesson.diagnosis.as_ref();
        suite.add_test_case(test_case(lesson, None, lesson.outcome, diagnosis));
    }
    suite
}

fn test_case(
    lesson: &LessonReport,
    case: Option<&CaseReport>,
    outcome: Outcome,
    diagnosis: Option<&Diagnosis>,
) -> TestCase {
    let mut status = match outcome {
        Outcome::Pass => TestCaseStatus::success(),
        Outcome::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Skipped => TestCaseStatus::skipped(),
    };
    if outcome != Outcome::Pass {
        if let Some(found) = diagnosis {
            status.set_message(on_one_line(&clipped(&found.text(), LONGEST)));
            if !found.mistakes.is_empty() {
                status.set_type(found.mistakes.join(" "));
            }
        }
        let mut body = String::new();
        if let Some(found) = diagnosis {
            body.push_str(&format!(
                "\n{}\n",
                sanitize(&clipped(&found.text(), LONGEST))
            ));
        }
        body.push_str(&evidence::evidence(
            diagnosis,
            case,
            Detail::Whole,
            Canvas::plain(),
        ));
        status.set_description(body.trim_start());
    }
    let name = case.map_or(&lesson.lesson, |case| &case.case);
    let mut test_case = TestCase::new(on_one_line(name), status);
    test_case.set_classname(format!("{NAME}.{}", on_one_line(&lesson.lesson)));
    if let Some(last) = case.and_then(|case| case.transcript.last()) {
        test_case.set_time(last.at);
    } else if case.is_none() && lesson.duration > Duration::ZERO {
        test_case.set_time(lesson.duration);
    }
    test_case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn hostile_text_leaves_well_formed_xml_and_no_command() {
        for words in samples::HOSTILE {
            let xml = render(&samples::failing(words)).unwrap();
            let document = roxmltree::Document::parse(&xml).unwrap_or_else(|error| {
                panic!("{error} with {words:?} in\n{xml}");
            });
            let failures = document.descendants().filter(|n| n.has_tag_name("failure"));
            assert_eq!(failures.count(), 1, "{xml}");
            assert_eq!(samples::commands(&xml), Vec::<String>::new(), "{xml}");
            let problem = render_problem("start_here", words).unwrap();
            assert!(roxmltree::Document::parse(&problem).is_ok(), "{problem}");
            assert_eq!(samples::commands(&problem), Vec::<String>::new());
        }
    }

    #[test]
    fn the_evidence_stands_in_the_body() {
        let xml = render(&samples::failing("Berkshire Valley")).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let failure = document.descendants().find(|n| n.has_tag_name("failure"));
        let failure = failure.unwrap();
        assert_eq!(failure.attribute("type"), Some("no-filter"));
        let body = failure.text().unwrap();
        for words in [
            "expected",
            "received",
            "◀───",
            "half-close",
            "✗ 1.5 ms",
            "Filter them.",
        ] {
            assert!(body.contains(words), "no {words} in\n{body}");
        }
    }
}
