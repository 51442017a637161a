//! The last lines after a check: what to do next.

use super::Canvas;
use super::lesson::course_bar;
use crate::course::Lesson;
use crate::learner::lesson_status::Tally;
use crate::location::Location;
use crate::text::sanitize;

/// What to change after a check that did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToChange {
    /// A line.
    Line(Location),
    /// A file or a marker that is missing.
    Missing {
        /// What, as a sentence says it.
        what: String,
        /// The lesson whose `reset` may put it back.
        lesson: Option<String>,
    },
    /// What the report says, which is not a line of the learner's.
    AsReported,
}

/// The last line after a check that did not pass: what to change, and what to type then.
pub fn try_again(change: &ToChange, program: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let again = paint.code(&format!("{program} check"));
    match change {
        ToChange::Line(location) => {
            format!(
                "\nEdit {}, then {again}\n",
                paint.strong(&location.to_string())
            )
        }
        ToChange::Missing { what, lesson } => {
            // The names of files stay as they are.
            let what = sanitize(what).replacen("cannot ", "Cannot ", 1);
            let put_back = match lesson {
                Some(lesson) => {
                    let reset = paint.code(&format!("{program} reset {lesson}"));
                    format!(
                        "{reset} puts it back, if nothing else has been written there. Then {again}"
                    )
                }
                None => format!("Put it back, then {again}"),
            };
            format!("\n{}\n{put_back}\n", paint.strong(&format!("{what}.")))
        }
        ToChange::AsReported => format!("\nFix that, then {again}\n"),
    }
}

/// The last lines after a check that passed: what was left out, how far the learner is, and what comes
/// next.
pub fn moved_on(
    tally: Tally,
    next: &Lesson,
    left_out: Option<(usize, usize)>,
    program: &str,
    canvas: Canvas,
) -> String {
    let paint = canvas.paint;
    let note = left_out.map_or(String::new(), |(first, last)| {
        let lessons = if first == last {
            format!("Lesson {first} was")
        } else {
            format!("Lessons {first} to {last} were")
        };
        paint.faint(&format!(
            "{lessons} not checked this time; `check --all` checks everything.\n"
        ))
    });
    format!(
        "{note}\n{}\n{} Next is lesson {}, {}: {}\n",
        course_bar(tally, canvas),
        paint.good("Passed."),
        next.number,
        paint.strong(&next.head.title),
        paint.code(&format!("{program} next")),
    )
}

/// The last line after the check of any server: whether it passed, or what to type after a fix.
pub fn of_server(passed: bool, target: &str, command: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    if passed {
        let target = paint.strong(target);
        format!(
            "\n{} {target} does what RouteGuide promises.\n",
            paint.good("Passed.")
        )
    } else {
        format!("\nFix that, then {}\n", paint.code(command))
    }
}

/// The same for a client, which is named by its command.
pub fn of_client(passed: bool, client: &str, command: &str, canvas: Canvas) -> String {
    if !passed {
        return of_server(passed, client, command, canvas);
    }
    let paint = canvas.paint;
    format!(
        "\n{} {} does what RouteGuide asks of a client.\n",
        paint.good("Passed."),
        paint.strong(&sanitize(client))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Paint;

    #[test]
    fn the_last_line_can_be_read_whatever_is_to_be_changed() {
        let canvas = Canvas::new(80, Paint::new(false));
        let last = |change| try_again(&change, "lab", canvas);
        assert_eq!(
            last(ToChange::Line(Location::new("start_here/build.rs", 24))),
            "\nEdit start_here/build.rs:24, then lab check\n"
        );
        let missing = |lesson: Option<&str>| {
            last(ToChange::Missing {
                what: "a.rs: the line is missing".to_string(),
                lesson: lesson.map(str::to_string),
            })
        };
        assert_eq!(
            missing(None),
            "\na.rs: the line is missing.\nPut it back, then lab check\n"
        );
        assert_eq!(
            missing(Some("retry")),
            "\na.rs: the line is missing.\nlab reset retry puts it back, if nothing else has been written there. Then \
             lab check\n"
        );
        assert_eq!(last(ToChange::AsReported), "\nFix that, then lab check\n");
    }
}
