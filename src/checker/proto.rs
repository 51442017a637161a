//! Checking the lessons about the .proto.

use std::io;
use std::path::Path;
use std::time::Instant;

use super::TrackCode;
use crate::course::Track;
use crate::course::{Lesson, exercise, region};
use crate::disk::regular;
use crate::guide::cases::Proof;
use crate::probe::proto::{Parsed, parse};
use crate::verdict::proto::{Judge, syntax};
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// How a .proto that is gone, or holds nothing, comes back.
const BRINGS_BACK: &str = "`reset define-messages --whole-file` brings it back.";

/// Judges one lesson on the parsed .proto.
pub fn check(code: &TrackCode, lesson: &Lesson) -> LessonReport {
    let started = Instant::now();
    let file = code.track.proto();
    let path = code.folder.file(file);
    let text = match regular::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            let hint = match error.kind() {
                io::ErrorKind::InvalidData => regular::AS_UTF_8.to_string(),
                _ => format!("If it is gone, {BRINGS_BACK}"),
            };
            let diagnosis = Diagnosis::new(format!("Cannot read {file}: {error}."))
                .hint(hint)
                .elsewhere();
            return LessonReport::without_cases(lesson, Outcome::Error, Some(diagnosis));
        }
    };
    let source = up_to(lesson, &text);
    let imports = path.parent().unwrap_or(code.folder.root());
    let cases = match parse("route_guide.proto", &source, imports) {
        Ok(parsed) => judge(lesson, &parsed, file),
        Err(error) => vec![CaseReport::of_fact("syntax", Some(syntax(&error, file)))],
    };
    let mut report = LessonReport::of_cases(lesson, started.elapsed(), cases);
    if let Some(diagnosis) = report.diagnosis.as_mut().filter(|found| found.elsewhere) {
        diagnosis.hint = Some(BRINGS_BACK.to_string());
    }
    if report.outcome == Outcome::Fail && source != text && passes(lesson, &text, imports) {
        let message = format!(
            "All of it is there, but some is in another lesson's region: it belongs between \
             `// lesson: {}` and the `// end lesson` below it.",
            regions(lesson).first().copied().unwrap_or(lesson.id())
        );
        return LessonReport {
            diagnosis: Some(Diagnosis::new(message)),
            ..report
        };
    }
    report
}

fn judge(lesson: &Lesson, parsed: &Parsed, file: &str) -> Vec<CaseReport> {
    let judge = Judge { parsed, file };
    match (lesson.check.proves, &lesson.check.service) {
        (Proof::Service, Some(service)) => judge.service(service),
        _ => judge.messages(&lesson.check.messages),
    }
}

/// Whether a lesson would pass with all that the file holds.
fn passes(lesson: &Lesson, text: &str, imports: &Path) -> bool {
    parse("route_guide.proto", text, imports).is_ok_and(|parsed| {
        let mut cases = judge(lesson, &parsed, "").into_iter();
        cases.all(|case| case.outcome == Outcome::Pass)
    })
}

/// The regions of the .proto that a lesson writes in.
fn regions(lesson: &Lesson) -> Vec<&'static str> {
    let file = Track::StartHere.proto();
    exercise::of(lesson.id(), file)
        .map(|exercise| exercise.region)
        .collect()
}

/// The .proto without what belongs to later lessons, which is below the lesson's own regions: a slip there must
/// not fail this one. Their lines stay, empty, so that line numbers do.
fn up_to(lesson: &Lesson, text: &str) -> String {
    let own = regions(lesson);
    let ids = region::ids(text);
    let below = ids.iter().rposition(|id| own.contains(id));
    let later = ids.iter().skip(below.map_or(ids.len(), |last| last + 1));
    later.fold(text.to_string(), |text, id| match region::find(&text, id) {
        Ok(region) => {
            let blank = "\n".repeat(region.text.matches('\n').count());
            region::replace(&text, id, &blank).unwrap_or(text)
        }
        Err(_) => text,
    })
}
