//! `list`: shows the lessons and the progress.

use std::path::Path;

use super::{Exit, Lab, Problem};
use crate::cli::AnswerFormat;
use crate::course::Part;
use crate::learner::lesson_status::{self, LessonStatus, lesson_progress};
use crate::learner::work;
use crate::report;
use crate::screen::{self, Canvas};

/// Lists all lessons, or shows one with more details.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read, or there is no such lesson.
pub fn run(
    lessons: Option<&Path>,
    name: Option<&str>,
    format: AnswerFormat,
) -> Result<Exit, Problem> {
    let lab = Lab::open(lessons)?;
    let mut all = lesson_progress(&lab.course, &lab.progress);
    let is_passed = |status: LessonStatus| status == LessonStatus::Passed;
    let passed = all.iter().filter(|one| is_passed(one.status)).count();
    let one = name.map(|name| lab.course.find(name)).transpose()?;
    if let Some(one) = one {
        all.retain(|other| other.lesson.number == one.number);
    }
    let tally = lesson_status::tally(Part::Codelab, &lab.course, &lab.progress);
    let canvas = Canvas::stdout();
    match (format, one, all.first()) {
        (AnswerFormat::Json, ..) => screen::print(&report::list::render(passed, &all)?),
        (AnswerFormat::Human, Some(lesson), Some(progress)) => {
            let regions = work::regions(&lab.folder, lesson);
            screen::print(&screen::list::draw_one(
                progress,
                &regions,
                std::time::SystemTime::now(),
                canvas,
            ));
        }
        (AnswerFormat::Human, ..) => {
            screen::print(&screen::list::draw(tally, &all, canvas));
        }
    }
    Ok(Exit::Passed)
}
