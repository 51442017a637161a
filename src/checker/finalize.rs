//! The last step of every report on a track: after it, the report is what the learner reads.

use super::{Check, unused};
use crate::learner::work::LessonRegion;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

impl Check<'_> {
    /// Finalizes a report that nothing else can change any more.
    pub fn finalize(&self, report: LessonReport) -> LessonReport {
        // Who follows the course writes Rust.
        let mut report = report.addressed(true);
        let lessons = self.course.lessons();
        let lesson = lessons.iter().find(|lesson| lesson.id() == report.lesson);
        if report.outcome == Outcome::Fail
            && let Some(region) = lesson.and_then(|lesson| self.not_begun(lesson))
        {
            not_begun_yet(&mut report, &region);
        }
        unused::point_out(self, &mut report);
        self.listener.lesson_finished(&report);
        report
    }

    /// Finalizes several.
    pub fn finalize_all(&self, reports: Vec<LessonReport>) -> Vec<LessonReport> {
        let reports = reports.into_iter();
        reports.map(|report| self.finalize(report)).collect()
    }
}

/// Reports that a lesson has not been begun, and nothing else.
fn not_begun_yet(report: &mut LessonReport, region: &LessonRegion) {
    let message = match region.taken_up_again {
        false => format!("Nothing is written yet at {}.", region.location),
        true => format!(
            "Nothing is changed yet at {}, where an earlier lesson has been written.",
            region.location
        ),
    };
    let mistakes = report
        .diagnosis
        .take()
        .map_or(Vec::new(), |diagnosis| diagnosis.mistakes);
    report.begun = false;
    report.diagnosis = Some(Diagnosis {
        mistakes,
        ..Diagnosis::new(message).at(region.location.clone())
    });
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Mutex;
    use std::time::Duration;

    use crate::checker::{Check, Doing, ProgressListener, STARTUP, Setting, Subject, TrackCode};
    use crate::course::{Course, Lesson, Track, files};
    use crate::guide::Database;
    use crate::learner::Folder;
    use crate::verdict::LessonReport;

    /// Keeps the reports of finished lessons.
    #[derive(Default)]
    struct Finished(Mutex<Vec<String>>);

    impl ProgressListener for Finished {
        fn doing(&self, _doing: Doing) {}

        fn lesson_finished(&self, report: &LessonReport) {
            self.0.lock().unwrap().push(format!("{report:?}"));
        }
    }

    /// Checks lessons that need no build on a `.proto`. Which reports the listener received, and which were returned.
    async fn reports(proto: &str, lessons: std::ops::Range<usize>) -> (Vec<String>, Vec<String>) {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(Track::StartHere.proto());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, proto).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        let subject = Subject::Track(TrackCode {
            folder: Folder::find(root.path()).unwrap(),
            track: Track::StartHere,
            colour: false,
        });
        let setting = Setting {
            database: Database::from_json(files::DATABASE).unwrap(),
            seed: 1,
            patience: Duration::from_secs(20),
            startup: STARTUP,
        };
        let course = Course::embedded().unwrap();
        let lessons: Vec<&Lesson> = course.lessons()[lessons].iter().collect();
        let finished = Finished::default();
        let check = Check {
            setting: &setting,
            subject: &subject,
            course: &course,
            lessons_are_named: true,
            prepared: None,
            unused: &[],
            listener: &finished,
        };
        let returned = check.run(&lessons).await.unwrap().lessons;
        let returned = returned.iter().map(|report| format!("{report:?}"));
        (finished.0.into_inner().unwrap(), returned.collect())
    }

    #[tokio::test]
    async fn the_listener_receives_what_is_returned() {
        let proto = Track::StartHere.proto();
        let finished = files::finished(proto).unwrap();
        let handed_out = files::original(proto).unwrap().unwrap();
        let wrong = finished.replace("int32 longitude = 2;", "int64 longitude = 2;");
        // With the lessons that wait for these, and with those that were not asked for.
        for (text, lessons) in [
            (finished, 0..2),
            (&wrong, 0..2),
            (&handed_out, 0..2),
            (&handed_out, 0..6),
            (&wrong, 4..6),
        ] {
            let many = lessons.len();
            let (finished, returned) = reports(text, lessons).await;
            assert_eq!(finished, returned);
            assert!(returned.len() >= many);
        }
        let (finished, _) = reports(&handed_out, 0..1).await;
        assert!(
            finished[0].contains("Nothing is written yet"),
            "{finished:?}"
        );
    }
}
