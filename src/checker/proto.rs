//! Checking the lessons about the .proto.

use std::time::Instant;

use super::Setting;
use crate::contract::cases::Proof;
use crate::course::{Lesson, Track, files, region};
use crate::probe::proto::parse;
use crate::verdict::proto::{Judge, syntax};
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// Judges one lesson on the parsed .proto.
pub fn check(setting: &Setting, lesson: &Lesson) -> LessonReport {
    let started = Instant::now();
    let file = setting.track.proto();
    let path = setting.folder.file(file);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            let diagnosis = Diagnosis::new(format!("Cannot read {file}: {error}."))
                .hint("If it is gone, `reset define-messages --whole-file` brings it back.");
            return LessonReport::without_cases(lesson, Outcome::Error, Some(diagnosis));
        }
    };
    let source = up_to(lesson, &text);
    let imports = path.parent().unwrap_or(setting.folder.root());
    let cases = match parse("route_guide.proto", &source, imports) {
        Ok(parsed) => {
            let judge = Judge {
                parsed: &parsed,
                file,
            };
            match (lesson.check.proves, &lesson.check.service) {
                (Proof::Service, Some(service)) => judge.service(service),
                _ => judge.messages(&lesson.check.messages),
            }
        }
        Err(error) => vec![CaseReport::of_fact(
            "syntax",
            Some(syntax(&error, file, &source)),
        )],
    };
    let report = LessonReport::of_cases(lesson, started.elapsed(), cases);
    if setting.track == Track::StartHere && report.outcome == Outcome::Fail {
        return untouched(lesson, &text, report);
    }
    report
}

/// The .proto without what belongs to later lessons: a slip there must not fail this one. Their lines
/// stay, empty, so that line numbers do.
fn up_to(lesson: &Lesson, text: &str) -> String {
    let mut before = true;
    region::lessons(text)
        .iter()
        .fold(text.to_string(), |text, id| {
            let later = !before;
            before &= id != lesson.id();
            if !later {
                return text;
            }
            match region::find(&text, id) {
                Ok(region) => {
                    let blank = "\n".repeat(region.text.matches('\n').count());
                    region::replace(&text, id, &blank).unwrap_or(text)
                }
                Err(_) => text,
            }
        })
}

/// A lesson that has not been begun is told so, and not what is missing first.
fn untouched(lesson: &Lesson, text: &str, report: LessonReport) -> LessonReport {
    let file = Track::StartHere.proto();
    let (Ok(region), Some(stub)) = (
        region::find(text, lesson.id()),
        files::stub(file, lesson.id()),
    ) else {
        return report;
    };
    if !region::same(region.text, stub) {
        return report;
    }
    let diagnosis = report.diagnosis.map(|diagnosis| Diagnosis {
        message: format!(
            "Nothing is written yet at {file}:{}. {}",
            region.line, diagnosis.message
        ),
        ..diagnosis
    });
    LessonReport {
        diagnosis,
        ..report
    }
}
