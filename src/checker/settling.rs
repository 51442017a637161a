//! The last step of every report on the learner's own code: after it, the report is what the learner reads.

use super::{Code, Watch, not_begun};
use crate::course::Course;
use crate::learner::work::LessonRegion;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// Settles reports, and tells of them.
pub struct Settling<'a> {
    /// Whose code it is.
    pub code: &'a Code,
    /// The lessons.
    pub course: &'a Course,
    /// Who is told.
    pub watch: &'a dyn Watch,
}

impl Settling<'_> {
    /// Settles a report that nothing else can change any more.
    pub fn settle(&self, mut report: LessonReport) -> LessonReport {
        let lessons = self.course.lessons();
        let lesson = lessons.iter().find(|lesson| lesson.id() == report.lesson);
        if report.outcome == Outcome::Fail
            && let Some(region) = lesson.and_then(|lesson| not_begun(self.code, lesson))
        {
            not_begun_yet(&mut report, &region);
        }
        self.watch.settled(&report);
        report
    }

    /// Settles several.
    pub fn settle_all(&self, reports: Vec<LessonReport>) -> Vec<LessonReport> {
        let reports = reports.into_iter();
        reports.map(|report| self.settle(report)).collect()
    }
}

/// A lesson that has not been begun is told so, whatever else could be said.
fn not_begun_yet(report: &mut LessonReport, region: &LessonRegion) {
    let message = format!("Nothing is written yet at {}.", region.location);
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
    use std::path::PathBuf;
    use std::sync::Mutex;
    use std::time::Duration;

    use crate::checker::{Code, Doing, STARTUP, Setting, Watch, check};
    use crate::course::{Course, Lesson, Track, files};
    use crate::guide::Database;
    use crate::learner::Folder;
    use crate::verdict::LessonReport;

    /// Keeps what it is told.
    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Watch for Told {
        fn doing(&self, _doing: Doing) {}

        fn settled(&self, report: &LessonReport) {
            self.0.lock().unwrap().push(format!("{report:?}"));
        }
    }

    /// Checks lessons that need no build on a `.proto`. What was told, and what was returned.
    async fn reports(proto: &str, lessons: std::ops::Range<usize>) -> (Vec<String>, Vec<String>) {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(Track::StartHere.proto());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, proto).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        let code = Code {
            folder: Folder::find(root.path()).unwrap(),
            track: Track::StartHere,
            database_file: PathBuf::new(),
            colour: false,
        };
        let setting = Setting {
            database: Database::from_json(files::DATABASE).unwrap(),
            seed: 1,
            patience: Duration::from_secs(20),
            startup: STARTUP,
        };
        let course = Course::embedded().unwrap();
        let lessons: Vec<&Lesson> = course.lessons()[lessons].iter().collect();
        let told = Told::default();
        let checked = check(&setting, &code, &course, &lessons, &told).await;
        let returned = checked.unwrap().lessons;
        let returned = returned.iter().map(|report| format!("{report:?}"));
        (told.0.into_inner().unwrap(), returned.collect())
    }

    #[tokio::test]
    async fn what_is_told_is_what_is_returned() {
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
            let (told, returned) = reports(text, lessons).await;
            assert_eq!(told, returned);
            assert!(returned.len() >= many);
        }
        let (told, _) = reports(&handed_out, 0..1).await;
        assert!(told[0].contains("Nothing is written yet"), "{told:?}");
    }
}
