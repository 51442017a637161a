//! `solution`: shows or writes the solution of a lesson.

use std::path::Path;

use super::{Exit, Lab, Problem};
use crate::learner::solution;
use crate::screen::{self, Canvas};

/// Shows the solution beside the learner's code, or writes it into the learner's files, if the learner has tried the
/// lesson or `force` is set.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read or written, there is no such lesson, or a place cannot
/// be found; then nothing has been changed.
pub fn run(
    lessons: Option<&Path>,
    name: Option<&str>,
    force: bool,
    write: bool,
) -> Result<Exit, Problem> {
    let lab = Lab::open(lessons)?;
    let lesson = lab.lesson(name)?;
    let program = screen::invocation();
    let record = lab.progress.of(lesson.id());
    let tried = solution::tried(&lab.folder, lesson, &record);
    if !tried && !force {
        let does = if write { "writes" } else { "shows" };
        let option = if write { " --write" } else { "" };
        return Err(Problem::new(
            Exit::NotYet,
            format!("you have not tried `{}` yet", lesson.id()),
            format!(
                "Write something and run `{program} check`, or get a hint with `{program} hint {id}`.\n\
                 `{program} solution {id}{option} --force` {does} the solution anyway.",
                id = lesson.id()
            ),
        ));
    }
    let canvas = Canvas::stdout();
    if write {
        let done = solution::write(&lab.folder, &lab.store, lesson)?;
        screen::print(&screen::rewritten::solution(lesson, &done, program, canvas));
    } else {
        let pieces = solution::pieces(&lab.folder, lesson)?;
        let force_option = if tried { "" } else { " --force" };
        let command = format!("{program} solution {} --write{force_option}", lesson.id());
        screen::print(&screen::solution::draw(lesson, &pieces, &command, canvas));
    }
    Ok(Exit::Passed)
}
