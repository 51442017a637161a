//! A lesson as `next` shows it.

use super::{Canvas, Paint, fit, markdown};
use crate::course::lesson::Head;
use crate::course::{Course, Lesson, Part};
use crate::learner::Progress;
use crate::learner::lesson_status::{self, Tally};
use crate::learner::work::{LessonRegion, LessonRegionError};
use crate::text::sanitize;

/// The width of the progress bar, if there is room.
const BAR: usize = 26;

/// The progress bar: how many lessons of the part have passed and, if there is room, how long the others take.
pub fn course_bar(tally: Tally, canvas: Canvas) -> String {
    let Tally {
        part,
        passed,
        lessons,
        minutes_left,
    } = tally;
    let name = part
        .name()
        .map_or(String::new(), |name| format!("{name}: "));
    let mut words = format!("  {name}{passed} of {lessons} lessons passed");
    let left = format!(", about {minutes_left} min left");
    if minutes_left > 0 && BAR + words.len() + left.len() <= canvas.width {
        words.push_str(&left);
    }
    let columns = BAR.min(canvas.width.saturating_sub(words.len()));
    format!("{}{words}", bar(passed, lessons, columns, canvas.paint))
}

/// A bar of so many columns, filled in proportion.
pub fn bar(done: usize, all: usize, columns: usize, paint: Paint) -> String {
    let full = (done.min(all) * columns).checked_div(all).unwrap_or(0);
    let (done, left) = ("█".repeat(full), "░".repeat(columns - full));
    format!("{}{}", paint.good(&done), paint.faint(&left))
}

/// The whole lesson: the progress bar, the text, where to edit, and which commands to run.
pub fn draw(
    lesson: &Lesson,
    tally: Tally,
    regions: &Result<Vec<LessonRegion>, LessonRegionError>,
    is_current: bool,
    program: &str,
    canvas: Canvas,
) -> String {
    let paint = canvas.paint;
    // The commands apply to the current lesson unless they name one.
    let name = if is_current {
        String::new()
    } else {
        format!(" {}", lesson.id())
    };
    let mut text = format!("{}\n\n", course_bar(tally, canvas));
    text.push_str(&title_and_text(lesson, program, canvas));
    text.push('\n');
    text.push_str(&"─".repeat(canvas.width));
    text.push('\n');
    match regions {
        Ok(regions) => {
            for (index, region) in regions.iter().enumerate() {
                let label = if index == 0 { "Edit " } else { "and  " };
                let place = paint.strong(&region.location.to_string());
                text.push_str(&format!("{label}   {place}\n"));
            }
        }
        Err(error) => {
            text.push_str(&paint.bad(&format!("Edit    {error}\n")));
            if error.lacks_place() {
                let reset = paint.code(&format!("{program} reset {}", lesson.id()));
                text.push_str(&format!("        {reset} puts it back\n"));
            }
        }
    }
    text.push_str(&format!(
        "Then    {}\n",
        paint.code(&format!("{program} check{name}"))
    ));
    text.push_str(&format!(
        "Stuck?  {}\n",
        paint.code(&format!("{program} hint{name}"))
    ));
    text
}

/// The title of a lesson, and its text.
pub fn title_and_text(lesson: &Lesson, program: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let title = paint.strong(&format!("Lesson {}: {}", lesson.number, lesson.head.title));
    let about = paint.faint(&format!("  ({}, {} min)", lesson.id(), lesson.head.minutes));
    let text = markdown::render(&as_typed(&lesson.text, program), canvas);
    format!("{title}{about}\n\n{text}")
}

/// A text with the commands as this learner runs the lab; the lessons are written for a clone.
fn as_typed(text: &str, program: &str) -> String {
    text.replace("cargo run -- ", &format!("{program} "))
}

/// What a lesson that has passed has taught, and what to try.
pub fn learned(lesson: &Lesson, canvas: Canvas) -> String {
    let mut text = String::new();
    let heading = |words: &str| format!("\n{}\n", canvas.paint.strong(words));
    if !lesson.learned.is_empty() {
        text.push_str(&heading("What you have learned"));
    }
    for sentence in &lesson.learned {
        let options = textwrap::Options::new(canvas.width)
            .initial_indent("• ")
            .subsequent_indent("  ");
        text.push_str(&textwrap::fill(&sanitize(sentence), options));
        text.push('\n');
    }
    if let Some(experiment) = &lesson.experiment {
        text.push_str(&heading("To try"));
        text.push_str(&textwrap::fill(&sanitize(experiment), canvas.width));
        text.push('\n');
    }
    text
}

