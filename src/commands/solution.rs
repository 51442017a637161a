//! `solution`: the finished code of a lesson.

use super::{Exit, Lab, Problem};
use crate::course::{files, region};
use crate::learner::work;
use crate::screen::{self, Canvas};

/// Shows the finished code, if the learner has tried or insists.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read, or there is no such lesson.
pub fn run(word: Option<&str>, force: bool) -> Result<Exit, Problem> {
    let lab = Lab::open()?;
    let lesson = lab.lesson(word)?;
    let record = lab.progress.of(lesson.id());
    let has_code = !lesson.head.files.is_empty();
    let tried = record.passed || (record.attempts > 0 && work::touched(&lab.folder, lesson));
    if has_code && !tried && !force {
        let program = screen::invocation();
        return Err(Problem::new(
            Exit::NotYet,
            format!("you have not tried `{}` yet", lesson.id()),
            format!(
                "Write something for it and run `{program} check`, or take a hint with `{program} hint {id}`.\n\
                 `{program} solution {id} --force` shows the solution all the same.",
                id = lesson.id()
            ),
        ));
    }
    let mut regions = Vec::new();
    for file in &lesson.head.files {
        let finished = files::finished(file).ok_or_else(|| {
            Problem::new(
                Exit::CouldNot,
                format!("this binary carries no finished {file}"),
                "",
            )
        })?;
        let region = region::find(finished, lesson.id()).map_err(|error| {
            Problem::new(Exit::CouldNot, format!("{file}, finished: {error}"), "")
        })?;
        regions.push((file.clone(), region.text.to_string()));
    }
    screen::print(&screen::lesson::solution(
        lesson,
        &regions,
        Canvas::stdout(),
    ));
    Ok(Exit::Passed)
}
