//! Checking one of the two crates of the lab.

use std::time::Instant;

use super::programs::Programs;
use super::{Check, CheckError, Checked, Doing, ProgressListener, Setting, Subject, TrackCode};
use super::{build, client, proto, provenance, server, sources, unused};
use crate::compiler;
use crate::course::{Component, Course, Lesson, Part, Selection, Track, files};
use crate::learner::Fingerprint;
use crate::process;
use crate::verdict::{CheckReport, LessonReport, Outcome};

/// How often the learner's crate is built until what was built is known to be of the files as they are. The second
/// build is one of the whole crate; more are needed if the folder of the programs was not known, or the clock was ahead.
pub(super) const MOST_BUILDS: usize = 4;

/// A check of a track that can say of which state of the files its verdict is.
#[derive(Debug, Clone)]
pub struct TrackCheck {
    /// What is checked.
    pub code: TrackCode,
    /// How.
    pub setting: Setting,
}

/// A report, and the states of the learner's files before and after it was made.
#[derive(Debug)]
pub struct Verdict {
    /// The report.
    pub report: CheckReport,
    /// Before the first file was read.
    pub before: Fingerprint,
    /// After the last program was called.
    pub after: Fingerprint,
}

impl Verdict {
    /// Whether the report is about the files as they are. If they were written in between, it is unknown what
    /// it is about: even if they hold the same again, they may have held something else when they were read.
    pub fn holds(&self) -> bool {
        self.before == self.after
    }

    /// Whether at least the files held the same before and after.
    pub fn same_contents(&self) -> bool {
        self.before.same_contents(self.after)
    }
}

impl TrackCheck {
    /// Checks lessons.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if the machine, not the code, is in the way.
    pub async fn run(
        &self,
        course: &Course,
        selection: &Selection<'_>,
        listener: &dyn ProgressListener,
    ) -> Result<Verdict, CheckError> {
        let started = Instant::now();
        let subject = Subject::Track(self.code.clone());
        let mut tries = 1;
        let (before, checked) = loop {
            let is_learners = self.code.track == Track::StartHere;
            let is_built = |lesson: &&Lesson| lesson.component() != Component::Proto;
            let is_built = is_learners && selection.lessons.iter().any(is_built);
            let prepared = match is_built {
                true => Some(build::Preparation::of(&self.code.folder).await?),
                false => None,
            };
            let check = Check {
                setting: &self.setting,
                subject: &subject,
                course,
                lessons_are_named: true,
                prepared: prepared.as_ref(),
                unused: &[],
                listener,
            };
            let before = Fingerprint::of(&self.code.folder);
            listener.began(before);
            match check.run(&selection.lessons).await {
                Err(CheckError::OtherBuild) if tries < MOST_BUILDS => tries += 1,
                checked => break (before, checked?),
            }
        };
        let after = Fingerprint::of(&self.code.folder);
        let mut report = checked.report(self.setting.seed, started.elapsed(), &subject);
        report
            .notes
            .extend(provenance::of_track(course, &self.code));
        Ok(Verdict {
            report,
            before,
            after,
        })
    }
}

/// Checks lessons on a track. What they need and was not asked for is looked at too, and reported if it is not
/// right.
///
/// # Errors
///
/// [`CheckError`] if the machine, not the code, is in the way.
pub async fn check(
    check: &Check<'_>,
    code: &TrackCode,
    lessons: &[&Lesson],
) -> Result<Checked, CheckError> {
    let (on_proto, on_crate): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.component() == Component::Proto);
    let mut reports: Vec<LessonReport> = on_proto
        .iter()
        .map(|lesson| proto::check(code, lesson))
        .collect();
    let without_build = |reports| {
        Ok(Checked {
            lessons: check.finalize_all(reports),
            ..Checked::default()
        })
    };
    if on_crate.is_empty() {
        return without_build(reports);
    }
    // The crate is generated from the .proto: what is wrong there would only show as riddles here.
    let unasked = check.course.part(Part::Codelab).filter(|lesson| {
        lesson.component() == Component::Proto
            && !on_proto.iter().any(|asked| asked.id() == lesson.id())
    });
    let unasked = unasked.map(|lesson| proto::check(code, lesson));
    reports.extend(unasked.filter(|report| report.outcome != Outcome::Pass));
    if reports.iter().any(|report| report.outcome != Outcome::Pass) {
        reports.extend(on_crate.iter().map(|lesson| check.waiting(lesson)));
        return without_build(reports);
    }
    let ready = match build::run(check, code, &on_crate).await? {
        Ok(ready) => ready,
        Err(failed) => {
            reports.extend(failed);
            return without_build(reports);
        }
    };
    // Not before: a build that fails may have more to say of them.
    reports = check.finalize_all(reports);
    let unused = compiler::unused(&ready.warnings, &sources::read(code));
    let check = &Check {
        unused: &unused,
        ..*check
    };
    check.listener.doing(Doing::Probing);
    let database = process::files::temporary("route_guide_db", files::DATABASE)
        .map_err(CheckError::system("write a temporary file"))?;
    let programs = Programs {
        check,
        code,
        executables: &ready.executables,
        database_file: database.path(),
        backtraces: true,
    };
    let (of_server, of_client): (Vec<&Lesson>, Vec<&Lesson>) = on_crate
        .into_iter()
        .partition(|lesson| lesson.component() == Component::Server);
    // Apart from the machine they run on, servers and clients have nothing to do with each other.
    let (of_server, of_client) = tokio::join!(
        server::check_track(&programs, &of_server),
        client::check_track(&programs, &of_client)
    );
    reports.extend(of_server?);
    reports.extend(of_client?);
    // Where a report has a sentence for a warning, a guess of rustc's contradicts it.
    let is_told = |index: usize| {
        let mut meant = unused.iter().filter(|found| found.warning == index);
        meant.any(|found| unused::is_told(found, &reports))
    };
    let warnings = ready.warnings.iter().enumerate();
    let warnings = warnings.map(|(index, warning)| match is_told(index) {
        true => warning.rendered_without_guesses(),
        false => warning.rendered().to_string(),
    });
    Ok(Checked {
        warnings: warnings.collect(),
        lessons: reports,
        ..Checked::default()
    })
}