/// The same, for somebody who has checked a lesson by a command, with its question.
pub fn learned_and_asked(lesson: &Lesson, program: &str, canvas: Canvas) -> String {
    let mut text = learned(lesson, canvas);
    if let Some(question) = &lesson.question {
        let heading = canvas.paint.strong("A question");
        let words = textwrap::fill(&sanitize(&question.text), canvas.width);
        text.push_str(&format!("\n{heading}\n{words}\n"));
        for (index, answer) in question.answers.iter().enumerate() {
            let options = textwrap::Options::new(canvas.width)
                .initial_indent("  ")
                .subsequent_indent("     ");
            let answer = sanitize(&format!("{}  {answer}", index + 1));
            text.push_str(&textwrap::fill(&answer, options));
            text.push('\n');
        }
        let answer = format!("{program} list {}", lesson.id());
        text.push_str(&format!(
            "{}  shows the answer\n",
            canvas.paint.code(&answer)
        ));
    }
    text
}

/// The end of the codelab: all its lessons have passed.
pub fn finished(course: &Course, progress: &Progress, program: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let done = "You have built a streaming gRPC service and its client, and every step was \
                tested over the wire.";
    let done = textwrap::fill(done, canvas.width);
    format!(
        "{}\n\n{}\n{done}\n\n{}      checks all lessons again\n{}  shows what to do next\n{}",
        course_bar(
            lesson_status::tally(Part::Codelab, course, progress),
            canvas
        ),
        paint.good("The course is done."),
        paint.code(&format!("{program} check --all")),
        paint.code(&format!("{program} next try-it-out")),
        part_two(course, progress, canvas, |lesson| {
            paint.code(&format!("{program} next {}", lesson.id()))
        }),
    )
}

/// The second part of the course: how far it is, and the lessons that have not passed, each with the way to it. Nothing
/// if the course has no second part.
pub fn part_two(
    course: &Course,
    progress: &Progress,
    canvas: Canvas,
    way: impl Fn(&Lesson) -> String,
) -> String {
    let part = Part::Production;
    let tally = lesson_status::tally(part, course, progress);
    let (Some(title), true) = (part.title(), tally.lessons > 0) else {
        return String::new();
    };
    let open = course
        .part(part)
        .filter(|lesson| !progress.passed(lesson.id()));
    let open: Vec<(String, &Head)> = open.map(|lesson| (way(lesson), &lesson.head)).collect();
    let columns = open.iter().map(|(way, _)| fit::width(way)).max();
    let line = |(way, head): &(String, &Head)| {
        let way = fit::padded(way, columns.unwrap_or_default());
        format!("{way}  {} ({} min)\n", head.title, head.minutes)
    };
    let lines: Vec<String> = open.iter().map(line).collect();
    let Tally {
        passed, lessons, ..
    } = tally;
    let title = canvas.paint.strong(title);
    match lines.is_empty() {
        true => format!("\n{title}: all {lessons} lessons passed.\n"),
        false => format!(
            "\n{title}, in any order: {passed} of {lessons} lessons passed.\n\n{}",
            lines.concat()
        ),
    }
}

/// The newest hint of a lesson, number `shown`; all of them, if all have been seen.
pub fn hints(lesson: &Lesson, seen: usize, shown: usize, program: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let all = lesson.hints.len();
    let mut text = String::new();
    // After the last hint, all of them are repeated.
    let first = if seen >= all {
        0
    } else {
        shown.saturating_sub(1)
    };
    for (index, hint) in lesson.hints.iter().enumerate().take(shown).skip(first) {
        text.push_str(&hint_with_heading(lesson, index, hint, program, canvas));
    }
    let (word, what) = if shown < all {
        ("hint", "the next hint")
    } else {
        ("solution", "the solution, once you have tried")
    };
    let command = paint.code(&format!("{program} {word} {}", lesson.id()));
    text.push_str(&format!("{command}  {what}\n"));
    text
}

/// One hint with its number.
pub fn hint_with_heading(
    lesson: &Lesson,
    index: usize,
    hint: &str,
    program: &str,
    canvas: Canvas,
) -> String {
    let heading = format!(
        "{}: hint {} of {}",
        lesson.id(),
        index + 1,
        lesson.hints.len()
    );
    let text = markdown::render(&as_typed(hint, program), canvas);
    format!("{}\n\n{text}\n", canvas.paint.strong(&heading))
}
