//! What happens to the learner's server that is kept running.

use super::{Canvas, fit, hosting, trace};
use crate::checker::{Crash, HandlerPanic, ServerProgram};
use crate::draw::evidence::Detail;
use crate::play::{PlayEvent, TakenAddress};
use crate::report::human::{self, Around};
use crate::text::sanitize;
use crate::verdict::LessonReport;

/// Before each line that the server writes.
const OF_SERVER: &str = "server │ ";

/// An event, on as many lines as it needs; empty if there is nothing to say.
pub fn event(event: &PlayEvent, program: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    match event {
        PlayEvent::Doing(_) => String::new(),
        PlayEvent::Listening { addr, taken } => {
            let taken = taken.as_ref().map_or(String::new(), self::taken);
            let words = format!(
                "Call your server at {addr}. The lab listens there, passes each call on to your server, and draws \
                 it.{taken}"
            );
            paint.strong(&filled(&words, canvas)) + "\n"
        }
        PlayEvent::Building { is_again: false } => paint.faint("Building your server.") + "\n",
        PlayEvent::Building { is_again: true } => {
            paint.faint("You saved a file. Building your server anew.") + "\n"
        }
        PlayEvent::Started {
            program,
            port,
            earlier,
        } => {
            let what = match earlier {
                Some(_) => "Your server has been restarted with your last save.",
                None => "Your server runs.",
            };
            let how = match program {
                program if *earlier == Some(*program) => String::new(),
                ServerProgram::Stage => {
                    format!(
                        " `serve` is not written yet, so `stage` serves your methods, on port {port}."
                    )
                }
                ServerProgram::Server => format!(" Its own port is {port}."),
            };
            paint.good(&filled(&format!("{what}{how}"), canvas)) + "\n"
        }
        PlayEvent::NotStarted {
            report,
            earlier_runs,
        } => not_started(report, *earlier_runs, program, canvas),
        PlayEvent::CouldNot { why, earlier_runs } => format!(
            "{}\n{}",
            paint.bad(&filled(&sanitize(why), canvas)),
            what_runs(*earlier_runs, canvas)
        ),
        PlayEvent::Output(line) => of_server(&sanitize(line), canvas),
        PlayEvent::Panicked(panic) => panicked(panic, canvas),
        PlayEvent::OutputLeftOut(lines) => {
            let s = if *lines == 1 { "" } else { "s" };
            of_server(&format!("… {lines} line{s} left out …"), canvas)
        }
        PlayEvent::Call(entry) => trace::draw(entry, canvas),
        PlayEvent::Client(event) => filled(&hosting::event(event), canvas) + "\n",
        PlayEvent::Ended(crash) => ended(crash, canvas),
    }
}

/// The usual address has another listener.
fn taken(taken: &TakenAddress) -> String {
    let addr = taken.addr;
    match &taken.holder {
        Some(holder) => {
            format!(" It is another port than usual, because {holder} listens on {addr}.")
        }
        None => {
            format!(" It is another port than usual, because another program listens on {addr}.")
        }
    }
}

/// Why there is no new server.
fn not_started(report: &LessonReport, earlier_runs: bool, program: &str, canvas: Canvas) -> String {
    let mut text = String::new();
    if report.begun {
        let command = format!("{program} check");
        let around = Around {
            passed_before: &|_| false,
            command: &command,
            detail: Detail::FOLDED,
            canvas,
        };
        text.push_str(&human::findings(std::slice::from_ref(report), 0, around));
    } else {
        let message = report.diagnosis.as_ref().map_or("", |found| &found.message);
        let words = format!(
            "The lesson `{}` comes first: your server cannot be built without it. {}",
            report.lesson,
            sanitize(message)
        );
        text.push_str(&canvas.paint.bad(&filled(&words, canvas)));
        text.push('\n');
    }
    text + &what_runs(earlier_runs, canvas)
}

fn what_runs(earlier_runs: bool, canvas: Canvas) -> String {
    let words = match earlier_runs {
        true => "The server of your earlier save keeps running.",
        false => "Save a file to try again.",
    };
    canvas.paint.notice(words) + "\n"
}

fn panicked(panic: &HandlerPanic, canvas: Canvas) -> String {
    let place = panic.location.as_ref();
    let place = place.map_or(String::new(), |location| format!(" at {location}"));
    let words = format!("Your handler panicked{place}. {}", panic.instead);
    canvas.paint.bad(&filled(&words, canvas)) + "\n"
}

fn ended(crash: &Crash, canvas: Canvas) -> String {
    let place = crash.location.as_ref().map_or(String::new(), |location| {
        format!(" It panicked at {location}.")
    });
    let words = format!(
        "Your server has ended, with {}.{place} Save a file to start it again.",
        crash.exit
    );
    canvas.paint.bad(&filled(&words, canvas)) + "\n"
}

/// A line that the server wrote, with a mark at each line that it is wrapped to.
fn of_server(line: &str, canvas: Canvas) -> String {
    let width = canvas.timeline.saturating_sub(fit::width(OF_SERVER)).max(1);
    let lines = fit::folded(line, width);
    let marked = lines
        .iter()
        .map(|line| format!("{}{line}\n", canvas.paint.faint(OF_SERVER)));
    marked.collect()
}

fn filled(text: &str, canvas: Canvas) -> String {
    textwrap::fill(text, canvas.width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Course;
    use crate::location::Location;
    use crate::screen::Paint;
    use crate::verdict::{Diagnosis, Outcome};

    fn said(event: &PlayEvent) -> String {
        let canvas = Canvas::new(80, Paint::new(false));
        super::event(event, "lab", canvas)
    }

    #[test]
    fn what_has_to_be_done_first_is_one_sentence() {
        let course = Course::embedded().unwrap();
        let lesson = course.find("generate-code").unwrap();
        let diagnosis = Diagnosis::new("Nothing is written yet at start_here/build.rs:24.");
        let mut report = LessonReport::without_cases(lesson, Outcome::Fail, Some(diagnosis));
        report.begun = false;
        let said = said(&PlayEvent::NotStarted {
            report: Box::new(report),
            earlier_runs: false,
        });
        assert_eq!(
            said,
            "The lesson `generate-code` comes first: your server cannot be built without it.\n\
             Nothing is written yet at start_here/build.rs:24.\n\
             Save a file to try again.\n"
        );
    }

    #[test]
    fn a_crash_names_the_place_and_the_way_on() {
        let crash = Crash {
            exit: "exit code 101".to_string(),
            location: Some(Location::new("start_here/src/server.rs", 7)),
        };
        let said = said(&PlayEvent::Ended(crash)).replace('\n', " ");
        assert_eq!(
            said,
            "Your server has ended, with exit code 101. It panicked at start_here/src/server.rs:7. Save a file to \
             start it again. "
        );
    }

    #[test]
    fn a_panic_in_a_handler_is_told_with_what_to_write_instead() {
        let panic = HandlerPanic {
            location: Some(Location::new("start_here/src/server.rs", 7)),
            instead: "Return an error.",
        };
        assert_eq!(
            said(&PlayEvent::Panicked(panic)),
            "Your handler panicked at start_here/src/server.rs:7. Return an error.\n"
        );
    }

    #[test]
    fn each_line_of_the_server_is_marked_and_harmless() {
        let said = said(&PlayEvent::Output(format!("\u{1b}[2J{}", "x".repeat(100))));
        assert_eq!(said.lines().count(), 2);
        assert!(
            said.lines().all(|line| line.starts_with("server │ ")),
            "{said}"
        );
        assert!(!said.contains("\u{1b}[2J"), "{said:?}");
    }
}
