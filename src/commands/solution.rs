//! `solution`: the finished code of a lesson.

use super::{Exit, Lab, Problem};
use crate::learner::solution;
use crate::screen::{self, Canvas};

/// Shows the finished code beside the learner's own, or writes it in its place, if the learner has tried or
/// insists.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read or written, there is no such lesson, or a place cannot
/// be found; then nothing has been changed.
pub fn run(word: Option<&str>, force: bool, write: bool) -> Result<Exit, Problem> {
    let lab = Lab::open()?;
    let lesson = lab.lesson(word)?;
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
                "Write something for it and run `{program} check`, or take a hint with `{program} hint {id}`.\n\
                 `{program} solution {id}{option} --force` {does} the solution all the same.",
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
        let all_the_same = if tried { "" } else { " --force" };
        let command = format!("{program} solution {} --write{all_the_same}", lesson.id());
        screen::print(&screen::solution::draw(lesson, &pieces, &command, canvas));
    }
    Ok(Exit::Passed)
}
