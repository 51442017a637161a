//! What the lab has changed in the learner's files, and how to get back.

use super::{Canvas, ago};
use crate::course::Lesson;
use crate::learner::reset::Plan;
use crate::learner::rewrite::{Rewrite, Rewritten};
use crate::learner::snapshot::{Purpose, SnapshotSide};
use crate::learner::undo::{Undo, Undone};

/// The question before a lesson is put back.
pub fn may_reset(lesson: &Lesson, plan: &Plan, program: &str) -> String {
    let others: Vec<&str> = plan.lessons.iter().map(String::as_str).collect();
    let lessons = match others.as_slice() {
        [] | [_] => format!("lesson {}", lesson.id()),
        several => format!("lessons {}", listed(several)),
    };
    let files: Vec<&str> = plan
        .changes
        .iter()
        .map(|change| change.file.as_str())
        .collect();
    format!(
        "Put {lessons} back to the beginning, in {}?\nWhat is there is kept, and `{program} undo` brings it back. [y/N] ",
        listed(&files)
    )
}

/// What came of putting a lesson back.
pub fn reset(lesson: &Lesson, rewrite: &Rewrite, program: &str) -> String {
    match rewrite {
        Rewrite::NoCode => no_code(lesson, "put back"),
        Rewrite::AlreadySo => format!(
            "{} is as it was handed out: there is nothing to put back.\n",
            lesson.id()
        ),
        Rewrite::Done(done) => format!(
            "{} {} as handed out again, in {}.\n{}",
            listed(&done.lessons),
            if done.lessons.len() == 1 { "is" } else { "are" },
            listed(&done.files),
            how_back(done, program)
        ),
    }
}

/// What came of writing a solution.
pub fn solution(lesson: &Lesson, rewrite: &Rewrite, program: &str, canvas: Canvas) -> String {
    match rewrite {
        Rewrite::NoCode => no_code(lesson, "write"),
        Rewrite::AlreadySo => format!(
            "The finished code of {} is in your files already: there is nothing to write.\n",
            lesson.id()
        ),
        Rewrite::Done(done) => format!(
            "The finished code of {} is in {} now.\n{}{}",
            lesson.id(),
            listed(&done.files),
            how_back(done, program),
            to_check(&done.lessons, program, canvas)
        ),
    }
}

/// What came of `undo`.
pub fn undo(undo: &Undo, program: &str, canvas: Canvas) -> String {
    match undo {
        Undo::Nothing => {
            "There is nothing to undo: the lab has not changed your files.\n".to_string()
        }
        Undo::AlreadySo { purpose, older } => {
            let side = match purpose.side {
                SnapshotSide::Before => "before",
                SnapshotSide::After => "after",
            };
            let mut text = format!(
                "Your files are already as they were {side} `{}`: there is nothing to bring back.\n",
                purpose.what
            );
            if let Some(older) = older {
                text.push_str(&format!("`{program} undo` again would {}.\n", would(older)));
            }
            text
        }
        Undo::Done(done) => undone(done, program, canvas),
    }
}

fn undone(done: &Undone, program: &str, canvas: Canvas) -> String {
    let (head, when, then) = match done.purpose.side {
        SnapshotSide::Before => ("Undone", "of", "before it"),
        SnapshotSide::After => ("Done again", "undone", "before that"),
    };
    let mut text = format!(
        "{}: {}, {when} {}.\n",
        canvas.paint.strong(head),
        done.purpose.what,
        ago::ago(done.age)
    );
    match done.back.as_slice() {
        [] => {}
        [file] => text.push_str(&format!("{file} is as it was {then}.\n")),
        files => text.push_str(&format!("{} are as they were {then}.\n", listed(files))),
    }
    match done.gone.as_slice() {
        [] => {}
        [file] => text.push_str(&format!("{file} is gone: it was not there {then}.\n")),
        files => text.push_str(&format!(
            "{} are gone: they were not there {then}.\n",
            listed(files)
        )),
    }
    text.push_str(&format!(
        "`{program} undo` again brings back what was there until now, with all that you wrote since.\n\
         That is kept in {}.\n",
        done.kept.display()
    ));
    if !done.lessons.is_empty() {
        text.push_str(&to_check(&done.lessons, program, canvas));
    }
    text
}

/// What `undo` does with a snapshot.
fn would(purpose: &Purpose) -> String {
    match purpose.side {
        SnapshotSide::Before => format!("undo `{}`", purpose.what),
        SnapshotSide::After => format!("do `{}` again", purpose.what),
    }
}

fn no_code(lesson: &Lesson, what: &str) -> String {
    format!(
        "{} has no code of its own: there is nothing to {what}.\n",
        lesson.id()
    )
}

fn how_back(done: &Rewritten, program: &str) -> String {
    format!(
        "`{program} undo` brings back what was there.\nIt is kept in {}.\n",
        done.kept.display()
    )
}

fn to_check(lessons: &[String], program: &str, canvas: Canvas) -> String {
    let command = canvas
        .paint
        .code(&format!("{program} check {}", lessons.join(" ")));
    format!("To be checked again: {command}\n")
}

/// Names in a sentence.
fn listed(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_string(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_sentences() {
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }
}
