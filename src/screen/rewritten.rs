//! Reports on changes of the learner's files: reset, solution, undo and redo.

use super::{Canvas, ago};
use crate::course::Lesson;
use crate::learner::reset::Plan;
use crate::learner::rewrite::{Rewrite, Rewritten};
use crate::learner::snapshot::{MOST, Purpose, ROOM, SnapshotSide};
use crate::learner::undo::{Undo, Undone};

/// The question before a reset.
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
    if plan.adds_places {
        return format!(
            "Add the place of {lessons} to {}?\nNothing else changes, and `{program} undo` removes it again. [y/N] ",
            listed(&files)
        );
    }
    format!(
        "Reset {lessons} in {}?\nYour code is kept, and `{program} undo` restores it. [y/N] ",
        listed(&files)
    )
}

/// The result of a reset.
pub fn reset(lesson: &Lesson, rewrite: &Rewrite, program: &str) -> String {
    match rewrite {
        Rewrite::NoCode => no_code(lesson, "reset"),
        Rewrite::AlreadySo => format!(
            "{} is unchanged, so there is nothing to reset.\n",
            lesson.id()
        ),
        Rewrite::Done(done) if done.adds_places => format!(
            "The place of {} has been added to {}. Nothing else has been changed.\n{}",
            lesson.id(),
            listed(&done.files),
            how_back(done, program)
        ),
        Rewrite::Done(done) => format!(
            "{} {} been reset in {}.\n{}",
            listed(&done.lessons),
            if done.lessons.len() == 1 {
                "has"
            } else {
                "have"
            },
            listed(&done.files),
            how_back(done, program)
        ),
    }
}

/// The result of writing a solution.
pub fn solution(lesson: &Lesson, rewrite: &Rewrite, program: &str, canvas: Canvas) -> String {
    match rewrite {
        Rewrite::NoCode => no_code(lesson, "write"),
        Rewrite::AlreadySo => format!(
            "Your files already contain the solution of {}, so there is nothing to write.\n",
            lesson.id()
        ),
        Rewrite::Done(done) => format!(
            "The solution of {} has been written to {}.\n{}{}",
            lesson.id(),
            listed(&done.files),
            how_back(done, program),
            to_check(&done.lessons, program, canvas)
        ),
    }
}

/// The result of `undo` or `redo`.
pub fn undo(side: SnapshotSide, undo: &Undo, program: &str, canvas: Canvas) -> String {
    match undo {
        Undo::Nothing { opposite: None } if side == SnapshotSide::Before => {
            "There is nothing to undo: the lab has not changed your files.\n".to_string()
        }
        Undo::Nothing { opposite: None } => {
            "There is nothing to redo: nothing has been undone.\n".to_string()
        }
        Undo::Nothing {
            opposite: Some(other),
        } => format!(
            "There is nothing more to {}. `{program} {}` would {}.\n",
            verb(side),
            verb(side.opposite()),
            would(other)
        ),
        Undo::AlreadySo { purpose, older } => {
            let side = self::side(purpose);
            let mut text = format!(
                "Your files are already as they were {side} `{}`, so there is nothing to restore.\n",
                purpose.what
            );
            if let Some(older) = older {
                text.push_str(&format!(
                    "`{program} {}` again would {}.\n",
                    verb(older.side),
                    would(older)
                ));
            }
            text
        }
        Undo::Done(done) => undone(done, program, canvas),
    }
}

fn undone(done: &Undone, program: &str, canvas: Canvas) -> String {
    let (head, age) = match done.purpose.side {
        SnapshotSide::Before => ("Undone", ago::ago(done.age)),
        SnapshotSide::After => ("Redone", format!("undone {}", ago::ago(done.age))),
    };
    let mut text = format!(
        "{}: {} ({age}).\n",
        canvas.paint.strong(head),
        done.purpose.what,
    );
    if !done.back.is_empty() {
        text.push_str(&format!("Restored {}.\n", listed(&done.back)));
    }
    if !done.gone.is_empty() {
        text.push_str(&format!(
            "Deleted {}, which did not exist then.\n",
            listed(&done.gone)
        ));
    }
    text.push_str(&format!(
        "`{program} {}` restores the files as they were until now, with everything you wrote since.\n\
         They are kept in {}.\n",
        verb(done.purpose.side.opposite()),
        done.kept.display()
    ));
    if let Some(next) = &done.next {
        text.push_str(&format!(
            "`{program} {}` again would {}.\n",
            verb(next.side),
            would(next)
        ));
    }
    text.push_str(&other_names(&done.other_names));
    text.push_str(&dropped(&done.dropped));
    if !done.lessons.is_empty() {
        text.push_str(&to_check(&done.lessons, program, canvas));
    }
    text
}

/// What the next step would do with a snapshot.
fn would(purpose: &Purpose) -> String {
    format!("{} `{}`", verb(purpose.side), purpose.what)
}

/// The command that brings back snapshots of a side.
fn verb(side: SnapshotSide) -> &'static str {
    match side {
        SnapshotSide::Before => "undo",
        SnapshotSide::After => "redo",
    }
}

fn no_code(lesson: &Lesson, what: &str) -> String {
    format!(
        "{} has no code of its own, so there is nothing to {what}.\n",
        lesson.id()
    )
}

fn how_back(done: &Rewritten, program: &str) -> String {
    format!(
        "`{program} undo` restores your code.\nIt is kept in {}.\n{}{}",
        done.kept.display(),
        other_names(&done.other_names),
        dropped(&done.dropped)
    )
}

/// The files that other names still lead to as they were.
fn other_names(files: &[String]) -> String {
    let line = |file: &String| {
        format!(
            "{file} also had another name (a hard link). That one still has the earlier contents.\n"
        )
    };
    files.iter().map(line).collect()
}

/// The copies of the learner's work that had to go.
pub fn dropped(purposes: &[Purpose]) -> String {
    let line = |purpose: &Purpose| {
        format!(
            "The copy from {} `{}` has been removed: the lab keeps {MOST} copies, of {} MiB in all.\n",
            side(purpose),
            purpose.what,
            ROOM >> 20
        )
    };
    purposes.iter().map(line).collect()
}

fn side(purpose: &Purpose) -> &'static str {
    match purpose.side {
        SnapshotSide::Before => "before",
        SnapshotSide::After => "after",
    }
}

fn to_check(lessons: &[String], program: &str, canvas: Canvas) -> String {
    let command = canvas
        .paint
        .code(&format!("{program} check {}", lessons.join(" ")));
    format!("Check again with {command}\n")
}

/// Names, joined with commas and `and`.
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
